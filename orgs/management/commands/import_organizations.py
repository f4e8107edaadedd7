"""Bring in a roster of organisations (党组织花名册) without the page."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import import_commands, importing
from core.actor import system
from orgs.models import OrganizationImport


class Command(BaseCommand):
    help = "Read a roster of organisations and write its good rows in one transaction."

    def add_arguments(self, parser: CommandParser) -> None:
        import_commands.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        done = import_commands.bring_in(
            importing.importer_of(OrganizationImport),
            options,
            by=system("命令行导入"),
            tell=self.stderr.write,
        )
        parsed, found = done.parsed, done.found
        refused = dict(parsed.refused)
        for problem in found.errors:
            refused[problem.code] = refused.get(problem.code, 0) + 1
        result = {
            "file": options["file"].name,
            "rows": parsed.row_count,
            "good": len(parsed.rows) - len(found.errors),
            "refused": refused,
            "warnings": parsed.warned,
            "new": found.new,
            "changed": found.changed,
            "unchanged": found.unchanged,
            "older": done.older,
            "dry_run": options["dry_run"],
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for key in ("rows", "good", "new", "changed", "unchanged", "older"):
            self.stdout.write(f"{key}: {result[key]}")
        for title, codes in (("refused", refused), ("warnings", parsed.warned)):
            for code, count in sorted(codes.items()):
                self.stdout.write(f"{title} {code}: {count}")
        for refused_cell in [*parsed.errors, *found.errors][:50]:
            self.stderr.write(refused_cell.message)
