"""What is written down without a form: remark, reply, and the difference to what came back."""

import datetime as dt

import pytest

from core import clock
from core.models import AuditEntry, Notification
from schedules.rounds.actions import opening, records
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan
from tests.test_reports import CHINA
from tests.world import Zone

JUNE_30 = dt.datetime(2026, 6, 30, 9, tzinfo=CHINA)


def day(number: int, hour: int = 9) -> dt.datetime:
    return dt.datetime(2026, 7, number, hour, tzinfo=CHINA)


@pytest.fixture
def talk(zone: Zone) -> Duty:
    """The branch's talk of June, two times: both written down and handed in."""
    plan = Plan.objects.create(
        key="talks",
        name="谈心谈话",
        fulfilment="record",
        required_count=2,
        kinds=[zone.branch.kind],
        starts_on=dt.date(2026, 1, 1),
    )
    from core.actor import system

    with clock.at(JUNE_30):
        opening.open_period(plan=plan, period="2026-06", by=system())
    duty = Duty.objects.get(organization=zone.branch)
    for number, text in ((3, "与李某谈心"), (9, "与王某谈心")):
        with clock.at(day(1)):
            by = zone.actor("huzhuang1")
            records.add(duty=duty, done_on=dt.date(2026, 6, number), text=text, by=by)
    duty.refresh_from_db()
    assert duty.state == DutyState.SUBMITTED
    return duty


def page(zone: Zone, duty: Duty, username: str) -> str:
    return zone.client(username).get(f"/duties/{duty.pk}/records/").content.decode()


def come_back(zone: Zone, duty: Duty) -> None:
    with clock.at(day(2)):
        by = zone.actor("huzhuang")
        records.send_back(duty=duty, reason="请写明在哪里谈", by=by)


def test_accepted_with_a_remark_asks_for_nothing_more(zone: Zone, talk: Duty) -> None:
    with clock.at(day(2)):
        client = zone.client("huzhuang")
        answer = client.post(f"/duties/{talk.pk}/accept/", {"remark": "谈得细，下次请附提纲"})
        assert answer.status_code == 302
        own = page(zone, talk, "huzhuang1")
    assert "通过时附言：</b>谈得细，下次请附提纲" in own
    assert "通过时附言：</b>" not in page(zone, talk, "huzhuang")
    told = Notification.objects.get(user=zone.users["huzhuang1"], key__startswith="remark:")
    assert "不需要重报" in told.body
    talk.refresh_from_db()
    assert talk.state == DutyState.ACCEPTED
    entry = AuditEntry.objects.get(verb="schedules.duty.accept")
    assert entry.changes == {"remark": [None, "谈得细，下次请附提纲"]}


def test_remark_too_long_is_kept_and_said(zone: Zone, talk: Duty) -> None:
    with clock.at(day(2)):
        client = zone.client("huzhuang")
        answer = client.post(f"/duties/{talk.pk}/accept/", {"remark": "好" * 301})
    assert answer.status_code == 422
    assert "附言请写在 300 字以内" in answer.content.decode()
    assert "好" * 301 in answer.content.decode()


def test_checker_sees_old_reason_reply_and_difference(zone: Zone, talk: Duty) -> None:
    come_back(zone, talk)
    client, url = zone.client("huzhuang1"), f"/duties/{talk.pk}/records/"
    with clock.at(day(3)):
        own = page(zone, talk, "huzhuang1")
        assert "请写明在哪里谈" in own
        assert own.count('name="reply"') == 2, "with an entry, and without"
        client.post(f"{url}{talk.records.first().pk}/remove/")
        given = {"done_on": "2026-06-03", "text": "在会议室与李某谈心", "reply": "已补写地点"}
        assert client.post(f"{url}add/", given).status_code == 302
        above = page(zone, talk, "huzhuang")
    assert "上次退回" in above
    assert "请写明在哪里谈" in above
    assert "<b>回复</b>　已补写地点" in above
    assert "与退回时对照" in above
    assert "在会议室</ins>" in above
    assert "6月9日 与王某谈心</del>" not in above, "what stands still is no difference"
    step = talk.steps.order_by("-pk")[0]
    assert (step.kind, step.text) == ("resubmitted", "回复：已补写地点")
    with clock.at(day(4)):
        records.accept(duty=talk, by=zone.actor("huzhuang"))
        assert "上次退回" not in page(zone, talk, "huzhuang")
    talk.refresh_from_db()
    assert (talk.reply, talk.return_reason) == ("", "")
    assert [step.kind for step in talk.steps.all()] == [
        "submitted",
        "returned",
        "resubmitted",
        "accepted",
    ]


def test_answer_alone_hands_in_again(zone: Zone, talk: Duty) -> None:
    come_back(zone, talk)
    client, url = zone.client("huzhuang1"), f"/duties/{talk.pk}/records/"
    with clock.at(day(3)):
        empty = client.post(f"{url}resend/", {"reply": " "})
        assert empty.status_code == 422
        assert "请写明回复" in empty.content.decode()
        assert client.post(f"{url}resend/", {"reply": "都在会议室"}).status_code == 302
        above = page(zone, talk, "huzhuang")
    assert "<b>回复</b>　都在会议室" in above
    assert "与退回时对照" not in above, "nothing was changed"
    talk.refresh_from_db()
    assert (talk.state, talk.done_count) == (DutyState.SUBMITTED, 2)


def test_answer_does_not_stand_for_what_is_missing(zone: Zone, talk: Duty) -> None:
    come_back(zone, talk)
    client, url = zone.client("huzhuang1"), f"/duties/{talk.pk}/records/"
    with clock.at(day(3)):
        client.post(f"{url}{talk.records.first().pk}/remove/")
        assert f"{url}resend/" not in page(zone, talk, "huzhuang1")
        answer = client.post(f"{url}resend/", {"reply": "都在会议室"})
    assert answer.status_code == 422
    assert "还差 1 次" in answer.content.decode()
    assert "都在会议室" in answer.content.decode()


def test_taken_back_is_handed_in_again_as_it_stands(zone: Zone, talk: Duty) -> None:
    client, url = zone.client("huzhuang1"), f"/duties/{talk.pk}/records/"
    with clock.at(day(1, 10)):
        client.post(f"/duties/{talk.pk}/withdraw/")
        assert client.post(f"{url}resend/", {}).status_code == 302
    talk.refresh_from_db()
    assert talk.state == DutyState.SUBMITTED
    kinds = [step.kind for step in talk.steps.all()]
    assert kinds == ["submitted", "withdrawn", "submitted"]
    assert not talk.arranged.exists(), "its way is no arrangement of the level above"


def test_page_costs_the_same_for_any_number_of_entries(
    zone: Zone, talk: Duty, django_assert_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    come_back(zone, talk)
    client = zone.client("huzhuang1")
    counts = []
    for number in (0, 3):
        for index in range(number):
            talk.records.create(
                done_on=dt.date(2026, 6, 20 + index),
                text=f"第{index}次",
                recorded_by_name="甲",
                recorded_at=day(2),
            )
        with (
            clock.at(day(3)),
            CaptureQueriesContext(
                connection,
            ) as seen,
        ):
            client.get(f"/duties/{talk.pk}/records/")
        counts.append(len(seen))
    assert counts[0] == counts[1]
