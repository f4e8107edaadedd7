"""Rules of the house that no reviewer has to remember: these tests look for what breaks them.

The rules themselves, and the lists of what is excused with its reason, are in `tests/guards/`.
`tests/test_throw_away_app.py` shows that each of them refuses what it is there for.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.db import connection
from zeal.errors import NPlusOneError

from core.actor import Actor
from orgs.models import Organization
from orgs.queries import organizations

from .guards import GUARDS, Guard, House, open_house
from .guards.acts import names_of_verbs, public_functions, tasks_of
from .world import Zone

ROOT = Path(__file__).resolve().parent.parent
README = [ROOT / "README.md", ROOT / "README.zh.md"]


@pytest.fixture(scope="module")
def house() -> House:
    return open_house(ROOT)


@pytest.mark.parametrize("guard", GUARDS.values(), ids=list(GUARDS))
def test_the_house_keeps_its_rules(house: House, guard: Guard) -> None:
    problems = guard.problems(house)
    assert not problems, f"{guard.advice}:\n" + "\n".join(problems)
    assert not guard.stale(), "entries in tests/guards that excuse nothing any more"


def test_the_guards_see_the_house(house: House) -> None:
    """A guard that finds no subject would find nothing wrong either."""
    assert {"core", "orgs", "members", "schedules"} <= house.labels
    assert len(house.addresses) > 100
    assert len(house.modules) > 200
    assert len(house.models) > 30
    assert len(house.templates) > 80
    assert len(list(public_functions(house))) > 60
    assert len(tasks_of(house)) > 1
    assert len(names_of_verbs()) > 50


def test_each_journey_has_a_committee_of_its_own() -> None:
    """Journeys that two processes share between them meet on one portal: two schemes of one committee, year
    and name refuse each other, and only when both happen to run in the same process."""
    committees: dict[str, list[str]] = {}
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        text = path.read_text()
        if "live_portal" in text and "published(" in text:
            for name in re.findall(r'get\(short_name="([^"]+)"\)', text):
                committees.setdefault(name, []).append(path.name)
    assert len(committees) >= 5
    assert {name: who for name, who in committees.items() if len(who) > 1} == {}


# --- the database -----------------------------------------------------------------------------


def test_migrations_are_complete(db: None) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_audit_table_guards_itself_after_migrate(db: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger")
        names = {row[0] for row in cursor.fetchall()}
    wanted = (
        {"core_auditentry_no_update", "core_auditentry_no_delete"}
        if connection.vendor == "sqlite"
        else {"core_auditentry_no_change"}
    )
    assert wanted <= names
    assert {"orgs_grant_exclusive", "orgs_administrator_exclusive"} <= names


def test_scheduled_tasks_exist(house: House) -> None:
    from config import celery_app

    named = {entry["task"] for entry in celery_app.conf.beat_schedule.values()}
    assert named
    assert named <= {task.name for task in tasks_of(house)}


# --- documents --------------------------------------------------------------------------------


def test_permissions_document_is_up_to_date() -> None:
    call_command("write_permissions", check=True, verbosity=0)


def test_every_guard_is_named_in_adding() -> None:
    named = set(re.findall(r"`(\w+)`", (ROOT / "docs/adding.md").read_text()))
    assert not set(GUARDS) - named, "say in docs/adding.md when it complains"
    tests = {name for name in named if name.startswith("test_")}
    written = "".join(path.read_text() for path in (ROOT / "tests").glob("test_*.py"))
    assert not {name for name in tests if f"def {name}(" not in written}


@pytest.mark.parametrize("path", README, ids=lambda path: path.name)
def test_commands_of_the_readme_exist(path: Path) -> None:
    text = path.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"\bmake ([a-z][a-z-]+)", text))
    assert {"run", "test"} <= named
    assert named <= targets, f"no such make target: {named - targets}"
    commands = set(re.findall(r"manage\.py ([a-z_]+)", text))
    assert commands <= set(get_commands()), f"no such command: {commands - set(get_commands())}"
    linked = re.findall(r"\]\((?!https?:|#)([^)#]+)", text)
    assert not [link for link in linked if not (ROOT / link).exists()]


# --- queries ----------------------------------------------------------------------------------


def test_a_page_that_asks_for_each_row_is_refused(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plugin `tests.repeats` is at work: a list that loads each row's superior by itself."""

    def asking(actor: Actor, top: int | None) -> list[Any]:
        return [row.parent for row in Organization.objects.filter(depth=2)]

    monkeypatch.setattr(organizations, "level", asking)
    with pytest.raises(NPlusOneError, match=r"orgs\.Organization\.parent"):
        zone.client("zone").get("/organizations/")
