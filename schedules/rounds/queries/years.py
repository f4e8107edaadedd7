"""What a year asks of an organisation of each kind and class: months that are over as they were counted
behind, those to come by the rules, beside the year before; and what something new would add.

A number of queries that depends on nothing: nobody's duties are read here.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from core import clock, periods

from .. import fulfilment
from ..asks import Group
from ..models import BurdenMonth, Plan, ReportDefinition
from .asked import PLANNED
from .loads import FURTHEST, Rules, Sizes, cap_now, owes, sizes_on
from .openings import first_period

Adding = Callable[[Group, str], float]  # minutes that something new would add in a month


@dataclass(frozen=True, slots=True)
class Part:
    """A month of one group by one source, for each organisation."""

    minutes: float
    times: float


class Burden:
    """What is asked of each group, month by month, as it is known now."""

    def __init__(self, today_month: str, rules: Rules, sizes: Sizes, cap: int) -> None:
        self.month = today_month
        self.year = int(today_month[:4])
        self.rules, self.sizes, self.cap = rules, sizes, cap
        self._stored: dict[tuple[str, Group, str], Part] = {}
        self._planned: dict[tuple[int, Group, str], float] = {}
        self.months_known: frozenset[str] = frozenset()
        self.sources: set[str] = {PLANNED}

    @classmethod
    def load(cls, rules: Rules | None = None) -> "Burden":
        """Of this year and the one before. Six queries, three where the rules are there already."""
        month = periods.containing(clock.today(), periods.MONTH)
        cap, _ = cap_now()
        found = cls(month, rules or Rules.load(), sizes_on(month), cap)
        first = f"{found.year - 1}-01"
        known = set()
        for row in BurdenMonth.objects.filter(month__gte=first):
            group = Group(row.kind, row.organization_class)
            count = row.organizations or found.sizes.get(group, 0)
            known.add(row.month)
            found.sources.add(row.source)
            if count:
                part = Part(float(row.minutes) / count, row.times / count)
                found._stored[row.source, group, row.month] = part
        found.months_known = frozenset(known)
        return found

    def planned(self, group: Group, month: str, rules: Rules | None = None) -> float:
        """Minutes of plans and forms for each organisation: as they were, else by the rules."""
        if month < self.month:
            part = self._stored.get((PLANNED, group, month))
            return part.minutes if part else 0.0
        rules = rules or self.rules
        key = (id(rules), group, month)
        if key not in self._planned:
            self._planned[key] = sum(rules.parts(group, month).values(), 0.0)
        return self._planned[key]

    def other(self, group: Group, month: str) -> float:
        """Minutes of all that is no plan, for each organisation."""
        parts = (self._stored.get((source, group, month)) for source in self.sources - {PLANNED})
        return sum(part.minutes for part in parts if part is not None)

    def minutes(self, group: Group, month: str, rules: Rules | None = None) -> float:
        """All of a month, for each organisation."""
        return self.planned(group, month, rules) + self.other(group, month)

    def of_year(self, group: Group, year: int, rules: Rules | None = None) -> float:
        """All of a year."""
        return sum(
            self.minutes(group, month, rules) for month in periods.of_year(year, periods.MONTH)
        )

    def knows(self, year: int) -> int:
        """How many months of a year that is over are known."""
        return sum(month in self.months_known for month in periods.of_year(year, periods.MONTH))


@dataclass(frozen=True, slots=True)
class GroupYear:
    """The year of one group, for each organisation of it."""

    group: Group
    count: int
    planned: float
    other: float
    last_year: float | None
    months: Sequence[float] = field(default_factory=tuple)

    @property
    def minutes(self) -> float:
        """All of it."""
        return self.planned + self.other


def years(burden: Burden, year: int) -> list[GroupYear]:
    """The year of each group that something is asked of this year or was in the last, the heaviest
    first. No queries."""
    past = burden.knows(year - 1)
    found = []
    for group, count in burden.sizes.items():
        planned = sum(
            burden.planned(group, month) for month in periods.of_year(year, periods.MONTH)
        )
        other = sum(burden.other(group, month) for month in periods.of_year(year, periods.MONTH))
        before = burden.of_year(group, year - 1) if past else None
        if not planned + other and not before:
            continue
        months = [burden.minutes(group, month) for month in periods.of_year(year, periods.MONTH)]
        found.append(GroupYear(group, count, planned, other, before, months))
    return sorted(found, key=lambda one: (-one.minutes, -one.count, one.group.kind))


@dataclass(frozen=True, slots=True)
class Weighed:
    """What one group owes already and would owe with something new, for each organisation: in the
    month in which it first falls due, and in that month's year, beside the year before."""

    group: Group
    count: int
    month_now: float
    month_then: float
    year_now: float
    year_then: float
    last_year: float | None
    cap: int

    @property
    def is_over(self) -> bool:
        """Whether the month comes to more than the cap with it, and did less without."""
        return self.month_then > self.cap and self.month_then > self.month_now


