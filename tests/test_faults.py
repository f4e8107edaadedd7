"""What breaks in the night: killed workers, an emptied, frozen or dead Redis, a stopped database,
clocks that jump. Real processes; nothing is lost and nothing happens twice."""

import datetime as dt
import io
import json
import os
import re
import signal
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction

from core import clock, notifications
from core import tasks as portal_tasks
from core.actor import system
from core.models import Effect, Notification, Slot
from orgs.models import User
from schedules.actions import calendar, opening
from schedules.models import Duty, ReminderMark

from . import servers
from .conftest import worker_environment
from .mail_sink import MailSink, mail_sink
from .world import PASSWORD, Zone, build_zone


# --- tools --------------------------------------------------------------------------------------
@pytest.fixture
def own_redis(transactional_db: None, tmp_path: Path) -> Iterator[servers.Server]:
    """A Redis of this test alone, to be killed and frozen."""
    server = servers.start_redis(tmp_path / "redis")
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def worker_on(tmp_path: Path) -> Iterator[Callable[..., servers.Server]]:
    """`worker_on(**environment)`: a real worker with its beat, ended after the test."""
    running: list[servers.Server] = []

    def start(**more: str) -> servers.Server:
        environment = worker_environment(**more)
        running.append(
            servers.start_worker(tmp_path / "worker", environment, concurrency=2, beat=True)
        )
        return running[-1]

    yield start
    for worker in running:
        worker.kill()


@pytest.fixture
def sink() -> Iterator[MailSink]:
    with mail_sink() as running:
        yield running


def smtp(sink: MailSink) -> dict[str, str]:
    return {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(sink.port)}


def tell(count: int, prefix: str) -> None:
    """Puts `count` mails to one person into the queue, in one transaction."""
    user, _ = User.objects.get_or_create(
        username="reader",
        defaults={"name": "reader", "email": "r@example.cn", "created_at": clock.now()},
    )
    with transaction.atomic():
        notifications.tell(
            notifications.Message(user_id=user.pk, key=f"{prefix}:{n}", title=f"{prefix} {n}")
            for n in range(count)
        )


def states() -> Counter[str]:
    return Counter(Effect.objects.filter(kind="core.mail").values_list("state", flat=True))


def ids(sink: MailSink) -> Counter[str]:
    return Counter(re.findall(r"Message-ID: <(\w+)@", "\n".join(sink.mails)))


