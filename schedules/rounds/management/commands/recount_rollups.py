"""Counts the figures of boards anew, or says whether they are right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actor import system
from schedules.rounds.actions import rollups
from schedules.rounds.models import Plan


class Command(BaseCommand):
    help = "Compares the figures of boards with a full recount and writes them anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only compare; fail on differences"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        if check:
            wrong = {
                f"{plan.key} {period}": count
                for plan in Plan.objects.all()
                for period, count in rollups.differences(plan).items()
            }
            if wrong:
                raise CommandError(f"{sum(wrong.values())} nodes differ: {wrong}")
            self.stdout.write("All figures equal a full recount.")
            return
        self.stdout.write(f"{rollups.fill(by=system())} nodes counted.")