@dataclass(frozen=True, slots=True)
class Weighing:
    """Something new weighed: the month in which it first falls due, and the groups it reaches."""

    month: str
    rows: Sequence[Weighed]

    @property
    def adds(self) -> bool:
        """Whether anybody would owe more than now."""
        return any(
            round(one.year_then - one.year_now, 1) > 0
            or round(one.month_then - one.month_now, 1) > 0
            for one in self.rows
        )


def weigh_rules(
    month: str, after: Rules, before: Rules, reaches: Callable[[Group], bool]
) -> Weighing:
    """A changed plan or form, for whom `reaches` names. Three queries: the rules are there."""
    burden = Burden.load(before)
    return _weighed(
        burden,
        month,
        {group: count for group, count in burden.sizes.items() if reaches(group)},
        now=lambda group, when: burden.minutes(group, when),
        then=lambda group, when: burden.minutes(group, when, after),
    )


def weigh_plan(plan: Plan) -> Weighing | None:
    """A plan as if it were kept as given, for whom it is; None for one about cases, and where it
    begins beyond all months. Six queries."""
    if not fulfilment.of(plan).is_by_period or plan.starts_on.year > FURTHEST:
        return None
    before = Rules.load()
    ends_on = periods.last_day(first_period(plan))
    month = periods.containing(max(clock.today(), ends_on), periods.MONTH)
    return weigh_rules(month, before.with_plan(plan), before, lambda group: owes(plan, group))


def weigh_draft(draft: ReportDefinition, month: str) -> Weighing:
    """A draft as if it were in force, for those who would report on it. Six queries."""
    before = Rules.load()
    after = before.with_draft(draft)

    def reaches(group: Group) -> bool:
        form = after.form_of(draft.plan, group, month) if owes(draft.plan, group) else None
        return form is not None and form.pk == draft.pk

    return weigh_rules(month, after, before, reaches)


def weigh_once(month: str, sizes: Sizes, minutes: float) -> Weighing:
    """Something asked once, in a month, of so many organisations of each group. Six queries."""
    burden = Burden.load()
    return _weighed(
        burden,
        month,
        sizes,
        now=lambda group, when: burden.minutes(group, when),
        then=lambda group, when: burden.minutes(group, when) + minutes * (when == month),
    )


def _weighed(burden: Burden, month: str, sizes: Sizes, *, now: Adding, then: Adding) -> Weighing:
    year = int(month[:4])
    has_past = year > burden.year or bool(burden.knows(year - 1))
    rows = [
        Weighed(
            group,
            count,
            now(group, month),
            then(group, month),
            _sum(now, group, year),
            _sum(then, group, year),
            burden.of_year(group, year - 1) if has_past else None,
            burden.cap,
        )
        for group, count in sizes.items()
    ]
    return Weighing(month, sorted(rows, key=lambda one: (-one.year_then, -one.count)))


def _sum(minutes: Adding, group: Group, year: int) -> float:
    return sum(minutes(group, month) for month in periods.of_year(year, periods.MONTH))


def above_cap(burden: Burden, year: int) -> Mapping[str, Collection[Group]]:
    """The months of the year that come to more than the cap, each with the groups. No queries."""
    found = {
        month: [
            group for group in burden.sizes if round(burden.minutes(group, month), 1) > burden.cap
        ]
        for month in periods.of_year(year, periods.MONTH)
    }
    return {month: groups for month, groups in found.items() if groups}
