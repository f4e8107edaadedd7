"""未报名单: who is on it, what the chat group is told, and who sees whose telephone."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.http import int_to_base36
from openpyxl import load_workbook

from core import clock
from core.actor import system
from core.errors import NotAllowed
from core.models import AuditEntry
from orgs.enums import OrganizationKind as K
from orgs.enums import Post
from orgs.models import OfficeHolding, Organization
from orgs.queries.rosters import sealed_phone
from schedules.rounds.actions import contacts, opening, phases, rollups
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, Rollup
from schedules.rounds.models.vocabulary import Counted
from schedules.rounds.queries.missing import missing_list
from tests.access_objects import NOW
from tests.parallel import run_together
from tests.world import Zone, build_zone, make_member, make_organization

PERIOD = "2026-06"
LIST = "/reports/missing/"
AFTER = NOW + dt.timedelta(days=3)
REASON = {"reason": "电话催报月报"}
NEIGHBOUR = "10055556666"


def hold(organization: Organization, name: str) -> None:
    OfficeHolding.objects.create(
        organization=organization,
        post=Post.SECRETARY,
        person_name=name,
        started_on=dt.date(2025, 1, 1),
    )


def contact(organization: Organization, name: str, phone: str) -> None:
    organization.contact_name = name
    organization.contact_phone_sealed = sealed_phone(organization, phone)
    organization.save()


@pytest.fixture
def june(zone: Zone) -> Any:
    """Three days past the day, nobody but the second branch has sent; one branch has its number in
    its own entry, one in the register, the neighbour too."""
    plan = opening.install_defaults(by=system())
    Plan.objects.filter(pk=plan.pk).update(starts_on=dt.date(2026, 1, 1))
    with clock.at(NOW):
        opening.open_period(plan=Plan.objects.get(), period=PERIOD, by=system())
    Duty.objects.filter(organization=zone.branch2).update(
        state=DutyState.SUBMITTED, submitted_at=NOW
    )
    for one, name in (
        (zone.branch, "蔡航国"),
        (zone.general, "潘榕轮"),
        (zone.neighbour_branch, "邻居书记"),
    ):
        hold(one, name)
    contact(zone.branch, "蔡航国", "10011112222")
    make_member(zone.branch2, "潘榕轮", phone="10033334444")
    contact(zone.neighbour_branch, "邻居书记", NEIGHBOUR)
    with clock.at(AFTER):
        phases.pass_moments(by=system())
        rollups.refresh_all()
        yield Plan.objects.get()


def asked(node: Organization, **more: Any) -> str:
    query = "&".join(f"{key}={value}" for key, value in more.items())
    return f"{LIST}?organization={node.pk}&period={PERIOD}" + (f"&{query}" if query else "")


def names(page: Any) -> list[str]:
    return [str(row["organization"]) for row in page.context["rows"]]


def test_list_has_as_many_as_the_board_says_with_committee_and_secretary(
    zone: Zone, june: Plan
) -> None:
    page = zone.client("zone").get(asked(zone.root))
    figures = Rollup.objects.get(organization=zone.root, period=PERIOD)
    assert len(names(page)) == figures.missing == 5
    found = {str(row["organization"]): row for row in page.context["rows"]}
    assert "湖庄村第二支部" not in found
    assert str(found["湖庄村第一支部"]["committee"]) == "大黄山街道"
    assert found["湖庄村第一支部"]["secretary"] == "蔡航国"
    assert found["大黄山街道"]["secretary"] == ""
    assert "空缺" in page.content.decode()
    # From the board, the matrix and the rows behind the figure one comes here.
    for address in ("/board/", "/reports/"):
        assert "/reports/missing/?" in zone.client("zone").get(address).content.decode()
    rows = zone.client("zone").get(
        "/board/rows/",
        {"organization": zone.root.pk, "period": PERIOD, "show": "missing"},
        follow=True,
    )
    assert rows.context["missing_url"].startswith("/reports/missing/?")


def test_committee_is_a_way_only_for_who_may_go_there(zone: Zone, june: Plan) -> None:
    for username, node, leads in (("zone", zone.root, True), ("huzhuang", zone.general, False)):
        client = zone.client(username)
        rows = client.get(asked(node)).context["rows"]
        assert {str(row["committee"]) for row in rows} >= {"大黄山街道"}
        for row in rows:
            assert bool(row["committee_url"]) == leads
            if leads:
                assert client.get(f"{LIST}{row['committee_url']}").status_code == 200


def test_text_is_by_committee_and_names_no_person(zone: Zone, june: Plan) -> None:
    text = zone.client("zone").get(asked(zone.root)).context["text"]
    lines = text.splitlines()
    assert lines[0].startswith("【2026年6月月报】截至7月9日")
    assert lines[0].endswith("未报 5 个党组织：")
    assert "大黄山街道（3）：本级、湖庄村党总支、湖庄村第一支部" in lines
    assert lines[-1] == "请尽快报送，刚报送的请忽略。"
    for person in ("蔡航国", "潘榕轮", "邻居书记", "1001", "1005"):
        assert person not in text


@pytest.mark.parametrize("by_script", [False, True])
def test_whoever_is_unticked_is_left_out_and_the_count_follows(
    zone: Zone, june: Plan, by_script: bool
) -> None:
    client = zone.client("zone")
    page = client.get(asked(zone.root))
    kept = [
        row["mark"] for row in page.context["rows"] if row["organization"].pk != zone.general.pk
    ]
    ticked = f"{asked(zone.root, show='missing')}&ticked=1&" + "&".join(f"i={m}" for m in kept)
    headers = {"HX-Request": "true"} if by_script else {}
    answer = client.get(ticked, headers=headers)
    short = f"{asked(zone.root, show='missing')}&out={int_to_base36(zone.general.pk)}"
    if by_script:
        assert answer["HX-Replace-Url"] == short
        assert "<html" not in answer.content.decode()
    else:
        assert answer["Location"] == short
    text = client.get(short)
    assert "湖庄村党总支" not in text.context["text"]
    assert "未报 4 个党组织" in text.context["text"]
    assert (text.context["count"], text.context["left_out"]) == (4, 1)
    # Who is left out stays on the list, to be ticked again.
    assert "湖庄村党总支" in names(text)


def test_nobody_ticked_is_said_and_strange_marks_change_nothing(zone: Zone, june: Plan) -> None:
    client = zone.client("zone")
    nobody = client.get(f"{asked(zone.root, show='missing')}&ticked=1")
    assert nobody.status_code == 200
    assert "没有未报的党组织" in nobody.context["text"]
    for marks in ("out=zzzz", "out=..x", "out=" + "9" * 300, "i=1"):
        assert len(client.get(f"{asked(zone.root)}&{marks}").context["text"].splitlines()) == 4
    assert client.get(f"{asked(zone.root)}&show=accepted").status_code == 404


def test_list_shown_first_is_what_there_is(zone: Zone, june: Plan) -> None:
    Duty.objects.filter(organization=zone.branch2).update(
        state=DutyState.RETURNED, returned_count=1
    )
    Duty.objects.exclude(organization=zone.branch2).update(
        state=DutyState.ACCEPTED, submitted_at=NOW
    )
    rollups.mark(
        plan_id=june.pk,
        period=PERIOD,
        organization_ids=list(Organization.objects.values_list("pk", flat=True)),
    )
    rollups.refresh_all()
    page = zone.client("zone").get(asked(zone.root))
    assert names(page) == ["湖庄村第二支部"]
    assert "请按退回意见尽快补齐" in page.context["text"]
    assert names(zone.client("zone").get(asked(zone.root, show="missing"))) == []


# --- telephones ------------------------------------------------------------------------------


def test_telephones_are_shown_once_with_a_reason_and_written_down(zone: Zone, june: Plan) -> None:
    client = zone.client("dahuangshan")
    before = client.get(asked(zone.street)).content.decode()
    for number in ("10011112222", "10033334444", NEIGHBOUR):
        assert number not in before
    page = client.post(asked(zone.street), REASON)
    text = page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "10011112222" in text, "the organisation's own entry"
    assert "10033334444" in text, "the register of members below it"
    assert NEIGHBOUR not in text
    entry = AuditEntry.objects.get(verb=contacts.VERB)
    assert entry.object_label == "大黄山街道 2026年6月月报未报名单"
    assert entry.note == REASON["reason"]
    assert entry.changes == {"organizations": [None, 3], "phones": [None, 2]}
    assert "1001" not in str(entry.changes)
    after = client.get(asked(zone.street)).content.decode()
    assert "10011112222" not in after


def test_only_those_ticked_are_looked_at(zone: Zone, june: Plan) -> None:
    out = int_to_base36(zone.branch.pk)
    page = zone.client("dahuangshan").post(asked(zone.street, out=out), REASON)
    assert "10011112222" not in page.content.decode()
    assert AuditEntry.objects.get(verb=contacts.VERB).changes["organizations"] == [None, 2]


@pytest.mark.parametrize(
    ("username", "status"),
    [
        ("zone", 200),
        ("dahuangshan", 404),  # another street's list
        ("jinshanqiao", 200),
        ("committee", 404),  # reads, and calls nobody
        ("reviewer", 404),
        ("taoyuan1", 404),
        ("huzhuang", 404),
    ],
)
def test_telephones_of_a_committee_are_for_who_reminds_there(
    zone: Zone, june: Plan, username: str, status: int
) -> None:
    page = zone.client(username).post(asked(zone.neighbour_street), REASON)
    assert page.status_code == status
    assert (NEIGHBOUR in page.content.decode()) == (status == 200)
    assert AuditEntry.objects.filter(verb=contacts.VERB).count() == (status == 200)


def test_one_that_has_moved_away_shows_neither_name_nor_number(zone: Zone, june: Plan) -> None:
    """Counted here at the period's end, it belongs to the neighbour now."""
    path = f"{zone.neighbour_street.path}00077"
    Organization.objects.filter(pk=zone.branch.pk).update(parent=zone.neighbour_street, path=path)
    page = zone.client("dahuangshan").post(asked(zone.street), REASON)
    text = page.content.decode()
    assert page.status_code == 200
    assert "10011112222" not in text
    assert "湖庄村第一支部" not in text
    assert "另有 1 项属于已划出的组织" in text


