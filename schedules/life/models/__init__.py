from .appraisal import Appraisal, AppraisalResult
from .group import GroupMembership
from .importing import LedgerImport
from .joint import Invitation
from .meeting import LifeFile, LifeStep, Meeting, MeetingUnit, Vote
from .problem import Problem, ProblemList
from .roll import Attendance, Exemption
from .study import StudyNorm, StudyRecord, StudyRule
from .talk import OwnMembership, Talk
from .year_plan import PlannedMeeting, YearPlan

__all__ = [
    "Appraisal",
    "AppraisalResult",
    "Attendance",
    "Exemption",
    "GroupMembership",
    "Invitation",
    "LedgerImport",
    "LifeFile",
    "LifeStep",
    "Meeting",
    "MeetingUnit",
    "OwnMembership",
    "PlannedMeeting",
    "Problem",
    "ProblemList",
    "StudyNorm",
    "StudyRecord",
    "StudyRule",
    "Talk",
    "Vote",
    "YearPlan",
]
