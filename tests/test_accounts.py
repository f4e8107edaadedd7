"""Signing in, locking out, passwords, sessions, and the system administrator's accounts."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs.actions import accounts, slips
from orgs.models import PortalSession, RoleGrant, User
from orgs.passwords import one_time_secret

from .world import PASSWORD, Zone, grant, make_user

LOGIN = "/login/"
NEW = "Anders-Gut-2026"


def sign_in(client: Client, username: str, password: str = PASSWORD, **extra: Any) -> Any:
    return client.post(LOGIN, {"username": username, "password": password}, **extra)


def verbs() -> list[str]:
    return list(AuditEntry.objects.order_by("sequence").values_list("verb", flat=True))


def page_of(response: Any, typed: str) -> str:
    """The page without what differs from request to request."""
    text = response.content.decode().replace(typed, "NAME")
    return re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', "", text)


# --- signing in -------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["huzhuang1", "HuZhuang1", "ｈuzhuang1 ", "10012345678"])
def test_login_by_name_or_phone(zone: Zone, typed: str) -> None:
    user = zone.users["huzhuang1"]
    accounts.edit_user(
        by=zone.actor("sysadmin"), user_id=user.pk, name="蔡航国", phone="10012345678"
    )
    client = Client()
    assert sign_in(client, typed).url == "/"
    assert client.get(reverse("orgs:profile")).status_code == 200
    session = PortalSession.objects.get(user=user)
    assert (session.ip, session.seen_at is not None) == ("127.0.0.1", True)
    assert verbs()[-1] == "orgs.session.started"


def test_login_gives_a_fresh_session_key(zone: Zone) -> None:
    client = Client()
    session = client.session
    session["seen"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    sign_in(client, "zone")
    assert client.cookies["sessionid"].value != before
    assert not PortalSession.objects.filter(pk=before).exists()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_login_leads_only_to_our_own_pages(zone: Zone, target: str) -> None:
    data = {"username": "zone", "password": PASSWORD}
    assert Client().post(LOGIN, {**data, "next": target}).url == "/"
    assert Client().post(LOGIN, {**data, "next": "/account/"}).url == "/account/"
    assert zone.client("zone").get(LOGIN, {"next": target}).url == "/"


def test_login_answers_alike_whatever_is_wrong(zone: Zone) -> None:
    User.objects.filter(username="taoyuan1").update(is_active=False)
    expired = zone.users["officer"]
    expired.secret_expires_at = clock.now() - dt.timedelta(minutes=1)
    expired.save()
    for _ in range(5):
        sign_in(Client(), "huzhuang1", "wrong")
    answers = {
        "unknown": (sign_in(Client(), "nobody"), "nobody"),
        "wrong": (sign_in(Client(), "zone", "wrong"), "zone"),
        "locked": (sign_in(Client(), "huzhuang1"), "huzhuang1"),
        "shut": (sign_in(Client(), "taoyuan1"), "taoyuan1"),
        "expired": (sign_in(Client(), "officer"), "officer"),
    }
    pages = {page_of(answer, f'value="{typed}"') for answer, typed in answers.values()}
    assert {answer.status_code for answer, _ in answers.values()} == {403}
    assert len(pages) == 1
    assert "登录名或密码不正确" in pages.pop()
    headers = {frozenset(answer.headers) for answer, _ in answers.values()}
    assert len(headers) == 1


def test_refused_login_checks_one_password_hash_in_every_case(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Time tells nothing apart: each refusal costs exactly one hash."""
    from django.contrib.auth.hashers import MD5PasswordHasher

    counted: list[str] = []
    encode = MD5PasswordHasher.encode

    def counting(self: Any, password: str, salt: str) -> str:
        counted.append(password)
        return encode(self, password, salt)

    for _ in range(5):
        sign_in(Client(), "huzhuang1", "wrong")
    User.objects.filter(username="taoyuan1").update(is_active=False)
    monkeypatch.setattr(MD5PasswordHasher, "encode", counting)
    costs = {}
    for name in ("nobody", "zone", "huzhuang1", "taoyuan1"):
        counted.clear()
        sign_in(Client(), name, "not it")
        costs[name] = len(counted)
    assert set(costs.values()) == {1}, costs


