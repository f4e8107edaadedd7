"""What those who watch the portal see: readiness, metrics, log lines."""

import datetime as dt
import json
import logging
import os
import socket
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from celery import signals
from django.core import checks
from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.utils import timezone

from config import celery, started
from core import audit, deployment, effects, logs
from core.actor import system
from core.management import preflight
from core.models import Effect, Heartbeat

from . import servers
from .world import Zone

TOKEN = "a-token-of-more-than-twenty-characters"


@pytest.fixture
def alive(db: None) -> None:
    for part in ("sweeper", "clock"):
        effects.beat(part)


def readyz() -> tuple[int, dict[str, Any]]:
    answer = Client().get("/readyz")
    return answer.status_code, answer.json()


def test_ready_when_all_is_well(alive: None) -> None:
    status, said = readyz()
    assert (status, said["problems"]) == (200, [])
    assert said["broker"] in ("embedded", "ok")
    assert said["last_backup"] == "not watched"


@pytest.mark.parametrize(
    ("headers", "address", "proxies"),
    [
        ({}, "192.0.2.7", 0),
        ({"X-Forwarded-For": "192.0.2.7"}, "127.0.0.1", 1),
        ({"X-Forwarded-For": "127.0.0.1, 192.0.2.7"}, "127.0.0.1", 1),  # forged
        ({"X-Forwarded-For": "127.0.0.1"}, "127.0.0.1", 0),  # a proxy that nobody counted
    ],
)
def test_others_are_told_only_whether(
    alive: None, settings: Any, headers: dict[str, str], address: str, proxies: int
) -> None:
    settings.TRUSTED_PROXY_COUNT = proxies
    settings.METRICS_TOKEN = TOKEN
    client = Client(REMOTE_ADDR=address, headers=headers)
    assert client.get("/readyz").json() == {"ready": True}
    Heartbeat.objects.all().delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    own = client.get("/readyz", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    assert ("problems" in own) is bool(proxies or not headers)


def test_forgotten_proxy_is_told(alive: None, settings: Any) -> None:
    settings.HTTPS, settings.TRUSTED_PROXY_COUNT = True, 0
    assert "portal.W001" in [one.id for one in checks.run_checks(include_deployment_checks=True)]
    settings.TRUSTED_PROXY_COUNT = 1
    assert "portal.W001" not in [
        one.id for one in checks.run_checks(include_deployment_checks=True)
    ]


def test_a_data_folder_that_others_can_read_is_told_in_production(
    settings: Any, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    for production, mode, told in (
        (True, 0o755, True),
        (True, 0o770, True),
        (True, 0o711, False),  # nginx passes through to the static files
        (True, 0o700, False),
        (False, 0o755, False),
    ):
        settings.PRODUCTION = production
        tmp_path.chmod(mode)
        said = [one for one in checks.run_checks() if one.id == "portal.W002"]
        assert bool(said) is told, oct(mode)
        assert all(f"mode {mode:o}" in one.msg for one in said)
    settings.PRODUCTION, settings.DATA_DIR = True, tmp_path / "none"
    assert "portal.W002" not in [one.id for one in checks.run_checks()]


# --- what refuses to start ----------------------------------------------------------------------
def test_demo_zone_is_not_served_in_production(db: None, settings: Any) -> None:
    look = partial(preflight.look, "127.0.0.1", servers.free_port())
    settings.PRODUCTION = True
    look()
    audit.record_now(by=system("demo"), verb=deployment.SEEDED)
    with pytest.raises(CommandError, match="demo zone") as refused:
        look()
    assert refused.value.returncode == deployment.NOT_TO_BE_TRIED_AGAIN
    assert "portal.E003" in [one.id for one in checks.run_checks(include_deployment_checks=True)]
    # Also what other programs start: workers, the clock, a web server of one's own.
    for start in (celery.refuse_a_demo_zone, started.settle):
        with pytest.raises(SystemExit) as ended:
            start()
        assert ended.value.code == deployment.NOT_TO_BE_TRIED_AGAIN
    for signal in (signals.worker_init, signals.beat_init):
        assert celery.refuse_a_demo_zone in signal._live_receivers(None)
    settings.PRODUCTION = False
    look()


@pytest.mark.parametrize("command", ["web", "serve"])
def test_taken_port_is_one_sentence_and_not_tried_again(tmp_path: Path, command: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "manage.py", command, "--port", str(port)],
            cwd=servers.ROOT,
            env={**os.environ, "DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == deployment.NOT_TO_BE_TRIED_AGAIN
    assert done.stderr.count("\n") == 1
    assert f"cannot use port {port}" in done.stderr
    for unit in ("portal", "portal-web", "portal-worker", "portal-beat"):
        text = (servers.ROOT / f"deploy/systemd/{unit}.service").read_text()
        assert f"RestartPreventExitStatus={deployment.NOT_TO_BE_TRIED_AGAIN}\n" in text


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("where", ["session", "view", "api"])
def test_database_that_is_away_is_503_from_every_layer(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, where: str, error: type[Exception]
) -> None:
    client = zone.client("zone")
    client.raise_request_exception = False

    def away(*arguments: Any, **more: Any) -> Any:
        raise error("the connection was closed")

    place = {
        "session": "orgs.sessions.SessionStore.load",
        "view": "core.worklist.collect",
        "api": "orgs.access.current_grants",
    }[where]
    monkeypatch.setattr(place, away)
    answer = client.get("/api/v1/" if where == "api" else "/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


@pytest.mark.parametrize("part", ["sweeper", "clock"])
def test_silent_part_is_named(alive: None, part: str) -> None:
    Heartbeat.objects.filter(name=part).update(at=timezone.now() - dt.timedelta(minutes=4))
    assert readyz()[1]["problems"] == [f"{part} is silent"]


def test_backlog_beyond_the_limit_is_a_problem(alive: None, settings: Any) -> None:
    settings.BACKLOG_LIMIT = 1
    now = timezone.now()
    for number in range(2):
        Effect.objects.create(key=f"k{number}", kind="core.mail", not_before=now, created_at=now)
    status, said = readyz()
    assert status == 503
    assert said["backlog"]["pending"] == 2
    assert said["problems"] == ["backlog is too long"]


def test_stopped_work_warns_only(alive: None) -> None:
    now = timezone.now()
    Effect.objects.create(key="k", kind="core.mail", state="dead", not_before=now, created_at=now)
    status, said = readyz()
    assert status == 200
    assert said["warnings"] == ["stopped work waits for the administrator"]


def test_broker_that_does_not_answer_is_told(alive: None, settings: Any) -> None:
    settings.EMBEDDED = False
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    status, said = readyz()
    assert (status, said["broker"]) == (200, "silent")
    assert said["warnings"] == ["broker does not answer"]


def test_last_backup_is_looked_at(alive: None, settings: Any, tmp_path: Any) -> None:
    settings.BACKUP_DIR = tmp_path / "none"
    assert readyz()[1]["problems"] == ["there is no backup"]
    settings.BACKUP_DIR = tmp_path
    dump = tmp_path / "portal.dump"
    dump.write_bytes(b"")
    assert readyz()[1]["problems"] == ["there is no backup"]  # an empty one is none
    dump.write_bytes(b"x")
    assert readyz()[0] == 200
    os.utime(dump, (1, 1))
    assert readyz()[1]["problems"] == ["last backup is too old"]


@pytest.mark.parametrize(
    ("token", "given"),
    [("", None), ("", "Bearer "), (TOKEN, None), (TOKEN, f"Bearer {TOKEN}x"), (TOKEN, TOKEN)],
)
def test_metrics_are_not_there_without_their_token(
    db: None, settings: Any, token: str, given: str | None
) -> None:
    settings.METRICS_TOKEN = token
    headers = {"Authorization": given} if given is not None else {}
    assert Client().get("/metrics", headers=headers).status_code == 404


def test_metrics_tell_figures_and_no_addresses(zone: Zone, alive: None, settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    zone.client("huzhuang1").get(f"/organizations/{zone.branch.pk}/")
    Client().get("/no/such/13912345678/")
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = answer.content.decode()
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    assert 'route="orgs:organization-detail",status="200"' in text
    assert 'portal_effects{state="pending"} ' in text
    assert 'portal_heartbeat_age_seconds{part="sweeper"} ' in text
    assert 'portal_request_seconds_bucket{le="0.5"} ' in text
    assert "portal_process_resident_memory_bytes " in text
    assert "13912345678" not in text
    for line in text.splitlines():
        assert line.startswith("# ") or float(line.rpartition(" ")[2]) >= 0, line


def record(message: str, *args: Any, error: bool = False) -> logging.LogRecord:
    info = sys.exc_info() if error else None
    return logging.LogRecord("portal.test", logging.INFO, "f", 1, message, args, info)


def test_json_line_is_one_object_with_the_request_id() -> None:
    token = logs.request_id.set("0123abcd")
    line = logs.JsonFormatter().format(record("said %s", "a\nb\u202ec\x1b[31m"))
    logs.request_id.reset(token)
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["request_id"] == "0123abcd"
    assert entry["message"] == "said a bc[31m"
    assert entry["time"].endswith("Z")


@pytest.mark.parametrize(
    "secret",
    ["110101199003074557", "11010119900307455X", "13912345678", "+86 139-1234-5678", "a.b@c.cn"],
)
@pytest.mark.parametrize("formatter", [logs.JsonFormatter(), logs.LineFormatter("%(message)s")])
def test_numbers_of_persons_are_blotted_out(secret: str, formatter: logging.Formatter) -> None:
    assert secret not in formatter.format(record("member %s saved", secret))
    try:
        raise ValueError(f"duplicate key ({secret})")
    except ValueError:
        assert secret not in formatter.format(record("failed", error=True))


def test_hashes_and_ids_stay_readable() -> None:
    text = "slot:x:20260706T0800 scan:1391234567812345abcd id 987654321"
    assert logs.redact(text) == text


def test_each_answer_has_the_request_id_and_one_line(
    zone: Zone, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "portal.requests"):
        answer = zone.client("huzhuang1").get("/members/?q=张三")
    (entry,) = [one for one in caplog.records if one.name == "portal.requests"]
    assert len(answer["X-Request-Id"]) == 16
    assert entry.getMessage() == "GET members:member-list"
    facts = entry.facts  # type: ignore[attr-defined]
    assert facts["status"] == 200
    assert facts["user_id"] == zone.users["huzhuang1"].pk


def test_work_of_a_newer_release_is_left_to_it_and_told(alive: None) -> None:
    """Two releases side by side: the older worker must not stop what it does not know."""
    now = timezone.now()
    Effect.objects.create(key="new", kind="core.of_tomorrow", not_before=now, created_at=now)
    assert effects.run_due() == 0
    left = Effect.objects.get(key="new")
    assert (left.state, left.attempts) == ("pending", 0)
    said = readyz()[1]
    assert (said["problems"], said["warnings"]) == ([], ["work waits for a newer release"])
    assert effects.label_of("core.of_tomorrow") == "core.of_tomorrow"
    assert effects.label_of("core.mail") == "发送邮件"
