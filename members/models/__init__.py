from .headcount import HeadcountLedger, HeadcountMark, OwnHeadcount, TotalHeadcount
from .importing import MemberImport
from .member import Member, MembershipExit

__all__ = [
    "HeadcountLedger",
    "HeadcountMark",
    "Member",
    "MemberImport",
    "MembershipExit",
    "OwnHeadcount",
    "TotalHeadcount",
]
