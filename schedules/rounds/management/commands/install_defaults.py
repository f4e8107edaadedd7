"""The plan, the forms and the calendar that a new installation starts with."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from core.actor import system
from core.errors import DomainError
from schedules.rounds.actions import calendar, opening


class Command(BaseCommand):
    help = (
        "Installs the monthly report with a form for every class of organisation, fills the "
        "working-day calendar as far as it is decreed, and opens what is due. Twice changes "
        "nothing: what staff have changed stays."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        by = system("服务器控制台")
        year = clock.today().year
        try:
            plan = opening.install_defaults(by=by)
            calendar.fill_from_package(years=[year - 1, year, year + 1], by=by)
            opened = opening.open_due_periods(by=by)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{plan.name}: {plan.definitions.count()} forms; {opened} duties opened.")
