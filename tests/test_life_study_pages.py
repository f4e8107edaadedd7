"""Pages of make-up study and study hours: what they cost, who sees what, what is typed."""

import datetime as dt
import html
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schedules.life.enums import MeetingKind, StudyKind
from schedules.life.models import StudyRecord, StudyRule

from .test_life_study import ILL, enter, held, in_july, people  # noqa: F401
from .world import Zone

MISSED, HOURS, MEMBER, DETAIL, CREATE, MAKE_UP = 6, 12, 15, 7, 8, 7  # queries of a page


def words(response: Any) -> str:
    return html.unescape(response.content.decode())


def cost(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def url(name: str, *args: Any) -> str:
    return reverse(f"life:study-{name}", args=args)


# --- what pages cost --------------------------------------------------------------------------


def test_pages_cost_the_same_for_one_and_three(zone: Zone) -> None:
    client = zone.client("huzhuang1")

    def costs(count: int) -> list[int]:
        crowd = people(zone.branch, *(f"人{count}{number}" for number in range(count)))
        lessons = [
            held(zone, {**dict.fromkeys(crowd, ILL)}, topic=f"第{count}{number}课")
            for number in range(count)
        ]
        held(zone, {}, kind=MeetingKind.PARTY_DAY, topic="主题党日")
        rows = enter(zone, *crowd, makes_up=lessons[0]) if count > 1 else []
        rows = rows or enter(zone, *crowd, makes_up=held(zone, dict.fromkeys(crowd, ILL)))
        assert len(rows) == count
        return [
            cost(client, url("missed")),
            cost(client, url("hours")),
            cost(client, url("member", crowd[0].pk)),
            cost(client, url("detail", rows[0].batch)),
            cost(client, url("create")),
            cost(client, url("make-up", lessons[-1].uid)),
        ]

    assert costs(1) == costs(3) == [MISSED, HOURS, MEMBER, DETAIL, CREATE, MAKE_UP]


# --- who sees what ----------------------------------------------------------------------------


def test_neighbours_study_is_nowhere(zone: Zone) -> None:
    here, ill = people(zone.branch, "自家人", "自家病人")
    lesson = held(zone, {ill: ILL}, topic="自家的党课")
    (row,) = enter(zone, here, title="自家的学习")
    other = zone.client("taoyuan1")
    for address in (
        url("hours") + f"?organization={zone.branch.pk}",
        url("missed") + f"?organization={zone.branch.pk}",
        url("member", here.pk),
        url("detail", row.batch),
        url("make-up", lesson.uid),
        url("create") + f"?organization={zone.branch.pk}",
    ):
        assert other.get(address).status_code == 404, address
    for address in (url("hours"), url("missed")):
        page = words(other.get(address))
        assert "自家" not in page
        assert "自家" in words(zone.client("huzhuang1").get(address))
        assert "自家" in words(zone.client("dahuangshan").get(address))
    assert other.post(url("withdraw", row.batch)).status_code == 404
    body = {"batch": str(uuid.uuid4()), "members": [str(ill.pk)]}
    assert other.post(url("make-up", lesson.uid), body).status_code == 404
    assert StudyRecord.objects.filter(withdrawn_at=None).count() == 1
    assert zone.client("dahuangshan").get(url("rules")).status_code == 404


def test_those_who_are_short_are_listed_apart(zone: Zone) -> None:
    enough, little = people(zone.branch, "学得多", "学得少")
    for day in (2, 3, 4, 5):
        on = dt.date(2026, 3, day)
        enter(zone, enough, minutes=8 * 60, started_on=on, ended_on=on)
    enter(zone, little, minutes=60)
    client = zone.client("huzhuang1")
    listed = {
        show: [one["line"].name for one in client.get(url("hours"), {"show": show}).context["rows"]]
        for show in ("", "short", "reached", "quatsch")
    }
    assert set(listed[""]) == {"学得多", "学得少"}
    assert (listed["short"], listed["reached"]) == (["学得少"], ["学得多"])
    assert listed["quatsch"] == listed[""]


def test_nobody_is_ranked(zone: Zone) -> None:
    first = people(zone.branch, "安", name_pinyin="an")
    last = people(zone.branch, "周", name_pinyin="zhou")
    enter(zone, *last, minutes=240)
    page = words(zone.client("huzhuang1").get(url("hours") + "?sort=-hours"))
    assert page.index(">安<") < page.index(">周<")
    assert first


# --- what is typed ----------------------------------------------------------------------------


def typed(**values: Any) -> dict[str, Any]:
    return {
        "batch": str(uuid.uuid4()),
        "kind": "self_study",
        "title": "学习党章",
        "length": "1.5",
        "unit": "hour",
        **values,
    }


def test_missed_are_made_up_together_from_the_record(zone: Zone) -> None:
    _, ill, away = people(zone.branch, "甲", "乙", "丙")
    lesson = held(zone, {ill: ILL, away: ILL})
    client = zone.client("huzhuang1")
    page = client.get(lesson.get_absolute_url())
    assert "参加 <b>1 / 3</b>（33%）" in words(page)
    assert "补课后 <b>1 / 3</b>（33%）" in words(page)
    address = page.context["rates"]["url"]
    form = client.get(address).context["form"]
    assert form["members"].value() == [ill.pk, away.pk]
    assert (form["title"].value(), form["length"].value()) == ("补课：第二季度党课", "1.5")
    body = typed(kind="delivered", ended_on="2026-06-15", members=[str(ill.pk), str(away.pk)])
    assert client.post(address, {**body, "members": []}).status_code == 422
    assert client.post(address, body).status_code == 302
    assert client.post(address, body).status_code == 302  # a double click
    assert StudyRecord.objects.filter(makes_up=lesson.uid).count() == 2
    after = words(client.get(lesson.get_absolute_url()))
    assert "参加 <b>1 / 3</b>（33%）" in after
    assert "补课后 <b>3 / 3</b>（100%）" in after
    assert "登记补课" not in after


def test_who_comes_late_with_a_make_up_is_told_and_keeps_what_he_typed(zone: Zone) -> None:
    (ill,) = people(zone.branch, "甲")
    lesson = held(zone, {ill: ILL})
    client = zone.client("huzhuang1")
    enter(zone, ill, makes_up=lesson, who="officer")
    body = typed(kind="remote", ended_on="2026-06-15", members=[str(ill.pk)], title="我写的字")
    refused = client.post(url("make-up", lesson.uid), body)
    assert refused.status_code == 409
    assert "1 人已经补过" in words(refused)
    assert 'value="我写的字"' in words(refused)
    assert StudyRecord.objects.count() == 1


def test_course_of_days_is_entered_for_many(zone: Zone) -> None:
    crowd = people(zone.branch, "甲", "乙", "丙")
    client = zone.client("huzhuang1")
    address = url("create") + "?on=2026-06-01"
    members = [str(one.pk) for one in crowd[:2]]
    body = typed(kind="full_time", length="2.5", unit="day", ended_on="2026-06-03", members=members)
    for changes, said in (
        ({"unit": "hour"}, "按半天计"),
        ({"unit": "half_day"}, "半天请填整数"),
        ({"length": "2.3"}, "整天或半天"),
        ({"length": "4"}, "超过了这几天"),
        ({"length": "很久"}, "请填数字"),
        ({"ended_on": "2026-05-01"}, "早于开始"),
        ({"members": ["999999"]}, "名单变了"),
        ({"kind": ""}, "选学习的形式"),
        ({"title": " "}, "写明学了什么"),
    ):
        refused = client.post(address, {**body, **changes})
        assert refused.status_code == 422, changes
        assert said in words(refused), changes
    assert client.post(address, body).status_code == 302
    rows = StudyRecord.objects.all()
    assert {(row.member_id, row.half_days, row.days) for row in rows} == {
        (one.pk, 5, 3) for one in crowd[:2]
    }
    page = words(client.get(url("member", crowd[0].pk)))
    assert '<td class="n" data-label="学时">20</td>' in page


def test_entry_is_withdrawn_for_one_and_for_all(zone: Zone) -> None:
    one, two, three = people(zone.branch, "甲", "乙", "丙")
    rows = enter(zone, one, two, three)
    client, address = zone.client("huzhuang1"), url("withdraw", rows[0].batch)
    asked = client.post(address, {"member": str(two.pk)})
    assert "乙的“学习党的二十大报告”不再计学时" in words(asked)
    assert not StudyRecord.objects.exclude(withdrawn_at=None).exists()
    assert client.post(address, {"member": str(two.pk), "agreed": "yes"}).status_code == 302
    assert StudyRecord.objects.get(member=two).withdrawn_at is not None
    assert client.post(address, {"agreed": "yes"}).status_code == 302
    assert not StudyRecord.objects.filter(withdrawn_at=None).exists()
    assert client.post(address, {"member": "999999"}).status_code == 404


def test_rules_of_a_year_to_come_are_set_on_a_page(zone: Zone) -> None:
    client = zone.client("zone")
    page = client.get(url("rules"))
    fields = {box.html_name: box.value() for box in page.context["form"]}
    assert (fields["full_time-per_half_day"], fields["members-quarters"]) == ("4", "32")
    body = {**fields, "members-quarters": "40", "online-per_hour": "0.5"}
    assert client.post(url("rules"), {**body, "from_year": "2026"}).status_code == 422
    assert client.post(url("rules"), {**body, "online-per_hour": "0.3"}).status_code == 422
    assert not StudyRule.objects.exists()
    assert client.post(url("rules"), body).status_code == 302
    assert StudyRule.objects.get(kind=StudyKind.ONLINE).per_hour == 2
    again = client.get(url("rules")).context["form"]
    assert again["members-quarters"].value() == "40"
    assert "32" in words(client.get(url("rules")))  # this year's


def test_member_page_shows_rows_and_what_the_half_day_cuts(zone: Zone) -> None:
    (here,) = people(zone.branch, "甲")
    afternoon = {"starts_at": dt.time(13), "ends_at": dt.time(16), "study_minutes": 180}
    held(zone, {}, **afternoon)
    held(zone, {}, **afternoon, topic="另一课")
    page = words(zone.client("huzhuang1").get(url("member", here.pk)))
    assert page.count('data-label="学时">3</td>') == 2
    assert "少计 2 学时" in page


@pytest.mark.parametrize("query", ["year=2031", "year=0", "on=2026-13-01", "at=x", "year=abc"])
def test_odd_addresses_are_no_fault(zone: Zone, query: str) -> None:
    answer = zone.client("huzhuang1").get(url("hours") + f"?{query}")
    assert answer.status_code == (200 if query == "year=abc" or query == "year=0" else 404)
