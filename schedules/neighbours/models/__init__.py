from .partnership import Partnership, PartnershipLine
from .post import GridPost
from .wish import Wish

__all__ = ["GridPost", "Partnership", "PartnershipLine", "Wish"]
