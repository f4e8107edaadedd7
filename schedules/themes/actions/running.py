"""A theme is published, its scope changed, a sentence said about it, and what became of it decided."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction

from core import clock, effects, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds.actions import plans

from ..enums import Conclusion, ThemeState
from ..models import Theme, ThemeFigure, ThemeMonth, ThemeRemark
from ..queries.measuring import aims_of
from ..queries.scope import branches_of, committees_of, concerns, limits_of
from ..queries.steps import step_values
from ..rules import ORIGIN
from . import drafting, readings, rights

LINE = "themes.line"  # the effect that reads the months of a theme's line
LONGEST = 60  # characters of the sentence that a committee may say


@action
def publish(*, theme: Theme, revision: int, by: Actor) -> Theme:
    """The theme begins: where each organisation stands is taken down as its start, which is never
    changed. Raises NotAllowed, MovedOn, Stale, DomainError, or Conflict where the quarter has a theme
    already. Two dozen queries however many organisations it concerns."""
    theme = rights.locked(theme.pk)
    rights.expect_holder(theme.organization, by)
    Theme.machine.expect(theme, "publish", revision)
    drafting.expect_quarter(theme.quarter)
    if theme.ends_on < clock.today():
        raise DomainError("这个季度已经过去，请改到本季度。")
    if theme.figures.filter(due_on__lt=clock.today()).exists():
        raise DomainError("有的指标到期日已经过去，请先改日子。")
    committees = limits_of(theme)
    if not branches_of(theme.organization, theme.classes, committees).exists():
        raise DomainError("范围里没有支部，请先改范围。")
    told: dict[str, Any] = {"published_at": clock.now(), "published_by_name": by.name[:100]}
    if theme.step_kind:
        told["plan"] = _step(theme, bool(committees), by)
    try:
        with transaction.atomic():
            Theme.machine.move(theme, "publish", revision=revision, **told)
    except IntegrityError as error:
        raise Conflict(f"{periods.label(theme.quarter)}已有一个主题，先给它作结论。") from error
    readings.take_in(theme=theme, by=by)
    _read_on(theme)
    rights.note(theme, "themes.theme.publish", by=by)
    return theme


def _step(theme: Theme, is_limited: bool, by: Actor) -> Any:
    """The plan by which what must be done once is asked for: a duty of the quarter, never a report."""
    if is_limited:
        raise DomainError("限定了党委的主题不能带要办的事：计划按支部类型派，不按党委。")
    name = f"{periods.label(theme.quarter)}主题：{theme.title}"
    values = {"name": name, **step_values(theme)}
    return plans.create_plan(values=values, by=by, over_reason=theme.basis)


def _read_on(theme: Theme) -> None:
    effects.enqueue(LINE, f"themes:{theme.pk}:{theme.revision}", theme=theme.pk)
    Theme.objects.filter(pk=theme.pk).update(read_at=clock.now())


@action
def rescope(
    *,
    theme: Theme,
    revision: int,
    classes: Collection[str],
    committees: Collection[int],
    by: Actor,
) -> Theme:
    """Changes whom a theme that runs is for. Who is taken in gets his start from the theme's own
    beginning; who is left out counts no more. Raises NotAllowed, MovedOn, Stale or DomainError."""
    theme = rights.locked(theme.pk)
    rights.expect_holder(theme.organization, by)
    if set(classes) - set(OrganizationClass.values):
        raise DomainError("没有这样的支部类型，请重新选择。", field="classes")
    if theme.plan_id is not None and (committees or sorted(classes) != theme.classes):
        raise DomainError("这个主题带有要办的事，已经派下去了，范围不能再改。")
    Theme.machine.move(theme, "rescope", revision=revision, classes=sorted(classes))
    drafting.put_committees(theme, committees)
    if not branches_of(theme.organization, theme.classes, limits_of(theme)).exists():
        raise DomainError("这样就没有支部在范围里了。", field="classes")
    readings.take_in(theme=theme, by=by)
    ThemeMonth.objects.filter(figure__theme=theme).delete()  # they are of others
    _read_on(theme)
    rights.note(theme, "themes.theme.rescope", by=by)
    return theme


@action
def remark(*, theme: Theme, organization: Organization, text: str, by: Actor) -> ThemeRemark | None:
    """A committee says one sentence about the theme, or takes it back with nothing. Raises NotAllowed,
    MovedOn or DomainError."""
    if not by.may_at(Permission.THEME_REMARK, organization.path):
        raise NotAllowed("这句话由本党委的党务工作者写。")
    theme = rights.locked(theme.pk)
    Theme.machine.expect(theme, "rescope")  # while it runs
    if organization.parent_id != theme.organization_id:
        raise DomainError("这句话由主办单位直接下属的党委、总支来说。")
    if not concerns(theme, organization):
        raise DomainError("这个主题不涉及本党委，不用写。")
    text = clean(text)
    if len(text) > LONGEST:
        raise DomainError(f"一句话，限 {LONGEST} 字。", field="text")
    row = ThemeRemark.objects.filter(theme=theme, organization=organization).first()
    if row is not None and row.text == text:
        return row
    told: dict[str, Any] = {"by_name": by.name[:100], "at": clock.now()}
    before = row.text if row is not None else ""
    if row is None:
        if not text:
            return None
        row = ThemeRemark.objects.create(theme=theme, organization=organization, text=text, **told)
    else:
        ThemeRemark.machine.move(row, "say", text=text, **told)
    rights.note(theme, "themes.remark.say", by=by, changes={"text": [before, text]})
    return row


@action
def conclude(*, theme: Theme, revision: int, conclusion: str, reason: str, by: Actor) -> Theme:
    """What became of the theme, once the day of its last figure is over; its figures are read a last
    time and stay. For `again` a draft of the next quarter begins with the same. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    theme = rights.locked(theme.pk)
    rights.expect_holder(theme.organization, by)
    Theme.machine.expect(theme, "conclude", revision)
    reason = clean(reason)
    if conclusion not in Conclusion.values:
        raise DomainError("请选一个结论。", field="conclusion")
    if not 4 <= len(reason) <= 200:
        raise DomainError("写一句理由，4 至 200 字。", field="reason")
    last = max(theme.figures.values_list("due_on", flat=True))
    if clock.today() <= last:
        raise DomainError(f"{last:%-m月%-d日}以后才能作结论。")
    readings.read_held(theme=theme, by=by)
    Theme.machine.move(
        theme,
        "conclude",
        revision=revision,
        conclusion=conclusion,
        reason=reason,
        concluded_at=clock.now(),
        concluded_by_name=by.name[:100],
    )
    rights.note(theme, "themes.theme.conclude", by=by, changes={"conclusion": [None, conclusion]})
    if conclusion == Conclusion.AGAIN:
        _again(theme, by)
    return theme


def _again(theme: Theme, by: Actor) -> None:
    """The draft of the quarter that runs, or of the next where that one has a theme; of the figures and
    committees that there still are."""
    quarter = periods.containing(clock.today(), periods.QUARTER)
    taken = Theme.objects.filter(organization=theme.organization).exclude(
        state__in=[ThemeState.DROPPED, ThemeState.DRAFT]
    )
    if taken.filter(quarter=quarter).exists():
        quarter = periods.shift(quarter, 1)
    rows: list[ThemeFigure] = [aim.row for aim in aims_of(theme)]
    if not rows:
        return
    there = set(committees_of(theme.organization).values_list("pk", flat=True))
    drafting.create(
        organization=theme.organization,
        by=by,
        plan=drafting.Plan(
            quarter=quarter,
            title=theme.title,
            basis=theme.basis,
            origin=f"{periods.label(theme.quarter)}没有达到：{theme.reason}"[:ORIGIN],
            aims=[drafting.Aim(row.key, row.goal, periods.last_day(quarter)) for row in rows],
            classes=theme.classes,
            committees=[one.pk for one in limits_of(theme) if one.pk in there],
        ),
    )
