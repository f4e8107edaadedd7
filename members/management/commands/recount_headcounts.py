"""Counts the members of every organisation anew, or says whether the stored figures are right."""

from core.management.commands import recount


class Command(recount.Command):
    names = ("headcounts",)
