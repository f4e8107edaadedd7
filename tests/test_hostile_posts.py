"""Every form, every field, every kind of rubbish: a clear answer, nothing changed that must not."""

import html
from collections import Counter
from typing import Any

import pytest
from django.test import Client

from core import clock, kept
from core.models import AuditEntry

from .access_objects import NOW
from .hostile import (
    ID_FIELDS,
    POSTS,
    SECRET_FIELDS,
    browser,
    for_this_database,
    gets,
    payload,
    person,
    posts,
    powers,
    sampled,
    state_of_all,
    taken,
    url_of,
)
from .test_access_matrix import ADDRESSES, COLUMNS, undone
from .world import Zone

VALUES: dict[str, Any] = {
    "NUL": "甲\x00乙",
    "surrogate": "甲\ufffd乙",  # as a lone surrogate arrives: the decoder replaces it
    "invisible": "\u200b\u200d\ufeff",
    "right to left": "\u202e甲乙\u2066",
    "full-width digits": "２０２６",
    "rare Han": "𠮷𬀩·\ue863",
    "impossible date": "2026-02-30",
    "first date": "0001-01-01",
    "last date": "9999-12-31",
    "huge": "1" + "0" * 30,
    "beyond 64 bits": str(2**63),
    "NaN": "NaN",
    "negative": "-1",
    "empty": "",
    "list": ["甲", "1", "乙"],
    "long": "长" * 5_000,
}
SQLITE_REFUSES = ("NUL", "surrogate", "huge", "beyond 64 bits", "list")
# Elsewhere: what nobody sees in tests/test_edge.py, days in tests/test_hostile_dates.py.
ELSEWHERE = ("invisible", "right to left", "impossible date", "first date", "last date")
IN_FIELDS = {kind: value for kind, value in VALUES.items() if kind not in ELSEWHERE}
ALWAYS = ("NUL", "huge")
EXAMPLES = [name for name in posts() if name in POSTS]
WITH_FIELDS = [name for name in EXAMPLES if POSTS[name]]
# Their files are no workbooks, their reports hold more than these tests write.
REFUSED = {
    "life:import",
    "members:member-import",
    "orgs:organization-import",
    "schemes:import",
    "concerns:import",
    "schedules:report-confirm",  # checked by the same level
    "schedules:definition-edit",  # one row where the form has several
}
FORBIDDEN = {
    "state": "accepted",
    "score": "100",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "must_change_password": "",
    "admin_kind": "security",
    "role": "zone_staff",
    "path": "00001",
    "code": "X",
    "due_on": "2099-01-01",
    "username": "root",
}


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    """Whatever is called, the month is open."""
    return zone_in_june


def test_every_post_has_an_honest_example() -> None:
    assert posts() == sorted(POSTS), "say in tests/hostile.py what honest people post there"


@pytest.mark.parametrize("name", WITH_FIELDS)
def test_honest_example_is_taken(zone: Zone, name: str) -> None:
    """Else the tests below would only show that a refused form is refused."""
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        answer = browser(zone, name).post(url, fields)
        wanted = (400, 422) if name in REFUSED else (200, 302)
        assert answer.status_code in wanted, getattr(answer.context, "get", str)("form")


@pytest.mark.parametrize("name", WITH_FIELDS)
def test_rubbish_in_a_field_is_never_an_error_of_ours(zone: Zone, name: str) -> None:
    values = for_this_database(IN_FIELDS, SQLITE_REFUSES)
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        wrong = []
        for kind, value in values.items():
            with undone():
                answer = client.post(url, dict.fromkeys(fields, value))
                again = taken(answer, fields)
            if answer.status_code >= 500:
                wrong.append(("all", kind, answer.status_code))
            for field in again:
                if kind not in sampled(values, name, field, always=ALWAYS):
                    continue
                with undone():
                    status = client.post(url, {**fields, field: value}).status_code
                if status >= 500:
                    wrong.append((field, kind, status))
        assert not wrong


@pytest.mark.parametrize("name", WITH_FIELDS)
def test_a_megabyte_in_a_field_is_refused_calmly(zone: Zone, name: str) -> None:
    """Django takes 2.5 MB of fields; a longer body is cut off with 400."""
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        with undone():
            everywhere = dict.fromkeys(fields, "a" * 1_000_000)
            assert client.post(url, everywhere).status_code < 500
        longest = next(iter(fields))
        with undone():
            assert client.post(url, {**fields, longest: "a" * 1_000_000}).status_code < 500


@pytest.mark.parametrize("name", EXAMPLES)
def test_fields_nobody_asked_for_change_nothing(zone: Zone, name: str) -> None:
    neighbour = zone.neighbour_branch
    more = {
        **FORBIDDEN,
        "org": neighbour.pk,
        "organization": neighbour.pk,
        "organization_id": neighbour.pk,
        "user": zone.users["taoyuan1"].pk,
        "uploaded_by": zone.users["taoyuan1"].pk,
    }
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        with undone():
            honest = client.post(url, payload(zone, name)).status_code
            wanted = powers()
        with undone():
            extra = {key: value for key, value in more.items() if key not in fields}
            # Anew: an act may have given the first one a session that is undone.
            client = browser(zone, name)
            status = client.post(url, {**payload(zone, name), **extra}).status_code
            assert powers() == wanted
        assert status == honest


