"""The pages of the register: scope, search, masks, revealing, editing, exporting."""

import datetime as dt
import io
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core import audit, clock
from core.identity import check_digit
from core.models import AuditEntry
from members.actions import reveals
from members.enums import Category, MembershipState
from members.models import Member
from members.queries.roster import LISTED, MemberFilters, roster
from members.templatetags.member_row import member_rows
from orgs.models import Organization

from .world import Zone, make_member

LIST = "/members/"


def number(serial: int, born: str = "19740315") -> str:
    """A sound identity number of nobody: area 320399 is not assigned."""
    start = f"320399{born}{serial:03d}"
    return start + check_digit(start)


OWN, FOREIGN = number(3), number(5)


@pytest.fixture
def people(zone: Zone) -> dict[str, Member]:
    """One member here, one in the next branch, one in the neighbouring street."""
    return {
        "own": make_member(
            zone.branch,
            "张三",
            OWN,
            phone="10065623923",
            address="江苏省徐州市云龙区青年路18号",
            birth_on=dt.date(1974, 3, 15),
            sex="1",
        ),
        "next": make_member(
            zone.branch2,
            "李四",
            number(7),
            name_pinyin="lisi",
            name_initials="ls",
        ),
        "foreign": make_member(
            zone.neighbour_branch,
            "章杉",
            FOREIGN,
            phone="10011112222",
            address="江苏省徐州市鼓楼区邻居路9号",
        ),
    }


def page(zone: Zone, username: str, url: str = LIST, **query: Any) -> str:
    response = zone.client(username).get(url, query)
    assert response.status_code == 200
    return response.content.decode()


# --- scope ---------------------------------------------------------------------------------


def test_list_shows_only_the_scope(zone: Zone, people: dict[str, Member]) -> None:
    seen = {
        "huzhuang1": {"张三"},
        "huzhuang": {"张三", "李四"},
        "dahuangshan": {"张三", "李四"},
        "jinshanqiao": {"章杉"},
        "zone": {"张三", "李四", "章杉"},
    }
    for username, names in seen.items():
        text = page(zone, username)
        assert {name for name in ("张三", "李四", "章杉") if name in text} == names


@pytest.mark.parametrize("username", ["reviewer", "sysadmin", "secadmin", "auditor"])
def test_roles_without_the_register_find_no_page(
    zone: Zone, people: dict[str, Member], username: str
) -> None:
    client = zone.client(username)
    for name in ("member-list", "member-find", "member-export", "member-create", "member-import"):
        assert client.get(reverse(f"members:{name}")).status_code == 404
    assert client.get(people["own"].get_absolute_url()).status_code == 404


def test_foreign_member_is_not_there_on_any_page(zone: Zone, people: dict[str, Member]) -> None:
    client = zone.client("dahuangshan")
    pk = people["foreign"].pk
    for name in ("detail", "edit", "exit", "restore", "move"):
        response = client.get(reverse(f"members:member-{name}", args=[pk]))
        assert response.status_code == 404
        assert "章杉" not in response.content.decode()
    before = Member.objects.values().get(pk=pk)
    for name in ("edit", "exit", "restore", "move", "reveal"):
        response = client.post(
            reverse(f"members:member-{name}", args=[pk]),
            {"item": "phone", "reason": "核对号码", "happened_on": "2026-01-01"},
        )
        assert response.status_code == 404
    assert Member.objects.values().get(pk=pk) == before


def test_foreign_organization_as_filter_is_not_there(zone: Zone, people: dict[str, Member]) -> None:
    client = zone.client("dahuangshan")
    for given in (zone.neighbour_branch.pk, 10**30, "x", "9" * 5000, "-1"):
        assert client.get(LIST, {"organization": given}).status_code == 404
    assert client.get(LIST, {"organization": zone.branch.pk}).status_code == 200


def test_move_refuses_a_branch_outside_the_scope(zone: Zone, people: dict[str, Member]) -> None:
    client, member = zone.client("dahuangshan"), people["own"]
    url = reverse("members:member-move", args=[member.pk])
    assert zone.neighbour_branch.name not in client.get(url).content.decode()
    response = client.post(url, {"organization": zone.neighbour_branch.pk, "revision": 1})
    assert response.status_code == 422
    member.refresh_from_db()
    assert member.organization_id == zone.branch.pk
    response = client.post(url, {"organization": zone.branch2.pk, "revision": 1})
    assert response.status_code == 302
    member.refresh_from_db()
    assert member.organization_id == zone.branch2.pk
    assert AuditEntry.objects.get(verb="members.member.move").changes == {
        "organization_id": [zone.branch.name, zone.branch2.name]
    }


