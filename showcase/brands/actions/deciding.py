"""What becomes of a brand: named or sent back, looked at again, kept or withdrawn."""

import datetime as dt
from collections.abc import Collection
from typing import Any

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from showcase.panels.actions import panels

from ..enums import BrandState, Passed, Verdict
from ..models import Brand, BrandPassage
from ..models.brand import KIND
from ..rules import REASON, YEARS
from . import rights

LATEST = dt.timedelta(days=5 * 366)


@action
def arrange(*, brand: Brand, people: Collection[int], due_on: dt.date, by: Actor) -> Brand:
    """Names people (user ids) who judge the brand, each alone. Raises NotAllowed, MovedOn, Conflict where
    they have been named already, or DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_runner(row.organization, by)
    Brand.machine.expect(row, "arrange")
    if row.panel is not None and row.panel.is_closed:
        raise Conflict("评审已经结束，可以决定了。", code="closed")
    holder = Organization.objects.get(pk=by.organization_id or 0)
    panel = panels.open_panel(
        kind=KIND,
        subject=row.uid,
        organization=holder,
        judged=row.organization,
        title=row.name,
        people=people,
        due_on=due_on,
        by=by,
    )
    Brand.machine.move(row, "arrange", panel=panel)
    rights.note(row, "brands.brand.arrange", by=by)
    return row


@action
def decide(
    *,
    brand: Brand,
    revision: int,
    verdict: str,
    reason: str,
    by: Actor,
    basis: str = "",
    recheck_on: dt.date | None = None,
) -> Brand:
    """What is decided after a review, by somebody else than who sent the brand to it: it is named, or sent
    back to be cultivated; looked at again, it keeps its name, or loses it. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_runner(row.organization, by)
    is_first = row.state == BrandState.REVIEWING
    Brand.machine.expect(row, "name" if is_first else "keep", revision)
    if row.submitted_by_id in by.persons:
        raise NotAllowed("提交的人不能自己决定，请由另一人办理。")
    if verdict not in Verdict.values:
        raise DomainError("请选通过或不通过。", field="verdict")
    reason, basis = _reason(reason), clean(basis)
    if row.panel is None or not row.panel.is_closed:
        raise DomainError("评审还没有结束：先安排评审人，各自评过、结束评审以后再决定。")
    if verdict == Verdict.NO and is_first:
        _move(row, "return", revision, Passed.RETURN, reason, by=by)
        rights.note(row, "brands.brand.return", by=by, changes={"reason": [None, reason]})
        return row
    if verdict == Verdict.NO:
        return _withdrawn(row, revision, reason, by)
    values: dict[str, Any] = {"recheck_on": _recheck_on(recheck_on)}
    if is_first:
        if not 4 <= len(basis) <= REASON:
            raise DomainError("写命名的依据：哪次会议、哪份文件，4 至 200 字。", field="basis")
        values |= {"basis": basis, "named_on": clock.today()}
        _move(row, "name", revision, Passed.NAME, reason, by=by, **values)
        rights.note(row, "brands.brand.name", by=by, changes={"basis": [None, basis]})
    else:
        _move(row, "keep", revision, Passed.KEEP, reason, by=by, **values)
        rights.note(row, "brands.brand.keep", by=by)
    return row


@action
def recheck(*, brand: Brand, reason: str, by: Actor) -> Brand:
    """A named brand is to be reviewed again. Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_runner(row.organization, by)
    Brand.machine.expect(row, "recheck")
    reason = _reason(reason)
    _move(
        *(row, "recheck", None, Passed.RECHECK, reason),
        by=by,
        submitted_by=None,
        wanted_on=None,
        wanted_why="",
        panel=None,
    )
    rights.note(row, "brands.brand.recheck", by=by, changes={"reason": [None, reason]})
    return row


@action
def end(*, brand: Brand, reason: str, by: Actor) -> Brand:
    """A brand is cultivated no more, or loses its name. Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_runner(row.organization, by)
    Brand.machine.expect(row, "withdraw" if row.is_told else "drop")
    reason = _reason(reason)
    if row.is_told:
        return _withdrawn(row, None, reason, by)
    _move(row, "drop", None, Passed.DROP, reason, by=by, ended_on=clock.today())
    rights.note(row, "brands.brand.drop", by=by, changes={"reason": [None, reason]})
    return row


@action
def want(*, brand: Brand, why: str, by: Actor) -> Brand:
    """It is proposed to look at a named brand again: its own figures have left their limits. Nothing where
    that has been proposed already. Raises MovedOn."""
    row = rights.locked(brand.pk)
    Brand.machine.expect(row, "want")
    if row.wanted_on is not None:
        return row
    Brand.machine.move(row, "want", wanted_on=clock.today(), wanted_why=why[:REASON])
    rights.note(row, "brands.brand.want", by=by, changes={"reason": [None, why]})
    return row


def _withdrawn(row: Brand, revision: int | None, reason: str, by: Actor) -> Brand:
    _move(row, "withdraw", revision, Passed.WITHDRAW, reason, by=by, ended_on=clock.today())
    rights.note(row, "brands.brand.withdraw", by=by, changes={"reason": [None, reason]})
    return row


def _move(
    row: Brand,
    act: str,
    revision: int | None,
    kind: Passed,
    text: str,
    *,
    by: Actor,
    **changes: Any,
) -> None:
    step = BrandPassage(brand=row, kind=kind, text=text)
    Brand.machine.move(row, act, revision=revision, step=step, by=by, **changes)


def _reason(reason: str) -> str:
    reason = clean(reason)
    if not 4 <= len(reason) <= REASON:
        raise DomainError(f"写一句理由，4 至 {REASON} 字。", field="reason")
    return reason


def _recheck_on(day: dt.date | None) -> dt.date:
    today = clock.today()
    if day is None:
        return dt.date(today.year + YEARS, today.month, min(today.day, 28))
    if not today < day <= today + LATEST:
        raise DomainError("下次复审的日子应在今天以后、五年以内。", field="recheck_on")
    return day
