"""The months of a theme's line: which are read, which settle, whose limits they have."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, periods
from core.figures import gauged
from schedules.themes import jobs
from schedules.themes.models import Theme, ThemeMonth
from schedules.themes.queries.lines import Line, line_of
from schedules.themes.queries.measuring import HISTORY, months_of, months_to_read
from tests.theme_world import BEFORE, JULY_2, QUARTER, SHANGHAI, Told, fresh, published, read_lines
from tests.theme_world import told as told  # a fixture
from tests.world import Zone

pytestmark = pytest.mark.django_db
# Two years before July: between 70 and 78 of a hundred, and never out of the ordinary.
VALUES = [74, 71, 76, 73, 78, 72, 75, 70, 77, 74, 72, 76] * 2
MONTHS = periods.ending("2026-06", HISTORY)


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(JULY_2):
        yield


def say(zone: Zone, told: Told, values: dict[str, int], key: str = "sample_part") -> None:
    for month, value in values.items():
        told.say(key, month, {zone.branch: value})
        told.say("sample_whole", month, {zone.branch: 100})


def line(theme: Theme, key: str = "sample_part") -> Line:
    rows = list(ThemeMonth.objects.filter(figure__theme=theme, figure__key=key).order_by("period"))
    return line_of(theme, gauged()[key][1], rows)


def test_two_years_before_and_the_months_begun(zone: Zone, told: Told) -> None:
    say(zone, told, dict(zip(MONTHS, VALUES, strict=True)))
    theme = published(zone.root, zone.actor("zone"), "sample_part")
    assert months_of(theme) == [*MONTHS, "2026-07"]
    assert read_lines() == 1
    rows = {one.period: one for one in ThemeMonth.objects.all()}
    assert sorted(rows) == [*MONTHS, "2026-07"]
    march = rows["2025-03"]
    assert (march.part, march.whole, march.count) == (VALUES[MONTHS.index("2025-03")], 100, 3)
    # What belongs to a month is written down within 45 days of it: May may still change.
    assert [one for one in sorted(rows) if not rows[one].is_settled] == [
        "2026-05",
        "2026-06",
        "2026-07",
    ]
    assert months_to_read(theme) == ["2026-05", "2026-06", "2026-07"]


def test_only_what_may_still_change_is_read_again(zone: Zone, told: Told) -> None:
    theme = published(zone.root, zone.actor("zone"), "sample_part")
    read_lines()
    told.asked.clear()
    jobs.read_months(JULY_2)
    assert {one.period for one in told.asked} == {"2026-05", "2026-06", "2026-07"}
    later = dt.datetime(2026, 9, 20, 9, tzinfo=SHANGHAI)
    told.asked.clear()
    say(zone, told, {"2026-06": 81, "2025-06": 5})
    with clock.at(later):
        jobs.read_months(later)
        assert months_to_read(fresh(theme)) == ["2026-08", "2026-09"]
    assert {one.period for one in told.asked} == {f"2026-0{n}" for n in range(5, 10)}
    assert ThemeMonth.objects.get(period="2026-06").part == 81
    assert ThemeMonth.objects.get(period="2025-06").part == 0  # has settled
    assert ThemeMonth.objects.count() == HISTORY + 3


def test_nothing_is_read_once_it_is_concluded_or_while_it_is_a_draft(
    zone: Zone, told: Told
) -> None:
    published(zone.root, zone.actor("zone"), "sample_part")
    Theme.objects.update(state="concluded")
    jobs.read(JULY_2)
    jobs.read_months(JULY_2)
    assert read_lines() == 1
    assert not ThemeMonth.objects.exists()


def test_the_job_of_three_themes_costs_three_times_one(zone: Zone, told: Told) -> None:
    counts = []
    for quarter in (QUARTER, "2026-Q4", "2027-Q1"):
        published(zone.root, zone.actor("zone"), "sample_part", quarter=quarter)
        with CaptureQueriesContext(connection) as seen:
            jobs.read(JULY_2)
        counts.append(len(seen))
    assert counts[2] <= 3 * counts[0]


def test_limits_are_of_the_months_before_alone(zone: Zone, told: Told) -> None:
    say(zone, told, dict(zip(MONTHS, VALUES, strict=True)))
    theme = published(zone.root, zone.actor("zone"), "sample_part")
    read_lines()
    before = line(theme).trend
    assert before is not None
    assert before.limits is not None
    # Worked out by hand: the mean, and 2.66 times the mean step from one month to the next.
    mean = sum(VALUES) / 24
    steps = [abs(b - a) for a, b in pairwise(VALUES)]
    reach = 2.66 * sum(steps) / 23
    assert float(before.limits.mean) == pytest.approx(mean, abs=0.01)
    assert float(before.limits.lower) == pytest.approx(mean - reach, abs=0.06)
    assert float(before.limits.upper) == pytest.approx(mean + reach, abs=0.06)
    # The theme succeeds: that moves no limit, and July is told as a signal.
    say(zone, told, {"2026-07": 99, "2026-08": 99})
    later = dt.datetime(2026, 9, 3, 9, tzinfo=SHANGHAI)
    with clock.at(later):
        jobs.read_months(later)
        after = line(theme)
    assert after.trend is not None
    assert after.trend.limits == before.limits
    said = {one.period: one.is_signal for one in after.points}
    assert said["2026-07"]
    assert said["2026-08"]
    assert not said["2026-03"]
    assert not after.is_quiet


def test_eleven_months_are_too_short(zone: Zone, told: Told) -> None:
    for count, drawn in ((11, False), (12, True)):
        for month in MONTHS:
            told.say("sample_part", month, None)
        say(zone, told, dict(zip(MONTHS[-count:], VALUES[-count:], strict=True)))
        Theme.objects.all().delete()
        theme = published(zone.root, zone.actor("zone"), "sample_part")
        read_lines()
        found = line(theme)
        assert found.trend is not None
        assert (found.trend.limits is not None) == drawn, count
        page = zone.client("zone").get(theme.get_absolute_url()).content.decode()
        assert ("历史太短，不画界限" in page) != drawn


def test_a_sum_of_the_year_has_last_years_season_and_no_limits(zone: Zone, told: Told) -> None:
    say(zone, told, dict(zip(MONTHS, VALUES, strict=True)), key="sample_year")
    theme = published(zone.root, zone.actor("zone"), ("sample_year", 95))
    read_lines()
    found = line(theme, "sample_year")
    assert found.trend is None
    july = next(one for one in found.points if one.period == "2026-07")
    assert july.last_year == VALUES[MONTHS.index("2025-07")]
    assert zone.client("zone").get(theme.get_absolute_url()).status_code == 200


def test_what_can_still_be_made_up_is_neither_judged_nor_hurried(zone: Zone, told: Told) -> None:
    """May ended more than thirty days ago, June did not."""
    say(zone, told, dict(zip(MONTHS, [*VALUES[:-1], 5], strict=True)), key="sample_late")
    told.say("sample_late", BEFORE, {zone.branch: 60})
    told.say("sample_whole", BEFORE, {zone.branch: 100})
    told.say("sample_late", QUARTER, {zone.branch: 5})
    told.say("sample_whole", QUARTER, {zone.branch: 100})
    theme = published(zone.root, zone.actor("zone"), "sample_late")
    read_lines()
    found = line(theme, "sample_late")
    assert found.trend is not None
    assert found.trend.span[-1] == "2026-05"
    assert not any(one.is_signal for one in found.points)
    page = zone.client("zone").get(theme.get_absolute_url()).content.decode()
    assert "先不说快慢" in page
    assert "慢 " not in page
    july = JULY_2 + dt.timedelta(days=30)
    with clock.at(july):
        assert line(theme, "sample_late").trend.span[-1] == "2026-06"  # type: ignore[union-attr]


def test_the_page_says_pace_in_plain_words(zone: Zone, told: Told) -> None:
    told.share(BEFORE, rows={zone.branch: (80, 100)})
    told.share(QUARTER, rows={zone.branch: (83, 100)})
    with clock.at(dt.datetime(2026, 7, 1, 9, tzinfo=SHANGHAI)):
        theme = published(zone.root, zone.actor("zone"), "sample_part")
    # 46 of 92 days are gone: half of the way from 80 to 90.
    with clock.at(dt.datetime(2026, 8, 15, 9, tzinfo=SHANGHAI)):
        said = zone.client("zone").get(theme.get_absolute_url()).content.decode()
        one = zone.client("zone").get(f"/api/v1/themes/{theme.uid}/").json()["figures"][0]
    assert "慢 2 个百分点" in said
    assert "今天应到 85.0%，现在 83.0%" in said
    assert "差 4 个百分点" in said
    assert (one["should"], one["at_end"], one["start"]) == ("85.0", "86.0", "80.0")
    quiet: Any = zone.client("dahuangshan").get(theme.get_absolute_url())
    assert quiet.status_code == 200
