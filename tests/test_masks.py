"""What somebody can work out of a person's identity number from all that the portal tells him.

The number is area, birth date, serial (odd for men), check digit. Whoever sees birth date and sex
knows 8 digits and a half; the city has 13 areas. That leaves 6,500 numbers for everybody, unless a
page, file, list or answer tells more. Here every role reads everything it can, every number-like
piece of text is held against the number, every search is asked, and what is left is counted.
"""

import datetime as dt
import io
import re
from collections.abc import Iterable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core import clock
from core.identity import HIDDEN, check_digit, mask_again, mask_identity, mask_number, mask_phone
from core.models import AuditEntry
from core.searching import find
from members.actions import decisions
from members.actions import members as acts
from members.actions.members import MemberChange
from members.demo.people import AREA_CODES
from members.enums import RevealedField
from members.items import COLUMN
from members.models import Member
from members.models.member import column
from members.queries.roster import SORTS
from orgs.permissions import Permission
from orgs.roles import ROLES

from .access_objects import NOW, arguments, own, prepare
from .test_access_matrix import ADDRESSES, COLUMNS, ROWS, expected, undone
from .world import Zone, make_member

# As many areas as the city has, none of them anybody's.
AREAS = [f"3203{number}" for number in range(87, 100)]
ENOUGH = 1000
_NUMBER_LIKE = re.compile(r"(?<![0-9A-Za-z*])[0-9X*]{4,18}(?![0-9A-Za-z*])")
# Keys of rows: drawn by lot, so that a part of one may look like the end of a number by chance.
_KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
READERS = [one for one in COLUMNS if one != "anonymous"]


def whole(area: str, born: dt.date, serial: int) -> str:
    digits = f"{area}{born:%Y%m%d}{serial:03d}"
    return digits + check_digit(digits)


def candidates(number: str, texts: Iterable[str]) -> set[str]:
    """The numbers that whoever read the texts, birth date and sex has to reckon with."""
    born = dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    left = {
        whole(area, born, serial)
        for area in AREAS
        for serial in range(int(number[16]) % 2, 1000, 2)
    }
    read = (_KEY.sub("", text) for text in texts)
    for piece in {piece for text in read for piece in _NUMBER_LIKE.findall(text)}:
        if "*" in piece:
            shape = re.compile(piece.replace("*", "[0-9X]"))
            if len(piece) in (15, 18) and re.search("[0-9X]", piece) and shape.fullmatch(number):
                left = {one for one in left if shape.fullmatch(one)}
        elif number.endswith(piece):
            left = {one for one in left if one.endswith(piece)}
        elif number.startswith(piece) and len(piece) >= 6:
            left = {one for one in left if one.startswith(piece)}
    return left


def may_see(username: str, zone: Zone) -> bool:
    """Whether his role lets him look at numbers one by one, or find people by them."""
    rights = {Permission.MEMBER_REVEAL, Permission.MEMBER_FIND_BY_IDENTITY}
    user = zone.users[username]
    given = user.grants.values_list("role", flat=True)
    return any(rights & ROLES[role].permissions for role in given)


@pytest.fixture
def crowd(zone_in_june: Zone) -> list[Member]:
    """Namesakes and others of the branch, with numbers of several areas; told to the audit trail."""
    zone = zone_in_june
    people = [
        ("张三", dt.date(1974, 3, 15), 613, "1", AREAS[0]),
        ("张三", dt.date(1974, 3, 15), 587, "1", AREAS[5]),
        ("李秀英", dt.date(1961, 11, 2), 868, "2", AREAS[12]),
        ("王建国", dt.date(1990, 7, 28), 349, "1", AREAS[7]),
    ]
    saved = acts.save_members(
        changes=[
            MemberChange(
                {
                    "name": name,
                    "sex": sex,
                    "birth_on": born,
                    "category": "full_member",
                    "joined_on": dt.date(2015, 6, 1),
                    "full_member_on": dt.date(2016, 6, 1),
                    "organization_id": zone.branch.pk,
                    "identity_number": whole(area, born, serial),
                    "phone": f"1006562{serial}7",
                    "address": "江苏省徐州市云龙区青年路18号",
                }
            )
            for name, born, serial, sex, area in people
        ],
        by=zone.actor("zone"),
        note=f"补录 {whole(AREAS[0], people[0][1], 613)}",
    )
    return list(Member.objects.filter(pk__in=saved.created).order_by("pk"))


def numbers(crowd: Iterable[Member]) -> list[str]:
    return [member.unsealed("identity_number") for member in crowd]  # type: ignore[arg-type]


