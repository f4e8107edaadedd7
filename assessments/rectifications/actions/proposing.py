"""Findings are proposed from a sealed result, written over by who holds the cycle, and issued: one
list for each organisation, which is an action item."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from assessments.cycles.actions import runs
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from assessments.schemes.actions import telling
from assessments.scoring.numbers import number, plain, rounded
from assessments.scoring.refusals import Refused
from core import clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from schedules.action_items.actions import issuing
from schedules.action_items.enums import Priority
from schedules.action_items.rules import LONGEST_LIST
from schedules.rounds.queries.calendar import load

from ..enums import Closing, Stage
from ..models import Finding, Rectification
from ..queries import proposals
from ..rules import TERM_WORKING_DAYS
from ..words import MOST, problem_of, title_of

SOURCE = "rectification"
STORED, CUT = 4, 6  # places
DEMAND = "逐条整改。随数据销号的条目在数据转好后自动销号；其余条目报结后由另一人核验；全部销号后整件报结。"


@dataclass(frozen=True, slots=True)
class Line:
    """What was typed of one finding."""

    finding: int
    is_chosen: bool
    problem: str
    due_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was typed of one list, and as which revision of it the person saw it."""

    rectification: int
    revision: int
    lines: Sequence[Line]


@action
def propose(*, cycle: Cycle, by: Actor) -> int:
    """Proposes the findings of a sealed cycle: for each of the assessed one for each indicator that
    lost points. Again, it adds what is missing and leaves what has been written; returns how many
    are new. Raises NotAllowed, or Conflict before the cycle is sealed. Eleven queries."""
    runs.expect_holder(cycle, by)
    held = Cycle.objects.locked().get(pk=cycle.pk)
    if held.state != CycleState.SEALED:
        raise Conflict("这期考核还没有审定，审定以后才提出整改问题。", code="state")
    found = proposals.proposed_of(held)
    now, due_on = clock.now(), load().add_working_days(clock.today(), TERM_WORKING_DAYS)
    Rectification.objects.bulk_create(
        [
            Rectification(assessed_id=pk, proposed_at=now)
            for pk in dict.fromkeys(one.assessed.pk for one in found)
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    lists = {
        one.assessed_id: one
        for one in Rectification.objects.filter(
            assessed__cycle=held, stage=Stage.PROPOSED
        ).select_for_update(of=("self",), no_key=True)
    }
    there = set(
        Finding.objects.filter(rectification__in=list(lists.values())).values_list(
            "rectification_id", "indicator"
        )
    )
    rows = [
        _finding(lists[one.assessed.pk], one, due_on)
        for one in found
        if one.assessed.pk in lists and (lists[one.assessed.pk].pk, one.item.key) not in there
    ]
    Finding.objects.bulk_create(rows, batch_size=500)
    if rows:
        telling.note(
            held,
            "rectifications.finding.propose",
            holder=cycle.organization,
            by=by,
            changes={"findings": [None, len(rows)]},
        )
    return len(rows)


def _finding(row: Rectification, one: proposals.Proposed, due_on: dt.date) -> Finding:
    return Finding(
        rectification=row,
        indicator=one.item.key,
        number=one.item.number,
        name=one.item.name[:100],
        category=one.item.group[:100],
        problem=problem_of(one),
        lost=rounded(one.item.lost, STORED),
        repair=_exact(one.repair) if one.repair > 0 else "",
        closing=one.closing,
        is_weighty=one.is_weighty,
        due_on=due_on,
    )


def _exact(value: Fraction) -> str:
    """As the engine reads it back; a share of more digits than it reads is cut."""
    try:
        number(plain(value))
    except Refused:
        return plain(Fraction(rounded(value, CUT)))
    return plain(value)


@action
def save(*, cycle: Cycle, sheets: Sequence[Sheet], by: Actor) -> int:
    """Writes what was typed of drafts; returns in how many lists something is new. Raises NotAllowed,
    MovedOn, Stale where somebody else has just written, DomainError for what does not hold. As many
    queries for one list as for many."""
    runs.expect_holder(cycle, by)
    lists = _held(cycle, sheets)
    return _written(cycle, lists, sheets, by)


@action
def issue(
    *, cycle: Cycle, sheets: Sequence[Sheet], by: Actor, seen: bool = False
) -> list[Rectification]:
    """Writes what was typed, and gives out the lists in which a finding is ticked: for each
    organisation one action item with a line for each finding. Pressed again, those that are given
    out are refused. `seen`: the person has looked at what they owe already, asked where there are
    many. Raises as `save`, and DomainError where nothing is ticked or a day has passed.
    As many queries for one list as for many."""
    runs.expect_holder(cycle, by)
    lists = _held(cycle, sheets)
    _written(cycle, lists, sheets, by)
    chosen: dict[Rectification, list[Finding]] = {}
    for one in Finding.objects.filter(
        rectification__in=list(lists.values()), is_chosen=True
    ).order_by("number", "pk"):
        chosen.setdefault(lists[one.rectification_id], []).append(one)
    if not chosen:
        raise DomainError("一条问题也没有选，没有可以下发的清单。")
    given = [_given(row, findings) for row, findings in chosen.items()]
    made = issuing.issue_lists(issuer=cycle.organization, lists=given, by=by, seen=seen)
    now, rows = clock.now(), []
    for (row, findings), (item, lines) in zip(chosen.items(), made, strict=True):
        row.item, row.issued_at = item, now
        for finding, line in zip(findings, lines, strict=True):
            finding.line = line
            rows.append(finding)
    Finding.objects.bulk_update(rows, ["line"], batch_size=500)
    Rectification.machine.write(dict.fromkeys(chosen, "issue"), ["item", "issued_at"])
    for row in chosen:
        told: dict[str, Any] = {
            "number": [None, row.item.number if row.item else ""],
            "findings": [None, len(chosen[row])],
        }
        telling.note(
            row, "rectifications.list.issue", holder=cycle.organization, by=by, changes=told
        )
    return list(chosen)


def _held(cycle: Cycle, sheets: Sequence[Sheet]) -> dict[int, Rectification]:
    """The lists, locked in one order. Raises DomainError or MovedOn. Two queries."""
    wanted = {one.rectification for one in sheets}
    rows = Rectification.objects.filter(pk__in=list(wanted), assessed__cycle=cycle).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))
    found = {
        row.pk: row for row in rows.select_related("assessed__organization", "assessed__cycle")
    }
    if len(found) != len(wanted):
        raise DomainError("有清单不在这期考核里，请刷新页面。")
    for row in found.values():
        Rectification.machine.expect(row, "edit")
    return found


