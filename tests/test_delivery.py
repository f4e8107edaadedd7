"""How far a message came: shown to who sent it; mail that fails is retried, then stopped with its
reason; mail that may have gone out is never sent again by itself."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from core import clock, effects, notifications
from core.actor import system
from core.models import AuditEntry, Effect, Notification
from orgs.models import User
from schedules.rounds.actions import calendar, opening, rollups
from tests.mail_sink import MailSink, mail_sink
from tests.servers import free_port
from tests.world import Zone

MONDAY = dt.datetime.fromisoformat("2026-07-06T10:00+08:00")


@pytest.fixture
def sink(settings: Any) -> Iterator[MailSink]:
    with mail_sink() as running:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
        settings.EMAIL_TIMEOUT = 1
        yield running


def tell(zone: Zone, key: str = "note", username: str = "huzhuang1") -> Effect:
    User.objects.filter(username=username).update(email=f"{username}@example.org")
    user = zone.users[username]
    notifications.tell(
        [notifications.Message(user_id=user.pk, key=key, title="催办", about="duty:1")]
    )
    return Effect.objects.get(key=f"mail:{key}")


def run_through(effect: Effect, *, hours: int = 12) -> None:
    """Lets half a day pass in which the sweeper looks whenever something is due."""
    end = clock.now() + dt.timedelta(hours=hours)
    while True:
        effect.refresh_from_db()
        if effect.state != "pending" or effect.not_before > end:
            return
        with clock.at(max(effect.not_before, clock.now())):
            effects.run_due()


def state_of(about: str = "duty:1") -> str:
    (row,) = notifications.deliveries([about])
    return row.mail


def test_taken_mail_is_sent_once(zone: Zone, sink: MailSink) -> None:
    effect = tell(zone)
    assert state_of() == "pending"
    run_through(effect)
    assert (effect.state, state_of(), len(sink.mails)) == ("done", "sent", 1)


@pytest.mark.parametrize(
    ("behaviour", "words"), [("refuse", "no such mailbox"), ("later", "try again later")]
)
def test_refused_mail_is_retried_then_stopped_with_the_words(
    zone: Zone, sink: MailSink, behaviour: str, words: str
) -> None:
    sink.behaviour = behaviour
    effect = tell(zone)
    run_through(effect)
    assert (effect.state, state_of()) == ("dead", "failed")
    assert words in effect.last_error
    assert sink.tries == effects.handlers()["core.mail"].max_attempts > 1
    assert sink.mails == []


def test_mail_waits_for_a_server_that_is_down_and_then_goes(
    zone: Zone, sink: MailSink, settings: Any
) -> None:
    settings.EMAIL_PORT = free_port()
    effect = tell(zone)
    effects.run_due()
    effect.refresh_from_db()
    assert effect.state == "pending"
    assert "ConnectionRefused" in effect.last_error
    settings.EMAIL_PORT = sink.port
    run_through(effect)
    assert (effect.state, len(sink.mails)) == ("done", 1)


@pytest.mark.parametrize("behaviour", ["cut", "silent"])
def test_mail_cut_off_after_it_was_taken_is_unknown_and_not_repeated(
    zone: Zone, sink: MailSink, behaviour: str
) -> None:
    sink.behaviour = behaviour
    effect = tell(zone)
    run_through(effect)
    assert (effect.state, state_of()) == ("unknown", "unknown")
    sink.behaviour = "take"
    with clock.at(clock.now() + dt.timedelta(days=2)):
        effects.run_due()
    assert len(sink.mails) == 1


def test_poison_is_stopped_and_others_flow(zone: Zone, sink: MailSink) -> None:
    poison = Effect.objects.create(
        key="mail:poison",
        kind="core.mail",
        payload={"nothing": 1},
        not_before=clock.now() - dt.timedelta(hours=1),
        created_at=clock.now(),
    )
    rest = [tell(zone, f"note{n}") for n in range(3)]
    run_through(poison, hours=24)
    assert poison.state == "dead"
    assert poison.attempts == effects.handlers()["core.mail"].max_attempts
    for effect in rest:
        effect.refresh_from_db()
        assert effect.state == "done"
    assert len(sink.mails) == 3


def test_administrator_retries_or_gives_up_with_a_reason(zone: Zone, sink: MailSink) -> None:
    sink.behaviour = "cut"
    first, second = tell(zone, "one"), tell(zone, "two")
    effects.run_due()
    sink.behaviour = "take"
    client = zone.client("sysadmin")
    assert "结果不明" in client.get("/administration/jobs/").content.decode()
    client.post(f"/administration/jobs/{first.pk}/retry/")
    assert client.post(f"/administration/jobs/{second.pk}/give-up/", {}).status_code == 422
    client.post(f"/administration/jobs/{second.pk}/give-up/", {"reason": "已电话通知"})
    effects.run_due()
    assert len(sink.mails) == 3
    states = dict(Effect.objects.values_list("key", "state"))
    assert (states["mail:one"], states["mail:two"]) == ("done", "skipped")
    assert AuditEntry.objects.get(verb="orgs.job.given_up").note == "已电话通知"


# --- what the sender sees -----------------------------------------------------------------------
@pytest.fixture
def june(zone: Zone) -> Zone:
    with clock.at(MONDAY - dt.timedelta(days=10)):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    rollups.refresh_all()  # figures are written behind the changes: here at once
    User.objects.filter(username="huzhuang1").update(email="h@example.org")
    return zone


def test_sender_sees_how_far_each_reminder_came(june: Zone) -> None:
    client = june.client("dahuangshan")
    page = client.post("/reports/remind/", {"period": "2026-06"}, follow=True).content.decode()
    assert "已提醒" in page
    assert "邮件待发" in page
    assert "只在消息里" in page
    effects.run_due()
    Notification.objects.filter(user=june.users["huzhuang1"]).update(read_at=MONDAY)
    page = client.get("/reports/reminders/", {"period": "2026-06"}).content.decode()
    assert "邮件已发" in page
    assert "7月6日" in page
    Effect.objects.update(state="unknown")
    page = client.get("/reports/reminders/", {"period": "2026-06"}).content.decode()
    assert "邮件结果不明" in page


def test_neighbour_sees_none_of_it(june: Zone) -> None:
    june.client("dahuangshan").post("/reports/remind/", {"period": "2026-06"})
    page = june.client("jinshanqiao").get("/reports/reminders/", {"period": "2026-06"})
    assert "湖庄村" not in page.content.decode()
    node = {"period": "2026-06", "organization": str(june.street.pk)}
    assert june.client("jinshanqiao").get("/reports/reminders/", node).status_code == 404


def test_list_costs_the_same_for_many(june: Zone, django_assert_max_num_queries: object) -> None:
    client = june.client("zone")
    client.post("/reports/remind/", {"period": "2026-06"})
    with django_assert_max_num_queries(14) as few:  # type: ignore[operator]
        client.get("/reports/reminders/", {"period": "2026-06"})
    for row in list(Notification.objects.all()):
        for n in range(5):
            row.pk, row.key = None, f"{row.key}:{n}"
            row.save()
    with django_assert_max_num_queries(len(few)):  # type: ignore[operator]
        client.get("/reports/reminders/", {"period": "2026-06"})
