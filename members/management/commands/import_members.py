"""`manage.py import_members FILE`: the roster of members, through the same actions as the page."""

import json
import time
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from core import actor as actors
from core import audit, import_commands, importing
from core.importing import Comparison
from members.models import MemberImport


class Command(BaseCommand):
    help = "Reads 党员花名册 and writes new and changed members."

    def add_arguments(self, parser: ArgumentParser) -> None:
        import_commands.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        by = actors.system("导入命令")
        started = time.perf_counter()

        def record(found: Comparison) -> None:
            audit.record(
                by=by,
                verb="members.import.apply",
                label=options["file"].name,
                changes={"new": [None, found.new], "changed": [None, found.changed]},
            )

        done = import_commands.bring_in(
            importing.importer_of(MemberImport),
            options,
            by=by,
            tell=self.stderr.write,
            after=record,
        )
        parsed, found = done.parsed, done.found
        reasons: dict[tuple[str, int], str] = {}
        for wrong in (*parsed.errors, *found.errors):
            reasons.setdefault((wrong.sheet, wrong.row), wrong.code)
        answer = {
            "rows": parsed.row_count,
            "good": found.new + found.changed + found.unchanged,
            "new": found.new,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "older": done.older,
            "refused": dict(Counter(reasons.values())),
            "warnings": dict(Counter(odd.code for odd in (*parsed.warnings, *found.warnings))),
            "dry_run": options["dry_run"],
            "seconds": {
                "read": round(done.seconds_reading, 2),
                "all": round(time.perf_counter() - started, 2),
            },
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(
            f"{answer['rows']} 行：新增 {found.new}，变动 {found.changed}，未变 {found.unchanged}，"
            f"不写入 {len(reasons)}{'（只试读，没有写入）' if options['dry_run'] else ''}"
        )
        for code, count in sorted(answer["refused"].items()):
            self.stdout.write(f"  不写入 {code}: {count}")
        for code, count in sorted(answer["warnings"].items()):
            self.stdout.write(f"  提醒 {code}: {count}")
