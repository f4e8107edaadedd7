"""An installation with data of an earlier release gets today's figures."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core import clock, figures
from core.actor import system
from members.actions import headcounts
from members.queries.headcounts import wrong_own, wrong_sums
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionStanding
from schedules.action_items.queries.counted import kept_since
from schedules.rounds.actions import rollups
from schedules.rounds.models import DutyStanding, Plan, Rollup, RollupMark
from tests.item_standings import wrong_standings
from tests.test_action_items import day, give, receive, report, verify
from tests.test_rollups import naive, three_months, written
from tests.world import Zone, make_member

BEFORE = [("schedules", "0003_add_rollups"), ("members", "0001_initial")]


def migrate(targets: list[tuple[str, str]]) -> None:
    MigrationExecutor(connection).migrate(targets)


@pytest.fixture
def older(zone: Zone) -> Iterator[Plan]:
    """Three months and some members, in the tables of the earlier release."""
    plan = three_months(zone)
    rollups.fill(by=system())
    for number in range(3):
        make_member(zone.branch, f"党员{number}")
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        migrate(BEFORE)
        yield plan
    finally:
        migrate(newest)


@pytest.mark.django_db(transaction=True)
def test_figures_are_taken_down_after_an_upgrade(older: Plan) -> None:
    tables = connection.introspection.table_names()
    assert DutyStanding._meta.db_table not in tables
    migrate(MigrationExecutor(connection).loader.graph.leaf_nodes())
    assert not DutyStanding.objects.exists()
    before = set(Rollup.objects.values_list("pk", flat=True))
    assert before, "figures of the earlier release stand until they are written anew"

    rollups.refresh_all()
    headcounts.refresh()

    assert written(older) == naive(older)
    assert rollups.differences(older) == {}
    assert not RollupMark.objects.exists()
    assert not before & set(Rollup.objects.values_list("pk", flat=True))
    assert wrong_own() == wrong_sums() == []


@pytest.mark.django_db(transaction=True)
def test_items_are_kept_from_the_upgrade_on(zone: Zone) -> None:
    """What is under way is taken down as it stands; of the days before nothing can be told."""
    with day(0):
        closed, doing = give(zone), give(zone)
        for item in (closed, doing):
            receive(zone, item)
        report(zone, closed)
        verify(zone, closed)
        give(zone, [zone.branch, zone.general])
        issuing.draft(
            issuer=zone.street,
            owners=[zone.branch],
            given=issuing.Given(title="还没有交办的事"),
            by=zone.actor("dahuangshan"),
        )
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        migrate([("action_items", "0003_add_feedback")])
    finally:
        migrate(newest)
    assert not wrong_standings()
    assert ActionStanding.objects.filter(until=None).count() == 3
    assert ActionStanding.objects.filter(state="").count() == 4
    assert not ActionStanding.objects.exclude(state="").exclude(until=None).exists()
    today = clock.today()
    assert kept_since() == today
    street = Organization.objects.get(pk=zone.street.pk)
    before = figures.Window("2026-07", dt.date(2026, 7, 8))
    assert figures.values(["items_open"], [street], before)["items_open"] == {street.pk: None}
    now = figures.Window(f"{today:%Y-%m}", today)
    assert figures.values(["items_open"], [street], now)["items_open"] == {street.pk: 3}
