from .group import GroupMembership
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .roll import Attendance, Exemption
from .study import StudyNorm, StudyRecord, StudyRule

__all__ = [
    "Attendance",
    "Exemption",
    "GroupMembership",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "StudyNorm",
    "StudyRecord",
    "StudyRule",
    "Vote",
]
