"""Fills an empty demo portal with an invented zone."""

import json
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.crypto import get_random_string

from core import actor, demo, table_statistics
from core.errors import DomainError

# No letter that is mistaken for a digit: somebody types it from the screen.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Command(BaseCommand):
    help = (
        "Fills an empty portal with an invented zone: what each app has to show, and months of "
        "its work. Only in demo and test mode. The accounts and their password are kept in "
        "DATA_DIR/demo-accounts.json; DEMO_PASSWORD sets the password, else it is random."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--months",
            type=int,
            help="months of work, the last one included: 36 by default, 6 with --small",
        )
        parser.add_argument(
            "--until", default="", help="last month, such as 2026-11; the current one by default"
        )
        parser.add_argument(
            "--small", action="store_true", help="a little of everything, for tests"
        )
        parser.add_argument(
            "--behind",
            action="store_true",
            help="write the newest 13 months now and leave older ones to the background work",
        )

    def handle(
        self, *, months: int | None, until: str, small: bool, behind: bool, **options: Any
    ) -> None:
        if settings.PRODUCTION:
            raise CommandError("Demo accounts exist only in demo mode: set PORTAL_MODE=demo.")
        if demo.occupied():
            raise CommandError(
                "There is something in it already; the demo zone fills only an empty portal. "
                "Choose another DATA_DIR or DATABASE_URL."
            )
        if months is None:
            months = demo.MONTHS_SMALL if small else demo.MONTHS
        try:
            span = demo.months_of(until=until, count=months)
        except ValueError as error:
            raise CommandError(str(error)) from error
        started = time.monotonic()
        password = os.environ.get("DEMO_PASSWORD") or get_random_string(14, LETTERS)
        path = settings.DATA_DIR / "demo-accounts.json"
        # Before the accounts exist: a password that nobody knows would be worse than a stale file.
        told = {"password": password, "accounts": demo.accounts()}
        _write_for_owner(path, json.dumps(told, ensure_ascii=False, indent=1))
        try:
            made = demo.seed(
                months=span,
                password=password,
                by=actor.system(demo.RECORDER),
                small=small,
                at_once=demo.AT_ONCE if behind else 0,
            )
        except BaseException as error:
            path.unlink(missing_ok=True)
            if isinstance(error, DomainError):
                raise CommandError(str(error)) from error
            raise
        table_statistics.renew()
        counts = ", ".join(f"{count} {what}" for what, count in made.items())
        self.stdout.write(f"Demo zone: {counts} in {time.monotonic() - started:.0f} s.")
        self.stdout.write(f"Accounts: {path}")


def _write_for_owner(path: Path, text: str) -> None:
    """Replaces the file at once; nobody but its owner can read it, at no moment."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
