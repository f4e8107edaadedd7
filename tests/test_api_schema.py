"""Whatever the document allows, and much that it does not: no fault, no undocumented answer."""

from functools import cache
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.drainage import GENERATOR_STATS
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import openapi
from schemathesis.generation import GenerationMode

from core import clock
from core.api import document
from core.models import Notification
from members.models import Member
from orgs.actions import tokens
from schedules.rounds.models import Duty, Plan, Report
from tests.access_objects import (
    NOW,
    Place,
    arguments,
    attachment_of_report,
    branches_of_street,
    feedback,
    given_out,
    life_talk,
    measuring_scheme,
    member_import,
    own,
    own_seat,
    street_card,
    street_cycle,
    street_meeting,
    study_record,
)
from tests.world import Zone, make_member

DOCUMENT = document()
OPERATIONS = sorted(
    (path, method.upper()) for path, methods in DOCUMENT["paths"].items() for method in methods
)


@pytest.fixture(autouse=True)
def kept_connection() -> Any:
    """The application runs inside the test's transaction: it must not close the connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def month(zone_in_june: Zone) -> Any:
    zone = zone_in_june
    with clock.at(NOW):
        make_member(zone.branch)
        Notification.objects.create(
            user=zone.users["dahuangshan"], key="m", title="催办", created_at=NOW
        )
        yield zone


def ids(zone: Zone, path: str) -> dict[str, Any]:
    """Ids that are there, for the resource of `path`; none where there are none."""
    if "/attachments/{uid}" in path:
        made = attachment_of_report(own(zone))
        return {"id": made["pk"], "uid": str(made["uid"])}
    if "/action-items/{id}/" in path:
        return {"id": given_out(own(zone))} | _of_item(own(zone), path)
    if "/talks/{uid}" in path:
        return {"uid": str(life_talk(own(zone))["uid"])}
    if "/study-records/{uid}/" in path:
        return {"uid": str(study_record(own(zone))["uid"])}
    if "/meetings/{uid}/" in path:
        return {"uid": str(arguments("api:life-meeting-detail", own(zone))["uid"])}
    if "/assessments/{uid}/board/" in path:
        return {"uid": str(branches_of_street(own(zone))["uid"])}
    if "/assessments/{uid}/" in path:
        return {"uid": str(street_cycle(own(zone)).uid)}
    if "/schemes/{uid}/" in path:
        return {"uid": str(measuring_scheme(own(zone)).scheme.uid)}
    if "/reviews/" in path:
        seat = own_seat(own(zone))
        return {"uid": str(seat.uid)} if "{uid}" in path else {}
    if "/self-assessments/{uid}/" in path:
        name = "write" if "{key}" in path else "detail"
        made = arguments(
            f"api:self-{'item' if '{key}' in path else 'assessment'}-{name}", own(zone)
        )
        return {key: str(value) for key, value in made.items()}
    if "/projects/{uid}/" in path:
        return {"uid": str(arguments("api:project-detail", own(zone))["uid"])}
    if "/brands/{uid}/" in path:
        return {"uid": str(arguments("api:brand-detail", own(zone))["uid"])}
    if "/concerns/{uid}/" in path:
        return {"uid": str(arguments("api:concern-detail", own(zone))["uid"])}
    if "/themes/{uid}/" in path:
        return {"uid": str(arguments("api:theme-detail", own(zone))["uid"])}
    if "/demonstration-sites/{uid}/" in path:
        return {"uid": str(arguments("api:site-detail", own(zone))["uid"])}
    if "/publications/{uid}/" in path:
        return {"uid": str(arguments("api:publication-detail", own(zone))["uid"])}
    if "{uid}" in path:
        return {"uid": str(member_import(own(zone))["uid"])}
    if "/dispatch-meetings/{id}/cards/" in path:
        card = street_card(own(zone))
        return {"id": card.meeting_id, "record": card.pk}
    if "/dispatch-meetings/{id}/" in path:
        return {"id": street_meeting(own(zone), "called").pk}
    rows: dict[str, Any] = {
        "organizations": zone.branch,
        "members": Member.objects.first(),
        "plans": Plan.objects.first(),
        "duties": Duty.objects.get(organization=zone.branch),
        "monthly-reports": Report.objects.get(organization=zone.branch),
        "notifications": Notification.objects.first(),
    }
    if "/feedback/{id}/" in path:
        return {"id": feedback(own(zone))["pk"]}
    row = rows.get(path.split("/")[3])
    return {"id": row.pk} if row else {}


def _of_item(place: Place, path: str) -> dict[str, Any]:
    """A line or a wish for more time, with the item that it is of."""
    made: dict[str, Any] = {}
    if "{line}" in path:
        made = arguments("api:line-report", place)
    elif "{extension}" in path:
        made = arguments("api:extension-grant", place)
    return {"id" if key == "pk" else key: value for key, value in made.items()}


def caller(path: str) -> str:
    """Who may do the most there: the writer at a report that is written, else the street."""
    acts = ("save", "submit", "attachments", "remove")
    is_writing = "monthly-reports/{id}/" in path and any(f"/{act}/" in path for act in acts)
    own_words = is_writing or "/feedback/" in path or "/self-assessments/" in path
    return "huzhuang1" if own_words else "dahuangshan"


@cache
def read_document() -> Any:
    """The document as schemathesis reads it, with the application that it describes."""
    schema = openapi.from_dict(DOCUMENT)
    schema.app = get_wsgi_application()
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schema


def test_document_was_made_without_a_doubt() -> None:
    """No warning of the generator: two bodies of one name would be described by one of them."""
    assert DOCUMENT
    assert not GENERATOR_STATS, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_no_fault_and_no_undocumented_answer(month: Zone, path: str, method: str) -> None:
    secret = tokens.create(
        by=month.actor(caller(path)),
        grant_id=month.users[caller(path)].grants.get().pk,
        name="试用",
        scope="write",
        days=1,
    ).secret
    answers: list[int] = []
    real = ids(month, path)

    @settings(
        max_examples=15,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def attempt(case: Any) -> None:
        if real and len(answers) % 3:
            case.path_parameters = real
        response = case.call(headers={"Authorization": f"Token {secret}"})
        answers.append(response.status_code)
        assert response.status_code < 500, (case.as_curl_command(), response.text)
        documented = case.operation.definition.raw["responses"]
        assert str(response.status_code) in documented, (response.status_code, response.text)
        if response.status_code >= 400:
            assert response.headers["content-type"] == ["application/problem+json"]

    given(case=read_document()[path][method].as_strategy())(attempt)()
    assert answers
    if method == "GET":
        assert 200 in answers