def test_refused_login_is_audited_without_what_was_typed(zone: Zone) -> None:
    sign_in(Client(), "My-Secret-Passw0rd", "x")
    sign_in(Client(), "zone", "x")
    unknown, wrong = AuditEntry.objects.order_by("sequence")
    assert unknown.verb == wrong.verb == "orgs.session.refused"
    assert "Secret" not in unknown.object_label + unknown.user_name + unknown.note
    assert wrong.user_id == zone.users["zone"].pk


@pytest.mark.parametrize("typed", ["a\x00b", "x" * 5000, "'; drop table", "\ud7ff￿", "１" * 60])
def test_login_with_odd_input_is_refused_calmly(zone: Zone, typed: str) -> None:
    assert sign_in(Client(), typed, typed).status_code == 403


# --- locking out ------------------------------------------------------------------------------


def test_sixth_try_is_locked_out_even_with_the_right_password(zone: Zone) -> None:
    for _ in range(5):
        sign_in(Client(), "huzhuang1", "wrong")
    assert sign_in(Client(), "huzhuang1").status_code == 403
    assert verbs() == ["orgs.session.refused"] * 4 + ["orgs.session.locked", "orgs.session.refused"]
    assert sign_in(Client(), "zone").status_code == 302  # another account, same address
    elsewhere = sign_in(Client(), "huzhuang1", REMOTE_ADDR="10.1.2.3")
    assert elsewhere.status_code == 302  # the same account, another address


def test_lock_counts_one_account_however_it_is_typed(zone: Zone) -> None:
    accounts.edit_user(
        by=zone.actor("sysadmin"),
        user_id=zone.users["huzhuang1"].pk,
        name="蔡航国",
        phone="10012345678",
    )
    for typed in ("huzhuang1", "HUZHUANG1", "10012345678", "１００12345678", " huzhuang1"):
        sign_in(Client(), typed, "wrong", HTTP_USER_AGENT=typed.encode().hex())
    assert sign_in(Client(), "huzhuang1").status_code == 403
    assert sign_in(Client(), "10012345678").status_code == 403


def test_lock_ends_after_15_minutes_also_when_somebody_keeps_trying(
    zone: Zone, time_machine: Any
) -> None:
    start = dt.datetime(2026, 7, 6, 8, 0, tzinfo=dt.UTC)
    time_machine.move_to(start, tick=False)
    for _ in range(5):
        sign_in(Client(), "huzhuang1", "wrong")
    time_machine.move_to(start + dt.timedelta(minutes=14), tick=False)
    assert sign_in(Client(), "huzhuang1").status_code == 403
    time_machine.move_to(start + dt.timedelta(minutes=16), tick=False)
    assert sign_in(Client(), "huzhuang1").status_code == 302


def test_lock_is_kept_in_the_database(zone: Zone) -> None:
    """So that a restart forgets nothing: another process sees the same rows."""
    from axes.handlers.proxy import AxesProxyHandler
    from axes.models import AccessAttempt

    for _ in range(5):
        sign_in(Client(), "huzhuang1", "wrong-Secret-1")
    AxesProxyHandler.implementation = None
    assert sign_in(Client(), "huzhuang1").status_code == 403
    attempt = AccessAttempt.objects.get()
    assert attempt.username == "huzhuang1"
    assert "wrong-Secret-1" not in attempt.post_data


# --- sessions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "minutes", "is_in"),
    [("zone", 29, True), ("zone", 31, False), ("sysadmin", 14, True), ("sysadmin", 16, False)],
)
def test_idle_session_ends(zone: Zone, username: str, minutes: int, is_in: bool) -> None:
    client = zone.client(username)
    with clock.at(clock.now() + dt.timedelta(minutes=minutes)):
        assert (client.get("/account/").status_code == 200) is is_in


