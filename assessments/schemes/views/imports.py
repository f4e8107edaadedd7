"""A draft from a sheet: uploaded or pasted, what was understood shown, written when it is confirmed."""

from collections.abc import Callable
from fractions import Fraction
from uuid import UUID

from django.http import FileResponse, HttpResponse
from django.urls import reverse

from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from core.views.imports import ImportPages
from orgs.permissions import Permission as P

from ..access import get_version_to_edit
from ..exports import write_template
from ..models import SchemeImport, SchemeVersion
from ..sheets.standards import read_standard
from ..sheets.words import in_words

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")

# Shown beside the upload as the reader itself reads them.
EXAMPLES = (
    ("每缺1次扣0.5分，扣完为止", "5"),
    ("未按时换届扣5分；班子不健全扣3分", "10"),
    ("按期完成得满分，未完成不得分", "5"),
    ("好20分、较好15分、一般10分、差0分", "20"),
    ("30%得满分，每增减10个百分点±1分", "3"),
    ("每次2分，最多12分", "12"),
    ("第1名10分、第2名8分、第3名6分", "10"),
    ("90%以上得5分，80%至90%得3分，80%以下不得分", "5"),
    ("酌情打分", "5"),
)


def read_examples() -> list[tuple[str, str, str]]:
    """Standards with their marks and what is read from them."""
    return [
        (text, full, in_words(read_standard(text, Fraction(full)).rules)) for text, full in EXAMPLES
    ]


# Each sees his own uploads, in the role they were made in.
PAGES = ImportPages(
    SchemeImport,
    label="考核细则表（.xlsx）",
    home="",
    upload_template="schemes/import.html",
    detail_template="schemes/import_detail.html",
    visible=lambda rows, request: rows.select_related("version__scheme").filter(
        uploaded_by_id=request.actor.user_id, grant_id=request.actor.grant_id or 0
    ),
    about=lambda version: {"version": version},
    pasted_name="粘贴的考核细则.xlsx",
    upload_context=lambda: {"examples": read_examples()},
    home_of=lambda batch: reverse("schemes:import", args=[batch.version.uid]),
)


@needs(P.SCHEME_EDIT, methods=FORM)
def import_upload(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes a workbook for a draft, and lists earlier ones."""
    return PAGES.upload(request, _draft(request, uid))


@needs(P.SCHEME_EDIT, methods=FORM)
def import_paste(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes what was copied out of a spreadsheet; from there on it is an upload like others."""
    return PAGES.paste(request, "schemes/import_paste.html", _draft(request, uid))


@needs(P.SCHEME_EDIT, methods=READ)
def import_detail(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One upload: what was understood of it, and what would become of the draft."""
    return PAGES.detail(request, uid)


@needs(P.SCHEME_EDIT, methods=POST)
def import_confirm(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the draft replaced in the background."""
    return PAGES.confirm(request, uid)


@needs(P.SCHEME_EDIT, methods=POST)
def import_cancel(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives the upload up and deletes its file."""
    return PAGES.cancel(request, uid)


@needs(P.SCHEME_EDIT, methods=POST)
def import_marked(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Has the uploaded workbook made again behind, its bad cells marked."""
    return PAGES.marked(request, uid)


@needs(P.SCHEME_EDIT, methods=READ)
def import_template(request: PortalRequest) -> FileResponse:
    """The empty sheet, to be filled in."""
    return download(
        request,
        name=("考核细则模板",),
        ending="xlsx",
        write=write_template,
        verb="schemes.import.template",
    )


def _draft(request: PortalRequest, uid: UUID) -> Callable[[], SchemeVersion]:
    def load() -> SchemeVersion:
        version = get_version_to_edit(request.actor, uid)
        SchemeVersion.machine.expect(version, "save")
        return version

    return load
