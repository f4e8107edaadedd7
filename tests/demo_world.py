"""Small demo zones that stand for the tests that only read them: four months, and ten with a half-year
that was assessed."""

import datetime as dt
from collections.abc import Iterator

import pytest

from core import actor, clock, demo

from .standing import Standing, level

MOMENT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
MONTHS, MORE_MONTHS = 4, 10
PASSWORD = "Correct-Horse-9-demo"


@level("demo_months")
def build_demo_months() -> None:
    """The zone, written at once."""
    _seed(MONTHS)


@level("demo_ten_months")
def build_demo_ten_months() -> None:
    """The same with more months."""
    _seed(MORE_MONTHS)


def _seed(months: int) -> None:
    with clock.at(MOMENT):
        demo.seed(
            months=demo.months_of(until="", count=months),
            password=PASSWORD,
            by=actor.system(),
            small=True,
        )


@pytest.fixture
def demo_months(db: None, standing: Standing) -> Iterator[None]:
    """The zone as it stands at MOMENT, where the clock stands, too."""
    if not any(name == "demo_months" for name, _, _ in standing.built):
        build_demo_months()
    with clock.at(MOMENT):
        yield


@pytest.fixture
def demo_ten_months(db: None, standing: Standing) -> Iterator[None]:
    """The zone with ten months as it stands at MOMENT, where the clock stands, too."""
    if not any(name == "demo_ten_months" for name, _, _ in standing.built):
        build_demo_ten_months()
    with clock.at(MOMENT):
        yield
