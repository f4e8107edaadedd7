"""One's duties as a calendar (RFC 5545) at a secret address."""

import datetime as dt
from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse

from core import clock
from core.guards import public
from core.http import PortalRequest
from orgs.actions import tokens
from orgs.models import AccessToken, RoleGrant
from orgs.models.token import digest as digest_of
from orgs.roles import holding

from . import fulfilment
from .enums import DONE_STATES, DutyState
from .models import Duty

KEPT = dt.timedelta(days=400)
LINE = 75  # bytes


@public("GET", "HEAD")
def calendar_feed(request: PortalRequest, digest: str) -> HttpResponse:
    """Deadlines of what the person writes for his organisations, by his grants of today.

    Names no member and no other person: calendars are often kept elsewhere. Four queries.
    """
    now = clock.now()
    token = (
        AccessToken.objects.live(now)
        .filter(digest=digest_of(digest), scope=AccessToken.Scope.CALENDAR)
        .first()
    )
    if token is None:
        raise Http404
    tokens.note_use(token, every=dt.timedelta(hours=1))
    duties = (
        Duty.objects.filter(_written_by(token.user_id), due_on__gte=clock.today() - KEPT)
        .exclude(state=DutyState.WAIVED)
        .select_related("organization", "plan")
        .order_by("due_on", "pk")
    )
    response = HttpResponse(
        calendar(duties, stamp=now), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="duties.ics"'
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _written_by(user_id: int) -> Q:
    """Duties that the person may write, of each kind by the permission that it asks for."""
    found = Q(pk__in=[])
    for permission, kinds in fulfilment.held(lambda kind: kind.write).items():
        places = RoleGrant.objects.current().filter(user_id=user_id, role__in=holding(permission))
        found |= Q(plan__fulfilment__in=kinds, organization__in=places.values("organization_id"))
    return found


def calendar(duties: Iterable[Duty], *, stamp: dt.datetime) -> str:
    """The duties as an iCalendar text: one whole-day event each, on its due day."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//party-portal//duties//ZH",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:应办事项",
    ]
    for duty in duties:
        done = duty.state in DONE_STATES
        title = f"{duty.organization} {duty.title_without_person}"
        lines += [
            "BEGIN:VEVENT",
            f"UID:duty-{duty.pk}@party-portal",
            f"DTSTAMP:{stamp.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}",
            f"DTSTART;VALUE=DATE:{duty.due_on:%Y%m%d}",
            f"DTEND;VALUE=DATE:{duty.due_on + dt.timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(title)}（{duty.get_state_display()}）",
            f"URL:{settings.PORTAL_URL.rstrip('/')}{reverse('schedules:duty-open', args=[duty.pk])}",
            "TRANSP:TRANSPARENT",
            *([] if done else _alarm()),
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _alarm() -> list[str]:
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:明天到期",
        "TRIGGER:-PT15H",
        "END:VALARM",
    ]


def _text(text: str) -> str:
    """Escaped as RFC 5545 wants it."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """No line longer than 75 bytes; a character is never cut."""
    parts, part, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > LINE:
            parts.append(part)
            part, size = " ", 1
        part += char
        size += width
    return "\r\n".join([*parts, part])
