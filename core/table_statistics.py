"""What the database's planner knows of the tables, told it after much was written at once.

PostgreSQL looks by itself only a minute or more later, and until then takes full tables for empty
ones. SQLite plans by the indices that there are; statistics made no page faster there.
"""

import secrets

from django.db import connection

from . import effects
from .models import Effect

KIND = "core.renew_statistics"
MANY = 200


def renew_later(rows: int) -> None:
    """Has the statistics renewed behind the running transaction, when it wrote many rows."""
    if rows >= MANY:
        effects.enqueue(KIND, f"{KIND}:{secrets.token_hex(8)}")


@effects.handler(KIND, label="更新数据库统计", style="long", lease_seconds=600)
def _renew(effect: Effect) -> None:
    renew()


def renew() -> None:
    """Renews the statistics of all tables; takes a second or two. Within a transaction also of what
    it has written itself, which nobody else can see: there before much of that is read again. One
    statement on PostgreSQL, none on SQLite."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
