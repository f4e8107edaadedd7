from .group import GroupMembership
from .importing import LedgerImport
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .roll import Attendance, Exemption

__all__ = [
    "Attendance",
    "Exemption",
    "GroupMembership",
    "LedgerImport",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "Vote",
]
