"""A theme is drafted: its figures with their goals, whom it is for, its dates."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.figures import gauged
from core.text import clean
from orgs.enums import OrganizationClass
from orgs.models import Organization
from schedules.dispatch.models import DispatchMeeting

from ..enums import DateKind, ThemeState
from ..models import Theme, ThemeCommittee, ThemeDate, ThemeFigure
from ..queries.scope import committees_of
from ..queries.steps import step_kinds
from ..rules import MOST_FIGURES, ORIGIN
from . import rights

AHEAD = 4  # quarters from now for which a theme can be drafted
MOST_GOAL = Decimal(100_000)


@dataclass(frozen=True, slots=True)
class Aim:
    """A registered figure, its goal for each organisation, and by when."""

    key: str
    goal: Decimal
    due_on: dt.date


@dataclass(frozen=True, slots=True)
class KeyDate:
    """A key date: a day with a note, or a meeting or tour of the dispatch, which has its own."""

    kind: str
    on: dt.date
    note: str = ""
    meeting: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a draft says."""

    quarter: str
    title: str
    basis: str
    aims: Sequence[Aim]
    origin: str = ""
    classes: Collection[str] = ()
    committees: Collection[int] = ()
    dates: Sequence[KeyDate] = ()
    step_kind: str = ""


@action
def create(*, organization: Organization, plan: Plan, by: Actor) -> Theme:
    """A draft that nobody is told of. Raises NotAllowed or DomainError; the same once more, as a double
    click sends it, is the one that there is."""
    rights.expect_holder(organization, by)
    values = _values(plan)
    Organization.objects.select_for_update(of=("self",)).get(
        pk=organization.pk
    )  # two clicks at once
    alike = Theme.objects.filter(organization=organization, state=ThemeState.DRAFT, **values)
    for one in alike.prefetch_related("figures", "limits", "dates"):
        if _has_parts(one, plan):
            return one
    theme = Theme.objects.create(organization=organization, created_at=clock.now(), **values)
    _put_parts(theme, plan)
    rights.note(theme, "themes.theme.create", by=by)
    return theme


@action
def edit(*, theme: Theme, revision: int, plan: Plan, by: Actor) -> Theme:
    """Changes a draft. Raises NotAllowed, MovedOn, Stale or DomainError."""
    theme = rights.locked(theme.pk)
    rights.expect_holder(theme.organization, by)
    values = _values(plan)
    changes = audit.changed({name: getattr(theme, name) for name in values}, values)
    Theme.machine.move(theme, "edit", revision=revision, **values)
    _put_parts(theme, plan)
    rights.note(theme, "themes.theme.edit", by=by, changes=changes)
    return theme


@action
def drop(*, theme: Theme, by: Actor) -> Theme:
    """A draft is given up. Raises NotAllowed or MovedOn."""
    theme = rights.locked(theme.pk)
    rights.expect_holder(theme.organization, by)
    Theme.machine.move(theme, "drop")
    rights.note(theme, "themes.theme.drop", by=by)
    return theme


