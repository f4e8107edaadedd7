"""What breaks in the night: killed workers, an emptied, frozen or dead Redis, a stopped database,
clocks that jump. Real processes; nothing is lost and nothing happens twice."""

import contextlib
import datetime as dt
import io
import json
import logging
import os
import re
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from kombu.transport import redis as redis_transport
from openpyxl import Workbook

from config import celery
from core import clock, notifications
from core import effects as core_effects
from core import tasks as portal_tasks
from core.actor import system
from core.models import Effect, Notification, Slot
from members.models import MemberImport
from orgs.models import User
from schedules.rounds.actions import calendar, opening, rollups
from schedules.rounds.models import Duty, ReminderMark, Report, ReportAttachment

from . import servers, templates
from .access_objects import NOW
from .conftest import worker_environment
from .mail_sink import MailSink, mail_sink
from .test_attachments import PDF
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
        wait_until(lambda: states() == Counter(done=35), seconds=120)
    finally:
        again.kill()
    assert worker.process.poll() is None  # nobody had to start it again
    assert len(ids(sink)) == 35
    assert max(ids(sink).values()) == 1


@pytest.mark.parametrize("gone", ["connection", "client"])
def test_worker_acknowledges_through_a_channel_that_is_gone(
    own_redis: servers.Server, monkeypatch: pytest.MonkeyPatch, gone: str
) -> None:
    """Seen when Redis died between a task's end and its acknowledgement: the worker ended."""
    monkeypatch.setattr(redis_transport.Transport, "Channel", redis_transport.Channel)
    celery.survive_a_broker_that_is_gone()
    with kombu.Connection(own_redis.url) as connection:
        queue = connection.SimpleQueue("bells")
        queue.put("ring")
        message = queue.get(timeout=5)
        channel = message.channel
        channel._disconnect_pools()
        logger = logging.getLogger("tests.faults")
        with monkeypatch.context() as broken:
            holder = channel if gone == "connection" else channel.connection
            broken.setattr(holder, gone, None)
            message.ack_log_error(logger, connection.connection_errors)
            assert not message.acknowledged
            assert channel.qos.restore_unacked() == []


REMIND = """
import json
from django.test import Client
from orgs.models import User
from tests.redis_waits import vain_asks
client = Client()
user = User.objects.get(username="dahuangshan")
client.force_login(user, backend="orgs.backends.NameOrPhoneBackend")
with vain_asks() as vain:
    answer = client.post("/reports/remind/", {"period": "2026-06"})
print(json.dumps([answer.status_code, len(vain)]))
"""


def june() -> Zone:
    zone = build_zone()
    with clock.at(dt.datetime.fromisoformat("2026-06-26T00:30+08:00")):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
        rollups.refresh_all()  # figures are written behind the changes: here at once
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
    status, vain = json.loads(in_process(REMIND, **more))
    assert status == 302
    assert vain <= 2
    assert Effect.objects.filter(kind="core.mail").count() == 1
    own_redis.process.send_signal(signal.SIGCONT)
    wait_until(lambda: states() == Counter(done=1), seconds=45)
    assert len(sink.mails) == 1


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_page_answers_while_redis_is_dead(own_redis: servers.Server) -> None:
    june()
    own_redis.kill()
    status, vain = json.loads(in_process(REMIND, REDIS_URL=own_redis.url))
    assert status == 302
    assert vain <= 2
    assert states() == Counter(pending=1)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_work_is_done_while_redis_is_dead(
    own_redis: servers.Server, worker_on: Callable[..., servers.Server], sink: MailSink
) -> None:
    """A sheet that is uploaded then is read all the same; here it is mails."""
    more = {"REDIS_URL": own_redis.url, **smtp(sink)}
    worker_on(**more)
    tell(1, "before")
    wait_until(lambda: states() == Counter(done=1), seconds=45)
    own_redis.kill()
    tell(40, "without")
    wait_until(lambda: states() == Counter(done=41), seconds=45)
    assert len(ids(sink)) == 41
    assert max(ids(sink).values()) == 1


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_full_redis_refuses_messages_and_loses_nothing(
    own_redis: servers.Server, worker_on: Callable[..., servers.Server], sink: MailSink
) -> None:
    """Celery ends when Redis takes nothing any more; systemd starts it again, here the test."""
    import redis

    june()
    more = {"REDIS_URL": own_redis.url, **smtp(sink)}
    worker_on(**more)
    line = redis.Redis.from_url(own_redis.url)
    line.config_set("maxmemory", 1)
    with pytest.raises(redis.exceptions.OutOfMemoryError):
        line.set("key", "value")
    status, vain = json.loads(in_process(REMIND, **more))
    assert (status, vain) == (302, 0)
    assert Effect.objects.filter(kind="core.mail").count() == 1
    line.config_set("maxmemory", 0)
    worker_on(**more)
    wait_until(lambda: states() == Counter(done=1), seconds=45)
    assert len(sink.mails) == 1


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


