from .group import GroupMembership
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .roll import Attendance, Exemption
from .year_plan import PlannedMeeting, YearPlan

__all__ = [
    "Attendance",
    "Exemption",
    "GroupMembership",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "PlannedMeeting",
    "Vote",
    "YearPlan",
]
