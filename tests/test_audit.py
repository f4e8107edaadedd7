"""The audit trail: append-only, chained, in the transaction of the act, and who reads it."""

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from core import audit, clock, effects
from core.actions import action
from core.actor import Actor, system
from core.dates import told
from core.models import AuditEntry, AuditHead, Effect, Heartbeat, Notification
from orgs.models import User

from .parallel import run_together
from .world import Zone


def write(count: int = 3) -> None:
    for number in range(count):
        audit.record_now(by=system(), verb="orgs.user.edited", label=f"第 {number + 1} 条")


def tamper(statement: str, *params: Any) -> None:
    """What somebody with the database's password could do."""
    audit.remove_guards(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, params)
    finally:
        audit.install_guards(connection)


# --- the chain --------------------------------------------------------------------------------


def test_untouched_chain_is_intact(db: None) -> None:
    write(5)
    verdict = audit.verify()
    assert (verdict.entries, verdict.problems) == (5, [])
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    assert "intact: 5" in out.getvalue()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE core_auditentry SET user_name = 'X' WHERE sequence = 2", "entry 2"),
        ("UPDATE core_auditentry SET note = 'X' WHERE sequence = 3", "entry 3"),
        ("DELETE FROM core_auditentry WHERE sequence = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM core_auditentry WHERE sequence = 3", "its head says 3"),
        ("DELETE FROM core_audithead", "head is missing"),
        ("UPDATE core_auditentry SET sequence = 9 WHERE sequence = 3", "entries 3 to 8"),
    ],
)
def test_tampering_is_named(db: None, statement: str, said: str) -> None:
    write()
    tamper(statement)
    verdict = audit.verify()
    assert any(said in problem for problem in verdict.problems), verdict.problems
    with pytest.raises(CommandError):
        call_command("verify_audit", stderr=io.StringIO())


def test_forged_entry_does_not_fit(db: None) -> None:
    write()
    entry = AuditEntry.objects.get(sequence=3)
    entry.pk, entry.sequence, entry.note = None, 4, "forged"
    entry.save(force_insert=True)
    AuditHead.objects.update(sequence=4, hash=entry.hash)
    assert audit.verify().problems == ["entry 4 (orgs.user.edited) does not fit its seal"]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE core_auditentry SET note = 'x'", "DELETE FROM core_auditentry"],
)
def test_database_refuses_to_change_or_delete(db: None, statement: str) -> None:
    write()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        AuditEntry.objects.update(note="x")
    assert AuditEntry.objects.count() == 3


# --- in the act's own transaction --------------------------------------------------------------


@action
def rename(*, by: Actor, user_id: int, fail: bool = False) -> None:
    User.objects.filter(pk=user_id).update(name="新名")
    audit.record(by=by, verb="orgs.user.edited", object_id=user_id)
    if fail:
        raise RuntimeError


