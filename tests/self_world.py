"""Self-assessments for tests: a frozen cycle in which streets are assessed by a scheme with one
indicator to be marked by themselves, and a bonus."""

import datetime as dt
from typing import Any

from assessments.cycles.models import Assessed, Cycle
from assessments.self_assessments.actions import items, sending
from assessments.self_assessments.models import SelfAssessment
from orgs.models import Organization
from tests.scheme_world import content, figure, opened, published
from tests.world import Zone

NOW = dt.datetime(2026, 7, 20, 10, tzinfo=dt.UTC)
BONUS = {
    "rule": "bonus",
    "params": {"levels": {"市级": "3", "区级": "1"}, "category_cap": "4", "total_cap": "5"},
}
EIGHTEEN = {"0": {"points": "18", "reason": "三个支部照做"}}


def scheme(**more: Any) -> dict[str, Any]:
    """One that reads organisations alone, whose past is known from the beginning."""
    said = content(bonus=BONUS, **more)
    said["root"]["parts"][0]["parts"][2]["rules"][0]["source"] = figure(
        "branches", "ratio", of="branches"
    )
    return said


def begun(zone: Zone) -> Cycle:
    """Facts are frozen and computed."""
    from tests.test_cycle_pages import frozen

    published(zone.root, said=scheme())
    return frozen(opened(zone.root, by=zone.actor("zone")), zone)


def assessed_of(place: Organization) -> Assessed:
    """The organisation as it is assessed, as pages load it."""
    return Assessed.objects.select_related(
        "cycle__organization", "cycle__run", "organization", "version__scheme", "group"
    ).get(organization=place, cycle__level="direct")


def marked(zone: Zone, place: Organization, who: str = "dahuangshan") -> Assessed:
    """The one indicator that is asked for has its mark."""
    found = assessed_of(place)
    items.save(
        assessed=found,
        indicator="work",
        facts=EIGHTEEN,
        reason="三个支部照做",
        revision=0,
        by=zone.actor(who),
    )
    return found


def sent(zone: Zone, place: Organization, who: str = "dahuangshan") -> SelfAssessment:
    """Marked and sent."""
    found = marked(zone, place, who)
    revision = SelfAssessment.objects.get(assessed=found).revision
    sending.send(assessed=found, revision=revision, by=zone.actor(who))
    return SelfAssessment.objects.select_related("assessed__cycle__organization").get(
        assessed=found
    )
