"""System checks for settings that would be accepted and do harm."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import Error, Tags, register
from django.db import DatabaseError

from . import demo

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


@register(Tags.security, deploy=True)
def check_demo_zone(**kwargs: Any) -> list[Error]:
    """A database that changed its mode brings the demo's accounts along."""
    try:
        is_demo = settings.PRODUCTION and demo.was_seeded()
    except DatabaseError:  # not there yet, or has no tables yet
        return []
    return [Error(demo.IN_PRODUCTION, id="portal.E003")] if is_demo else []


@register(Tags.security, deploy=True)
def check_proxies(**kwargs: Any) -> list[checks.Warning]:
    """TLS ends at a proxy: without its count everybody seems to come from one address, in the audit
    trail, in lock-outs and in throttles."""
    if settings.HTTPS and not settings.TRUSTED_PROXY_COUNT:
        return [
            checks.Warning(
                "HTTPS is on and TRUSTED_PROXY_COUNT is 0: write how many proxies are in front "
                "(nginx as in deploy/nginx.conf: 1).",
                id="portal.W001",
            )
        ]
    return []