def test_create_refuses_a_branch_outside_the_scope(zone: Zone) -> None:
    response = zone.client("huzhuang1").post(
        reverse("members:member-create"), typed(organization=zone.branch2.pk)
    )
    assert response.status_code == 422
    assert not Member.objects.exists()


# --- search --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query", ["张三", "zhangsan", "zs", "ZhangSan", "zhang san", "Z S", "张 三"]
)
def test_member_is_found_by_name_pinyin_and_initials(
    zone: Zone, people: dict[str, Member], query: str
) -> None:
    text = page(zone, "dahuangshan", q=query)
    assert "张三" in text
    assert "李四" not in text
    assert "章杉" not in text  # has the same pinyin, in another street


def test_member_is_found_by_the_name_of_his_branch(zone: Zone, people: dict[str, Member]) -> None:
    text = page(zone, "zone", q="桃园社区")
    assert "章杉" in text
    assert "张三" not in text


def test_last_four_find_a_member_only_for_those_allowed(
    zone: Zone, people: dict[str, Member]
) -> None:
    assert "张三" in page(zone, "dahuangshan", q=OWN[-4:])
    assert "张三" not in page(zone, "huzhuang1", q=OWN[-4:])
    assert "章杉" not in page(zone, "dahuangshan", q=FOREIGN[-4:])


def test_full_number_in_the_address_is_led_away_from(zone: Zone, people: dict[str, Member]) -> None:
    client = zone.client("zone")
    for given in (OWN, "10065623923", "３２０３９９" + OWN[6:]):
        response = client.get(LIST, {"q": given})
        assert response["Location"] == reverse("members:member-find")
        export = client.get(reverse("members:member-export"), {"q": given}).content.decode()
        assert f'action="?q={given}' not in export


def test_finding_by_number_stays_in_the_scope_and_is_audited(
    zone: Zone, people: dict[str, Member]
) -> None:
    url = reverse("members:member-find")
    client = zone.client("dahuangshan")
    assert client.post(url, {"number": OWN.lower()})["Location"] == people["own"].get_absolute_url()
    assert client.post(url, {"number": "1006 5623 923"}).status_code == 302
    for foreign in (FOREIGN, FOREIGN[-4:], "10011112222"):
        text = client.post(url, {"number": foreign}).content.decode()
        assert "章杉" not in text
        assert "没有找到" in text
    secretary = zone.client("huzhuang1")
    assert secretary.post(url, {"number": OWN}).status_code == 200  # may not look for it
    assert secretary.post(url, {"number": "10065623923"}).status_code == 302
    notes = list(
        AuditEntry.objects.filter(verb="members.member.find").values_list("note", flat=True)
    )
    assert len(notes) == 7
    assert not any(OWN in note or FOREIGN in note for note in notes)


def test_global_search_finds_members_within_the_scope(
    zone: Zone, people: dict[str, Member]
) -> None:
    from core import searching

    def titles(username: str, query: str) -> list[str]:
        return [
            hit.title
            for group in searching.find(zone.actor(username), query)
            if group.label == "党员"
            for hit in group.items
        ]

    assert titles("dahuangshan", "zs") == ["张三"]
    assert titles("jinshanqiao", "zs") == ["章杉"]
    assert titles("reviewer", "zs") == []
    assert titles("zone", OWN) == ["按号码查找党员"]


def test_filters_narrow_the_list(zone: Zone) -> None:
    make_member(zone.branch, "甲一", sex="2", birth_on=dt.date(1999, 1, 1), party_post="书记")
    make_member(zone.branch, "乙二", sex="1", birth_on=dt.date(1950, 1, 1), party_post="副书记")
    make_member(
        zone.branch, "丙三", category="probationary_member", full_member_on=None, is_mobile=True
    )
    make_member(zone.branch2, "丁四", state="left")
    everybody = ("甲一", "乙二", "丙三", "丁四")

    def found(**query: Any) -> list[str]:
        text = page(zone, "zone", **query)
        return [name for name in everybody if name in text]

    with clock.at(dt.datetime(2026, 7, 6, tzinfo=dt.UTC)):
        assert found() == ["甲一", "乙二", "丙三"]
        assert found(state="left") == ["丁四"]
        assert found(state="all", organization=zone.branch2.pk) == ["丁四"]
        assert found(sex="2") == ["甲一"]
        assert found(age="young") == ["甲一"]
        assert found(age="senior") == ["乙二"]
        assert found(category="probationary_member") == ["丙三"]
        assert found(presence="mobile") == found(mobile="1") == ["丙三"]
        assert found(post="书记") == ["甲一"]
        assert found(post="副书记") == ["乙二"]
        assert found(post="none") == ["丙三"]
        assert found(denominator="expected") == ["甲一", "乙二"]
        assert found(denominator="entitled") == ["甲一", "乙二"]
        assert found(joined_from="2010-07-02") == []
        assert found(full_from="2011-07-01", full_to="2011-07-01") == ["甲一", "乙二"]