def _installed(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a portal in `folder` with the small zone in its database."""
    folder.mkdir()
    environment = servers.portal_environment(folder, **settings)
    templates.migrate(environment)
    servers.manage(environment, "shell", "-c", FILL)
    return environment


def _saver(url: str, cookie: str, token: str) -> Callable[[str], int]:
    """Writes an address of mail for the person of the cookie; the status of the answer."""

    def save(email: str) -> int:
        return _post(f"{url}/account/", {"email": email, "csrfmiddlewaretoken": token}, cookie)

    return save


def _wait_for_mails(url: str) -> None:
    """Returns when all 40 mails of TELL are done, and fails after a minute."""
    import psycopg2

    deadline = time.monotonic() + 60
    found: dict[str, int] = {}
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        reader = connection.cursor()
        while found != {"done": 40}:
            assert time.monotonic() < deadline, found
            time.sleep(0.2)
            reader.execute(
                "SELECT state, count(*) FROM core_effect WHERE kind = 'core.mail' GROUP BY state"
            )
            found = dict(reader.fetchall())


@pytest.mark.long
def test_postgres_stopped_at_once_comes_back_without_anybodys_help(
    tmp_path: Path, sink: MailSink
) -> None:
    import psycopg2

    database = servers.start_postgres(tmp_path / "postgres")
    redis = servers.start_redis(tmp_path / "redis")
    portal = None
    try:
        environment = _installed(
            tmp_path / "data", DATABASE_URL=database.url, REDIS_URL=redis.url, **smtp(sink)
        )
        portal = servers.start_portal(environment)
        save = _saver(portal.url, *_sign_in(portal.url))
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
        with contextlib.closing(psycopg2.connect(database.url)) as connection:
            reader = connection.cursor()
            reader.execute("SELECT email FROM orgs_user WHERE username = 'huzhuang1'")
            assert reader.fetchone() == ("first@example.org",)
        _wait_for_mails(database.url)
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


@pytest.mark.long
def test_slow_database_is_an_honest_refusal_and_cut_connections_are_none(tmp_path: Path) -> None:
    """A statement that waits longer than its limit (here 2 s) is answered 503 and writes nothing;
    connections that the database has cut are opened again without anybody noticing."""
    import psycopg2

    database = servers.start_postgres(tmp_path / "postgres")
    limited = f"{database.url}?options=-c%20statement_timeout%3D2000"
    portal = None
    try:
        environment = _installed(tmp_path / "data", DATABASE_URL=limited)
        portal = servers.start_portal(environment)
        save = _saver(portal.url, *_sign_in(portal.url))
        assert save("before@example.org") == 302
        holder = psycopg2.connect(database.url)
        holder.cursor().execute("LOCK TABLE core_auditentry IN ACCESS EXCLUSIVE MODE")
        # Cut off by its statement_timeout: the lock is held until after the answer.
        assert save("slow@example.org") == 503
        holder.rollback()
        cursor = holder.cursor()
        cursor.execute("SELECT email FROM orgs_user WHERE username = 'huzhuang1'")
        assert cursor.fetchone() == ("before@example.org",)
        assert save("after@example.org") == 302

        for number in range(3):
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            cut = cursor.fetchone()
            assert cut is not None
            assert cut[0] > 0, "the portal keeps connections open"
            assert save(f"cut{number}@example.org") == 302
        holder.rollback()
        cursor.execute("SELECT email FROM orgs_user WHERE username = 'huzhuang1'")
        assert cursor.fetchone() == ("cut2@example.org",)
        holder.close()
        servers.manage(environment, "verify_audit")
    finally:
        if portal is not None:
            portal.stop(with_signal=signal.SIGINT)
        database.stop(with_signal=signal.SIGINT)


@pytest.mark.long
def test_worker_that_starts_before_its_servers_waits_for_them(
    tmp_path: Path, sink: MailSink
) -> None:
    database = servers.start_postgres(tmp_path / "postgres")
    redis_port = servers.free_port()
    redis = worker = None
    try:
        environment = _installed(
            tmp_path / "data",
            DATABASE_URL=database.url,
            REDIS_URL=f"redis://127.0.0.1:{redis_port}/0",
            **smtp(sink),
        )
        servers.manage(environment, "shell", "-c", TELL)
        database.stop(with_signal=signal.SIGINT)

        worker = servers.start_worker(tmp_path / "worker", environment, beat=True, wait=False)
        time.sleep(8)
        redis = servers.start_redis(tmp_path / "redis", port=redis_port)
        time.sleep(2)
        database = servers.restart_postgres(tmp_path / "postgres", url=database.url)
        _wait_for_mails(database.url)
        assert worker.process.poll() is None, "nobody had to start it again"
        assert (len(ids(sink)), max(ids(sink).values())) == (40, 1)
    finally:
        for one in (worker, redis):
            if one is not None:
                one.kill()
        database.stop(with_signal=signal.SIGINT)


# --- figures cut off in the middle ------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_worker_killed_in_the_middle_of_the_figures_is_followed_by_another(
    start_worker: Callable[..., servers.Server],
) -> None:
    """The run has rewritten the first months and waits for a row of the last one, which the test
    holds; then it is killed. Nothing of it may be seen; another worker does the whole."""
    import psycopg2
    from django.db import connection

    from schedules.rounds.models import Rollup, RollupMark
    from schedules.rounds.queries.rollups import recount, stored

    from .test_rollups import MONTHS, naive, three_months, written

    plan = three_months(build_zone())
    rollups.fill(by=system())
    old = written(plan)
    holder = psycopg2.connect(worker_environment()["DATABASE_URL"])
    watcher = psycopg2.connect(worker_environment()["DATABASE_URL"])
    watcher.autocommit = True
    with holder.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM schedules_rollup WHERE period = %s ORDER BY id FOR UPDATE", [MONTHS[-1]]
        )
        assert cursor.fetchall()

    def waits_for_the_row() -> bool:
        with watcher.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND query LIKE 'DELETE FROM \"schedules_rollup\"%'"
            )
            return bool(cursor.fetchone()[0])

    try:
        worker = start_worker(concurrency=2)
        # Every month changes, in one transaction, with one effect a month.
        with transaction.atomic():
            for period in MONTHS:
                Duty.objects.filter(period=period).exclude(state="waived").update(state="accepted")
                rows = Duty.objects.filter(period=period)
                rollups.mark(
                    plan_id=plan.pk,
                    period=period,
                    organization_ids=rows.values_list("organization", flat=True),
                )
        wait_until(waits_for_the_row, seconds=30)
        worker.kill()
        assert written(plan) == old
        assert RollupMark.objects.exists()
    finally:
        holder.close()
        watcher.close()

    effects = Effect.objects.filter(kind=rollups.KIND)
    assert effects.filter(state="leased").exists()
    start_worker(concurrency=2)
    portal_tasks.sweep.delay()
    time.sleep(2)  # the lease of the dead one still holds: nobody takes it before
    assert effects.filter(state="leased").exists()
    # It runs out after two minutes; the test does not wait for that.
    effects.filter(state="leased").update(lease_until=clock.now() - dt.timedelta(seconds=1))
    portal_tasks.sweep.delay()
    wait_until(lambda: not effects.exclude(state="done").exists(), seconds=30)

    assert not RollupMark.objects.exists()
    assert written(plan) != old
    assert written(plan) == naive(plan)
    for period in MONTHS:
        assert sorted(stored(plan, period)) == sorted(recount(plan, period))
    twice = Counter(Rollup.objects.values_list("plan", "period", "organization"))
    assert max(twice.values()) == 1
    assert effects.count() == 2 * len(MONTHS)  # of opening, and of this change
    assert max(effects.values_list("attempts", flat=True)) == 2
    assert connection.vendor == "postgresql"


# --- full disks, a shut audit trail, a newer version --------------------------------------------------


@pytest.fixture
def small_disk() -> Iterator[Callable[[int], Path]]:
    """`small_disk(megabytes)`: a file system of that size; skips where nobody may mount one."""
    mounted: list[Path] = []

    def mount(megabytes: int) -> Path:
        # Not below pytest's folder, which is shut to the user that PostgreSQL runs as.
        folder = Path(tempfile.mkdtemp(prefix="portal-disk-"))
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        if done.returncode:
            folder.rmdir()
            pytest.skip("mounting a small disk needs root")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=False)
        folder.rmdir()


def _fill(filler: Path) -> None:
    """Takes all the room there is."""
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(b"x" * 4096):
            pass


@pytest.mark.long
@pytest.mark.django_db
def test_full_disk_refuses_uploads_and_keeps_neither_row_nor_file(
    small_disk: Callable[[int], Path], settings: Any
) -> None:
    disk = small_disk(3)
    settings.ATTACHMENT_DIR = disk / "attachments"
    settings.DATA_DIR = disk
    with clock.at(NOW):
        zone = june()
        report = Report.objects.get(organization=zone.branch)
        url = reverse("schedules:attachment-add", args=[report.pk])
        client = zone.client("huzhuang1")
        small, large = PDF, PDF.replace(b"endobj", b"endobj\n%" + b"x" * 5_000_000)

        def post(content: bytes) -> str:
            answer = client.post(url, {"file": SimpleUploadedFile("表.pdf", content)}, follow=True)
            assert answer.status_code == 200
            return answer.content.decode()

        assert "暂时不能接收文件" in post(large)
        assert not ReportAttachment.objects.exists()
        assert not [path for path in disk.rglob("*") if path.is_file()]

        book, sheet = io.BytesIO(), Workbook()
        sheet.active.append(["姓名", "公民身份号码"])
        sheet.save(book)
        _fill(disk / "filler")
        answer = zone.client("dahuangshan").post(
            "/members/imports/new/", {"file": SimpleUploadedFile("花名册.xlsx", book.getvalue())}
        )
        assert answer.status_code == 422
        assert "暂时不能接收文件" in answer.content.decode()
        assert not MemberImport.objects.exists()
        assert [path.name for path in disk.rglob("*") if path.is_file()] == ["filler"]
        (disk / "filler").unlink()
        post(small)
    assert ReportAttachment.objects.get().state == "ready"


@pytest.mark.long
def test_postgres_with_a_full_disk_refuses_writes_serves_pages_and_recovers(
    tmp_path: Path, small_disk: Callable[[int], Path]
) -> None:
    import psycopg2

    disk = small_disk(300)
    database = servers.start_postgres(disk / "postgres")
    portal = None
    try:
        environment = _installed(tmp_path / "data", DATABASE_URL=database.url)
        portal = servers.start_portal(environment)
        cookie, token = _sign_in(portal.url)
        save = _saver(portal.url, cookie, token)

        def read() -> int:
            request = urllib.request.Request(  # noqa: S310
                f"{portal.url}/account/",  # type: ignore[union-attr]
                headers={"Cookie": cookie},
            )
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                return int(answer.status)

        assert save("before@example.org") == 302
        filler = disk / "filler"
        _fill(filler)
        # The audit table has a little room in its last page; then it cannot grow.
        statuses = [save(f"full{number}@example.org") for number in range(200)]
        refused = statuses.index(503)
        assert set(statuses[:refused]) <= {302}
        assert set(statuses[refused:]) <= {302, 503}
        assert read() == 200

        filler.unlink()
        assert save("after@example.org") == 302
        with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT email FROM orgs_user WHERE username = 'huzhuang1'")
            assert cursor.fetchone() == ("after@example.org",)
            cursor.execute("SELECT count(*) FROM core_auditentry WHERE verb = 'orgs.user.edited'")
            # One entry for each change that was answered with success, none for the others.
            assert cursor.fetchone() == (statuses.count(302) + 2,)
        servers.manage(environment, "verify_audit")
    finally:
        if portal is not None:
            portal.stop(with_signal=signal.SIGINT)
        database.stop(with_signal=signal.SIGINT)


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_older_worker_does_what_a_newer_web_process_asks(
    start_worker: Callable[..., servers.Server],
) -> None:
    """Unknown arguments of a task and of an effect's payload are passed over."""
    plan = opening.install_defaults(by=system())
    start_worker(concurrency=1)
    with transaction.atomic():
        core_effects.enqueue(
            "schedules.rollup", "newer", plan=plan.pk, asked_since="2.0", shard=[1]
        )
    portal_tasks.sweep.apply_async(kwargs={"shard": 3, "asked_by": {"version": "2.0"}})
    wait_until(lambda: Effect.objects.get(key="newer").state == "done", seconds=20)
    portal_tasks.tick.apply_async(kwargs={"since": "2.0"})
    wait_until(lambda: Slot.objects.exists(), seconds=20)
