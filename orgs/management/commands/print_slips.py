"""First passwords of a committee's people, for whoever prints them without the page."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.actor import system
from core.errors import DomainError
from orgs.actions import slips
from orgs.models import Organization
from orgs.queries.slips import committees


class Command(BaseCommand):
    help = (
        "Prints the first passwords of a committee's people, once: name, login name, secret, until "
        "when, organisations. Without a committee says where how many are due."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("committee", nargs="?", help="code of the organisation")
        parser.add_argument("--again", action="store_true", help="those printed before, too")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["committee"]:
            for group in committees():
                self.stdout.write(
                    f"{group.organization.code}\t{group.organization}\tdue {len(group.due)}"
                    f"\tout {len(group.out)}\tnothing to ask {len(group.unknown)}"
                )
            return
        place = Organization.objects.active().filter(code=options["committee"]).first()
        if place is None:
            raise CommandError("There is no organisation with that code.")
        try:
            made = slips.print_slips(
                by=system("服务器控制台"), organization=place, again=options["again"]
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        for slip in made:
            places = "; ".join(f"{grant.organization} {grant.label}" for grant in slip.grants)
            until = slip.user.secret_expires_at
            self.stdout.write(
                f"{slip.user.name}\t{slip.user.username}\t{slip.secret}"
                f"\t{until:%Y-%m-%d %H:%M %Z}\t{places}"
            )
