"""Figures of action items: what they count of a place and a period, and that their address opens
exactly those rows, also when it is opened later."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import figures
from core.actor import system
from core.figures import Window
from orgs.actions import structure
from orgs.actions.history import Decision
from orgs.models import Organization
from schedules.action_items.actions import checking, issuing
from schedules.action_items.models import ActionItem
from schedules.action_items.queries.counted import KEYS

from .test_action_items import day, give, receive, report, verify
from .world import Zone, grant, make_user

JULY, SEPTEMBER = "2026-07", "2026-09"


def told(zone: Zone, place: Organization, window: Window) -> list[int | None]:
    found = figures.values(KEYS, [Organization.objects.get(pk=place.pk)], window)
    return [found[key][place.pk] for key in KEYS]


def opened(client: Client, place: Organization, window: Window, zone: Zone) -> list[int]:
    """How many rows the address of each figure opens."""
    actor = zone.actor("zone")
    place = Organization.objects.get(pk=place.pk)
    counts = []
    for address in figures.addresses(KEYS, place, window, actor).values():
        shown = client.get(address).content.decode()
        total = re.search(r"共 (\d+) 项", shown)
        elsewhere = re.search(r"另有 (\d+) 项", shown)
        counts.append(int(total[1] if total else 0) + int(elsewhere[1] if elsewhere else 0))
    return counts


@pytest.fixture
def worked(zone: Zone) -> Any:
    """In July one item was closed late, one in time, one cancelled, one is open and overdue; one is
    of two. In September one of those closed was found to have relapsed."""
    with day(0):
        late, quick, void = give(zone), give(zone), give(zone)
        give(zone, [zone.branch, zone.general], due_on=dt.date(2026, 12, 31))
        receive(zone, late)
        receive(zone, quick)
        report(zone, quick)
        verify(zone, quick)
        issuing.cancel(
            item=void, reason="重复", revision=void.revision, by=zone.actor("dahuangshan")
        )
        give(zone)
    with day(7):
        report(zone, late)
        verify(zone, late)
    with day(70):
        zone.users["other"] = make_user("other")
        grant(zone.users["other"], "committee_staff", zone.street)
        checking.look(
            item=ActionItem.objects.get(pk=quick.pk),
            lasting=False,
            note="八月又没有记录",
            by=zone.actor("other"),
        )
    return zone


def test_each_counts_what_its_address_opens(worked: Zone) -> None:
    zone = worked
    client = zone.client("zone")
    with day(8):
        window = Window(JULY, day_of(8))
        assert told(zone, zone.street, window) == [3, 3, 2, 1, 0]
        assert told(zone, zone.branch, window) == [2, 2, 2, 1, 0]
        assert told(zone, zone.general, window) == [3, 3, 2, 1, 0]
        assert told(zone, zone.neighbour_street, window) == [0] * 5
        assert opened(client, zone.street, window, zone) == [3, 3, 2, 1, 0]
        assert opened(client, zone.branch, window, zone) == [2, 2, 2, 1, 0]
    with day(71):
        september, july = Window(SEPTEMBER, day_of(71)), Window(JULY, day_of(71))
        assert told(zone, zone.street, september) == [3, 3, 0, 0, 1]
        assert opened(client, zone.street, september, zone) == [3, 3, 0, 0, 1]
        assert told(zone, zone.street, july) == [3, 3, 2, 1, 0], "at the end of July"
        assert opened(client, zone.street, july, zone) == [3, 3, 2, 1, 0]


def day_of(number: int) -> dt.date:
    return dt.date(2026, 7, 6) + dt.timedelta(days=number)


def test_what_was_frozen_is_found_again(worked: Zone) -> None:
    """On the second day one was closed, one cancelled, and four were still open."""
    zone = worked
    with day(71):
        at = dt.datetime(2026, 7, 7, 4, tzinfo=dt.UTC)
        frozen = Window(JULY, dt.date(2026, 7, 7), at)
        assert told(zone, zone.street, frozen) == [4, 0, 1, 0, 0]
        client = zone.client("zone")
        assert opened(client, zone.street, frozen, zone) == [4, 0, 1, 0, 0]


def test_what_has_moved_away_counts_where_it_was(worked: Zone) -> None:
    zone = worked
    with day(40):
        structure.move(
            organization=Organization.objects.get(pk=zone.branch.pk),
            parent=zone.neighbour_street,
            decision=Decision(on=day_of(40), document_number="徐经开组〔2026〕7号", note="批准"),
            by=system(),
        )
    with day(71):
        july = Window(JULY, day_of(71))
        assert told(zone, zone.street, july)[2:] == [2, 1, 0]
        assert told(zone, zone.neighbour_street, july)[2:] == [0, 0, 0]
        september = Window(SEPTEMBER, day_of(71))
        assert told(zone, zone.neighbour_street, september)[2:] == [0, 0, 1]
        shown = zone.client("huzhuang").get(
            f"/action-items/rows/?figure=items_closed&period={JULY}"
        )
        text = shown.content.decode()
        assert "另有 2 项" in text
        assert "补齐支部党课记录" not in text


@pytest.mark.parametrize(
    "query",
    [
        "figure=no",
        "figure=items_open&period=2026-13",
        "figure=items_open&on=x",
        "figure=items_closed&at=9999999999999999",
        "figure=items_open&organization=99999999999999999999999",
        "figure=items_open&organization=0",
    ],
)
def test_what_no_address_means_is_not_there(zone: Zone, query: str) -> None:
    assert zone.client("zone").get(f"/action-items/rows/?{query}").status_code in (404, 200)


def test_addresses_of_strange_days_are_no_fault(zone: Zone) -> None:
    client = zone.client("zone")
    for query in (
        *("period=0001-01", "period=9999-12", "on=0001-01-01", "on=9999-12-31"),
        *("period=9999-12&on=9999-12-31", "period=0001-01&on=0001-01-01", "at=1&on=0001-01-01"),
        "period=9999-12&on=9999-12-31&at=1",
        "period=0001-01&on=0001-01-01&at=253000000000000000",
    ):
        for key in KEYS:
            answer = client.get(f"/action-items/rows/?figure={key}&{query}")
            assert answer.status_code in (200, 404), (key, query)


@pytest.mark.parametrize("count", [1, 3])
def test_figures_cost_the_same(zone: Zone, count: int) -> None:
    with day(0):
        for _ in range(count):
            give(zone, [zone.branch, zone.general])
        places = list(Organization.objects.filter(pk__in=[zone.street.pk, zone.branch.pk]))
        with CaptureQueriesContext(connection) as queries:
            figures.values(KEYS, places[:count], Window(JULY, day_of(0)))
        assert len(queries) == 3
        client = zone.client("dahuangshan")
        client.get("/action-items/rows/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/action-items/rows/")
        assert len(queries) == 11
