"""The agenda of one meeting: looked at, arranged, filled from the backlog."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import Post
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds.models import ReportMark

from ..access import get_card, get_card_of, get_held_meeting, get_meeting, keeps
from ..actions import cards, drafting
from ..enums import MeetingState, Section, Topic
from ..forms import CardForm, DeferForm, MinutesForm, OrderForm, PlaceForm, ShiftForm
from ..models import AgendaCard, DispatchMeeting
from ..queries.agenda import MARK, MARK_MINUTES, Agenda, agenda_of, backlog_of
from ..queries.agenda import suggestions as suggested
from ..queries.called import Called, called_by_posts, called_then, places_below
from ..queries.findings import speakers_for
from ..queries.moves import later_meetings, sources_of
from ..words import mark_title

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
Attempt = acts.Attempt[Any, Any]
TONES = {
    Topic.MISSING: "bad",
    Topic.LIMITS: "bad",
    Topic.RETURNED: "bad",
    Topic.OVERDUE: "bad",
    Topic.VACANT: "warn",
    Topic.TERM: "warn",
    Topic.HIGHLIGHT: "ok",
}
STATES = ("拟稿", "已通知", "开会", "闭会")
BACKLOG_SHOWN = 5
WIDTH = 800  # of the ruler's drawing
TICK = 15
END_WORDS = 95  # what the words at the end take of it


@needs(P.DISPATCH_VIEW, methods=READ)
def meeting_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """The agenda with its minutes; to who keeps the meeting with all that arranges it. Twelve
    queries, for who is called seven."""
    meeting = get_meeting(request.actor, pk)
    agenda = agenda_of(meeting)
    sources = sources_of([slot.card for slot in agenda.slots], request.actor)
    for slot in agenda.slots:
        slot.source = sources.get(slot.card.pk)
    may_keep = keeps(request.actor, meeting.organization)
    called = _called(meeting)
    context: dict[str, Any] = {
        "meeting": meeting,
        "agenda": agenda,
        "tones": TONES,
        "ruler": ruler(agenda),
        "steps": STATES,
        "step": _step(meeting),
        "may_keep": may_keep,
        "may_arrange": may_keep and meeting.is_to_come,
        "posts": by_posts(called),
        "people": sum(bool(one.person_name) for one in called),
        "vacant": [one for one in called if not one.person_name],
    }
    if context["may_arrange"]:
        waiting = backlog_of(request.actor, meeting.series)
        shown = request.GET.get("topics", "")
        kinds = [(kind, sum(one.waiting == kind for one in waiting)) for kind in WAITING]
        chosen = [one for one in waiting if not shown or one.waiting == shown]
        is_whole = request.GET.get("all") == "1"
        found = suggested(agenda)
        context |= {
            "backlog": chosen if is_whole else chosen[:BACKLOG_SHOWN],
            "backlog_more": 0 if is_whole else max(0, len(chosen) - BACKLOG_SHOWN),
            "backlog_count": len(waiting),
            "backlog_kinds": [(kind, WAITING[kind], count) for kind, count in kinds],
            "shown": shown if shown in WAITING else "",
            "suggestions": found,
            "after_cuts": agenda.total - sum(one.saves for one in found),
            "left_out": [one | {"word": Topic(one["topic"]).label} for one in meeting.left_out],
            "reason_not_to_call": _reason(agenda),
        }
    return render(request, "dispatch/meeting_detail.html", context)


WAITING = {"proposed": "提出", "marked": "月报标记", "deferred": "顺延"}


def _called(meeting: DispatchMeeting) -> list[Called]:
    """Who was called, or would be now. One query or two."""
    if meeting.state == MeetingState.DRAFT:
        return called_by_posts(meeting.organization, meeting.series.posts)
    return called_then(meeting)


def _step(meeting: DispatchMeeting) -> int:
    order = [MeetingState.DRAFT, MeetingState.CALLED, MeetingState.OPEN, MeetingState.CLOSED]
    return order.index(MeetingState(meeting.state)) + 1 if meeting.state in order else 0


def _reason(agenda: Agenda) -> str:
    """Why the meeting cannot be called yet; empty where it can. The action asks again."""
    if not agenda.slots:
        return "议程还是空的，先加议题再通知。"
    if agenda.over:
        return f"超 {agenda.over} 分钟，减到 {agenda.meeting.cap_minutes} 分钟以内才能通知。"
    return ""


def by_posts(called: list[Called]) -> list[tuple[str, int, int]]:
    """Post, how many of its places are held, how many there are."""
    found: dict[str, list[int]] = {}
    for one in called:
        counts = found.setdefault(one.post, [0, 0])
        counts[0] += bool(one.person_name)
        counts[1] += 1
    return [(Post(post).label, held, places) for post, (held, places) in found.items()]


@dataclass(frozen=True, slots=True)
class Block:
    """One card on the ruler: from where, how wide, how much of it stands past the end."""

    number: int
    title: str
    minutes: int
    section: str
    x: float
    width: float
    over_x: float
    over_width: float


def ruler(agenda: Agenda) -> dict[str, Any]:
    """The drawing of the meeting's time: blocks, clock, end. Widths are units of the drawing."""
    meeting = agenda.meeting
    whole = max(agenda.total, meeting.cap_minutes, 1)
    unit = (WIDTH - 40) / whole
    end = meeting.cap_minutes * unit
    blocks, at = [], 0
    for slot in agenda.slots:
        x, right = at * unit, (at + slot.card.minutes) * unit
        inside = max(0.0, min(right, end) - x)
        over_x = max(x, end)
        blocks.append(
            Block(
                slot.number,
                slot.card.title,
                slot.card.minutes,
                slot.card.section,
                round(x, 1),
                round(max(0.0, inside - 1), 1),
                round(over_x, 1),
                round(max(0.0, right - over_x - 1), 1),
            )
        )
        at += slot.card.minutes
    start = timezone.localtime(meeting.starts_at)
    step = TICK if whole <= 150 else 2 * TICK if whole <= 300 else 4 * TICK
    ticks = [
        (round(minute * unit, 1), start + dt.timedelta(minutes=minute), minute == 0)
        for minute in range(0, whole + 1, step)
        if abs(minute - meeting.cap_minutes) * unit >= END_WORDS
    ]
    return {
        "width": WIDTH,
        "blocks": blocks,
        "ticks": ticks,
        "end": round(end, 1),
        "ends_at": timezone.localtime(meeting.ends_at),
        "is_far": end > WIDTH - 90,
    }


