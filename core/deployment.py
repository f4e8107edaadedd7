"""What is wrong with how the portal is installed: for `check --deploy` and for its start."""

import stat
import sys
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import Error, Tags, register
from django.db import DatabaseError

from .models import AuditEntry

# EX_CONFIG of sysexits.h; the units name it in RestartPreventExitStatus.
NOT_TO_BE_TRIED_AGAIN = 78
SEEDED = "demo.seeded"  # as core/demo.py records it
DEMO_IN_PRODUCTION = (
    "This database was filled with the demo zone, whose accounts have one printed password: it is "
    "not served in production. Give the portal an empty database (DATABASE_URL, DATA_DIR), or set "
    "PORTAL_MODE=demo."
)


def is_demo_in_production() -> bool:
    """Whether a database that was filled with the demo zone is served in production: its accounts
    have one printed password. One that does not answer, or has no tables yet, says nothing."""
    try:
        return settings.PRODUCTION and AuditEntry.objects.filter(verb=SEEDED).exists()
    except DatabaseError:
        return False


def refuse_demo_zone() -> None:
    """Ends the process, with a sentence, where the demo zone is served in production: for what is
    started by other programs than manage.py (a worker, the clock, a web server of one's own)."""
    if is_demo_in_production():
        sys.stderr.write(f"{DEMO_IN_PRODUCTION}\n")
        raise SystemExit(NOT_TO_BE_TRIED_AGAIN)


@register(Tags.security, deploy=True)
def check_demo_zone(**kwargs: Any) -> list[Error]:
    """A database that changed its mode brings the demo's accounts along."""
    return [Error(DEMO_IN_PRODUCTION, id="portal.E003")] if is_demo_in_production() else []


@register(Tags.security)
def check_data_folder(**kwargs: Any) -> list[checks.Warning]:
    """What the portal writes is its user's alone, but a folder that was there before keeps its mode.
    Passing through is allowed: nginx reads the static files below."""
    folder = settings.DATA_DIR
    try:
        mode = stat.S_IMODE(folder.stat().st_mode)
    except OSError:  # not made yet, then by the portal itself; or whoever opens it says so
        return []
    if settings.PRODUCTION and mode & 0o066:
        return [
            checks.Warning(
                f"{folder} (DATA_DIR) has mode {mode:o}: others on this machine can read or change "
                f"what lies in it. chmod 700 {folder} (711 where nginx reads the static files).",
                id="portal.W002",
            )
        ]
    return []


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
