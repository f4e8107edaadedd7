"""Exports in full: a cap a day, a second person above a size, a locked file that is gone after a
day, and the security administrator told of each."""

import datetime as dt
import io
from typing import Any
from urllib.parse import urlencode

import msoffcrypto
import pytest
from django.db import connection
from django.http import Http404, QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from core import clock, effects
from core.documents import making
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, MadeDocument, Notification
from members.models import Member
from orgs.access import actor_from_grant
from orgs.actions import full_exports
from orgs.enums import NARROWINGS, OrganizationClass
from orgs.forms.organizations import OrganizationFilter, query_of
from orgs.models import FullExport, Organization, RoleGrant
from orgs.queries.rosters import sealed_phone
from orgs.terms import CHOICES

from .parallel import run_together
from .test_members import number
from .world import Zone, build_zone, grant, make_member, make_user

MEMBERS = "members:member-export"
ORGANIZATIONS = "orgs:organization-export"
FULL = {"scope": "full", "purpose": "年度统计报市委"}
NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def at_noon() -> Any:
    with clock.at(NOW):
        yield


def ask(zone: Zone, username: str = "dahuangshan", rows: int = 1) -> FullExport:
    by = zone.actor(username)
    return full_exports.ask(
        kind="members",
        title="党员花名册",
        what="",
        rows=rows,
        purpose="年度统计",
        organization=Organization.objects.get(pk=by.organization_id),
        by=by,
    )


def allow(zone: Zone, export: FullExport, username: str = "zone") -> FullExport:
    asker = actor_from_grant(export.asked_by_id, export.grant_id)
    return full_exports.allow(export=export, by=zone.actor(username), asker=asker)


def content(zone: Zone, export: FullExport, username: str = "dahuangshan") -> bytes:
    """The file as who asked fetches it."""
    effects.run_due()
    response = zone.client(username).get(reverse("core:document-file", args=[export.document]))
    assert response.status_code == 200, response.status_code
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def opened(locked: bytes, password: str) -> str:
    book = msoffcrypto.OfficeFile(io.BytesIO(locked))
    book.load_key(password=password, verify_password=True)
    plain = io.BytesIO()
    book.decrypt(plain)
    plain.seek(0)
    return str(CalamineWorkbook.from_filelike(plain).get_sheet_by_index(0).to_python())


def test_the_file_opens_with_the_password_of_its_page_alone(zone: Zone) -> None:
    make_member(zone.branch, "张三", number(3), phone="10065623923")
    make_member(zone.neighbour_branch, "章杉", number(5))
    client = zone.client("dahuangshan")
    page = client.post(reverse(MEMBERS), FULL, follow=True)
    export = FullExport.objects.get()
    assert export.state == "allowed"
    text = page.content.decode()
    assert export.password in text
    assert len(export.password) == 19
    assert page.headers["Cache-Control"] == "no-store"
    locked = content(zone, export)
    assert locked[:4] == bytes.fromhex("d0cf11e0")
    assert b"10065623923" not in locked
    with pytest.raises(Exception, match="verification"):
        opened(locked, "wrong")
    cells = opened(locked, export.password)
    assert number(3) in cells
    assert number(5) not in cells
    assert "dahuangshan 2026年7月6日" in cells
    assert "用途：年度统计报市委" in cells
    assert export.password not in str(list(AuditEntry.objects.values()))
    # The page of the file leads to its password, and tells it not itself.
    there = client.get(reverse("core:document-detail", args=[export.document])).content.decode()
    assert reverse("orgs:export-detail", args=[export.uid]) in there
    assert export.password not in there
    assert Notification.objects.filter(body__contains="文件加了密码").count() == 1


def test_the_filters_of_the_list_are_those_of_the_file(zone: Zone) -> None:
    make_member(zone.branch, "张三", number(3))
    make_member(zone.branch2, "李四", number(7), name_pinyin="lisi", name_initials="ls")
    url = f"{reverse(MEMBERS)}?q=lisi"
    zone.client("dahuangshan").post(url, FULL)
    export = FullExport.objects.get()
    assert export.rows == 1
    cells = opened(content(zone, export), export.password)
    assert "李四" in cells
    assert "张三" not in cells


PADDED = "9" * 1500


@pytest.mark.parametrize("padding", ["x", "sort", "category", "joined_from"])
def test_an_address_however_long_narrows_the_file_of_members(zone: Zone, padding: str) -> None:
    """What is kept of an address is cut nowhere: else the filter behind it would be lost, and one
    who asks for a branch, or who allows it, would give away all of the committee."""
    make_member(zone.branch, "张三", number(3))
    make_member(zone.branch2, "李四", number(7))
    blanks = "2000-01-01" + " " * 1500
    value = blanks if padding == "joined_from" else PADDED
    Member.objects.update(joined_on=dt.date(2010, 7, 1))
    query = urlencode({padding: value, "organization": zone.branch.pk})
    zone.client("dahuangshan").post(f"{reverse(MEMBERS)}?{query}", FULL)
    export = FullExport.objects.get()
    assert export.rows == 1
    cells = opened(content(zone, export), export.password)
    assert "张三" in cells
    assert "李四" not in cells