@needs(P.DISPATCH_EDIT, methods=ACT)
def meeting_arrange(request: PortalRequest, pk: int) -> HttpResponse:
    """The cards in the order in which they were dragged; sections stay together."""
    return acts.perform(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        form=lambda meeting: OrderForm(acts.typed(request)),
        act=lambda attempt: cards.arrange(
            meeting=attempt.subject, order=attempt.given["order"], by=request.actor
        ),
        done=lambda attempt, moved: acts.said(request, "次序已改。", attempt.subject),
        show=lambda attempt: acts.turned_back(attempt, attempt.subject),
    )


# --- cards -----------------------------------------------------------------------------------


@needs(P.DISPATCH_EDIT, methods=FORM)
def card_create(request: PortalRequest, pk: int) -> HttpResponse:
    """A card at the end of its section."""
    return acts.perform(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        form=lambda meeting: CardForm(
            acts.typed(request),
            places=places_below(meeting.organization),
            initial={"section": Section.PLANS, "topic": Topic.PLAN, "minutes": 5},
        ),
        act=lambda attempt: cards.add(
            meeting=attempt.subject,
            content=attempt.form.content(),
            by=request.actor,
            is_typed=True,
        ),
        done=lambda attempt, card: acts.said(request, "议题已加上。", attempt.subject),
        show=lambda attempt: attempt.page(
            "dispatch/card_edit.html", meeting=attempt.subject, card=None
        ),
    )