def wait_until(condition: Callable[[], bool], *, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not reached in {seconds:.0f} s: {states()}"
        time.sleep(0.05)


def in_process(code: str, **environment: str) -> str:
    """Runs `code` in a portal process of its own on this test's database; what it printed last."""
    return servers.manage(worker_environment(**environment), "shell", "-c", code).splitlines()[-1]


# --- workers and clocks ---------------------------------------------------------------------------
@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_sweepers_do_everything_once(
    start_worker: Callable[..., servers.Server],
    worker_on: Callable[..., servers.Server],
    sink: MailSink,
) -> None:
    redis = os.environ.get("REDIS_URL", "")
    if not redis:
        pytest.skip("needs Redis: make test")
    for _ in range(2):
        worker_on(**smtp(sink))
    tell(80, "twice")
    wait_until(lambda: states() == Counter(done=80), seconds=30)
    for _ in range(8):
        portal_tasks.tick.delay()
    wait_until(lambda: Slot.objects.exists(), seconds=20)
    wait_until(
        lambda: not Effect.objects.exclude(state="done").filter(kind__startswith="job:").exists(),
        seconds=30,
    )
    assert len(ids(sink)) == 80
    assert max(ids(sink).values()) == 1
    slots = Counter(Slot.objects.values_list("job", "planned_for"))
    assert max(slots.values()) == 1
    assert Effect.objects.filter(kind__startswith="job:").count() == len(slots)
    assert set(Effect.objects.filter(kind__startswith="job:").values_list("attempts")) == {(1,)}


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_worker_killed_after_the_mail_was_taken_does_not_send_it_again(
    own_redis: servers.Server, worker_on: Callable[..., servers.Server], sink: MailSink
) -> None:
    more = {"REDIS_URL": own_redis.url, **smtp(sink)}
    worker = worker_on(**more)
    sink.behaviour = "silent"
    tell(1, "killed")
    wait_until(lambda: len(sink.mails) == 1, seconds=20)
    worker.kill()
    assert states() == Counter(sending=1)

    sink.behaviour = "take"
    # The lease runs out after a minute; the test does not wait for that.
    Effect.objects.update(lease_until=clock.now() - dt.timedelta(seconds=1))
    worker_on(**more)
    tell(3, "after")
    wait_until(lambda: states() == Counter(unknown=1, done=3), seconds=20)
    assert sum("killed" in mail for mail in sink.mails) == 1
    assert len(sink.mails) == 4


# --- Redis ------------------------------------------------------------------------------------------
@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_redis_killed_and_back_empty_loses_nothing(
    own_redis: servers.Server,
    worker_on: Callable[..., servers.Server],
    sink: MailSink,
    tmp_path: Path,
) -> None:
    worker = worker_on(REDIS_URL=own_redis.url, **smtp(sink))
    tell(5, "before")
    wait_until(lambda: states() == Counter(done=5), seconds=20)
    own_redis.kill()
    tell(30, "while")
    time.sleep(1)
    port = int(own_redis.url.rpartition(":")[2].partition("/")[0])
    again = servers.start_redis(tmp_path / "redis", port=port)
    try:
        wait_until(lambda: states() == Counter(done=35), seconds=45)
    finally:
        again.kill()
    assert worker.process.poll() is None  # nobody had to start it again
    assert len(ids(sink)) == 35
    assert max(ids(sink).values()) == 1


REMIND = """
import json, time
from django.test import Client
from orgs.models import User
client = Client()
user = User.objects.get(username="dahuangshan")
client.force_login(user, backend="orgs.backends.NameOrPhoneBackend")
started = time.monotonic()
answer = client.post("/reports/remind/", {"period": "2026-06"})
print(json.dumps([answer.status_code, time.monotonic() - started]))
"""


def june() -> Zone:
    zone = build_zone()
    with clock.at(dt.datetime.fromisoformat("2026-06-26T00:30+08:00")):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    User.objects.filter(username="huzhuang1").update(email="h@example.org")
    return zone


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_page_answers_while_redis_is_frozen_and_the_work_is_done_later(
    own_redis: servers.Server, worker_on: Callable[..., servers.Server], sink: MailSink
) -> None:
    june()
    more = {"REDIS_URL": own_redis.url, **smtp(sink)}
    worker_on(**more)
    own_redis.process.send_signal(signal.SIGSTOP)
    status, seconds = json.loads(in_process(REMIND, **more))
    assert status == 302
    assert seconds < 5
    assert Effect.objects.filter(kind="core.mail").count() == 1
    own_redis.process.send_signal(signal.SIGCONT)
    wait_until(lambda: states() == Counter(done=1), seconds=45)
    assert len(sink.mails) == 1


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_page_answers_while_redis_is_dead(own_redis: servers.Server) -> None:
    june()
    own_redis.kill()
    status, seconds = json.loads(in_process(REMIND, REDIS_URL=own_redis.url))
    assert status == 302
    assert seconds < 5
    assert states() == Counter(pending=1)


SIGN_IN = f"""
import json
from django.test import Client
from orgs.models import User
for user in User.objects.filter(username__startswith="huzhuang"):
    user.set_password("{PASSWORD}")  # as this process hashes them
    user.save()
client = Client()
client.post("/login/", {{"username": "huzhuang1", "password": "{PASSWORD}"}})
other = Client()
for _ in range(5):
    other.post("/login/", {{"username": "huzhuang2", "password": "wrong"}})
print(json.dumps(client.cookies["sessionid"].value))
"""
STILL = f"""
import json, sys
from django.test import Client
client = Client()
client.cookies["sessionid"] = SESSION
locked = Client().post("/login/", {{"username": "huzhuang2", "password": "{PASSWORD}"}})
print(json.dumps([client.get("/account/").status_code, locked.status_code]))
"""


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_flushed_redis_signs_nobody_out_and_unlocks_nobody(own_redis: servers.Server) -> None:
    import redis

    build_zone()
    session = json.loads(in_process(SIGN_IN, REDIS_URL=own_redis.url))
    redis.Redis.from_url(own_redis.url).flushall()
    code = f"SESSION = {session!r}\n{STILL}"
    assert json.loads(in_process(code, REDIS_URL=own_redis.url)) == [200, 403]


# --- clocks that jump -----------------------------------------------------------------------------
def tick(moment: dt.datetime) -> None:
    call_command("tick", now=moment.isoformat(), stdout=io.StringIO())


@pytest.mark.django_db
def test_clock_that_jumps_reminds_nobody_twice_and_catches_up_once() -> None:
    june()
    start = dt.datetime.fromisoformat("2026-07-06T09:00+08:00")
    hours = dt.timedelta(hours=1)
    for moment in (start, start + 2 * hours, start, start - 2 * hours, start + 3 * hours):
        tick(moment)
    told = Counter(
        Notification.objects.filter(key__startswith="digest:").values_list("user_id", flat=True)
    )
    assert told
    assert max(told.values()) == 1
    marks = ReminderMark.objects.count()

    booked = Slot.objects.count()
    tick(start + dt.timedelta(days=40))  # a Saturday: nobody is disturbed
    jobs = len(set(Slot.objects.values_list("job", flat=True)))
    assert Slot.objects.count() - booked <= jobs  # one run of each job, not forty days of them
    tick(start + dt.timedelta(days=42))
    days = Counter(
        Notification.objects.filter(key__startswith="digest:").values_list("user_id", "created_at")
    )
    assert max(days.values()) == 1
    assert ReminderMark.objects.count() >= marks
    known = Counter(ReminderMark.objects.values_list("duty", "user", "stage"))
    assert max(known.values()) == 1

    tick(start)  # and back again: what was told stays told
    assert (
        Counter(
            Notification.objects.filter(key__startswith="digest:20260706").values_list(
                "user_id", flat=True
            )
        )
        == told
    )
    assert Duty.objects.values("organization", "period", "plan").distinct().count() == (
        Duty.objects.count()
    )


# --- the database -----------------------------------------------------------------------------------
FILL = """
from tests.world import build_zone
build_zone()
"""
TELL = """
from django.db import transaction
from core import notifications
from orgs.models import User
User.objects.filter(username="huzhuang2").update(email="h@example.org")
user = User.objects.get(username="huzhuang2")
with transaction.atomic():
    notifications.tell(
        notifications.Message(user_id=user.pk, key=f"pg:{n}", title="note") for n in range(40)
    )
"""


@pytest.mark.long
def test_postgres_stopped_at_once_comes_back_without_anybodys_help(
    tmp_path: Path, sink: MailSink
) -> None:
    import psycopg2

    database = servers.start_postgres(tmp_path / "postgres")
    redis = servers.start_redis(tmp_path / "redis")
    environment = servers.portal_environment(
        tmp_path / "data", DATABASE_URL=database.url, REDIS_URL=redis.url, **smtp(sink)
    )
    (tmp_path / "data").mkdir()
    portal = None
    try:
        servers.manage(environment, "migrate", "--verbosity", "0")
        servers.manage(environment, "shell", "-c", FILL)
        portal = servers.start_portal(environment)
        cookie, token = _sign_in(portal.url)

        def save(email: str) -> int:
            fields = {"email": email, "csrfmiddlewaretoken": token}
            return _post(f"{portal.url}/account/", fields, cookie)  # type: ignore[union-attr]

        assert save("first@example.org") == 302

        # A request in flight: it waits for a lock, and the database goes away under it.
        from tests.parallel import run_together

        def stop() -> None:
            holder = psycopg2.connect(database.url)
            holder.cursor().execute("LOCK TABLE orgs_user IN ACCESS EXCLUSIVE MODE")
            time.sleep(2)
            database.process.send_signal(signal.SIGQUIT)
            database.process.wait(20)

        def ask() -> int:
            time.sleep(1)
            return save("second@example.org")

        _, asked = run_together([stop, ask], timeout=60)
        assert asked.value in (500, 502, 503)

        database = servers.restart_postgres(tmp_path / "postgres", url=database.url)
        servers.manage(environment, "shell", "-c", TELL)
        deadline = time.monotonic() + 60
        connection = psycopg2.connect(database.url)
        connection.autocommit = True
        reader = connection.cursor()
        reader.execute("SELECT email FROM orgs_user WHERE username = 'huzhuang1'")
        assert reader.fetchone() == ("first@example.org",)
        found: dict[str, int] = {}
        while found != {"done": 40}:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
            reader.execute(
                "SELECT state, count(*) FROM core_effect WHERE kind = 'core.mail' GROUP BY state"
            )
            found = dict(reader.fetchall())
        assert max(ids(sink).values()) == 1
        assert len(ids(sink)) == 40
        assert save("third@example.org") == 302  # the same session, the same processes
        assert "starting it again" not in portal.output()
        servers.manage(environment, "verify_audit")
    finally:
        if portal is not None:
            portal.stop(with_signal=signal.SIGINT)
        redis.kill()
        database.stop(with_signal=signal.SIGINT)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **more: object) -> None:
        return None


def _post(url: str, fields: dict[str, str], cookie: str) -> int:
    request = urllib.request.Request(  # noqa: S310
        url, urllib.parse.urlencode(fields).encode(), {"Cookie": cookie}
    )
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _sign_in(url: str) -> tuple[str, str]:
    """Cookie header and CSRF token of huzhuang1, signed in."""
    import http.cookiejar

    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

    def token(page: str) -> str:
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert found, page[:500]
        return found[1]

    first = opener.open(f"{url}/login/", timeout=30).read().decode()
    fields = {"username": "huzhuang1", "password": PASSWORD, "csrfmiddlewaretoken": token(first)}
    opener.open(f"{url}/login/", urllib.parse.urlencode(fields).encode(), timeout=30).read()
    page = opener.open(f"{url}/account/", timeout=30).read().decode()
    return "; ".join(f"{one.name}={one.value}" for one in jar), token(page)
