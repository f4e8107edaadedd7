"""How many requests the API takes: one count for all web processes, and none that waits for Redis."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse

from config import environment
from core import quiet, throttles
from core.throttles import PersonThrottle
from orgs.actions import tokens

from . import servers
from .conftest import worker_environment
from .parallel import run_together
from .redis_waits import vain_asks
from .world import Zone


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[servers.Server]:
    """A Redis of this test alone, to be killed and frozen."""
    server = servers.start_redis(tmp_path / "redis")
    yield server
    server.process.send_signal(signal.SIGCONT)
    server.kill()


@pytest.fixture
def counted_there(
    own_redis: servers.Server, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> servers.Server:
    """The counters lie in that Redis, as production's settings put them."""
    settings.CACHES = environment.caches(own_redis.url)
    monkeypatch.setattr(throttles, "_redis", quiet.Quiet())
    return own_redis


def secret_of(zone: Zone) -> str:
    grant = zone.users["zone"].grants.get()
    return tokens.create(
        by=zone.actor("zone"), grant_id=grant.pk, name="试用", scope="read", days=1
    ).secret


def caller(zone: Zone) -> Callable[[], tuple[int, int]]:
    """Asks once: status, and how often it asked Redis in vain."""
    client = Client(headers={"Authorization": f"Token {secret_of(zone)}"})

    def ask() -> tuple[int, int]:
        with vain_asks() as vain:
            status = client.get(reverse("api:plan-list")).status_code
        return status, len(vain)

    return ask


# --- the count ------------------------------------------------------------------------------------


class _Asking:
    """A throttle asked at given moments."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, settings: Any, rate: str) -> None:
        settings.API_RATES = {"person": rate}
        monkeypatch.setattr(PersonThrottle, "ident", lambda self, request: "one")
        monkeypatch.setattr(throttles, "SHARED", "nowhere")
        self.patch = monkeypatch

    def at(self, moment: float) -> float:
        """0 when a request of that moment is allowed, else the seconds to wait."""
        self.patch.setattr(time, "time", lambda: moment)
        throttle = PersonThrottle()
        allowed = throttle.allow_request(None, None)  # type: ignore[arg-type]
        return 0 if allowed else throttle.wait()


def test_rate_holds_where_two_periods_meet(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asking = _Asking(monkeypatch, settings, "10/min")
    assert [asking.at(59.0) for _ in range(10)] == [0] * 10
    assert asking.at(59.5) > 0
    allowed = [moment for moment in range(60, 121) if asking.at(moment) == 0]
    assert len(allowed) == 10  # as the ten of before fade
    assert min(allowed) > 60
    assert [asking.at(240.0) for _ in range(11)].count(0) == 10  # after a pause all of it again


@pytest.mark.parametrize("rate", ["1/min", "3/min", "10/min"])
def test_whoever_waits_as_long_as_told_is_let_in(
    monkeypatch: pytest.MonkeyPatch, settings: Any, rate: str
) -> None:
    asking = _Asking(monkeypatch, settings, rate)
    moment = 30.0
    for _ in range(25):
        wait = asking.at(moment)
        if wait:
            assert 0 < wait <= 120
            assert asking.at(moment + wait * 0.9) > 0, "told to wait for nothing"
            moment += wait + 0.001
            assert asking.at(moment) == 0, (moment, wait)
        moment += 1


def test_refused_requests_do_not_count(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asking = _Asking(monkeypatch, settings, "2/min")
    for moment in (0.0, 0.0, *(float(second) for second in range(1, 50))):
        asking.at(moment)
    assert cache.get("api-throttle:person:one:0") == 2


def test_threads_share_a_count(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    asking = _Asking(monkeypatch, settings, "40/h")
    outcomes = run_together([lambda: [asking.at(100.0) for _ in range(10)]] * 8)
    found = [one for outcome in outcomes for one in outcome.value]
    assert found.count(0) == 40


def test_one_thread_finds_out_for_all() -> None:
    calm = quiet.Quiet(seconds=0.2)
    assert calm.may_ask()
    calm.failed()
    assert not calm.may_ask()
    time.sleep(0.25)
    barrier, asked = threading.Barrier(8), []

    def ask() -> None:
        barrier.wait()
        asked.append(calm.may_ask())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert asked.count(True) == 1
    calm.answered()
    assert calm.may_ask()
    assert calm.may_ask()


# --- Redis ----------------------------------------------------------------------------------------

ASK = """
import json, sys
from django.conf import settings
from django.test import Client
settings.API_RATES = {"person": "40/h", "token": "20/min"}
client = Client(headers={"Authorization": "Token SECRET"})
print(json.dumps([client.get("/api/v1/plans/").status_code for _ in range(30)]))
"""


@pytest.mark.worker
@pytest.mark.django_db(transaction=True)
def test_two_processes_share_one_count(zone: Zone, own_redis: servers.Server) -> None:
    code = ASK.replace("SECRET", secret_of(zone))

    def process() -> list[int]:
        printed = servers.manage(worker_environment(REDIS_URL=own_redis.url), "shell", "-c", code)
        found: list[int] = json.loads(printed.splitlines()[-1])
        return found

    outcomes = run_together([process, process], timeout=120)
    statuses = [status for outcome in outcomes for status in outcome.value]
    assert (statuses.count(200), statuses.count(429)) == (40, 20)


@pytest.mark.worker
def test_frozen_redis_delays_one_request_and_each_process_counts_for_itself(
    zone: Zone, counted_there: servers.Server, settings: Any
) -> None:
    settings.API_RATES = {"person": "3/h"}
    ask = caller(zone)
    assert ask()[0] == 200
    counted_there.process.send_signal(signal.SIGSTOP)
    answers = [ask() for _ in range(5)]
    assert [status for status, _ in answers] == [200, 200, 200, 429, 429]
    assert [vain for _, vain in answers] == [1, 0, 0, 0, 0]  # the first one finds out for all
    counted_there.process.send_signal(signal.SIGCONT)
    assert ask()[0] == 429  # quiet for a while yet
    throttles._redis._until = 0.0
    # What was counted in Redis: the first one; the frozen socket may have passed another on.
    assert [ask()[0] for _ in range(4)].count(200) in (1, 2)


@pytest.mark.worker
def test_dead_or_spoilt_redis_costs_nothing(
    zone: Zone, counted_there: servers.Server, settings: Any
) -> None:
    settings.API_RATES = {"person": "3/h"}
    ask = caller(zone)
    period = int(time.time() // 3600)
    key = caches["counters"].make_key(f"api-throttle:person:u{zone.users['zone'].pk}:{period}")
    import redis

    # Nothing is ever unpickled: what is no number does not count.
    with redis.Redis.from_url(counted_there.url) as there:
        there.set(key, b"cos\nsystem\n(S'true'\ntR.")
    assert [ask()[0] for _ in range(4)] == [200, 200, 200, 429]
    throttles._redis._until = 0.0
    cache.clear()
    counted_there.kill()
    answers = [ask() for _ in range(4)]
    assert [status for status, _ in answers] == [200, 200, 200, 429]
    assert [vain for _, vain in answers] == [1, 0, 0, 0]


@pytest.mark.worker
def test_counters_are_numbers_that_redis_forgets(
    zone: Zone, counted_there: servers.Server, settings: Any
) -> None:
    settings.API_RATES = {"person": "3/min"}
    ask = caller(zone)
    ask()
    import redis

    with redis.Redis.from_url(counted_there.url) as there:
        (key,) = there.keys("*")
        assert key.startswith(b"portal:")
        assert there.get(key) == b"1"
        assert 0 < there.ttl(key) <= 120