def test_an_address_however_long_narrows_the_file_of_organisations(zone: Zone) -> None:
    query = urlencode({"x": PADDED, "below": zone.branch.pk})
    zone.client("dahuangshan").post(f"{reverse(ORGANIZATIONS)}?{query}", FULL)
    export = FullExport.objects.get()
    cells = opened(content(zone, export), export.password)
    assert zone.branch.name in cells
    assert zone.branch2.name not in cells


def test_the_longest_filters_fit_into_what_is_kept() -> None:
    """Rare characters of four bytes, and every filter at once."""
    longest = "𠮷" * 60
    form = OrganizationFilter(
        {
            "q": longest,
            "kind": "grassroots_committee",
            "organization_class": max(OrganizationClass.values, key=len),
            "term": max(dict(CHOICES), key=len),
            "abolished": "1",
            "below": "2000000000",
            "existing": "2026-07-06",
            "known": "1783303200000000",
            "only": max(NARROWINGS, key=len),
        }
    )
    assert form.is_valid(), form.errors
    query = query_of(form)
    again = OrganizationFilter(QueryDict(query))
    assert again.is_valid()
    assert again.cleaned_data == form.cleaned_data
    assert len(query) <= FullExport._meta.get_field("what").max_length


def test_contacts_phones_are_masked_unless_a_purpose_is_given(zone: Zone) -> None:
    phone = sealed_phone(zone.branch, "10012345678")
    Organization.objects.filter(pk=zone.branch.pk).update(
        contact_name="王五", contact_phone_sealed=phone
    )
    client = zone.client("dahuangshan")
    url = reverse(ORGANIZATIONS)
    assert client.post(url, {"scope": "full", "purpose": "看"}).status_code == 422
    masked = client.post(url, {"scope": "masked"})
    text = str(
        CalamineWorkbook.from_filelike(io.BytesIO(b"".join(masked.streaming_content)))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert "100******78" in text
    assert "10012345678" not in text
    client.post(url, FULL)
    export = FullExport.objects.get()
    cells = opened(content(zone, export), export.password)
    assert "10012345678" in cells
    assert "年度统计报市委" in cells


def test_a_role_exports_so_often_a_day_and_no_more(zone: Zone) -> None:
    """Whatever the kind; a new day begins anew."""
    client = zone.client("dahuangshan")
    for _ in range(2):
        assert client.post(reverse(MEMBERS), FULL).status_code == 302
    for url in (MEMBERS, ORGANIZATIONS):
        refused = client.post(reverse(url), FULL)
        assert refused.status_code == 429
        assert "今天已完整导出 2 次" in refused.content.decode()
    assert client.post(reverse(MEMBERS), {"scope": "masked"}).status_code == 200
    with clock.at(NOW + dt.timedelta(days=1)):
        ask(zone)
    for _ in range(3):
        ask(zone, "zone")
    with pytest.raises(full_exports.TooMany):
        ask(zone, "zone")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_six_at_once_are_not_more_than_a_day_allows() -> None:
    zone = build_zone()
    found = run_together([lambda: ask(zone)] * 6)
    assert sum(one.error is None for one in found) == 2, found
    assert FullExport.objects.count() == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_deciders_decide_once() -> None:
    zone = build_zone()
    zone.users["zone2"] = make_user("zone2", "zone_staff", zone.root)
    export = ask(zone, rows=5000)

    def fresh() -> FullExport:
        return FullExport.objects.select_related("organization").get(pk=export.pk)

    def yes() -> Any:
        with clock.at(NOW):
            return allow(zone, fresh())

    def no() -> Any:
        with clock.at(NOW):
            return full_exports.refuse(export=fresh(), reason="不行", by=zone.actor("zone2"))

    found = run_together([yes, no] * 3)
    assert sum(one.error is None for one in found) == 1, found


def test_above_the_size_another_person_allows(zone: Zone) -> None:
    export = ask(zone, rows=501)
    assert export.state == "waiting"
    assert not export.password
    effects.run_due()
    assert not MadeDocument.objects.exists()
    page = zone.client("dahuangshan").get(reverse("orgs:export-detail", args=[export.uid]))
    assert "须由另一位" in page.content.decode()
    # Not who asked, nor in another of his roles; nobody from beside or below.
    grant(zone.users["dahuangshan"], "zone_staff", zone.root)
    again = actor_from_grant(
        zone.users["dahuangshan"].pk,
        RoleGrant.objects.get(user=zone.users["dahuangshan"], role="zone_staff").pk,
    )
    for by in (zone.actor("dahuangshan"), again, zone.actor("jinshanqiao"), zone.actor("huzhuang")):
        with pytest.raises(NotAllowed):
            full_exports.allow(export=export, by=by, asker=zone.actor("dahuangshan"))
    home = zone.client("zone").get(reverse("orgs:export-list")).content.decode()
    assert "年度统计" in home
    zone.client("zone").post(reverse("orgs:export-allow", args=[export.uid]))
    export.refresh_from_db()
    assert export.state == "allowed"
    assert export.decided_by_name == "zone"
    assert opened(content(zone, export), export.password)
    # Who allowed it gets neither file nor password.
    other = zone.client("zone")
    assert (
        export.password
        not in other.get(reverse("orgs:export-detail", args=[export.uid])).content.decode()
    )
    assert other.get(reverse("core:document-file", args=[export.document])).status_code == 404


def test_the_second_person_says_no_with_a_reason(zone: Zone) -> None:
    export = ask(zone, rows=501)
    zone.client("zone").post(
        reverse("orgs:export-refuse", args=[export.uid]), {"reason": "请用遮盖的"}
    )
    export.refresh_from_db()
    assert (export.state, export.password) == ("refused", "")
    told = Notification.objects.get(user=zone.users["dahuangshan"])
    assert "请用遮盖的" in told.body


def test_the_form_says_when_the_purpose_is_needed(zone: Zone) -> None:
    page = zone.client("dahuangshan").get(reverse(MEMBERS)).content.decode()
    assert "“完整显示”必填" in page
    assert "选填" not in page


def test_who_asked_takes_it_back_and_it_counts_for_the_day(zone: Zone) -> None:
    export = ask(zone, rows=501)
    for username in ("zone", "jinshanqiao", "huzhuang"):
        with pytest.raises(NotAllowed):
            full_exports.withdraw(export=export, by=zone.actor(username))
    client = zone.client("dahuangshan")
    url = reverse("orgs:export-withdraw", args=[export.uid])
    asked = client.post(url)
    assert "不生成文件" in asked.content.decode()
    client.post(url, {"agreed": "yes", "seen": asked.context["question"].seen})
    export.refresh_from_db()
    assert export.state == "withdrawn"
    assert AuditEntry.objects.filter(verb="orgs.full_export.withdraw").count() == 1
    with pytest.raises(Conflict, match="已撤回"):
        allow(zone, export)
    assert "年度统计" not in zone.client("zone").get(reverse("orgs:export-list")).content.decode()
    effects.run_due()
    assert not MadeDocument.objects.exists()
    ask(zone)
    with pytest.raises(full_exports.TooMany):
        ask(zone)


def test_what_was_allowed_is_not_taken_back(zone: Zone) -> None:
    export = ask(zone)
    with pytest.raises(Conflict, match="已批准"):
        full_exports.withdraw(export=export, by=zone.actor("dahuangshan"))


def test_it_is_gone_after_a_day_and_with_the_role(zone: Zone) -> None:
    export = ask(zone)
    effects.run_due()
    url = reverse("core:document-file", args=[export.document])
    with clock.at(NOW + dt.timedelta(hours=25)):
        late = zone.client("dahuangshan").get(url)
        assert late.status_code >= 400
        export.refresh_from_db()
        assert not export.password
        making.clear()
    assert MadeDocument.objects.get(uid=export.document).state == "expired"
    second = ask(zone)
    effects.run_due()
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(valid_to=dt.date(2026, 7, 1))
    gone = zone.client("dahuangshan").get(reverse("core:document-file", args=[second.document]))
    assert gone.status_code >= 400
    waiting = ask(zone, "zone", rows=5000)
    zone.users["zone2"] = make_user("zone2", "zone_staff", zone.root)
    with clock.at(NOW + dt.timedelta(hours=25)), pytest.raises(DomainError):
        allow(zone, waiting, "zone2")


def test_the_security_administrator_is_told_without_a_name_of_the_register(zone: Zone) -> None:
    make_member(zone.branch, "张三", number(3))
    export = ask(zone, rows=501)
    allow(zone, export)
    told = list(Notification.objects.filter(user=zone.users["secadmin"]).order_by("pk"))
    assert [message.title for message in told] == [
        "dahuangshan申请完整导出：党员花名册 501 行",
        "zone批准完整导出：党员花名册 501 行",
    ]
    assert not any("张三" in message.title + message.body for message in told)
    verbs = list(AuditEntry.objects.order_by("sequence").values_list("verb", flat=True))
    assert [verb for verb in verbs if "full_export" in verb] == [
        "orgs.full_export.ask",
        "orgs.full_export.allow",
    ]


def test_a_file_that_is_not_ones_own_is_not_there(zone: Zone) -> None:
    export = ask(zone)
    for username in ("jinshanqiao", "huzhuang1", "committee", "secadmin", "sysadmin"):
        answer = zone.client(username).get(reverse("orgs:export-detail", args=[export.uid]))
        assert answer.status_code == 404, username
    from orgs import packs

    with pytest.raises(Http404):
        packs.check({"export": str(export.uid)}, zone.actor("zone"))


def test_lists_ask_as_much_for_three_as_for_one(zone: Zone) -> None:
    client = zone.client("zone")
    url = reverse("orgs:export-list")
    counts = []
    for wanted in (1, 2):
        for _ in range(wanted):
            ask(zone, "jinshanqiao" if wanted == 1 else "dahuangshan", rows=501)
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]
