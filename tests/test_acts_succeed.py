"""Each act of the access matrix is seen to succeed, with effect, for at least one role.

The matrix posts next to nothing: where it says 400 or 422 it shows who is let in, not that the
act can be done. Here every POST is sent once as a person would send it: what the forms on the
page hold, with the body of `act_bodies` over it, by the role named there or by the first that
the matrix lets in.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.forms import BaseForm, BaseFormSet
from django.test import Client
from django.urls import reverse

from core import clock
from core.models import AuditEntry

from .access_objects import NOW, Arguments, arguments, own, prepare
from .act_bodies import ACTS, Act
from .audit_words import untold
from .test_access_matrix import ADDRESSES, ROWS, expected
from .world import Zone

# What requests write whatever they are about: when a session was seen.
OF_NO_ACT = "orgs_portalsession"
# Acts whose whole effect is on the session, and which.
ON_THE_SESSION = {"orgs:session-end", "orgs:session-end-any"}


@dataclass
class Rows:
    """Rows written, by table."""

    written: dict[str, int] = field(default_factory=dict)

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        answer = execute(sql, params, many, context)
        first, _, rest = sql.lstrip().partition(" ")
        # Of what returns rows SQLite counts none before they are fetched.
        counted = "RETURNING" in sql or context["cursor"].rowcount != 0
        if first in ("INSERT", "UPDATE", "DELETE") and counted:
            table = rest.split('"')[1]
            self.written[table] = self.written.get(table, 0) + 1
        return answer


@contextmanager
def watched() -> Iterator[Rows]:
    rows = Rows()
    with connection.execute_wrapper(rows):
        yield rows


def held(client: Client, url: str) -> dict[str, Any]:
    """What the forms on the page hold before anybody types, as a browser would send it."""
    found: dict[str, Any] = {}
    for context in client.get(url).context or []:
        for value in context.flatten().values():
            if isinstance(value, BaseForm) and not isinstance(value, BaseFormSet):
                found |= _values(value)
            elif isinstance(value, BaseFormSet):
                for form in (value.management_form, *value.forms):
                    found |= _values(form)
    return found


def _values(form: BaseForm) -> dict[str, Any]:
    values = {bound.html_name: bound.value() for bound in form}
    return present({name: None if value is False else value for name, value in values.items()})


def present(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields that are sent."""
    return {name: value for name, value in fields.items() if value is not None}


def column_of(name: str, act: Act) -> str:
    """Who does it: the role named, or the first that is let in."""
    let_in = [
        column
        for column, status in expected(ROWS[name]["POST"]).items()
        if status not in (404, 401, "login")
    ]
    assert act.column or let_in, "nobody is let in: name a column in tests/act_bodies.py"
    return act.column or let_in[0]


# A form that is tried: what is typed is checked and kept nowhere.
TRIED = {"schedules:definition-try", "schemes:indicator-try", "concerns:filing-query"}


@pytest.mark.parametrize(
    "name", [name for name in ROWS if "POST" in ROWS[name] and name not in TRIED]
)
def test_act_succeeds_with_effect(zone: Zone, name: str) -> None:
    act = ACTS.get(name, Act())
    address, column = ADDRESSES[name], column_of(name, ACTS.get(name, Act()))
    assert address.marker is not None
    with clock.at(NOW):
        prepare(name)
        place = own(zone)
        given: Arguments = arguments(name, place) if address.arguments else {}
        url = reverse(name, kwargs=given)
        body = act.typed(place, given) if act.typed else {}
        client = Client() if column == "anonymous" else zone.client(column)
        headers = {"If-Match": f'"{act.revision_of(given)}"'} if act.revision_of else {}
        page = held(client, url) if "GET" in address.marker.methods and not act.api else {}
        with watched() as rows:
            response = (
                client.post(url, json.dumps(body), "application/json", headers=headers)
                if act.api
                else client.post(url, present(page | body))
            )
            if response.streaming:
                response.getvalue()
    assert 200 <= response.status_code < 400, said(response)
    written = set(rows.written) - (set() if name in ON_THE_SESSION else {OF_NO_ACT})
    assert written, said(response)
    assert not untold(AuditEntry.objects.all()), "name it in the app's verbs.py"


def test_bodies_are_of_acts() -> None:
    assert set(ACTS) <= {name for name in ROWS if "POST" in ROWS[name]}


def said(response: Any) -> str:
    """Why nothing came of it, as far as the answer says so."""
    forms = [
        (value.errors, getattr(value, "non_form_errors", list)())
        for context in response.context or []
        for value in context.flatten().values()
        if isinstance(value, BaseForm | BaseFormSet) and not value.is_valid()
    ]
    messages = [str(one) for one in (response.context or {}).get("messages", [])]
    return f"{response.status_code} {forms} {messages} {response.content[:300].decode(errors='replace')}"
