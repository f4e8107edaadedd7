"""What a new installation still lacks, in the order in which it is done."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import start_steps


class Command(BaseCommand):
    help = "Names the steps of starting the portal: done, next, and what is missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = start_steps.standings()
        if options["json"]:
            steps = [
                {
                    "key": one.step.key,
                    "label": one.step.label,
                    "who": one.step.who,
                    "done": one.progress.is_done,
                    "optional": one.progress.is_optional,
                    "next": one.is_next,
                    "text": one.progress.text,
                }
                for one in found
            ]
            answer = {"complete": start_steps.is_complete(found), "steps": steps}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for one in found:
            self.stdout.write(f"{one.word}\t{one.step.label}\t{one.step.who}\t{one.progress.text}")
