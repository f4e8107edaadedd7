from .group import GroupMembership
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .roll import Attendance, Exemption

__all__ = [
    "Attendance",
    "Exemption",
    "GroupMembership",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "Vote",
]
