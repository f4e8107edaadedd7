"""Counts stored figures anew, or says whether they are right."""

from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import derived
from core.actor import system


class Command(BaseCommand):
    help = "Compares stored figures with a full recount and writes them anew."
    # An app's own command names its figures here.
    names: ClassVar[tuple[str, ...]] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        if not self.names:
            parser.add_argument(
                "names", nargs="*", help="which figures; all without a name", metavar="NAME"
            )
        parser.add_argument(
            "--check", action="store_true", help="only compare; fail on differences"
        )

    def handle(self, *, check: bool, **options: Any) -> None:
        known = derived.registered()
        chosen = self.names or options["names"] or list(known)
        unknown = [name for name in chosen if name not in known]
        if unknown:
            raise CommandError(f"no figures named {unknown}; there are {list(known)}")
        wrong: dict[str, int] = {}
        for name in chosen:
            if check:
                wrong |= {f"{name}: {k}": n for k, n in known[name].differences().items()}
            else:
                self.stdout.write(f"{known[name].fill(by=system())} {name} written anew.")
        if wrong:
            raise CommandError(f"{sum(wrong.values())} figures differ: {wrong}")
        if check:
            self.stdout.write(f"All {', '.join(chosen)} equal a full recount.")
