"""What the recorder does in the room: begins, writes, takes away, puts off, closes."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from core import acts, clock
from core.errors import DomainError
from core.guards import needs
from core.http import PortalRequest, is_by_script
from core.states import Stale
from orgs.permissions import Permission as P
from schedules.action_items.words import weighed_of_many

from ..access import get_agenda_card, get_meeting, get_outcome, may_record
from ..actions import cards, meetings, outcomes
from ..enums import MeetingState, OutcomeKind
from ..forms.outcomes import (
    OutcomeForm,
    RemoveForm,
    RoomDeferForm,
    items_meant,
    owner_names,
    owners_of,
)
from ..models import AgendaCard, DispatchMeeting, Outcome
from ..queries.finding import places_called
from ..queries.room import agenda_of, drafted_in
from .agenda import later_than, put_off_words
from .room import date_hint, room_page

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
NAMED = 8  # things told one by one before closing
Attempt = acts.Attempt[AgendaCard, Any]


def _card(request: PortalRequest, pk: int) -> AgendaCard:
    return get_agenda_card(request.actor, pk)[0]


def _meeting(card: AgendaCard) -> DispatchMeeting:
    if card.meeting is None:
        raise TypeError("a card of the room stands on an agenda")
    return card.meeting


# --- the meeting, and the card it is at ----------------------------------------------------------


@needs(P.DISPATCH_EDIT, methods=POST)
def meeting_open(request: PortalRequest, pk: int) -> HttpResponse:
    """The meeting begins."""
    return acts.press(
        request,
        load=lambda: get_meeting(request.actor, pk),
        act=lambda meeting: meetings.open_meeting(meeting=meeting, by=request.actor),
        done=lambda meeting, result: redirect("dispatch:room", pk=pk),
    )


@needs(P.DISPATCH_EDIT, methods=POST)
def meeting_close(request: PortalRequest, pk: int) -> HttpResponse:
    """The meeting is over, after it was said what is given out and what goes back."""
    return acts.press(
        request,
        load=lambda: get_meeting(request.actor, pk),
        act=lambda meeting: meetings.close(meeting=meeting, by=request.actor, seen=True),
        done=lambda meeting, result: acts.said(
            request, "已闭会，会议记录已锁定。", "dispatch:meeting-minutes", pk=pk
        ),
        ask=_ask_to_close,
        back=lambda meeting: reverse("dispatch:room", args=[pk]),
    )


def _ask_to_close(meeting: DispatchMeeting) -> acts.Question:
    given = list(drafted_in(meeting).select_related("owner").prefetch_related("children__owner"))
    left = list(AgendaCard.objects.not_come_to().filter(meeting=meeting))
    absent = meeting.attendances.filter(presence="unrecorded").exclude(person_name="").count()
    lines = [f"交办 {len(given)} 件督办" + ("：" if given else "，会上没有新的督办")]
    lines += [
        f"{item.number} {item.title}（{'、'.join(owner_names(item)[:3])}）"
        for item in given[:NAMED]
    ]
    lines += [f"另有 {len(given) - NAMED} 件"] if len(given) > NAMED else []
    if left:
        names = "、".join(f"“{card.title}”" for card in left[:NAMED])
        lines.append(f"{len(left)} 个议题没有议到，转回备选议题：{names}")
    if absent:
        lines.append(f"还有 {absent} 人没有登记到会，闭会后不能再登记")
    lines.append("闭会后会议记录锁定，只能署名更正")
    weighed, tick = weighed_of_many([(item.due_on, owners_of(item)) for item in given])
    return acts.Question(
        *(f"闭会：{meeting}", lines, "闭会"),
        part="action_items/weighing.html",
        shown={"weighed": weighed},
        tick=tick,
    )


@needs(P.DISPATCH_EDIT, methods=POST)
def card_begin(request: PortalRequest, pk: int) -> HttpResponse:
    """The meeting comes to this card."""
    return acts.press(
        request,
        load=lambda: _card(request, pk),
        act=lambda card: cards.begin(card=card, by=request.actor),
        done=lambda card, result: redirect("dispatch:room-card", pk=pk),
    )


# --- outcomes ------------------------------------------------------------------------------------


@needs(P.DISPATCH_EDIT, methods=POST)
def outcome_write(request: PortalRequest, pk: int) -> HttpResponse:
    """Saves an outcome: by itself while it is typed (JSON), or by the button. Where somebody else
    wrote it meanwhile, both texts are shown."""

    def done(attempt: Attempt, outcome: Outcome) -> HttpResponse:
        if is_by_script(request):
            return JsonResponse(_saved(outcome))
        address = reverse("dispatch:room-card", args=[pk])
        return redirect(f"{address}?new={outcome.kind}" if "more" in request.POST else address)

    return acts.perform(
        request,
        load=lambda: _card(request, pk),
        form=lambda card: OutcomeForm(request.POST, meeting=_meeting(card), by=request.actor),
        act=lambda attempt: outcomes.write(
            card=attempt.subject,
            uid=attempt.given["uid"],
            typed=attempt.form.typed,
            revision=attempt.given["version"],
            by=request.actor,
        ),
        done=done,
        show=_not_written,
    )


def _saved(outcome: Outcome) -> dict[str, Any]:
    is_new = outcome.kind == OutcomeKind.NEW_ITEM and outcome.item is not None
    item = outcome.item if is_new else None
    return {
        "saved_at": f"{timezone.localtime(clock.now()):%H:%M}",
        "version": outcome.revision,
        "number": item.number if item else "",
        "hint": f"编号已给 · {date_hint(item.due_on)}" if item else "",
    }


def _not_written(attempt: Attempt) -> HttpResponse:
    request, form = attempt.request, attempt.form
    stale = attempt.error if isinstance(attempt.error, Stale) else None
    theirs = _as_stored(stale) if stale is not None else None
    more = {"theirs": theirs, "stale": stale, "mine": form.data.get("text", "")}
    if is_by_script(request):
        if stale is not None:
            context = {"card": attempt.subject, **more}
            part = "dispatch/parts/outcome_conflict.html"
            return render(request, part, context, status=409)
        errors = form.errors.get_json_data() if hasattr(form.errors, "get_json_data") else {}
        said = [one["message"] for rows in errors.values() for one in rows]
        return JsonResponse({"message": (said or ["内容不合要求。"])[0]}, status=acts.INVALID)
    if theirs is not None:  # sent once more, it is meant to replace what stands there now
        form.data = form.data.copy()
        form.data["version"] = str(theirs.revision)
    meeting = _meeting(attempt.subject)
    if meeting.state != MeetingState.OPEN or not may_record(request.actor, meeting):
        raise attempt.error or DomainError("这次会议现在不能记录结论。")
    return room_page(request, attempt.subject, meeting, form, status=attempt.status, **more)


def _as_stored(stale: Stale) -> Outcome | None:
    if stale.row is None:
        return None
    rows = Outcome.objects.select_related("item__owner").prefetch_related("item__children__owner")
    return rows.filter(pk=stale.row.pk).first()


def _ask_to_remove(attempt: acts.Attempt[Outcome, RemoveForm]) -> acts.Question:
    outcome = attempt.subject
    item = outcome.item if outcome.kind == OutcomeKind.NEW_ITEM else None
    lines = [f"“{outcome}”"] if item is None else [f"“{outcome}”", f"{item.number} 作废，编号保留"]
    return acts.Question("删去这条结论", lines, "删去")


@needs(P.DISPATCH_EDIT, methods=POST)
def outcome_remove(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """Takes an outcome away."""
    return acts.perform(
        request,
        load=lambda: get_outcome(request.actor, pk, record),
        form=lambda outcome: RemoveForm(request.POST),
        act=lambda attempt: outcomes.remove(
            outcome=attempt.subject, revision=attempt.given["revision"], by=request.actor
        ),
        done=lambda attempt, outcome: redirect("dispatch:room-card", pk=pk),
        show=lambda attempt: acts.turned_back(attempt, "dispatch:room-card", pk=pk),
        ask=_ask_to_remove,
    )


@needs(P.DISPATCH_EDIT, methods=READ)
def outcome_find(request: PortalRequest, pk: int) -> HttpResponse:
    """Names for what is being typed: organisations (`owners`), or items (`item`)."""
    meeting = _meeting(_card(request, pk))
    found: list[Any] = []
    if text := request.GET.get("item", "").strip():
        found = items_meant(request.actor, meeting, text)
    elif text := request.GET.get("owners", "").strip():
        before, _, last = text.rpartition("、")
        head = f"{before}、" if before else ""
        found = [f"{head}{one}" for one in places_called(meeting, last.strip()[:60])]
    return render(request, "dispatch/parts/outcome_names.html", {"names": found})


# --- a later meeting -----------------------------------------------------------------------------


@needs(P.DISPATCH_EDIT, methods=FORM)
def room_defer(request: PortalRequest, pk: int) -> HttpResponse:
    """The card is put off to a later meeting, or comes up there once more: to one that is planned,
    or to the backlog."""

    def act(attempt: Attempt) -> AgendaCard:
        given = attempt.given
        if given["how"] == "copy":
            return cards.copy_on(card=attempt.subject, meeting=given["to"], by=request.actor)
        return cards.defer(
            card=attempt.subject,
            reason=given["reason"],
            to=given["to"],
            revision=given["revision"],
            by=request.actor,
        )

    def done(attempt: Attempt, later: AgendaCard) -> HttpResponse:
        meeting = _meeting(attempt.subject)
        return acts.said(request, put_off_words(later), "dispatch:room", pk=meeting.pk)

    def form(card: AgendaCard) -> RoomDeferForm:
        later = later_than(request, card)
        return RoomDeferForm(acts.typed(request), later=later, initial={"revision": card.revision})

    return acts.perform(
        request,
        load=lambda: _card(request, pk),
        form=form,
        act=act,
        done=done,
        show=lambda attempt: attempt.page(
            "dispatch/room_defer.html",
            card=attempt.subject,
            meeting=_meeting(attempt.subject),
            conflict=attempt.conflict,
            others=len(agenda_of(_meeting(attempt.subject))) - 1,
        ),
    )