def test_namesake_elsewhere_is_not_taken_for_the_secretary(zone: Zone, june: Plan) -> None:
    make_member(zone.neighbour_branch, "蔡航国", phone="10077778888")
    contact(zone.branch, "内勤小王", "10099990000")
    page = zone.client("zone").post(asked(zone.street), REASON).content.decode()
    assert "10077778888" not in page
    assert "10099990000" in page, "the contact, said to be that"
    assert "内勤小王" in page
    # Two of the name below: neither.
    make_member(zone.branch2, "潘榕轮", phone="10012121212")
    page = zone.client("zone").post(asked(zone.street), REASON).content.decode()
    assert "10033334444" not in page
    assert "10012121212" not in page


def test_deputy_takes_no_list_of_numbers(zone: Zone, june: Plan) -> None:
    deputy = replace(zone.actor("dahuangshan"), principal_id=zone.users["zone"].pk)
    with pytest.raises(NotAllowed):
        look(zone, june, by=deputy)


def look(zone: Zone, plan: Plan, **more: Any) -> Any:
    usual: dict[str, Any] = {
        "plan": plan,
        "node": zone.street,
        "period": PERIOD,
        "shown": Counted.MISSING,
        "left_out": (),
        "by": zone.actor("dahuangshan"),
        **REASON,
    }
    return contacts.look_at_phones(**(usual | more))


