"""限期整改: the list of each assessed organisation, its findings, and causes that many share."""

from .finding import CommonCause, Finding, Rectification

__all__ = ["CommonCause", "Finding", "Rectification"]