def test_failed_act_leaves_no_entry_and_failed_entry_no_act(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    pk = zone.users["zone"].pk
    with pytest.raises(RuntimeError):
        rename(by=zone.actor("sysadmin"), user_id=pk, fail=True)
    assert not AuditEntry.objects.exists()

    def broken(entries: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(audit, "_flush", broken)
    with pytest.raises(OSError, match="disk full"):
        rename(by=zone.actor("sysadmin"), user_id=pk)
    assert User.objects.get(pk=pk).name == "zone"


def test_entry_says_who_where_from_and_in_which_request(zone: Zone) -> None:
    client = zone.client("sysadmin")
    response = client.post(
        reverse("orgs:user-edit", args=[zone.users["zone"].pk]), {"name": "康红涛"}
    )
    entry = AuditEntry.objects.get()
    assert entry.user_id == zone.users["sysadmin"].pk
    assert (entry.role, entry.ip) == ("system", "127.0.0.1")
    assert entry.request_id == response.headers["X-Request-Id"]
    assert len(entry.session_hash) == 16
    assert entry.changes == {"name": ["zone", "康红涛"]}


@pytest.mark.django_db(transaction=True)
def test_eight_writers_make_one_unbroken_chain() -> None:
    outcomes = run_together([lambda: write(5)] * 8)
    assert [one.error for one in outcomes] == [None] * 8
    verdict = audit.verify()
    assert (verdict.entries, verdict.problems) == (40, [])


# --- the page ---------------------------------------------------------------------------------


def test_page_shows_acts_in_chinese_with_before_and_after(zone: Zone) -> None:
    zone.client("sysadmin").post(
        reverse("orgs:user-edit", args=[zone.users["zone"].pk]), {"name": "康红涛"}
    )
    text = zone.client("auditor").get(reverse("orgs:audit-list")).content.decode()
    for word in ("修改账号", "康红涛", "姓名：zone → 康红涛", "系统管理员"):
        assert word in text


def test_days_and_moments_are_told_as_pages_write_them() -> None:
    assert told("2026-12-03") == "2026年12月3日"
    assert told("2026-12-03 17:20:57.120579+00:00") == "2026年12月4日 01:20"
    assert told("2026-12-03T17:20:57Z") == "2026年12月4日 01:20"
    for same in ("", "2026-12", "2026-13-45", "9999-12-31T23:59+00:00", "2026-12-03 号", "1"):
        assert told(same) == same


def test_page_filters_by_person_act_object_and_day(zone: Zone) -> None:
    noon = dt.datetime(2026, 7, 6, 4, tzinfo=dt.UTC)
    for day in range(3):
        with clock.at(noon + dt.timedelta(days=day)):
            audit.record_now(
                by=Actor(user_id=day + 1, name=f"人{day}"),
                verb=("orgs.user.edited", "orgs.grant.given", "orgs.grant.ended")[day],
                label=f"对象{day}",
            )
    client = zone.client("auditor")

    def shown(**query: str) -> list[int]:
        rows = client.get(reverse("orgs:audit-list"), query).context["rows"]
        return [row["entry"].sequence for row in rows]

    assert shown() == [3, 2, 1]
    assert shown(person="人1") == [2]
    assert shown(verb="orgs.grant.ended") == [3]
    assert shown(object="对象0") == [1]
    assert shown(first="2026-07-07", last="2026-07-07") == [2]
    assert shown(before="2") == [1]
    for odd in (
        {"first": "0001-01-01"},
        {"last": "9999-12-31"},
        {"first": "2026-08-01", "last": "2026-07-01"},
        {"before": "9" * 40},
        {"verb": "nonsense"},
        {"object": "x" * 500},
    ):
        assert client.get(reverse("orgs:audit-list"), odd).status_code == 200
    assert shown(first="0001-01-01") == []


def test_page_goes_back_through_the_trail_fifty_at_a_time(
    zone: Zone, django_assert_num_queries: Any
) -> None:
    write(51)
    client = zone.client("auditor")
    client.get(reverse("orgs:audit-list"))
    with django_assert_num_queries(4):
        first = client.get(reverse("orgs:audit-list"), {"verb": "orgs.user.edited"})
    assert len(first.context["rows"]) == 50
    second = client.get(reverse("orgs:audit-list") + first.context["older"])
    assert [row["entry"].sequence for row in second.context["rows"]] == [1]
    assert second.context["older"] == ""


@pytest.mark.parametrize("is_broken", [False, True])
def test_verdict_comes_as_a_message(zone: Zone, is_broken: bool) -> None:
    write()
    if is_broken:
        tamper("UPDATE core_auditentry SET note = 'X' WHERE sequence = 2")
    zone.client("auditor").post(reverse("orgs:audit-verify"))
    effects.run_due()
    effects.run_due()
    title = Notification.objects.get(user=zone.users["auditor"]).title
    assert title == ("审计链有 1 处异常" if is_broken else "审计链完整，共 4 条")


# --- background items -------------------------------------------------------------------------


def make_effect(state: str, **fields: Any) -> Effect:
    now = clock.now()
    return Effect.objects.create(
        key=f"k{Effect.objects.count()}",
        kind="core.mail",
        state=state,
        not_before=now,
        created_at=now,
        payload={"secret": "张三"},
        **fields,
    )


def test_stopped_items_are_tried_again_or_given_up_with_a_reason(zone: Zone) -> None:
    Heartbeat.objects.create(name="sweeper", at=clock.now())
    dead = make_effect("dead", last_error="SMTPError: 收件人 张三 不存在")
    doubt, waiting = make_effect("unknown"), make_effect("pending")
    client = zone.client("sysadmin")
    text = client.get(reverse("orgs:job-list")).content.decode()
    assert "SMTPError" in text
    assert "张三" not in text
    assert client.post(reverse("orgs:job-retry", args=[dead.pk])).status_code == 302
    assert client.post(reverse("orgs:job-retry", args=[dead.pk])).status_code == 409
    assert client.post(reverse("orgs:job-retry", args=[waiting.pk])).status_code == 409
    url = reverse("orgs:job-give-up", args=[doubt.pk])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "已电话通知"}).status_code == 302
    dead.refresh_from_db()
    doubt.refresh_from_db()
    assert (dead.state, doubt.state) == ("pending", "skipped")
    assert AuditEntry.objects.get(verb="orgs.job.given_up").note == "已电话通知"
    assert client.get(reverse("orgs:job-list"), {"state": "open"}).status_code == 200
