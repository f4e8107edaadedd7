"""The pages of 指名与回避: of an organisation, and of a checker who keeps out."""

from collections.abc import Iterator

import pytest
from django.urls import reverse

from core import clock
from core.models import AuditEntry, Notification
from orgs.models import NamedRight
from tests.world import Zone

from .test_reports import JULY_8, open_june, report_of, send

NAMED = {
    "is_recusal": "naming",
    "relation": "schedules.checker",
    "username": "Huzhuang2 ",
    "first": "2026-07-08",
    "last": "2026-07-31",
    "reason": "抽调核报",
}


@pytest.fixture(autouse=True)
def at_july_8() -> Iterator[None]:
    with clock.at(JULY_8):
        yield


@pytest.fixture
def zone(zone: Zone) -> Zone:
    open_june(zone)
    send(zone, "taoyuan1")
    return zone


def test_staff_names_a_checker_who_checks_until_it_is_ended(zone: Zone) -> None:
    staff, person = zone.client("jinshanqiao"), zone.client("huzhuang2")
    url = reverse("orgs:organization-namings", args=[zone.neighbour_branch.pk])
    page = staff.get(zone.neighbour_branch.get_absolute_url()).content.decode()
    assert f'href="{url}"' in page
    assert "没有人被指名" in staff.get(url).content.decode()
    assert staff.post(url, NAMED).status_code == 302
    page = staff.get(url).content.decode()
    for text in ("huzhuang2", "核报人", "抽调核报", "2026年7月31日"):
        assert text in page
    assert Notification.objects.filter(user=zone.users["huzhuang2"]).count() == 1
    report = report_of(zone.neighbour_branch)
    check = reverse("schedules:report-check", args=[report.pk])
    assert "桃园社区第一支部" in person.get(reverse("schedules:report-queue")).content.decode()
    right = NamedRight.objects.get()
    assert staff.post(reverse("orgs:naming-end", args=[right.pk])).status_code == 302
    assert person.post(check, {"version": report.revision}).status_code == 404
    assert staff.post(reverse("orgs:naming-end", args=[right.pk])).status_code == 409
    assert "没有人被指名" in staff.get(url).content.decode()


def test_naming_refused_keeps_what_was_typed_beside_the_reason(zone: Zone) -> None:
    staff = zone.client("zone")
    url = reverse("orgs:organization-namings", args=[zone.neighbour_branch.pk])
    for changed, said in (
        ({"username": "没有"}, "没有这个人"),
        ({"username": "taoyuan1"}, "自己的人"),
        ({"username": "committee"}, "只看不办"),
        ({"last": "2026-07-01"}, "结束日期不能早于开始日期"),
        ({"last": "9999-12-31"}, "最多到五年以后"),
        ({"first": "2026-07-01"}, "开始日期不能早于今天"),
        ({"reason": ""}, "请写明理由"),
        ({"reason": "无"}, "请写明理由"),
        ({"relation": "x"}, "x"),
    ):
        answer = staff.post(url, {**NAMED, **changed})
        assert answer.status_code == 422, changed
        page = answer.content.decode()
        assert said in page
        assert "2026-07-31" in page or "last" in changed
    assert not NamedRight.objects.exists()
    assert staff.post(url, {**NAMED, "username": "zone"}).status_code == 403
    assert staff.post(url, NAMED).status_code == 302
    assert "已指名" in staff.post(url, NAMED).content.decode()


def test_recused_by_order_is_shown_so_and_reads_on(zone: Zone) -> None:
    url = reverse("orgs:organization-namings", args=[zone.neighbour_branch.pk])
    data = {**NAMED, "is_recusal": "recusal", "username": "jinshanqiao", "last": ""}
    assert zone.client("zone").post(url, data).status_code == 302
    client, report = zone.client("jinshanqiao"), report_of(zone.neighbour_branch)
    page = client.get(report.get_absolute_url()).content.decode()
    assert "完成核报" not in page
    assert "撤销回避" not in page  # it is not his to take back
    end = reverse("schedules:duty-recusal-end", args=[report.duty_id])
    assert client.post(end).status_code == 404
    # Nor to choose who checks instead.
    assert "核报人" not in str(client.get(url).context["form"]["relation"])
    assert client.post(url, NAMED).status_code == 422


def test_checker_keeps_out_and_comes_back(zone: Zone) -> None:
    client, report = zone.client("jinshanqiao"), report_of(zone.neighbour_branch)
    page, recuse = (
        report.get_absolute_url(),
        reverse("schedules:duty-recuse", args=[report.duty_id]),
    )
    assert f'href="{recuse}"' in client.get(page).content.decode()
    answer = client.post(recuse, {"reason": "亲"})
    assert answer.status_code == 422
    assert "亲</textarea>" in answer.content.decode()
    assert client.post(recuse, {"reason": "亲属在该支部"}).url == page
    shown = client.get(page).content.decode()
    assert "亲属在该支部" in shown
    assert "完成核报" not in shown
    assert client.get(recuse).status_code == 404
    end = reverse("schedules:duty-recusal-end", args=[report.duty_id])
    assert zone.client("zone").post(end).status_code == 404  # somebody else's
    assert client.post(end).url == page
    assert "完成核报" in client.get(page).content.decode()
    assert client.post(end).status_code == 404
    verbs = AuditEntry.objects.filter(verb__startswith="orgs.recusal").order_by("sequence")
    assert [one.verb for one in verbs] == ["orgs.recusal.recorded", "orgs.recusal.ended"]
