"""Exports made behind: in full, written by who knows the rows and locked with the export's password;
and the masked roster of organisations, where it is long."""

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.urls import reverse
from msoffcrypto.format.ooxml import OOXMLFile

from core import clock
from core.actor import Actor
from core.documents import making
from core.documents.description import Progress
from core.downloads import file_name, stamp
from core.templatetags.words import datetime_zh

from .access import actor_from_grant, with_place
from .actions.full_exports import DOCUMENT
from .enums import ExportKind
from .exports import write_roster
from .forms.organizations import OrganizationFilter, query_of
from .models import FullExport, Organization
from .models.full_export import EXPORT_RIGHTS, LIVES
from .permissions import Permission
from .queries.organizations import filtered

Writer = Callable[[BinaryIO, FullExport, Actor], None]
"""(target, export, actor): writes the rows that the actor sees now, as xlsx."""
_writers: dict[str, Writer] = {}


def register(kind: str, writer: Writer) -> None:
    """Says how exports of `kind` are written."""
    _writers[kind] = writer


def lock(plain: BinaryIO, target: BinaryIO, password: str) -> None:
    """The workbook `plain` as one that Excel and WPS open with the password alone (AES, ECMA-376
    agile encryption)."""
    OOXMLFile(plain).encrypt(password, target)


def _export(what: Mapping[str, Any], actor: Actor) -> FullExport:
    """The export that the document is of, allowed still and the actor's. Raises Http404."""
    export = (
        FullExport.objects.filter(uid=what["export"], asked_by_id=actor.user_id or 0)
        .select_related("organization")
        .first()
    )
    if export is None or not export.is_open:
        raise Http404
    if not actor.may_at(EXPORT_RIGHTS[export.kind], export.organization.path, whole=True):  # type: ignore[index]
        raise Http404
    return export


def stamp_of(export: FullExport) -> str:
    """Who exported when, and what for; it stands in the head of every page."""
    when = datetime_zh(export.decided_at or export.asked_at)
    number = str(export.uid)[:8]
    return f"{export.asked_by_name} {when} 导出 编号 {number} 用途：{export.purpose}"


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The organisations that an address narrows to, the one that it names, and the query that
    narrows so: with nothing in it that was not understood."""

    rows: QuerySet[Organization]
    place: Organization | None
    query: str


def narrowed(actor: Actor, asked: QueryDict) -> Narrowed:
    """Reads the filters of the list's address; none of them where one cannot be read. At most one
    query. Raises Http404 for an organisation outside the scope."""
    form = OrganizationFilter(asked)
    values = with_place(actor, form.cleaned_data) if form.is_valid() else {}
    query = query_of(form) if values else ""
    return Narrowed(filtered(actor, values), values.get("place"), query)


def _organizations(target: BinaryIO, export: FullExport, actor: Actor) -> None:
    write_roster(
        target,
        narrowed(actor, QueryDict(export.what)).rows,
        of=actor.organization_name,
        stamp=stamp_of(export),
        is_full=True,
    )


def check(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not have the file (any more)."""
    _export(what, actor)


def make(target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress) -> None:
    """Writes the file, locked."""
    export = _export(what, actor)
    plain = io.BytesIO()
    _writers[export.kind](plain, export, actor)
    progress(1, 2)
    plain.seek(0)
    lock(plain, target, export.password)


def _page(what: Mapping[str, Any]) -> str:
    return reverse("orgs:export-detail", args=[what["export"]])


making.register(
    DOCUMENT,
    making.Maker(
        actor_from_grant, check, make, verb="orgs.full_export.fetch", kept=LIVES, password_at=_page
    ),
)
register(ExportKind.ORGANIZATIONS, _organizations)


# --- organisations, masked -----------------------------------------------------------------------

MASKED = "orgs.roster"
TITLE = "党组织花名册"


def name() -> tuple[str, str]:
    """The parts of the name of a roster's file."""
    return TITLE, f"{clock.today():%Y%m%d}"


def write_masked(target: BinaryIO, actor: Actor, rows: QuerySet[Organization]) -> int:
    """Writes these organisations with their contacts' phones masked; returns how many."""
    return write_roster(target, rows, of=actor.organization_name, stamp=stamp(actor))


def wanted(query: str, *, rows: int) -> making.Wanted:
    """The masked roster of what `query` finds, `rows` rows now, as something to be made."""
    what = {"query": query, "rows": rows}
    return making.Wanted(
        MASKED, what, f"{TITLE}（遮盖）", file_name(*name(), ending="xlsx"), "xlsx"
    )


def entry(what: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit trail is told of a masked roster."""
    return {
        "object_type": "orgs.organization",
        "label": TITLE,
        "changes": {"rows": [None, what["rows"]], "full": [None, False]},
    }


def _masked(what: Mapping[str, Any], actor: Actor) -> QuerySet[Organization]:
    if not actor.may(Permission.ORGANIZATION_EXPORT):
        raise Http404
    return narrowed(actor, QueryDict(what["query"])).rows


def check_masked(what: Mapping[str, Any], actor: Actor) -> None:
    """Raises Http404 when the actor may not have the roster (any more)."""
    _masked(what, actor)


def make_masked(
    target: BinaryIO, what: Mapping[str, Any], actor: Actor, progress: Progress
) -> None:
    """Writes the masked roster as it stands at this moment."""
    write_masked(target, actor, _masked(what, actor))


making.register(
    MASKED,
    making.Maker(
        actor_from_grant,
        check_masked,
        make_masked,
        verb="orgs.organization.export",
        kept=LIVES,
        entry=entry,
    ),
)
