"""Brings a backup back into an empty installation, and says whether it is whole."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backups
from core.actor import system


class Command(BaseCommand):
    help = (
        "Restores an archive of `manage.py backup` into an empty database and data folder, with "
        "the keys that it was made with, migrates it to this release and gives a verdict: "
        "checksums, rows, audit trail, sealed columns, files. Overwrites nothing. Exits with 1 "
        "when something is wrong."
    )
    # The tables may not be there yet.
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("archive", type=Path)
        parser.add_argument(
            "--check", action="store_true", help="only read the archive and compare; write nothing"
        )

    def handle(self, *, archive: Path, check: bool, **options: Any) -> None:
        try:
            if check:
                verdict = backups.check(archive)
            else:
                verdict = backups.restore(archive, by=system("服务器控制台"))
        except backups.Unusable as error:
            raise CommandError(str(error)) from error
        for line in verdict.facts:
            self.stdout.write(f"ok       {line}")
        for line in verdict.warnings:
            self.stdout.write(f"note     {line}")
        for line in verdict.problems:
            self.stdout.write(f"WRONG    {line}")
        if not verdict.is_good:
            raise CommandError("Do not work with it: what stands under WRONG is not as it was.")
        self.stdout.write("The backup is good." if check else "The installation is restored whole.")
