"""Ballots of a cycle: how far each is, one round, and its steps."""

import uuid
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.access import holds, looks_over
from assessments.cycles.models import Cycle
from assessments.scoring.numbers import rounded
from core import acts, clock, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import (
    get_cycle,
    get_held_ballot,
    get_round,
    get_round_to_count,
    get_scan,
    get_scan_to_remove,
    may_see_scans,
)
from ..actions import rounds, scans
from ..enums import RoundState
from ..forms.counts import ArrangeForm, Line, SettleForm, WhyForm
from ..models import BallotRound, CountScan
from ..queries.reports import SECOND
from ..queries.rounds import (
    COUNTED_IN,
    Ballot,
    Result,
    ballot_of,
    ballots_of,
    both_counts,
    count_of,
    counters_of,
    may_settle,
    result_of,
)
from ..rules import answers_of, differing, minimum_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
PERCENT, TWO = 100, 2


@needs(P.ASSESSMENT_VIEW, P.ASSESSMENT_REVIEW, methods=READ)
def ballot_list(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Each ballot of the cycle with its organisations: day, how far, and the result once two agree.
    Nine queries at most, whatever one of two has counted."""
    actor = request.actor
    cycle = get_cycle(actor, uid)
    ballots = ballots_of(cycle)
    shown = BallotRound.objects.visible_to(actor).filter(assessed__cycle=cycle)
    found = list(shown.select_related("assessed__organization").order_by("assessed__path"))
    counts = set(
        BallotRound.objects.to_count(actor)
        .filter(assessed__cycle=cycle, assessed__is_out=False, state=RoundState.OPEN)
        .values_list("indicator", flat=True)
    )
    is_open, runs = cycle.state in COUNTED_IN, holds(actor, cycle)
    context = {
        "cycle": cycle,
        "counters": counters_of(cycle) if is_open and runs and ballots else TWO,
        "two": TWO,
        "ballots": [
            {
                "ballot": one,
                "rows": rows,
                "done": sum(row["round"].state == RoundState.DONE for row in rows),
                "answers": answers,
                "columns": f"单位,日期和场合,计票,{answers[0]}的占比:n,得分:n",
                "has_reports": one.is_report and cycle.period.endswith(SECOND),
                "minimum": minimum_of(one.rule_of(next(iter(one.leaf_of)))),
                "may_count": one.key in counts,
                "may_drop": any(row["round"].state != RoundState.DONE for row in rows),
            }
            for one in ballots
            for answers in [answers_of(one.rule_of(next(iter(one.leaf_of))))]
            for rows in [[_row(row, one) for row in found if row.indicator == one.key]]
        ],
        "is_open": is_open,
        "holds": runs,
        "looks_over": looks_over(actor, cycle),
    }
    return render(request, "ballots/ballot_list.html", context)


def _row(found: BallotRound, ballot: Ballot) -> dict[str, Any]:
    leaf = ballot.leaf_of.get(found.assessed.version_id)
    result = result_of(found, leaf) if leaf is not None else None
    return {"round": found, "name": found.assessed.short_name, "result": _told(result)}


def _told(result: Result | None) -> dict[str, Any] | None:
    """A result in the figures of the page."""
    if result is None:
        return None
    return {
        "points": rounded(result.points),
        "full": result.full,
        "best": rounded(result.best * PERCENT, 1),
        "minimum": result.minimum,
        "is_shown": result.is_shown,
    }


def _ballot(found: BallotRound) -> Ballot:
    ballot = ballot_of(found.assessed.cycle, found.indicator)
    if ballot is None or found.assessed.version_id not in ballot.leaf_of:
        raise Http404
    return ballot


@needs(P.ASSESSMENT_VIEW, P.ASSESSMENT_REVIEW, methods=READ)
def round_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One round: its day, its scans, both counts once they differ, the result once they agree."""
    return render(request, "ballots/round.html", _context(request, get_round(request.actor, uid)))


def _context(request: PortalRequest, found: BallotRound) -> dict[str, Any]:
    actor, ballot = request.actor, _ballot(found)
    version = found.assessed.version_id
    rule = ballot.rule_of(version)
    answers = answers_of(rule)
    may_count = BallotRound.objects.to_count(actor).filter(pk=found.pk).exists()
    is_open = found.assessed.cycle.state in COUNTED_IN
    result = _told(result_of(found, ballot.leaf_of[version]))
    is_own = not may_see_scans(actor, found)
    both = both_counts(found) if not is_own else []
    may_act = may_count and is_open and found.state != RoundState.OPEN
    may_act = may_act and may_settle(found, actor)
    return {
        "round": found,
        "cycle": found.assessed.cycle,
        "ballot": ballot,
        "minimum": minimum_of(rule),
        "answers": answers,
        "result": result,
        "votes": [(name, found.votes.get(name, 0)) for name in answers],
        "shows_votes": result is not None and (not is_own or result["is_shown"]),
        "is_own": is_own,
        "both": _both(both, answers),
        "counted_by": [one.by_name for one in both],
        "may_count": may_count and is_open and found.state == RoundState.OPEN,
        "may_settle": may_act and found.state == RoundState.DIFFERING,
        "may_reopen": may_act,
        "may_scan": may_count and is_open and found.state != RoundState.OPEN,
        "files": [
            uploads.listed(
                row,
                opens="ballots:scan-open",
                removes="ballots:scan-remove" if may_count and is_open else "",
            )
            for row in found.scans.filter(state="ready").order_by("pk")
        ]
        if not is_own and found.state != RoundState.OPEN
        else [],
    }


def _both(both: list[Any], answers: list[str]) -> list[dict[str, Any]]:
    """Two counts side by side: what, the one, the other, whether they differ."""
    if len(both) < 2:
        return []
    one, other = map(count_of, both)
    apart = differing(one, other, answers)
    rows = [("发出", one.issued, other.issued, "issued")]
    rows.append(("收回", one.collected, other.collected, "collected"))
    rows += [(name, one.votes.get(name, 0), other.votes.get(name, 0), name) for name in answers]
    rows.append(("无效", one.invalid, other.invalid, "invalid"))
    return [{"label": a, "one": b, "other": c, "differs": key in apart} for a, b, c, key in rows]


@needs(P.ASSESSMENT_RUN, methods=FORM)
def round_arrange(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """When and where the ballot was held; from then on two count it."""

    def form(subject: tuple[Cycle, Ballot]) -> ArrangeForm:
        rows = BallotRound.objects.filter(assessed__cycle=subject[0], indicator=key)
        first = rows.order_by("pk").first()
        initial: dict[str, Any] = {"held_on": clock.today()}
        if first is not None:
            initial = {"held_on": first.held_on, "place": first.place}
        return ArrangeForm(acts.typed(request), initial=initial)

    def done(attempt: acts.Attempt[Any, Any], count: int) -> HttpResponse:
        text = f"已登记 {count} 家的测评，由两人各自计票。" if count else "日期和场合已更新。"
        return acts.said(request, text, "ballots:ballot-list", uid)

    return acts.perform(
        request,
        load=lambda: get_held_ballot(request.actor, uid, key),
        form=form,
        act=lambda attempt: rounds.arrange(
            cycle=attempt.subject[0], indicator=key, by=request.actor, **attempt.given
        ),
        done=done,
        show=lambda attempt: attempt.page(
            "ballots/arrange.html", cycle=attempt.subject[0], ballot=attempt.subject[1]
        ),
    )


@needs(P.ASSESSMENT_RUN, methods=FORM)
def round_drop(request: PortalRequest, uid: uuid.UUID, key: str) -> HttpResponse:
    """Rounds that are not counted to the end are taken away; marks are given by hand again."""
    return acts.perform(
        request,
        load=lambda: get_held_ballot(request.actor, uid, key),
        form=lambda subject: WhyForm(acts.typed(request)),
        act=lambda attempt: rounds.drop(
            cycle=attempt.subject[0],
            indicator=key,
            reason=attempt.given["reason"],
            by=request.actor,
        ),
        done=lambda attempt, count: acts.said(
            request, f"已取消 {count} 家没有计完的测评。", "ballots:ballot-list", uid
        ),
        show=lambda attempt: attempt.page(
            "ballots/drop.html", cycle=attempt.subject[0], ballot=attempt.subject[1]
        ),
    )


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_REVIEW, methods=FORM)
def round_settle(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """With the paper in hand: what two agree on stands there, what they differ in is typed."""

    def line(found: BallotRound) -> Line:
        ballot = _ballot(found)
        return Line(found.pk, found.assessed.short_name, ballot.rule_of(found.assessed.version_id))

    def form(found: BallotRound) -> SettleForm:
        one = line(found)
        initial: dict[str, Any] = {"revision": found.revision}
        for row, (name, _, _) in zip(
            _both(both_counts(found), one.answers), one.boxes, strict=False
        ):
            if not row["differs"]:
                initial[name] = row["one"]
        made = SettleForm(acts.typed(request), lines=[one], initial=initial)
        for name, value in initial.items():
            made.fields[name].initial = value
        return made

    def show(attempt: acts.Attempt[BallotRound, SettleForm]) -> HttpResponse:
        found = attempt.subject
        if found.state != RoundState.DIFFERING and request.method != "POST":
            return redirect(found)
        both = both_counts(found)
        one = attempt.form.lines[0]
        boxes = attempt.form.boxes(one)
        told = _both(both, one.answers)
        return attempt.page(
            "ballots/settle.html",
            round=found,
            cycle=found.assessed.cycle,
            ballot=_ballot(found),
            rows=list(zip(told, boxes, strict=False)),
            errors=attempt.form.errors_of(one),
            names=[count.by_name for count in both],
            conflict=attempt.conflict,
        )

    return acts.perform(
        request,
        load=lambda: get_round_to_count(request.actor, uid),
        form=form,
        act=lambda attempt: rounds.settle(
            found=attempt.subject,
            count=attempt.form.counted[0].count,
            reason=attempt.given["reason"],
            revision=attempt.given["revision"] or 0,
            by=request.actor,
        ),
        done=lambda attempt, row: acts.said(
            request, "已核对，票数计入得分。", "ballots:round", uid
        ),
        show=show,
    )


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_REVIEW, methods=FORM)
def round_reopen(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The ballots are counted anew by two; the mark is taken back."""

    def show(attempt: acts.Attempt[BallotRound, WhyForm]) -> HttpResponse:
        found = attempt.subject
        if found.state == RoundState.OPEN and request.method != "POST":
            return redirect(found)
        return attempt.page(
            "ballots/reopen.html",
            round=found,
            cycle=found.assessed.cycle,
            ballot=_ballot(found),
        )

    return acts.perform(
        request,
        load=lambda: get_round_to_count(request.actor, uid),
        form=lambda found: WhyForm(acts.typed(request), initial={"revision": found.revision}),
        act=lambda attempt: rounds.reopen(
            found=attempt.subject,
            reason=attempt.given["reason"],
            revision=attempt.given["revision"] or 0,
            by=request.actor,
        ),
        done=lambda attempt, row: acts.said(
            request, "已退回重新计票，原来的得分已撤回。", "ballots:round", uid
        ),
        show=show,
    )


# --- scans ---------------------------------------------------------------------------------------


def _at_files(found: BallotRound) -> HttpResponse:
    return redirect(f"{reverse('ballots:round', args=[found.uid])}#files")


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_REVIEW, methods=POST)
def scan_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Adds the sheets chosen, each an act of its own; what is refused is named with its reason."""
    found = get_round_to_count(request.actor, uid)

    def add(file: files.Checked) -> object:
        return acts.carry_out(
            lambda: get_round_to_count(request.actor, uid),
            lambda row: file,
            lambda row, file: scans.attach(found=row, file=file, by=request.actor),
        )

    uploads.take(request, add, none="请先选择要上传的计票单。")
    return _at_files(found)


@needs(P.ASSESSMENT_VIEW, P.ASSESSMENT_REVIEW, methods=READ)
def scan_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The sheet, if its round is the actor's to read."""
    return files.serve(get_scan(request.actor, uid))


def _page_of_scan(uid: uuid.UUID) -> str:
    found = CountScan.objects.filter(uid=uid).values_list("round__uid", flat=True).first()
    return reverse("ballots:round", args=[found]) if found else "/"


@needs(P.ASSESSMENT_RUN, P.ASSESSMENT_REVIEW, methods=POST, page=_page_of_scan)
def scan_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a sheet away."""
    return acts.press(
        request,
        load=lambda: get_scan_to_remove(request.actor, uid),
        act=lambda scan: scans.detach(scan=scan, by=request.actor),
        done=lambda scan, nothing: _at_files(scan.round),
    )
