"""Give those who hold offices the roles that these bring, without the page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.actor import system
from orgs.actions import grants
from orgs.queries.account_plans import grant_plan


class Command(BaseCommand):
    help = "Gives accounts that are tied to offices the roles that these bring. Safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say who would get which")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for row in grant_plan().rows:
                self.stdout.write(
                    f"{row.user.name}\t{row.user.username}\t{row.role}\t{row.organization}"
                )
            return
        count = grants.give_for_offices(by=system("服务器控制台"))
        self.stdout.write(f"given: {count}")
