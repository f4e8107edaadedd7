"""督办 in the browser: boards, an item and its acts, what is given out."""

import datetime as dt
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schedules.action_items.actions import issuing

from .test_action_items import day, give
from .world import Zone

BOARD = reverse("action_items:item-list")


def queries(client: Any, url: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as found:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(found)


def test_board_costs_the_same_with_more_items(zone: Zone) -> None:
    with day(0):
        client = zone.client("zone")

        def more() -> None:
            give(zone)
            item = issuing.draft(
                issuer=zone.street,
                owners=[zone.branch],
                given=issuing.Given(
                    title="整改清单",
                    lines=(issuing.LineGiven("缺记录"), issuing.LineGiven("缺公示")),
                ),
                by=zone.actor("dahuangshan"),
            )
            issuing.issue(item=item, by=zone.actor("dahuangshan"))
            whole = issuing.draft(
                issuer=zone.root,
                owners=[zone.street, zone.neighbour_street],
                given=issuing.Given(title="核对名册", due_on=dt.date(2026, 7, 10)),
                by=zone.actor("zone"),
            )
            issuing.issue(item=whole, by=zone.actor("zone"))

        more()
        client.get(BOARD)
        one = queries(client, BOARD)
        more()
        more()
        assert queries(client, BOARD) == one
        text = client.get(BOARD).content.decode()
        assert "2 个单位，0 个已办" in text
        for tab in ("mine", "verify", "issued", "all", "look"):
            assert client.get(f"{BOARD}?tab={tab}").status_code == 200
