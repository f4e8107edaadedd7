"""Sends one mail the way the portal sends them, and says what became of it."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from core import mailing
from core.actor import system
from orgs.actions import starting


class Command(BaseCommand):
    help = (
        "Sends one mail with the settings SMTP_… and MAIL_FROM, says what the server answered, and "
        "keeps it for the page of the system administrator."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="ADDRESS")

    def handle(self, *, to: str, **options: Any) -> None:
        try:
            validate_email(to)
        except ValidationError:
            raise CommandError(f"{to!r} is no mail address.") from None
        failure = mailing.sent_to(to)
        starting.note_mail(by=system("服务器控制台"), address=to, failure=failure)
        if failure and settings.EMAIL_HOST:
            raise CommandError(failure)
        server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        self.stdout.write(
            failure or f"{server} has taken the mail to {to}. See whether it arrives."
        )
