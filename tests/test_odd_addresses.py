"""Every address with an id answers an impossible one calmly, for whoever may be there."""

import contextlib
import itertools
import uuid

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.urls import addresses
from tests.world import Zone

HUGE = 10**30
WITH_ID = sorted(
    {(address.name, address.arguments) for address in addresses() if address.arguments}
)


@pytest.mark.parametrize(("name", "arguments"), WITH_ID, ids=[name for name, _ in WITH_ID])
@pytest.mark.parametrize("method", ["get", "post", "head"])
def test_impossible_id_is_not_found(
    zone: Zone, name: str, arguments: tuple[str, ...], method: str
) -> None:
    url = _impossible(name, arguments)
    for username in ("zone", "sysadmin", "secadmin", "auditor"):
        client: Client = zone.client(username)
        answer = getattr(client, method)(url)
        assert answer.status_code in (302, 403, 404, 405), (username, url, answer.status_code)
        if answer.status_code == 302:  # a form that only says the thing is gone
            assert answer.url.startswith("/")


def _impossible(name: str, arguments: tuple[str, ...]) -> str:
    """The address with ids of the right kind that nothing has."""
    kinds = (HUGE, uuid.UUID(int=7), "nothing")
    for values in itertools.product(kinds, repeat=len(arguments)):
        with contextlib.suppress(NoReverseMatch):
            return reverse(name, kwargs=dict(zip(arguments, values, strict=True)))
    raise LookupError(name)
