"""问题清单 of a 组织生活会 or 民主评议党员: written, marked as put right, carried over a year."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.dates import read_date
from core.errors import Conflict, DomainError, NotAllowed
from core.states import Stale
from core.text import clean
from orgs.models import Organization

from ..enums import HELD, ProblemState
from ..models import Meeting, Problem, ProblemList
from ..queries.problems import list_of, may_name, reads_members_lines
from ..rules import LISTED_KINDS, year_about
from . import rights

MOST_LINES = 60
OWN_LINES = "党员个人的问题由本组织和直接上级填写。"
LONGEST = {
    "text": ("问题", 300),
    "measure": ("整改措施", 300),
    "responsible_name": ("责任人", 50),
    "due_text": ("整改时限", 50),
    "outcome": ("结果", 200),
}
_SAID = (*LONGEST, "member_id", "state")  # what tells one version of a line from another
_KEPT = (*_SAID, "due_on", "number", "uid", "organization_id", "carried_from")


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it was typed. Without `text` it is left out, or taken out. `member_id` None: of
    the committee."""

    uid: UUID
    text: str
    member_id: int | None = None
    measure: str = ""
    responsible_name: str = ""
    due_text: str = ""
    state: ProblemState = ProblemState.OPEN
    outcome: str = ""


@action
def save(*, record: Meeting, revision: int, lines: Sequence[Line], by: Actor) -> ProblemList:
    """Writes the lines of the record's list: those changed become new versions, those without text
    are taken out, those that are not given stay as they are. `revision` is the one that the page
    showed, 0 for no list yet. The same lines again change nothing. Raises NotAllowed, DomainError
    for what cannot be, Stale when somebody else has written the list meanwhile."""
    rights.expect_writer(record.organization, by)
    _expect_held(record)
    if len(lines) > MOST_LINES:
        raise DomainError(f"一份清单最多 {MOST_LINES} 条。", field="lines")
    there = list_of(record.uid)
    known = {one.uid: one for one in there.problems.current()} if there else {}
    _expect_nameable(record, lines, known.values(), by)
    last = max((one.number for one in known.values()), default=0)
    fresh = []
    for number, line in enumerate(lines):
        before = known.get(line.uid)
        if before is not None and not clean(line.text):
            continue  # taken out
        was_carried = before is not None and before.state == ProblemState.CARRIED
        if was_carried or line.state == ProblemState.CARRIED:
            # Only `carry_over` makes one; the later list says how it came out.
            said = ProblemState.CARRIED if was_carried else ProblemState.OPEN
            line = replace(line, state=said)
        row = _row(line, number, record)
        if row is None:
            continue
        row.number = before.number if before else (last := last + 1)
        if before is not None:
            row.carried_from = before.carried_from
        fresh.append(row)
    changed = [row for row in fresh if row.uid not in known or _differs(row, known[row.uid])]
    kept = {row.uid for row in fresh}
    gone = [known[line.uid] for line in lines if line.uid in known and line.uid not in kept]
    if there is not None and not changed and not gone:
        return there  # pressed twice
    if there is None and not changed:
        raise DomainError("还没有写问题，至少写一条。", field="lines")
    now = clock.now()
    whole = _opened(record, there, revision, now, by)
    old = [known[row.uid].pk for row in changed if row.uid in known] + [row.pk for row in gone]
    Problem.versions.move_many(Problem.objects.filter(pk__in=old), "supersede", superseded_at=now)
    _insert(whole, changed, now, by)
    _release([row.carried_from for row in gone if row.carried_from], now, by)
    _note(whole, record, "life.problem.save", len(changed), len(gone), by=by)
    return whole


@action
def settle(*, problem: Problem, record: Meeting, outcome: str = "", by: Actor) -> Problem:
    """已改: a line, mostly of the year before, has been put right. `record` is that of its list.
    Idempotent. Raises NotAllowed, or MovedOn when somebody else has written the line meanwhile."""
    rights.expect_writer(record.organization, by)
    _expect_near(problem.member_id, record.organization, by)
    if problem.state == ProblemState.DONE:
        return problem
    if problem.state == ProblemState.CARRIED:
        raise Conflict("这一条已转入下一年的清单，请在那里写结果。")
    return _write_anew(problem, by, state=ProblemState.DONE, outcome=outcome or problem.outcome)


@action
def carry_over(*, problem: Problem, into: Meeting, by: Actor) -> Problem:
    """还在改: a line of a year before goes on in the list of a later record; the old one says so.
    Idempotent. Raises NotAllowed, DomainError for a record that is not later, MovedOn."""
    rights.expect_writer(into.organization, by)
    _expect_near(problem.member_id, into.organization, by)
    _expect_held(into)
    if problem.organization_id != into.organization_id:
        raise DomainError("只能转入本组织的清单。", code="holder")
    if problem.list.year >= year_about(into.held_on):
        raise DomainError("只能转入以后年度的清单。", code="year")
    same = Problem.objects.current().filter(carried_from=problem.uid).first()
    if same is not None:
        return same
    _write_anew(problem, by, state=ProblemState.CARRIED)
    now, there = clock.now(), list_of(into.uid)
    whole = _opened(into, there, there.revision if there else 0, now, by)
    last = whole.problems.current().order_by("-number").first()
    line = Problem(
        organization_id=into.organization_id,
        member_id=problem.member_id,
        number=(last.number if last else 0) + 1,
        carried_from=problem.uid,
        **{name: getattr(problem, name) for name in (*LONGEST, "due_on")},
    )
    _insert(whole, [line], now, by)
    _note(whole, into, "life.problem.carry", 1, 0, by=by)
    return line


