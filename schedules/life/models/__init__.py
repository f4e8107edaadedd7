from .group import GroupMembership
from .joint import Invitation
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .roll import Attendance, Exemption

__all__ = [
    "Attendance",
    "Exemption",
    "GroupMembership",
    "Invitation",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "Vote",
]
