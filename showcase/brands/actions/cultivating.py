"""From a bright spot to a brand: taken as a candidate, its file written, cultivated in dated steps, sent to
be reviewed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.figures import gauged
from core.states import tell
from core.text import clean

from .. import words
from ..enums import Passed, Phase
from ..models import Brand, BrandFigure, BrandPassage, BrandStep, Highlight
from ..queries.files import lacking_of
from ..rules import FILE, MOST_FIGURES, MOST_STEPS
from . import rights


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of cultivating as it is planned, or done."""

    phase: str
    what: str
    due_on: dt.date
    done_on: dt.date | None = None


@action
def take(*, highlight: Highlight, name: str, by: Actor) -> Brand:
    """A bright spot becomes a candidate under a name. Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked_highlight(highlight.pk)
    rights.expect_runner(row.organization, by)
    Highlight.machine.expect(row, "take")
    name = _name(name)
    Highlight.machine.move(row, "take")
    brand = Brand.objects.create(
        organization=row.organization,
        highlight=row,
        name=name,
        practice=row.text,
        taken_on=clock.today(),
    )
    tell(BrandPassage(brand=brand, kind=Passed.TAKE, text=row.title), by=by)
    rights.note(brand, "brands.brand.take", by=by)
    return brand


@action
def edit(
    *, brand: Brand, revision: int, file: Mapping[str, str], figures: Sequence[str], by: Actor
) -> Brand:
    """Writes the file of a brand, and by which figures its results are seen. Raises NotAllowed, MovedOn,
    Stale or DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_owner(row.organization, by)
    values: dict[str, Any] = {name: clean(file.get(name, "")) for name in FILE}
    values["name"] = _name(values["name"])
    for name, most in FILE.items():
        if len(values[name]) > most:
            raise DomainError(f"最多 {most} 字。", field=name)
    keys = list(dict.fromkeys(one for one in figures if one))
    known = gauged()
    if len(keys) > MOST_FIGURES or any(one not in known for one in keys):
        raise DomainError(
            f"没有这样的指标，或超过 {MOST_FIGURES} 个，请重新选择。", field="figure_0"
        )
    changes = audit.changed({name: getattr(row, name) for name in values}, values)
    Brand.machine.move(row, "edit", revision=revision, **values)
    there = list(row.figures.values_list("key", flat=True))
    if there != keys:
        row.figures.all().delete()
        BrandFigure.objects.bulk_create(
            [BrandFigure(brand=row, position=at, key=key) for at, key in enumerate(keys, 1)]
        )
        changes = {**changes, "figures": [there, keys]}
    rights.note(row, "brands.brand.edit", by=by, changes=changes)
    return row


@action
def plan(*, brand: Brand, revision: int, steps: Sequence[Planned], by: Actor) -> Brand:
    """Sets the dated steps of cultivating, those that are done with their day. Raises NotAllowed, MovedOn,
    Stale or DomainError."""
    row = rights.locked(brand.pk)
    rights.expect_owner(row.organization, by)
    if len(steps) > MOST_STEPS:
        raise DomainError(f"最多 {MOST_STEPS} 步。", field="what_0")
    today, fresh = clock.today(), []
    for at, one in enumerate(steps):
        what = clean(one.what)
        if one.phase not in Phase.values:
            raise DomainError("请选一个阶段。", field=f"phase_{at}")
        if not 2 <= len(what) <= 80:
            raise DomainError("写做什么，2 至 80 字。", field=f"what_{at}")
        if not 2000 <= one.due_on.year <= 2100:
            raise DomainError("年份应在 2000 至 2100 之间。", field=f"due_on_{at}")
        if one.done_on is not None and not one.done_on.year >= 2000:
            raise DomainError("年份应在 2000 以后。", field=f"done_on_{at}")
        if one.done_on is not None and one.done_on > today:
            raise DomainError("办成的日子还没有到。", field=f"done_on_{at}")
        fresh.append(
            BrandStep(
                brand=row,
                position=at + 1,
                phase=one.phase,
                what=what,
                due_on=one.due_on,
                done_on=one.done_on,
            )
        )
    Brand.machine.move(row, "plan", revision=revision)
    row.steps.all().delete()
    BrandStep.objects.bulk_create(fresh)
    rights.note(row, "brands.brand.plan", by=by, changes={"steps": [None, len(fresh)]})
    return row


@action
def begin(*, brand: Brand, by: Actor) -> Brand:
    """A candidate is cultivated. Raises NotAllowed or MovedOn."""
    row = rights.locked(brand.pk)
    rights.expect_runner(row.organization, by)
    Brand.machine.move(row, "begin", step=BrandPassage(brand=row, kind=Passed.BEGIN), by=by)
    rights.note(row, "brands.brand.begin", by=by)
    return row


@action
def submit(*, brand: Brand, by: Actor) -> Brand:
    """Its file and its steps are as they should be: it is to be reviewed. Raises NotAllowed, MovedOn, or
    DomainError with what is lacking."""
    row = rights.locked(brand.pk)
    rights.expect_owner(row.organization, by)
    Brand.machine.expect(row, "submit")
    lacking = lacking_of(row)
    if lacking:
        raise DomainError(f"还差：{words.lacking_said(lacking)}。补齐后再提交。")
    Brand.machine.move(
        row,
        "submit",
        step=BrandPassage(brand=row, kind=Passed.SUBMIT),
        by=by,
        submitted_by_id=by.user_id,
        panel=None,
    )
    rights.note(row, "brands.brand.submit", by=by)
    return row


def _name(name: str) -> str:
    name = clean(name)
    if not 2 <= len(name) <= FILE["name"]:
        raise DomainError(f"名称 2 至 {FILE['name']} 字。", field="name")
    return name