@needs(P.DISPATCH_EDIT, methods=FORM)
def card_edit(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Writes a card anew; the figures that it carries stay."""
    return acts.perform(
        request,
        load=lambda: get_card_of(request.actor, pk, record),
        form=lambda card: CardForm(
            acts.typed(request),
            places=_places_of(card),
            initial=CardForm.values_of(card),
        ),
        act=lambda attempt: cards.edit(
            card=attempt.subject,
            content=attempt.form.content(),
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, card: acts.said(request, "议题已保存。", card.meeting),
        show=lambda attempt: attempt.page(
            "dispatch/card_edit.html",
            meeting=attempt.subject.meeting,
            card=attempt.subject,
            conflict=attempt.conflict,
            different=different_card(attempt, CardForm.values_of(attempt.subject)),
        ),
    )


def _places_of(card: AgendaCard) -> list[Organization]:
    """What may be chosen as the card's unit: those below, and the one that it has."""
    places = places_below(card.series.organization)
    if card.organization is not None and card.organization not in places:
        places.append(card.organization)
    return places


def different_card(attempt: Attempt, stored: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was typed against what is stored now, where somebody else was faster."""
    if not attempt.conflict or not hasattr(attempt.form, "cleaned_data"):
        return []
    return [row for row in acts.differences(attempt.form, stored) if row[0] != "Revision"]


@needs(P.DISPATCH_EDIT, methods=ACT)
def card_minutes(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """How long a card may take: by its buttons, its field, or a suggestion."""
    return acts.perform(
        request,
        load=lambda: get_card_of(request.actor, pk, record),
        form=lambda card: MinutesForm(acts.typed(request)),
        act=lambda attempt: cards.set_minutes(
            card=attempt.subject, minutes=attempt.given["minutes"], by=request.actor
        ),
        done=lambda attempt, card: _back(request, card, f"“{card}”{card.minutes} 分钟。"),
        show=lambda attempt: acts.turned_back(attempt, attempt.subject.meeting),
    )


@needs(P.DISPATCH_EDIT, methods=ACT)
def card_shift(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Up or down within its section."""
    return acts.perform(
        request,
        load=lambda: get_card_of(request.actor, pk, record),
        form=lambda card: ShiftForm(acts.typed(request)),
        act=lambda attempt: cards.shift(
            card=attempt.subject, steps=attempt.given["steps"], by=request.actor
        ),
        done=lambda attempt, moved: _back(request, attempt.subject, "次序已改。"),
        show=lambda attempt: acts.turned_back(attempt, attempt.subject.meeting),
    )


@needs(P.DISPATCH_EDIT, methods=FORM)
def card_defer(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """To a later meeting that is planned, or to the backlog; put off twice, it asks why."""
    return acts.perform(
        request,
        load=lambda: get_card_of(request.actor, pk, record),
        form=lambda card: DeferForm(acts.typed(request), later=later_than(request, card)),
        act=lambda attempt: cards.defer(
            card=attempt.subject,
            reason=attempt.given["reason"],
            to=attempt.given["to"],
            by=request.actor,
        ),
        done=lambda attempt, later: acts.said(
            request, put_off_words(later), "dispatch:meeting-detail", pk=pk
        ),
        show=lambda attempt: attempt.page(
            "dispatch/card_defer.html",
            meeting=attempt.subject.meeting,
            card=attempt.subject,
        ),
    )


def later_than(request: PortalRequest, card: AgendaCard) -> list[DispatchMeeting]:
    """The meetings to which the card can be put off. One query."""
    return later_meetings(request.actor, card.meeting) if card.meeting is not None else []


def put_off_words(later: AgendaCard) -> str:
    """Where a card that was put off, or its copy, has come."""
    if later.meeting is None:
        return f"“{later}”已进备选议题，排下次议程时列入。"
    return f"“{later}”已列入“{later.meeting}”的议程。"


@needs(P.DISPATCH_EDIT, methods=ACT)
def card_remove(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Takes a card away; what was proposed by a committee goes with it, so it is asked."""
    return acts.press(
        request,
        load=lambda: get_card_of(request.actor, pk, record),
        act=lambda card: cards.remove(card=card, by=request.actor),
        done=lambda card, removed: acts.said(
            request, f"“{card}”已移去。", "dispatch:meeting-detail", pk=pk
        ),
        ask=lambda card: acts.Question(
            "移去议题", [f"“{card}”不再列入，也不回到备选", *_proposed(card)], "移去"
        ),
        back=lambda card: card.meeting,
    )


def _proposed(card: AgendaCard) -> list[str]:
    return [f"它是{card.proposed_by_name}提出的"] if card.proposed_by_name else []


def _back(request: PortalRequest, card: AgendaCard, text: str) -> HttpResponse:
    """To the card on its page, where the eye was."""
    url = reverse("dispatch:meeting-detail", args=[card.meeting_id])
    return acts.said(request, text, f"{url}#c{card.pk}")


@needs(P.DISPATCH_EDIT, methods=ACT)
def meeting_place(request: PortalRequest, pk: int) -> HttpResponse:
    """A topic of the backlog, a marked problem or an exception not listed comes onto the agenda."""

    def act(attempt: Attempt) -> AgendaCard:
        meeting: DispatchMeeting = attempt.subject
        kind, _, number = attempt.given["key"].partition(":")
        if kind == "card":
            card = get_card(request.actor, int(number))
            return cards.place(card=card, meeting=meeting, by=request.actor)
        if kind == "mark":
            return cards.add(
                meeting=meeting, content=_of_mark(request, meeting, int(number)), by=request.actor
            )
        return drafting.add_found(meeting=meeting, origin=attempt.given["key"], by=request.actor)

    return acts.perform(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        form=lambda meeting: PlaceForm(acts.typed(request)),
        act=act,
        done=lambda attempt, card: acts.said(request, f"“{card}”已列入议程。", attempt.subject),
        show=lambda attempt: acts.turned_back(attempt, attempt.subject),
    )


def _of_mark(request: PortalRequest, meeting: DispatchMeeting, pk: int) -> cards.Content:
    """The card of what a report says and the holder marked. Raises Http404."""
    rows = ReportMark.objects.visible_to(request.actor).for_dispatch()
    mark = get_object_or_404(
        rows.of_committee(meeting.organization_id).select_related("organization", "item"), pk=pk
    )
    if not mark.text:
        raise Http404
    above = [
        one
        for one in places_below(meeting.organization)
        if mark.organization.path.startswith(one.path)
    ]
    speakers = speakers_for(above)
    speaking = next((one for one in above if one.pk in speakers), None)
    return cards.Content(
        section=Section.EXCEPTIONS,
        topic=Topic.PROBLEM,
        title=mark_title(mark),
        minutes=MARK_MINUTES,
        note=mark.note,
        organization=speaking or mark.organization,  # whose the speaker is
        speaker_name=speakers[speaking.pk] if speaking else "",
        origin=f"{MARK}{mark.pk}",
        facts=[{"text": f"月报“{mark.item.title}”", "url": mark.get_absolute_url()}],
    )
