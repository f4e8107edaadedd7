"""Figures of projects, brands and committees with a site: what stood then, as known then, and its rows."""

import datetime as dt
from typing import Any

import pytest

from core import clock, figures
from core.figures import Window
from showcase.brands.actions import deciding as brand_deciding
from showcase.projects.actions import deciding, work
from tests.brand_world import brand_in
from tests.project_world import NOW, fresh, on_its_way
from tests.site_world import applied, named, opened
from tests.world import Zone

KEYS = ("running", "overdue", "due", "on_time", "closed", "excellent")


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    return zone_in_june


def value(zone: Zone, key: str, period: str, known_at: Any = None, who: str = "dahuangshan") -> Any:
    place = {"zone": zone.root, "jinshanqiao": zone.neighbour_street}.get(who, zone.street)
    window = Window(period, clock.today(), known_at)
    found = figures.values([key], [place], window)[key][place.pk]
    shown = figures.addresses([key], place, window, zone.actor(who))[key]
    page = zone.client(who).get(shown)
    rows = page.context.get("rows")
    listed = len(rows) if rows is not None else page.context["page"].paginator.count
    assert listed == found, (key, period)
    return found


def moment(month: int, day: int) -> dt.datetime:
    return NOW.replace(month=month, day=day)


@pytest.mark.django_db
def test_milestones_by_the_day_first_approved_and_as_known_then(zone: Zone) -> None:
    """Due 20 July and 30 October; the first is put off to 10 August, done on the 12th, reopened."""
    own, above = zone.actor("huzhuang1"), zone.actor("dahuangshan")
    project = on_its_way(zone.branch, own, above, "asked")
    with clock.at(moment(7, 22)):
        assert value(zone, "projects_overdue", "2026-07") == 1
        request = project.requests.get()
        deciding.answer(
            request=request, revision=project.revision, outcome="grant", answer="", by=above
        )
        assert value(zone, "projects_overdue", "2026-07") == 0
    first = project.milestones.get(position=1)
    with clock.at(moment(8, 12)):
        assert value(zone, "projects_overdue", "2026-08") == 1
        work.finish(
            milestone=first,
            revision=fresh(project).revision,
            done_on=dt.date(2026, 8, 12),
            evidence="楼长签了字",
            by=own,
        )
        assert value(zone, "projects_overdue", "2026-08") == 0
    with clock.at(moment(9, 1)):
        first.refresh_from_db()
        work.reopen(milestone=first, by=own)
    with clock.at(moment(9, 2)):
        # Done on the 12th and taken back: of August it is told as it is known now, or was then.
        assert value(zone, "projects_overdue", "2026-08") == 1
        assert value(zone, "projects_overdue", "2026-08", moment(8, 31)) == 0
        assert value(zone, "projects_overdue", "2026-07", moment(7, 21)) == 1
        found = [value(zone, f"projects_{key}", "2026-07") for key in KEYS]
        assert found == [1, 0, 1, 0, 0, 0]
        assert value(zone, "projects_due", "2026-08") == 0, "put off, and due by the first day"
        assert value(zone, "projects_running", "2026-06") == 0
        assert value(zone, "projects_running", "2026-07", moment(7, 1)) == 0
        assert value(zone, "projects_running", "2026-07", who="jinshanqiao") == 0


@pytest.mark.django_db
def test_what_was_closed_counts_in_its_month_with_its_grade(zone: Zone) -> None:
    on_its_way(zone.branch, zone.actor("huzhuang1"), zone.actor("dahuangshan"), "closed")
    with clock.at(moment(8, 2)):
        for period, wanted in (("2026-07", [0, 0, 1, 1, 1, 1]), ("2026-08", [0, 0, 0, 0, 0, 0])):
            assert [value(zone, f"projects_{key}", period) for key in KEYS] == wanted


@pytest.mark.django_db
def test_brands_and_covered_committees(zone: Zone) -> None:
    own, above = zone.actor("huzhuang1"), zone.actor("zone")
    with clock.at(moment(6, 10)):
        brand = brand_in(zone.branch, own, above)
        brand_in(zone.branch, own, above, "cultivating", "邻里夜话")
        named(applied(opened(zone.root, above), zone.branch, own), above)
    with clock.at(moment(7, 10)):
        brand.refresh_from_db()
        brand_deciding.end(brand=brand, reason="做法不再用了", by=above)
    with clock.at(moment(8, 2)):
        months = ("2026-05", "2026-06", "2026-07")
        assert [value(zone, "brands_named", one) for one in months] == [0, 1, 0]
        assert [value(zone, "brands_cultivated", one) for one in months] == [0, 1, 1]
        assert value(zone, "brands_named", "2026-07", moment(7, 9)) == 1
        covered = [value(zone, "sites_committees_covered", one) for one in months]
        assert covered == [0, 1, 1]
        assert value(zone, "sites_committees", "2026-06") == 1
        near = value(zone, "sites_committees_covered", "2026-06", who="zone")
        assert near == 1 < value(zone, "sites_committees", "2026-06", who="zone")
