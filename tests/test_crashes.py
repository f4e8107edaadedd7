"""1,000 jobs and a killed process: none lost, none done twice, in both ways to run."""

import re
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from core import effects, notifications
from core.models import Effect
from orgs.models import User

from . import servers, templates
from .waiting import wait

JOBS = 1000
MAILS_BEFORE_THE_KILL = 100
FILL = f"""
from django.db import transaction
from django.utils import timezone
from core import notifications
from orgs.models import User
user = User.objects.create(
    username="reader", name="reader", email="r@example.cn", created_at=timezone.now()
)
with transaction.atomic():
    notifications.tell(
        notifications.Message(user_id=user.pk, key=f"job:{{n}}", title=f"job {{n}}")
        for n in range({JOBS})
    )
"""


def _sent(folder: Path) -> Counter[str]:
    """How often each Message-ID was written by the file mail backend."""
    counter: Counter[str] = Counter()
    for path in folder.glob("*.log"):
        counter.update(re.findall(r"^Message-ID: <(\w+)@", path.read_text(), re.MULTILINE))
    return counter


def _assert_each_once(states: Counter[str], sent: Counter[str], *, in_hand: int) -> None:
    """Every job ended; only those cut off while sending are unknown, and nothing went twice."""
    assert set(states) <= {"done", "unknown"}
    assert states.total() == JOBS
    assert states["unknown"] <= in_hand
    assert max(sent.values()) == 1
    assert states["done"] <= len(sent) <= JOBS


def test_embedded_portal_killed_in_the_middle(tmp_path: Path) -> None:
    environment = servers.portal_environment(tmp_path)
    templates.migrate(environment)
    servers.manage(environment, "shell", "-c", FILL)

    def states() -> Counter[str]:
        with sqlite3.connect(tmp_path / "portal.sqlite3") as database:
            return Counter(
                dict(
                    database.execute(
                        "SELECT state, count(*) FROM core_effect WHERE kind = 'core.mail' GROUP BY state"
                    )
                )
            )

    portal = servers.start_portal(environment)
    try:
        wait(lambda: len(_sent(tmp_path / "mail")) > MAILS_BEFORE_THE_KILL, seconds=60)
        portal.process.send_signal(signal.SIGKILL)  # its children follow
        portal.kill()
        before = states()
        assert before["done"] < JOBS

        portal = servers.start_portal(environment)
        wait(lambda: not states().keys() - {"done", "unknown"}, seconds=60)
    finally:
        code = portal.stop(with_signal=signal.SIGINT)
    _assert_each_once(states(), _sent(tmp_path / "mail"), in_hand=4)
    assert code == 0


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_celery_worker_killed_in_the_middle(
    start_worker: Callable[..., servers.Server], tmp_path: Path
) -> None:
    mail = Path(settings.EMAIL_FILE_PATH)
    seen_before = set(_sent(mail))
    user = User.objects.create(
        username="reader", name="reader", email="r@example.cn", created_at="2026-07-01T00:00Z"
    )
    key = f"{tmp_path.name}:{time.time()}"
    with transaction.atomic():
        notifications.tell(
            notifications.Message(user_id=user.pk, key=f"{key}:{n}", title=f"job {n}")
            for n in range(JOBS)
        )

    def sent() -> Counter[str]:
        return Counter({k: v for k, v in _sent(mail).items() if k not in seen_before})

    def states() -> Counter[str]:
        return Counter(Effect.objects.values_list("state", flat=True))

    worker = start_worker(concurrency=2, beat=True)
    wait(lambda: len(sent()) > MAILS_BEFORE_THE_KILL, seconds=60)
    worker.kill()
    assert states()["done"] < JOBS

    # Leases run out after a minute; the test does not wait for that.
    effects.release_leases()
    start_worker(concurrency=2, beat=True)
    wait(lambda: not states().keys() - {"done", "unknown"}, seconds=60)
    _assert_each_once(states(), sent(), in_hand=2)
