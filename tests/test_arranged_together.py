"""免报, 延期 and 撤销免报 for many organisations at once: who, who not, and why."""

import datetime as dt
import html
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.models import AuditEntry, Notification
from schedules.rounds.actions import arrangements, opening, phases, rollups
from schedules.rounds.enums import DutyState, LeftOut
from schedules.rounds.models import Duty, Plan, Rollup
from tests.parallel import run_together
from tests.test_reports import CHINA, check, open_june, report_of, send
from tests.world import Zone, build_zone, grant, make_organization

JUNE_30 = dt.datetime(2026, 6, 30, 9, tzinfo=CHINA)
JULY_9 = dt.datetime(2026, 7, 9, 9, tzinfo=CHINA)
WHY = {"reason": "道路施工，支部暂停活动", "approved_by": "街道党工委会议"}
UNTIL = {"until": "2026-07-20", "reason": "台风停工"}


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    with clock.at(JULY_9):
        phases.pass_moments(by=system())
    return zone


def duty_at(organization: Any) -> Duty:
    return Duty.objects.get(organization=organization, period="2026-06")


def post(
    zone: Zone,
    act: str,
    given: dict[str, Any],
    *,
    agree: bool = True,
    username: str = "dahuangshan",
) -> Any:
    """Sends the form and, if `agree`, agrees to what is said will happen."""
    client, url = zone.client(username), f"/duties/arrange/chosen/{act}/"
    given = {"organization": zone.street.pk, "period": "2026-06", **given}
    with clock.at(JULY_9):
        asked = client.post(url, given)
        if not agree or asked.status_code != 200:
            return asked
        seen = asked.context["question"].seen
        answer = client.post(url, {**given, "agreed": "yes", "seen": seen}, follow=True)
    rollups.refresh_all()
    return answer


def test_list_holds_what_is_open_below_and_nothing_else(june: Zone) -> None:
    with clock.at(JULY_9):
        client = june.client("dahuangshan")
        page = client.get("/duties/arrange/?period=2026-06")
        matrix = client.get("/reports/?period=2026-06").content.decode()
    shown = {row["duty"].organization for row in page.context["rows"]}
    assert shown == {june.general, june.branch, june.branch2}
    assert "/duties/arrange/?" in matrix
    assert "/duties/arrange/?" not in june.client("committee").get("/reports/").content.decode()


def test_ticked_are_told_and_put_off_together(june: Zone) -> None:
    send(june)
    branch, branch2 = duty_at(june.branch), duty_at(june.branch2)
    given = {"duty": [branch.pk, branch2.pk], **UNTIL}
    asked = post(june, "extend", given, agree=False)
    text = asked.content.decode()
    assert "延期至2026年7月20日，在这一天前报来记为按时。共 1 个：湖庄村第二支部。" in text
    assert "不办理 1 个（已报来）：湖庄村第一支部。" in text
    branch2.refresh_from_db()
    assert branch2.due_on == dt.date(2026, 7, 6), "only asked"
    answer = post(june, "extend", given)
    assert "已为 1 个组织延期，填报人会收到消息。另有 1 个没有办理。" in answer.content.decode()
    branch2.refresh_from_db()
    assert (branch2.due_on, branch2.extended_from) == (
        dt.date(2026, 7, 20),
        dt.date(2026, 7, 6),
    )
    figures = Rollup.objects.get(organization=june.street, period="2026-06")
    assert (figures.pending, figures.missing) == (1, 2)


def test_each_is_kept_told_and_recorded_as_by_the_single_act(june: Zone) -> None:
    branch, branch2 = duty_at(june.branch), duty_at(june.branch2)
    with clock.at(JULY_9):
        by = june.actor("dahuangshan")
        arrangements.waive(duty=branch, revision=branch.revision, by=by, **WHY)
    post(june, "waive", {"duty": [branch2.pk], **WHY})
    one, many = duty_at(june.branch), duty_at(june.branch2)
    for name in ("state", "waived_reason", "revision", "phase"):
        assert getattr(one, name) == getattr(many, name), name
    assert many.finished_at
    told = [step.text for duty in (one, many) for step in duty.steps.all()]
    assert told == ["道路施工，支部暂停活动（批准：街道党工委会议）"] * 2
    entries = AuditEntry.objects.filter(verb="schedules.duty.waive")
    assert {row.organization_id for row in entries} == {june.branch.pk, june.branch2.pk}
    assert len({str(row.changes) for row in entries}) == 1
    texts = Notification.objects.filter(key__startswith="arranged:")
    assert {(row.title, row.body) for row in texts.filter(user=june.users["huzhuang1"])} == {
        ("2026年6月月报：已免报", "大黄山街道：道路施工，支部暂停活动（批准：街道党工委会议）")
    }
    assert {row.user.username for row in texts} >= {"huzhuang1", "huzhuang2"}


