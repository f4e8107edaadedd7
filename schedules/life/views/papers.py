"""One record for the printer and as a file, and the binder of a branch."""

from collections import Counter
from uuid import UUID

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, apart
from core.documents import making
from core.documents.writers import WRITERS
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from core.templatetags.words import date_zh
from orgs.permissions import Permission as P

from .. import packs
from ..access import get_branch, get_record
from ..exports.photographs import MOST_EACH, Room, photographs
from ..exports.records import SIGNATURE, form_rows, record_document
from ..forms.ledgers import YearFilter, year_in
from ..queries.whole import Whole, counted_pictures, wholes

READ, FORM = ("GET", "HEAD"), ("GET", "HEAD", "POST")


@needs(P.LIFE_VIEW, methods=READ)
def meeting_print(request: PortalRequest, uid: UUID) -> HttpResponse:
    """The record as a form for the printer."""
    whole = _whole(request, uid)
    context = {
        "record": whole.record,
        "rows": form_rows(whole),
        "signature": SIGNATURE.split("　" * 9),
    }
    return render(request, "life/meeting_print.html", context)


@needs(P.LIFE_VIEW, methods=READ)
def meeting_paper(request: PortalRequest, uid: UUID, ending: str) -> FileResponse:
    """The record with its photographs, as Word or PDF."""
    if ending not in WRITERS:
        raise Http404
    whole = _whole(request, uid)
    record = whole.record
    room = Room(MOST_EACH, 4 * 1024 * 1024, apart.IN_A_REQUEST)
    pictures, notes = photographs(whole.files, room)
    document = record_document(whole, pictures=pictures, notes=notes)
    return download(
        request,
        name=(
            str(record.organization),
            f"{date_zh(record.held_on)}{record.get_kind_display()}记录",
        ),
        ending=ending,
        write=lambda target: packs.write_record(target, document, ending),
        verb="life.meeting.export",
        entry=lambda written: {
            "object_type": record._meta.label_lower,
            "object_id": record.pk,
            "organization_id": record.organization_id,
            "organization_path": record.organization.path,
            "changes": {"format": [None, ending]},
        },
    )


@needs(P.LIFE_VIEW, methods=FORM)
def binder(request: PortalRequest, pk: int) -> HttpResponse:
    """组织生活档案 of a branch and a year: what would be in it, and having it made."""
    actor = request.actor
    branch = get_branch(actor, pk)
    if request.method == "POST":
        year = year_in(request.POST.get("year", ""))
        ending = "docx" if request.POST.get("ending") == "docx" else "pdf"
        return acts.press(
            request,
            load=lambda: packs.wanted_binder(get_branch(actor, pk), year, ending),
            act=lambda wanted: making.ask(wanted=wanted, by=actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
            back=lambda wanted: f"{reverse('life:binder', args=[pk])}?year={year}",
        )
    year = year_in(request.GET.get("year", ""))
    bound = packs.bound(actor, branch, year)
    counts = Counter(one.kind for one in bound.records)
    context = {
        "place": branch,
        "year": year,
        "bound": bound,
        "filter": YearFilter({"year": year}),
        "counts": [(kind.label, count) for kind, count in counts.items()],
        "pictures": counted_pictures([one.uid for one in bound.records]),
        "is_too_long": len(bound.records) > packs.MOST_RECORDS,
        "most": packs.MOST_RECORDS,
    }
    return render(request, "life/binder.html", context)


def _whole(request: PortalRequest, uid: UUID) -> Whole:
    record = get_record(request.actor, uid)
    (whole,) = wholes(request.actor, [record.pk])
    return whole
