"""Bring in a roster of organisations (党组织花名册) without the page."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import audit, table_statistics
from core.actor import system
from core.errors import DomainError
from orgs import imports


class Command(BaseCommand):
    help = "Read a roster of organisations and write its good rows in one transaction."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read and compare only")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        actor = system("命令行导入")
        try:
            parsed = imports.parse(path, path.name, actor)
            if options["dry_run"]:
                found = imports.compare(parsed, actor, lambda done, total: None)
            else:
                with audit.unit_of_work():
                    found = imports.write(parsed, actor)
                table_statistics.renew()
        except DomainError as error:
            raise CommandError(error.message) from error
        refused = dict(parsed.refused)
        for problem in found.errors:
            refused[problem.code] = refused.get(problem.code, 0) + 1
        result = {
            "file": path.name,
            "rows": parsed.row_count,
            "good": len(parsed.rows) - len(found.errors),
            "refused": refused,
            "warnings": parsed.warned,
            "new": found.new,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "dry_run": options["dry_run"],
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for key in ("rows", "good", "new", "changed", "unchanged"):
            self.stdout.write(f"{key}: {result[key]}")
        for title, codes in (("refused", refused), ("warnings", parsed.warned)):
            for code, count in sorted(codes.items()):
                self.stdout.write(f"{title} {code}: {count}")
        for refused_cell in [*parsed.errors, *found.errors][:50]:
            self.stderr.write(refused_cell.message)
