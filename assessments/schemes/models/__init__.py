"""Schemes with their versions, groups of those compared, and who is exempt from what."""

from .exemption import IndicatorExemption
from .group import LEAST, AssessmentGroup, GroupPlace
from .importing import SchemeImport
from .scheme import Scheme, SchemeScan, SchemeStep, SchemeVersion

__all__ = [
    "LEAST",
    "AssessmentGroup",
    "GroupPlace",
    "IndicatorExemption",
    "Scheme",
    "SchemeImport",
    "SchemeScan",
    "SchemeStep",
    "SchemeVersion",
]
