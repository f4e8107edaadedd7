"""Members and organisations are found however a name or a number is written."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import phones, pinyin
from members import imports
from members.actions.members import MemberChange, save_members
from members.models import Member
from members.queries.roster import MemberFilters, by_number, is_personal_number, roster
from orgs import titles
from orgs.models import Organization
from orgs.queries.organizations import named_like

from .test_members import number
from .test_sheet_cases import CASES
from .world import Zone, build_zone, make_organization


@pytest.fixture
def zone(db: None) -> Zone:
    """A small zone."""
    return build_zone()


def keep(zone: Zone, name: str, serial: int, phone: str = "") -> Member:
    values = {
        "name": name, "identity_number": number(serial), "category": "full_member",
        "organization_id": zone.branch.pk, "phone": phone, "sex": "1",
    }  # fmt: skip
    (pk,) = save_members(changes=[MemberChange(values)], by=zone.actor("zone")).created
    return Member.objects.get(pk=pk)


def found(zone: Zone, text: str) -> list[str]:
    rows = roster(zone.actor("zone"), MemberFilters(q=text, state="all"))
    return sorted(member.name for member in rows)


def called(zone: Zone, text: str) -> list[str]:
    return sorted(member.name for member in by_number(text, zone.actor("zone")))


LANDLINE = [
    "0516-83871234", "051683871234", "0516 83871234", "(0516)83871234", "（0516）8387-1234",
    "+86-516-83871234", "0086 516 83871234", "83871234", "8387 1234", "０５１６－８３８７１２３４",
    "0516—83871234",
]  # fmt: skip
MOBILE = [
    "138 1111 2222", "13811112222", "138-1111-2222", "+86 138 1111 2222", "8613811112222",
    "１３８１１１１２２２２", "138.1111.2222", " 13811112222 ",
]  # fmt: skip


def test_numbers_of_a_sheet_are_kept_as_written_and_found_by_every_writing(zone: Zone) -> None:
    branch = "中共大黄山街道湖庄村第一支部委员会"
    Organization.objects.filter(pk=zone.branch.pk).update(
        name=branch, name_key=titles.name_key(branch)
    )
    by = zone.actor("zone")
    parsed = imports.parse(CASES / "phones_find.xlsx", "phones.xlsx", by)
    assert parsed.warnings == ()
    from core import audit

    with audit.unit_of_work():
        imports.write(parsed, by)
    assert Member.objects.get(name="手机丙").unsealed("phone") == "138 1111 2222"
    for typed in LANDLINE:
        assert called(zone, typed) == ["座机甲"], typed
    for typed in MOBILE:
        assert called(zone, typed) == ["手机丙"], typed
    for typed in ("051683875678", "0516-83875678", "83875678"):
        assert called(zone, typed) == ["座机乙"], typed
    for typed in ("13822223333", "0516-83879999", "83879999"):
        assert called(zone, typed) == ["两号丁"], typed
    assert called(zone, "025-83871234") == []
    again = imports.compare(parsed, by, lambda done, total: None)
    assert (again.changed, again.unchanged) == (0, 4)


@pytest.mark.parametrize("kept", LANDLINE + MOBILE)
def test_each_writing_finds_each_other(zone: Zone, kept: str) -> None:
    keep(zone, "张三", 1, kept)
    for typed in LANDLINE if kept in LANDLINE else MOBILE:
        assert called(zone, typed) == ["张三"], typed
        assert is_personal_number(typed), typed


def test_a_number_written_otherwise_is_changed_on_the_page_and_not_by_a_sheet(zone: Zone) -> None:
    member = keep(zone, "张三", 1, "13811112222")
    change = MemberChange({"phone": "138 1111 2222"}, member_id=member.pk)
    assert save_members(changes=[change], by=zone.actor("zone")).changed == [member.pk]
    assert Member.objects.get().unsealed("phone") == "138 1111 2222"
    assert phones.keys("138 1111 2222") == phones.keys("+8613811112222")


DOTTED = "阿依古丽·买买提"


@pytest.mark.parametrize(
    "dot", ["·", "•", "‧", "∙", "⋅", "・", "･", "●", ".", "．", "", " ", " · ", "-"]
)
@pytest.mark.parametrize("kept", [DOTTED, "阿依古丽•买买提", "阿依古丽 买买提"])
def test_a_name_is_found_whatever_dot_is_typed(zone: Zone, dot: str, kept: str) -> None:
    name = keep(zone, kept, 1).name
    assert found(zone, f"阿依古丽{dot}买买提") == [name]
    assert found(zone, f"古丽{dot}买") == [name]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("张晟", "zhangsheng"), ("张晟", "zhangcheng"), ("张晟", "zs"), ("张晟", "zc"),
        ("曾庄", "zengzhuang"), ("曾庄", "cengzhuang"), ("单田芳", "shantianfang"),
        ("单田芳", "dantianfang"), ("王乐", "wangyue"), ("王乐", "wangle"), ("李茜", "liqian"),
        ("李茜", "lixi"), ("解朝行", "xiezhaoxing"), ("乐行长", "yuexingchang"), ("朴树", "piaoshu"),
        ("朴树", "pushu"), ("查长盛", "zhachangsheng"), ("区志强", "ouzhiqiang"), ("Ana Wang", "anawang"),
        ("⻬⽟", "qiyu"), ("⻬⽟", "齐玉"), ("齐玉", "⻬⽟"),
    ],
)  # fmt: skip
def test_a_person_is_found_by_each_usual_reading(zone: Zone, name: str, typed: str) -> None:
    kept = keep(zone, name, 1).name
    keep(zone, "李四", 2)
    assert found(zone, typed) == [kept]


def test_readings_of_surnames_are_for_persons_alone() -> None:
    assert "pu" in pinyin.full("朴庄")
    assert not any("piao" in word for word in pinyin.spellings("朴庄"))
    assert "oucun" not in pinyin.spellings("区村")
    assert "zengzhuang" in pinyin.spellings("曾庄")


@pytest.mark.parametrize(
    "typed",
    [
        "zengzhuang",
        "cengzhuang",
        "ZengZhuang",
        "曾庄",
        "曾 庄",
        "zzc",
        "czc",
        "曾庄村第II",
        "曾庄村第Ⅱ",
    ],
)
def test_an_organisation_is_found_by_each_usual_reading(zone: Zone, typed: str) -> None:
    name = "中共曾庄村第Ⅱ支部委员会"
    made = make_organization(name, parent=zone.general)
    spelled, initials = titles.spelled(name)
    Organization.objects.filter(pk=made.pk).update(
        name_key=titles.name_key(name), name_pinyin=spelled, name_initials=initials
    )
    assert list(Organization.objects.filter(named_like(typed)).values_list("pk", flat=True)) == [
        made.pk
    ]


def test_searching_asks_as_often_for_one_as_for_three(zone: Zone) -> None:
    counts = []
    for serial in (1, 3):
        for one in range(serial):
            keep(zone, "张晟", serial * 10 + one)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            response = zone.client("zone").get(reverse("members:member-list"), {"q": "zhangsheng"})
        assert "张晟" in response.content.decode()
        counts.append(len(asked))
    assert counts[0] == counts[1]
