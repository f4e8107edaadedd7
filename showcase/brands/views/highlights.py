"""Bright spots: every branch's of a year on one page; written down, changed, taken back, made a candidate."""

import uuid
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import sources
from ..access import get_highlight, get_place
from ..actions import cultivating, highlights
from ..exports import write_spots
from ..forms import HighlightForm, TakeForm, YearFilter
from ..models import Highlight
from ..queries.listing import branches_of_year, committees_in, others_of, spots_of

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 100
Attempt = acts.Attempt[Any, Any]


def _asked(request: PortalRequest) -> tuple[int, Organization | None, str]:
    given, now = request.GET, clock.today().year
    year = whole_number(given.get("year", "")) or now
    number = given.get("organization", "")
    place = (
        get_organization(request.actor, whole_number(number) or 0, P.BRAND_VIEW) if number else None
    )
    show = given.get("show", "")
    return year if now - 5 < year <= now else now, place, show


@needs(P.BRAND_VIEW, methods=READ)
def highlight_list(request: PortalRequest) -> HttpResponse:
    """Every branch with its bright spots of a year. A fixed number of queries."""
    actor = request.actor
    year, place, show = _asked(request)
    found = branches_of_year(actor, year, place=place, showing=show)
    page = Pager(found, PAGE).get_page(request.GET.get("page"))
    places = [(str(one.pk), str(one)) for one in committees_in(actor)]
    all_rows = branches_of_year(actor, year, place=place)
    count = page.paginator.count if not show else all_rows.count()
    bright = branches_of_year(actor, year, place=place, showing="with").count()
    context = {
        "year": year,
        "page": page,
        "rows": spots_of(list(page.object_list), year),
        "others": others_of(actor, year, place) if page.number == 1 and show != "without" else [],
        "count": count,
        "bright": bright,
        "without": count - bright,
        "place": place,
        "form": YearFilter({"year": year, **request.GET.dict()}, places=places),
        "address": request.GET.urlencode(),
        "may_write": P.BRAND_PROPOSE in actor.permissions,
        "may_run": P.BRAND_RUN in actor.permissions,
        "is_one": not actor.inherits,
        "today": clock.today(),
    }
    return render(request, "brands/highlight_list.html", context)


@needs(P.BRAND_VIEW, methods=READ)
def highlight_sheet(request: PortalRequest) -> FileResponse:
    """The same as a sheet, all of it."""
    actor = request.actor
    year, place, show = _asked(request)
    rows = spots_of(list(branches_of_year(actor, year, place=place, showing=show)), year)
    others = others_of(actor, year, place)
    whose = str(place) if place is not None else actor.organization_name
    return download(
        request,
        name=(whose, f"{year}年", "党建工作亮点"),
        ending="xlsx",
        write=lambda target: write_spots(
            target, rows, others, year=year, whose=whose, stamp=stamp(actor)
        ),
        verb="brands.highlight.export",
    )


def _begun(request: PortalRequest) -> sources.Found | None:
    reference = sources.reference_of(request.GET.get("from", ""))
    return sources.find(request.actor, reference) if reference is not None else None


@needs(P.BRAND_PROPOSE, methods=FORM)
def highlight_create(request: PortalRequest) -> HttpResponse:
    """A bright spot of one's own organisation, or of the one whose record the address names."""
    actor = request.actor
    begun = _begun(request)

    def load() -> Organization:
        number = whole_number(request.GET.get("organization", ""))
        if begun is not None or number:
            pk = begun.organization_id if begun is not None else number or 0
            return get_organization(actor, pk, P.BRAND_PROPOSE)
        return get_place(actor)

    return acts.perform(
        request,
        load=load,
        form=lambda place: HighlightForm(
            acts.typed(request),
            offered=sources.offered(actor, place),
            begun=begun,
            initial=HighlightForm.begun_with(place, begun),
        ),
        act=lambda attempt: highlights.note(
            organization=attempt.subject, spot=attempt.form.spot(), by=actor
        ),
        done=lambda attempt, row: acts.said(request, f"“{row}”已记下。", row),
        show=lambda attempt: attempt.page(
            "brands/highlight_edit.html", row=None, place=attempt.subject
        ),
    )


def _held(request: PortalRequest, uid: uuid.UUID, permission: str, act: str) -> Highlight:
    """The highlight; where its time is over that is said before anybody types."""
    row = get_highlight(request.actor, uid, permission)
    if request.method != "POST":
        Highlight.machine.expect(row, act)
    return row


@needs(P.BRAND_PROPOSE, methods=FORM)
def highlight_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A bright spot of which nothing was made yet is changed."""
    actor = request.actor

    def show(attempt: Attempt) -> HttpResponse:
        row, different = attempt.subject, []
        if attempt.conflict and hasattr(attempt.form, "cleaned_data"):
            different = acts.differences(attempt.form, HighlightForm.values_of(row))
        return attempt.page(
            "brands/highlight_edit.html",
            row=row,
            place=row.organization,
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=lambda: _held(request, uid, P.BRAND_PROPOSE, "edit"),
        form=lambda row: HighlightForm(
            acts.typed(request),
            offered=sources.offered(actor, row.organization),
            row=row,
            initial=HighlightForm.values_of(row),
        ),
        act=lambda attempt: highlights.edit(
            highlight=attempt.subject,
            revision=attempt.given["revision"],
            spot=attempt.form.spot(),
            by=actor,
        ),
        done=lambda attempt, row: acts.said(request, "已保存。", row),
        show=show,
    )


@needs(P.BRAND_PROPOSE, methods=ACT, page="brands:highlight-list")
def highlight_drop(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A bright spot is taken back."""
    return acts.press(
        request,
        load=lambda: get_highlight(request.actor, uid, P.BRAND_PROPOSE),
        act=lambda row: highlights.drop(highlight=row, by=request.actor),
        done=lambda row, _: acts.said(
            request, f"“{row}”已收回。", f"{reverse('brands:highlight-list')}?year={row.year}"
        ),
        back=lambda row: row,
    )


@needs(P.BRAND_RUN, methods=FORM)
def highlight_take(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A bright spot becomes a candidate for a brand."""
    return acts.perform(
        request,
        load=lambda: _held(request, uid, P.BRAND_RUN, "take"),
        form=lambda row: TakeForm(acts.typed(request)),
        act=lambda attempt: cultivating.take(
            highlight=attempt.subject, name=attempt.given["name"], by=request.actor
        ),
        done=lambda attempt, brand: acts.said(
            request, f"“{brand}”已列为候选。", "brands:brand-detail", brand.uid
        ),
        show=lambda attempt: attempt.page(
            "brands/highlight_take.html", row=attempt.subject, conflict=attempt.conflict
        ),
    )
