"""Which tests belong where, and in which order: seen from what they use, never from a list.

`database`: touches the database, so it runs on both, unless it is marked `once`: then it needs rows,
but nothing of it is decided by a database. `processes`: its module starts servers or processes. What
has neither runs once, in the SQLite part.
"""

import os

import pytest

WHOLE = os.environ.get("SWEEPS") == "whole"
"""`make test-whole`: sweeps take every value and every role everywhere, not a choice of them."""


def is_transactional(item: pytest.Item) -> bool:
    """Whether the test commits, and finds empty tables."""
    marker = item.get_closest_marker("django_db")
    names = getattr(item, "fixturenames", ())
    return "transactional_db" in names or bool(marker and marker.kwargs.get("transaction"))


def uses_database(item: pytest.Item) -> bool:
    """Whether it may ask the test database at all; pytest-django refuses it to others."""
    names = getattr(item, "fixturenames", ())
    return bool(item.get_closest_marker("django_db")) or "db" in names or is_transactional(item)


def starts_processes(item: pytest.Item) -> bool:
    """Whether the module can: it imports what does."""
    known = vars(getattr(item, "module", object)).keys()
    return not known.isdisjoint({"servers", "subprocess", "multiprocessing", "start_worker"})


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the tests before `-m` chooses among them."""
    for item in items:
        if uses_database(item) and not item.get_closest_marker("once"):
            item.add_marker("database")
        if starts_processes(item):
            item.add_marker("processes")


class Order:
    """Puts tests that begin in the same world behind each other, transactional ones at the end:
    pytest-django has sorted them so far, and this sorting keeps its order."""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from .standing import wanted

        def place(item: pytest.Item) -> tuple[int, list[str]]:
            if not uses_database(item):
                return 2, []
            return int(is_transactional(item)), wanted(item)

        items.sort(key=place)


def pytest_configure(config: pytest.Config) -> None:
    """Sorting is a plugin of its own, for it comes last where the marking comes first."""
    config.pluginmanager.register(Order())
