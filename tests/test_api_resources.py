"""The API: who acts, what is shown, what is refused, and acting once."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, effects, import_files
from core.actor import system
from core.models import AuditEntry, Notification, StoredAnswer
from members.models import Member, MemberImport
from orgs.actions import accounts, tokens
from orgs.jobs import clear_answers
from orgs.models import AccessToken, Organization, OrganizationPlacement, RoleGrant
from orgs.models.token import digest
from schedules.rounds.actions import opening, rollups
from schedules.rounds.models import Duty, Plan, Report, ReportAttachment, ReportStep
from tests.access_objects import NOW
from tests.parallel import run_together
from tests.world import PASSWORD, Zone, grant, make_member

PROBLEM = "application/problem+json"


@pytest.fixture
def at_noon() -> Any:
    with clock.at(NOW):
        yield


@pytest.fixture
def month(zone_in_june: Zone, at_noon: Any) -> Zone:
    return zone_in_june


def secret_of(zone: Zone, username: str, *, scope: str = "write", days: int = 30) -> str:
    return tokens.create(
        by=zone.actor(username),
        grant_id=zone.users[username].grants.get().pk,
        name="试用",
        scope=scope,
        days=days,
    ).secret


def caller(secret: str) -> Client:
    return Client(headers={"Authorization": f"Token {secret}"})


def post(client: Client, name: str, body: Any, *args: Any, **headers: str) -> Any:
    return client.post(
        reverse(f"api:{name}", args=args),
        json.dumps(body) if not isinstance(body, bytes) else body,
        content_type="application/json",
        headers=headers,
    )


def report_of(organization: Any) -> Report:
    return Report.objects.get(organization=organization)


def texts(report: Report) -> dict[str, Any]:
    """Something for each item that is written."""
    return {
        item.key: "已办理" if item.kind == "text" else ["已办理一件"]
        for item in report.items.all()
        if item.kind in ("text", "entries")
    }


def submit(client: Client, report: Report, **headers: str) -> Any:
    return post(
        client,
        "report-submit",
        {"items": texts(report)},
        report.pk,
        **{"If-Match": f'"{report.revision}"', **headers},
    )


# --- who acts ---------------------------------------------------------------------------------


def test_name_and_password_give_a_token_that_works(zone: Zone) -> None:
    answer = post(Client(), "token", {"username": "huzhuang1", "password": PASSWORD})
    assert answer.status_code == 200
    secret = answer.json()["token"]
    found = caller(secret).get(reverse("api:organization-list")).json()
    assert [row["id"] for row in found["results"]] == [zone.branch.pk]
    assert not AccessToken.objects.filter(digest=secret).exists()
    assert AuditEntry.objects.filter(verb="orgs.token.created").count() == 1


def test_five_wrong_passwords_lock_the_right_one_out_too(zone: Zone) -> None:
    for _ in range(5):
        answer = post(Client(), "token", {"username": "huzhuang1", "password": "wrong"})
        assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    locked = post(Client(), "token", {"username": "huzhuang1", "password": PASSWORD})
    assert locked.status_code == 401
    assert locked.json() == answer.json()
    assert AuditEntry.objects.filter(verb="orgs.session.refused").count() == 6


def test_administrators_get_no_token(zone: Zone) -> None:
    answer = post(Client(), "token", {"username": "sysadmin", "password": PASSWORD})
    assert answer.status_code == 403
    assert not AccessToken.objects.exists()


def test_token_ends_when_it_is_revoked_expired_or_its_person_shut_out(zone: Zone) -> None:
    url = reverse("api:organization-list")
    revoked, expired, shut = (secret_of(zone, "huzhuang1", days=1) for _ in range(3))
    assert caller(revoked).get(url).status_code == 200
    mine = AccessToken.objects.get(digest=digest(revoked))
    tokens.revoke(by=zone.actor("huzhuang1"), token_id=mine.pk)
    assert caller(revoked).get(url).status_code == 401
    with clock.at(clock.now() + dt.timedelta(days=2)):
        assert caller(expired).get(url).status_code == 401
    assert caller(shut).get(url).status_code == 200
    zone.users["huzhuang1"].is_active = False
    zone.users["huzhuang1"].save()
    answer = caller(shut).get(url)
    assert (answer.status_code, answer["Content-Type"]) == (401, PROBLEM)
    assert answer["WWW-Authenticate"] == "Token"


def test_rights_change_at_the_next_request(zone: Zone) -> None:
    client = caller(secret_of(zone, "dahuangshan"))
    url = reverse("api:member-list")
    assert client.get(url).status_code == 200
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(role="reviewer")
    assert client.get(url).status_code == 404
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(valid_to=clock.today())
    assert client.get(url).status_code == 401


def test_token_acts_in_its_own_grant_only_and_reads_when_made_to_read(zone: Zone) -> None:
    other = grant(zone.users["huzhuang1"], "branch_secretary", zone.branch2)
    first = zone.users["huzhuang1"].grants.exclude(pk=other.pk).get()
    secret = tokens.create(
        by=zone.actor("huzhuang1"), grant_id=first.pk, name="读", scope="read", days=1
    ).secret
    url = reverse("api:organization-list")
    assert caller(secret).get(url, headers={"X-Acting-Grant": str(other.pk)}).status_code == 403
    message = Notification.objects.create(
        user=zone.users["huzhuang1"], key="m", title="催办", created_at=clock.now()
    )
    answer = post(caller(secret), "notification-read", {}, message.pk)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")


def test_browser_chooses_among_its_own_grants(zone: Zone) -> None:
    other = grant(zone.users["huzhuang1"], "branch_secretary", zone.branch2)
    client, url = zone.client("huzhuang1"), reverse("api:organization-list")
    found = client.get(url, headers={"X-Acting-Grant": str(other.pk)}).json()["results"]
    assert [row["id"] for row in found] == [zone.branch2.pk]
    foreign = zone.users["taoyuan1"].grants.get().pk
    assert client.get(url, headers={"X-Acting-Grant": str(foreign)}).status_code == 403
    assert client.get(url, headers={"X-Acting-Grant": "9" * 40}).status_code == 400


def test_browser_needs_the_csrf_token_for_a_post(zone: Zone) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(zone.users["huzhuang1"], backend="orgs.backends.NameOrPhoneBackend")
    answer = post(client, "notification-read", {}, 1)
    assert (answer.status_code, answer["Content-Type"]) == (403, PROBLEM)


def test_foreign_or_ended_grant_makes_no_token(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    foreign = zone.users["taoyuan1"].grants.get().pk
    form = {"name": "x", "scope": "write", "days": "3", "grant": str(foreign)}
    assert client.post(reverse("orgs:token-create"), form).status_code == 422
    form["grant"] = str(zone.users["huzhuang1"].grants.get().pk)
    page = client.post(reverse("orgs:token-create"), form)
    token = AccessToken.objects.get()
    assert token.beginning in page.content.decode()
    assert token.digest not in page.content.decode()
    assert (
        zone.client("taoyuan1").post(reverse("orgs:token-revoke", args=[token.pk])).status_code
        == 404
    )


# --- what is shown ----------------------------------------------------------------------------


def test_neighbours_data_is_in_no_list_detail_or_filter(month: Zone) -> None:
    zone = month
    make_member(zone.branch, "本支部人")
    theirs = make_member(zone.neighbour_branch, "邻居党员")
    client = caller(secret_of(zone, "dahuangshan"))
    lists = ("organization", "member", "duty", "report", "rate", "import")
    for name in (f"{one}-list" for one in lists):
        text = client.get(reverse(f"api:{name}"), {"page_size": 200}).content.decode()
        assert "邻居党员" not in text, name
        assert "桃园" not in text, name
        assert "金山桥" not in text, name
    for name, pk in (
        ("organization-detail", zone.neighbour_branch.pk),
        ("member-detail", theirs.pk),
        ("duty-detail", Duty.objects.get(organization=zone.neighbour_branch).pk),
        ("report-detail", report_of(zone.neighbour_branch).pk),
    ):
        assert client.get(reverse(f"api:{name}", args=[pk])).status_code == 404, name
    pk = zone.neighbour_branch.pk
    for name, field in (
        ("member-list", "organization"),
        ("duty-list", "organization"),
        ("report-list", "organization"),
        ("report-list", "below"),
        ("rate-list", "organization"),
        ("organization-list", "parent"),
    ):
        for wrong in (pk, 987654321):
            assert client.get(reverse(f"api:{name}"), {field: wrong}).status_code == 404, name
    acts: tuple[tuple[str, Any], ...] = (
        *(("save", {"items": {}}), ("submit", {}), ("accept", {}), ("return", {})),
        *(("confirm", {}), ("reopen", {"reasons": {"problems": "补充材料"}})),
    )
    for act, body in acts:
        answer = post(client, f"report-{act}", body, report_of(zone.neighbour_branch).pk)
        assert answer.status_code == 404, act


def test_members_are_masked(zone: Zone) -> None:
    member = make_member(
        zone.branch, "张三", "320305199001011234", phone="13812345678", address="某路一号"
    )
    client = caller(secret_of(zone, "huzhuang1"))
    for url in (reverse("api:member-list"), reverse("api:member-detail", args=[member.pk])):
        text = client.get(url).content.decode()
        assert "张三" in text
        assert "320305199001011234" not in text
        assert "13812345678" not in text
        assert "1234" not in text
        assert "138******78" in text
    assert client.get(reverse("api:member-list"), {"q": "320305199001011234"}).status_code == 400


@pytest.mark.parametrize(
    "name", ["member-list", "organization-list", "duty-list", "report-list", "rate-list"]
)
def test_number_of_queries_does_not_depend_on_rows(month: Zone, name: str) -> None:
    effects.run_due()
    client = caller(secret_of(month, "zone"))
    counts = []
    for size in (1, 3):
        for number in range(3):
            make_member(month.branch, f"党员{size}{number}")
        url = reverse(f"api:{name}")
        client.get(url)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            found = client.get(url, {"page_size": size}).json()["results"]
        assert len(found) == (size if name != "rate-list" else min(size, 2))
        counts.append(len(seen))
    assert counts[0] == counts[1]
    assert counts[0] <= 9


def test_rates_count_what_the_duties_say(month: Zone) -> None:
    report = report_of(month.branch)
    assert submit(caller(secret_of(month, "huzhuang1")), report).status_code == 200
    effects.run_due()
    client = caller(secret_of(month, "dahuangshan"))
    rows = client.get(reverse("api:rate-list"), {"organization": month.general.pk}).json()[
        "results"
    ]
    mine = next(row for row in rows if row["organization"] == month.branch.pk)
    assert {key: mine[key] for key in ("expected", "submitted", "on_time", "late", "accepted")} == {
        "expected": 1,
        "submitted": 1,
        "on_time": 1,
        "late": 0,
        "accepted": 0,
    }
    top = client.get(reverse("api:rate-list")).json()["results"]
    general = next(row for row in top if row["organization"] == month.general.pk)
    assert general["is_subtree"]
    assert general["submitted"] == 1
    assert (
        general["expected"]
        == Duty.objects.filter(organization__path__startswith=month.general.path).count()
    )


def rates(client: Client, **given: Any) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = client.get(reverse("api:rate-list"), given).json()["results"]
    return rows


def test_rates_are_what_the_board_has_counted(month: Zone) -> None:
    effects.run_due()
    client = caller(secret_of(month, "huzhuang"))
    # Sent and returned since: neither the figures nor one's own row know yet.
    Duty.objects.filter(organization=month.general).update(
        submitted_at=NOW, state="returned", returned_count=1
    )
    Duty.objects.filter(organization=month.branch).update(submitted_at=NOW, state="submitted")
    before = rates(client)
    assert [row["is_subtree"] for row in before] == [False, True, True]
    assert [row["submitted"] for row in before] == [0, 0, 0]
    assert {dt.datetime.fromisoformat(row["as_of"]) for row in before} == {NOW}
    assert before[2]["organization"] == month.branch2.pk
    later = NOW + dt.timedelta(minutes=5)
    with clock.at(later):
        rollups.fill(by=system())
    after = rates(client)
    assert [row["submitted"] for row in after] == [1, 1, 0]
    assert after[0]["returned"] == 1
    assert dt.datetime.fromisoformat(after[0]["as_of"]) == later
    # Mended: returned means waiting to be mended now, as on the board.
    Duty.objects.filter(organization=month.general).update(state="submitted")
    rollups.fill(by=system())
    assert rates(client)[0]["returned"] == 0
    Duty.objects.filter(organization=month.general).update(state="waived")
    rollups.fill(by=system())
    assert [row["organization"] for row in rates(client)] == [month.branch.pk, month.branch2.pk]


def test_rates_keep_the_tree_of_the_month_and_name_nobody_outside(month: Zone) -> None:
    """The second branch moves to the neighbour's street after the month is over."""
    effects.run_due()
    path = f"{month.neighbour_street.path}00009"
    Organization.objects.filter(pk=month.branch2.pk).update(
        parent=month.neighbour_street, path=path
    )
    OrganizationPlacement.objects.filter(organization=month.branch2).update(
        valid_to=dt.date(2026, 7, 3)
    )
    OrganizationPlacement.objects.create(
        organization=month.branch2,
        parent=month.neighbour_street,
        path=path,
        name=month.branch2.name,
        kind=month.branch2.kind,
        valid_from=dt.date(2026, 7, 3),
    )
    rows = rates(caller(secret_of(month, "huzhuang")))
    assert [row["organization"] for row in rows] == [month.general.pk, month.branch.pk, None]
    assert (rows[2]["organization_name"], rows[2]["expected"]) == ("", 1)
    theirs = rates(caller(secret_of(month, "jinshanqiao")))
    assert month.branch2.pk not in [row["organization"] for row in theirs]
    # To those who see both streets it has its name.
    zones = rates(caller(secret_of(month, "zone")), organization=month.general.pk)
    assert zones[2]["organization"] == month.branch2.pk
    assert rates(caller(secret_of(month, "zone")), period_from="2026-07") == []


