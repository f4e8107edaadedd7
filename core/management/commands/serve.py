"""Serves the portal and its background work as one supervised foreground command."""

import json
import os
import socket
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from core import demo as demo_zone
from core import effects, scheduler
from core.management import preflight
from core.management.supervisor import Child, Supervisor


class Command(BaseCommand):
    help = (
        "Migrates the database, then serves the portal and its background work until Ctrl-C. "
        "Without REDIS_URL everything runs in one process; with it, web, worker and beat "
        "processes are supervised."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST") or "127.0.0.1")
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000")
        parser.add_argument(
            "--demo", action="store_true", help="fill an empty portal with the demo zone first"
        )

    def handle(self, *, host: str, port: str, demo: bool, **options: Any) -> None:
        os.umask(0o077)  # what the portal writes is its user's alone
        number = preflight.port_of(port)
        if demo and settings.PRODUCTION:
            raise CommandError("Demo accounts exist only in demo mode: set PORTAL_MODE=demo.")
        preflight.look(host, number)
        for folder in (settings.DATA_DIR, settings.STATIC_ROOT):
            folder.mkdir(parents=True, exist_ok=True)

        call_command("migrate", interactive=False, verbosity=0)
        if settings.DEMO:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo and not demo_zone.occupied():
            self._say("Filling the demo zone, once; this takes half a minute ...")
            call_command("seed_demo", behind=True)
        # What fell due while nothing ran is booked now, not at the clock's first stroke.
        scheduler.tick()
        effects.beat("clock")
        connections.close_all()

        url = f"http://{f'[{host}]' if ':' in host else host}:{number}/"
        supervisor = Supervisor(_children(host, number, url), say=self._say)
        announced = False

        def announce_when_up() -> None:
            nonlocal announced
            if not announced and _answers(host, number):
                announced = True
                if demo:
                    self._print_accounts()
                self._say(f"The portal is at {url}  (Ctrl-C stops it; data in {settings.DATA_DIR})")

        supervisor.run(on_poll=announce_when_up)
        self._say("Stopped.")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _print_accounts(self) -> None:
        path = settings.DATA_DIR / "demo-accounts.json"
        if not path.exists():
            return
        demo = json.loads(path.read_text())
        self._say(f"Demo accounts, password of each: {demo['password']}")
        for account in demo["accounts"]:
            self._say(f"  {account['username']:<14}{account['about']}")


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=0.2):
            return True
    except OSError:
        return False


def _children(host: str, port: int, url: str) -> list[Child]:
    """The processes of this installation: all in one without Redis, else web, worker, beat."""
    environment = {
        **os.environ,
        "DATA_DIR": str(settings.DATA_DIR.resolve()),
        "PORTAL_URL": os.environ.get("PORTAL_URL") or url.rstrip("/"),
    }
    environment.pop("PORTAL_BACKGROUND", None)
    web = [
        *(sys.executable, "-m", "granian", "config.front:application", "--interface", "asginl"),
        *("--host", host, "--port", str(port), "--http", "1", "--no-ws"),
        *("--http1-header-read-timeout", "10000"),  # milliseconds
        *("--workers-kill-timeout", "12", "--log-level", "warning"),
        *("--working-dir", str(settings.BASE_DIR)),
    ]
    if settings.EMBEDDED:
        # One process: the in-memory broker does not reach further.
        return [
            Child("web", [*web, "--workers", "1"], {**environment, "PORTAL_BACKGROUND": "threads"})
        ]
    celery = (
        sys.executable,
        "-m",
        "celery",
        "--quiet",
        "--workdir",
        str(settings.BASE_DIR),
        "-A",
        "config",
    )
    worker = [
        *(*celery, "worker", "--loglevel", "WARNING", "--hostname", f"portal-{os.getpid()}@%h"),
        *("--concurrency", os.environ.get("CELERY_WORKERS") or "2", "--max-tasks-per-child", "500"),
        *("--without-gossip", "--without-mingle"),
    ]
    beat = [
        *(*celery, "beat", "--loglevel", "WARNING", "--pidfile", ""),
        *("--schedule", str(settings.DATA_DIR / "celerybeat-schedule")),
    ]
    return [
        Child("web", [*web, "--workers", os.environ.get("WEB_WORKERS") or "2"], environment),
        Child("worker", worker, environment),
        Child("beat", beat, environment),
    ]