@pytest.mark.parametrize(
    ("name", "field"),
    [(name, field) for name in WITH_FIELDS for field in POSTS[name] if field in ID_FIELDS],
)
def test_ids_of_a_neighbour_in_the_body_are_refused(zone: Zone, name: str, field: str) -> None:
    """404 or a refused field, nothing changed, and no word about the neighbour."""
    if name in ("orgs:administrator-propose", "orgs:grant-create"):
        pytest.skip("administrators' acts reach the whole zone")
    foreign: dict[str, list[Any]] = {
        "grant": [zone.users["taoyuan1"].grants.get().pk],
        "user": [zone.users["taoyuan1"].pk],
    }
    ids = foreign.get(field, [zone.neighbour_branch.pk, zone.neighbour_street.pk, 987654321])
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        if person(name) == "zone":  # nobody is foreign to the whole zone
            ids = [987654321, "x", 10**30]
        for wrong in ids:
            with undone():
                before = state_of_all()
                answer = client.post(url, {**fields, field: wrong})
                assert answer.status_code in (400, 404, 422), wrong
                assert state_of_all() == before
                if person(name) == "zone":
                    continue
                assert "桃园" not in answer.content.decode()
                assert "金山桥" not in answer.content.decode()


@pytest.mark.parametrize("name", WITH_FIELDS)
def test_what_was_typed_stays_when_the_form_comes_back(zone: Zone, name: str) -> None:
    with clock.at(NOW):
        url, fields = url_of(zone, name), payload(zone, name)
        client = browser(zone, name)
        for field in fields:
            with undone():
                answer = client.post(url, {**fields, field: "甲" * 3_000})
            # A page without a form of its own: what is shown is the page it was sent from.
            if answer.status_code not in (400, 422) or "GET" not in ADDRESSES[name].marker.methods:  # type: ignore[union-attr]
                continue
            page = html.unescape(answer.content.decode())
            for other, value in fields.items():
                if (
                    other.startswith("item-")
                    or other in (field, *SECRET_FIELDS, *kept.ANSWERS)
                    or not isinstance(value, str)
                ):
                    continue
                if value and not value.isdigit():
                    assert value in page, (field, other)


# What looking leaves behind in the audit trail.
LOOKS = {
    *(
        "orgs.organization.export",
        "schedules.report.export",
        "schedules.burden.export",
        "themes.finder.export",
        "action_items.item.export",
    ),
    *("dispatch.minutes.export", "life.ledger.export", "life.meeting.export"),
    "life.import.template",
    *("schemes.version.sheet", "schemes.import.template"),
    "boards.bulletin.export",
    "boards.sheet.export",
    "boards.summary.export",
    "cycles.score.export",
    "decisions.feedback.export",
    "rectifications.list.export",
    *("ballots.round.export", "ballots.report.export", "ballots.report.summary"),
    "self_assessments.self_assessment.export",
    "themes.theme.export",
    *("sites.site.export", "sites.coverage.export"),
    *("brands.brand.export", "brands.highlight.export"),
    "projects.project.export",
    *("concerns.concern.export", "concerns.practice.export"),
    "orgs.access.refused",
}


@pytest.mark.once
@pytest.mark.parametrize("name", [one.name for one in gets()])
def test_reading_changes_nothing_for_any_role(zone: Zone, name: str) -> None:
    """Every page with every role: not a row of any table, but for sessions and records of looks."""
    with clock.at(NOW):
        url = url_of(zone, name)
        clients = {who: zone.client(who) for who in COLUMNS if who != "anonymous"}
        clients["anonymous"] = Client()
        before, count = state_of_all(), AuditEntry.objects.count()
        seen = Counter()
        with undone():
            for client in clients.values():
                client.raise_request_exception = False
                answer = client.get(url)
                assert answer.status_code < 500
                seen[answer.status_code] += 1
            after = state_of_all()
            verbs = set(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)[count:])
        assert seen[200] or seen[302] or seen[503] or name == "core:metrics", seen
        assert verbs <= LOOKS
        if name != "api:calendar-feed":  # notes when it was fetched
            assert after == before


@pytest.mark.once
@pytest.mark.parametrize("name", sorted(ADDRESSES))
def test_reading_changes_nothing(zone: Zone, name: str) -> None:
    """GET and HEAD of everything, also of what takes POST only."""
    method = "GET" if "GET" in (ADDRESSES[name].marker.methods) else "POST"  # type: ignore[union-attr]
    with clock.at(NOW):
        url = url_of(zone, name)
        client = browser(zone, name, method)
        before = state_of_all()
        with undone():
            for ask in (client.get, client.head):
                answer = ask(url, {"confirm": "1", "state": "accepted", "_method": "POST"})
                assert answer.status_code < 500
            after = state_of_all()
        # The one reads the message: the act is the reading. The other notes when it was fetched.
        if name not in ("core:message-open", "api:calendar-feed"):
            assert after == before