def _written(
    cycle: Cycle, lists: dict[int, Rectification], sheets: Sequence[Sheet], by: Actor
) -> int:
    """Writes what is new in the lines of held lists: the same once more is nothing new, whoever has
    written it. Raises Stale where it was typed into an older one. One query, three for what is new."""
    rows = {one.pk: one for one in Finding.objects.filter(rectification__in=list(lists))}
    changed: list[Finding] = []
    moved: dict[Rectification, str] = {}
    for sheet in sheets:
        for line in sheet.lines:
            row = rows.get(line.finding)
            if row is None or row.rectification_id != sheet.rectification:
                raise DomainError("有一条问题已不在清单里，请刷新页面。")
            problem = clean(line.problem)[:MOST]
            said = (line.is_chosen, problem, line.due_on)
            if said == (row.is_chosen, row.problem, row.due_on):
                continue
            Rectification.machine.expect(lists[sheet.rectification], "edit", sheet.revision)
            if line.is_chosen and len(problem) < 4:
                raise DomainError("请写明问题（至少 4 个字）。", field=f"{row.pk}-problem")
            row.is_chosen, row.problem, row.due_on = said
            changed.append(row)
            moved[lists[row.rectification_id]] = "edit"
    if not changed:
        return 0
    Finding.objects.bulk_update(changed, ["is_chosen", "problem", "due_on"], batch_size=500)
    Rectification.machine.write(moved)
    telling.note(
        cycle,
        "rectifications.finding.edit",
        holder=cycle.organization,
        by=by,
        changes={"findings": [None, len(changed)], "organizations": [None, len(moved)]},
    )
    return len(moved)


def _given(row: Rectification, findings: Sequence[Finding]) -> issuing.ListGiven:
    assessed: Assessed = row.assessed
    if len(findings) > LONGEST_LIST:
        raise DomainError(f"{assessed}的清单超过 {LONGEST_LIST} 条，请合并。")
    today = clock.today()
    for one in findings:
        if one.due_on is None or one.due_on < today:
            raise DomainError(
                f"{assessed}“{one.name}”的整改时限要填今天以后的日期。", field=f"{one.pk}-due_on"
            )
    label = f"{periods.label(assessed.cycle.period)}考核"
    last = max(one.due_on for one in findings if one.due_on)
    given = issuing.Given(
        title=title_of(assessed.cycle.period),
        demand=DEMAND,
        due_on=last,
        priority=Priority.IMPORTANT,
        lines=[
            issuing.LineGiven(
                problem=one.problem,
                due_on=one.due_on,
                by_fact=one.closing != Closing.PERSON,
                is_weighty=one.is_weighty,
            )
            for one in findings
        ],
    )
    return issuing.ListGiven(assessed.organization, given, issuing.Origin(SOURCE, row.pk, label))
