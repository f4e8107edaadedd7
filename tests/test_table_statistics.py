"""The planner is told of tables that were filled at once."""

import pytest
from django.db import connection

from core import clock, demo, effects, table_statistics
from core.models import Effect


def waiting() -> int:
    return Effect.objects.filter(kind=table_statistics.KIND, state="pending").count()


def test_statistics_are_renewed_behind_many_rows_only(db: None) -> None:
    table_statistics.renew_later(table_statistics.MANY - 1)
    assert waiting() == 0
    table_statistics.renew_later(table_statistics.MANY)
    assert waiting() == 1
    effects.run_due()
    assert Effect.objects.get(kind=table_statistics.KIND).state == Effect.State.DONE


def rows(count: int) -> list[Effect]:
    now = clock.now()
    return [Effect(key=f"k{n}", kind="k", not_before=now, created_at=now) for n in range(count)]


def known() -> int:
    """How many effects the planner believes there are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'core_effect'")
        return int(cursor.fetchone()[0])


@pytest.mark.postgres
def test_planner_knows_how_many_rows_there_are(db: None) -> None:
    Effect.objects.bulk_create(rows(700))
    table_statistics.renew()
    assert known() >= 700


@pytest.mark.postgres
def test_parts_of_the_demo_zone_are_told_before_the_next(db: None) -> None:
    """CI once waited a minute for one sum over meetings that the planner thought were none."""
    table_statistics.renew()
    before = known()
    seeding = demo.Seeding(now=clock.now(), months=["2026-11"])
    seeding.add(rows(table_statistics.MANY - 1))
    seeding.renew_statistics()
    assert known() == before
    seeding.add([Effect(key="last", kind="k", not_before=clock.now(), created_at=clock.now())])
    seeding.renew_statistics()
    assert known() >= table_statistics.MANY
