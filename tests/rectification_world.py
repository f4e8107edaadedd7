"""A sealed half-year from which findings are proposed: for tests, and where their pages are opened."""

import datetime as dt
from typing import Any

from assessments.cycles.actions import cycles, marks
from assessments.cycles.models import Assessed, Cycle
from assessments.rectifications.actions import proposing
from assessments.rectifications.models import Finding, Rectification
from core import clock, derived
from core.actor import Actor
from orgs.models import OfficeHolding, Organization
from schedules.action_items.models import ActionItem
from tests import scheme_world
from tests.scheme_world import computed, figure, group_of, leaf, opened, published

JULY = dt.datetime(2026, 7, 20, 9, tzinfo=dt.UTC)


def scheme(**more: Any) -> dict[str, Any]:
    """Three indicators: vacant offices, which can be filled; items closed late, which is over for good;
    a mark by hand, which weighs most."""
    parts = [
        leaf(
            *("vacant", "30", "deduct_each", {"points": "1"}),
            source=figure("offices_vacant", "count"),
            name="班子配备",
        ),
        leaf(
            *("late", "20", "deduct_each", {"points": "1"}),
            source=figure("items_closed_late", "count"),
            name="督办按期办结",
        ),
        leaf("work", "50", "discretion", {"bound": "50"}, name="特色做法"),
    ]
    root = {
        "key": "root",
        "name": "合计",
        "full": "100",
        "parts": [{"key": "g1", "name": "组织建设", "full": "100", "parts": parts}],
    }
    return scheme_world.content(root=root, **more)


def sealed(
    holder: Organization,
    *,
    by: Actor,
    decider: Actor,
    period: str = "2026-H1",
    points: str = "18",
    said: dict[str, Any] | None = None,
    seats: dict[str, list[dict[str, Any]]] | None = None,
) -> Cycle:
    """A half-year that is over and decided on; at each of the assessed an office is vacant. `seats`
    are marks of several persons at further indicators."""
    if not scheme_world.Scheme.objects.filter(year=int(period[:4])).exists():
        published(holder, year=int(period[:4]), said=said or scheme())
        group_of(holder, year=int(period[:4]))
    close_late(holder, dt.date(int(period[:4]), 5 if period.endswith("H1") else 11, 12))
    cycle = opened(holder, by=by, period=period)
    given = [
        marks.Given(one.pk, {"points": points, "reason": f"{one.short_name}做法照做的少"})
        for one in Assessed.objects.filter(cycle=cycle).order_by("path")
    ]
    marks.give_many(cycle=cycle, indicator="work", given=given, by=by)
    for indicator, rows in (seats or {}).items():
        for seat, facts in enumerate(rows, start=1):
            same = [marks.Given(one.pk, facts) for one in Assessed.objects.filter(cycle=cycle)]
            marks.give_many(cycle=cycle, indicator=indicator, given=same, by=by, seat=seat)
    derived.registered()["scores"].refresh_all()
    cycle = Cycle.objects.get(pk=cycle.pk)
    cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
    return scheme_world.sealed(computed(cycle), by=by, decider=decider)


def close_late(holder: Organization, day: dt.date) -> None:
    """Each organisation directly below the holder has closed an item late on the day."""
    at = dt.datetime.combine(day, dt.time(4), tzinfo=dt.UTC)
    for number, place in enumerate(Organization.objects.filter(parent=holder), start=1):
        ActionItem.objects.create(
            issuer=holder,
            owner=place,
            year=day.year,
            serial=900 + number + day.month * 10,
            title="巡察反馈问题整改",
            state="closed",
            source_kind="by_hand",
            late_days=3,
            drafted_at=at,
            issued_at=at,
            verified_at=at,
        )


def sheets_of(cycle: Cycle, *places: Organization, **more: Any) -> list[proposing.Sheet]:
    """What the page would send of the drafts, as they stand; `more` of every finding."""
    rows = Rectification.objects.filter(assessed__cycle=cycle).order_by("assessed__path")
    if places:
        rows = rows.filter(assessed__organization__in=places)
    return [
        proposing.Sheet(
            row.pk,
            row.revision,
            [
                proposing.Line(
                    one.pk,
                    more.get("is_chosen", one.is_chosen),
                    more.get("problem", one.problem),
                    more.get("due_on", one.due_on),
                )
                for one in row.findings.order_by("number")
            ],
        )
        for row in rows
    ]


def issued(cycle: Cycle, *places: Organization, by: Actor) -> list[Rectification]:
    """Proposed and given out as proposed."""
    proposing.propose(cycle=cycle, by=by)
    return proposing.issue(cycle=cycle, sheets=sheets_of(cycle, *places), by=by)


def finding(row: Rectification, indicator: str) -> Finding:
    """The finding of a list at an indicator, as it is stored."""
    return Finding.objects.select_related("line__item").get(rectification=row, indicator=indicator)


def fill_offices(place: Organization) -> None:
    """Every vacant office of secretary at and below the place is filled today."""
    for one in Organization.objects.filter(path__startswith=place.path):
        OfficeHolding.objects.get_or_create(
            organization=one,
            post="secretary",
            ended_on=None,
            defaults={"person_name": "王强", "started_on": clock.today()},
        )
