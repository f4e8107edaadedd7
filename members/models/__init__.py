from .importing import MemberImport
from .member import Member, MembershipExit

__all__ = ["Member", "MemberImport", "MembershipExit"]
