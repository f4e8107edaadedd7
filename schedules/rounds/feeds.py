"""One's duties as a calendar (RFC 5545) at a secret address."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse

from core import calendars, clock
from core.guards import public
from core.http import PortalRequest
from orgs.actions import tokens
from orgs.models import AccessToken, RoleGrant
from orgs.models.token import digest as digest_of
from orgs.roles import holding

from . import fulfilment
from .enums import DONE_STATES, DutyState
from .models import Duty
from .words import duty_word

KEPT = dt.timedelta(days=400)


@public("GET", "HEAD")
def calendar_feed(request: PortalRequest, digest: str) -> HttpResponse:
    """Deadlines of what the person writes for his organisations, by his grants of today; and what
    other apps put beside them, such as meetings, each with its changes.

    Names no member and no other person: calendars are often kept elsewhere. Four queries, and those
    of what other apps add.
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
    entries = _duties_of(token.user_id, now) + calendars.entries_of(token.user_id, now - KEPT)
    response = HttpResponse(
        calendar(entries, stamp=now), content_type="text/calendar; charset=utf-8"
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


def _duties_of(user_id: int, now: dt.datetime) -> list[calendars.Entry]:
    """What the person writes for his organisations, as days. One query."""
    duties = (
        Duty.objects.filter(_written_by(user_id), due_on__gte=clock.today() - KEPT)
        .exclude(state=DutyState.WAIVED)
        .select_related("organization", "plan")
        .order_by("due_on", "pk")
    )
    return [
        calendars.CalendarDay(
            uid=f"duty-{duty.pk}@party-portal",
            title=f"{duty.organization} {duty.title_without_person}"
            f"（{duty_word(fulfilment.of(duty.plan), duty, now)[0]}）",
            day=duty.next_due_on,
            path=reverse("schedules:duty-open", args=[duty.pk]),
            is_open=duty.state not in DONE_STATES and not duty.is_locked(now),
        )
        for duty in duties
    ]


def calendar(entries: Iterable[calendars.Entry], *, stamp: dt.datetime) -> str:
    """The entries as an iCalendar text: a whole-day event for each day, and the meetings."""
    # Imported when a calendar is asked for: most processes never write one.
    from icalendar import Calendar

    book = Calendar()
    book.add("version", "2.0")
    book.add("prodid", "-//party-portal//duties//ZH")
    book.add("calscale", "GREGORIAN")
    book.add("x-wr-calname", "应办事项")
    for entry in entries:
        if isinstance(entry, calendars.CalendarDay):
            book.add_component(_day(entry, stamp))
        else:
            book.add_component(_meeting(entry))
    return str(book.to_ical().decode())


def _begun(entry: calendars.Entry) -> Any:
    """What both kinds say."""
    from icalendar import Event

    event = Event()
    event.add("uid", entry.uid)
    event.add("summary", entry.title)
    event.add("url", f"{settings.PORTAL_URL.rstrip('/')}{entry.path}")
    return event


def _meeting(told: calendars.CalendarEvent) -> Any:
    event = _begun(told)
    event.add("sequence", told.sequence)
    event.add("dtstamp", told.changed_at.astimezone(dt.UTC))
    event.add("last-modified", told.changed_at.astimezone(dt.UTC))
    event.add("dtstart", told.starts_at.astimezone(dt.UTC))
    event.add("dtend", told.ends_at.astimezone(dt.UTC))
    if told.place:
        event.add("location", told.place)
    event.add("status", "CANCELLED" if told.is_cancelled else "CONFIRMED")
    return event


def _day(told: calendars.CalendarDay, stamp: dt.datetime) -> Any:
    from icalendar import Alarm

    event = _begun(told)
    event.add("dtstamp", stamp)
    event.add("dtstart", told.day)
    event.add("dtend", told.day + dt.timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    if told.is_open:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", "明天到期")
        alarm.add("trigger", dt.timedelta(hours=-15))
        event.add_component(alarm)
    return event