def test_session_ends_after_12_hours_of_use(zone: Zone) -> None:
    client = zone.client("zone")
    start = clock.now()
    for quarter in range(1, 48):
        with clock.at(start + dt.timedelta(minutes=15 * quarter)):
            assert client.get("/account/").status_code == 200, quarter
    with clock.at(start + dt.timedelta(hours=12, minutes=1)):
        assert client.get("/account/").status_code == 302


def test_polling_does_not_keep_a_session_alive(zone: Zone) -> None:
    client = zone.client("zone")
    start = clock.now()
    for minute in (10, 20, 29):
        with clock.at(start + dt.timedelta(minutes=minute)):
            client.get("/account/", headers={"X-Portal-Poll": "1"})
    with clock.at(start + dt.timedelta(minutes=31)):
        assert client.get("/account/").status_code == 302


def test_own_sessions_are_listed_and_one_is_ended(zone: Zone) -> None:
    here, there, neighbour = zone.client("zone"), zone.client("zone"), zone.client("taoyuan1")
    text = here.get(reverse("orgs:session-list")).content.decode()
    assert text.count("退出这一处") == 1
    assert here.session.session_key not in text
    assert there.session.session_key not in text
    url = re.search(r"/account/sessions/\w+/end/", text).group()
    assert neighbour.post(url).status_code == 404
    assert here.post(url).status_code == 302
    assert there.get("/account/").status_code == 302
    assert here.get("/account/").status_code == 200
    assert verbs()[-1] == "orgs.session.ended"


def test_security_administrator_ends_anybodys_session(zone: Zone) -> None:
    victim, admin = zone.client("huzhuang1"), zone.client("secadmin")
    text = admin.get(reverse("orgs:all-sessions"), {"q": "huzhuang1"}).content.decode()
    url = re.search(r"/administration/sessions/\d+/\w+/end/", text).group()
    assert zone.client("sysadmin").post(url).status_code == 404
    assert admin.post(url).status_code == 302
    assert victim.get("/account/").status_code == 302


def test_logout_ends_the_session_and_is_audited(zone: Zone) -> None:
    client = zone.client("zone")
    key = client.session.session_key
    assert client.get(reverse("orgs:logout")).headers["Location"] == "/"
    assert client.post(reverse("orgs:logout")).headers["Clear-Site-Data"]
    assert not PortalSession.objects.filter(pk=key).exists()
    assert verbs() == ["orgs.session.closed"]


def test_audit_that_cannot_be_written_lets_nobody_in(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("core.audit._flush", broken)
    client = Client(raise_request_exception=False)
    assert sign_in(client, "zone").status_code == 500
    assert client.get("/account/").status_code == 302


# --- passwords --------------------------------------------------------------------------------


def change(client: Client, new: str, current: str | None = PASSWORD) -> Any:
    data = {"new": new, "again": new} | ({"current": current} if current is not None else {})
    return client.post(reverse("orgs:password-change"), data)


def test_password_change_keeps_this_session_and_ends_the_others(zone: Zone) -> None:
    here, there = zone.client("zone"), zone.client("zone")
    assert change(here, NEW).status_code == 302
    assert here.get("/account/").status_code == 200
    assert there.get("/account/").status_code == 302
    assert sign_in(Client(), "zone").status_code == 403
    assert sign_in(Client(), "zone", NEW).status_code == 302
    assert "orgs.user.password_changed" in verbs()


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("Kurz-1", "至少 8 个字符"),
        ("nur-kleine-zeichen", "三种"),
        ("12345678901", "三种"),
        ("Huzhuang1-Huzhuang1", "登录名"),
        ("Dangjian-1", "容易被猜到"),
        ("x" * 130 + "A1", "最多 128"),
        (PASSWORD, "不能与现在的密码相同"),
    ],
)
def test_weak_password_is_refused_at_its_field(zone: Zone, new: str, said: str) -> None:
    response = change(zone.client("huzhuang1"), new)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert sign_in(Client(), "huzhuang1").status_code == 302


