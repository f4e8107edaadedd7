"""Counts the members of every organisation anew, or says whether the stored figures are right."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actor import system
from members.actions import headcounts
from members.queries.headcounts import wrong_own, wrong_sums


class Command(BaseCommand):
    help = "Compares stored headcounts with a full recount and writes them anew."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="only compare; fail on differences"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        if not check:
            headcounts.fill(by=system())
            self.stdout.write("All headcounts written anew.")
            return
        wrong = len(wrong_own()) + len(wrong_sums())
        if wrong:
            raise CommandError(f"{wrong} headcounts differ.")
        self.stdout.write("All headcounts equal a full recount.")
