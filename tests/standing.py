"""Worlds that many tests begin with, built once in a process instead of once in every test.

A world stands in a transaction that stays open from test to test; pytest-django runs each test in
a savepoint of it. Levels stand on each other: `zone`, and `zone_in_june` on top of it. A test gets its own
copy of the objects, so that it may change them. A test with `transaction=True` finds empty tables
and has its world built for itself.

A fixture for another world: a function registered with `@level("name", on="zone")` that takes the
values below it, and a fixture of the same name that returns `standing.value("name")`.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction

from .selection import is_transactional

Build = Callable[..., Any]


@dataclass(frozen=True)
class Level:
    """How a world is built: on which other one, by what, from that one's value."""

    name: str
    below: str | None
    build: Build


LEVELS: dict[str, Level] = {}


def level(name: str, *, on: str | None = None) -> Callable[[Build], Build]:
    """Registers the function below it as the builder of the world `name`."""

    def register(build: Build) -> Build:
        LEVELS[name] = Level(name, on, build)
        return build

    return register


def _line(name: str) -> list[str]:
    """The worlds down to `name`, the lowest first."""
    below = LEVELS[name].below
    return [*(_line(below) if below else []), name]


def _is_level(item: pytest.Item, name: str) -> bool:
    """Whether the fixture that the test gets is the level's, not one of its own by that name."""
    found = getattr(item, "_fixtureinfo").name2fixturedefs.get(name, ())  # noqa: B009
    return bool(found) and found[-1].baseid in ("", "tests")


def wanted(item: pytest.Item) -> list[str]:
    """The worlds that a test asks for by its fixtures, the lowest first; none that is
    transactional has any."""
    if is_transactional(item):
        return []
    names = [name for name in getattr(item, "fixturenames", ()) if _is_level(item, name)]
    lines = [_line(name) for name in LEVELS if name in names]
    return max(lines, key=len, default=[])


class Standing:
    """The worlds that stand in this process."""

    def __init__(self) -> None:
        self.built: list[tuple[str, Any, transaction.Atomic]] = []
        self.builds = 0

    def reach(self, names: list[str]) -> None:
        """Takes down what the next test does not want, and builds what it wants and is not there."""
        if self.built and (not connection.in_atomic_block or not connection.is_usable()):
            self.built.clear()  # the test before lost the connection, and all with it
            connection.close()
        there = [name for name, _, _ in self.built]
        same = 0
        while same < min(len(there), len(names)) and there[same] == names[same]:
            same += 1
        while len(self.built) > same:
            _, _, atomic = self.built.pop()
            transaction.set_rollback(True)
            atomic.__exit__(None, None, None)
        for name in names[same:]:
            atomic = transaction.atomic()
            atomic.__enter__()
            below = self.built[-1][1] if self.built else None
            build = LEVELS[name].build
            value = build(copy.deepcopy(below)) if LEVELS[name].below else build()
            self.built.append((name, value, atomic))
            self.builds += 1

    def value(self, name: str) -> Any:
        """A copy of what the world `name` is known by; built for this test alone when it does
        not stand."""
        for known, value, _ in self.built:
            if known == name:
                return copy.deepcopy(value)
        found = None
        for one in _line(name):
            found = LEVELS[one].build(found) if LEVELS[one].below else LEVELS[one].build()
        return found


@pytest.fixture(scope="session")
def worlds(django_db_setup: None, django_db_blocker: Any) -> Iterator[Standing]:
    """The worlds of this process, taken down at its end."""
    found = Standing()
    yield found
    with django_db_blocker.unblock():
        found.reach([])


@pytest.fixture
def standing(request: pytest.FixtureRequest, worlds: Standing, django_db_blocker: Any) -> Standing:
    """The worlds, those that this test wants and no other."""
    with django_db_blocker.unblock():
        worlds.reach(wanted(request.node))
    return worlds


@pytest.fixture
def _django_db_helper(standing: Standing, _django_db_helper: None) -> None:
    """pytest-django's way to the database, after the worlds: its savepoint lies in theirs."""
