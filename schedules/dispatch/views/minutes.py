"""What is left of a meeting: its minutes with their corrections, what became of the decisions, and
the same on paper and as sheets."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render

from core import acts
from core.documents import making
from core.documents.writers import WRITERS
from core.downloads import WORDS, download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import Post
from orgs.permissions import Permission as P
from schedules.action_items import packs
from schedules.action_items.enums import ActionState
from schedules.action_items.queries.boards import this_moment
from schedules.action_items.queries.letters import count_letters
from schedules.action_items.words import day_note, marks
from schedules.action_items.words import standing as standing_of

from ..access import get_meeting, may_record
from ..actions import meetings
from ..enums import MeetingState, OutcomeKind, Presence
from ..exports.minutes import minutes_document, name_of, write_decisions
from ..forms.outcomes import AmendForm
from ..models import AgendaCard, DispatchMeeting, Outcome
from ..queries.minutes import Minutes, minutes_of
from .room import minutes_words

READ, FORM, FILE = ("GET", "HEAD"), ("GET", "HEAD", "POST"), ("GET", "POST")
HELD = (MeetingState.OPEN, MeetingState.CLOSED)


def _held(request: PortalRequest, pk: int) -> DispatchMeeting:
    """A meeting that has begun: before there is nothing to read. Raises Http404."""
    meeting = get_meeting(request.actor, pk)
    if meeting.state not in HELD:
        raise Http404
    return meeting


@needs(P.DISPATCH_VIEW, methods=READ)
def meeting_minutes(request: PortalRequest, pk: int) -> HttpResponse:
    """What was concluded, who came, what was corrected, and how the items of it stand now."""
    meeting = _held(request, pk)
    return render(request, "dispatch/minutes.html", _page(request, meeting))


@needs(P.DISPATCH_EDIT, methods=FORM)
def meeting_amend(request: PortalRequest, pk: int) -> HttpResponse:
    """A correction with a name, below what it corrects."""

    def load() -> DispatchMeeting:
        meeting = _held(request, pk)
        if not may_record(request.actor, meeting):
            raise Http404
        return meeting

    def act(attempt: acts.Attempt[DispatchMeeting, AmendForm]) -> Any:
        wanted = attempt.given["card"]
        card = _cards(attempt.subject).filter(pk=wanted).first() if wanted else None
        return meetings.amend(
            meeting=attempt.subject, card=card, text=attempt.given["text"], by=request.actor
        )

    return acts.perform(
        request,
        load=load,
        form=lambda meeting: AmendForm(acts.typed(request), cards=_cards(meeting)),
        act=act,
        done=lambda attempt, row: acts.said(
            request, "更正已署名记下。", "dispatch:meeting-minutes", pk=pk
        ),
        show=lambda attempt: attempt.page(
            "dispatch/meeting_amend.html", meeting=attempt.subject, conflict=attempt.conflict
        ),
    )


def _cards(meeting: DispatchMeeting) -> Any:
    return AgendaCard.objects.on_agenda().filter(meeting=meeting)


def _page(request: PortalRequest, meeting: DispatchMeeting) -> dict[str, Any]:
    minutes = minutes_of(meeting, request.actor)
    keeps = may_record(request.actor, meeting)
    at = this_moment()
    rows = [
        {
            "entry": entry,
            "used": minutes_words(entry.card.spent_seconds) if entry.card.spent_seconds else "",
            "planned": minutes_words(entry.card.minutes * 60),
            "is_over": entry.card.spent_seconds > entry.card.minutes * 60,
            "was_left": not entry.outcomes and not entry.card.began_at,
            "outcomes": [_outcome(one, minutes, at) for one in entry.outcomes],
        }
        for entry in minutes.entries
    ]
    people = [
        {"row": one, "post": Post(one.post).label if one.post in Post.values else one.post}
        for one in minutes.attendances
    ]
    given = [item for item in minutes.items if item.state != ActionState.DRAFT]
    issued = [*given, *minutes.of_notes]
    return {
        "meeting": meeting,
        "minutes": minutes,
        "rows": rows,
        "people": people,
        "people_words": _people_words(minutes),
        "here": len(minutes.came(Presence.PRESENT, Presence.DEPUTY)),
        "decided": minutes.count(OutcomeKind.TEXT),
        "given": len(issued),
        "closed_note": f"{sum(item.state == ActionState.CLOSED for item in issued)} 件已销号",
        "here_note": f"应到 {minutes.called} 人",
        "joined": minutes.count(OutcomeKind.ITEM),
        "keeps": keeps,
        "is_closed": meeting.state == MeetingState.CLOSED,
        "has_letters": any(item.pk in minutes.seen for item in given),
    }


def _people_words(minutes: Minutes) -> str:
    said = [
        f"{word} {len(rows)} 人"
        for word, rows in (
            ("到会", minutes.came(Presence.PRESENT)),
            ("代会", minutes.came(Presence.DEPUTY)),
            ("缺席", minutes.came(Presence.ABSENT)),
            ("未登记", minutes.came(Presence.UNRECORDED)),
        )
        if rows
    ]
    return f"应到 {minutes.called} 人" + (f"：{'，'.join(said)}" if said else "")


def _outcome(outcome: Outcome, minutes: Minutes, at: Any) -> dict[str, Any]:
    """An outcome with what became of it: for an item that the reader may open, how it stands."""
    item = outcome.item
    parts = list(item.children.all()) if item is not None else []
    seen = item is not None and item.pk in minutes.seen
    state, tone = standing_of(item, at) if item is not None and seen else ("", "")
    done = sum(part.state == ActionState.CLOSED for part in parts)
    return {
        "outcome": outcome,
        "item": item,
        "is_new": outcome.kind == OutcomeKind.NEW_ITEM,
        "text": outcome.text or (item.title if item else ""),
        "owners": "、".join([str(part.owner) for part in parts] or [str(item.owner)])
        if item
        else "",
        "url": item.get_absolute_url() if item is not None and seen else "",
        "state": state,
        "tone": tone,
        "done": f"{done} / {len(parts)} 个单位已销号" if parts and seen else "",
        "note": day_note(item) if item is not None and seen else "",
        "marks": marks(item, at) if item is not None and seen else [],
    }


# --- on paper and as sheets ----------------------------------------------------------------------


def _file(request: PortalRequest, pk: int, ending: str) -> FileResponse:
    meeting = _held(request, pk)
    minutes = minutes_of(meeting, request.actor)
    made = minutes_document(minutes)
    return download(
        request,
        name=name_of(minutes, "会议纪要"),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb="dispatch.minutes.export",
        entry=lambda written: _told(meeting, ending),
    )


def _told(meeting: DispatchMeeting, ending: str) -> dict[str, Any]:
    return {
        "object_type": DispatchMeeting._meta.label_lower,
        "object_id": meeting.pk,
        "organization_id": meeting.organization_id,
        "organization_path": meeting.organization.path,
        "changes": {"format": [None, ending]},
    }


@needs(P.DISPATCH_VIEW, methods=("GET",))
def minutes_docx(request: PortalRequest, pk: int) -> FileResponse:
    """会议纪要 to work on."""
    return _file(request, pk, "docx")


@needs(P.DISPATCH_VIEW, methods=("GET",))
def minutes_pdf(request: PortalRequest, pk: int) -> FileResponse:
    """会议纪要 to print and keep."""
    return _file(request, pk, "pdf")


@needs(P.DISPATCH_VIEW, methods=("GET",))
def decision_export(request: PortalRequest, pk: int) -> FileResponse:
    """Every outcome as a row of a sheet, with how the items stand."""
    meeting = _held(request, pk)
    minutes = minutes_of(meeting, request.actor)
    return download(
        request,
        name=name_of(minutes, "结论"),
        ending="xlsx",
        write=lambda target: write_decisions(target, minutes, stamp=stamp(request.actor)),
        verb="dispatch.minutes.export",
        entry=lambda written: _told(meeting, "xlsx"),
    )


def _letters(request: PortalRequest, pk: int, ending: str) -> FileResponse | HttpResponse:
    """The meeting's 督办单, one for each organisation: at once where they are few; many are asked
    for, and made behind."""
    meeting = _held(request, pk)
    items = [item.pk for item in minutes_of(meeting, request.actor).items]
    title = f"{meeting}督办单"
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: packs.wanted_letters(
                items, ending, title=title, place=meeting.organization, is_each=True
            ),
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    count = count_letters(request.actor, items, is_each=True)
    packs.refuse_endless(count)
    if count > packs.LONG[ending]:
        context = {
            "title": f"{title} {WORDS[ending]}",
            "count": count,
            "unit": "份督办单",
            "fields": {},
            "back_url": meeting.get_absolute_url(),
        }
        return render(request, "core/document_ask.html", context)
    made = packs.letters(request.actor, items, is_each=True)
    return download(
        request,
        name=(str(meeting), "督办单"),
        ending=ending,
        write=lambda target: WRITERS[ending].write_pack(target, made),
        verb="action_items.item.export",
        entry=lambda written: _told(meeting, ending),
    )


@needs(P.DISPATCH_VIEW, methods=FILE)
def letters_docx(request: PortalRequest, pk: int) -> FileResponse | HttpResponse:
    """The meeting's 督办单 as one pack to work on."""
    return _letters(request, pk, "docx")


@needs(P.DISPATCH_VIEW, methods=FILE)
def letters_pdf(request: PortalRequest, pk: int) -> FileResponse | HttpResponse:
    """The same to print."""
    return _letters(request, pk, "pdf")
