"""`manage.py import_members FILE`: the roster of members, through the same actions as the page."""

import json
import time
from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import actor as actors
from core import audit, table_statistics
from core.errors import DomainError
from members import imports


class Command(BaseCommand):
    help = "Reads 党员花名册 and writes new and changed members."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would be done")
        parser.add_argument("--json", action="store_true", help="answer as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"no such file: {path}")
        by = actors.system("导入命令")
        started = time.perf_counter()
        try:
            parsed = imports.parse(path, path.name, by)
            read = time.perf_counter()
            if options["dry_run"]:
                found = imports.compare(parsed, by, lambda done, total: None)
            else:
                with audit.unit_of_work():
                    found = imports.write(parsed, by)
                    audit.record(
                        by=by,
                        verb="members.import.apply",
                        label=path.name,
                        changes={"new": [None, found.new], "changed": [None, found.changed]},
                    )
                table_statistics.renew()
        except DomainError as error:
            raise CommandError(error.message) from error
        reasons: dict[tuple[str, int], str] = {}
        for wrong in (*parsed.errors, *found.errors):
            reasons.setdefault((wrong.sheet, wrong.row), wrong.code)
        answer = {
            "rows": parsed.row_count,
            "good": found.new + found.changed + found.unchanged,
            "new": found.new,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "refused": dict(Counter(reasons.values())),
            "warnings": dict(Counter(odd.code for odd in (*parsed.warnings, *found.warnings))),
            "dry_run": options["dry_run"],
            "seconds": {
                "read": round(read - started, 2),
                "all": round(time.perf_counter() - started, 2),
            },
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(
            f"{answer['rows']} 行：新增 {found.new}，变动 {found.changed}，未变 {found.unchanged}，"
            f"退回 {len(reasons)}{'（只试读，没有写入）' if options['dry_run'] else ''}"
        )
        for code, count in sorted(answer["refused"].items()):
            self.stdout.write(f"  退回 {code}: {count}")
        for code, count in sorted(answer["warnings"].items()):
            self.stdout.write(f"  提醒 {code}: {count}")