# --- monthly reports --------------------------------------------------------------------------


def test_report_goes_its_whole_way(month: Zone) -> None:
    writer, checker = (caller(secret_of(month, name)) for name in ("huzhuang1", "huzhuang"))
    report = report_of(month.branch)
    read = writer.get(reverse("api:report-detail", args=[report.pk]))
    assert read.json()["may"] == {
        "edit": True,
        "submit": True,
        "check": False,
        "confirm": False,
        "reopen": False,
        "withdraw": False,
    }
    saved = post(
        writer, "report-save", {"items": texts(report)}, report.pk, **{"If-Match": read["ETag"]}
    )
    assert saved.status_code == 200
    assert saved["ETag"] != read["ETag"]
    sent = post(writer, "report-submit", {}, report.pk, **{"If-Match": saved["ETag"]})
    assert sent.json()["state"] == "submitted"
    key = next(iter(texts(report)))
    back = post(
        checker,
        "report-return",
        {"reasons": {key: "请写具体"}},
        report.pk,
        **{"If-Match": sent["ETag"]},
    )
    assert back.json()["state"] == "returned"
    again = post(
        writer,
        "report-submit",
        {"items": {key: "补充了时间地点" if isinstance(texts(report)[key], str) else ["补充"]}},
        report.pk,
        **{"If-Match": back["ETag"]},
    )
    done = post(checker, "report-accept", {}, report.pk, **{"If-Match": again["ETag"]})
    assert done.json()["state"] == "accepted"