def test_password_needs_the_current_one_and_twice_the_same(zone: Zone) -> None:
    client = zone.client("zone")
    assert "当前密码不正确" in change(client, NEW, "wrong").content.decode()
    assert change(client, NEW, None).status_code == 422
    answer = client.post(
        reverse("orgs:password-change"), {"current": PASSWORD, "new": NEW, "again": NEW + "x"}
    )
    assert "两次输入的新密码不一样" in answer.content.decode()


def test_asvs_profile_asks_for_no_kinds_and_no_renewal(zone: Zone) -> None:
    user = zone.users["zone"]
    user.password_changed_at = clock.now() - dt.timedelta(days=91)
    user.save()
    client = zone.client("zone")
    assert client.get("/account/").url == reverse("orgs:password-change")
    with override_settings(PASSWORD_PROFILE="asvs", PASSWORD_MAX_AGE_DAYS=None):
        assert client.get("/account/").status_code == 200
        assert change(client, "nur kleine zeichen").status_code == 302


def test_long_chinese_passphrase_is_used_to_its_last_character(zone: Zone) -> None:
    phrase = "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少" * 3 + "aB1"
    assert change(zone.client("zone"), phrase).status_code == 302
    assert sign_in(Client(), "zone", phrase[:-1] + "2").status_code == 403
    assert sign_in(Client(), "zone", phrase).status_code == 302


def test_administrator_needs_12_characters(zone: Zone) -> None:
    client = zone.client("sysadmin")
    assert "至少 12 个字符" in change(client, "Kurz-2026x").content.decode()


# --- accounts ---------------------------------------------------------------------------------


def create(client: Client, **data: str) -> Any:
    return client.post(reverse("orgs:user-create"), {"username": "newone", "name": "新人", **data})


def test_who_opens_an_account_sees_no_secret_of_it(zone: Zone) -> None:
    admin = zone.client("sysadmin")
    made = create(admin, phone="100 1234 5678", email="a@example.cn")
    user = User.objects.get(username="newone")
    assert made.url == reverse("orgs:user-edit", args=[user.pk])
    assert not user.has_usable_password()
    assert "10012345678" not in user.phone_sealed
    # Nor by a reset, as long as the owner has not come.
    reset = admin.post(reverse("orgs:user-reset", args=[user.pk]))
    assert reset.status_code == 400
    assert "data-secret" not in reset.content.decode()
    page = admin.get(reverse("orgs:user-edit", args=[user.pk])).content.decode()
    assert "重置密码</button>" not in page
    entry = AuditEntry.objects.get(verb="orgs.user.created")
    assert entry.changes["phone"] == [None, "100******78"]


def reset(zone: Zone, person: User) -> Any:
    return zone.client("sysadmin").post(reverse("orgs:user-reset", args=[person.pk]), follow=True)


def with_phone(zone: Zone, username: str) -> User:
    """An account whose owner can be asked the last four of his number: 5678."""
    user = zone.users[username]
    by = zone.actor("sysadmin")
    return accounts.edit_user(by=by, user_id=user.pk, name=user.name, phone="10012345678")


def slip_of(zone: Zone, user: User) -> str:
    made = slips.print_slips(by=zone.actor("secadmin"), organization=zone.street)
    return next(slip.secret for slip in made if slip.user == user)