def test_all_of_the_list_waived_and_taken_back(june: Zone) -> None:
    before = Rollup.objects.get(organization=june.street, period="2026-06").expected
    post(june, "waive", {"all": 1, "show": "missing", **WHY})
    waived = Duty.objects.filter(state=DutyState.WAIVED)
    assert {duty.organization for duty in waived} == {june.general, june.branch, june.branch2}
    own = Rollup.objects.get(organization=june.street, period="2026-06")
    assert own.expected == before - 3
    post(june, "resume", {"all": 1, "show": "waived", "reason": "施工推迟"})
    assert not waived.all().exists()
    assert Rollup.objects.get(organization=june.street, period="2026-06").expected == before
    assert not Duty.objects.exclude(waived_reason="").exists()


def test_taken_back_stands_where_it_stood(june: Zone) -> None:
    check(june, send(june), problems="请写明牵头人")
    branch = duty_at(june.branch)
    post(june, "waive", {"duty": [branch.pk, duty_at(june.branch2).pk], **WHY})
    post(june, "resume", {"all": 1, "show": "waived", "reason": "施工推迟"})
    assert duty_at(june.branch).state == DutyState.RETURNED
    assert duty_at(june.branch2).state == DutyState.OPEN


def test_done_twice_is_done_once(june: Zone) -> None:
    given = {"all": 1, "show": "missing", **WHY}
    client, url = june.client("dahuangshan"), "/duties/arrange/chosen/waive/"
    given |= {"organization": june.street.pk, "period": "2026-06"}
    with clock.at(JULY_9):
        seen = client.post(url, given).context["question"].seen
        assert client.post(url, {**given, "agreed": "yes", "seen": seen}).status_code == 302
        count = AuditEntry.objects.count()
        again = client.post(url, {**given, "agreed": "yes", "seen": seen})
    assert again.status_code == 422
    assert "没有选中可以办理的组织" in again.content.decode()
    assert WHY["reason"] in again.content.decode(), "typed words stay"
    assert AuditEntry.objects.count() == count


def test_what_moved_on_since_is_asked_again(june: Zone) -> None:
    given = {"all": 1, "organization": june.street.pk, "period": "2026-06", **WHY}
    client, url = june.client("dahuangshan"), "/duties/arrange/chosen/waive/"
    with clock.at(JULY_9):
        seen = client.post(url, given).context["question"].seen
        send(june, at=JULY_9)
        again = client.post(url, {**given, "agreed": "yes", "seen": seen})
        assert again.status_code == 200
        assert "湖庄村第一支部" not in again.content.decode()
        assert not Duty.objects.filter(state=DutyState.WAIVED).exists()
        stale = {
            duty.pk: duty.revision - 1 for duty in Duty.objects.filter(organization=june.branch2)
        }
        stale |= {duty_at(june.general).pk: duty_at(june.general).revision}
        found = arrangements.waive_many(wanted=stale, by=june.actor("dahuangshan"), **WHY)
    assert [duty.organization for duty in found.fitting] == [june.general]
    assert list(found.left) == [LeftOut.MOVED]


def test_nothing_of_another_subtree_nor_of_ones_own(june: Zone) -> None:
    neighbour, own = duty_at(june.neighbour_branch), duty_at(june.street)
    given = {"duty": [neighbour.pk, own.pk], **WHY}
    assert post(june, "waive", given).status_code == 422
    given["duty"].append(duty_at(june.branch2).pk)
    asked = post(june, "waive", given, agree=False).content.decode()
    assert "另有 2 个已不在这份名单里，不办理。" in asked
    assert str(june.neighbour_branch) not in asked
    post(june, "waive", given)
    waived = Duty.objects.filter(state=DutyState.WAIVED)
    assert {duty.organization for duty in waived} == {june.branch2}
    elsewhere = {"organization": june.neighbour_street.pk, "all": 1, **WHY}
    assert post(june, "waive", elsewhere).status_code == 404
    for username in ("huzhuang", "huzhuang1", "committee", "jinshanqiao"):
        assert post(june, "waive", {"all": 1, **WHY}, username=username).status_code in (403, 404)


@pytest.mark.parametrize(
    ("act", "given", "message"),
    [
        ("waive", {**WHY, "reason": " "}, "请写明原因"),
        ("waive", {**WHY, "approved_by": ""}, "批准人"),
        ("extend", {**UNTIL, "until": "2026-07-09"}, "之后、一年以内"),
        ("extend", {**UNTIL, "until": "2029-07-09"}, "之后、一年以内"),
        ("extend", {**UNTIL, "until": "明天"}, "有效的日期"),
        ("resume", {"reason": "施工推迟"}, "都不能这样办理：3 个没有免报"),
    ],
)
def test_refusals_say_what_to_do_and_keep_what_was_typed(
    june: Zone, act: str, given: dict[str, Any], message: str
) -> None:
    answer = post(june, act, {"all": 1, **given})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    for value in given.values():
        assert value.strip() in answer.content.decode()