def ids_of(client: Client, **given: Any) -> list[int]:
    """Organisations of the reports listed."""
    answer = client.get(reverse("api:report-list"), given)
    assert answer.status_code == 200, answer.content
    return [row["organization"] for row in answer.json()["results"]]


def test_reports_are_listed_by_each_filter(month: Zone) -> None:
    zone, client = month, caller(secret_of(month, "zone"))
    everybody = [
        *(zone.street.pk, zone.general.pk, zone.branch.pk, zone.branch2.pk),
        *(zone.neighbour_street.pk, zone.neighbour_branch.pk),
    ]
    assert ids_of(client) == everybody
    assert ids_of(client, organization=zone.general.pk) == [zone.general.pk]
    below = [zone.general.pk, zone.branch.pk, zone.branch2.pk]
    assert ids_of(client, below=zone.general.pk) == below
    assert ids_of(client, below=zone.general.pk, organization=zone.neighbour_branch.pk) == []
    assert submit(caller(secret_of(zone, "huzhuang1")), report_of(zone.branch)).status_code == 200
    late = Duty.objects.get(organization=zone.neighbour_branch)
    Duty.objects.filter(pk=late.pk).update(submitted_at=late.late_after + dt.timedelta(hours=1))
    assert ids_of(client, state="submitted") == [zone.branch.pk]
    assert ids_of(client, late="true") == [zone.neighbour_branch.pk]
    assert ids_of(client, late="false") == everybody[:-1]
    with clock.at(dt.datetime.fromisoformat("2026-07-27T10:00+08:00")):
        opening.open_period(plan=Plan.objects.get(), period="2026-07", by=system())
        client, again = (caller(secret_of(zone, "zone")) for _ in range(2))
        assert ids_of(client) == everybody * 2
        july = client.get(reverse("api:report-list"), {"page_size": 1}).json()["results"][0]
        assert july["period"] == "2026-07"
        assert ids_of(client, period="2026-06", state="draft") == [
            pk for pk in everybody if pk != zone.branch.pk
        ]
        paged = [pk for page in (1, 2, 3) for pk in ids_of(again, page=page, page_size=5)]
    assert paged == everybody * 2
    for given in ({"state": "open"}, {"period": "2026-13"}, {"late": "perhaps"}, {"plan": "1"}):
        answer = client.get(reverse("api:report-list"), given)
        assert answer.status_code == 400, given