# --- what the page costs -------------------------------------------------------------------


def test_list_costs_the_same_for_one_and_for_three(zone: Zone) -> None:
    counts = []
    client = zone.client("zone")
    for _ in range(2):
        make_member(zone.branch, "甲一", number(len(counts) + 20), phone="10012345678")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(LIST).status_code == 200
        counts.append(len(queries))
        make_member(zone.branch2, "乙二", number(len(counts) + 40))
    assert counts[0] == counts[1] <= 12


def test_row_shows_every_kind_of_member_with_the_columns_it_reads(
    zone: Zone, people: dict[str, Member]
) -> None:
    evil = "<img src=x onerror=alert(1)>"
    Organization.objects.filter(pk=zone.branch.pk).update(name=f"党支部{evil}", short_name=evil)
    kinds: list[dict[str, Any]] = [
        {"name": evil, "party_post": evil},
        {"state": MembershipState.LEFT},
        {"state": MembershipState.SUSPENDED},
        {"is_lost_contact": True},
        {"is_mobile": True},
        {"category": Category.PROBATIONARY, "sex": "0", "birth_on": None, "joined_on": None},
        {"identity_sealed": "not sealed", "phone_sealed": "not sealed"},
    ]
    for serial, kind in enumerate(kinds, start=20):
        member = make_member(zone.branch, f"成员{serial}", number(serial))
        Member.objects.filter(pk=member.pk).update(**kind)
    rows = roster(zone.actor("huzhuang1"), MemberFilters(state="all")).only(*LISTED)
    with CaptureQueriesContext(connection) as queries:
        html = member_rows(rows)
    assert len(queries) == 1  # nothing is fetched later, one by one
    assert html.count("<tr>") == len(kinds) + 1
    assert "<img" not in html
    assert html.count("&lt;img src=x") >= 2 * (len(kinds) + 1) + 2
    for word in ("已离开", "停止党籍", "失联", "流动", "预备", "正式", "未知", "无法读取", "—"):
        assert f">{word}<" in html, word
    assert f'href="/members/{people["own"].pk}/">张三</a>' in html
    assert OWN[-4:] not in html
    assert OWN not in html


def test_list_narrowed_to_an_organization_stays_within_twelve_queries(
    zone: Zone, people: dict[str, Member]
) -> None:
    client = zone.client("zone")
    with CaptureQueriesContext(connection) as queries:
        client.get(LIST, {"organization": zone.general.pk, "q": "zs", "sort": "-joined"})
    assert len(queries) <= 12


def test_detail_costs_at_most_twelve_queries_and_its_panels_as_many(
    zone: Zone, people: dict[str, Member]
) -> None:
    client = zone.client("zone")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(people["own"].get_absolute_url()).status_code == 200
    assert len(queries) <= 24


# --- masks and revealing -------------------------------------------------------------------

SECRETS = (OWN, "10065623923", "青年路18号")


def test_no_page_carries_a_sealed_value(zone: Zone, people: dict[str, Member]) -> None:
    pk = people["own"].pk
    urls = [LIST, people["own"].get_absolute_url(), reverse("members:member-edit", args=[pk])]
    for url in urls:
        for username in ("zone", "dahuangshan", "huzhuang1"):
            text = page(zone, username, url)
            assert not [secret for secret in SECRETS if secret in text]
            assert OWN[-4:] not in text


def reveal(zone: Zone, username: str, member: Member, **given: str) -> Any:
    return zone.client(username).post(
        reverse("members:member-reveal", args=[member.pk]),
        {"item": "identity_number", "reason": "办理组织关系"} | given,
    )