def text_of(response: Any) -> str:
    """Everything that somebody reads of an answer, the cells of a workbook among it."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK" and "sheet" in response.headers.get("Content-Type", ""):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return "\n".join(
            str(cell)
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for cell in row
        )
    return content.decode("utf-8", "replace")


# --- the sum itself ---------------------------------------------------------------------------


def test_the_sum_finds_what_earlier_masks_gave_away() -> None:
    number = whole(AREAS[3], dt.date(1974, 3, 15), 613)
    assert len(candidates(number, [])) == 13 * 500
    shown = f"{number[:3]}***********{number[-4:]}"
    assert len(candidates(number, [f"<td>{shown}</td>"])) <= 13
    assert len(candidates(number, [f"“{number[:6]}”"])) == 500
    assert candidates(number, [f"号码 {number}"]) == {number}
    key = f"1f0c2a4e-{number[-4:]}-4b1d-9a3c-5d2e7f8a9b0c"
    assert len(candidates(number, [f"/cycles/{key}/", f"key {number[-4:]}"])) <= 13
    assert len(candidates(number, [f"/cycles/{key}/"])) == 13 * 500
    assert len(candidates(number, [mask_identity(number)])) == 13 * 500


def test_the_demo_spreads_its_people_over_as_many_areas_as_a_city_has() -> None:
    assert set(AREA_CODES) == set(AREAS)


# --- everything there is to read --------------------------------------------------------------


@pytest.mark.once
@pytest.mark.parametrize("username", READERS)
def test_nobody_can_compute_a_number_from_what_he_reads(
    zone_in_june: Zone, crowd: list[Member], username: str
) -> None:
    zone = zone_in_june
    texts: list[str] = []
    client = zone.client(username)
    seen = 0
    for name, methods in ROWS.items():
        if "GET" not in methods or expected(methods["GET"]).get(username) != 200:
            continue
        address = ADDRESSES[name]
        with clock.at(NOW), undone():
            prepare(name)
            wanted = [arguments(name, own(zone)) if address.arguments else {}]
            if name.startswith(("members:member-", "api:member-")) and set(wanted[0]) == {"pk"}:
                wanted += [{"pk": member.pk} for member in crowd]
            for given in wanted:
                response = client.get(reverse(name, kwargs=given))
                if response.status_code == 200:
                    texts.append(text_of(response))
                    seen += "李秀英" in texts[-1]
    with clock.at(NOW), undone():
        sheet = client.post(reverse("members:member-export"), {"scope": "masked"})
        if sheet.status_code == 200:
            texts.append(text_of(sheet))
            seen += 1
    for number in numbers(crowd):
        left = candidates(number, texts)
        assert len(left) >= ENOUGH
        assert number in left
    phones = [member.unsealed(RevealedField.PHONE) for member in crowd]
    assert not [phone for phone in phones if any(phone in text for text in texts)]
    if Permission.MEMBER_VIEW in {
        right
        for role in zone.users[username].grants.values_list("role", flat=True)
        for right in ROLES[role].permissions
    } and username in ("zone", "committee", "dahuangshan", "huzhuang", "huzhuang1", "officer"):
        assert seen >= 5, "the people are read nowhere: the sum says nothing"


# --- answers to questions ---------------------------------------------------------------------


def asked(client: Client, number: str) -> list[str]:
    """What every search of the portal says of a number, its end and its beginnings, without the
    question itself."""
    answers = []
    for question in (number, number[-4:], number[-6:], number[:6], number[6:]):
        for url in (
            reverse("core:search"),
            reverse("members:member-list"),
            reverse("api:member-list"),
            reverse("orgs:organization-list"),
        ):
            answers.append((question, client.get(url, {"q": question})))
        answers.append(
            (question, client.post(reverse("members:member-find"), {"number": question}))
        )
        answers.append(
            (question, client.post(f"/members/export/?q={question}", {"scope": "masked"}))
        )
    return [
        re.sub(
            r"[0-9A-Za-z]{64}|[0-9A-Za-z]{32}|[0-9a-f-]{36}|编号 [0-9a-f]{16}", "", text_of(answer)
        ).replace(question, "?")
        + str(answer.status_code)
        for question, answer in answers
    ]


@pytest.mark.parametrize("username", READERS)
def test_a_search_tells_only_those_who_may_whether_a_number_is_there(
    zone_in_june: Zone, crowd: list[Member], username: str
) -> None:
    """Who may not is answered alike for a number that is there and one that nobody has."""
    zone = zone_in_june
    if may_see(username, zone):
        return
    nobody = whole(AREAS[2], dt.date(1983, 2, 9), 715)
    with clock.at(NOW):
        client = zone.client(username)
        with undone():
            unknown = asked(client, nobody)
        for number in numbers(crowd):
            with undone():
                assert asked(client, number) == unknown


def test_those_who_may_find_by_the_last_four(zone: Zone) -> None:
    number = whole(AREAS[0], dt.date(1974, 3, 15), 613)
    member = make_member(zone.branch, "张三", number)
    assert [hit.url for hits in find(zone.actor("dahuangshan"), number[-4:]) for hit in hits.items]
    assert not find(zone.actor("committee"), number[-4:])
    assert not find(zone.actor("huzhuang1"), number[-4:])
    page = zone.client("dahuangshan").post(reverse("members:member-find"), {"number": number[-4:]})
    assert page.headers["Location"] == member.get_absolute_url()


@pytest.mark.parametrize("order", sorted(SORTS))
def test_no_order_follows_the_numbers(zone_in_june: Zone, crowd: list[Member], order: str) -> None:
    """People are listed alike when their numbers change hands."""
    zone = zone_in_june
    client = zone.client("committee")
    urls = [
        f"{reverse('members:member-list')}?sort={order}",
        f"{reverse('api:member-list')}?{f'sort={order}' if order else ''}",
    ]

    def listed() -> list[list[str]]:
        with clock.at(NOW):
            return [
                re.findall(r'/members/(\d+)/"|"id":(\d+),"organization"', text_of(client.get(url)))
                for url in urls
            ]

    before = listed()
    assert all(len(found) >= len(crowd) for found in before)
    given = numbers(crowd)[::-1]
    with transaction.atomic():
        Member.objects.update(identity_index=None)
        for member, number in zip(crowd, given, strict=True):
            index = crypto_index(number)
            Member.objects.filter(pk=member.pk).update(identity_index=index)
    assert listed() == before


def crypto_index(number: str) -> str:
    from core.crypto import blind_index

    return blind_index(number, column=column("identity_number"))


# --- the masks --------------------------------------------------------------------------------


def test_masks_of_today() -> None:
    assert mask_identity("11010519491231002X") == HIDDEN
    assert mask_identity("110105491231002") == HIDDEN  # not even how long it is
    assert mask_identity("") == ""
    assert mask_identity("不详") == "不详"
    assert mask_phone("10012345678") == "100******78"
    assert mask_phone("051612345678") == "051*******78"
    assert mask_phone("87654321") == "********"
    assert mask_number("13812345678") == "138******78"
    assert mask_number("0031") == HIDDEN


def test_kept_texts_are_masked_as_today() -> None:
    assert mask_again("320***********0031，找到 1 人") == f"{HIDDEN}，找到 1 人"
    assert mask_again("320********003X") == HIDDEN
    assert mask_again("100****5678") == "100******78"
    assert mask_again("051******5678") == "051********78"
    assert mask_again("核对 320399197403150031 时") == f"核对 {HIDDEN} 时"
    assert mask_again("编号 20260715000000123456") == "编号 20260715000000123456"
    assert mask_again("100******78") == "100******78"


def test_old_trails_show_no_digit(zone: Zone) -> None:
    """A trail is never rewritten: what an earlier release left in it is masked where it is read."""
    member = make_member(zone.branch, "张三", whole(AREAS[0], dt.date(1974, 3, 15), 613))
    AuditEntry.objects.create(
        sequence=10**6,
        at=NOW,
        user_name="某人",
        verb="members.member.change",
        object_type="members.member",
        object_id=str(member.pk),
        object_label="张三",
        changes={"identity_number": ["320***********6138", "320***********6132"]},
        note="320***********6138，找到 1 人",
    )
    for username, url in (
        ("auditor", reverse("orgs:audit-list")),
        ("committee", member.get_absolute_url()),
    ):
        text = zone.client(username).get(url).content.decode()
        assert "某人" in text
        assert "6138" not in text
        assert "320*" not in text


def test_every_sealed_item_has_a_mask() -> None:
    from members.items import MASKS

    assert set(MASKS) == set(COLUMN)


def test_what_is_decided_about_somebody_is_no_title_of_a_draft(zone: Zone) -> None:
    """The list of drafts lies on the device, and would have it from the page's heading."""
    member = make_member(zone.branch, "张三")
    decision = decisions.propose(
        member=member,
        kind="expelled",
        resolved_on=dt.date(2026, 6, 1),
        resolution_number="3",
        basis="支部大会决议",
        by=zone.actor("huzhuang1"),
    )
    page = zone.client("zone").get(decision.get_absolute_url()).content.decode()
    assert "张三：开除党籍" in page
    forms = re.findall(r"<form[^>]* data-draft=[^>]*>", page)
    assert len(forms) == 2
    for form in forms:
        assert 'data-draft-title="张三 党籍处理"' in form
