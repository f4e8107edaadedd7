"""Says whether sealed results are what their facts give."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ...queries.verifying import verified


class Command(BaseCommand):
    help = "Computes every sealed result again. Exits with 1 and names each that differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = verified()
        for fault in found.faults:
            self.stderr.write(f"{fault.cycle} 第{fault.run}次 {fault.name or '审定的整体校验码'}")
        if found.faults:
            raise CommandError(
                f"Sealed results differ: {len(found.faults)} of {found.scores} "
                f"in {found.runs} computation(s). Nothing was repaired."
            )
        self.stdout.write(
            f"Sealed results are what their facts give: {found.scores} "
            f"in {found.runs} computation(s)."
        )
