from .decision import MembershipDecision
from .headcount import HeadcountLedger, HeadcountMark, OwnHeadcount, TotalHeadcount
from .importing import MemberImport
from .member import Member, MembershipExit
from .standing import MemberStanding

__all__ = [
    "HeadcountLedger",
    "HeadcountMark",
    "Member",
    "MemberImport",
    "MemberStanding",
    "MembershipDecision",
    "MembershipExit",
    "OwnHeadcount",
    "TotalHeadcount",
]
