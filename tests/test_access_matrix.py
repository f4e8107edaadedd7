"""Every URL x method x role: what the portal answers is what tests/access_matrix/ says.

One file for each app. A cell is the status that a role gets for an object of 湖庄村第一支部;
roles that a row does not name get 404, and nobody signed in is led to the sign-in page.
`everybody` is everybody signed in, `workers` are they without the three administrators. POSTs
carry no body: 400 and 422 say who is let in; tests/test_acts_succeed.py does each act once. An
address or method that no row names fails, and so does a row that no address needs.

After adding an address: `PRINT_ACCESS_MATRIX=1 pytest tests/test_access_matrix.py -s -k print` prints
the rows as the portal answers now. Look at each before you add it.
"""

import os
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from django.db import connection, transaction
from django.test import Client
from django.urls import resolve, reverse

from core import clock

from .access_objects import NOW, POSTED, arguments, foreign, own, prepare
from .selection import WHOLE
from .urls import Address, addresses
from .world import Zone

FOLDER = Path(__file__).parent / "access_matrix"
COLUMNS = [
    "anonymous",
    "zone",
    "committee",
    "reviewer",
    "dahuangshan",
    "huzhuang",
    "huzhuang1",
    "officer",
    "jinshanqiao",
    "taoyuan1",
    "sysadmin",
    "secadmin",
    "auditor",
]
GROUPS = {"everybody": COLUMNS[1:], "workers": COLUMNS[1:10]}
METHODS = ("GET", "POST")
ADDRESSES = {address.name: address for address in addresses()}
# Addresses whose objects belong to no organisation: there is no neighbour's one to try.
WITHOUT_PLACE = (
    "orgs:user-",
    "orgs:grant-",
    "orgs:administrator-",
    "orgs:job-",
    "orgs:slip-",
    "orgs:organization-import-",
    "orgs:session-end-any",
    "orgs:token-revoke-any",
    "life:meeting-create",
    "life:ledger-",
    "life:study-create",
    "schedules:plan-",
    "schedules:definition-",
    "schedules:calendar-",
    "api:plan-",
    "action_items:alike-",
    "concerns:kind-",  # categories of the whole zone
    "concerns:body-",  # bodies of other matters, told to everybody
    *(
        "themes:theme-detail",
        "themes:theme-paper",
        "api:theme-",
    ),  # that there is one all below are told
    *(
        "sites:programme-",
        "sites:site-apply",
        "sites:site-register",
    ),  # the zone's, told to all below
    "public:page-",  # what anybody reads
    "public:picture-show",
    "brands:copy-create",  # a named brand is told to the whole zone, for anybody to copy
    "weak_cases:criterion-",  # rules of the whole zone
    "themes:finder",  # of the actor's own organisation; the key is that of a registered figure
    "api:calendar-feed",  # whoever knows the address
)
Cell = int | str
Rows = dict[str, dict[str, dict[Cell, str]]]


def read_rows() -> Rows:
    rows: Rows = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, methods in (yaml.safe_load(path.read_text()) or {}).items():
            assert name not in rows, f"{name} is there twice"
            assert name.partition(":")[0] == path.stem, f"{name} belongs in another file"
            rows[name] = methods
    return rows


ROWS = read_rows()


def methods_of(address: Address) -> list[str]:
    marker = address.marker
    return [method for method in METHODS if marker and method in marker.methods]


def expected(cells: dict[Cell, str]) -> dict[str, Cell]:
    """The status of every column: 404 (or the sign-in page) where the row names none."""
    found: dict[str, Cell] = dict.fromkeys(COLUMNS, 404) | {"anonymous": "login"}
    named: set[str] = set()
    for status, columns in cells.items():
        for column in [one for word in columns.split() for one in GROUPS.get(word, [word])]:
            assert column in COLUMNS, f"no such column: {column}"
            assert column not in named, f"{column} is there twice"
            named.add(column)
            found[column] = status
    return found


@contextmanager
def undone() -> Iterator[None]:
    """Whatever happens inside leaves no trace in the database."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Every address is called in a zone whose month is open."""
    return zone_in_june


def browsers(zone: Zone, columns: Iterable[str] = COLUMNS) -> dict[str, Client]:
    """A signed-in browser for each column."""
    found = {one: Client() if one == "anonymous" else zone.client(one) for one in columns}
    for client in found.values():
        client.raise_request_exception = False
    return found


