"""Schemes and assessments for programs: the numbers of the pages, to nobody more than there."""

import uuid
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.cycles.models import Cycle, Score
from assessments.schemes.models import SchemeVersion
from tests import scheme_world
from tests.test_cycle_pages import NOW, begun, drafted, frozen, marked, of_organizations
from tests.world import Zone, make_organizations

pytestmark = pytest.mark.django_db
LIST = "/api/v1/assessments/"


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def got(zone: Zone, who: str, url: str) -> Any:
    answer = zone.client(who).get(url)
    assert answer.status_code == 200, (who, url, answer.content)
    return answer.json()


def totals(zone: Zone, who: str, cycle: Cycle) -> list[str | None]:
    found = got(zone, who, f"{LIST}{cycle.uid}/scores/")["results"]
    return [one["total"] for one in found]


def test_running_points_are_the_units_own(zone: Zone) -> None:
    cycle = marked(begun(zone), zone, "18", "17.5")
    (own,) = got(zone, "dahuangshan", f"{LIST}{cycle.uid}/scores/")["results"]
    assert (own["total"], own["organization"]) == ("48.00", zone.street.pk)
    assert (own["grade"], own["rank"], own["standing"]) == ("", None, None)
    assert {one["key"]: one["points"] for one in own["indicators"]}["work"] == "18.0000"
    for name in ("zone", "committee", "huzhuang", "huzhuang1"):
        answer = zone.client(name).get(f"{LIST}{cycle.uid}/scores/")
        assert answer.status_code in (200, 404), name
        assert answer.json().get("results", []) == [], name
    for name in ("zone", "dahuangshan"):
        assert got(zone, name, f"{LIST}{cycle.uid}/")["groups"] == [], name


def test_frozen_and_sealed_say_what_the_pages_say(zone: Zone) -> None:
    cycle = frozen(marked(begun(zone), zone, "18", "17.5"), zone)
    assert totals(zone, "committee", cycle) == ["48.00", "42.50"]
    assert totals(zone, "dahuangshan", cycle) == ["48.00"]
    assert totals(zone, "jinshanqiao", cycle) == ["42.50"]
    (group,) = got(zone, "zone", f"{LIST}{cycle.uid}/")["groups"]
    assert (group["mean"], group["count"], group["is_ranked"]) == ("45.25", 2, True)
    page = zone.client("zone").get(cycle.get_absolute_url()).content.decode()
    assert "均值 45.25" in page
    assert "42.50" in page
    rows = got(zone, "zone", f"{LIST}{cycle.uid}/scores/")["results"]
    assert [one["rank"] for one in rows] == [1, 2]
    scheme_world.sealed(cycle, by=zone.actor("zone"), decider=zone.actor("committee"))
    (own,) = got(zone, "dahuangshan", f"{LIST}{cycle.uid}/scores/")["results"]
    assert (own["grade"], own["rank"]) == ("差", None)
    stored = Score.objects.current().get(assessed__organization=zone.street)
    assert own["digest"] == stored.digest


def test_the_assessed_are_told_no_other_units_points(zone: Zone) -> None:
    """Of a group of two each would read the other's off the mean, or off the lowest and highest."""
    cycle = frozen(marked(begun(zone), zone, "18", "17.5"), zone)
    (group,) = got(zone, "dahuangshan", f"{LIST}{cycle.uid}/")["groups"]
    assert (group["mean"], group["lowest"], group["highest"]) == (None, None, None)
    (group,) = got(zone, "zone", f"{LIST}{cycle.uid}/")["groups"]
    assert (group["lowest"], group["highest"]) == ("42.50", "48.00")


def test_a_mean_of_few_is_told_to_none_of_them(zone: Zone) -> None:
    cycle = begun(zone)
    cycle.assessed.first().group.__class__.objects.update(minimum=5)
    cycle = frozen(marked(cycle, zone, "18", "17.5"), zone)
    (group,) = got(zone, "dahuangshan", f"{LIST}{cycle.uid}/")["groups"]
    assert (group["mean"], group["lowest"], group["highest"]) == (None, None, None)
    (group,) = got(zone, "zone", f"{LIST}{cycle.uid}/")["groups"]
    assert group["mean"] == "45.25"


def test_what_a_draft_says_stands_on_its_page_alone(zone: Zone) -> None:
    begun(zone)
    said = of_organizations(basis="草案里的话")
    drafted(zone, said)
    scheme = SchemeVersion.objects.first().scheme
    url = f"/api/v1/schemes/{scheme.uid}/"
    versions = got(zone, "zone", url)["versions"]
    assert [(one["number"], one["content"] is None) for one in versions] == [(2, True), (1, False)]
    for name in ("dahuangshan", "huzhuang1", "reviewer"):
        found = got(zone, name, url)["versions"]
        assert [one["number"] for one in found] == [1], name
    assert got(zone, "zone", "/api/v1/schemes/?year=2026&level=direct")["count"] == 1
    assert got(zone, "zone", "/api/v1/schemes/?year=2025")["count"] == 0


def test_lists_ask_the_same_whatever_the_number(zone: Zone) -> None:
    street = {"kind": "direct_committee", "organization_class": "street"}
    cycle = frozen(begun(zone), zone)
    client = zone.client("zone")
    urls = [LIST, f"{LIST}{cycle.uid}/", f"{LIST}{cycle.uid}/scores/", "/api/v1/schemes/"]

    def counts() -> list[int]:
        found = []
        for url in urls:
            with CaptureQueriesContext(connection) as asked:
                assert client.get(url).status_code == 200
            found.append(len(asked))
        return found

    counts()
    few = counts()
    made = make_organizations(zone.root, [{"name": f"街道{n}", **street} for n in range(3)])
    # As if they had been there: facts are frozen, so these are rows alone.
    first = Score.objects.current().select_related("assessed").first()
    for one in made:
        row = cycle.assessed.first()
        row.pk, row.uid, row.organization, row.path = None, uuid.uuid4(), one, one.path
        row.save()
        first.pk, first.assessed = None, row
        first.save()
    assert got(zone, "zone", urls[2])["count"] == 5
    assert counts() == few


@pytest.mark.parametrize(
    "query", ["period=2026", "state=nothing", "organization=0", "page=x", "what=1", "level=%00"]
)
def test_odd_questions_are_refused_in_words(zone: Zone, query: str) -> None:
    answer = zone.client("zone").get(f"{LIST}?{query}")
    assert answer.status_code in (400, 404)
