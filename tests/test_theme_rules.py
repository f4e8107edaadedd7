"""The arithmetic of themes, against what is worked out by hand."""

import datetime as dt
from fractions import Fraction as F

import pytest

from core.figures import Gauge
from schedules.themes.enums import Outcome
from schedules.themes.queries.sums import Sums
from schedules.themes.rules import (
    is_reached,
    pace_of,
    short_of,
    standing_of,
    value_of,
)

SHARE = Gauge("到会率", 90, of="expected")
BAD_SHARE = Gauge("缺席率", 2, of="expected", fewer=True)
MORE, FEWER = Gauge("次数", 3, unit="次"), Gauge("逾期", 1, fewer=True, unit="项")


@pytest.mark.parametrize(
    ("gauge", "goal", "part", "whole", "short"),
    [
        # 90 % of 31 is 27.9: 28 people; 26 came.
        (SHARE, F(90), 26, 31, 2),
        (SHARE, F(90), 28, 31, 0),
        (SHARE, F(90), 31, 31, 0),
        # 92.5 % of 40 is 37 sharp.
        (SHARE, F("92.5"), 36, 40, 1),
        (SHARE, F("92.5"), 37, 40, 0),
        # 2 % of 49 is 0.98, of 50 it is 1: one absence is one too many below 50.
        (BAD_SHARE, F(2), 1, 49, 1),
        (BAD_SHARE, F(2), 1, 50, 0),
        (BAD_SHARE, F(0), 3, 50, 3),
        # Counts: two and a half times are three.
        (MORE, F("2.5"), 1, 0, 2),
        (MORE, F(3), 4, 0, 0),
        # Half an item more than 1 is none.
        (FEWER, F("1.5"), 4, 0, 3),
        (FEWER, F(0), 2, 0, 2),
        (FEWER, F(0), 0, 0, 0),
    ],
)
def test_what_the_goal_still_asks(gauge: Gauge, goal: F, part: int, whole: int, short: int) -> None:
    assert short_of(gauge, goal, part, whole) == short
    # Done, it is reached; one less and it is not.
    done = part - short if gauge.fewer else part + short
    assert standing_of(gauge, goal, done, whole or None)[1] == 0
    if short:
        almost = done + 1 if gauge.fewer else done - 1
        assert standing_of(gauge, goal, almost, whole or None) == (Outcome.SHORT, 1)


def test_who_has_nothing_and_of_whom_nobody_can_tell() -> None:
    assert standing_of(SHARE, F(90), 0, 0) == (Outcome.NONE, 0)
    assert standing_of(SHARE, F(90), None, 5) == (Outcome.UNKNOWN, 0)
    assert standing_of(SHARE, F(90), 5, None) == (Outcome.UNKNOWN, 0)
    assert standing_of(FEWER, F(0), None, None) == (Outcome.UNKNOWN, 0)
    # Of a count nothing is a number like any other.
    assert standing_of(FEWER, F(0), 0, None) == (Outcome.REACHED, 0)
    assert standing_of(MORE, F(3), 0, None) == (Outcome.SHORT, 3)


def test_a_value_is_exact_or_none() -> None:
    assert value_of(SHARE, 26, 31) == F(2600, 31)
    assert value_of(SHARE, 0, 0) is None
    assert value_of(SHARE, None, 31) is None
    assert value_of(FEWER, 7, None, 3) == F(7, 3)
    assert value_of(FEWER, 7, None, 0) is None
    assert value_of(FEWER, None, None, 3) is None


def test_a_mean_is_over_those_of_whom_it_is_known() -> None:
    """Three branches, of one of them neither start nor now: the mean is that of two, and that of the
    start of one where only one is known."""
    sums = Sums(
        count=3, reached=1, short=1, unknown=1, part=7, start_part=4, known=2, start_known=1
    )
    assert (sums.now(FEWER), sums.start(FEWER)) == (F(7, 2), F(4))
    assert sums.measured == 2
    assert (Sums().now(FEWER), Sums().start(SHARE)) == (None, None)


def pace(gauge: Gauge, start: object, now: object, goal: object, today: dt.date) -> object:
    return pace_of(
        gauge,
        start=F(str(start)),
        now=F(str(now)),
        goal=F(str(goal)),
        begins_on=dt.date(2026, 7, 1),
        due_on=dt.date(2026, 9, 28),  # ninety days
        today=today,
    )


def test_pace_of_a_share_half_way() -> None:
    """45 of 90 days are gone: from 80 to 90 it should be 85; at 83 it is slow by 2. Three points in half
    of the time are six in all of it: 86 at the end, short by 4."""
    found = pace(SHARE, 80, 83, 90, dt.date(2026, 8, 14))
    assert (found.should, found.ahead, found.at_end, found.short_at_end) == (85, -2, 86, 4)
    assert found.days_left == 45


def test_pace_where_less_is_better() -> None:
    """From 6 to 2 in ninety days, thirty gone: it should be 4⅔. At 3 it is ahead by 1⅔; three down in a
    third of the time would be nine: never below nothing."""
    found = pace(FEWER, 6, 3, 2, dt.date(2026, 7, 30))
    assert (found.should, found.ahead, found.at_end) == (F(14, 3), F(5, 3), 0)
    assert found.short_at_end == -2


def test_pace_never_says_more_than_all() -> None:
    assert pace(SHARE, 50, 90, 95, dt.date(2026, 7, 30)).at_end == 100
    assert pace(MORE, 50, 90, 95, dt.date(2026, 7, 30)).at_end == 170


def test_pace_says_nothing_of_the_first_days() -> None:
    assert pace(SHARE, 80, 70, 90, dt.date(2026, 7, 13)).at_end is None
    assert pace(SHARE, 80, 70, 90, dt.date(2026, 7, 14)).at_end is not None
    before = pace(SHARE, 80, 70, 90, dt.date(2026, 6, 1))
    assert (before.should, before.at_end) == (80, None)


def test_pace_on_the_due_day_and_after() -> None:
    last = pace(SHARE, 80, 88, 90, dt.date(2026, 9, 28))
    assert (last.should, last.at_end, last.days_left) == (90, 88, 0)
    assert pace(SHARE, 80, 88, 90, dt.date(2026, 12, 1)) == last


def test_who_was_good_enough_need_only_stay_so() -> None:
    found = pace(SHARE, 95, 93, 90, dt.date(2026, 8, 14))
    assert (found.should, found.ahead) == (90, 3)
    assert pace(FEWER, 0, 1, 2, dt.date(2026, 8, 14)).should == 2


def test_a_theme_of_a_day() -> None:
    day = dt.date(2026, 9, 28)
    found = pace_of(SHARE, start=F(80), now=F(82), goal=F(90), begins_on=day, due_on=day, today=day)
    assert (found.should, found.at_end) == (90, 82)
    late = pace_of(
        SHARE,
        start=F(80),
        now=F(82),
        goal=F(90),
        begins_on=day,
        due_on=day - dt.timedelta(days=5),
        today=day,
    )
    assert late.should == 90


def test_as_good_as_the_goal_is_reached() -> None:
    assert is_reached(SHARE, F(90), F(90))
    assert not is_reached(SHARE, F(90), F("89.99"))
    assert is_reached(FEWER, F(2), F(2))
    assert not is_reached(FEWER, F(2), F("2.01"))