def answer(client: Client, url: str, method: str) -> Cell:
    """The status of one request, or "login" for being led to the sign-in page. The browser
    keeps nothing of it."""
    kept = {key: morsel.value for key, morsel in client.cookies.items()}
    if method == "POST":
        posted = {"csrfmiddlewaretoken": "x", **POSTED.get(resolve(url).view_name, {})}
        response = client.post(url, posted)
    else:
        response = client.generic(method, url)
    client.cookies = SimpleCookie(kept)
    if response.status_code == 302 and response.headers["Location"].startswith("/login/?next="):
        return "login"
    # A form that was sent is kept by the page of signing in.
    if response.status_code == 401 and b'action="/login/"' in response.content:
        return "login"
    return int(response.status_code)


def columns_here(name: str, method: str) -> list[str]:
    """All columns on SQLite; on PostgreSQL, which reads the same conditions, half of them, chosen by the
    names of address and method and so the same in every run. `make test-whole` takes all on both."""
    if WHOLE or connection.vendor == "sqlite":
        return list(COLUMNS)
    chosen = random.Random(f"{name} {method}").sample(list(COLUMNS), -(-len(COLUMNS) // 2))
    return [one for one in COLUMNS if one in chosen]


def observe(
    zone: Zone, name: str, method: str, columns: Iterable[str] = COLUMNS
) -> dict[str, Cell]:
    """What each column gets. Each request starts from the same state."""
    address, cells = ADDRESSES[name], {}
    with clock.at(NOW):
        prepare(name)
        url = reverse(name, kwargs=arguments(name, own(zone)) if address.arguments else {})
        for column, client in browsers(zone, columns).items():
            with undone():
                cells[column] = answer(client, url, method)
    return cells


# --- completeness -----------------------------------------------------------------------------


def test_every_address_and_method_has_a_row_and_every_row_an_address() -> None:
    there = {(name, method) for name, one in ADDRESSES.items() for method in methods_of(one)}
    written = {(name, method) for name, methods in ROWS.items() for method in methods}
    missing, stale = sorted(there - written), sorted(written - there)
    assert not missing, (
        f"{missing}: add rows to tests/access_matrix/<app>.yaml; "
        "PRINT_ACCESS_MATRIX=1 pytest tests/test_access_matrix.py -s -k print shows them"
    )
    assert not stale, f"no address has these any more: {stale}"


# --- the matrix -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "method"),
    [
        (name, method)
        for name, methods in ROWS.items()
        for method in methods
        if name in ADDRESSES and method in methods_of(ADDRESSES[name])
    ],
)
def test_each_role_gets_what_the_matrix_says(zone: Zone, name: str, method: str) -> None:
    wanted = expected(ROWS[name][method])
    found = observe(zone, name, method, columns_here(name, method))
    wrong = {column: (cell, wanted[column]) for column, cell in found.items()}
    assert not {column: pair for column, pair in wrong.items() if pair[0] != pair[1]}, (
        "column: (found, wanted)"
    )


@pytest.mark.parametrize("name", sorted(name for name, one in ADDRESSES.items() if one.arguments))
def test_neighbours_objects_are_not_there(zone: Zone, name: str) -> None:
    """The neighbour's id in an address that is one's own otherwise: 404, and nothing changes."""
    if name.startswith(WITHOUT_PLACE):
        pytest.skip("its objects belong to no organisation")
    with clock.at(NOW):
        url = reverse(name, kwargs=arguments(name, foreign(zone)))
        asking = browsers(zone, ("dahuangshan", "huzhuang", "huzhuang1", "officer"))
        for method in methods_of(ADDRESSES[name]):
            for column, client in asking.items():
                with undone():
                    assert answer(client, url, method) == 404, (method, column)


@pytest.mark.parametrize("name", sorted(name for name, one in ADDRESSES.items() if one.arguments))
def test_ids_that_name_nothing_are_not_there(zone: Zone, name: str) -> None:
    wrong = {
        "pk": 987654321,
        "record": 987654321,
        "position": 987654321,
        "line": 987654321,
        "extension": 987654321,
        "uid": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
        "problem": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
        "digest": "x" * 16,
        "category": "nothing",
        "kind": "nothing",
        "slug": "987654321",
        "cause": "nothing",
        "key": "nothing",
        "ending": "nothing",
        "version": 987654321,
        "file": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    }
    numbers = ("pk", "record", "position", "line", "extension", "user_pk", "year", "version")
    huge = {**wrong, **dict.fromkeys(numbers, 10**30)}
    with clock.at(NOW):
        asking = browsers(zone, ("zone", "dahuangshan", "huzhuang1", "sysadmin", "secadmin"))
        for given in (wrong | {"user_pk": 987654321, "year": 987654321}, huge):
            url = reverse(name, kwargs={key: given[key] for key in ADDRESSES[name].arguments})
            for method in methods_of(ADDRESSES[name]):
                for column, client in asking.items():
                    with undone():
                        assert answer(client, url, method) == 404, (url, method, column)


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_other_methods_are_refused_to_those_who_may(zone: Zone, name: str) -> None:
    """Above all: what POST changes, GET does not."""
    address = ADDRESSES[name]
    assert address.marker is not None
    with clock.at(NOW):
        url = reverse(name, kwargs=arguments(name, own(zone)) if address.arguments else {})
        allowed = [
            column
            for cells in ROWS.get(name, {}).values()
            for column, status in expected(cells).items()
            if status not in (404, "login")
        ]
        asking = browsers(zone, {"anonymous", *allowed[:1], *allowed[-1:]})
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - set(address.marker.methods):
            for column, client in asking.items():
                with undone():
                    refused = answer(client, url, method)
                    led = address.marker.is_act and method == "GET" and refused == 302
                    assert led or refused in (405, 404, "login"), (method, column)


@pytest.mark.once
@pytest.mark.parametrize(
    "name", sorted(name for name, one in ADDRESSES.items() if one.marker and one.marker.is_act)
)
def test_the_address_of_an_act_leads_to_its_page(zone: Zone, name: str) -> None:
    """Whoever reloads it, goes back to it, or signs in there: no 405, and nothing is done."""
    if name.startswith("api:"):
        pytest.skip("programs read no pages")
    with clock.at(NOW):
        prepare(name)
        url = reverse(name, kwargs=arguments(name, own(zone)) if ADDRESSES[name].arguments else {})
        for column, status in expected(ROWS[name]["POST"]).items():
            client = browsers(zone, [column])[column]
            with undone():
                led = client.get(url)
                assert led.status_code == 302, (column, led.status_code)
                target = led.headers["Location"]
                if column == "anonymous":
                    target = parse_qs(urlsplit(target).query)["next"][0]
                    assert (
                        "POST" not in marker_at(target).methods
                        or "GET" in marker_at(target).methods
                    )
                    continue
                if status != 404:
                    page = client.get(target)
                    assert page.status_code in (200, 302), (column, target, page.status_code)


def marker_at(path: str) -> Any:
    from core.guards import marker_of

    return marker_of(resolve(path).func)


def test_administrators_get_no_page_of_work(zone: Zone) -> None:
    """三员: whatever needs a right of a work role is not there for any of the three."""
    from orgs.roles import ADMIN_ROLES

    theirs = {str(right) for role in ADMIN_ROLES.values() for right in role.permissions}
    for name, methods in ROWS.items():
        marker = ADDRESSES[name].marker
        assert marker is not None
        if marker.kind != "needs" or set(marker.permissions) & theirs:
            continue
        for method, cells in methods.items():
            found = expected(cells)
            assert {found[one] for one in ("sysadmin", "secadmin", "auditor")} == {404}, (
                name,
                method,
            )


def _print_rows(zone: Zone) -> None:
    """Rows that are missing (or all, with ALL=1), as the portal answers now."""
    for name, address in sorted(ADDRESSES.items()):
        methods = methods_of(address)
        if os.environ.get("ALL") != "1":
            methods = [one for one in methods if one not in ROWS.get(name, {})]
        if not methods:
            continue
        print(f"{name}:")  # noqa: T201
        for method in methods:
            with undone():
                cells = observe(zone, name, method)
            groups: dict[Any, list[str]] = {}
            for column, status in cells.items():
                if status != ("login" if column == "anonymous" else 404):
                    groups.setdefault(status, []).append(column)
            inner = ", ".join(f"{status}: {' '.join(them)}" for status, them in groups.items())
            print(f"  {method}: {{{inner}}}")  # noqa: T201


@pytest.mark.skipif("PRINT_ACCESS_MATRIX" not in os.environ, reason="a tool, not a test")
def test_print_missing_rows(zone: Zone) -> None:
    _print_rows(zone)
