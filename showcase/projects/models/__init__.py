"""党建项目 with their milestones, requests, money and timeline; 专项行动 that group them."""

from .campaign import Campaign
from .parts import (
    Milestone,
    MilestoneFinish,
    MilestoneNotice,
    ProjectAttachment,
    ProjectRequest,
    ProjectStep,
    Spending,
)
from .project import Project

__all__ = [
    "Campaign",
    "Milestone",
    "MilestoneFinish",
    "MilestoneNotice",
    "Project",
    "ProjectAttachment",
    "ProjectRequest",
    "ProjectStep",
    "Spending",
]
