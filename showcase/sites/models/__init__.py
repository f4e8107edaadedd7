from .check import SiteCheck
from .programme import AwardProgramme
from .site import DemonstrationSite, SiteAttachment, SiteEvidence, SiteStep

__all__ = [
    "AwardProgramme",
    "DemonstrationSite",
    "SiteAttachment",
    "SiteCheck",
    "SiteEvidence",
    "SiteStep",
]
