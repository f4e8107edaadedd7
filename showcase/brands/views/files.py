"""The picture of a brand, and its file on paper."""

import uuid

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from core import acts, attachments, uploads
from core.documents.writers import WRITERS
from core.downloads import download
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_brand, get_mark, get_written_brand, get_written_mark
from ..actions import marks
from ..exports import brand_document
from ..models import BrandMark
from ..queries.files import copies_of


def _back(uid: uuid.UUID) -> HttpResponse:
    return redirect(f"{reverse('brands:brand-detail', args=[uid])}#mark")


@needs(P.BRAND_PROPOSE, methods=("POST",))
def mark_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The picture of the brand, in place of the one that there was."""
    get_written_brand(request.actor, uid)  # whose picture nobody may add, none is read
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_written_brand(request.actor, uid),
            lambda brand: file,
            lambda brand, file: marks.add(brand=brand, file=file, by=request.actor),
        ),
        none="请先选择一张图片。",
    )
    return _back(uid)


@needs(P.BRAND_VIEW, methods=("GET", "HEAD"))
def mark_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The picture, if the brand is the actor's to read of."""
    return attachments.serve(get_mark(request.actor, uid))


def _page_of_mark(uid: uuid.UUID) -> str:
    found = BrandMark.objects.filter(uid=uid).values_list("brand__uid", flat=True).first()
    return reverse("brands:brand-detail", args=[found]) if found else "/"


@needs(P.BRAND_PROPOSE, methods=("POST",), page=_page_of_mark)
def mark_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes the picture away."""
    return acts.press(
        request,
        load=lambda: get_written_mark(request.actor, uid),
        act=lambda mark: marks.remove(mark=mark, by=request.actor),
        done=lambda mark, _: _back(mark.brand.uid),
    )


@needs(P.BRAND_VIEW, methods=("GET",))
def brand_paper(request: PortalRequest, uid: uuid.UUID, ending: str) -> FileResponse:
    """品牌档案 as Word or PDF. A fixed number of queries."""
    if ending not in WRITERS:
        raise Http404
    brand = get_brand(request.actor, uid)
    sees = request.actor.may_at(P.BRAND_VIEW, brand.organization.path)
    made = brand_document(brand, list(brand.steps.all()) if sees else [], copies_of(brand))
    return download(
        request,
        name=(str(brand.organization), str(brand), "品牌档案"),
        ending=ending,
        write=lambda target: WRITERS[ending].write(target, made),
        verb="brands.brand.export",
        entry=lambda written: {
            "organization_id": brand.organization_id,
            "organization_path": brand.organization.path,
            "changes": {"format": [None, ending]},
        },
    )