def test_reveal_shows_one_item_once_and_is_audited(zone: Zone, people: dict[str, Member]) -> None:
    response = reveal(zone, "huzhuang1", people["own"])
    text = response.content.decode()
    assert OWN in text
    assert "10065623923" not in text
    assert response["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(verb=reveals.VERB)
    assert (entry.note, entry.object_id) == ("办理组织关系", str(people["own"].pk))
    assert OWN not in str(entry.changes)
    assert audit.verify().is_intact
    detail = page(zone, "huzhuang1", people["own"].get_absolute_url())
    assert OWN not in detail
    assert "办理组织关系" in detail


def test_reveal_without_a_reason_or_item_shows_nothing(
    zone: Zone, people: dict[str, Member]
) -> None:
    for given in ({"reason": " 看 "}, {"reason": ""}, {"item": "name"}, {"item": ""}):
        response = reveal(zone, "huzhuang1", people["own"], **given)
        assert response.status_code == 422
        assert OWN not in response.content.decode()
    assert not AuditEntry.objects.filter(verb=reveals.VERB).exists()


def test_reveal_is_not_there_for_those_who_only_read(zone: Zone, people: dict[str, Member]) -> None:
    for username in ("officer", "committee"):
        assert reveal(zone, username, people["own"]).status_code == 404
    assert "/reveal/" not in page(zone, "officer", people["own"].get_absolute_url())


def test_reveal_stops_at_the_hourly_cap_and_opens_again(
    zone: Zone, people: dict[str, Member], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "HOURLY_CAP", 3)
    start = clock.now()
    for _ in range(3):
        assert reveal(zone, "huzhuang1", people["own"]).status_code == 200
    refused = reveal(zone, "huzhuang1", people["own"])
    assert refused.status_code == 429
    assert OWN not in refused.content.decode()
    assert "最多查看 3 项" in refused.content.decode()
    assert reveal(zone, "dahuangshan", people["own"]).status_code == 200  # each person his own
    with clock.at(start + dt.timedelta(minutes=61)):
        reveals.reveal(
            member=people["own"], item="phone", reason="核对号码", by=zone.actor("huzhuang1")
        )


# --- editing -------------------------------------------------------------------------------


def typed(**more: Any) -> dict[str, Any]:
    """A form filled in soundly."""
    return {
        "name": "王 五",
        "identity_number": number(9).lower(),
        "sex": "1",
        "birth_on": "1974-03-15",
        "ethnicity": "01",
        "education": "21",
        "category": "full_member",
        "joined_on": "2001.10.18",
        "full_member_on": "2002年10月18日",
        "arrived_on": "2026-07-01",
        "party_post": "",
        "job": "工人",
        "phone": "10012341234",
        "address": "",
        "state": "normal",
        "note": "",
    } | more


def test_create_registers_a_member_sealed_and_findable(zone: Zone) -> None:
    response = zone.client("huzhuang1").post(
        reverse("members:member-create"), typed(organization=zone.branch.pk)
    )
    assert response.status_code == 302
    member = Member.objects.get()
    assert (member.name, member.name_pinyin, member.name_initials) == ("王五", "wangwu", "ww")
    assert member.unsealed("identity_number") == number(9)  # type: ignore[arg-type]
    assert member.joined_on == dt.date(2001, 10, 18)
    assert number(9) not in str(Member.objects.values().get())
    assert "王五" in page(zone, "huzhuang1", q="ww")


def test_rare_characters_of_a_name_are_kept(zone: Zone) -> None:
    name = "\U00020bb7野𬱖·㛃"
    zone.client("huzhuang1").post(
        reverse("members:member-create"), typed(organization=zone.branch.pk, name=name)
    )
    assert Member.objects.get().name == name


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("identity_number", "320399197403150031", "校验码"),
        ("identity_number", "320399740315003", "15 位"),
        ("identity_number", "", "identity_number"),
        ("name", "", "name"),
        ("name", "张" * 51, "name"),
        ("name", "<b>", "姓名里有"),
        ("full_member_on", "1999-01-01", "转正时间不能早于入党时间"),
        ("joined_on", "2098-01-01", "不能晚于今天"),
        ("birth_on", "1999-13-01", "日期"),
        ("joined_on", "1960-01-01", "入党时间不能早于出生日期"),
        ("category", "leader", "category"),
        ("organization", "999999999999999999999999999999", "organization"),
        ("seniority_correction_days", "1" * 400, "seniority"),
        ("note", "字" * 501, "note"),
    ],
)
def test_create_refuses_a_bad_item_and_keeps_what_was_typed(
    zone: Zone, field: str, value: str, message: str
) -> None:
    given = typed(organization=zone.branch.pk) | {field: value}
    response = zone.client("huzhuang1").post(reverse("members:member-create"), given)
    text = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in text
    if not message.isascii():
        assert message in text
    assert "工人" in text
    assert not Member.objects.exists()


