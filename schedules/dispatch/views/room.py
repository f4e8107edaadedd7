"""The room: one card a page, with what is concluded on it, as it is written; and the screen on the
wall, which shows the card that the meeting is at and goes on with it by itself."""

import datetime as dt
import uuid
from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from core import clock
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh, day_zh
from orgs.permissions import Permission as P
from schedules.action_items.rules import RECEIPT_WORKING_DAYS
from schedules.rounds.queries.calendar import load

from ..access import get_agenda_card, get_meeting, may_record
from ..enums import MeetingState, OutcomeKind
from ..forms.outcomes import OutcomeForm, owner_names, values_of
from ..models import AgendaCard, DispatchMeeting, Outcome
from ..queries.moves import copies_of
from ..queries.room import Standing, agenda_of, concluded, first_shown, standing
from .room_charts import card_chart

READ = ("GET", "HEAD")
USUAL_DAYS = (5, 10, 20)  # working days that are offered as a date
OVER = (MeetingState.CLOSED, MeetingState.CANCELLED)
AWAKE_AFTER = dt.timedelta(hours=1)  # a screen that nobody touches stays signed in so long
FRESH_SECONDS = 30  # so long what was just written stands out


def stamp_of(meeting: DispatchMeeting) -> str:
    """Tells one state of the meeting's pages from the next."""
    return f"{meeting.revision} {meeting.changed_at.astimezone(dt.UTC).isoformat()}"


@needs(P.DISPATCH_VIEW, methods=READ)
def room(request: PortalRequest, pk: int) -> HttpResponse:
    """Leads who keeps the minutes to the card that the meeting is at, others to the screen that
    follows it; when it is over, to its first card. Says so when there is none."""
    meeting = get_meeting(request.actor, pk)
    cards = agenda_of(meeting)
    card = next(iter(cards), None) if meeting.state in OVER else first_shown(cards)
    if card is None:
        return render(request, "dispatch/room_empty.html", {"meeting": meeting})
    if meeting.state not in OVER and not may_record(request.actor, meeting):
        return redirect("dispatch:screen", pk=pk)
    return redirect("dispatch:room-card", pk=card.pk)


@needs(P.DISPATCH_VIEW, methods=READ)
def screen(request: PortalRequest, pk: int) -> HttpResponse:
    """The screen on the wall: it shows whichever card the meeting is at, and nothing can be
    written at it, whoever has opened it."""
    meeting = get_meeting(request.actor, pk)
    return render(request, "dispatch/screen.html", _on_screen(request, meeting))


@needs(P.DISPATCH_VIEW, methods=READ)
def screen_live(request: PortalRequest, pk: int) -> HttpResponse:
    """What the screen shows now, another card or the end; 204 while nothing has changed since
    `seen`, after one query."""
    meetings = DispatchMeeting.objects.visible_to(request.actor).filter(pk=pk)
    changed = meetings.only("changed_at", "revision").first()
    if changed is not None and stamp_of(changed) == request.GET.get("seen", ""):
        return HttpResponse(status=204)
    meeting = get_meeting(request.actor, pk)
    return render(request, "dispatch/parts/screen_live.html", _on_screen(request, meeting))


def _on_screen(request: PortalRequest, meeting: DispatchMeeting) -> dict[str, Any]:
    """The card that the meeting is at; nothing of a card when it is over or has none."""
    card = first_shown(agenda_of(meeting)) if meeting.state not in OVER else None
    if card is not None:
        return _shown(request, card, meeting, follows=True) | {"awake_until": _awake(meeting)}
    return {
        "meeting": meeting,
        "has_ended": meeting.state in OVER,
        "concluded": concluded(meeting),
        "stamp": stamp_of(meeting),
        "now": int(clock.now().timestamp()),
    }


@needs(P.DISPATCH_VIEW, methods=READ)
def room_card(request: PortalRequest, pk: int) -> HttpResponse:
    """One card, large; for who keeps the minutes with what he types (`new`, or `edit` an outcome)."""
    card, meeting = get_agenda_card(request.actor, pk)
    return room_page(request, card, meeting)


@needs(P.DISPATCH_VIEW, methods=READ)
def room_live(request: PortalRequest, pk: int) -> HttpResponse:
    """What of the room has changed since `seen`; 204 while nothing has, after one query."""
    seen = request.GET.get("seen", "")
    meetings = DispatchMeeting.objects.visible_to(request.actor)
    shown = AgendaCard.objects.filter(pk=pk, is_removed=False)
    changed = meetings.filter(pk__in=shown.values("meeting")).only("changed_at", "revision").first()
    if changed is not None and stamp_of(changed) == seen:
        return HttpResponse(status=204)
    card, meeting = get_agenda_card(request.actor, pk)
    context = _shown(request, card, meeting, editing=request.GET.get("editing", ""))
    return render(request, "dispatch/parts/room_both.html", context)


