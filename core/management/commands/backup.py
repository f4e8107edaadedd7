"""Writes a backup of the whole installation while it works."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import backups
from core.actor import system


class Command(BaseCommand):
    help = (
        "Writes database, attachments and waiting imports into one archive in BACKUP_DIR, checks "
        "it, and deletes backups that are older than BACKUP_KEEP_DAYS, but never the newest "
        "BACKUP_KEEP_COUNT. May run while the portal works. The keys are not in it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", type=Path, metavar="FOLDER", help="instead of BACKUP_DIR")
        parser.add_argument(
            "--keep-all", action="store_true", help="delete no older backup this time"
        )

    def handle(self, *, to: Path | None, keep_all: bool, **options: Any) -> None:
        folder = to or settings.BACKUP_DIR
        if folder is None:
            raise CommandError("Where to? Set BACKUP_DIR, or give --to FOLDER.")
        try:
            made = backups.make(folder=Path(folder), by=system("服务器控制台"))
            gone = (
                []
                if keep_all
                else backups.prune(
                    folder=Path(folder),
                    keep_days=settings.BACKUP_KEEP_DAYS,
                    keep_count=settings.BACKUP_KEEP_COUNT,
                )
            )
        except backups.Unusable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{made}  {made.stat().st_size:,} bytes, checked")
        for name in gone:
            self.stdout.write(f"deleted {name}")
