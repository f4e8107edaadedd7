"""Pytest plugin: a page that asks the database the same question for each row fails its test.

django-zeal watches every request of the test client: the same relation loaded for a second row
from the same line raises NPlusOneError. It costs about a twentieth of the tests' time. What it
cannot see (one aggregate a row, say) the literal query counts of the page tests do.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

# Read again on purpose: an action locks the row before it writes and reads it after.
READ_AGAIN = [
    # What somebody else changed meanwhile is read anew, to be shown beside what was typed.
    {"model": "core.Effect", "field": "get()"},
    {"model": "members.MembershipDecision", "field": "get()"},
    {"model": "orgs.AdministratorProposal", "field": "get()"},
    {"model": "orgs.FullExport", "field": "get()"},
    {"model": "orgs.RoleGrant", "field": "get()"},
    {"model": "orgs.User", "field": "get()"},
    {"model": "schedules.Duty", "field": "get()"},
    # `get_or_create` asks once more when somebody else was the first.
    {"model": "schedules.CalendarDay", "field": "get()"},
    {"model": "schedules.CalendarYear", "field": "get()"},
    {"model": "schedules.Plan", "field": "get()"},
    {"model": "schedules.ReportDefinition", "field": "get()"},
    {"model": "orgs.Organization", "field": "get()"},
    {"model": "schedules.Report", "field": "get()"},
]


@pytest.fixture(scope="session", autouse=True)
def repeats_are_refused() -> Iterator[None]:
    """Puts zeal around the requests of every test client."""
    from zeal import zeal_context
    from zeal.constants import initialize_app_registry
    from zeal.listeners import zeal_ignore
    from zeal.patch import patch

    initialize_app_registry()
    patch()
    original = Client.request

    def request(self: Client, **given: Any) -> Any:
        with zeal_context(), zeal_ignore(READ_AGAIN):
            return original(self, **given)

    Client.request = request  # type: ignore[method-assign]
    yield
    Client.request = original  # type: ignore[method-assign]
