"""Reads of a fixed shape, whose SQL Django writes once in a process and only fills in later.

Every page reads its session, the person, what he may act in and what he has not read. For such a
read Django works five times as long on the SQL, the same each time, as the database on the
answer. Only the text of the query is kept: the rows are read anew by every run.
"""

import copy
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, QuerySet, Value

Row = TypeVar("Row")


class Given(Value):
    """Stands in a query for a value that each run brings along."""

    def __init__(self, name: str, kind: "Field[Any, Any]") -> None:
        super().__init__(None, output_field=kind)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def filled(self, values: Mapping[str, Any], connection: Any) -> Any:
        """The value as the database takes it. None is refused: no row equals NULL."""
        if values[self.name] is None:
            raise ValueError(f"{self.name} is None")
        return self.output_field.get_db_prep_value(values[self.name], connection)


class Prepared(Generic[Row]):
    """Called with the values, reads the rows of the query set that `write` makes with a Given
    for each of them. One query.

    `write` is called once: what it looks at besides (the date, the person) would stay for ever.
    """

    def __init__(self, write: Callable[[], "QuerySet[Any, Row]"]) -> None:
        self._write = write
        self._ready: tuple[Any, Any, str, tuple[Any, ...]] | None = None

    def __call__(self, **values: Any) -> list[Row]:
        # Two threads that come first together write the same twice.
        iterable, compiler, sql, parameters = self._ready = self._ready or self._written()
        connection = connections[DEFAULT_DB_ALIAS]
        filled = tuple(
            each.filled(values, connection) if isinstance(each, Given) else each
            for each in parameters
        )
        compiler = copy.copy(compiler)
        compiler.connection = connection  # of this thread
        compiler.as_sql = lambda *args, **kwargs: (sql, filled)
        return list(iterable(_Source(compiler)))

    def _written(self) -> tuple[Any, Any, str, tuple[Any, ...]]:
        query_set: Any = self._write()
        compiler = query_set.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        return query_set._iterable_class, compiler, sql, tuple(parameters)


class _Source:
    """What the code of Django that turns rows into objects asks of a QuerySet and its Query."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: Mapping[Any, Any] = {}

    def __init__(self, compiler: Any) -> None:
        self.query = self
        self._compiler = compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler
