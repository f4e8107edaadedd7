"""One record, many uses: it fills the report, is offered as a highlight, shows that an item was done,
and its page says where; and whoever may not see it learns nothing by it."""

import datetime as dt
import html
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.actor import system
from core.errors import Conflict, DomainError
from schedules.action_items.actions import attachments, issuing
from schedules.action_items.models import ActionEvidence, ActionItem
from schedules.life.enums import MeetingKind
from schedules.life.models import Meeting
from schedules.life.suggestions import reference_of
from schedules.rounds import evidence as records
from schedules.rounds.actions import evidence, opening
from schedules.rounds.models import Plan, Report, ReportEvidence

from .test_life_figures import write, written
from .test_reports import open_june, report_of
from .world import START, Zone, make_member

NOW = dt.datetime(2026, 7, 3, 2, tzinfo=dt.UTC)
OFFER = "本月主题党日“清洁家园”，到会 2 人。"


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def june(zone: Zone) -> Zone:
    from members.actions import standings

    for name in ("甲", "乙"):
        make_member(zone.branch, name)
    make_member(zone.neighbour_branch, "邻")
    standings.fill(since=START)
    open_june(zone)
    plan = Plan.objects.create(
        key="party_day",
        name="主题党日",
        fulfilment="life.party_day",
        kinds=["branch"],
        cadence="month",
        starts_on=dt.date(2026, 1, 1),
    )
    opening.open_period(plan=plan, period="2026-06", by=system())
    return zone


