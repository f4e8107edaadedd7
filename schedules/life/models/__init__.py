from .group import GroupMembership
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .roll import Attendance, Exemption
from .talk import OwnMembership, Talk

__all__ = [
    "Attendance",
    "Exemption",
    "GroupMembership",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "OwnMembership",
    "Talk",
    "Vote",
]
