"""Access tokens in other hands: seen and revoked by the security administrator, ended with the
password and with the account."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.errors import DomainError
from core.models import AuditEntry
from orgs.actions import accounts, administrators, slips, tokens
from orgs.models import AccessToken, RoleGrant, User
from orgs.models.token import digest

from .parallel import run_together
from .world import PASSWORD, Zone, actor, make_user

NEW = "Blue-Kettle-77"
LIST = "/administration/tokens/"


def made(zone: Zone, username: str, name: str = "街道数据平台", **options: Any) -> str:
    grant = zone.users[username].grants.get()
    given: dict[str, Any] = {"scope": "write", "days": 30, **options}
    return tokens.create(by=zone.actor(username), grant_id=grant.pk, name=name, **given).secret


def row(secret: str) -> AccessToken:
    return AccessToken.objects.get(digest=digest(secret))


def status(secret: str) -> int:
    """What the API answers to the token, or the calendar to its address."""
    if secret.startswith("cal_"):
        return int(Client().get(reverse("api:calendar-feed", args=[secret])).status_code)
    client = Client(headers={"Authorization": f"Token {secret}"})
    return int(client.get(reverse("api:organization-list")).status_code)


def revoked() -> list[str]:
    """Labels of the audit entries, in order."""
    entries = AuditEntry.objects.filter(verb="orgs.token.revoked").order_by("sequence")
    return list(entries.values_list("object_label", flat=True))


# --- the security administrator -------------------------------------------------------------------


def test_security_administrator_sees_all_but_the_secret(zone: Zone) -> None:
    secret = made(zone, "huzhuang1")
    assert status(secret) == 200
    address = tokens.renew_calendar(by=zone.actor("taoyuan1")).secret
    page = zone.client("secadmin").get(LIST)
    text = page.content.decode()
    token = row(secret)
    assert (token.last_used_at is not None, token.expires_at is not None) == (True, True)
    for shown in ("huzhuang1", "街道数据平台", "读写", "湖庄村第一支部（支部书记）", "日历订阅"):
        assert shown in text, shown
    day = clock.today() + dt.timedelta(days=30)
    assert f"{day.year}年{day.month}月{day.day}日" in text
    assert text.count("<td>日历订阅</td>") == 1
    for hidden in (secret, address, token.digest, row(address).digest, secret[3:], token.beginning):
        assert hidden not in text, hidden
    found = zone.client("secadmin").get(LIST, {"q": "taoyuan"}).content.decode()
    assert "taoyuan1" in found
    assert "huzhuang1" not in found


def test_list_holds_what_still_runs(zone: Zone) -> None:
    gone, over, shut = (made(zone, "huzhuang1", name) for name in ("已撤", "过期", "停用"))
    tokens.revoke(by=zone.actor("huzhuang1"), token_id=row(gone).pk)
    AccessToken.objects.filter(pk=row(over).pk).update(expires_at=clock.now())
    stopped = made(zone, "dahuangshan", "停授权")
    RoleGrant.objects.filter(user=zone.users["dahuangshan"]).update(valid_to=clock.today())
    text = zone.client("secadmin").get(LIST).content.decode()
    assert "已撤" not in text
    assert "过期" not in text
    assert "停用" in text
    assert "停授权" in text
    assert text.count("授权已结束") == 1
    assert status(stopped) == 401
    User.objects.filter(username="huzhuang1").update(is_active=False)
    assert row(shut).revoked_at is None
    assert "停用" not in zone.client("secadmin").get(LIST).content.decode()


def test_security_administrator_revokes_and_the_owner_is_told(zone: Zone) -> None:
    secret, other = made(zone, "huzhuang1"), made(zone, "taoyuan1", "邻居的")
    admin = zone.client("secadmin")
    text = admin.get(LIST, {"q": "huzhuang1"}).content.decode()
    (url,) = re.findall(r"/administration/tokens/\d+/revoke/", text)
    for username in ("sysadmin", "auditor", "huzhuang1", "zone"):
        assert zone.client(username).post(url).status_code == 404, username
    assert status(secret) == 200
    for _ in range(2):  # over already: no error, and nothing more
        assert admin.post(url).status_code == 302
    assert status(secret) == 401
    assert status(other) == 200
    token = row(secret)
    assert revoked() == [f"huzhuang1：街道数据平台（{token.beginning}…）"]
    assert "街道数据平台" in zone.users["huzhuang1"].notifications.get().title
    assert admin.get(url).headers["Location"] == "/administration/tokens/"


def test_calendar_address_is_stopped_too(zone: Zone) -> None:
    address = tokens.renew_calendar(by=zone.actor("huzhuang1")).secret
    assert status(address) == 200
    url = reverse("orgs:token-revoke-any", args=[row(address).pk])
    assert zone.client("secadmin").post(url).status_code == 302
    assert status(address) == 404
    assert status(tokens.renew_calendar(by=zone.actor("huzhuang1")).secret) == 200


def test_number_of_queries_does_not_depend_on_rows(zone: Zone) -> None:
    admin, counts = zone.client("secadmin"), []
    for username in ("huzhuang1", "taoyuan1", "dahuangshan"):
        made(zone, username)
        with CaptureQueriesContext(connection) as seen:
            text = admin.get(LIST).content.decode()
        counts.append(len(seen))
        assert text.count("/revoke/") == len(counts)
    assert counts[0] == counts[2]


# --- the password and the account -----------------------------------------------------------------


def test_new_password_ends_the_tokens_and_leaves_the_calendar(zone: Zone) -> None:
    secrets = [made(zone, "huzhuang1", name) for name in ("甲", "乙")]
    other = made(zone, "huzhuang2")
    address = tokens.renew_calendar(by=zone.actor("huzhuang1")).secret
    client = zone.client("huzhuang1")
    url = reverse("orgs:password-change")
    assert "访问令牌随旧密码停用" in client.get(url).content.decode()
    form = {"current": PASSWORD, "new": NEW, "again": NEW}
    answer = client.post(url, form, follow=True)
    assert "访问令牌已停用" in answer.content.decode()
    assert [status(one) for one in secrets] == [401, 401]
    assert (status(address), status(other)) == (200, 200)
    assert sorted(revoked()) == sorted(
        f"{row(one).name}（{row(one).beginning}…）" for one in secrets
    )
    entry = AuditEntry.objects.get(verb="orgs.user.password_changed")
    assert entry.changes["tokens"] == [2, 0]
    assert "访问令牌" not in client.get(url).content.decode().partition("<form")[0]


def test_reset_ends_tokens_and_calendar(zone: Zone) -> None:
    secret, address = made(zone, "huzhuang1"), tokens.renew_calendar(by=zone.actor("huzhuang1"))
    old = made(zone, "huzhuang1", "过期")
    AccessToken.objects.filter(pk=row(old).pk).update(expires_at=clock.now())
    by = zone.actor("sysadmin")
    page = zone.client("sysadmin").get(reverse("orgs:user-edit", args=[zone.users["huzhuang1"].pk]))
    assert "2 个" in page.content.decode()
    person = zone.users["huzhuang1"]
    accounts.edit_user(by=by, user_id=person.pk, name=person.name, phone="10012345678")
    accounts.reset_password(by=by, user_id=person.pk)
    assert slips.prove_owner(by=zone.actor("huzhuang1"), answer="5678")
    accounts.change_password(
        by=zone.actor("huzhuang1"), current=None, new=NEW, keep_session=""
    )  # the person is back in; what others hold stays ended
    assert (status(secret), status(address.secret)) == (401, 404)
    assert len(revoked()) == 2, "what had run out is not revoked"
    assert row(old).revoked_at is None
    entry = AuditEntry.objects.get(verb="orgs.user.reset")
    assert entry.changes["tokens"] == [2, 0]
    assert status(made(zone, "huzhuang1", "新的")) == 200


def test_account_opened_again_has_no_tokens(zone: Zone) -> None:
    secret, pk = made(zone, "huzhuang1"), zone.users["huzhuang1"].pk
    address = tokens.renew_calendar(by=zone.actor("huzhuang1")).secret
    by = zone.actor("sysadmin")
    accounts.disable_user(by=by, user_id=pk, reason="调离")
    assert (status(secret), status(address)) == (401, 404)
    accounts.enable_user(by=by, user_id=pk)
    assert (status(secret), status(address)) == (401, 404)
    assert len(revoked()) == 2


def test_expired_password_stops_tokens_and_its_successor_does_not_wake_them(
    zone: Zone, settings: Any
) -> None:
    settings.PASSWORD_MAX_AGE_DAYS = 90
    secret = made(zone, "huzhuang1", days=365)
    with clock.at(clock.now() + dt.timedelta(days=91)):
        assert status(secret) == 401
        assert row(secret).revoked_at is None
        accounts.change_password(
            by=zone.actor("huzhuang1"), current=PASSWORD, new=NEW, keep_session=""
        )
        assert status(secret) == 401
        assert row(secret).revoked_at is not None
        assert status(made(zone, "huzhuang1", "新的")) == 200


def test_new_administrator_keeps_no_tokens(zone: Zone) -> None:
    secret, user = made(zone, "huzhuang1"), zone.users["huzhuang1"]
    RoleGrant.objects.filter(user=user).update(valid_to=clock.today())
    proposal = administrators.propose(
        by=actor(make_user("proposer", admin_kind="security")),
        user_id=user.pk,
        admin_kind="audit",
        reason="轮岗",
    )
    administrators.confirm(by=zone.actor("secadmin"), proposal_id=proposal.pk)
    assert row(secret).revoked_at is not None


def test_session_of_the_old_password_makes_no_token_and_no_address(zone: Zone) -> None:
    """A request that was under way when the password was replaced."""
    by, before = zone.actor("huzhuang1"), zone.users["huzhuang1"].password_changed_at
    accounts.change_password(by=by, current=PASSWORD, new=NEW, keep_session="")
    with pytest.raises(DomainError, match="重新登录"):
        made(zone, "huzhuang1", password_of=before)
    with pytest.raises(DomainError, match="重新登录"):
        tokens.renew_calendar(by=by, password_of=before)
    User.objects.filter(username="huzhuang1").update(is_active=False)
    with pytest.raises(DomainError, match="重新登录"):
        made(zone, "huzhuang1")
    assert not AccessToken.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_no_token_slips_past_a_new_password(zone: Zone) -> None:
    by, before = zone.actor("huzhuang1"), zone.users["huzhuang1"].password_changed_at
    grant_id = zone.users["huzhuang1"].grants.get().pk

    def change() -> None:
        accounts.change_password(by=by, current=PASSWORD, new=NEW, keep_session="")

    def create() -> None:
        tokens.create(
            by=by, grant_id=grant_id, name="抢先", scope="write", days=1, password_of=before
        )

    outcomes = run_together([create, create, change, create, create])
    assert outcomes[2].error is None, outcomes
    refused = [one.error for one in outcomes if one.error is not None]
    assert all(isinstance(error, DomainError) for error in refused), outcomes
    assert AccessToken.objects.count() == 4 - len(refused)
    assert not AccessToken.objects.live(clock.now()).exists()
    assert len(revoked()) == 4 - len(refused)
