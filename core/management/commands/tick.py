"""Does once what the schedule would do at a moment."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core import clock, effects, scheduler
from core.models import Effect

UNFINISHED = (Effect.State.PENDING, Effect.State.LEASED)


class Command(BaseCommand):
    help = (
        "Does once what the schedule would do now, or at --now: books the periodic jobs that are "
        "due and runs what waits, until nothing is left. Twice does nothing more."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--now", metavar="MOMENT", help="such as 2026-07-06T08:00+08:00; the default is now"
        )

    def handle(self, *, now: str | None, **options: Any) -> None:
        moment = _moment(now) if now else timezone.now()
        with clock.at(moment):
            waiting = set(Effect.objects.filter(state__in=UNFINISHED).values_list("pk", flat=True))
            newest = Effect.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
            booked = scheduler.tick()
            run = 0
            while done := effects.run_due():
                run += done
            rows = Effect.objects.filter(pk__gt=newest) | Effect.objects.filter(pk__in=waiting)
            for row in rows.order_by("pk"):
                line = f"  {row.get_state_display():<10} {row.key}"
                self.stdout.write(f"{line}  {row.last_error}" if row.last_error else line)
        local = timezone.localtime(moment)
        self.stdout.write(f"{local:%Y-%m-%d %H:%M}: {booked} jobs booked, {run} effects run")


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"--now is {text!r}, which is no moment: write it like 2026-07-06T08:00+08:00."
        ) from None
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if not 2000 <= moment.year <= 2100:
        raise CommandError(f"--now is {text!r}: the year must lie between 2000 and 2100.")
    return moment
