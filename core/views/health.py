"""For whoever watches the portal from outside."""

import datetime as dt
import ipaddress
import secrets
import stat
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from .. import broker, effects, health, start_steps
from .. import metrics as figures
from ..folders import files_in
from ..guards import public
from ..http import client_ip
from ..models import Heartbeat

SILENCE = dt.timedelta(minutes=3)


@public("GET", "HEAD")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


def _is_inside(request: HttpRequest) -> bool:
    """Whether whoever asks is told details: from this machine itself, or with METRICS_TOKEN."""
    if _proxy_is_forgotten(request):
        return False
    try:
        address = ipaddress.ip_address(client_ip(request))
    except ValueError:
        return False
    return address.is_loopback or _has_token(request)


def _proxy_is_forgotten(request: HttpRequest) -> bool:
    """Whether it came through a proxy that nobody counted: then everybody seems to be the proxy."""
    return not settings.TRUSTED_PROXY_COUNT and "X-Forwarded-For" in request.headers


def _has_token(request: HttpRequest) -> bool:
    wanted = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode(errors="replace")
    return bool(settings.METRICS_TOKEN) and secrets.compare_digest(given, wanted)


@public("GET", "HEAD")
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, broker, background work, backlog, last backup: 200 when all is well, 503 when
    something is not.

    Says what is wrong, never whose data is concerned, and that only from this machine itself or
    to whoever brings METRICS_TOKEN; to others only whether. A broker that does not answer is told
    and does not fail the check: a worker finds the work without it (docs/adr/0003).
    """
    problems: list[str] = []
    warnings: list[str] = []
    report: dict[str, object] = {}
    try:
        connection.ensure_connection()
        last = dict(Heartbeat.objects.values_list("name", "at"))
        for part in ("sweeper", "clock"):
            seen = last.get(part)
            report[part] = seen.isoformat() if seen else None
            if seen is None or timezone.now() - seen > SILENCE:
                problems.append(f"{part} is silent")
        backlog = report["backlog"] = effects.backlog()
        if backlog["pending"] > settings.BACKLOG_LIMIT:
            problems.append("backlog is too long")
        if backlog["dead"] or backlog["unknown"]:
            warnings.append("stopped work waits for the administrator")
        if effects.left_alone():
            warnings.append("work waits for a newer release")
        for comparison in health.comparisons():
            report[comparison.name] = comparison.facts()
            warnings += comparison.warnings()
        report["start"] = _start()
    except DatabaseError:
        problems.append("database does not answer")
    report["broker"] = broker.state()
    if report["broker"] == "silent":
        warnings.append("broker does not answer")
    _look_at_backup(report, problems)
    if _proxy_is_forgotten(request):
        warnings.append("a proxy is in front and TRUSTED_PROXY_COUNT is 0")
    report |= {"problems": problems, "warnings": warnings}
    shown = report if _is_inside(request) else {"ready": not problems}
    return JsonResponse(shown, status=503 if problems else 200)


def _start() -> dict[str, object]:
    """What a new installation still lacks: told beside, for it is no fault."""
    if start_steps.was_complete():
        return {"complete": True}
    found = start_steps.standings()
    missing = [one.step.key for one in found if not one.progress.is_done]
    return {"complete": start_steps.is_complete(found), "missing": missing}


def _look_at_backup(report: dict[str, object], problems: list[str]) -> None:
    """The age of the newest file in BACKUP_DIR; nothing when that is not set."""
    if settings.BACKUP_DIR is None:
        report["last_backup"] = "not watched"
        return
    newest = _newest(Path(settings.BACKUP_DIR))
    report["last_backup"] = newest.isoformat() if newest else None
    if newest is None:
        problems.append("there is no backup")
    elif timezone.now() - newest > dt.timedelta(hours=settings.BACKUP_MAX_AGE_HOURS):
        problems.append("last backup is too old")


def _newest(folder: Path) -> dt.datetime | None:
    try:
        files = [facts for _, facts in files_in(folder) if stat.S_ISREG(facts.st_mode)]
    except OSError:
        return None
    times = [facts.st_mtime for facts in files if facts.st_size]
    return dt.datetime.fromtimestamp(max(times), tz=dt.UTC) if times else None


@public("GET", "HEAD")
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever brings METRICS_TOKEN; without the setting not there."""
    if not _has_token(request):
        raise Http404
    return HttpResponse(figures.exposition(), content_type="text/plain; version=0.0.4")
