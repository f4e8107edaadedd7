"""Says whether the audit trail is what was written."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import audit


class Command(BaseCommand):
    help = "Recomputes the audit chain. Exits with 1 and names each entry that does not fit."

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = audit.verify()
        if not verdict.is_intact:
            for problem in verdict.problems:
                self.stderr.write(problem)
            raise CommandError(
                f"The audit trail is broken: {len(verdict.problems)} problem(s) "
                f"in {verdict.entries} entries."
            )
        self.stdout.write(f"The audit trail is intact: {verdict.entries} entries.")
