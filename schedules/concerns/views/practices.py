"""Standing practices: what was solved twice the same way, decided by a committee, read by all below."""

import uuid

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render

from core import acts
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import COMMITTEE_KINDS
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_committee, get_concern, get_kept_practice, get_practice
from ..actions import practices
from ..exports.practices import write_practices
from ..forms import DecideForm, PracticeForm
from ..models import Concern, Practice
from ..queries.practices import basis_of, practices_of, proposals_for
from ..rules import ALIKE

READ, FORM = ("GET", "HEAD"), ("GET", "HEAD", "POST")
SHOWN = 20  # concerns that a page names as the basis


@needs(P.CONCERN_VIEW, methods=READ)
def practice_list(request: PortalRequest) -> HttpResponse:
    """What is proposed to the committee that one works for, and what holds. A fixed number of queries."""
    actor = request.actor
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    decides = (
        place is not None
        and place.kind in COMMITTEE_KINDS
        and actor.may_at(P.CONCERN_ASSIGN, place.path)
    )
    context = {
        "proposals": proposals_for(place) if place is not None and decides else [],
        "decides": decides,
        "rows": practices_of(actor),
    }
    return render(request, "concerns/practice_list.html", context)


@needs(P.CONCERN_VIEW, methods=("GET",))
def practice_export(request: PortalRequest) -> FileResponse:
    """The practices of the page as a sheet."""
    actor = request.actor
    rows = practices_of(actor)
    return download(
        request,
        name=("常态做法",),
        ending="xlsx",
        write=lambda target: write_practices(target, rows.iterator(500), stamp(actor)),
        verb="concerns.practice.export",
        entry=lambda written: {
            "object_type": Practice._meta.label_lower,
            "organization_id": actor.organization_id,
            "organization_path": actor.organization_path,
            "changes": {"format": [None, "xlsx"]},
        },
    )


@needs(P.CONCERN_VIEW, methods=READ)
def practice_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """One practice with the concerns that it stands on, those that one sees. Three queries."""
    actor = request.actor
    practice = get_practice(actor, pk)
    seen = Concern.objects.visible_to(actor).filter(
        pk__in=practice.basis.order_by().values("concern")
    )
    context = {
        "practice": practice,
        "basis": list(seen.select_related("organization")[:SHOWN]),
        "count": practice.basis.count(),
        "may_edit": actor.may_at(P.CONCERN_ASSIGN, practice.organization.path),
    }
    return render(request, "concerns/practice_detail.html", context)


@needs(P.CONCERN_ASSIGN, methods=FORM)
def practice_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Said anew, used no longer, or taken up after all."""
    return acts.perform(
        request,
        load=lambda: get_kept_practice(request.actor, pk),
        form=lambda row: PracticeForm.of(
            acts.typed(request),
            row,
            initial={"title": row.title, "text": row.text, "is_adopted": row.is_adopted},
        ),
        act=lambda attempt: practices.keep(
            practice=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "已保存。", row),
        show=lambda attempt: attempt.page(
            "concerns/practice_edit.html", practice=attempt.subject, conflict=attempt.conflict
        ),
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def concern_practice(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The committee decides of the way in which this concern, and others like it, was solved."""
    place = get_committee(request.actor)

    def load() -> Concern:
        concern = get_concern(request.actor, uid)
        if not concern.way or concern.kind is None:
            raise Http404
        return concern

    def act(attempt: acts.Attempt[Concern, DecideForm]) -> Practice:
        given = dict(attempt.given)
        return practices.decide(
            concern=attempt.subject,
            place=place,
            is_adopted=given.pop("verdict") == "yes",
            by=request.actor,
            **given,
        )

    def show(attempt: acts.Attempt[Concern, DecideForm]) -> HttpResponse:
        concern = attempt.subject
        basis = list(basis_of(concern, place).select_related("organization")[:SHOWN])
        return attempt.page(
            "concerns/concern_practice.html",
            concern=concern,
            place=place,
            basis=basis,
            is_enough=len(basis) >= ALIKE,
            conflict=attempt.conflict,
        )

    return acts.perform(
        request,
        load=load,
        form=lambda concern: DecideForm(
            acts.typed(request), initial={"title": concern.way, "text": concern.answer}
        ),
        act=act,
        done=lambda attempt, row: acts.said(
            request,
            f"“{row}”已上升为常态做法。" if row.is_adopted else "已记下不上升的理由。",
            row,
        ),
        show=show,
    )
