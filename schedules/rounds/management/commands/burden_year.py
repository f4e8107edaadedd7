"""What the year asks of each class, as the page 基层用时 has it."""

from typing import Any

from django.core.management.base import BaseCommand

from core.actor import system
from schedules.rounds.actions import measuring
from schedules.rounds.queries.years import Burden, years
from schedules.rounds.words import group_said, number


class Command(BaseCommand):
    help = (
        "Prints, as a table, how many minutes of filling in this year asks of an organisation of "
        "each kind and class, beside the last. Counts the months anew first, as the night does."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        measuring.count_months(by=system("服务器控制台"))
        burden = Burden.load()
        year = burden.year
        lines = [
            f"| {year} | organisations | plans and forms | items | minutes a year | {year - 1} | "
            "most in a month |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in years(burden, year):
            past = "—" if row.last_year is None else number(row.last_year)
            cells = [
                group_said(row.group),
                str(row.count),
                number(row.planned),
                number(row.other),
                number(row.minutes),
                past,
                number(max(row.months)),
            ]
            lines.append(f"| {' | '.join(cells)} |")
        self.stdout.write("\n".join(lines))
