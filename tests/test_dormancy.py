"""Accounts that nobody uses: shut at night, told, opened again."""

import datetime as dt
from typing import Any

import pytest

from core import clock
from core.actor import system
from core.models import AuditEntry, Notification
from orgs.actions import accounts, dormancy, tokens
from orgs.models import AccessToken, PortalSession, User
from tests.parallel import run_together
from tests.world import Zone, make_user

LONG_AGO = dt.timedelta(days=91)


@pytest.fixture
def idle(zone: Zone, settings: Any) -> Zone:
    """Ninety days. Everybody has just signed in but one secretary and the auditor, 91 days ago."""
    settings.ACCOUNT_DORMANT_DAYS = 90
    now = clock.now()
    User.objects.update(last_login=now, created_at=now - dt.timedelta(days=400))
    names = ["huzhuang1", "auditor"]
    User.objects.filter(username__in=names).update(last_login=now - LONG_AGO)
    return zone


def open_accounts() -> set[str]:
    return set(User.objects.filter(is_active=True).values_list("username", flat=True))


def test_unused_account_is_shut_with_all_that_it_holds(idle: Zone) -> None:
    person = idle.users["huzhuang1"]
    client = idle.client("huzhuang1")
    User.objects.filter(pk=person.pk).update(last_login=clock.now() - LONG_AGO)
    token = tokens.create(
        by=idle.actor("huzhuang1"),
        grant_id=person.grants.get().pk,
        name="程序",
        scope="read",
        days=30,
    ).token
    before = open_accounts()
    assert dormancy.shut_dormant(by=system()) == 1
    assert before - open_accounts() == {"huzhuang1"}
    assert not PortalSession.objects.filter(user=person).exists()
    assert AccessToken.objects.get(pk=token.pk).revoked_at is not None
    assert client.get("/").status_code == 302
    entry = AuditEntry.objects.get(verb="orgs.user.disabled")
    assert (entry.object_id, entry.note) == (str(person.pk), "90 天未使用")
    told = Notification.objects.get(key__startswith="dormant:")
    assert told.user == idle.users["sysadmin"]
    assert person.name in told.body
    assert idle.users["auditor"].name in told.body, "an administrator is named, not shut"


def test_it_acts_once_however_often_it_runs(idle: Zone) -> None:
    assert [dormancy.shut_dormant(by=system()) for _ in range(2)] == [1, 0]
    assert AuditEntry.objects.filter(verb="orgs.user.disabled").count() == 1
    assert Notification.objects.filter(key__startswith="dormant:2").count() >= 1


@pytest.mark.django_db(transaction=True)
def test_it_acts_once_when_two_run_together(idle: Zone) -> None:
    outcomes = run_together([lambda: dormancy.shut_dormant(by=system()) for _ in range(4)])
    assert not [one.error for one in outcomes if one.error]
    assert AuditEntry.objects.filter(verb="orgs.user.disabled").count() == 1


@pytest.mark.parametrize("use", ["signed in", "program", "made", "opened again"])
def test_account_in_use_stays_open(idle: Zone, use: str) -> None:
    person = idle.users["huzhuang1"]
    rows = User.objects.filter(pk=person.pk)
    recent = clock.now() - dt.timedelta(days=89)
    if use == "signed in":
        rows.update(last_login=recent)
    elif use == "made":
        rows.update(last_login=None, created_at=recent)
    elif use == "opened again":
        dormancy.shut_dormant(by=system())
        accounts.enable_user(by=idle.actor("sysadmin"), user_id=person.pk)
    else:
        made = tokens.create(
            by=idle.actor("huzhuang1"),
            grant_id=person.grants.get().pk,
            name="程序",
            scope="read",
            days=200,
        )
        AccessToken.objects.filter(pk=made.token.pk).update(last_used_at=recent)
    assert dormancy.shut_dormant(by=system()) == 0
    assert "huzhuang1" in open_accounts()


def test_calendar_that_fetches_by_itself_keeps_no_account_open(idle: Zone) -> None:
    made = tokens.renew_calendar(by=idle.actor("huzhuang1"))
    AccessToken.objects.filter(pk=made.token.pk).update(last_used_at=clock.now())
    assert dormancy.shut_dormant(by=system()) == 1


def test_never_when_the_installation_says_so(idle: Zone, settings: Any) -> None:
    settings.ACCOUNT_DORMANT_DAYS = 0
    assert dormancy.shut_dormant(by=system()) == 0
    assert "huzhuang1" in open_accounts()


def test_clock_that_is_wrong_shuts_nobody_out(idle: Zone) -> None:
    for number in range(dormancy.FEW):
        make_user(f"more{number}", last_login=clock.now())
    with clock.at(clock.now() + dt.timedelta(days=400)):
        assert dormancy.shut_dormant(by=system()) == 0
    assert "huzhuang1" in open_accounts()
    told = Notification.objects.get(key__startswith="dormant:")
    assert "请核对服务器的时间" in told.body
    assert not AuditEntry.objects.filter(verb="orgs.user.disabled").exists()
