"""Quarterly themes for tests: figures that say what a test told them, and themes as far as they are."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from core import clock, effects, figures, periods
from core.actor import Actor
from core.figures import Compute, Counts, Figure, Gauge, Trees, Window
from core.models import Effect
from orgs.models import Organization
from schedules.themes.actions import drafting, running
from schedules.themes.actions.drafting import Aim, Plan
from schedules.themes.actions.running import LINE
from schedules.themes.models import Theme, ThemeStanding

SHANGHAI = ZoneInfo("Asia/Shanghai")
JULY_2 = dt.datetime(2026, 7, 2, 9, tzinfo=SHANGHAI)
QUARTER, BEFORE = "2026-Q3", "2026-Q2"


class Told:
    """Figures whose values a test has written down: of an organisation, in a period."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], dict[str, int] | None] = {}
        self.asked: list[Window] = []
        self.held: list[Window] = []  # asked for while a transaction kept others waiting

    def say(self, key: str, period: str, values: Mapping[Organization, int] | None) -> None:
        """None: nobody can tell."""
        said = None if values is None else {one.path: count for one, count in values.items()}
        self.values[key, period] = said

    def share(self, period: str, **of: Any) -> None:
        """Organisation -> part and whole of the sample's share."""
        rows: Mapping[Organization, tuple[int, int]] = of["rows"]
        self.say("sample_part", period, {one: part for one, (part, _) in rows.items()})
        self.say("sample_whole", period, {one: whole for one, (_, whole) in rows.items()})

    def compute(
        self, keys: Sequence[str], paths: Collection[str], window: Window, trees: Trees
    ) -> Mapping[str, Counts]:
        self.asked.append(window)
        if connection.in_atomic_block:
            self.held.append(window)
        return {key: self.values.get((key, window.period), {}) for key in keys}


SAMPLES = (
    Figure("sample_part", "样例做到", "人次", gauge=Gauge("样例率", 90, of="sample_whole")),
    Figure("sample_whole", "样例应做", "人次"),
    Figure(
        "sample_bad", "样例没做", "人次", gauge=Gauge("样例缺率", 2, of="sample_whole", fewer=True)
    ),
    Figure("sample_items", "样例件", "项", gauge=Gauge("样例逾期", 1, fewer=True, unit="项")),
    Figure("sample_count", "样例次", "次", gauge=Gauge("样例次数", 3, unit="次")),
    Figure(
        "sample_year",
        "样例学时",
        "人",
        gauge=Gauge("样例学时率", 95, of="sample_whole", since_new_year=True),
    ),
    Figure(
        "sample_late", "样例补", "人次", gauge=Gauge("样例补课率", 90, of="sample_whole", lag=30)
    ),
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """The sample figures, registered for one test."""
    found = Told()
    compute: Compute = found.compute
    registered, providers = dict(figures._figures), dict(figures._providers)
    for one in SAMPLES:
        registered[one.key], providers[one.key] = one, compute
    monkeypatch.setattr(figures, "_figures", registered)
    monkeypatch.setattr(figures, "_providers", providers)
    return found


def planned(*aims: Any, quarter: str = QUARTER, **more: Any) -> Plan:
    """A draft's content: `aims` are keys, or key, goal and due day."""
    made = []
    for one in aims or ("life_present",):
        key, goal, due = (*([one] if isinstance(one, str) else one), None, None)[:3]
        made.append(Aim(key, Decimal(str(goal or 90)), due or periods.last_day(quarter)))
    values = {"title": "缺课补上", "basis": "考核细则第 4 条", "aims": made, **more}
    return Plan(quarter=quarter, **values)


def drafted(holder: Organization, by: Actor, *aims: Any, **more: Any) -> Theme:
    return drafting.create(organization=holder, plan=planned(*aims, **more), by=by)


def published(holder: Organization, by: Actor, *aims: Any, **more: Any) -> Theme:
    theme = drafted(holder, by, *aims, **more)
    running.publish(theme=theme, revision=theme.revision, by=by)
    return Theme.objects.select_related("organization").get(pk=theme.pk)


def fresh(theme: Theme) -> Theme:
    return Theme.objects.select_related("organization").get(pk=theme.pk)


def read_lines() -> int:
    """Does what was put down to be done: the months of lines. Returns how many times."""
    rows = list(Effect.objects.filter(kind=LINE, state="pending"))
    for effect in rows:
        effects.handlers()[effect.kind].function(effect)
        effect.delete()
    return len(rows)


def standing(theme: Theme, place: Organization, position: int = 1) -> ThemeStanding:
    return ThemeStanding.objects.get(
        figure__theme=theme, figure__position=position, place__organization=place
    )


def on_its_way(street: Organization, by: Actor, state: str) -> Theme:
    """A theme of the zone for the street's branches: a draft, running, or past its day."""
    root = street.parent
    assert root is not None
    taken = Theme.objects.filter(organization=root).exclude(state__in=["draft", "dropped"])
    quarter = QUARTER
    while taken.filter(quarter=quarter).exists():
        quarter = periods.shift(quarter, 1)
    due = dt.date(2026, 7, 3) if state == "over" else None
    how: dict[str, Any] = {
        "quarter": quarter,
        "title": f"{street}到会",
        "committees": [street.pk],
    }
    with clock.at(JULY_2):
        made = drafted if state == "draft" else published
        return made(root, by, ("life_present", 90, due), **how)
