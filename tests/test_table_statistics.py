"""The planner is told of tables that were filled at once."""

import pytest
from django.db import connection

from core import clock, effects, table_statistics
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


@pytest.mark.postgres
def test_planner_knows_how_many_rows_there_are(db: None) -> None:
    now = clock.now()
    Effect.objects.bulk_create(
        [Effect(key=f"k{n}", kind="k", not_before=now, created_at=now) for n in range(700)]
    )
    table_statistics.renew()
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'core_effect'")
        assert cursor.fetchone()[0] >= 700
