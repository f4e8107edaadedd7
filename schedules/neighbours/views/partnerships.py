"""双报到、共驻共建: which there are; written down, added to, ended."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.permissions import Permission as P

from ..access import get_own_partnership, get_partnership, get_place, is_side
from ..actions import partnerships
from ..forms import LineForm, PartnershipFilter, PartnershipForm
from ..models import Partnership
from ..queries import listing

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 30


@needs(P.NEIGHBOUR_VIEW, methods=READ)
def partnership_list(request: PortalRequest) -> HttpResponse:
    """The partnerships of which either side is in the scope. Two queries."""
    form = PartnershipFilter(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = listing.partnerships(
        request.actor,
        over=given.get("showing") == "over",
        kind=given.get("kind", ""),
        text=given.get("q", ""),
    )
    page = Pager(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": list(page),
        "filter": form,
        "may_edit": request.actor.may(P.NEIGHBOUR_EDIT),
    }
    return render(request, "neighbours/partnership_list.html", context)


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def partnership_create(request: PortalRequest) -> HttpResponse:
    """The actor's organisation and a partner."""
    return acts.perform(
        request,
        load=lambda: get_place(request.actor),
        form=lambda place: PartnershipForm(acts.typed(request)),
        act=lambda attempt: partnerships.create(
            organization=attempt.subject, bond=attempt.form.bond(), by=request.actor
        ),
        done=lambda attempt, row: acts.said(
            request, "已登记。接着记需求。", "neighbours:partnership-detail", row.uid
        ),
        show=lambda attempt: attempt.page(
            "neighbours/partnership_create.html", place=attempt.subject
        ),
    )


@needs(P.NEIGHBOUR_VIEW, methods=READ)
def partnership_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One partnership with its needs and what came of them. Two queries."""
    row = get_partnership(request.actor, uid)
    context = {
        "row": row,
        "lines": list(row.lines.all()),
        "may_write": not row.is_over and is_side(request.actor, row),
    }
    return render(request, "neighbours/partnership_detail.html", context)


@needs(P.NEIGHBOUR_EDIT, methods=FORM)
def partnership_note(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A need, or what came of one."""

    def load() -> Partnership:
        row = get_own_partnership(request.actor, uid)
        if request.method != "POST":
            Partnership.machine.expect(row, "end")
        return row

    return acts.perform(
        request,
        load=load,
        form=lambda row: LineForm(acts.typed(request)),
        act=lambda attempt: partnerships.note(
            partnership=attempt.subject, by=request.actor, **attempt.form.cleaned_data
        ),
        done=lambda attempt, _: acts.said(
            request, "已记下。", "neighbours:partnership-detail", attempt.subject.uid
        ),
        show=lambda attempt: attempt.page("neighbours/partnership_note.html", row=attempt.subject),
    )


@needs(P.NEIGHBOUR_EDIT, methods=ACT)
def partnership_end(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Either side ends it."""
    return acts.press(
        request,
        load=lambda: get_own_partnership(request.actor, uid),
        act=lambda row: partnerships.end(partnership=row, by=request.actor),
        done=lambda row, _: acts.said(
            request, "已结束，记下的都还在。", "neighbours:partnership-detail", row.uid
        ),
        back=lambda row: row,
    )
