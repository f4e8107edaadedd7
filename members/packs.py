"""The roster: in full by asking for it, masked as anybody may have it who sees the list. Long ones are
made behind with the rights of who asked for them."""

from collections.abc import Mapping
from typing import Any, BinaryIO

from django.http import Http404, QueryDict

from core import clock
from core.actor import Actor
from core.documents import making
from core.documents.description import Progress
from core.downloads import file_name, stamp
from core.templatetags.words import date_zh
from orgs import packs
from orgs.access import actor_from_grant
from orgs.enums import ExportKind
from orgs.models import FullExport
from orgs.models.full_export import LIVES

from .access import Narrowed, may_export, narrowed
from .exports import write_roster
from .queries.roster import roster

MASKED = "members.roster"


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


# --- masked --------------------------------------------------------------------------------------


def title_of(actor: Actor, found: Narrowed) -> str:
    """What the roster of these filters is called."""
    place = found.filters.organization
    return f"{place.name if place else actor.organization_name}党员花名册"


def name() -> tuple[str, str]:
    """The parts of the name of a roster's file."""
    return "党员花名册", f"{clock.today():%Y%m%d}"


def write_masked(target: BinaryIO, actor: Actor, found: Narrowed, purpose: str) -> int:
    """Writes the members that the filters show the actor, masked, and returns how many. Who, when
    and for what `purpose` stands on each page."""
    return write_roster(
        target,
        roster(actor, found.filters),
        title=title_of(actor, found),
        subtitle=f"填报时间：{date_zh(clock.today())}",
        stamp=f"{stamp(actor)} 用途：{purpose}" if purpose else stamp(actor),
        is_full=False,
    )


def wanted(actor: Actor, found: Narrowed, *, purpose: str, rows: int) -> making.Wanted:
    """The masked roster of these filters, `rows` rows now, as something to be made."""
    title, place = title_of(actor, found), found.filters.organization
    return making.Wanted(
        MASKED,
        {"query": found.query, "title": title, "purpose": purpose, "rows": rows},
        f"{title}（遮盖）",
        file_name(*name(), ending="xlsx"),
        "xlsx",
        organization_id=place.pk if place else None,
        organization_path=place.path if place else "",
    )


def entry(what: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit trail is told of a masked roster."""
    return {
        "object_type": "members.member",
        "label": what["title"],
        "changes": {"rows": [None, what["rows"]], "full": [None, False]},
        "note": what["purpose"],
    }


def _narrowed(what: Mapping[str, Any], actor: Actor) -> Narrowed:
    if not may_export(actor):
        raise Http404
    return narrowed(actor, QueryDict(what["query"]))


def check(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not have the roster (any more)."""
    _narrowed(what, actor)


def make(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
    """Writes the masked roster as it stands at this moment."""
    write_masked(target, actor, _narrowed(what, actor), what["purpose"])


making.register(
    MASKED,
    making.Maker(
        actor_from_grant, check, make, verb="members.member.export", kept=LIVES, entry=entry
    ),
)