def test_listed_report_is_light_and_leads_to_the_whole(month: Zone) -> None:
    client = caller(secret_of(month, "huzhuang1"))
    assert submit(client, report_of(month.branch)).status_code == 200
    (row,) = client.get(reverse("api:report-list")).json()["results"]
    whole = client.get(reverse("api:report-detail", args=[row["id"]])).json()
    for name in ("duty", "organization_name", "period", "state", "revision", "submitted_by"):
        assert row[name] == whole[name], name
    assert "items" not in row
    assert (row["is_late"], row["due_on"]) == (False, "2026-07-06")


def accepted(month: Zone) -> str:
    """The ETag of the branch's report after the general branch has accepted it."""
    Duty.objects.update(needs_second_look=True)
    submit(caller(secret_of(month, "huzhuang1")), report_of(month.branch))
    report = report_of(month.branch)
    done = post(
        caller(secret_of(month, "huzhuang")),
        "report-accept",
        {},
        report.pk,
        **{"If-Match": f'"{report.revision}"'},
    )
    assert done.json()["state"] == "accepted"
    return str(done["ETag"])


def test_second_look_comes_from_above_the_checker_once(month: Zone) -> None:
    tag, pk = accepted(month), report_of(month.branch).pk
    assert post(caller(secret_of(month, "huzhuang")), "report-confirm", {}, pk).status_code == 404
    client = caller(secret_of(month, "dahuangshan"))
    assert client.get(reverse("api:report-detail", args=[pk])).json()["may"]["confirm"]
    assert post(client, "report-confirm", {}, pk).status_code == 428
    stale = post(client, "report-confirm", {}, pk, **{"If-Match": '"1"'})
    assert stale.status_code == 412
    headers = {"If-Match": tag, "Idempotency-Key": "second"}
    done = post(client, "report-confirm", {}, pk, **headers)
    assert (done.status_code, done.json()["state"]) == (200, "confirmed")
    again = post(client, "report-confirm", {}, pk, **headers)
    assert again["Idempotent-Replayed"] == "true"
    assert ReportStep.objects.filter(report=pk, kind="confirmed").count() == 1
    late = post(client, "report-confirm", {}, pk, **{"If-Match": done["ETag"]})
    assert (late.status_code, late.json()["code"]) == (409, "state")


def test_same_level_gives_no_second_look(month: Zone) -> None:
    submit(caller(secret_of(month, "huzhuang1")), report_of(month.branch))
    client, report = caller(secret_of(month, "dahuangshan")), report_of(month.branch)
    done = post(client, "report-accept", {}, report.pk, **{"If-Match": f'"{report.revision}"'})
    answer = post(client, "report-confirm", {}, report.pk, **{"If-Match": done["ETag"]})
    assert (answer.status_code, answer.json()["code"]) == (403, "same_level")
    assert report_of(month.branch).state == "accepted"


