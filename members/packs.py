"""The roster in full, made behind with the rights of who asked for it."""

from typing import BinaryIO

from django.http import QueryDict

from core import clock
from core.actor import Actor
from core.templatetags.words import date_zh
from orgs import packs
from orgs.enums import ExportKind
from orgs.models import FullExport

from .access import narrowed
from .exports import write_roster
from .queries.roster import roster


def write(target: BinaryIO, export: FullExport, actor: Actor) -> None:
    """Writes the members that the export's filters show the actor now, numbers and all."""
    found = narrowed(actor, QueryDict(export.what))
    write_roster(
        target,
        roster(actor, found.filters),
        title=export.title,
        subtitle=f"填报时间：{date_zh(clock.today())}",
        stamp=packs.stamp_of(export),
        is_full=True,
    )


packs.register(ExportKind.MEMBERS, write)
