"""Send one mail and say how it ended."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import mailing
from core.actor import system
from orgs.actions import starting


class Command(BaseCommand):
    help = "Sends one mail to the address given and says what the mail server answered."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: Any, **options: Any) -> None:
        failure = mailing.sent_to(options["address"])
        starting.note_mail(by=system("服务器控制台"), address=options["address"], failure=failure)
        if failure:
            raise CommandError(failure)
        self.stdout.write("The mail server has taken the mail: look into the mailbox.")
