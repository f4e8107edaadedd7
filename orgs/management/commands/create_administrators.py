"""The three administrators of a new installation, and the way back in for one of them."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actor import system
from core.errors import DomainError
from orgs.actions import administrators


class Command(BaseCommand):
    help = (
        "Opens the accounts of the three administrators and prints their one-time secrets, once. "
        "With --reset NAME gives an existing administrator a new one-time secret: this is the "
        "only way, as no administrator can reset another's password on a page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reset", metavar="NAME", help="login name of an administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        by = system("服务器控制台")
        try:
            if options["reset"]:
                made = [administrators.reset_administrator(by=by, username=options["reset"])]
            else:
                made = administrators.create_first_three(by=by)
        except DomainError as error:
            raise CommandError(error.message) from error
        for one in made:
            kind = one.user.get_admin_kind_display()
            self.stdout.write(f"{one.user.username}\t{one.secret}\t{kind}")
        self.stdout.write("These secrets are valid for 60 minutes and are not shown again.")