def test_probationary_member_has_no_full_date(zone: Zone) -> None:
    given = typed(organization=zone.branch.pk, category="probationary_member")
    response = zone.client("huzhuang1").post(reverse("members:member-create"), given)
    assert "预备党员没有转正时间" in response.content.decode()


def test_registered_number_is_refused_without_telling_whose(
    zone: Zone, people: dict[str, Member]
) -> None:
    given = typed(organization=zone.branch.pk, identity_number=FOREIGN)
    response = zone.client("huzhuang1").post(reverse("members:member-create"), given)
    text = response.content.decode()
    assert response.status_code == 422
    assert "这个身份号码要由上级党委核对后登记" in text
    assert "章杉" not in text
    assert "桃园" not in text


def test_odd_items_are_kept_with_a_warning(zone: Zone) -> None:
    given = typed(organization=zone.branch.pk, sex="2", birth_on="1974-03-16")
    client = zone.client("huzhuang1")
    response = client.post(reverse("members:member-create"), given, follow=True)
    text = response.content.decode()
    assert "性别与身份号码不一致" in text
    assert "出生日期与身份号码不一致" in text
    assert Member.objects.get().sex == "2"


def edited(member: Member, **more: Any) -> dict[str, Any]:
    return typed(name=member.name, identity_number="", phone="", revision=member.revision) | more


def test_edit_leaves_sealed_items_that_were_left_empty(
    zone: Zone, people: dict[str, Member]
) -> None:
    member = people["own"]
    url = reverse("members:member-edit", args=[member.pk])
    response = zone.client("huzhuang1").post(url, edited(member, address="无", job="教师"))
    assert response.status_code == 302
    member.refresh_from_db()
    assert (member.job, member.revision) == ("教师", 2)
    assert member.unsealed("identity_number") == OWN  # type: ignore[arg-type]
    assert member.address_sealed == ""
    entry = AuditEntry.objects.get(verb="members.member.change")
    assert entry.changes["job"] == [None, "教师"]
    assert entry.changes["address"] == ["江苏省徐州市云龙区***", None]
    assert "青年路" not in str(entry.changes)


def test_edit_of_nothing_writes_nothing(zone: Zone, people: dict[str, Member]) -> None:
    member = people["own"]
    url = reverse("members:member-edit", args=[member.pk])
    client = zone.client("huzhuang1")
    client.post(url, edited(member))
    assert client.post(url, edited(member, revision=2)).status_code == 302
    member.refresh_from_db()
    assert member.revision == 2
    assert AuditEntry.objects.filter(verb="members.member.change").count() == 1


def test_edit_of_a_moved_on_record_shows_both_versions(
    zone: Zone, people: dict[str, Member]
) -> None:
    member = people["own"]
    url = reverse("members:member-edit", args=[member.pk])
    zone.client("huzhuang").post(url, edited(member, job="教师", note="先到"))
    response = zone.client("huzhuang1").post(url, edited(member, job="农民", address="新住址5号"))
    text = response.content.decode()
    assert response.status_code == 409
    assert "教师" in text
    assert 'value="农民"' in text
    assert 'value="新住址5号"' in text
    member.refresh_from_db()
    assert member.job == "教师"
    again = edited(member, job="农民", note="先到")
    assert zone.client("huzhuang1").post(url, again).status_code == 302
    member.refresh_from_db()
    assert member.job == "农民"


def test_edit_ignores_fields_that_are_not_its_own(zone: Zone, people: dict[str, Member]) -> None:
    member = people["own"]
    url = reverse("members:member-edit", args=[member.pk])
    zone.client("huzhuang1").post(
        url,
        edited(
            member,
            organization=zone.neighbour_branch.pk,
            organization_id=1,
            source="x",
            state="left",
        ),
    )
    member.refresh_from_db()
    assert (member.organization_id, member.source, member.state) == (zone.branch.pk, "", "normal")


# --- leaving and coming back ---------------------------------------------------------------


