"""Days, months and years that no calendar of ours reaches: every form, address and resource.

What an address reads is not listed: it is seen while the page answers, so that a new parameter is
walked as soon as a page asks for it.
"""

import re
from typing import Any

import pytest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from core import clock

from .access_objects import NOW
from .act_bodies import ACTS
from .hostile import (
    POSTS,
    asked,
    browser,
    for_this_database,
    gets,
    payload,
    person,
    sampled,
    taken,
    url_of,
)
from .test_access_matrix import ADDRESSES, methods_of, undone
from .urls import Address, addresses
from .world import Zone

LONG = "9" * 3_000
BEYOND = "9" * 5_000  # int() itself refuses more than 4,300 digits
DAYS = {
    "last": "9999-12-31",
    "first": "0001-01-01",
    "year of 3,000 digits": f"{LONG}-12-31",
    "3,000 digits": LONG,
    "5,000 digits": BEYOND,
    "negative": "-2026-01-01",
    "last month": "9999-12",
    "month of 3,000 digits": f"{LONG}-12",
    "last year": "9999",
    "first year": "1",
    "no year": "0",
    "year after zeros": "0" * 2_996 + "2026",
    "a good year, then more": "2026" + LONG,
    "zero, a good year, then more": "02026" + LONG,
    "beyond years": "10000",
    "last quarter": "9999-Q4",
    "last half": "9999-H2",
    "a clock as well": "9999-12-31T23:59:59+14:00",
    "before the first": "0001-01-01T00:00:00+14:00",
    "basic writing": "99991231",
    "Chinese writing": "9999年12月31日",
    "superscript": "20²6-01-01",
    "Arabic digits": "٢٠٢٦-٠١-٠١",
}
ALWAYS = ("last", "first", "5,000 digits")
SQLITE_MISREADS = ("last", "first", "last month", "last year", "year of 3,000 digits")
NUMBERS = {
    "0": "0",
    "1": "1",
    "last year": "9999",
    "beyond years": "10000",
    "beyond 32 bits": str(2**31),
    "beyond 64 bits": str(2**63),
    "3,000 digits": LONG,
    "5,000 digits": BEYOND,
}
# A field whose honest example is a day, a month, or a number of days or years.
OF_TIME = re.compile(r"(19|20)\d\d-\d\d(-\d\d)?")
NAMES_OF_TIME = re.compile(
    r"(^|_)(on|first|last|until|from|to|day|days|years|year|period|hour|since|minutes)(_|$)"
)


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Whatever is called, the month is open."""
    return zone_in_june


def days() -> dict[str, str]:
    """The days that this database is tried with."""
    return for_this_database(DAYS, SQLITE_MISREADS)


def is_of_time(field: str, value: Any) -> bool:
    """Whether the field holds a day, a month, a year or a number of them."""
    return (isinstance(value, str) and bool(OF_TIME.fullmatch(value))) or bool(
        NAMES_OF_TIME.search(field)
    )


WITH_DAYS = [
    name for name in sorted(POSTS) if any(is_of_time(key, one) for key, one in POSTS[name].items())
]


@pytest.mark.parametrize("name", WITH_DAYS)
def test_no_day_in_a_form_is_an_error_of_ours(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        wrong = []
        timely = [field for field, value in fields.items() if is_of_time(field, value)]
        for kind, day in days().items():
            with undone():
                answer = client.post(url, {**fields, **dict.fromkeys(timely, day)})
                again = taken(answer, timely)
            if answer.status_code >= 500:
                wrong.append(("all", kind, answer.status_code))
            for field in again:
                if kind not in sampled(days(), name, field, always=ALWAYS):
                    continue
                with undone():
                    status = client.post(url, {**fields, field: day}).status_code
                    if status >= 500:
                        wrong.append((field, kind, status))
        assert not wrong


@pytest.mark.parametrize("name", [one.name for one in gets()])
def test_no_day_in_an_address_is_an_error_of_ours(
    zone: Zone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each name by itself: one that is refused would hide the next."""
    with clock.at(NOW):
        url = url_of(zone, name)
        client = browser(zone, name, "GET")
        wrong = []
        with asked(monkeypatch) as names, undone():
            client.get(url)
        for parameter in sorted(names - {"csrfmiddlewaretoken", "draft"}):
            for kind, day in sampled(days(), name, parameter, always=ALWAYS).items():
                with undone():
                    status = client.get(url, {parameter: day}).status_code
                    if status >= 500 and (parameter, kind) not in wrong:
                        wrong.append((parameter, kind))
        assert not wrong


@pytest.mark.parametrize("name", [name for name in sorted(ACTS) if name.startswith("api:")])
def test_no_day_in_a_body_for_programs_is_an_error_of_ours(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        url = url_of(zone, name)
        client = browser(zone, name)
        wrong = []
        for kind, day in days().items():
            for body in (dict.fromkeys(("on", "period", "day", "until"), day), [day], day):
                with undone():
                    answer = client.post(url, body, content_type="application/json")
                    if answer.status_code >= 500:
                        wrong.append((kind, answer.status_code))
        assert not wrong


def _numbers() -> list[Address]:
    return sorted((one for one in addresses() if one.arguments), key=lambda one: one.name)


@pytest.mark.parametrize("one", _numbers(), ids=lambda one: one.name)
def test_no_number_in_a_path_is_an_error_of_ours(zone: Zone, one: Address) -> None:
    """Years and ids alike: 0, the last year, the first too large, 3,000 and 5,000 digits. What no
    address of ours matches (a number where a key belongs) is not asked for."""
    with clock.at(NOW):
        wrong = []
        clients = [zone.client(who) for who in ("zone", "secadmin")]
        for value in for_this_database(NUMBERS, ("0", "beyond 64 bits", "3,000 digits")).values():
            try:
                url = reverse(one.name, kwargs=dict.fromkeys(one.arguments, 7))
            except NoReverseMatch:
                continue
            url = url.replace("/7/", f"/{value}/").replace("/7.", f"/{value}.")
            try:
                resolve(url)
            except Resolver404:
                continue
            for client in clients:
                client.raise_request_exception = False
                for ask in (client.get, client.post):
                    with undone():
                        status = ask(url).status_code
                        if status >= 500:
                            wrong.append((value[:20], status))
        assert not wrong


def test_every_address_is_walked() -> None:
    assert {one.name for one in gets()} == {
        name for name, one in ADDRESSES.items() if "GET" in methods_of(one)
    }
    assert person("schedules:month-docx")
