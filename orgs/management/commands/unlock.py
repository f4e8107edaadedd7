"""Lets somebody try again who has mistyped the password too often."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actor import system
from core.errors import DomainError
from orgs.actions import lockouts


class Command(BaseCommand):
    help = "Lifts the lock-out of an account. The password stays what it is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("login", help="login name or phone number")

    def handle(self, *, login: str, **options: Any) -> None:
        try:
            count = lockouts.unlock(by=system("服务器控制台"), username=login)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"{login}: unlocked, {count} failed address(es) forgotten."
            if count
            else f"{login} was not locked."
        )