def test_accepted_items_are_opened_again_with_a_reason(month: Zone) -> None:
    tag, report = accepted(month), report_of(month.branch)
    client = caller(secret_of(month, "dahuangshan"))

    def reopen(reasons: Any, tag: str = tag, **headers: str) -> Any:
        return post(
            client,
            "report-reopen",
            {"reasons": reasons},
            report.pk,
            **{"If-Match": tag, **headers},
        )

    for wrong in ({}, {"no_such_item": "补充材料"}, {"problems": "x"}, {"problems": " \u200b "}):
        answer = reopen(wrong)
        assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM), wrong
    body = {"reasons": {"problems": "补充材料"}}
    assert post(client, "report-reopen", body, report.pk).status_code == 428
    assert report_of(month.branch).state == "accepted"
    done = reopen({"problems": "补充\u200b材料"}, **{"Idempotency-Key": "again"})
    assert (done.status_code, done.json()["state"]) == (200, "returned")
    items = {item["key"]: item for item in done.json()["items"]}
    assert (items["problems"]["state"], items["problems"]["return_reason"]) == (
        "returned",
        "补充材料",
    )
    assert items["highlights"]["state"] == "accepted"
    reopen({"problems": "补充\u200b材料"}, **{"Idempotency-Key": "again"})
    assert ReportStep.objects.filter(report=report, kind="reopened").count() == 1
    assert AuditEntry.objects.filter(verb="schedules.report.reopen").count() == 1


def test_nobody_opens_his_own_report_again(month: Zone) -> None:
    report = report_of(month.street)
    Report.objects.filter(pk=report.pk).update(state="accepted")
    body = {"reasons": {"problems": "补充材料"}}
    answer = post(
        caller(secret_of(month, "dahuangshan")),
        "report-reopen",
        body,
        report.pk,
        **{"If-Match": f'"{report.revision}"'},
    )
    assert answer.status_code == 404


# --- files of a report ------------------------------------------------------------------------

PDF = b"%PDF-1.4\n1 0 obj << /Type /Catalog >> endobj\ntrailer <<>>\n%%EOF\n"


@pytest.fixture
def files(month: Zone, settings: Any, tmp_path: Path) -> Zone:
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    return month


def upload(
    client: Client,
    report: Report,
    content: bytes = PDF,
    name: str = "签到表.pdf",
    **headers: str,
) -> Any:
    return client.post(
        reverse("api:attachment-list", args=[report.pk]),
        {"file": SimpleUploadedFile(name, content)},
        headers=headers,
    )


def files_of(client: Client, report: Report) -> list[dict[str, Any]]:
    answer = client.get(reverse("api:attachment-list", args=[report.pk]))
    assert answer.status_code == 200
    rows: list[dict[str, Any]] = answer.json()["results"]
    return rows


def test_file_is_added_once_read_and_taken_away(files: Zone) -> None:
    client, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    first = upload(client, report, **{"Idempotency-Key": "f"})
    assert first.status_code == 201, first.content
    assert first.json()["name"] == "签到表.pdf"
    assert (first.json()["state"], first.json()["scan"]) == ("ready", "unscanned")
    again = upload(client, report, **{"Idempotency-Key": "f"})
    assert again["Idempotent-Replayed"] == "true"
    assert AuditEntry.objects.filter(verb="schedules.attachment.add").count() == 1
    assert upload(client, report, PDF + b"%", **{"Idempotency-Key": "f"}).status_code == 422
    assert upload(client, report, name="另名.pdf").json()["uid"] == first.json()["uid"]
    assert [row["uid"] for row in files_of(client, report)] == [first.json()["uid"]]
    for accept in ("*/*", "application/pdf", "application/json"):
        got = client.get(first["Location"], headers={"Accept": accept})
        assert (got.status_code, got["Content-Type"]) == (200, "application/pdf")
        assert b"".join(got) == PDF
        assert got["Content-Disposition"].startswith("attachment;")
        assert got["Content-Security-Policy"] == "sandbox; default-src 'none'"
    args = (report.pk, first.json()["uid"])
    gone = post(client, "attachment-remove", {}, *args, **{"Idempotency-Key": "r"})
    assert (gone.status_code, gone.content) == (204, b"")
    assert files_of(client, report) == []
    assert client.get(first["Location"]).status_code == 404
    replayed = post(client, "attachment-remove", {}, *args, **{"Idempotency-Key": "r"})
    assert (replayed.status_code, replayed["Idempotent-Replayed"]) == (204, "true")
    assert AuditEntry.objects.filter(verb="schedules.attachment.remove").count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<script>alert(1)</script>"),
        ("a.pdf", b"no pdf"),
        ("a.pdf", b""),
        ("a.pdf", PDF + b"/JavaScript %%EOF"),
        ("a.png", b"\x89PNG"),
        ("a.docx", b"PK nothing"),
    ],
)
def test_upload_passes_the_gate_of_the_page(files: Zone, name: str, content: bytes) -> None:
    client, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    answer = upload(client, report, content, name)
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM), answer.content
    assert answer.json()["errors"][0]["field"] == "file"
    assert not ReportAttachment.objects.exists()


def test_upload_is_one_file_in_a_form(files: Zone) -> None:
    client, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    url = reverse("api:attachment-list", args=[report.pk])
    two = [SimpleUploadedFile(f"{n}.pdf", PDF) for n in range(2)]
    for body in ({"file": two}, {"file": "text"}, {}, {"file": two[0], "name": "b.pdf"}):
        answer = client.post(url, body)
        assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM), body
    broken = client.post(url, b"--x\r\nbroken", content_type="multipart/form-data; boundary=y")
    assert broken.status_code == 400
    assert post(client, "attachment-list", {}, report.pk).status_code == 415
    assert not ReportAttachment.objects.exists()


