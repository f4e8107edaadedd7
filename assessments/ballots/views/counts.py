"""Counts are typed: of one indicator for all organisations on one page, or of one organisation."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect

from assessments.cycles.models import Cycle
from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_ballot, get_round_to_count
from ..actions import rounds
from ..actions.rounds import Outcome
from ..enums import RoundState
from ..forms.counts import CountForm, Line
from ..models import BallotRound
from ..queries.rounds import COUNTED_IN, Ballot, ballot_of, count_of, own_counts
from ..rules import answers_of, minimum_of

FORM = ("GET", "HEAD", "POST")


@dataclass
class Counting:
    """What the page is about: the rounds that the actor counts, with what he has counted himself."""

    cycle: Cycle
    ballot: Ballot
    rounds: Sequence[BallotRound]
    lines: Sequence[Line]
    done: int  # that two have counted


def _counting(
    request: PortalRequest, cycle: Cycle, ballot: Ballot, rows: Sequence[BallotRound]
) -> Counting:
    open_ = [one for one in rows if one.state == RoundState.OPEN]
    own = own_counts(rows, request.actor)
    lines = [
        Line(
            one.pk,
            one.assessed.short_name,
            ballot.rule_of(one.assessed.version_id),
            count_of(own[one.pk]) if one.pk in own else None,
        )
        for one in open_
    ]
    return Counting(cycle, ballot, rows, lines, len(rows) - len(open_))


def _rows(request: PortalRequest, cycle: Cycle, key: str) -> list[BallotRound]:
    rows = BallotRound.objects.to_count(request.actor)
    rows = rows.filter(assessed__cycle=cycle, indicator=key, assessed__is_out=False)
    return list(rows.select_related("assessed__organization").order_by("assessed__path"))


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_REVIEW, methods=FORM)
def count_all(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """One ballot for all organisations; each sees what he has counted himself and nothing else.
    Six queries, whatever another has counted."""

    def load() -> Counting:
        cycle, ballot = get_ballot(request.actor, uid, key)
        rows = _rows(request, cycle, key)
        if not rows:
            raise Http404
        return _counting(request, cycle, ballot, rows)

    return _page(request, load, "ballots:ballot-list", uid)


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_REVIEW, methods=FORM)
def count_one(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The ballot of one organisation. Five queries."""

    def load() -> Counting:
        row = get_round_to_count(request.actor, uid)
        cycle = row.assessed.cycle
        ballot = ballot_of(cycle, row.indicator)
        if ballot is None:
            raise Http404
        return _counting(request, cycle, ballot, [row])

    return _page(request, load, "ballots:round", uid)


def _page(request: PortalRequest, load: Any, back: str, uid: uuid.UUID) -> HttpResponse:
    def act(attempt: acts.Attempt[Counting, CountForm]) -> Outcome:
        return rounds.count_many(
            cycle=attempt.subject.cycle,
            indicator=attempt.subject.ballot.key,
            counted=attempt.form.counted,
            by=request.actor,
        )

    def show(attempt: acts.Attempt[Counting, CountForm]) -> HttpResponse:
        subject = attempt.subject
        is_over = subject.cycle.state not in COUNTED_IN or not subject.lines
        if is_over and request.method != "POST":
            return redirect(back, uid)
        return attempt.page("ballots/count.html", **_context(attempt, back, uid))

    return acts.perform(
        request,
        load=load,
        form=lambda subject: CountForm(acts.typed(request), lines=subject.lines),
        act=act,
        done=lambda attempt, outcome: acts.said(request, _told(outcome), back, uid),
        show=show,
    )


def _told(outcome: Outcome) -> str:
    if not outcome.changed:
        return "没有变化。"
    text = f"已保存 {outcome.changed} 家的计票。"
    if outcome.agreed:
        text += f"其中 {outcome.agreed} 家两人一致，已计入得分。"
    if outcome.differing:
        text += f"{outcome.differing} 家两人不一致，请对照纸质票核对。"
    return text


def _context(
    attempt: acts.Attempt[Counting, CountForm], back: str, uid: uuid.UUID
) -> dict[str, Any]:
    subject, form = attempt.subject, attempt.form
    sheets: dict[tuple[str, ...], dict[str, Any]] = {}
    for line in subject.lines:
        if f"{line.round}-issued" not in form.fields:
            continue  # came meanwhile
        answers = tuple(answers_of(line.rule))
        sheet = sheets.setdefault(
            answers, {"answers": answers, "minimum": minimum_of(line.rule), "rows": []}
        )
        sheet["rows"].append(
            {
                "name": line.name,
                "boxes": form.boxes(line),
                "errors": form.errors_of(line),
                "is_counted": line.count is not None,
            }
        )
    return {
        "cycle": subject.cycle,
        "ballot": subject.ballot,
        "sheets": list(sheets.values()),
        "done": subject.done,
        "back": back,
        "uid": uid,
        "conflict": attempt.conflict,
        "is_one": back == "ballots:round",
        "days": sorted({(one.held_on, one.place) for one in subject.rounds}),
        "draft_of": subject.ballot.key,
    }