def test_lists_of_an_hour_are_counted_and_long_ones_refused(
    zone: Zone, june: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = zone.client("dahuangshan")
    for _ in range(contacts.HOURLY_CAP):
        assert client.post(asked(zone.street), REASON).status_code == 200
    refused = client.post(asked(zone.street), REASON)
    assert refused.status_code == 429
    assert "一小时内最多查看 5 份名单" in refused.content.decode()
    assert "10011112222" not in refused.content.decode()
    with clock.at(AFTER + dt.timedelta(minutes=61)):
        client = zone.client("dahuangshan")
        assert client.post(asked(zone.street), REASON).status_code == 200
    monkeypatch.setattr(contacts, "LONGEST", 2)
    long = zone.client("zone").post(asked(zone.root), REASON)
    assert long.status_code == 422
    assert "一次最多查看 2 个的电话" in long.content.decode()


def test_parallel_looks_cannot_pass_the_cap(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contacts, "HOURLY_CAP", 3)
    zone = build_zone()
    plan = opening.install_defaults(by=system())
    Plan.objects.filter(pk=plan.pk).update(starts_on=dt.date(2026, 1, 1))
    plan.refresh_from_db()
    opening.open_period(plan=plan, period=PERIOD, by=system())
    rollups.refresh_all()
    contact(zone.branch, "蔡航国", "10011112222")
    outcomes = run_together([lambda: look(zone, plan, shown=Counted.UNSENT) for _ in range(8)])
    assert sum(bool(outcome.value) for outcome in outcomes) == 3
    assert AuditEntry.objects.filter(verb=contacts.VERB).count() == 3


@pytest.mark.parametrize("reason", ["", "催报", "   催 报   ", "电" * 201])
def test_reason_that_is_none_shows_nothing_and_stays(zone: Zone, june: Plan, reason: str) -> None:
    page = zone.client("dahuangshan").post(asked(zone.street), {"reason": reason})
    assert page.status_code == 422
    assert "10011112222" not in page.content.decode()
    assert page.context["form"]["reason"].value() == reason
    assert not AuditEntry.objects.filter(verb=contacts.VERB).exists()


def test_sheet_has_the_list_and_no_number(zone: Zone, june: Plan) -> None:
    answer = zone.client("zone").get(asked(zone.root).replace(LIST, f"{LIST}export/"))
    content = b"".join(answer.streaming_content)
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    lines = [[str(value) for value in line] for line in sheet.iter_rows(values_only=True)]
    row = next(line for line in lines if "湖庄村第一支部" in line)
    assert row[1:5] == ["大黄山街道", "湖庄村第一支部", "蔡航国", "未报"]
    assert not any("1001111" in value or "1005555" in value for line in lines for value in line)


def test_queries_are_as_many_for_three_as_for_one(zone: Zone, june: Plan) -> None:
    """Listed, looked at and exported, with one row and with three. Opened late, they have time."""
    alone = make_organization("独立党总支", K.GENERAL_BRANCH, zone.street)
    client = zone.client("dahuangshan")
    calls: tuple[Callable[[], Any], ...] = (
        lambda: client.get(asked(alone, show="pending")),
        lambda: client.post(asked(alone, show="pending"), REASON),
        lambda: client.get(asked(alone, show="pending").replace(LIST, f"{LIST}export/")),
    )
    client.get(asked(alone))
    for rows in (1, 3):
        if rows == 3:
            for number in range(2):
                make_organization(f"新支部{number}", parent=alone)
        for number, one in enumerate(Organization.objects.filter(path__startswith=alone.path)):
            if not one.offices.exists():
                hold(one, f"书记{number}")
                make_member(one, f"书记{number}", phone=f"1004444000{number}")
        opening.open_period(plan=june, period=PERIOD, by=system())
        rollups.refresh_all()
        counts = []
        for call in calls:
            with CaptureQueriesContext(connection) as found:
                page = call()
            assert page.status_code == 200
            counts.append(len(found))
            if page.context:
                assert len(page.context["rows"]) == rows
        assert counts == [15, 32, 18], rows
    with CaptureQueriesContext(connection) as found:
        missing_list(zone.actor("zone"), june, zone.root, PERIOD, shown=Counted.MISSING)
    assert len(found) == 9