def test_unsent_files_are_their_writers_and_foreign_ones_nobodys(files: Zone) -> None:
    writer, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    place = upload(writer, report)["Location"]
    uid = ReportAttachment.objects.get().uid
    checker, stranger = (caller(secret_of(files, name)) for name in ("huzhuang", "taoyuan1"))
    assert files_of(checker, report) == []
    assert checker.get(place).status_code == 404
    assert upload(checker, report, PDF + b"%2").status_code == 404
    for client in (stranger, caller(secret_of(files, "huzhuang2"))):
        for name in ("attachment-open", "attachment-list"):
            args = [report.pk, uid] if name == "attachment-open" else [report.pk]
            assert client.get(reverse(f"api:{name}", args=args)).status_code == 404, name
        assert upload(client, report).status_code == 404
        assert post(client, "attachment-remove", {}, report.pk, uid).status_code == 404
    # Its own report in the address, another one's file.
    other = report_of(files.neighbour_branch)
    assert stranger.get(reverse("api:attachment-open", args=[other.pk, uid])).status_code == 404
    assert post(stranger, "attachment-remove", {}, other.pk, uid).status_code == 404
    mine = report_of(files.general)
    assert writer.get(reverse("api:attachment-open", args=[mine.pk, uid])).status_code == 404
    assert submit(writer, report).status_code == 200
    assert [row["uid"] for row in files_of(checker, report)] == [str(uid)]
    assert checker.get(place).status_code == 200
    assert post(checker, "attachment-remove", {}, report.pk, uid).status_code == 404
    # What is sent stands still, for its writers too.
    assert upload(writer, report, PDF + b"%3").status_code == 404
    assert post(writer, "attachment-remove", {}, report.pk, uid).status_code == 404
    assert ReportAttachment.objects.count() == 1


def test_files_that_are_accepted_stand_still_while_other_items_are_mended(files: Zone) -> None:
    writer, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    upload(writer, report)
    sent = submit(writer, report)
    post(
        caller(secret_of(files, "huzhuang")),
        "report-return",
        {"reasons": {"problems": "请写具体"}},
        report.pk,
        **{"If-Match": sent["ETag"]},
    )
    refused = upload(writer, report, PDF + b"%2")
    assert (refused.status_code, refused.json()["code"]) == (409, "state")
    uid = ReportAttachment.objects.get().uid
    assert post(writer, "attachment-remove", {}, report.pk, uid).status_code == 409


def test_file_stays_shut_until_it_is_scanned(files: Zone, settings: Any) -> None:
    settings.CLAMD_URL = "unix:///nowhere/clamd.ctl"
    client, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    place = upload(client, report)["Location"]
    assert files_of(client, report)[0]["scan"] == "scanning"
    shut = client.get(place, headers={"Accept": "application/pdf"})
    assert (shut.status_code, shut["Content-Type"]) == (409, PROBLEM)
    assert shut.json()["code"] == "scanning"
    ReportAttachment.objects.update(scan="infected")
    assert files_of(client, report)[0]["scan"] == "infected"
    assert client.get(place).json()["code"] == "infected"
    ReportAttachment.objects.update(scan="clean")
    assert client.get(place).status_code == 200
    ReportAttachment.objects.update(state="pending")
    assert files_of(client, report)[0]["state"] == "pending"
    assert client.get(place).status_code == 404


def test_number_of_queries_does_not_depend_on_files(files: Zone) -> None:
    client, report = caller(secret_of(files, "huzhuang1")), report_of(files.branch)
    counts = []
    for number in range(3):
        upload(client, report, PDF + b"%" + str(number).encode())
        with CaptureQueriesContext(connection) as seen:
            assert len(files_of(client, report)) == number + 1
        counts.append(len(seen))
    assert counts[0] == counts[2]


def test_stale_etag_changes_nothing(month: Zone) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    body = {"items": texts(report)}
    missing = post(client, "report-save", body, report.pk)
    assert missing.status_code == 428
    first = post(client, "report-save", body, report.pk, **{"If-Match": '"1"'})
    assert first.status_code == 200
    for tag in ('"1"', 'W/"2"', "*", "x", '"99999999999999999999"'):
        late = post(client, "report-save", {"items": {}}, report.pk, **{"If-Match": tag})
        assert (late.status_code, late["Content-Type"]) == (412, PROBLEM), tag
    assert report_of(month.branch).revision == 2


def test_report_that_is_not_ready_says_what_is_missing(month: Zone) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    answer = post(client, "report-submit", {}, report.pk, **{"If-Match": '"1"'})
    assert answer.status_code == 422
    assert answer.json()["errors"]
    assert report_of(month.branch).state == "draft"


# --- acting once ------------------------------------------------------------------------------


def test_same_key_gives_the_same_answer_and_another_body_is_refused(month: Zone) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    first = submit(client, report, **{"Idempotency-Key": "k1"})
    second = submit(client, report, **{"Idempotency-Key": "k1"})
    assert (first.status_code, second.status_code) == (200, 200)
    assert second.json() == first.json()
    assert second["Idempotent-Replayed"] == "true"
    assert second["ETag"] == first["ETag"]
    assert ReportStep.objects.filter(report=report).count() == 1
    other = post(
        client,
        "report-submit",
        {},
        report.pk,
        **{"If-Match": '"1"', "Idempotency-Key": "k1"},
    )
    assert other.status_code == 422
    without = submit(client, report)
    assert without.status_code == 412


