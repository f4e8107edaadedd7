"""What those who watch the portal see: readiness, metrics, log lines."""

import datetime as dt
import json
import logging
import os
import sys
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from core import effects, logs
from core.models import Effect, Heartbeat

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
    assert entry["message"] == "said a b c [31m"
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
