"""书记项目 and 攻坚行动: proposals that are judged, carried out, and closed with a grade."""

from .campaign import Campaign
from .parts import Milestone, ProjectChange, ProjectStep, Spending
from .project import Project

__all__ = ["Campaign", "Milestone", "Project", "ProjectChange", "ProjectStep", "Spending"]
