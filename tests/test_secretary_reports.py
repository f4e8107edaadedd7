"""书记述职: the report of each secretary, its way, and what stands beside its ballot."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.ballots.actions import reports
from assessments.ballots.enums import ReportState
from assessments.ballots.models import SecretaryReport
from assessments.cycles.models import Assessed, Cycle
from core import clock
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry
from core.states import MovedOn, Stale
from orgs.actions import namings
from orgs.models import OfficeHolding
from tests.ballot_world import arranged, ballot_cycle, counted, give
from tests.world import Zone, make_organizations, make_user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 1, 20, 2, tzinfo=dt.UTC)
LIST, ONE = 11, 10  # queries of a page
PARTS = {
    "secretary": "王建军",
    "work": "抓班子。",
    "problems": "到得少。",
    "measures": "每季到一次。",
}


@pytest.fixture(autouse=True)
def in_january() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def begun(zone: Zone, period: str = "2026-H2") -> tuple[Cycle, Assessed]:
    cycle = ballot_cycle(zone, period)
    rows = Assessed.objects.select_related("cycle__organization", "organization")
    return cycle, rows.get(cycle=cycle, organization=zone.street)


def written(zone: Zone, assessed: Assessed, *, sent: bool = True) -> SecretaryReport:
    by = zone.actor("dahuangshan")
    report = reports.save(assessed=assessed, revision=1, by=by, **PARTS)
    if sent:
        report = reports.send(assessed=assessed, revision=report.revision, by=by)
    return SecretaryReport.objects.select_related(
        "assessed__cycle__organization", "assessed__organization"
    ).get(pk=report.pk)


def url_of(name: str, assessed: Assessed, *more: str) -> str:
    return reverse(f"ballots:{name}", args=[assessed.uid, *more])


def test_a_report_is_written_sent_returned_and_sent_again(zone: Zone) -> None:
    _, assessed = begun(zone)
    by, holder = zone.actor("dahuangshan"), zone.actor("zone")
    report = reports.save(
        assessed=assessed, revision=1, by=by, **{**PARTS, "measures": "", "secretary": ""}
    )
    with pytest.raises(DomainError, match="还没有写述职人、努力方向"):
        reports.send(assessed=assessed, revision=report.revision, by=by)
    with pytest.raises(Stale):
        reports.save(assessed=assessed, revision=1, by=by, **PARTS)
    report = reports.save(assessed=assessed, revision=report.revision, by=by, **PARTS)
    same = reports.save(assessed=assessed, revision=1, by=by, **PARTS)  # nothing new, nothing done
    assert same.revision == report.revision
    report = reports.send(assessed=assessed, revision=report.revision, by=by)
    with pytest.raises(MovedOn):
        reports.save(assessed=assessed, revision=9, by=by, **{**PARTS, "work": "改"})
    with pytest.raises(DomainError, match="退回的理由"):
        reports.give_back(report=report, reason="短", revision=report.revision, by=holder)
    report = reports.give_back(
        report=report, reason="问题写得太空", revision=report.revision, by=holder
    )
    assert report.state == ReportState.RETURNED
    report = reports.send(assessed=assessed, revision=report.revision, by=by)
    assert report.return_reason == ""
    report = reports.comment(
        report=report, comment="讲得实，问题找得准。", revision=report.revision, by=holder
    )
    assert report.comment_by_name == holder.name
    verbs = AuditEntry.objects.filter(verb__startswith="ballots.report").values_list(
        "verb", flat=True
    )
    assert [verb.rsplit(".")[-1] for verb in verbs.order_by("pk")] == [
        *("save", "save", "send", "return", "send", "comment")
    ]


def test_only_the_own_organisation_writes_and_only_the_holder_judges(zone: Zone) -> None:
    _, assessed = begun(zone)
    for name in ("zone", "jinshanqiao", "huzhuang", "committee"):
        with pytest.raises(NotAllowed):
            reports.save(assessed=assessed, revision=1, by=zone.actor(name), **PARTS)
    report = written(zone, assessed)
    for name in ("dahuangshan", "jinshanqiao", "committee"):
        with pytest.raises(NotAllowed):
            reports.comment(report=report, comment="好", revision=3, by=zone.actor(name))
        with pytest.raises(NotAllowed):
            reports.give_back(report=report, reason="再写一次", revision=3, by=zone.actor(name))


def test_who_reads_it(zone: Zone) -> None:
    cycle, assessed = begun(zone)
    written(zone, assessed, sent=False)
    page, listed = url_of("report", assessed), reverse("ballots:report-list", args=[cycle.uid])
    said = "每季到一次"

    def reads(name: str) -> tuple[int, bool]:
        response = zone.client(name).get(page)
        return response.status_code, said in response.content.decode()

    # A draft is its writer's alone; others see that there is none yet.
    assert reads("dahuangshan") == (200, True)
    for name in ("zone", "committee"):
        assert reads(name) == (200, False)
    report = SecretaryReport.objects.get()
    reports.send(assessed=assessed, revision=report.revision, by=zone.actor("dahuangshan"))
    for name in ("dahuangshan", "zone", "committee"):
        assert reads(name) == (200, True), name
    for name in ("jinshanqiao", "huzhuang1", "reviewer", "taoyuan1"):
        assert zone.client(name).get(page).status_code == 404, name
        assert zone.client(name).get(listed).status_code == 404, name
    namings.name(
        by=zone.actor("zone"),
        relation="reviews.reviewer",
        organization_id=zone.street.pk,
        username="jinshanqiao",
        first=clock.today(),
        reason="抽调评议",
    )
    assert reads("jinshanqiao") == (200, True)
    text = zone.client("jinshanqiao").get(listed).content.decode()
    assert "王建军" in text
    assert "金山桥街道" not in text.split("<main")[1]


def test_there_is_none_in_a_first_half_year(zone: Zone) -> None:
    cycle, assessed = begun(zone, "2026-H1")
    for name in ("dahuangshan", "zone"):
        assert zone.client(name).get(url_of("report", assessed)).status_code == 404
    url = reverse("ballots:report-list", args=[cycle.uid])
    assert zone.client("zone").get(url).status_code == 404


def test_it_is_written_on_its_page_and_nothing_typed_is_lost(zone: Zone) -> None:
    _, assessed = begun(zone)
    client, edit = zone.client("dahuangshan"), url_of("report-edit", assessed)
    assert 'name="secretary"' in client.get(edit).content.decode()
    # Who is secretary is known, and is not asked once more.
    OfficeHolding.objects.create(organization=zone.street, post="secretary", person_name="康红涛")
    text = client.get(edit).content.decode()
    assert "data-soft-max" in text
    assert 'value="康红涛"' in text
    given = {**PARTS, "revision": "1"}
    assert client.post(edit, given).status_code == 302
    # Another tab, opened before: what it typed stands there beside what is stored.
    response = client.post(edit, {**given, "work": "另一段"})
    assert response.status_code == 409
    text = response.content.decode()
    assert "另一段" in text
    assert "抓班子。" in text
    revision = SecretaryReport.objects.get().revision
    assert f'name="revision" value="{revision}"' in text
    assert client.post(edit, {**given, "work": "长" * 6001}).status_code == 422
    response = client.post(url_of("report-send", assessed))
    assert "报送述职报告" in response.content.decode()
    seen = response.context["question"].seen
    assert (
        client.post(url_of("report-send", assessed), {"agreed": "yes", "seen": seen}).status_code
        == 302
    )
    assert SecretaryReport.objects.get().state == ReportState.SENT


@pytest.mark.parametrize("more", [0, 2])
def test_pages_cost_the_same_with_more_rows(zone: Zone, more: int) -> None:
    streets = [
        {"name": f"街道{n}", "kind": "direct_committee", "organization_class": "street"}
        for n in range(more)
    ]
    if streets:
        make_organizations(zone.root, streets)
    zone.users["zone2"] = make_user("zone2", "zone_staff", zone.root)
    cycle, assessed = begun(zone)
    rows = arranged(cycle, zone.actor("zone"))
    for name in ("zone", "zone2"):
        give(cycle, zone.actor(name), {row.pk: counted(20, 10, 5, 5) for row in rows})
    written(zone, assessed)
    for row in rows[1:]:
        SecretaryReport.objects.create(assessed=row.assessed, state="sent", **PARTS)
    client = zone.client("zone")
    for url, most in (
        (reverse("ballots:report-list", args=[cycle.uid]), LIST),
        (url_of("report", assessed), ONE),
    ):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        assert response.status_code == 200
        assert len(queries) == most, url
    text = client.get(reverse("ballots:report-list", args=[cycle.uid])).content.decode()
    assert text.count("16.50") == len(rows) == 2 + more


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_documents_are_written(zone: Zone, ending: str) -> None:
    cycle, assessed = begun(zone)
    written(zone, assessed)
    starts = b"PK" if ending == "docx" else b"%PDF"
    for name, url in (
        ("zone", reverse("ballots:report-summary", args=[cycle.uid, ending])),
        ("dahuangshan", url_of("report-document", assessed, ending)),
    ):
        response = zone.client(name).get(url)
        assert response.status_code == 200
        assert b"".join(response.streaming_content).startswith(starts)
