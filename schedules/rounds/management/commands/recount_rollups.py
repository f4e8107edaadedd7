"""Counts the figures of boards anew, or says whether they are right."""

from core.management.commands import recount


class Command(recount.Command):
    names = ("rollups",)
