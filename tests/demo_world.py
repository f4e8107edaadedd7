"""A small demo zone with four months that stands for the tests that only read it."""

import datetime as dt
from collections.abc import Iterator

import pytest

from core import actor, clock, demo

from .standing import Standing, level

MOMENT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
MONTHS = 4
PASSWORD = "Correct-Horse-9-demo"


@level("demo_months")
def build_demo_months() -> None:
    """The zone, written at once."""
    with clock.at(MOMENT):
        demo.seed(
            months=demo.months_of(until="", count=MONTHS),
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
