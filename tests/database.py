"""The test database of a process, emptied quickly after transactional tests; quicker requests."""

import gc
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import setting_changed
from django.db import connection
from django.test import TransactionTestCase
from django.test.client import ClientHandler
from django.test.utils import setup_databases, teardown_databases

from core import audit

from .templates import alone, keep

POSTGRES_TEMPLATE = "portal_template"
# What migrating fills: stays when a transactional test has ended.
OF_MIGRATIONS = {"django_content_type", "auth_permission", "django_migrations"}


# --- The database of this process -----------------------------------------------------------------
@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """The test database of this process; instead of pytest-django's, which migrates each anew."""
    with alone() as folder, django_db_blocker.unblock():
        template = folder / f"template.{connection.vendor}"
        is_file = connection.vendor == "sqlite"
        if is_file:
            _lay(template, Path(connection.settings_dict["TEST"]["NAME"]))
        elif template.exists():
            connection.settings_dict["TEST"]["TEMPLATE"] = POSTGRES_TEMPLATE
        # An existing file is kept, for it is the copy.
        made = setup_databases(0, interactive=False, keepdb=is_file, serialized_aliases=set())
        if not template.exists():
            _keep_database(template)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


def _lay(template: Path, target: Path) -> None:
    """A copy of the template at `target`, or nothing when there is no template yet."""
    for old in target.parent.glob(f"{target.name}*"):
        old.unlink()
    if template.exists():
        shutil.copy(template, target)


def _keep_database(template: Path) -> None:
    """Makes the template of this process's database, which nobody has used yet."""
    name = connection.settings_dict["NAME"]
    connection.close()  # on SQLite this also empties the journal into the file
    if connection.vendor == "sqlite":
        keep(Path(name), template)
        return
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {POSTGRES_TEMPLATE}")
        cursor.execute(f'CREATE DATABASE {POSTGRES_TEMPLATE} TEMPLATE "{name}"')
    template.touch()


# --- Emptying -------------------------------------------------------------------------------------
def _empty(case: TransactionTestCase) -> None:
    """What Django's flush does after a transactional test, in a tenth of its time: only the tables
    that hold something, by DELETE, and content types and permissions stay.

    The audit table refuses changes, so its guards are lifted meanwhile.
    """
    with connection.cursor() as cursor:
        tables = set(connection.introspection.django_table_names(only_existing=True))
        guarded = connection.vendor == "sqlite" and audit.TABLE in tables
        if guarded:
            audit.remove_guards(connection)
        quote = connection.ops.quote_name
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {quote(table)})"
                for table in sorted(tables - OF_MIGRATIONS)
            )
        )
        filled = [row[0] for row in cursor.fetchall()]
        off, on = _WITHOUT_REFERENCES[connection.vendor]
        cursor.execute(off)
        try:
            for table in filled:
                cursor.execute(f"DELETE FROM {quote(table)}")
        finally:
            cursor.execute(on)
            if guarded:
                audit.install_guards(connection)


# PostgreSQL's replica runs no triggers, neither of foreign keys nor of the audit table.
_WITHOUT_REFERENCES = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON"),
    "postgresql": (
        "SET session_replication_role = replica",
        "SET session_replication_role = DEFAULT",
    ),
}
TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign]


# --- Requests of the test client ------------------------------------------------------------------
_load_middleware = ClientHandler.load_middleware
_loaded: dict[str, Any] = {}


def _load_middleware_once(self: ClientHandler, is_async: bool = False) -> None:
    """Every test client builds the chain of middleware anew, hundreds of times a minute. It is
    the same until a setting changes."""
    if not _loaded:
        _load_middleware(self, is_async)
        _loaded.update(
            {key: value for key, value in vars(self).items() if key.endswith("_middleware")}
        )
        _loaded["_middleware_chain"] = self._middleware_chain
    vars(self).update(_loaded)


def _forget_middleware(**kwargs: Any) -> None:
    _loaded.clear()


ClientHandler.load_middleware = _load_middleware_once  # type: ignore[method-assign]
setting_changed.connect(_forget_middleware)


# --- Rubbish ---------------------------------------------------------------------------------------
def pytest_collection_finish() -> None:
    """What is imported and collected stays until the end: looking through it for rubbish again and
    again costs a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
