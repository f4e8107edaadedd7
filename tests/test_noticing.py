"""What is refused is written down, counted, slowed, and told to the security administrators."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import audit, clock, effects, importing, marked_sheets
from core.actions import action
from core.actor import Actor, system
from core.errors import DomainError
from core.http import network_of
from core.models import AuditEntry, Notification
from members.actions import numbers
from members.models import Member
from orgs import alarms as rules
from orgs.actions import alarms
from orgs.jobs import raise_alarms
from orgs.models import User

from .hostile import IDENTITY_NUMBER, MEMBER
from .test_member_import import row, sheet, upload
from .test_members import number as identity_number
from .world import PASSWORD, Zone, make_member, make_user

LOGIN = "/login/"
WRONG = "x"
REFUSED, BRAKED = "orgs.access.refused", "orgs.access.braked"


def count(verb: str) -> int:
    return AuditEntry.objects.filter(verb=verb).count()


def told(zone: Zone, who: str = "secadmin") -> list[str]:
    return list(
        Notification.objects.filter(user=zone.users[who], about__startswith="alarm:").values_list(
            "title", flat=True
        )
    )


def sign_in(username: str, password: str = WRONG, ip: str = "10.1.1.1") -> int:
    client = Client(REMOTE_ADDR=ip)
    return client.post(LOGIN, {"username": username, "password": password}).status_code


# --- signing in -------------------------------------------------------------------------------


@pytest.fixture
def accounts(zone: Zone) -> list[User]:
    return [make_user(f"person{number:02d}") for number in range(52)]


def test_names_sprayed_from_one_address_are_slowed(
    zone: Zone, accounts: list[User], settings: Any
) -> None:
    """52 names from one address: the last with its right password gets nowhere."""
    for user in accounts[:-1]:
        assert sign_in(user.username) == 403
    assert sign_in(accounts[-1].username, PASSWORD) == 403
    entry = AuditEntry.objects.order_by("-sequence")[0]
    assert (entry.user_id, entry.note) == (accounts[-1].pk, "锁定或限速期内")
    # One try in some seconds is looked at: nobody is locked out for good.
    with clock.at(clock.now() + dt.timedelta(seconds=settings.SIGN_IN_SLOW_SECONDS + 1)):
        assert sign_in(accounts[-1].username, PASSWORD) == 302
    assert sign_in("zone", PASSWORD, ip="10.1.1.2") == 302  # from elsewhere at once


def test_slowed_address_lets_those_in_who_came_from_it_before(
    zone: Zone, accounts: list[User]
) -> None:
    assert sign_in("zone", PASSWORD) == 302
    for user in accounts:
        sign_in(user.username)
    assert sign_in("huzhuang1", PASSWORD) == 403
    assert sign_in("zone", PASSWORD) == 302


def test_one_name_from_many_addresses_is_slowed_but_not_for_its_owner(zone: Zone) -> None:
    assert sign_in("zone", PASSWORD, ip="10.9.9.9") == 302
    for number in range(25):
        sign_in("zone", ip=f"10.2.0.{number}")
    assert sign_in("zone", PASSWORD, ip="10.2.1.1") == 403
    assert sign_in("zone", PASSWORD, ip="10.9.9.9") == 302
    assert sign_in("huzhuang1", PASSWORD, ip="10.2.1.1") == 302


def test_unknown_names_count_too(zone: Zone) -> None:
    for number in range(16):
        sign_in(f"nobody{number}")
    assert sign_in("huzhuang1", PASSWORD) == 403


def test_answer_is_the_same_when_slowed(zone: Zone, accounts: list[User]) -> None:
    def page(username: str) -> str:
        answer = Client(REMOTE_ADDR="10.1.1.1").post(LOGIN, {"username": username, "password": "x"})
        return answer.content.decode().replace(username, "")

    before = page("huzhuang1")
    for user in accounts[:20]:
        sign_in(user.username)
    for name in ("huzhuang1", "nobody", "zone"):
        text = page(name)
        assert len(text) == len(before)
        assert "正确" in text


def test_slowing_holds_for_programs_too(zone: Zone, accounts: list[User]) -> None:
    for user in accounts[:20]:
        sign_in(user.username)
    answer = Client(REMOTE_ADDR="10.1.1.1").post(
        reverse("api:token"),
        {"username": "huzhuang1", "password": PASSWORD},
        content_type="application/json",
    )
    assert answer.status_code == 401


@pytest.mark.parametrize("count_of_proxies", [1, 2])
def test_behind_a_proxy_the_caller_counts_not_the_proxy(
    zone: Zone, accounts: list[User], settings: Any, count_of_proxies: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = count_of_proxies

    def come(name: str, password: str, ip: str, forged: str = "") -> int:
        hops = [forged] if forged else []
        hops += [ip] + ["10.0.0.7"] * (count_of_proxies - 1)
        client = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=", ".join(hops))
        return client.post(LOGIN, {"username": name, "password": password}).status_code

    for number, user in enumerate(accounts[:20]):
        come(user.username, "x", "203.0.113.5", forged=f"198.51.100.{number}")
    assert come("huzhuang1", PASSWORD, "203.0.113.5", forged="198.51.100.99") == 403
    assert come("huzhuang1", PASSWORD, "203.0.113.6") == 302
    assert set(AuditEntry.objects.values_list("ip", flat=True)) == {"203.0.113.5", "203.0.113.6"}


# --- things that are not there or not one's own -----------------------------------------------


@pytest.fixture
def few(settings: Any) -> None:
    settings.REFUSALS = 5


def test_foreign_ids_walked_are_written_and_stopped(zone: Zone, few: None) -> None:
    """140 of them went through without an entry."""
    foreign = make_member(zone.neighbour_branch, name="外人")
    own = make_member(zone.branch, name="自己人")
    client = zone.client("huzhuang1")
    url = reverse("members:member-detail", args=[foreign.pk])
    seen = [client.get(url).status_code for _ in range(10)]
    assert seen == [404] * 5 + [429] * 5
    assert (count(REFUSED), count(BRAKED)) == (5, 1)
    entry = AuditEntry.objects.filter(verb=REFUSED).first()
    assert entry is not None
    assert entry.object_id == str(foreign.pk)
    assert entry.object_label == url
    assert "外人" not in repr(list(AuditEntry.objects.values_list()))
    answer = client.get(reverse("members:member-detail", args=[own.pk]))
    assert answer.status_code == 429
    assert answer["Retry-After"] == "600"
    assert "联系安全管理员" in answer.content.decode()
    assert client.get("/").status_code == 200  # the rest goes on
    assert client.get(reverse("members:member-list")).status_code == 200
    # Signing in anew forgets nothing.
    again = zone.client("huzhuang1")
    assert again.get(url).status_code == 429
    with clock.at(clock.now() + dt.timedelta(minutes=11)):
        assert client.get(reverse("members:member-detail", args=[own.pk])).status_code == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [("members:member-detail", IDENTITY_NUMBER), ("api:calendar-feed", "pt_secret-of-a-token")],
)
def test_neither_numbers_nor_secrets_of_an_address_are_written(
    zone: Zone, name: str, value: str
) -> None:
    given = int(value) if value.isdigit() else value
    assert zone.client("huzhuang1").get(reverse(name, args=[given])).status_code == 404
    entry = AuditEntry.objects.get(verb=REFUSED)
    assert entry.object_type == name
    assert value not in repr(AuditEntry.objects.filter(pk=entry.pk).values_list())


def test_typed_text_is_shown_when_stopped(zone: Zone, few: None) -> None:
    client = zone.client("huzhuang1")
    own = make_member(zone.branch)
    for _ in range(6):
        client.get(reverse("members:member-detail", args=[999_999]))
    answer = client.post(
        reverse("members:member-exit", args=[own.pk]),
        {"note": "写了很久的说明"},
        headers={"origin": "http://testserver"},
    )
    assert answer.status_code == 429
    assert "写了很久的说明" in answer.content.decode()


def test_programs_are_stopped_too(zone: Zone, few: None) -> None:
    from .test_api_resources import secret_of

    client = Client(headers={"authorization": f"Token {secret_of(zone, 'huzhuang1')}"})
    seen = [client.get("/api/v1/members/999999/") for _ in range(7)]
    assert [one.status_code for one in seen] == [404] * 5 + [429] * 2
    assert seen[-1]["Content-Type"] == "application/problem+json"
    assert count(REFUSED) == 5


def test_what_is_no_lookup_is_not_counted(zone: Zone, few: None) -> None:
    client = zone.client("huzhuang1")
    for _ in range(10):
        assert client.get("/no/such/page/").status_code == 404
        Client().get(reverse("members:member-detail", args=[999_999]))  # nobody
    assert count(REFUSED) == 0


def test_pages_that_a_role_has_not_are_written(zone: Zone) -> None:
    assert zone.client("huzhuang1").get(reverse("orgs:audit-list")).status_code == 404
    assert count(REFUSED) == 1


# --- identity numbers -------------------------------------------------------------------------


def register(zone: Zone, who: str, number: str) -> Any:
    return zone.client(who).post(
        reverse("members:member-create"),
        {
            **MEMBER,
            "identity_number": number,
            "organization": zone.branch.pk,
            "arrived_on": "2026-06-01",
        },
    )


@pytest.fixture
def elsewhere(zone: Zone) -> Member:
    return make_member(zone.neighbour_branch, "外人", IDENTITY_NUMBER)


def test_registered_elsewhere_is_told_to_nobody_who_may_not_see_it(
    zone: Zone, elsewhere: Member
) -> None:
    answer = register(zone, "huzhuang1", IDENTITY_NUMBER)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "已有登记" not in page
    assert "已登记" not in page
    assert "由上级党委核对后登记" in page
    entry = AuditEntry.objects.get(verb=numbers.VERB)
    assert IDENTITY_NUMBER not in repr(AuditEntry.objects.filter(pk=entry.pk).values_list())
    assert entry.user_id == zone.users["huzhuang1"].pk


def test_registered_where_one_sees_is_told(zone: Zone) -> None:
    make_member(zone.branch2, "自己人", IDENTITY_NUMBER)
    page = register(zone, "dahuangshan", IDENTITY_NUMBER).content.decode()
    assert f"已登记在{zone.branch2}" in page
    assert count(numbers.VERB) == 0


def test_too_many_numbers_get_one_answer_whoever_has_them(
    zone: Zone, elsewhere: Member, settings: Any
) -> None:
    """21 numbers went through: after five a number that nobody has gets the same answer."""
    for _ in range(settings.NUMBERS_IN_VAIN):
        known = register(zone, "huzhuang1", IDENTITY_NUMBER).content
    before = Member.objects.count()
    free = "110101199003070134"
    answer = register(zone, "huzhuang1", free)
    assert answer.status_code == 422
    assert "由上级党委核对后登记" in answer.content.decode()
    assert len(answer.content) == len(known)
    assert Member.objects.count() == before
    assert count(numbers.VERB) == settings.NUMBERS_IN_VAIN
    with clock.at(clock.now() + dt.timedelta(hours=25)):
        numbers.refuse_too_many(zone.actor("huzhuang1"))  # no longer


# --- alarms -----------------------------------------------------------------------------------


def test_alarms_reach_the_security_administrator_once(zone: Zone, few: None) -> None:
    client = zone.client("huzhuang1")
    for _ in range(6):
        client.get(reverse("members:member-detail", args=[999_999]))
    assert alarms.raise_alarms(by=system()) == 1
    assert alarms.raise_alarms(by=system()) == 0
    raise_alarms(clock.now())
    assert len(told(zone)) == 1
    assert "不在范围内" in told(zone)[0]
    assert count("orgs.alarm.raised") == 1
    for who in ("sysadmin", "auditor", "zone", "huzhuang1"):
        assert not told(zone, who)
    # Not again after midnight, either; only when it happens again.
    for hours in (6, 12, 23, 30):
        with clock.at(clock.now() + dt.timedelta(hours=hours)):
            assert alarms.raise_alarms(by=system()) == 0


def test_alarm_for_addresses_and_accounts(zone: Zone) -> None:
    for number in range(31):
        sign_in(f"nobody{number}", ip=f"2001:db8:1111:2222:3333:4444:5555:{number:x}")
    for number in range(16):
        sign_in("zone", ip=f"10.8.0.{number}")
    assert alarms.raise_alarms(by=system()) == 2
    titles = " ".join(told(zone))
    assert "地址 2001:db8:1111:2222::/64 一天内登录失败 31 次" in titles
    assert "的账号一天内登录失败 16 次" in titles


def test_alarm_for_numbers(zone: Zone, elsewhere: Member) -> None:
    for _ in range(3):
        register(zone, "huzhuang1", IDENTITY_NUMBER)
    assert alarms.raise_alarms(by=system()) == 1
    assert "身份号码" in told(zone)[0]


@pytest.mark.parametrize(("rows", "is_told"), [(19, False), (20, True)])
def test_alarm_for_sheets_full_of_numbers(
    zone: Zone, tmp_path: Path, rows: int, is_told: bool
) -> None:
    """Each sheet is written down once, however often it is compared: honest ones have a few."""
    for place in range(rows):
        make_member(zone.neighbour_branch, "外人", identity_number(place))
    roster = sheet(
        tmp_path / "a.xlsx",
        *(row("外人", place, zone.branch) for place in range(rows)),
        row("自己人", rows, zone.branch),
    )
    batch = upload(zone, "dahuangshan", roster)
    effects.run_due()
    batch.refresh_from_db()
    assert batch.counts["refused"] == rows
    importing.confirm(batch=batch, by=zone.actor("dahuangshan"))
    marked_sheets.ask(batch=batch, by=zone.actor("dahuangshan"))
    effects.run_due()
    batch.refresh_from_db()
    assert batch.state == "applied"
    entry = AuditEntry.objects.get(verb=numbers.SHEET_VERB)
    assert entry.changes == {"numbers": [0, rows]}
    assert "外人" not in entry.object_label
    assert alarms.raise_alarms(by=system()) == int(is_told)
    assert [f"有 {rows} 个别处党员的身份号码" in title for title in told(zone)] == [True] * is_told


def test_alarm_for_exports(zone: Zone) -> None:
    by = zone.actor("dahuangshan")
    for _ in range(5):
        audit.record_now(by=by, verb="members.member.export")
    assert alarms.raise_alarms(by=system()) == 1
    assert "一天内导出 5 次" in told(zone)[0]


def test_alarm_for_lists_of_telephones(zone: Zone) -> None:
    by = zone.actor("dahuangshan")
    for number in range(1, 11):
        assert alarms.raise_alarms(by=system()) == 0, number
        audit.record_now(by=by, verb="schedules.report.reveal")
    assert alarms.raise_alarms(by=system()) == 1
    assert "一天内查看 10 份名单的电话" in told(zone)[0]


@pytest.mark.parametrize(
    ("hour", "is_told"), [(23, True), (3, True), (5, True), (6, False), (12, False), (21, False)]
)
def test_alarm_for_administrators_at_night(zone: Zone, hour: int, is_told: bool) -> None:
    local = dt.timezone(dt.timedelta(hours=8))
    with clock.at(dt.datetime(2026, 7, 7, hour, 30, tzinfo=local)):
        audit.record_now(
            by=zone.actor("sysadmin"), verb="orgs.session.started", obj=zone.users["sysadmin"]
        )
        audit.record_now(by=zone.actor("zone"), verb="orgs.session.started")
        assert alarms.raise_alarms(by=system()) == int(is_told)


def test_alarm_for_a_broken_chain(zone: Zone) -> None:
    from django.db import connection

    audit.record_now(by=system(), verb="orgs.session.closed")
    assert alarms.check_chain(by=system()) == 0
    audit.remove_guards(connection)
    try:
        AuditEntry.objects.update(note="changed")
    finally:
        audit.install_guards(connection)
    assert alarms.check_chain(by=system()) == 1
    alarms.check_chain(by=system())
    assert told(zone) == told(zone, "auditor") == ["审计链有 1 处异常"]


@pytest.mark.parametrize("people", [1, 3])
def test_queries_of_rules_do_not_grow(
    zone: Zone, django_assert_max_num_queries: Any, people: int
) -> None:
    for number in range(people):
        by = zone.actor(("huzhuang1", "dahuangshan", "zone")[number])
        for _ in range(6):
            audit.record_now(by=by, verb="members.member.export")
    with django_assert_max_num_queries(9):
        found = [one for rule in rules.registered() for one in rule.find(rules.since())]
    assert len(found) == people


def test_refusals_are_kept_when_the_act_is_undone(zone: Zone) -> None:
    by = zone.actor("huzhuang1")

    @action
    def refused(*, by: Actor) -> None:
        audit.record(by=by, verb="orgs.session.closed")
        with audit.unit_of_work():
            audit.record_refusal(by=by, verb=REFUSED)
        raise DomainError("nein")

    with pytest.raises(DomainError):
        refused(by=by)
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == [REFUSED]
    assert audit.verify().is_intact


@pytest.mark.parametrize(
    ("ip", "network"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::"),
        ("2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::ffff:10.1.2.3", "10.1.2.3"),  # IPv4 as a socket of both kinds writes it
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_tries_are_counted_by_what_one_line_has(ip: str, network: str) -> None:
    assert network_of(ip) == network


def test_one_line_of_ipv6_is_one_address(zone: Zone, accounts: list[User]) -> None:
    """Each name from another address of the same /64; whoever came from there before gets in."""
    assert sign_in("zone", PASSWORD, ip="2001:db8:1:2::99") == 302
    for number, user in enumerate(accounts):
        sign_in(user.username, ip=f"2001:db8:1:2::{number + 1:x}")
    assert sign_in("huzhuang1", PASSWORD, ip="2001:db8:1:2:ffff::1") == 403
    assert sign_in("zone", PASSWORD, ip="2001:db8:1:2:eeee::1") == 302
    assert sign_in("huzhuang1", PASSWORD, ip="2001:db8:1:3::1") == 302


def test_lock_of_a_name_holds_for_the_whole_line(zone: Zone) -> None:
    for number in range(5):
        sign_in("huzhuang1", ip=f"2001:db8:1:2::{number + 1:x}")
    assert sign_in("huzhuang1", PASSWORD, ip="2001:db8:1:2::77") == 403
    assert sign_in("huzhuang1", PASSWORD, ip="2001:db8:1:3::77") == 302


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("10.7.7.7", "10.7.7.7"),
        ("203.0.113.9, 10.7.7.7", "10.7.7.7"),
        ("10.7.7.7:51234", "10.7.7.7"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("::ffff:10.7.7.7", "10.7.7.7"),
        ("unknown", "10.1.1.1"),
        ("'; DROP TABLE", "10.1.1.1"),
        ("", "10.1.1.1"),
        ("10.7.7.7,", "10.1.1.1"),
    ],
)
def test_what_a_proxy_says_counts_only_as_an_address(
    zone: Zone, settings: Any, forwarded: str, counted: str
) -> None:
    """It goes into columns of addresses: anything else was an error of PostgreSQL."""
    settings.TRUSTED_PROXY_COUNT = 1
    client = Client(REMOTE_ADDR="10.1.1.1", HTTP_X_FORWARDED_FOR=forwarded)
    assert client.post(LOGIN, {"username": "zone", "password": WRONG}).status_code == 403
    assert AccessAttempt.objects.get().ip_address == network_of(counted)
    assert client.post(LOGIN, {"username": "zone", "password": PASSWORD}).status_code == 302
    assert AuditEntry.objects.filter(verb="orgs.session.started").latest("pk").ip == counted


def test_an_alarm_stands_on_the_home_page_until_it_is_read(
    zone: Zone, accounts: list[User]
) -> None:
    for user in accounts[:40]:
        sign_in(user.username)
    alarms.raise_alarms(by=system())
    client = zone.client("secadmin")
    home = client.get("/", follow=True).content.decode()
    assert "告警" in home
    assert "地址 10.1.1.1 一天内登录失败 40 次" in home
    assert "请看消息里的说明" in home
    for other in ("sysadmin", "auditor", "zone"):
        assert "登录失败 40 次" not in zone.client(other).get("/", follow=True).content.decode()
    client.post(reverse("core:inbox-read"))
    assert "登录失败 40 次" not in client.get("/", follow=True).content.decode()


def test_alarms_on_the_home_page_cost_one_query(zone: Zone) -> None:
    client = zone.client("secadmin")
    counts = []
    for many in (1, 3):
        for number in range(many):
            Notification.objects.create(
                user=zone.users["secadmin"],
                key=f"{many}:{number}",
                about="alarm:orgs.walk:1",
                title=f"告警 {many} {number}",
                created_at=clock.now(),
            )
        client.get("/", follow=True)
        with CaptureQueriesContext(connection) as queries:
            text = client.get("/", follow=True).content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "有安全告警未读" in text