def test_one_administrator_alone_becomes_nobody_else(zone: Zone) -> None:
    person = with_phone(zone, "huzhuang1")
    said = reset(zone, person)
    assert "安全管理员印密码条" in said.content.decode()
    assert "data-secret" not in said.content.decode()
    person.refresh_from_db()
    assert not person.has_usable_password()
    assert sign_in(Client(), "huzhuang1").status_code == 403
    # Whoever reset prints no slip, not even after he has become the security administrator.
    User.objects.filter(username="sysadmin").update(admin_kind="security")
    with pytest.raises(NotAllowed, match="重置"):
        slips.print_slips(by=zone.actor("sysadmin"), organization=zone.street)
    User.objects.filter(username="sysadmin").update(admin_kind="system")
    # The security administrator is told, prints, and learns nothing that the owner is asked.
    told = zone.users["secadmin"].notifications.get()
    assert person.name in told.title
    assert told.url == reverse("orgs:slip-list")
    secret = slip_of(zone, person)
    owner = Client()
    assert sign_in(owner, "huzhuang1", secret).status_code == 302
    use = owner.get("/account/", follow=True)
    assert use.redirect_chain[-1][0] == reverse("orgs:slip-use")
    assert "由sysadmin重置，密码条由secadmin印出" in use.content.decode()
    assert owner.get("/members/", follow=True).redirect_chain[-1][0] == reverse("orgs:slip-use")
    owner.post(reverse("orgs:slip-use"), {"answer": "5678"})
    assert change(owner, NEW, None).status_code == 302
    assert owner.get("/account/").status_code == 200
    assert "重置" in person.notifications.get().title
    assert sign_in(Client(), "huzhuang1", secret).status_code == 403
    assert secret not in str(list(AuditEntry.objects.values()))


def test_who_is_reset_and_cannot_be_asked_gets_no_slip(zone: Zone) -> None:
    reset(zone, zone.users["huzhuang1"])
    with pytest.raises(DomainError, match="没有要印的"):
        slips.print_slips(by=zone.actor("secadmin"), organization=zone.street)
    page = reverse("orgs:slip-print", args=[zone.street.pk])
    shown = zone.client("secadmin").get(page).content.decode()
    assert "已重置" in shown
    assert "印不了" in shown


def test_slip_after_a_reset_is_dead_after_seven_days(zone: Zone) -> None:
    person = with_phone(zone, "huzhuang1")
    reset(zone, person)
    secret = slip_of(zone, person)
    with clock.at(clock.now() + dt.timedelta(days=7, minutes=1)):
        assert sign_in(Client(), "huzhuang1", secret).status_code == 403
    with clock.at(clock.now() + dt.timedelta(days=6, hours=23)):
        assert sign_in(Client(), "huzhuang1", secret).status_code == 302


def test_account_page_shows_lock_and_last_sign_in_and_a_reset_unlocks(zone: Zone) -> None:
    person, admin = with_phone(zone, "huzhuang1"), zone.client("sysadmin")
    page = reverse("orgs:user-edit", args=[person.pk])
    assert "没有锁定" in admin.get(page).content.decode()
    assert "还没有登录过" in admin.get(page).content.decode()
    assert sign_in(Client(), "huzhuang1").status_code == 302
    for _ in range(5):
        sign_in(Client(), "huzhuang1", "wrong")
    shown = admin.get(page).content.decode()
    assert "已锁定" in shown
    assert "还没有登录过" not in shown
    assert sign_in(Client(), "huzhuang1").status_code == 403
    reset(zone, person)
    assert "没有锁定" in admin.get(page).content.decode()
    assert sign_in(Client(), "huzhuang1", slip_of(zone, person)).status_code == 302


def test_secrets_pass_the_profile_and_differ() -> None:
    secrets = {one_time_secret() for _ in range(200)}
    assert len(secrets) == 200
    assert all(re.fullmatch(r"[A-Z][a-z]{3}-[2-9]{4}-[A-Z][a-z]{3}", one) for one in secrets)


