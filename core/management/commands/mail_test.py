"""Sends one mail the way the portal sends them, and says what became of it."""

import smtplib
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.utils import timezone

SUBJECT = "党建门户：邮件测试"


class Command(BaseCommand):
    help = "Sends one mail with the settings SMTP_… and MAIL_FROM, and says what became of it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--to", required=True, metavar="ADDRESS")

    def handle(self, *, to: str, **options: Any) -> None:
        try:
            validate_email(to)
        except ValidationError:
            raise CommandError(f"{to!r} is no mail address.") from None
        now = timezone.localtime()
        mail = EmailMessage(
            SUBJECT,
            f"这封邮件由 {settings.PORTAL_URL} 于 {now:%Y-%m-%d %H:%M} 发出，用来检查邮件设置，不必回复。",
            to=[to],
        )
        where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_HOST else ""
        try:
            mail.send()
        except smtplib.SMTPAuthenticationError as error:
            raise CommandError(
                f"{where} does not accept SMTP_USER and SMTP_PASSWORD: {_said(error)}"
            ) from error
        except smtplib.SMTPSenderRefused as error:
            raise CommandError(
                f"{where} does not take mail from MAIL_FROM {settings.DEFAULT_FROM_EMAIL}: "
                f"{_said(error)}"
            ) from error
        except smtplib.SMTPException as error:
            raise CommandError(f"{where} did not take the mail: {error}") from error
        except OSError as error:
            raise CommandError(
                f"{where or settings.EMAIL_FILE_PATH} does not answer ({error}): look at SMTP_HOST, "
                "SMTP_PORT, SMTP_TLS and the firewall."
            ) from error
        if where:
            self.stdout.write(f"{where} has taken the mail to {to}. See whether it arrives.")
        else:
            self.stdout.write(
                f"SMTP_HOST is not set: the mail lies in {settings.EMAIL_FILE_PATH} and reaches "
                "nobody."
            )


def _said(error: smtplib.SMTPResponseException) -> str:
    text = error.smtp_error
    return f"{error.smtp_code} {text.decode(errors='replace') if isinstance(text, bytes) else text}"