def room_page(
    request: PortalRequest,
    card: AgendaCard,
    meeting: DispatchMeeting,
    form: OutcomeForm | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The room at a card; with the `form` as it was typed where it was refused."""
    context = _shown(request, card, meeting)
    if context["records"]:
        form = form or _form(request, meeting, context["standing"])
        if form is not None:
            typed = str(form["uid"].value() or "")
            context |= {"form": form, "days": _usual_days()}
            context |= _shown(request, card, meeting, editing=typed)
    return render(request, "dispatch/room.html", context | more, status=status)


def _form(request: PortalRequest, meeting: DispatchMeeting, shown: Standing) -> OutcomeForm | None:
    """What the address asks for: an outcome that is new, or one that is there."""
    if "new" in request.GET:
        kind = request.GET["new"] if request.GET["new"] in OutcomeKind else OutcomeKind.TEXT
        start: dict[str, Any] = {"uid": uuid.uuid4(), "kind": kind}
        return OutcomeForm(meeting=meeting, by=request.actor, initial=start)
    wanted = request.GET.get("edit", "")
    found = next((one for one in shown.outcomes if str(one.uid) == wanted), None)
    if found is None:
        return None
    return OutcomeForm(meeting=meeting, by=request.actor, initial=values_of(found))


def _awake(meeting: DispatchMeeting) -> int | None:
    """Until when the screen on the wall counts as touched by its asking: while the meeting is in
    progress, to an hour past its longest; None before and after."""
    if meeting.state != MeetingState.OPEN or meeting.opened_at is None:
        return None
    length = dt.timedelta(minutes=meeting.cap_minutes)
    return int((meeting.opened_at + length + AWAKE_AFTER).timestamp())


def _shown(
    request: PortalRequest,
    card: AgendaCard,
    meeting: DispatchMeeting,
    *,
    editing: str = "",
    follows: bool = False,
) -> dict[str, Any]:
    shown = standing(agenda_of(meeting), card)
    is_open = meeting.state == MeetingState.OPEN
    keeps = may_record(request.actor, meeting)
    # A window that shows and writes nothing, also where it is opened by who keeps the minutes.
    is_screen = follows or not keeps or "screen" in request.GET
    records = keeps and is_open and not is_screen
    last = max((one.written_at for one in shown.outcomes), default=None)
    rows = [
        outcome_row(one, editing) | {"is_newest": one.written_at == last} for one in shown.outcomes
    ]
    copy = copies_of([shown.card], request.actor).get(shown.card.pk)
    if copy is not None and is_screen and copy.meeting and copy.meeting.state == MeetingState.DRAFT:
        copy = replace(copy, meeting=None)  # a wall is read by everybody in the room
    now = clock.now()
    ends = meeting.ends_at
    return {
        "meeting": meeting,
        "standing": shown,
        "card": shown.card,
        "figures": [one for one in shown.card.figures if isinstance(one, dict)][:4],
        "chart": card_chart(shown.card.chart or {}),
        "rows": rows,
        "count": len(rows),
        "copy": copy,
        "is_open": is_open,
        "is_rehearsal": meeting.state in (MeetingState.DRAFT, MeetingState.CALLED),
        "has_ended": meeting.state in OVER,
        "is_screen": is_screen,
        "follows": follows,
        "aside": "?screen=1" if is_screen else "",  # on the links of a screen: it stays one
        "keeps": keeps,
        "records": records,
        "goes_on": records and shown.running in (None, shown.card),
        "may_open": keeps and not is_screen and meeting.state == MeetingState.CALLED,
        "recorder": _recorder(shown, meeting),
        "ends_at": ends,
        "is_overrun": is_open and now > ends,
        "used": shown.seconds_used,
        "used_words": minutes_words(shown.seconds_used),
        "is_over": shown.seconds_used > shown.card.minutes * 60,
        "planned": minutes_words(shown.card.minutes * 60),
        "stamp": stamp_of(meeting),
        "now": int(now.timestamp()),
        "now_at": now,
        "day_seconds": _seconds_of_day(now),
        "written_at": last or meeting.changed_at,
        "written": int((last or meeting.changed_at).timestamp()),
        "fresh": FRESH_SECONDS,
        "editing": editing,
    }


def _recorder(shown: Standing, meeting: DispatchMeeting) -> str:
    newest = max(shown.outcomes, key=lambda one: one.written_at, default=None)
    return newest.written_by_name if newest is not None else meeting.recorder_name


def _seconds_of_day(now: dt.datetime) -> int:
    """Where the clock stands in the portal's zone, whatever the projector's machine believes."""
    local = timezone.localtime(now)
    return local.hour * 3600 + local.minute * 60 + local.second


def outcome_row(outcome: Outcome, editing: str = "") -> dict[str, Any]:
    """An outcome as the room writes it: what it is, whose it is, until when. No query."""
    item, now = outcome.item, clock.now()
    names = owner_names(item)
    age = (now - outcome.written_at).total_seconds()
    return {
        "outcome": outcome,
        "item": item,
        "is_new_item": outcome.kind == OutcomeKind.NEW_ITEM,
        "text": outcome.text or (item.title if item is not None else ""),
        "owners": "、".join(names[:3]) + (f" 等 {len(names)} 个单位" if len(names) > 3 else ""),
        "due": day_zh(item.due_on) if item is not None and item.due_on else "",
        "written": int(outcome.written_at.timestamp()),
        "is_fresh": age < FRESH_SECONDS,
        "is_edited": str(outcome.uid) == editing,
    }


def minutes_words(seconds: int) -> str:
    """8:00, 5:12, 1:02:07."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def _usual_days() -> list[tuple[str, str, int]]:
    """Dates some working days from now: for the control, in words, how many days."""
    calendar, today = load(), clock.today()
    found = []
    for count in USUAL_DAYS:
        day = calendar.add_working_days(today, count)
        found.append((day.isoformat(), day_zh(day), count))
    return found


def date_hint(due_on: dt.date | None) -> str:
    """What a date means in working days, as said beside it."""
    receipt = f"限 {RECEIPT_WORKING_DAYS} 个工作日签收"
    if due_on is None:
        return f"{receipt}，没有办理期限"
    days = load().working_days(clock.today() + dt.timedelta(days=1), due_on)
    return f"{receipt}，{days} 个工作日办结（{date_zh(due_on)}）"
