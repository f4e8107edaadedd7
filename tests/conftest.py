"""Servers, browser and database guards that the tests share."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.db import connection

from . import servers, templates

pytest_plugins = [
    "tests.selection",
    "tests.database",
    "tests.standing",
    "tests.world",
    "tests.demo_world",
    "tests.item_standings",
    "tests.repeats",
    "tests.access_objects",
]

# No test fails because a machine was busy: Hypothesis asks no example to be quick.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")

DEMO_PASSWORD = "Demo-2026-jingkai"
# The zone of the browser journeys. Eighteen months hold two half-years that are over, on any day; of
# three years there is only more of the same.
SEED_ARGUMENTS = ("--months", "18")


# --- Celery workers -------------------------------------------------------------------------------
@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., servers.Server]]:
    """`start_worker(concurrency=2, beat=False)`: a real worker on the test's database and Redis.

    Skips where there is no Redis. All workers are ended after the test.
    """
    if not os.environ.get("REDIS_URL"):
        pytest.skip("needs Redis: make test")
    workers: list[servers.Server] = []

    def start(*, concurrency: int = 2, beat: bool = False) -> servers.Server:
        worker = servers.start_worker(
            tmp_path / "worker", worker_environment(), concurrency=concurrency, beat=beat
        )
        workers.append(worker)
        return worker

    _empty_queue()
    yield start
    for worker in workers:
        worker.stop(timeout=5)
    _empty_queue()


@pytest.fixture
def celery_worker_process(start_worker: Callable[..., servers.Server]) -> servers.Server:
    """One running worker; tasks sent with `.delay()` after a commit are carried out by it."""
    return start_worker()


def worker_environment(**more: str) -> dict[str, str]:
    """The environment of a process that works on this test's database."""
    chosen = connection.settings_dict
    if connection.vendor == "postgresql":
        url = f"postgres://{chosen['USER']}@{chosen['HOST']}:{chosen['PORT']}/{chosen['NAME']}"
    else:
        url = f"sqlite:///{chosen['NAME']}"
    # Demo mode writes mails to files; its keys are those of this run's DATA_DIR.
    return {**os.environ, "PORTAL_MODE": "demo", "DATABASE_URL": url, **more}


def _empty_queue() -> None:
    from config import celery_app

    celery_app.control.purge()


# --- The portal itself, and a browser -------------------------------------------------------------
@pytest.fixture(scope="session")
def live_portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Server]:
    """`manage.py serve` on a fresh demo zone; `url` is its address, `data_dir` its folder.

    Every demo account has DEMO_PASSWORD. Journeys share it: each uses rows of its own.
    """
    data_dir = tmp_path_factory.mktemp("portal")
    environment = servers.portal_environment(data_dir, DEMO_PASSWORD=DEMO_PASSWORD)
    templates.seed(environment, *SEED_ARGUMENTS)
    portal = servers.start_portal(environment)
    yield portal
    portal.stop(with_signal=signal.SIGINT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    path = servers.chromium_path()
    if path is None:
        pytest.fail("No Chromium found: install Chromium or Google Chrome, or set CHROMIUM=/path")
    # Playwright's loop runs in this thread; the ORM must not mistake it for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(browser: Any, live_portal: servers.Server) -> Iterator[Callable[..., Any]]:
    """`open_page(width=1440, height=900)`: a page of its own session on the live portal.

    Relative addresses work (`page.goto("/")`). The test fails at its end when a page logged an
    error in the console, such as a refused inline script.
    """
    contexts: list[Any] = []
    complaints: list[str] = []

    def complain(message: Any) -> None:
        # A page of status 4xx is logged too; tests that expect one look at the page itself.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def open_one(*, width: int = 1440, height: int = 900) -> Any:
        context = browser.new_context(
            base_url=live_portal.url,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
            accept_downloads=True,
        )
        context.set_default_timeout(60_000)  # a limit of waiting: busy machines
        contexts.append(context)
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints, "The console says:\n" + "\n".join(complaints)


@pytest.fixture
def page(open_page: Callable[..., Any]) -> Any:
    """A page 1440 px wide."""
    return open_page()


@pytest.fixture
def phone_page(open_page: Callable[..., Any]) -> Any:
    """A page 390 px wide."""
    return open_page(width=390, height=844)


@pytest.fixture
def sign_in(live_portal: servers.Server) -> Callable[..., None]:
    """`sign_in(page, username)` through the sign-in page, to the person's home."""

    def through_the_form(page: Any, username: str, password: str = DEMO_PASSWORD) -> None:
        page.context.clear_cookies()
        page.goto("/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", password)
        page.press("input[name=password]", "Enter")
        page.wait_for_selector("input[name=password]", state="detached")

    return through_the_form


@pytest.fixture
def axe_problems() -> Callable[[Any], list[str]]:
    """`axe_problems(page)`: what axe finds on the page as it is, one line for each element."""
    from axe_playwright_python.sync_playwright import Axe

    def find(page: Any) -> list[str]:
        found = Axe().run(page).response["violations"]
        return [
            f"{violation['id']} ({violation['impact']}): {node['html'][:160]}"
            for violation in found
            for node in violation["nodes"]
        ]

    return find
