"""For whoever watches the portal from outside."""

import datetime as dt

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from .. import effects
from ..guards import public
from ..models import Heartbeat

SILENCE = dt.timedelta(minutes=3)


@public("GET", "HEAD")
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@public("GET", "HEAD")
def readyz(request: HttpRequest) -> JsonResponse:
    """Database, background work and backlog: 200 when all is well, 503 when something is not.

    Says what is wrong, never whose data is concerned.
    """
    problems: list[str] = []
    report: dict[str, object] = {}
    try:
        connection.ensure_connection()
        last = dict(Heartbeat.objects.values_list("name", "at"))
        for part in ("sweeper", "clock"):
            seen = last.get(part)
            report[part] = seen.isoformat() if seen else None
            if seen is None or timezone.now() - seen > SILENCE:
                problems.append(f"{part} is silent")
        report["backlog"] = effects.backlog()
    except DatabaseError:
        problems.append("database does not answer")
    report["problems"] = problems
    return JsonResponse(report, status=503 if problems else 200)
