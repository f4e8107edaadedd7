"""Figures of reports, computed from records that exist. Apps register what they know.

A figure is computed for many organisations at once, each with all that is below it: one or
two queries however many organisations there are.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Subquery
from django.urls import reverse

from core.actor import Actor
from core.periods import cadence_of, first_day, last_day
from members.enums import Category
from members.models import Member, MembershipExit
from members.models.member import EXPECTED
from orgs.enums import BRANCH_KINDS, Post
from orgs.models import OfficeHolding, Organization
from orgs.permissions import Permission

from .models import Duty, Plan
from .models.duty import DutyQuerySet
from .models.vocabulary import Counted


@dataclass(frozen=True, slots=True)
class Window:
    """What figures are computed for: the month, and the day they are taken on."""

    period: str
    today: dt.date

    @property
    def first(self) -> dt.date:
        return first_day(self.period)

    @property
    def last(self) -> dt.date:
        return last_day(self.period)


# path -> value, of the organisations themselves (not summed up)
Counts = Mapping[str, int]
Compute = Callable[[str, Window], Counts]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its words, where it comes from, and how it is counted below a path."""

    key: str
    label: str
    unit: str
    source: str
    compute: Compute
    link: Callable[[Organization, Window], str] | None = None
    permission: Permission = Permission.ORGANIZATION_VIEW  # to open the rows behind it
    members: Callable[[Window], Q] | None = None  # which members on the roll it counts, if any


_figures: dict[str, Figure] = {}


def register(
    key: str,
    label: str,
    *,
    unit: str = "",
    source: str,
    link: Callable[[Organization, Window], str] | None = None,
    permission: Permission = Permission.ORGANIZATION_VIEW,
) -> Callable[[Compute], Compute]:
    """Registers a figure. `compute(path, window)` gives the count of each organisation below
    `path` by that organisation's path; `permission` is what the page behind `link` asks for."""

    def decorate(compute: Compute) -> Compute:
        _figures[key] = Figure(key, label, unit, source, compute, link, permission)
        return compute

    return decorate


def registered() -> Mapping[str, Figure]:
    """All figures by key, for choosing them in a form's definition."""
    return _figures


def compute(
    keys: Iterable[str], organizations: Sequence[Organization], window: Window, *, below: str
) -> dict[int, list[dict[str, Any]]]:
    """The figures `keys` for each of `organizations`, all of which lie below the path `below`.

    Returns organisation id -> list of {key, label, value, unit, source}. One query for all figures
    that count members on the roll, and one for each other figure.
    """
    keys = list(keys)
    wanted = {
        key: figure.members(window)
        for key in keys
        if (figure := _figures.get(key)) is not None and figure.members is not None
    }
    of_members = _members_by_path(below, wanted) if wanted else {}
    result: dict[int, list[dict[str, Any]]] = {
        organization.pk: [] for organization in organizations
    }
    for key in keys:
        figure = _figures.get(key)
        if figure is None:
            continue
        counts = of_members[key] if key in of_members else figure.compute(below, window)
        sums = roll_up(counts, [organization.path for organization in organizations])
        for organization in organizations:
            result[organization.pk].append(
                {
                    "key": key,
                    "label": figure.label,
                    "value": sums[organization.path],
                    "unit": figure.unit,
                    "source": figure.source,
                }
            )
    return result


def link(key: str, organization: Organization, window: Window, actor: Actor) -> str:
    """The address that opens the rows behind a figure; empty when there is none for the actor."""
    figure = _figures.get(key)
    if figure is None or figure.link is None:
        return ""
    if not actor.may_at(figure.permission, organization.path):
        return ""
    return figure.link(organization, window)


def roll_up(counts: Counts, paths: Iterable[str]) -> dict[str, int]:
    """For each path the sum of `counts` at it and below."""
    wanted = dict.fromkeys(paths, 0)
    lengths = sorted({len(path) for path in wanted})
    for path, count in counts.items():
        for length in lengths:
            if length > len(path):
                break
            head = path[:length]
            if head in wanted:
                wanted[head] += count
    return wanted


def _by_path(rows: QuerySet[Any], path: str = "organization__path") -> Counts:
    return dict(rows.order_by().values_list(path).annotate(n=Count("pk")))


def _member_list(**query: str) -> Callable[[Organization, Window], str]:
    def open_list(organization: Organization, window: Window) -> str:
        values = {name: value.format(w=window) for name, value in query.items()}
        return f"{reverse('members:member-list')}?{urlencode({'organization': organization.pk, **values})}"

    return open_list


