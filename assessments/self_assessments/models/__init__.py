"""自查自评: what the assessed say of themselves, indicator by indicator."""

from .evidence import SelfAttachment, SelfEvidence
from .notice import SelfNotice
from .self_assessment import SelfAssessment, SelfItem

__all__ = ["SelfAssessment", "SelfAttachment", "SelfEvidence", "SelfItem", "SelfNotice"]
