"""Open accounts for those who hold offices, without the page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core.actor import system
from orgs.actions import openings
from orgs.queries.account_plans import opening_plan


class Command(BaseCommand):
    help = (
        "Opens an account for everybody who holds an office and has none. No secret is made: grants "
        "(give_grants) and slips (print_slips) come after. Safe to repeat."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--everybody", action="store_true", help="officers of branches, too")
        parser.add_argument("--dry-run", action="store_true", help="only say who would get which")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for row in opening_plan(everybody=options["everybody"]).rows:
                places = "; ".join(f"{h.organization} {h.get_post_display()}" for h in row.holdings)
                known = row.account.username if row.account else ""
                notes = ",".join(row.notes)
                self.stdout.write(
                    f"{row.name}\t{known or row.username}\t{'known' if known else 'new'}"
                    f"\t{places}\t{notes}"
                )
            return
        made = openings.open_accounts(by=system("服务器控制台"), everybody=options["everybody"])
        self.stdout.write(f"opened: {made.accounts}\ntied: {made.tied}")
