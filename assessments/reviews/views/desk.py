"""A reviewer's own desk: his cases, one item after the other, evidence beside, examples before."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.explaining import Item, Names, Stored, explain, mark_words
from assessments.cycles.models import Score
from assessments.cycles.queries.explained import branches_of
from assessments.cycles.views.marks import AWARDS_HINT
from assessments.schemes.definitions import AWARDS, Leaf
from assessments.scoring.numbers import number, rounded
from core import acts, attachments, figures
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds import evidence

from ..access import get_own_example, get_seat
from ..actions import examples, looks, marks
from ..enums import SeatState, Why
from ..forms.marks import MarkForm
from ..models import Review, ReviewExample, ReviewSeat
from ..queries.desk import Queued, own_cycles, queue_of
from ..queries.evidence import Piece, evidence_of, said_of
from ..queries.examples import examples_of, leaf_of_example, points_of_example
from ..queries.exceptions import markable
from ..queries.points import leaf_of, points_of

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)


@needs(P.ASSESSMENT_REVIEW, methods=READ)
def desk(request: PortalRequest) -> HttpResponse:
    """The cycles in which one reviews, with the examples first and then the own cases."""
    cycles = own_cycles(request.actor)
    shown = [
        {"own": own, "examples": examples_of(own.cycle, request.actor.user_id or 0)}
        for own in cycles
    ]
    return render(request, "reviews/desk.html", {"cycles": shown})


@dataclass(frozen=True, slots=True)
class Sitting:
    """A seat with the indicator it is of."""

    seat: ReviewSeat
    leaf: Leaf
    rules: Sequence[tuple[int, Mapping[str, Any]]]


def _sitting(request: PortalRequest, uid: uuid.UUID) -> Sitting:
    found = get_seat(request.actor, uid)
    leaf, rules = leaf_of(found.item)
    return Sitting(found, leaf, rules)


@needs(P.ASSESSMENT_REVIEW, methods=FORM)
def seat(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One item: what the assessed say, what was counted, the evidence, and the own mark. Nothing on
    it says whether, by whom or how it was marked otherwise. Sixteen queries."""

    def form(subject: Sitting) -> MarkForm:
        own = subject.seat
        return MarkForm(
            acts.typed(request),
            rules=subject.rules,
            full=str(subject.leaf.node["full"]),
            is_counted=subject.leaf.is_counted,
            facts=own.facts,
            is_given=own.given_at is not None,
            reason=own.reason,
            revision=own.revision,
        )

    def done(attempt: acts.Attempt[Sitting, MarkForm], given: ReviewSeat) -> HttpResponse:
        following = _following(request, attempt.subject.seat)
        if following is None:
            return acts.said(request, "已保存。这一家的都评完了。", "reviews:desk")
        return acts.said(request, "已保存。", "reviews:seat", uid=following.uid)

    return acts.perform(
        request,
        load=lambda: _sitting(request, uid),
        form=form,
        act=lambda attempt: marks.give(
            seat=attempt.subject.seat,
            revision=attempt.given["revision"],
            facts=attempt.form.facts,
            reason=attempt.form.reason,
            by=request.actor,
        ),
        done=done,
        show=lambda attempt: attempt.page("reviews/seat.html", **_context(request, attempt)),
    )


def _following(request: PortalRequest, own: ReviewSeat) -> ReviewSeat | None:
    """The next of the own items of the case that is not marked, after this one first."""
    rows = [
        one.seat for some in queue_of(request.actor, own.item.assessed).values() for one in some
    ]
    place = next((n for n, one in enumerate(rows) if one.pk == own.pk), -1)
    return next(
        (one for one in [*rows[place + 1 :], *rows[:place]] if one.state == SeatState.OPEN), None
    )


def _context(request: PortalRequest, attempt: acts.Attempt[Sitting, MarkForm]) -> dict[str, Any]:
    subject = attempt.subject
    own, leaf = subject.seat, subject.leaf
    assessed = own.item.assessed
    queue = queue_of(request.actor, assessed)
    rows = [one for some in queue.values() for one in some]
    place = next(n for n, one in enumerate(rows) if one.seat.pk == own.pk)
    said = said_of(own)
    pieces = evidence_of(own, said)
    shown = next((one for one in pieces if one.key == request.GET.get("see")), None)
    counted = _item(own)
    return {
        "subject": subject,
        "seat": own,
        "item": own.item,
        "assessed": assessed,
        "cycle": assessed.cycle,
        "review": Review.objects.get(cycle=assessed.cycle_id),
        "leaf": leaf,
        "why": Why(own.item.why),
        "number": rows[place].number,
        "place": place + 1,
        "count": len(rows),
        "left": sum(one.seat.state == SeatState.OPEN for one in rows),
        "queue": [(why, _lines(some, own)) for why, some in queue.items()],
        "before": rows[place - 1].seat if place else None,
        "after": rows[place + 1].seat if place + 1 < len(rows) else None,
        "pieces": pieces,
        "n_opened": sum(one.is_opened for one in pieces),
        "shown": shown,
        "summary": _summary(shown),
        "said": said,
        "self_mark": _self_mark(subject, said),
        "counted": counted,
        "boxes": attempt.form.shown_boxes(),
        "reason": attempt.form.why(),
        "conflict": attempt.conflict,
        "awards_hint": AWARDS_HINT if leaf.key == AWARDS else "",
        "is_counted": leaf.is_counted,
    }


