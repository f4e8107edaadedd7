"""Who copies a named brand, with what result."""

import uuid
from typing import Any

from django.http import Http404, HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_brand, get_own_copy, get_place
from ..actions import copies
from ..forms import CopyForm, CopyTellForm
from ..models import Brand

FORM = ("GET", "HEAD", "POST")
Attempt = acts.Attempt[Any, Any]


@needs(P.BRAND_PROPOSE, methods=FORM)
def copy_create(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One's own organisation copies a brand."""

    def load() -> tuple[Brand, Organization]:
        brand, place = get_brand(request.actor, uid), get_place(request.actor)
        if not brand.is_told:
            raise Http404
        return brand, place

    return acts.perform(
        request,
        load=load,
        form=lambda found: CopyForm(acts.typed(request), initial=CopyForm.begun()),
        act=lambda attempt: copies.begin(
            brand=attempt.subject[0],
            organization=attempt.subject[1],
            by=request.actor,
            **attempt.given,
        ),
        done=lambda attempt, row: acts.said(
            request, "已登记学用。有了结果，再来写一句。", "brands:brand-detail", uid
        ),
        show=lambda attempt: attempt.page(
            "brands/copy_create.html",
            brand=attempt.subject[0],
            place=attempt.subject[1],
            conflict=attempt.conflict,
        ),
    )


@needs(P.BRAND_PROPOSE, methods=FORM)
def copy_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What came of it."""

    def show(attempt: Attempt) -> HttpResponse:
        row, different = attempt.subject, []
        if attempt.conflict and hasattr(attempt.form, "cleaned_data"):
            different = acts.differences(attempt.form, CopyTellForm.values_of(row))
        return attempt.page(
            "brands/copy_edit.html",
            row=row,
            brand=row.brand,
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=lambda: get_own_copy(request.actor, uid),
        form=lambda row: CopyTellForm(acts.typed(request), initial=CopyTellForm.values_of(row)),
        act=lambda attempt: copies.tell(copy=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, row: acts.said(
            request, "已写上。", "brands:brand-detail", attempt.subject.brand.uid
        ),
        show=show,
    )
