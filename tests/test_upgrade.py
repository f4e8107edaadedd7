"""An installation with data of an earlier release gets today's figures."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from core.actor import system
from members.actions import headcounts
from members.queries.headcounts import wrong_own, wrong_sums
from schedules.rounds.actions import rollups
from schedules.rounds.models import DutyStanding, Plan, Rollup, RollupMark
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