def test_draft_is_of_those_chosen_and_found_again_with_them(june: Zone) -> None:
    """Refused, the page's own address says no more who was chosen; the draft's does."""
    one, other = duty_at(june.branch), duty_at(june.branch2)
    kept = []
    for chosen in (one, other):
        answer = post(june, "waive", {"duty": [chosen.pk], **WHY, "approved_by": ""})
        form = re.search(
            r'<form[^>]*data-draft="/duties/arrange/chosen/waive/#[^>]*>', _text(answer)
        )
        assert form is not None
        found = dict(re.findall(r'(data-draft[\w-]*)="([^"]*)"', html.unescape(form[0])))
        assert found["data-draft-title"] == "大黄山街道 2026年6月月报"
        with clock.at(JULY_9):
            page = june.client("dahuangshan").get(found["data-draft-url"])
        assert [row["duty"] for row in page.context["rows"]] == [chosen]
        assert f'data-draft="{found["data-draft"]}"' in _text(page)
        kept.append(found["data-draft"])
    assert kept[0] != kept[1]


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_waived_by_the_portal_is_not_taken_back_here(june: Zone) -> None:
    Duty.objects.filter(organization=june.branch).update(
        state=DutyState.WAIVED, waived_reason="组织已撤销"
    )
    post(june, "waive", {"duty": [duty_at(june.branch2).pk], **WHY})
    given = {"all": 1, "show": "waived", "reason": "施工推迟"}
    assert "由系统按组织变动免除" in post(june, "resume", given, agree=False).content.decode()
    post(june, "resume", given)
    assert duty_at(june.branch).state == DutyState.WAIVED
    assert duty_at(june.branch2).state == DutyState.OPEN


@pytest.mark.parametrize("act", ["waive", "extend", "resume"])
def test_as_many_queries_for_one_as_for_many(zone: Zone, act: str) -> None:
    open_june(zone)
    given: dict[str, Any] = dict(WHY) if act == "waive" else {"reason": "台风停工"}
    if act == "extend":
        given["until"] = dt.date(2026, 7, 20)
    counts = []
    for number in (1, 3):
        made = [
            make_organization(f"支部{number}{index}", parent=zone.general)
            for index in range(number)
        ]
        for one in made:
            grant(zone.users["huzhuang1"], "branch_secretary", one)
        with clock.at(JUNE_30):
            opening.open_period(plan=Plan.objects.get(), period="2026-06", by=system())
        duties = [duty_at(one) for one in made]
        wanted = {duty.pk: duty.revision for duty in duties}
        with clock.at(JULY_9):
            by = zone.actor("dahuangshan")
            if act == "resume":
                arrangements.waive_many(wanted=wanted, by=by, **WHY)
                wanted = {pk: revision + 1 for pk, revision in wanted.items()}
            with CaptureQueriesContext(connection) as seen:
                getattr(arrangements, f"{act}_many")(wanted=wanted, by=by, **given)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_pages_cost_the_same_with_more_rows(june: Zone) -> None:
    client = june.client("dahuangshan")
    counts = []
    for rows in (june.branch, june.street):
        for address in ("", "chosen/"):
            url = f"/duties/arrange/{address}?period=2026-06&organization={rows.pk}&all=1"
            with clock.at(JULY_9):
                client.get(url)
                with CaptureQueriesContext(connection) as seen:
                    assert client.get(url).status_code == 200
            counts.append(len(seen))
    assert counts[:2] == counts[2:]


def test_report_says_who_waived_it(june: Zone) -> None:
    post(june, "waive", {"duty": [duty_at(june.branch).pk], **WHY})
    with clock.at(JULY_9):
        page = june.client("huzhuang1").get(report_of(june.branch).get_absolute_url())
    assert "道路施工，支部暂停活动（批准：街道党工委会议）" in page.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_sent_and_waived_together_at_once_is_one_of_them() -> None:
    zone = build_zone()
    open_june(zone)
    wanted = {duty_at(one).pk: duty_at(one).revision for one in (zone.branch, zone.branch2)}

    def waive() -> str:
        with clock.at(JULY_9):
            arrangements.waive_many(wanted=wanted, by=zone.actor("dahuangshan"), **WHY)
        return "waived"

    outcomes = run_together([waive, lambda: send(zone, at=JULY_9) and "sent"])
    assert outcomes[0].error is None, "the other branch is waived in any case"
    sent = report_of(zone.branch).state == "submitted"
    assert (outcomes[1].error is None) is sent
    assert duty_at(zone.branch).state == (DutyState.SUBMITTED if sent else DutyState.WAIVED)
    assert duty_at(zone.branch2).state == DutyState.WAIVED
