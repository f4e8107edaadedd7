"""An indicator that is being written is tried on what organisations brought to it last time."""

from typing import Any

import pytest

from assessments.cycles.queries.cases import cases_for
from assessments.schemes.models import SchemeVersion
from core import clock
from tests.scheme_world import content, figure, leaf, opened, published
from tests.test_cycle_runs import frozen, marked, of_organizations
from tests.world import Zone

pytestmark = pytest.mark.django_db


def draft_of(version: SchemeVersion) -> SchemeVersion:
    return SchemeVersion.objects.create(
        scheme=version.scheme, number=2, content=content(), changed_at=clock.now()
    )


def test_it_is_tried_on_facts_of_the_last_half_year(zone: Zone) -> None:
    version = published(zone.root, said=of_organizations())
    draft = draft_of(version)
    node = leaf(
        *("branches", "20", "accumulate", {"points": "7", "cap": "20"}),
        source=figure("branches", "count"),
    )
    by = zone.actor("zone")
    assert cases_for(by, draft, node) is None  # nothing is over yet
    cycle = marked(opened(zone.root, by=by), zone)
    assert cases_for(by, draft, node) is None  # points of a running cycle are the unit's own
    frozen(cycle, zone)
    found = cases_for(by, draft, node)
    assert found is not None
    assert [list(one.facts) for one in found.cases] == [[{"count": 2}], [{"count": 1}]]
    assert [one.read[0]["value"] for one in found.cases] == [2, 1]
    by_hand = leaf("work", "20", "discretion", {"bound": "20"})
    assert cases_for(by, draft, by_hand) is None
    # Whoever is measured sees his own alone.
    own = cases_for(zone.actor("dahuangshan"), draft, node)
    assert own is not None
    assert [one.name for one in own.cases] == [found.cases[0].name]

    page = zone.client("zone").get(f"/scheme-versions/{draft.uid}/edit/?node=branches")
    text = page.content.decode()
    assert "用 2026年上半年 的事实" in text
    assert "用往期试算" in text


def test_cases_cost_the_same_for_one_and_for_three(
    zone: Zone, django_assert_num_queries: Any
) -> None:
    version = published(zone.root, said=of_organizations())
    draft = draft_of(version)
    node = leaf("branches", "20", "accumulate", {"points": "7"}, source=figure("branches", "count"))
    frozen(marked(opened(zone.root, by=zone.actor("zone")), zone), zone)
    one, three = zone.actor("dahuangshan"), zone.actor("zone")
    for actor in (one, three):
        with django_assert_num_queries(5):
            cases_for(actor, draft, node)