def test_exit_and_restore_keep_the_record(zone: Zone, people: dict[str, Member]) -> None:
    member, client = people["own"], zone.client("huzhuang1")
    exit_url = reverse("members:member-exit", args=[member.pk])
    bad = client.post(exit_url, {"reason": "probation_cancelled", "happened_on": "2026-01-01"})
    assert bad.status_code == 422
    given = {"reason": "transferred", "happened_on": "2026-01-01", "document_number": "第12号"}
    assert client.post(exit_url, given).status_code == 302
    member.refresh_from_db()
    assert member.state == "left"
    assert "张三" not in page(zone, "huzhuang1")
    assert client.post(exit_url, given).status_code == 409
    assert member.exits.count() == 1
    restore_url = reverse("members:member-restore", args=[member.pk])
    assert client.post(restore_url, {"reason": "误"}).status_code == 422
    assert client.post(restore_url, {"reason": "登记有误"}).status_code == 302
    member.refresh_from_db()
    assert member.state == "normal"
    assert client.post(restore_url, {"reason": "登记有误"}).status_code == 409
    assert member.exits.get().undone_at is not None


# --- export --------------------------------------------------------------------------------


def exported(zone: Zone, username: str, query: str = "", **given: str) -> list[list[Any]]:
    response = zone.client(username).post(
        reverse("members:member-export") + query, {"scope": "masked"} | given
    )
    assert response.status_code == 200
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_export_is_masked_and_stays_in_the_scope(zone: Zone, people: dict[str, Member]) -> None:
    rows = exported(zone, "dahuangshan")
    text = str(rows)
    assert "张三" in text
    assert "李四" in text
    assert "章杉" not in text
    assert not [secret for secret in SECRETS if secret in text]
    assert "dahuangshan" in text  # the watermark names who exported
    entry = AuditEntry.objects.get(verb="members.member.export")
    assert entry.changes == {"rows": [None, 2], "full": [None, False]}


def test_export_in_full_needs_the_right_and_a_purpose(
    zone: Zone, people: dict[str, Member]
) -> None:
    url = reverse("members:member-export")
    refused = zone.client("dahuangshan").post(url, {"scope": "full", "purpose": "看"})
    assert refused.status_code == 422
    assert (
        zone.client("huzhuang1").post(url, {"scope": "full", "purpose": "年度统计"}).status_code
        == 422
    )
    assert not AuditEntry.objects.filter(verb="members.member.export").exists()


def test_export_follows_the_filters_of_the_list(zone: Zone, people: dict[str, Member]) -> None:
    text = str(exported(zone, "dahuangshan", "?q=lisi"))
    assert "李四" in text
    assert "张三" not in text


def test_exported_formula_stays_a_text(zone: Zone) -> None:
    make_member(zone.branch, "甲一", number(11), note='=HYPERLINK("http://x")', job="@SUM(A1)")
    text = str(exported(zone, "huzhuang1"))
    assert '=HYPERLINK("http://x")' in text
    assert "@SUM(A1)" in text


# --- odd input -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "query",
    [
        "page=1000000000000000000000000000000",
        "page=" + "9" * 5000,
        "page=-1",
        "page=abc",
        "sort=password",
        "sort=-identity_index",
        "q=" + "张" * 3000,
        "q=%25%5F%27--",
        "category=leader&sex=9&age=x&state=x&presence=x&post=(",
        "joined_from=1999-99-99&denominator=x",
    ],
)
def test_list_survives_odd_addresses(zone: Zone, people: dict[str, Member], query: str) -> None:
    assert zone.client("zone").get(f"{LIST}?{query}").status_code == 200


@pytest.mark.parametrize("query", ["q=%00", "page=%00", "organization=%00"])
def test_list_refuses_what_no_database_holds(zone: Zone, query: str) -> None:
    assert zone.client("zone").get(f"{LIST}?{query}").status_code == 400


def test_huge_ids_are_not_there(zone: Zone) -> None:
    client = zone.client("zone")
    for pk in (0, 2**63, 10**30):
        for name in ("detail", "edit", "move"):
            assert (
                client.get(f"/members/{pk}/{'' if name == 'detail' else name + '/'}").status_code
                == 404
            )


def test_abolished_and_upper_organizations_take_no_members(zone: Zone) -> None:
    Organization.objects.filter(pk=zone.branch2.pk).update(abolished_on=dt.date(2025, 1, 1))
    client = zone.client("dahuangshan")
    for organization in (zone.branch2, zone.general):
        response = client.post(
            reverse("members:member-create"), typed(organization=organization.pk)
        )
        assert response.status_code == 422
    assert not Member.objects.exists()