def test_refused_act_leaves_its_key_free(month: Zone) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    refused = post(
        client, "report-submit", {}, report.pk, **{"If-Match": '"1"', "Idempotency-Key": "k"}
    )
    assert refused.status_code == 422
    assert not StoredAnswer.objects.exists()
    assert submit(client, report, **{"Idempotency-Key": "k"}).status_code == 200


def test_answers_are_forgotten_after_a_day(month: Zone) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    submit(client, report, **{"Idempotency-Key": "k"})
    clear_answers(NOW)
    assert StoredAnswer.objects.count() == 1
    with clock.at(NOW + dt.timedelta(days=1, seconds=1)):
        clear_answers(NOW)
    assert not StoredAnswer.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_same_key_in_parallel_acts_once(month: Zone) -> None:
    secret, report = secret_of(month, "huzhuang1"), report_of(month.branch)

    def send() -> int:
        with clock.at(NOW):
            return int(submit(caller(secret), report, **{"Idempotency-Key": "p"}).status_code)

    outcomes = run_together([send] * 4)
    assert [one.value for one in outcomes] == [200] * 4, outcomes
    assert ReportStep.objects.filter(report=report).count() == 1
    assert AuditEntry.objects.filter(verb="schedules.report.submit").count() == 1


# --- what is refused --------------------------------------------------------------------------

MALFORMED = {
    "broken": b'{"items": ',
    "empty": b"",
    "list": b"[]",
    "null": b"null",
    "nan": b'{"items": {"a": NaN}}',
    "infinity": b'{"items": {"a": 1e999}}',
    "huge": b'{"items": {"a": 1' + b"0" * 30 + b"}}",
    "huge-text": b'{"items": {"a": 1' + b"0" * 9000 + b"}}",
    "nul": b'{"items": {"a": "x\\u0000"}}',
    "surrogate": b'{"items": {"a": "\\ud800"}}',
    "duplicate": b'{"items": {}, "items": {}}',
    "deep": b'{"items": ' + b"[" * 500 + b"]" * 500 + b"}",
    "very-deep": b"[" * 100_000 + b"]" * 100_000,
    "not-utf8": b'{"items": {"a": "\xff"}}',
    "unknown": b'{"items": {}, "state": "accepted"}',
    "unknown-item": b'{"items": {"no_such_item": "x"}}',
    "number-for-text": b'{"items": 5}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_body_is_a_problem(month: Zone, body: bytes) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    answer = post(client, "report-save", body, report.pk, **{"If-Match": '"1"'})
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM), answer.content
    assert answer.json()["status"] == 400
    assert report_of(month.branch).revision == 1


def test_every_kind_of_refusal_is_a_problem(month: Zone) -> None:
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    detail = reverse("api:report-detail", args=[report.pk])
    answers = {
        404: client.get("/api/v1/nothing/"),
        405: client.delete(detail),
        406: client.get(detail, headers={"Accept": "text/csv"}),
        401: Client().get(detail),
        413: post(client, "report-save", b'{"items": "' + b"x" * 1_100_000 + b'"}', report.pk),
        415: client.post(reverse("api:report-save", args=[report.pk]), {"a": "b"}),
        400: client.get(reverse("api:duty-list"), {"state": "\x00"}),
    }
    for status, answer in answers.items():
        assert (answer.status_code, answer["Content-Type"]) == (status, PROBLEM), status
        assert answer.json()["status"] == status


def test_fault_is_a_problem_without_its_cause(zone: Zone, monkeypatch: Any) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("张三 320305199001011234")

    monkeypatch.setattr("members.api.roster.roster", broken)
    client = caller(secret_of(zone, "zone"))
    client.raise_request_exception = False
    answer = client.get(reverse("api:member-list"))
    assert (answer.status_code, answer["Content-Type"]) == (500, PROBLEM)
    assert "张三" not in answer.content.decode()


def test_upload_is_taken_once_and_shown_to_its_uploader_alone(zone: Zone) -> None:
    client = caller(secret_of(zone, "dahuangshan"))
    url = reverse("api:import-list")

    def send(content: bytes, **headers: str) -> Any:
        file = SimpleUploadedFile("花名册.xlsx", content)
        return client.post(url, {"file": file}, headers=headers)

    assert send(b"no workbook").status_code == 400
    assert client.post(url, {"file": "text"}).status_code == 400
    content = (Path(__file__).parent / "data" / "members.xlsx").read_bytes()
    first = send(content, **{"Idempotency-Key": "u"})
    assert first.status_code == 202, first.content
    second = send(content, **{"Idempotency-Key": "u"})
    assert second.json()["uid"] == first.json()["uid"]
    assert send(b"other", **{"Idempotency-Key": "u"}).status_code == 422
    place = first["Location"]
    assert client.get(place).json()["state"] == "uploaded"
    assert caller(secret_of(zone, "jinshanqiao")).get(place).status_code == 404
    early = post(client, "import-confirm", {}, first.json()["uid"])
    assert (early.status_code, early["Content-Type"]) == (409, PROBLEM)