def _lines(rows: Sequence[Queued], own: ReviewSeat) -> list[dict[str, Any]]:
    return [{"row": row, "is_here": row.seat.pk == own.pk} for row in rows]


def _item(own: ReviewSeat) -> Item | None:
    """What was counted of the item, in the words of the score's page. Two queries."""
    assessed = own.item.assessed
    score = Score.objects.current().filter(assessed=assessed).first()
    if score is None or own.item.indicator == AWARDS:
        return None
    names = {str(pk): str(one) for pk, one in branches_of(score.facts).items()}
    stored = Stored(assessed.version.content, score.facts, score.result, assessed.cycle.period)
    explained = explain(stored, Names(figures.registered(), names), None)
    return next((one for one in explained.items if one.key == own.item.indicator), None)


def _summary(shown: Piece | None) -> evidence.Summary | None:
    """What the record says that is open beside the item. Two queries at most."""
    if shown is None or shown.record is None:
        return None
    reference = (shown.record.kind, shown.record.uid)
    return evidence.summaries([reference]).get(reference)


def _self_mark(subject: Sitting, said: Any) -> dict[str, str] | None:
    """What the assessed give themselves, in words and as points."""
    if said is None or not said.facts:
        return None
    points = points_of(subject.seat.item, said.facts, [])
    words = "；".join(
        mark_words(str(rule["rule"]), said.facts[str(n)])
        for n, rule in subject.rules
        if str(n) in said.facts
    )
    return {"points": "" if points is None else f"{rounded(points):f}", "words": words}


# --- evidence ------------------------------------------------------------------------------------


@needs(P.ASSESSMENT_REVIEW, methods=ACT)
def evidence_look(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Opens a piece of evidence beside the item; that it was opened is kept."""
    key = request.POST.get("key", "")

    def load() -> tuple[ReviewSeat, Piece]:
        own = get_seat(request.actor, uid)
        piece = next((one for one in evidence_of(own, said_of(own)) if one.key == key), None)
        if piece is None:
            raise Http404
        return own, piece

    return acts.press(
        request,
        load=load,
        act=lambda found: looks.look(seat=found[0], piece=found[1], by=request.actor),
        done=lambda found, look: redirect(
            f"{reverse('reviews:seat', args=[uid])}?see={found[1].key}#evidence"
        ),
    )


@needs(P.ASSESSMENT_REVIEW, methods=READ)
def file_open(request: PortalRequest, uid: uuid.UUID, file: uuid.UUID) -> FileResponse:
    """A file that the assessed refer to at one's own item."""
    own = get_seat(request.actor, uid)
    for piece in evidence_of(own, said_of(own)):
        if piece.file is not None and piece.file.uid == file:
            return attachments.serve(piece.file)
    raise Http404


# --- examples ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Trying:
    """An example with its indicator and the own mark, if there is one."""

    example: ReviewExample
    leaf: Leaf
    rules: Sequence[tuple[int, Mapping[str, Any]]]
    mark: Any


def _trying(request: PortalRequest, uid: uuid.UUID) -> Trying:
    found = get_own_example(request.actor, uid)
    leaf = leaf_of_example(found)
    mark = found.marks.filter(user_id=request.actor.user_id or 0).first()
    return Trying(found, leaf, markable(leaf, counted=False), mark)


@needs(P.ASSESSMENT_REVIEW, methods=FORM)
def example(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """An example is marked; afterwards its reference and why stand beside the own mark."""

    def form(subject: Trying) -> MarkForm:
        mark = subject.mark
        return MarkForm(
            acts.typed(request),
            rules=subject.rules,
            full=str(subject.leaf.node["full"]),
            facts=mark.facts if mark else None,
            is_given=mark is not None,
            reason=mark.reason if mark else "",
        )

    def show(attempt: acts.Attempt[Trying, MarkForm]) -> HttpResponse:
        subject = attempt.subject
        return attempt.page(
            "reviews/example.html",
            subject=subject,
            example=subject.example,
            cycle=subject.example.review.cycle,
            leaf=subject.leaf,
            mark=subject.mark,
            boxes=attempt.form.shown_boxes(),
            reason=attempt.form.why(),
            own=_example_words(subject, subject.mark.facts) if subject.mark else None,
            reference=_example_words(subject, subject.example.facts) if subject.mark else None,
        )

    return acts.perform(
        request,
        load=lambda: _trying(request, uid),
        form=form,
        act=lambda attempt: examples.mark(
            example=attempt.subject.example,
            facts=attempt.form.facts,
            reason=attempt.form.reason,
            by=request.actor,
        ),
        done=lambda attempt, mark: redirect("reviews:example", uid=uid),
        show=show,
    )


def _example_words(subject: Trying, facts: Mapping[str, Any]) -> dict[str, str]:
    points = points_of_example(subject.example, facts)
    words = "；".join(
        mark_words(str(rule["rule"]), facts[str(n)]) for n, rule in subject.rules if str(n) in facts
    )
    full = number(subject.leaf.node["full"])
    return {
        "points": "" if points is None else f"{rounded(points):f}",
        "words": words,
        "full": f"{rounded(full):f}",
    }
