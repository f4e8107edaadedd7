"""System checks for settings that would be accepted and do harm."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, register

RETENTION_FLOOR_DAYS = 180


@register
def check_audit_retention(**kwargs: Any) -> list[Error]:
    """网络安全法 art. 21: network logs are kept for at least six months."""
    if settings.AUDIT_RETENTION_DAYS < RETENTION_FLOOR_DAYS:
        return [
            Error(
                f"AUDIT_RETENTION_DAYS is {settings.AUDIT_RETENTION_DAYS}; "
                f"the law asks for at least {RETENTION_FLOOR_DAYS}.",
                id="portal.E001",
            )
        ]
    return []


@register
def check_sample_secret(**kwargs: Any) -> list[Error]:
    """A secret key copied from an example is no secret."""
    key = settings.SECRET_KEY
    if settings.PRODUCTION and (len(key) < 50 or "insecure" in key or "change" in key.lower()):
        return [
            Error(
                "SECRET_KEY is too short or looks like an example; give at least 50 random characters.",
                id="portal.E002",
            )
        ]
    return []
