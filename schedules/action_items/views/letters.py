"""督办单 as documents: one, or one for each part of an item that went to many."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render

from core import acts
from core.documents import making
from core.documents.writers import WRITERS
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import packs
from ..access import get_item
from ..enums import Shape
from ..exports.letters import name_of
from ..models import ActionItem
from ..queries.letters import count_letters


def _file(request: PortalRequest, pk: int, ending: str) -> FileResponse | HttpResponse:
    """The file at once when it is short; a long one is asked for, and made behind."""
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: _wanted(request, get_item(request.actor, pk), ending),
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    item = get_item(request.actor, pk)
    is_each = _is_each(request, item)
    count = count_letters(request.actor, [item.pk], is_each=is_each)
    packs.refuse_endless(count)
    if count > packs.LONG[ending]:
        context = {
            "title": _wanted(request, item, ending).title,
            "count": count,
            "unit": "份督办单",
            "fields": {"each": "1"},
            "back_url": item.get_absolute_url(),
        }
        return render(request, "core/document_ask.html", context)
    made = packs.letters(request.actor, [item.pk], is_each=is_each)
    return download(
        request,
        name=name_of(item),
        ending=ending,
        write=lambda target: WRITERS[ending].write_pack(target, made),
        verb="action_items.item.export",
        entry=lambda written: {
            "object_type": ActionItem._meta.label_lower,
            "organization_id": item.owner_id,
            "organization_path": item.owner.path,
            "changes": {"format": [None, ending], "number": [None, item.number]},
        },
    )


def _is_each(request: PortalRequest, item: ActionItem) -> bool:
    given = request.POST if request.method == "POST" else request.GET
    return item.shape == Shape.SHARED and given.get("each", "") == "1"


def _wanted(request: PortalRequest, item: ActionItem, ending: str) -> making.Wanted:
    return packs.wanted_letters(
        [item.pk],
        ending,
        title="-".join(name_of(item)),
        place=item.owner,
        is_each=_is_each(request, item),
    )


@needs(P.ACTION_VIEW, methods=("GET", "POST"))
def item_docx(request: PortalRequest, pk: int) -> FileResponse | HttpResponse:
    """The 督办单 of an item as a document to work on; `each=1` one for each organisation that has a
    part of it."""
    return _file(request, pk, "docx")


@needs(P.ACTION_VIEW, methods=("GET", "POST"))
def item_pdf(request: PortalRequest, pk: int) -> FileResponse | HttpResponse:
    """The same as a document to print and keep."""
    return _file(request, pk, "pdf")