def words(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def press(zone: Zone, report: Report, **given: Any) -> Any:
    url = f"/reports/{report.pk}/save/"
    return zone.client("huzhuang1").post(url, {"version": report.revision, **given})


def give(zone: Zone, **given: Any) -> ActionItem:
    by = zone.actor("dahuangshan")
    what = issuing.Given(
        title="补齐党课记录", category="life", cause="duty", due_on=dt.date(2026, 7, 30)
    )
    item = issuing.draft(issuer=zone.street, owners=[zone.branch], given=what, by=by)
    return issuing.issue(item=item, by=by)


def test_what_was_held_is_offered_and_taken_over_with_its_record(june: Zone) -> None:
    record, report = write(june, june.branch), report_of(june.branch)
    page = words(june.client("huzhuang1").get(report.get_absolute_url()))
    assert OFFER in page
    assert f'href="{record.get_absolute_url()}"' in page
    taken = f"highlights@life.meeting:{record.uid}|{OFFER}"
    assert f'value="{taken}"' in page

    answer = press(june, report, take=taken, **{"entry-highlights": ["网格认领"]})
    assert answer.status_code == 302
    report.refresh_from_db()
    assert report.items.get(key="highlights").value == {"entries": ["网格认领", OFFER]}
    row = ReportEvidence.objects.get()
    assert (row.report_id, row.kind, row.uid) == (report.pk, "life.meeting", record.uid)
    page = words(june.client("huzhuang1").get(report.get_absolute_url()))
    assert "佐证：" in page
    assert row.label == "6月10日 主题党日“清洁家园”"
    assert f'value="{taken}"' not in page, "offered once more though it stands there"
    # Pressed again it is the same, and the reference can be taken out.
    assert press(june, report, take=taken).status_code == 302
    report.refresh_from_db()
    assert press(june, report, drop=row.pk).status_code == 302
    assert not ReportEvidence.objects.exists()


def test_what_was_not_held_in_the_month_or_is_seen_by_others_alone_is_not_offered(
    june: Zone,
) -> None:
    write(june, june.branch, what=written(2, month=7))
    write(june, june.neighbour_branch)
    write(june, june.branch, what=written(kind=MeetingKind.GENERAL_MEETING))
    page = words(june.client("huzhuang1").get(report_of(june.branch).get_absolute_url()))
    assert "清洁家园" not in page


def test_nobody_refers_to_what_he_may_not_open(june: Zone) -> None:
    theirs, report = write(june, june.neighbour_branch), report_of(june.branch)
    answer = press(june, report, take=f"highlights@life.meeting:{theirs.uid}|抄来的亮点")
    assert answer.status_code == 422
    assert "清洁家园" not in words(answer)
    for odd in ("life.meeting:x", "nothing:" + str(theirs.uid), "@"):
        report.refresh_from_db()
        assert press(june, report, take=f"highlights@{odd}|亮点{odd}").status_code == 302
    assert not ReportEvidence.objects.exists()
    item = give(june)
    with pytest.raises(DomainError, match="看不到"):
        attachments.cite(item=item, reference=reference_of(theirs), by=june.actor("huzhuang1"))


def test_what_was_sent_keeps_what_it_refers_to(june: Zone) -> None:
    record, report = write(june, june.branch), report_of(june.branch)
    given = {"typed": {}, "item_key": "highlights", "reference": reference_of(record)}
    by = june.actor("huzhuang1")
    evidence.take_over(report=report, revision=report.revision, by=by, **given)
    report.items.update(state="submitted")
    row = ReportEvidence.objects.get()
    with pytest.raises(Conflict):
        evidence.drop(report=report, pk=row.pk, by=by)
    other = {**given, "reference": reference_of(write(june, june.branch))}
    with pytest.raises(Conflict):
        evidence.take_over(report=report, revision=report.revision, by=by, **other)
    assert list(ReportEvidence.objects.all()) == [row]


def test_an_item_refers_to_a_record_in_place_of_a_file(june: Zone) -> None:
    record, item = write(june, june.branch), give(june)
    client = june.client("huzhuang1")
    address = f"/action-items/{item.pk}/"
    assert "引用" in words(client.get(address))
    word = records.word_of(reference_of(record))
    for _ in range(2):
        assert client.post(f"{address}evidence/add/", {"evidence": word}).status_code == 302
    row = ActionEvidence.objects.get()
    page = words(client.get(address))
    assert page.count("6月10日 主题党日“清洁家园”") == 2, "a link, and its button"
    assert f'<option value="{word}"' not in page
    assert record.get_absolute_url() in words(june.client("dahuangshan").get(address))
    assert client.post(f"{address}evidence/add/", {"evidence": "x"}).status_code == 302
    assert (
        june.client("taoyuan1").post(f"{address}evidence/add/", {"evidence": word}).status_code
        == 404
    )
    gone = f"/action-items/evidence/{row.pk}/remove/"
    assert june.client("taoyuan1").post(gone).status_code == 404
    assert client.post(gone).status_code == 302
    assert not ActionEvidence.objects.exists()
    assert Meeting.objects.filter(pk=record.pk).exists()


def test_the_page_of_a_record_says_where_it_is_used(june: Zone) -> None:
    record, client = write(june, june.branch), june.client("huzhuang1")
    by, costs = june.actor("huzhuang1"), []
    for count in (1, 3):
        while ActionEvidence.objects.count() < count:
            attachments.cite(item=give(june), reference=reference_of(record), by=by)
        with CaptureQueriesContext(connection) as queries:
            page = words(client.get(record.get_absolute_url()))
        costs.append(len(queries))
        assert page.count("补齐党课记录 引用") == count
    assert costs[0] == costs[1]
    assert "2026年6月主题党日：已开 1 / 1" in page
    assert "2026年6月月报：报送时计入" in page
    report = report_of(june.branch)
    given = {"typed": {}, "item_key": "highlights", "reference": reference_of(record)}
    evidence.take_over(report=report, revision=report.revision, by=by, **given)
    page = words(client.get(record.get_absolute_url()))
    assert f"{report.get_absolute_url()}#item-highlights" in page
    Report.objects.filter(pk=report.pk).update(figures_at=NOW - dt.timedelta(hours=1))
    assert "没有计入" in words(client.get(record.get_absolute_url()))


def test_who_sees_a_joint_record_learns_of_his_own_uses_alone(june: Zone) -> None:
    make_member(june.branch2, "丙")
    record = write(june, june.branch, june.neighbour_branch)
    theirs = words(june.client("taoyuan1").get(record.get_absolute_url()))
    item = give(june)
    by = june.actor("huzhuang1")
    attachments.cite(item=item, reference=reference_of(record), by=by)
    again = words(june.client("taoyuan1").get(record.get_absolute_url()))
    assert "补齐党课记录" not in again
    assert f"{june.branch}2026年6月月报" not in again
    assert theirs.count("报送时计入") == again.count("报送时计入") == 1
    assert records.used(june.actor("taoyuan1"), ("life.meeting", uuid.uuid4())) == []