@pytest.mark.parametrize("username", ["Zone", "ｚone", " zone ", "ZONE"])
def test_login_name_is_unique_in_every_spelling(zone: Zone, username: str) -> None:
    response = create(zone.client("sysadmin"), username=username)
    assert response.status_code == 422
    assert "已有人使用" in response.content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"username": "10012345678"}, "小写字母开头"),
        ({"username": "a b"}, "小写字母开头"),
        ({"name": "  "}, ""),
        ({"phone": "123"}, "11 位数字"),
        ({"phone": "1" * 29}, "11 位数字"),
        ({"email": "nonsense"}, ""),
    ],
)
def test_wrong_account_data_is_refused_and_kept(zone: Zone, data: dict, said: str) -> None:
    before = User.objects.count()
    response = create(zone.client("sysadmin"), **{"email": "keep@example.cn", **data})
    assert response.status_code == 422
    assert said in response.content.decode()
    if "email" not in data:
        assert "keep@example.cn" in response.content.decode()
    assert User.objects.count() == before


def test_phone_belongs_to_one_account(zone: Zone) -> None:
    by = zone.actor("sysadmin")
    accounts.edit_user(by=by, user_id=zone.users["zone"].pk, name="甲", phone="10012345678")
    with pytest.raises(Conflict):
        accounts.create_user(by=by, username="other", name="乙", phone="１００１２３４５６７８")


def test_edit_audits_only_what_changed_and_masks_the_phone(zone: Zone) -> None:
    by, user = zone.actor("sysadmin"), zone.users["zone"]
    accounts.edit_user(by=by, user_id=user.pk, name="康红涛", phone="10012345678")
    accounts.edit_user(by=by, user_id=user.pk, name="康红涛", phone="10012345678")
    entry = AuditEntry.objects.get(verb="orgs.user.edited")
    assert entry.changes == {"name": ["zone", "康红涛"], "phone": ["", "100******78"]}


def test_reset_ends_sessions_and_tells_the_person_inside_the_portal(zone: Zone) -> None:
    client, person = zone.client("huzhuang1"), zone.users["huzhuang1"]
    reset(zone, person)
    assert client.get("/account/").status_code == 302
    assert "重置" in person.notifications.get().title
    assert not mail.outbox


@pytest.mark.parametrize("username", ["secadmin", "auditor", "sysadmin"])
def test_no_administrator_resets_or_shuts_another(zone: Zone, username: str) -> None:
    pk = zone.users[username].pk
    client = zone.client("sysadmin")
    assert client.post(reverse("orgs:user-reset", args=[pk])).status_code == 403
    shut = client.post(reverse("orgs:user-disable", args=[pk]), {"reason": "测试"})
    assert shut.status_code == 403
    assert sign_in(Client(), username).status_code == 302


def test_disabling_ends_the_session_at_once(zone: Zone) -> None:
    person = zone.users["huzhuang1"]
    client, admin = zone.client("huzhuang1"), zone.client("sysadmin")
    url = reverse("orgs:user-disable", args=[person.pk])
    assert admin.post(url, {"reason": " "}).status_code == 422
    assert admin.post(url, {"reason": "调离"}).status_code == 302
    assert client.get("/account/").status_code == 302
    assert sign_in(Client(), "huzhuang1").status_code == 403
    assert admin.post(url, {"reason": "再次"}).status_code == 409
    admin.post(reverse("orgs:user-enable", args=[person.pk]))
    assert sign_in(Client(), "huzhuang1").status_code == 302
    assert AuditEntry.objects.get(verb="orgs.user.disabled").note == "调离"


def test_list_searches_and_costs_the_same_for_many(
    zone: Zone, django_assert_num_queries: Any
) -> None:
    client = zone.client("sysadmin")
    client.get(reverse("orgs:user-list"))
    found = client.get(reverse("orgs:user-list"), {"q": "HUZHUANG1"}).content.decode()
    assert "huzhuang1" in found
    assert "taoyuan1" not in found
    with django_assert_num_queries(5):
        client.get(reverse("orgs:user-list"), {"q": "huzhuang1"})
    with django_assert_num_queries(5):
        client.get(reverse("orgs:user-list"))
    odd = {"q": "%_'\"", "page": "999999999999999999999", "state": "zzz"}
    assert client.get(reverse("orgs:user-list"), odd).status_code == 200