# --- private -----------------------------------------------------------------------------------


def _expect_held(record: Meeting) -> None:
    if record.kind not in LISTED_KINDS:
        raise DomainError("组织生活会和民主评议党员才有问题清单。", code="kind")
    if record.state not in HELD:
        raise Conflict("这份记录已经撤回，不能再写清单。")


def _expect_near(is_about_members: object, organization: Organization, by: Actor) -> None:
    """Raises NotAllowed for what is about a member, from who could not read it."""
    if is_about_members and not reads_members_lines(by, organization):
        raise NotAllowed(OWN_LINES, code="holder")


def _expect_nameable(
    record: Meeting, lines: Sequence[Line], known: Collection[Problem], by: Actor
) -> None:
    """Raises DomainError for a line about somebody who is not of the organisation; NotAllowed."""
    wanted = {line.member_id for line in lines if line.member_id and clean(line.text)}
    _expect_near(wanted, record.organization, by)
    strange = wanted - {one.member_id for one in known}
    missing = strange - may_name(record, strange) if strange else set()
    if missing:
        number = next(n for n, line in enumerate(lines) if line.member_id in missing)
        raise DomainError("这一天不在本组织的名册上，请重选。", field=f"line-{number}-who")


def _row(line: Line, number: int, record: Meeting) -> Problem | None:
    """The row of a line that says something. Raises DomainError for a text that is too long."""
    texts = {}
    for name, (label, most) in LONGEST.items():
        text = clean(getattr(line, name))
        if len(text) > most:
            raise DomainError(f"{label}请写在 {most} 字以内。", field=f"line-{number}-{name}")
        texts[name] = text
    if not texts["text"]:
        if any(texts.values()):
            raise DomainError("请写明是什么问题。", field=f"line-{number}-text")
        return None
    return Problem(
        uid=line.uid,
        organization_id=record.organization_id,
        member_id=line.member_id,
        state=line.state,
        due_on=_day_of(texts["due_text"]),
        **texts,
    )


def _day_of(words: str) -> dt.date | None:
    """The day, when the words are one and not free words."""
    if not words:
        return None
    try:
        read = read_date(words)
    except ValueError:
        return None
    return read.value if read and read.precision == "day" else None


def _differs(row: Problem, known: Problem) -> bool:
    return any(getattr(row, name) != getattr(known, name) for name in _SAID)


def _opened(
    record: Meeting, there: ProblemList | None, revision: int, now: dt.datetime, by: Actor
) -> ProblemList:
    """The list, with its next revision."""
    values: dict[str, Any] = {
        "year": year_about(record.held_on),
        "written_at": now,
        "written_by_name": by.name[:100],
    }
    if there is not None:
        ProblemList.machine.move(there, "edit", revision=revision, **values)
        return there
    try:
        with transaction.atomic():
            return ProblemList.objects.create(
                record_uid=record.uid, organization_id=record.organization_id, **values
            )
    except IntegrityError:
        raise Stale(ProblemList.machine.stale) from None


def _insert(whole: ProblemList, rows: Sequence[Problem], now: dt.datetime, by: Actor) -> None:
    for row in rows:
        row.list, row.written_at, row.written_by_name = whole, now, by.name[:100]
    Problem.objects.bulk_create(rows)


def _release(origins: Collection[UUID], now: dt.datetime, by: Actor) -> None:
    """Lines of a year before whose carried-over line was taken out again are open as before."""
    if not origins:
        return
    rows = Problem.objects.current().filter(uid__in=origins, state=ProblemState.CARRIED)
    old = list(rows.select_related("list"))
    Problem.versions.move_many(
        Problem.objects.filter(pk__in=[row.pk for row in old]), "supersede", superseded_at=now
    )
    Problem.objects.bulk_create(
        Problem(
            **{name: getattr(row, name) for name in _KEPT}
            | {"state": ProblemState.OPEN, "list": row.list},
            written_at=now,
            written_by_name=by.name[:100],
        )
        for row in old
    )


def _write_anew(problem: Problem, by: Actor, **changes: object) -> Problem:
    """The line's next version with the changes. Raises MovedOn."""
    now = clock.now()
    Problem.versions.move(problem, "supersede", superseded_at=now)
    row = Problem(**({name: getattr(problem, name) for name in _KEPT} | changes))
    _insert(problem.list, [row], now, by)
    audit.record(
        by=by,
        verb="life.problem.settle",
        obj=row,
        label=str(problem.list),  # never what the line says
        organization_id=problem.organization_id,
        changes={"state": [problem.state, row.state]},
    )
    return row


def _note(
    whole: ProblemList, record: Meeting, verb: str, written: int, gone: int, *, by: Actor
) -> None:
    """The act's entry; it says how many lines, never what they say."""
    audit.record(
        by=by,
        verb=verb,
        obj=whole,
        organization_id=record.organization_id,
        organization_path=record.organization.path,
        changes={"lines": [None, written], "removed": [None, gone]},
    )