def test_upload_of_a_roster_is_given_up_by_its_uploader_once(zone: Zone) -> None:
    client = caller(secret_of(zone, "dahuangshan"))
    content = (Path(__file__).parent / "data" / "members.xlsx").read_bytes()
    taken = client.post(
        reverse("api:import-list"), {"file": SimpleUploadedFile("花名册.xlsx", content)}
    )
    uid = taken.json()["uid"]
    batch = MemberImport.objects.get()
    assert import_files.has_source(batch)
    for stranger in ("jinshanqiao", "zone"):
        answer = post(caller(secret_of(zone, stranger)), "import-cancel", {}, uid)
        assert answer.status_code == 404
    headers = {"Idempotency-Key": "c"}
    given_up = post(client, "import-cancel", {}, uid, **headers)
    assert (given_up.status_code, given_up.json()["state"]) == (200, "cancelled")
    assert not import_files.has_source(batch)
    assert post(client, "import-cancel", {}, uid, **headers)["Idempotent-Replayed"] == "true"
    late = post(client, "import-cancel", {}, uid)
    assert (late.status_code, late["Content-Type"]) == (409, PROBLEM)
    assert post(client, "import-confirm", {}, uid).status_code == 409
    assert AuditEntry.objects.filter(verb="members.import.cancel").count() == 1


def test_unknown_repeated_and_absurd_parameters_are_refused(zone: Zone) -> None:
    client = caller(secret_of(zone, "zone"))
    url = reverse("api:member-list")
    for query in (
        "?is_staff=1",
        "?state=normal&state=all",
        "?page=0",
        "?page=1e5",
        f"?page_size={10**30}",
        "?organization=NaN",
        "?age=old",
        "?sort=identity_index",
    ):
        assert client.get(url + query).status_code == 400, query
    assert client.get(f"{url}?page=9999").status_code == 404


def test_too_many_requests_are_a_problem(zone: Zone, settings: Any) -> None:
    settings.API_RATES = {"person": "2/min", "token": "1/min"}
    for alias in caches:  # also what other tests have left in Redis for the same person
        caches[alias].clear()
    client, url = caller(secret_of(zone, "zone")), reverse("api:plan-list")
    answers = [client.get(url) for _ in range(3)]
    cache.clear()
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1]["Content-Type"] == PROBLEM
    assert int(answers[-1]["Retry-After"]) > 0


def test_new_password_due_stops_browser_and_token(zone: Zone) -> None:
    secret, client = secret_of(zone, "huzhuang1"), zone.client("huzhuang1")
    accounts.User.objects.filter(pk=zone.users["huzhuang1"].pk).update(must_change_password=True)
    url = reverse("api:member-list")
    assert caller(secret).get(url).status_code == 401
    assert client.get(url).status_code == 403


# --- the calendar -----------------------------------------------------------------------------


def test_calendar_shows_ones_own_duties_until_its_address_is_renewed(month: Zone) -> None:
    make_member(month.branch, "不应出现")
    first = tokens.renew_calendar(by=month.actor("huzhuang1")).secret
    url = reverse("api:calendar-feed", args=[first])
    answer = Client().get(url)
    text = answer.content.decode().replace("\r\n ", "")
    assert answer["Content-Type"].startswith("text/calendar")
    assert text.count("BEGIN:VEVENT") == 1
    assert "湖庄村第一支部" in text
    assert "20260706" in text
    assert "桃园" not in text
    assert all(len(line.encode()) <= 75 for line in answer.content.decode().split("\r\n"))
    page = month.client("huzhuang1").post(reverse("orgs:token-calendar"))
    assert "/api/v1/calendar/cal_" in page.content.decode()
    gone = Client().get(url)
    assert (gone.status_code, gone["Content-Type"]) == (404, PROBLEM)
    assert not Member.objects.filter(name="不应出现", organization=month.neighbour_branch).exists()


def test_calendar_secret_is_no_token_and_a_token_no_calendar(zone: Zone) -> None:
    calendar_secret = tokens.renew_calendar(by=zone.actor("huzhuang1")).secret
    assert caller(calendar_secret).get(reverse("api:organization-list")).status_code == 401
    secret = secret_of(zone, "huzhuang1")
    assert Client().get(reverse("api:calendar-feed", args=[secret])).status_code == 404


# --- the document -----------------------------------------------------------------------------


def test_document_is_openapi_3_1_and_the_page_shows_each_operation(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    document = client.get(reverse("api:schema")).json()
    assert document["openapi"].startswith("3.1")
    page = client.get(reverse("api:documentation")).content.decode()
    for path in document["paths"]:
        assert path in page
    assert "cdn" not in page.lower()


# --- compressed answers ----------------------------------------------------------------------


def test_revision_can_be_named_by_the_tag_of_either_body(month: Zone) -> None:
    packing = {"Accept-Encoding": "gzip"}
    client, report = caller(secret_of(month, "huzhuang1")), report_of(month.branch)
    address = reverse("api:report-detail", args=[report.pk])
    plain, packed = client.get(address)["ETag"], client.get(address, headers=packing)["ETag"]
    assert packed == plain[:-1] + '-gzip"'  # both strong: weak ones never match
    body = {"items": texts(report)}
    saved = post(client, "report-save", body, report.pk, **{"If-Match": packed, **packing})
    assert saved.status_code == 200
    assert saved["ETag"].endswith('-gzip"')
    stale = post(client, "report-save", body, report.pk, **{"If-Match": packed, **packing})
    assert stale.status_code == 412