def test_profile_masks_the_phone_and_keeps_to_the_email(zone: Zone) -> None:
    person = zone.users["zone"]
    accounts.edit_user(
        by=zone.actor("sysadmin"), user_id=person.pk, name="zone", phone="10012345678"
    )
    client = zone.client("zone")
    text = client.get(reverse("orgs:profile")).content.decode()
    assert "100******78" in text
    assert "10012345678" not in text
    extra = {"email": "x@example.cn", "admin_kind": "system", "is_active": "0", "name": "别人"}
    assert client.post(reverse("orgs:profile"), extra).status_code == 302
    person.refresh_from_db()
    assert (person.email, person.admin_kind, person.name) == ("x@example.cn", "", "zone")


# --- acting in one of several roles -----------------------------------------------------------


def test_switching_acts_in_another_own_grant_under_a_fresh_key(zone: Zone) -> None:
    second = grant(zone.users["huzhuang1"], "branch_officer", zone.branch2)
    client = zone.client("huzhuang1")
    key = client.session.session_key
    assert client.post(reverse("orgs:grant-switch"), {"grant": second.pk}).status_code == 302
    assert client.session.session_key != key
    assert "湖庄村第二支部" in client.get("/account/").content.decode()
    assert client.get("/account/").wsgi_request.actor.grant_id == second.pk
    RoleGrant.objects.filter(pk=second.pk).update(valid_to=clock.today())
    assert client.get("/account/").wsgi_request.actor.organization_id == zone.branch.pk


@pytest.mark.parametrize("wanted", ["", "x", "0", "9" * 40])
def test_switching_to_what_is_not_ones_own_is_not_there(zone: Zone, wanted: str) -> None:
    client = zone.client("huzhuang1")
    foreign = zone.users["taoyuan1"].grants.get().pk
    assert client.post(reverse("orgs:grant-switch"), {"grant": wanted}).status_code == 404
    assert client.post(reverse("orgs:grant-switch"), {"grant": foreign}).status_code == 404


# --- commands ---------------------------------------------------------------------------------


def test_create_administrators_once_and_reset(db: None, capsys: pytest.CaptureFixture) -> None:
    call_command("create_administrators")
    printed = dict(line.split("\t")[:2] for line in capsys.readouterr().out.splitlines()[:3])
    assert sorted(printed) == ["auditor", "secadmin", "sysadmin"]
    assert sign_in(Client(), "sysadmin", printed["sysadmin"]).status_code == 302
    with pytest.raises(CommandError):
        call_command("create_administrators")
    call_command("create_administrators", "--reset", "SysAdmin")
    fresh = capsys.readouterr().out.split("\t")[1]
    assert sign_in(Client(), "sysadmin", printed["sysadmin"]).status_code == 403
    assert sign_in(Client(), "sysadmin", fresh).status_code == 302
    with pytest.raises(CommandError):
        call_command("create_administrators", "--reset", "nobody")


def test_reset_by_command_is_for_administrators_only(zone: Zone) -> None:
    with pytest.raises(CommandError):
        call_command("create_administrators", "--reset", "zone")


@pytest.mark.parametrize("password", ["admin", "admin123456", "123456", "Admin@123", "password"])
def test_fresh_installation_has_no_default_account(db: None, password: str) -> None:
    for username in ("admin", "superadmin", "root", "sysadmin", "test"):
        assert sign_in(Client(), username, password).status_code == 403
    assert not User.objects.exists()


def test_own_password_cannot_be_taken_without_the_current_one(zone: Zone) -> None:
    with pytest.raises(DomainError):
        accounts.change_password(by=zone.actor("zone"), current=None, new=NEW, keep_session="")


def test_nobody_disables_himself(zone: Zone) -> None:
    user = make_user("plain")
    from orgs.access import actor_of

    with pytest.raises(NotAllowed):
        accounts.disable_user(by=actor_of(user, None), user_id=user.pk, reason="x")
