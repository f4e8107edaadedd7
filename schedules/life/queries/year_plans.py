"""What is laid down for a year, and on which day the fixed 主题党日 of a month falls."""

import calendar as months
import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from core.actor import Actor
from core.periods import WorkCalendar
from schedules.rounds.queries.calendar import load

from ..enums import MeetingKind
from ..models import PlannedMeeting, YearPlan

SHIFT = 7  # days: on a holiday the fixed day is moved within a week (reference §3.1)
LAST_WEEK = 5
RULES_OF_DAY = (
    *(f"d{day}" for day in range(1, 32)),
    *(f"w{week}-{day}" for week in range(1, LAST_WEEK + 1) for day in range(1, 8)),
)
_WEEKEND = 5  # weekday from which on nobody works as a rule


@dataclass(frozen=True, slots=True)
class Planned:
    """A meeting that is laid down: a line of the year's plan, or the fixed 主题党日 alone."""

    organization_id: int
    kind: MeetingKind
    day: dt.date | None
    theme: str = ""
    place: str = ""
    preparer_name: str = ""


def meetings_planned_on(place: Actor | int, day: dt.date) -> list[Planned]:
    """What the organisation (an id, or the actor's own) has laid down for the day: lines of its
    year's plan with that day, and 主题党日 when its fixed day falls on it and the month's plan names
    no other day. Four queries. For home's 今天开会; that it was held already is not asked here."""
    pk = place.organization_id if isinstance(place, Actor) else place
    return planned_on([pk], day)[pk] if pk else []


def planned_on(organizations: Collection[int], day: dt.date) -> Mapping[int, list[Planned]]:
    """The same for many organisations at once, by organisation. Four queries for any number."""
    rules, lines = _rules(organizations, day), _lines(organizations, day)
    calendar = load() if any(rules.values()) else WorkCalendar()
    found: dict[int, list[Planned]] = {}
    for pk in organizations:
        own = lines.get(pk, [])
        found[pk] = [_planned(pk, one, day) for one in own if one.day == day.day]
        if _party_day_of(rules.get(pk, ""), own, day, calendar) == day:
            theme = next((one for one in own if one.kind == MeetingKind.PARTY_DAY), None)
            found[pk].append(
                _planned(pk, theme, day) if theme else Planned(pk, MeetingKind.PARTY_DAY, day)
            )
    return found


def planned_for(organization: int, kind: str, day: dt.date) -> Planned | None:
    """What the organisation's plan says of a record of the kind on the day: the line of that day,
    else the one of that month; of 主题党日 with its fixed day. None without a plan. One query; up to
    four for 主题党日."""
    line = _line_for(organization, kind, day)
    if line is not None and line.day:
        return _planned(organization, line, day.replace(day=line.day))
    fixed = None
    if kind == MeetingKind.PARTY_DAY:
        rule = _rules([organization], day).get(organization, "")
        fixed = fixed_day(rule, day.year, day.month, load()) if rule else None
    if line is not None:
        return _planned(organization, line, fixed)
    return Planned(organization, MeetingKind.PARTY_DAY, fixed) if fixed else None


def offered(organization: int, kind: str, day: dt.date) -> dict[str, str]:
    """What a new record of the kind begins with by the plan: its theme and place, as far as they
    are laid down. One query."""
    line = _line_for(organization, kind, day)
    values = {"topic": line.theme, "place": line.place} if line else {}
    return {name: value for name, value in values.items() if value}


def fixed_day(rule: str, year: int, month: int, calendar: WorkCalendar) -> dt.date | None:
    """The day of the month by the rule ("d5", "w1-5"). One on which nobody works is moved to the
    next working day within a week and the month, else to the one before; a weekend day that the
    rule itself names is moved on decreed holidays only. None for no rule."""
    if not rule:
        return None
    by_weekday = rule.startswith("w")
    day = _weekday_of(rule, year, month) if by_weekday else _date_of(rule, year, month)
    is_meant = by_weekday and day.weekday() >= _WEEKEND and day not in calendar.exceptions
    if is_meant or calendar.is_working(day):
        return day
    for step in (1, -1):
        for offset in range(1, SHIFT + 1):
            other = day + dt.timedelta(days=step * offset)
            if other.month == month and calendar.is_working(other):
                return other
    return day


def is_rule(rule: str) -> bool:
    """Whether a fixed day can be laid down so; empty is none. No query."""
    return not rule or rule in RULES_OF_DAY


def plan_of(organization: int, year: int) -> YearPlan | None:
    """The organisation's plan of the year. One query."""
    return YearPlan.objects.filter(organization=organization, year=year).first()


def listed(actor: Actor, year: int) -> QuerySet[YearPlan]:
    """The plans of the year that the actor sees, by place in the tree, with how many lines each
    has as `line_count`. One query when evaluated."""
    rows = YearPlan.objects.visible_to(actor).filter(year=year).select_related("organization")
    return rows.annotate(line_count=Count("meetings")).order_by("organization__path")


def lines_of(plan: YearPlan) -> list[PlannedMeeting]:
    """Its lines by month and day. One query."""
    return list(plan.meetings.all())


# --- private -----------------------------------------------------------------------------------


def _rules(organizations: Collection[int], day: dt.date) -> dict[int, str]:
    """The rule of the fixed day, of the newest plan up to the year, by organisation. One query."""
    plans = YearPlan.objects.filter(organization__in=organizations, year__lte=day.year)
    return dict(plans.order_by("year").values_list("organization", "party_day"))


def _lines(organizations: Collection[int], day: dt.date) -> dict[int, list[PlannedMeeting]]:
    """The lines of the month, by organisation. One query."""
    lines: dict[int, list[PlannedMeeting]] = {}
    rows = PlannedMeeting.objects.filter(
        plan__organization__in=organizations, plan__year=day.year, month=day.month
    )
    for one in rows.select_related("plan"):
        lines.setdefault(one.plan.organization_id, []).append(one)
    return lines


def _line_for(organization: int, kind: str, day: dt.date) -> PlannedMeeting | None:
    """The month's line of the kind; of several the nearest one is meant. One query."""
    own = [one for one in _lines([organization], day).get(organization, []) if one.kind == kind]
    return min(own, key=lambda one: abs((one.day or day.day) - day.day), default=None)


def _party_day_of(
    rule: str, lines: Collection[PlannedMeeting], day: dt.date, calendar: WorkCalendar
) -> dt.date | None:
    """The fixed day of the month, unless its plan lays the 主题党日 down for a day."""
    if any(one.day and one.kind == MeetingKind.PARTY_DAY for one in lines):
        return None
    return fixed_day(rule, day.year, day.month, calendar)


def _planned(pk: int, line: PlannedMeeting, day: dt.date | None) -> Planned:
    return Planned(pk, MeetingKind(line.kind), day, line.theme, line.place, line.preparer_name)


def _date_of(rule: str, year: int, month: int) -> dt.date:
    last = months.monthrange(year, month)[1]
    return dt.date(year, month, min(int(rule[1:]), last))


def _weekday_of(rule: str, year: int, month: int) -> dt.date:
    week, weekday = (int(part) for part in rule[1:].split("-"))
    first = dt.date(year, month, 1)
    day = first + dt.timedelta(days=(weekday - 1 - first.weekday()) % 7 + (week - 1) * 7)
    return day if day.month == month else day - dt.timedelta(days=7)
