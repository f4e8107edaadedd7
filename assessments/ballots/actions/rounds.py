"""Paper ballots: arranged, counted by two by themselves, settled where they differ, counted anew."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.cycles.actions import marks, runs
from assessments.cycles.models import ASSESSED, Cycle
from assessments.schemes.actions import telling
from core import clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.permissions import Permission

from ..enums import RoundState
from ..models import BallotCount, BallotRound
from ..queries.rounds import (
    COUNTED_IN,
    Ballot,
    asked,
    ballot_of,
    count_of,
    marked_by_hand,
    may_settle,
)
from ..rules import Count, answers_of, differing, fault_of

MOST_REASON = 300
FIGURES = ("issued", "collected", "votes", "invalid", "reason", "reason_by_name")


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody counted of one round (its pk)."""

    round: int
    count: Count


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of counts: how many changed, of how many both agree, and of how many they differ."""

    changed: int
    agreed: int
    differing: int


@action
def arrange(*, cycle: Cycle, indicator: str, held_on: dt.date, place: str, by: Actor) -> int:
    """Says when and where a ballot was held: a round for each of the assessed that has none, and the
    same day and place for those that nobody has counted to the end. Returns how many there are new.
    Raises NotAllowed, Conflict outside the time of review, DomainError. Nine queries, however
    many."""
    runs.expect_holder(cycle, by)
    _expect_counted_in(cycle)
    ballot = _ballot(cycle, indicator)
    place = clean(place)[:100]
    if not place:
        raise DomainError("请写明测评的场合，如 年终述职评议会。", field="place")
    if not periods.first_day(cycle.period) <= held_on <= clock.today():
        first = periods.label(cycle.period)
        raise DomainError(f"测评日期应在{first}开始以后、今天以前。", field="held_on")
    rows = asked(cycle, ballot)
    there = {one.assessed_id: one for one in _locked(cycle, indicator)}
    by_hand = marked_by_hand(cycle, indicator) - there.keys()
    if names := [one.name for one in rows if one.pk in by_hand]:
        raise DomainError(
            f"{'、'.join(names[:5])}{'等' if len(names) > 5 else ''} {len(names)} 家这一项已经人工评分。"
            "请先在评分页清空，再登记测评。",
            code="marked",
        )
    new = [
        BallotRound(assessed=one, indicator=indicator, held_on=held_on, place=place)
        for one in rows
        if one.pk not in there
        and not by.keeps_out(Permission.ASSESSMENT_RUN, one.path, (ASSESSED, one.pk))
    ]
    BallotRound.objects.bulk_create(new)
    moved = [
        one
        for one in there.values()
        if one.state == RoundState.OPEN and (one.held_on, one.place) != (held_on, place)
    ]
    for one in moved:
        one.held_on, one.place = held_on, place
    BallotRound.machine.write(dict.fromkeys(moved, "arrange"), ["held_on", "place"])
    if new or moved:
        told: dict[str, Any] = {"indicator": [None, ballot.name]}
        told |= {"held_on": [None, held_on.isoformat()]}
        told |= {"place": [None, place], "rounds": [None, len(new) + len(moved)]}
        telling.note(cycle, "ballots.round.arrange", holder=cycle.organization, by=by, changes=told)
    return len(new)


@action
def drop(*, cycle: Cycle, indicator: str, reason: str, by: Actor) -> int:
    """Takes away the rounds of an indicator that nobody counted to the end, with what was counted of
    them; its marks are given by hand again. Returns how many. Raises NotAllowed, Conflict,
    DomainError."""
    runs.expect_holder(cycle, by)
    _expect_counted_in(cycle)
    ballot = _ballot(cycle, indicator)
    reason = _reason(reason, "请写明为什么取消")
    pks = [one.pk for one in _locked(cycle, indicator) if one.state != RoundState.DONE]
    if not pks:
        raise Conflict("没有可以取消的测评：没有登记，或者都已计完。", code="state")
    BallotRound.objects.filter(pk__in=pks).delete()
    told = {"indicator": [ballot.name, None], "rounds": [len(pks), None]}
    telling.note(
        cycle, "ballots.round.drop", holder=cycle.organization, by=by, changes=told, text=reason
    )
    return len(pks)


@action
def count_many(*, cycle: Cycle, indicator: str, counted: Sequence[Counted], by: Actor) -> Outcome:
    """Takes down what one of two persons counted. Where the other has counted the same, the mark is
    written with it; where it differs, somebody settles it. Nothing that it refuses tells whether
    the other has counted. Raises NotAllowed for who may not count one of them, Conflict for what two
    have counted already, DomainError, with an error for each (`errors`), for numbers that do not
    hold: then nothing is written."""
    _expect_counted_in(cycle)
    ballot = _ballot(cycle, indicator)
    wanted = {one.round: one.count for one in counted}
    rows = {one.pk: one for one in _locked(cycle, indicator) if one.pk in wanted}
    _expect_may_count(list(wanted), by)
    _expect_hold({rows[pk]: wanted[pk] for pk in wanted if pk in rows}, ballot)
    there: dict[int, list[BallotCount]] = {pk: [] for pk in rows}
    for stored in BallotCount.objects.filter(round__in=list(rows)).order_by("seat"):
        if stored.take == rows[stored.round_id].take:
            there[stored.round_id].append(stored)
    own = {
        pk: next((one for one in some if one.by_id in by.persons), None)
        for pk, some in there.items()
    }
    changed = {
        pk: wanted[pk] for pk in rows if (mine := own[pk]) is None or count_of(mine) != wanted[pk]
    }
    late = [rows[pk].assessed.name for pk in changed if rows[pk].state != RoundState.OPEN]
    late += [rows[pk].assessed.name for pk in changed if own[pk] is None and len(there[pk]) > 1]
    if late:
        names = "、".join(dict.fromkeys(late))[:200]
        raise Conflict(f"{names}的票已由两人计完，不能再填。请核对下面的最新情况。", code="counted")
    new, old = [], []
    for pk, count in changed.items():
        row = own[pk] or BallotCount(round=rows[pk], take=rows[pk].take, seat=len(there[pk]) + 1)
        row.by_id, row.by_name = by.user_id, by.name[:100]
        row.issued, row.collected = count.issued, count.collected
        row.votes, row.invalid = dict(count.votes), count.invalid
        if own[pk] is None:
            there[pk].append(row)
            new.append(row)
        else:
            old.append(row)
    BallotCount.objects.bulk_create(new)
    fields = ["by", "by_name", "issued", "collected", "votes", "invalid"]
    BallotCount.objects.bulk_update(old, fields)
    agreed: list[BallotRound] = []
    apart: list[BallotRound] = []
    for pk in changed:
        if len(there[pk]) > 1:
            one, other = map(count_of, there[pk][:2])
            answers = answers_of(ballot.rule_of(rows[pk].assessed.version_id))
            (apart if differing(one, other, answers) else agreed).append(rows[pk])
    BallotRound.machine.write(dict.fromkeys(apart, "differ"))
    _close(cycle, indicator, {row: wanted[row.pk] for row in agreed}, "agree", by)
    if changed:  # who and how many, never what: the trail is read before the second has counted
        told = {"indicator": [None, ballot.name], "rounds": [None, len(changed)]}
        telling.note(cycle, "ballots.count.give", holder=cycle.organization, by=by, changes=told)
    return Outcome(len(changed), len(agreed), len(apart))


@action
def settle(
    *, found: BallotRound, count: Count, reason: str, revision: int, by: Actor
) -> BallotRound:
    """Says with the paper in hand what holds where two counts differ; by one of the two, or by who
    holds the cycle. Raises NotAllowed, Stale, MovedOn, Conflict, DomainError."""
    cycle, ballot, row = _held(found, by)
    BallotRound.machine.expect(row, "settle", revision=revision)
    reason = _reason(reason, "请写明怎样核对的")
    _expect_hold({row: count}, ballot)
    row.reason, row.reason_by_name = reason, by.name[:100]
    _close(cycle, found.indicator, {row: count}, "settle", by)
    _note(row, "ballots.round.settle", by, {"votes": [None, dict(count.votes)]}, reason)
    return row


@action
def reopen(*, found: BallotRound, reason: str, revision: int, by: Actor) -> BallotRound:
    """The ballots are counted anew, by two, before the results are submitted; the mark is taken
    back, what was counted before stays in the records. Raises NotAllowed, Stale, MovedOn, Conflict,
    DomainError."""
    cycle, _, row = _held(found, by)
    reason = _reason(reason, "请写明为什么重新计票")
    was, votes = row.state, dict(row.votes)
    BallotRound.machine.move(
        row,
        "reopen",
        revision=revision,
        take=row.take + 1,
        issued=None,
        collected=None,
        votes={},
        invalid=None,
        reason=reason,
        reason_by_name=by.name[:100],
    )
    if was == RoundState.DONE:
        gone = [marks.Given(row.assessed_id, None)]
        marks.record_many(cycle=cycle, indicator=row.indicator, given=gone, by=by)
    _note(row, "ballots.round.reopen", by, {"votes": [votes, None]}, reason)
    return row


# --- what they stand on --------------------------------------------------------------------------


def _held(found: BallotRound, by: Actor) -> tuple[Cycle, Ballot, BallotRound]:
    cycle = found.assessed.cycle
    _expect_counted_in(cycle)
    ballot = _ballot(cycle, found.indicator)
    row = next((one for one in _locked(cycle, found.indicator) if one.pk == found.pk), None)
    if row is None:
        raise Conflict("这次测评已经取消。", code="state")
    _expect_may_count([row.pk], by)
    if not may_settle(found, by):
        raise NotAllowed("由计票的两人之一，或者组织这期考核的党委办理。")
    return cycle, ballot, row


def _locked(cycle: Cycle, indicator: str) -> list[BallotRound]:
    """The rounds of an indicator, held until the transaction ends, the cycle before them."""
    rows = BallotRound.objects.filter(assessed__cycle=cycle, indicator=indicator)
    return list(
        rows.select_related("assessed").select_for_update(of=("self",), no_key=True).order_by("pk")
    )


def _expect_counted_in(cycle: Cycle) -> None:
    """Holds the cycle: what is counted is in what is submitted, or finds it submitted."""
    stored = Cycle.objects.locked().get(pk=cycle.pk)
    if stored.state not in COUNTED_IN:
        state = stored.get_state_display()
        raise Conflict(f"这期考核{state}，不能登记或修改测评。", code="state")


def _ballot(cycle: Cycle, indicator: str) -> Ballot:
    found = ballot_of(cycle, indicator)
    if found is None:
        raise DomainError("细则里没有这一项测评。", field="indicator")
    return found


def _expect_may_count(pks: Sequence[int], by: Actor) -> None:
    rows = BallotRound.objects.filter(pk__in=pks)
    if rows.to_count(by).values("pk").distinct().count() < len(set(pks)):
        raise NotAllowed("其中有不由你计票的单位：本单位的、已登记回避的，由别人计票。")


def _expect_hold(wanted: Mapping[BallotRound, Count], ballot: Ballot) -> None:
    errors: list[dict[str, Any]] = []
    for row, count in wanted.items():
        about, text = fault_of(count, ballot.rule_of(row.assessed.version_id))
        if text:
            errors.append({"field": f"{row.pk}-{about}", "message": text, "code": "count"})
    if len(errors) == 1:
        raise DomainError(errors[0]["message"], code="count")
    if errors:
        refused = DomainError(f"有 {len(errors)} 家的票数不对。", code="count")
        refused.errors = errors
        raise refused


def _close(
    cycle: Cycle,
    indicator: str,
    wanted: Mapping[BallotRound, Count],
    act: str,
    by: Actor,
) -> None:
    """What two agree on, or what was settled, is the mark."""
    given = []
    for row, count in wanted.items():
        row.issued, row.collected = count.issued, count.collected
        row.votes, row.invalid = dict(count.votes), count.invalid
        facts = {"votes": row.votes, "invalid": count.invalid}
        given.append(marks.Given(row.assessed_id, facts))
    BallotRound.machine.write(dict.fromkeys(wanted, act), FIGURES)
    if given:
        marks.record_many(cycle=cycle, indicator=indicator, given=given, by=by)


def _reason(text: str, wanted: str) -> str:
    text = clean(text)[:MOST_REASON]
    if len(text) < 4:
        raise DomainError(f"{wanted}（至少四个字）。", field="reason")
    return text


def _note(row: BallotRound, verb: str, by: Actor, changes: Mapping[str, Any], reason: str) -> None:
    holder = row.assessed.cycle.organization
    telling.note(row, verb, holder=holder, by=by, changes=changes, text=reason)