def _members_by_path(path: str, wanted: Mapping[str, Q]) -> Mapping[str, Counts]:
    """Key -> how many members on the roll fulfil its condition, by organisation. One query."""
    rows = (
        Member.objects.filter(organization__in=Organization.objects.below(path))
        .on_roll()
        .order_by()
        .values_list("organization__path")
        .annotate(**{key: Count("pk", filter=condition) for key, condition in wanted.items()})
    )
    counts: dict[str, dict[str, int]] = {key: {} for key in wanted}
    for place, *numbers in rows:
        for key, number in zip(wanted, numbers, strict=True):
            counts[key][place] = number
    return counts


def count_members(
    key: str,
    label: str,
    where: Callable[[Window], Q],
    *,
    source: str = "党员名册",
    **query: str,
) -> None:
    """Registers a figure: members on the roll that fulfil `where`. `query` is what the list of
    members is asked for to show them, with `{w.first}` and `{w.last}` for the month's days."""

    def compute(path: str, window: Window) -> Counts:
        return _members_by_path(path, {key: where(window)})[key]

    _figures[key] = Figure(
        *(key, label, "人", source, compute, _member_list(**query), Permission.MEMBER_VIEW, where)
    )


count_members("members_on_roll", "在册党员", lambda window: Q(pk__isnull=False))
count_members(
    "members_probationary",
    "其中预备党员",
    lambda window: Q(category=Category.PROBATIONARY),
    category="probationary_member",
)
count_members(
    "members_expected",
    "应到党员",
    lambda window: EXPECTED,
    source="党员名册（不含流动、失联、停止党籍、免到）",
    denominator="expected",
)
count_members(
    "members_joined",
    "本月接收预备党员",
    lambda window: Q(joined_on__gte=window.first, joined_on__lte=window.last),
    source="党员名册，入党时间在本月",
    joined_from="{w.first}",
    joined_to="{w.last}",
)
count_members(
    "members_became_full",
    "本月转正",
    lambda window: Q(full_member_on__gte=window.first, full_member_on__lte=window.last),
    source="党员名册，转正时间在本月",
    full_from="{w.first}",
    full_to="{w.last}",
)
count_members("members_mobile", "流动党员", lambda window: Q(is_mobile=True), mobile="1")


@register(
    "members_left",
    "本月减少",
    unit="人",
    source="离开记录（转出、去世、出党）",
    link=_member_list(state="left"),
    permission=Permission.MEMBER_VIEW,
)
def members_left(path: str, window: Window) -> Counts:
    return _by_path(
        MembershipExit.objects.filter(
            organization__in=Organization.objects.below(path),
            undone_at=None,
            happened_on__gte=window.first,
            happened_on__lte=window.last,
        )
    )


def _organization_link(organization: Organization, window: Window) -> str:
    return organization.get_absolute_url()


@register(
    "offices_vacant",
    "书记空缺",
    unit="个",
    source="任职记录",
    link=_organization_link,
)
def offices_vacant(path: str, window: Window) -> Counts:
    held = OfficeHolding.objects.current().filter(
        post=Post.SECRETARY, organization__in=Organization.objects.below(path)
    )
    return dict.fromkeys(
        Organization.objects.below(path)
        .active(window.today)
        .exclude(pk__in=held.values("organization"))
        .values_list("path", flat=True),
        1,
    )


@register("branches", "所属支部", unit="个", source="组织名录", link=_organization_link)
def branches(path: str, window: Window) -> Counts:
    rows = Organization.objects.below(path).filter(kind__in=BRANCH_KINDS).active(window.last)
    return dict.fromkeys(rows.values_list("path", flat=True), 1)


def _matrix_link(organization: Organization, window: Window) -> str:
    return f"{reverse('schedules:report-matrix')}?organization={organization.pk}&period={window.period}"


def _branch_duties(path: str, window: Window) -> DutyQuerySet:
    """Of the branches below, for the first plan that is owed at the window's cadence."""
    plans = Plan.objects.in_order().filter(cadence=cadence_of(window.period))
    return Duty.objects.filter(
        plan=Subquery(plans.values("pk")[:1]),
        organization__in=Organization.objects.below(path).filter(kind__in=BRANCH_KINDS),
        period=window.period,
    )


@register("reports_sent", "支部已报送", unit="份", source="月报", link=_matrix_link)
def reports_sent(path: str, window: Window) -> Counts:
    return _by_path(_branch_duties(path, window).counted(Counted.SUBMITTED))


@register("reports_on_time", "其中按时", unit="份", source="月报", link=_matrix_link)
def reports_on_time(path: str, window: Window) -> Counts:
    return _by_path(_branch_duties(path, window).counted(Counted.ON_TIME))


@register(
    "terms_ending",
    "半年内届满",
    unit="个",
    source="组织名录，届满日期",
    link=_organization_link,
)
def terms_ending(path: str, window: Window) -> Counts:
    until = window.today + dt.timedelta(days=180)
    rows = (
        Organization.objects.below(path)
        .active(window.today)
        .filter(term_ends_on__lte=until, extended_until=None)
    )
    return dict.fromkeys(rows.values_list("path", flat=True), 1)
