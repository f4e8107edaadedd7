"""Draws visits again from what was published, or says what a seed would give today."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from orgs.models import Organization
from schedules.dispatch import rules
from schedules.dispatch.enums import DrawState
from schedules.dispatch.models import VisitDraw
from schedules.dispatch.queries import drawing
from schedules.dispatch.words import candidates_of


class Command(BaseCommand):
    help = (
        "Draws who is visited (双随机) and prints the text that is published. With --draw or the "
        "--seed of a draw that was made it draws from what was published then, and exits with 1 "
        "when that gives another text; with a seed that was never used, from how things stand now. "
        "Writes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--draw", type=int, help="number of a draw that was made")
        parser.add_argument("--seed", help="the seed")
        parser.add_argument("--count", type=int, default=10, help="branches to draw (10)")
        parser.add_argument("--visitors", type=int, default=2, help="visitors for each (2)")
        parser.add_argument("--organization", help="code of who holds it (the root)")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["draw"] and not options["seed"]:
            raise CommandError("Say --draw or --seed.")
        made = self._made(options)
        if made is None:
            self._write(self._anew(options))
            return
        again = rules.drawn_again(made.published)
        self._write(again)
        if again != made.published or rules.digest(again) != made.digest:
            raise CommandError(f"Draw {made.pk} does not give what was published.")
        self.stderr.write(f"Draw {made.pk}: the same, SHA-256 {made.digest}")

    def _write(self, text: str) -> None:
        """Byte for byte what is published: without a line's end."""
        self.stdout.write(text, ending="")

    def _made(self, options: dict[str, Any]) -> VisitDraw | None:
        drawn = VisitDraw.objects.exclude(state=DrawState.SEEDED)
        if options["draw"]:
            made = drawn.filter(pk=options["draw"]).first()
            if made is None:
                raise CommandError(f"There is no draw {options['draw']} that was made.")
            return made
        if options["organization"]:
            drawn = drawn.filter(organization__code=options["organization"])
        return drawn.filter(seed=options["seed"]).first()

    def _anew(self, options: dict[str, Any]) -> str:
        code = options["organization"]
        rows = Organization.objects.active()
        holder = rows.filter(code=code).first() if code else rows.filter(parent=None).first()
        if holder is None:
            raise CommandError("There is no such organisation.")
        standings = drawing.standings(holder)
        candidates = candidates_of(standings)
        people = drawing.visitors(holder, standings)
        count, each = options["count"], options["visitors"]
        try:
            found = rules.draw(options["seed"], candidates, count, people, each)
        except ValueError as error:
            raise CommandError(str(error)) from error
        strata = {one.code: str(one) for one in drawing.strata_of(holder).values()}
        return rules.canonical(
            found, candidates, people, count=count, visitors_each=each, strata=strata
        )