@action
def arrange(*, theme: Theme, revision: int, dates: Sequence[KeyDate], by: Actor) -> Theme:
    """Changes the key dates of a theme, also while it runs. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    theme = rights.locked(theme.pk)
    rights.expect_holder(theme.organization, by)
    Theme.machine.move(theme, "arrange", revision=revision)
    put_dates(theme, dates)
    rights.note(theme, "themes.theme.arrange", by=by)
    return theme


def _has_parts(theme: Theme, plan: Plan) -> bool:
    aims = [(one.key, one.goal, one.due_on) for one in theme.figures.all()]
    dates = {(one.kind, one.on, one.note, one.meeting_id) for one in theme.dates.all()}
    return (
        aims == [(one.key, one.goal, one.due_on) for one in plan.aims]
        and {one.organization_id for one in theme.limits.all()} == set(plan.committees)
        and dates == {(one.kind, one.on, clean(one.note)[:40], one.meeting) for one in plan.dates}
    )


def _values(plan: Plan) -> dict[str, Any]:
    title, basis = clean(plan.title), clean(plan.basis)
    if len(title) < 2:
        raise DomainError("请写主题名称，2 至 30 字。", field="title")
    if len(basis) < 4:
        raise DomainError("请写依据：哪份文件第几条，或哪一次会议。", field="basis")
    expect_quarter(plan.quarter)
    unknown = set(plan.classes) - set(OrganizationClass.values)
    if unknown:
        raise DomainError("没有这样的支部类型，请重新选择。", field="classes")
    if plan.step_kind and plan.step_kind not in dict(step_kinds()):
        raise DomainError("没有这样的办理方式，请重新选择。", field="step_kind")
    return {
        "quarter": plan.quarter,
        "title": title[:30],
        "basis": basis[:200],
        "origin": clean(plan.origin)[:ORIGIN],
        "classes": sorted(plan.classes),
        "step_kind": plan.step_kind,
    }


def expect_quarter(quarter: str) -> None:
    """Raises DomainError unless it is this quarter, or one of those to come soon."""
    now = periods.containing(clock.today(), periods.QUARTER)
    if quarter not in periods.ending(periods.shift(now, AHEAD), AHEAD + 1):
        raise DomainError("请选择本季度或以后的季度。", field="quarter")


def _put_parts(theme: Theme, plan: Plan) -> None:
    put_committees(theme, plan.committees)
    put_dates(theme, plan.dates)
    known = gauged()
    if not plan.aims:
        raise DomainError("请选择指标，1 至 5 个。", field="aim_0")
    if len(plan.aims) > MOST_FIGURES:
        raise DomainError(f"一个主题最多 {MOST_FIGURES} 个指标。", field="aim_0")
    last = periods.last_day(theme.quarter)
    seen: set[str] = set()
    for number, aim in enumerate(plan.aims):
        if aim.key not in known:
            raise DomainError("没有这样的指标，请重新选择。", field=f"aim_{number}")
        _, gauge = known[aim.key]
        if aim.key in seen:
            raise DomainError(f"“{gauge.label}”选了两次。", field=f"aim_{number}")
        seen.add(aim.key)
        most = Decimal(100) if gauge.of else MOST_GOAL
        if not 0 <= aim.goal <= most:
            raise DomainError(f"目标应为 0 至 {most}。", field=f"goal_{number}")
        if not gauge.fewer and aim.goal == 0:
            raise DomainError("目标是 0 就不用做了，请填大于 0 的数。", field=f"goal_{number}")
        if not periods.first_day(theme.quarter) <= aim.due_on <= last:
            raise DomainError("请选这个季度里的一天。", field=f"due_{number}")
    theme.figures.all().delete()
    ThemeFigure.objects.bulk_create(
        [
            ThemeFigure(theme=theme, position=number, key=aim.key, goal=aim.goal, due_on=aim.due_on)
            for number, aim in enumerate(plan.aims, 1)
        ]
    )


def put_committees(theme: Theme, committees: Collection[int]) -> None:
    """Limits the theme to some of the committees below its holder; to none of them: all."""
    wanted = list(committees_of(theme.organization).filter(pk__in=list(committees)))
    if len(wanted) != len(set(committees)):
        raise DomainError("有的单位已不在下级中，请重新选择。", field="committees")
    theme.limits.all().delete()
    ThemeCommittee.objects.bulk_create(
        [ThemeCommittee(theme=theme, organization=one) for one in wanted]
    )


def put_dates(theme: Theme, dates: Sequence[KeyDate]) -> None:
    """Sets the key dates: one of each kind at most."""
    ids = {one.meeting for one in dates if one.meeting is not None}
    held = DispatchMeeting.objects.filter(organization=theme.organization)
    meetings: Mapping[int, DispatchMeeting] = held.in_bulk(ids)
    for one in dates:
        if one.kind not in DateKind.values:
            raise DomainError("没有这样的日子，请刷新页面。")
        if one.meeting is not None and one.meeting not in meetings:
            raise DomainError("没有这次会议，请重新选择。", field=f"meeting_{one.kind}")
        if not 2000 <= one.on.year <= 2100:
            raise DomainError("年份应在 2000 至 2100 之间。", field=f"on_{one.kind}")
    theme.dates.all().delete()
    ThemeDate.objects.bulk_create(
        [
            ThemeDate(
                theme=theme,
                kind=one.kind,
                on=one.on,
                note=clean(one.note)[:40],
                meeting=meetings.get(one.meeting) if one.meeting is not None else None,
            )
            for one in dates
        ]
    )
