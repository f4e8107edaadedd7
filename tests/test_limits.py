"""Natural process limits and signals, against arithmetic by hand."""

from fractions import Fraction as F

import pytest

from core.limits import HALVES, MONTHS, Rule, natural_limits, signals

YEAR = [90, 91, 95, 92, 93, 94, 90, 91, 95, 92, 93, 94]


def test_limits_are_mean_and_two_and_two_thirds_of_the_mean_moving_range() -> None:
    found = natural_limits([F(90), F(92)] * 4, least=HALVES)
    assert found is not None
    # The moving range is 2 throughout: 91 ± 2.66 × 2.
    assert (found.lower, found.mean, found.upper) == (F("85.68"), 91, F("96.32"))
    assert found.holds(F("85.68"))
    assert not found.holds(85)
    found = natural_limits(YEAR, least=MONTHS, low=0, high=100, places=1)
    assert found is not None
    # 24 ÷ 11 = 2.18 is the mean moving range: 92.5 ± 5.8.
    assert (found.lower, found.mean, found.upper) == (F("86.7"), F("92.5"), F("98.3"))


def test_limits_never_go_beyond_what_there_is() -> None:
    found = natural_limits([50.0, 100.0] * 6, least=MONTHS, low=0, high=100, places=1)
    assert found is not None
    assert (found.lower, found.mean, found.upper) == (0, 75, 100)


@pytest.mark.parametrize("count", [0, 1, 11])
def test_short_past_has_neither_limits_nor_signals(count: int) -> None:
    values = [90] * (count - 1) + [10] if count else []
    assert natural_limits(values, least=MONTHS) is None
    assert signals(values, least=MONTHS) == [None] * count


def test_each_rule_names_its_signals() -> None:
    assert signals(YEAR, least=MONTHS) == [None] * 12
    told = signals([*YEAR, 60], least=MONTHS)
    assert told[-1] == Rule.BEYOND
    # Eight in a row above the mean of all: a run, though none is beyond a limit.
    run = [10, 12, 11, 13, 10, 12, 11, 13, *([14, 15] * 4)]
    assert {one for one in signals(run, least=MONTHS) if one} >= {Rule.RUN}
    assert Rule.BEYOND not in signals(run, least=MONTHS)
