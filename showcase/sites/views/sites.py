"""Sites in a list and on their pages; where there are none."""

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import beside, clock, periods, uploads
from core.actor import Actor
from core.figures import Window, when_of
from core.guards import needs
from core.http import PortalRequest
from core.models import Attachment
from core.paging import Pager
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds import evidence as records
from showcase.panels.queries.seats import own_seat, seats_of

from ..access import applies, get_site, holds, may_read, reads_all
from ..enums import SiteLevel, SiteState, SiteStepKind
from ..forms import SiteFilter
from ..models import DemonstrationSite
from ..models.site import LIVE
from ..queries.coverage import Coverage, coverage
from ..queries.listing import SHOWINGS, Wanted, listed
from ..queries.places import committees_in_sight
from ..queries.reviewing import needs_review, review_of
from ..rules import MOST_RECORDS

READ = ("GET", "HEAD")
PAGE = 30
STEP_TONES: dict[str, str] = {
    SiteStepKind.RETURNED: "warn",
    SiteStepKind.WARNED: "warn",
    SiteStepKind.REMOVED: "bad",
    SiteStepKind.NAMED: "ok",
    SiteStepKind.RENEWED: "ok",
}
CITABLE = dt.timedelta(days=365)  # how old records are that are offered


def wanted_of(request: PortalRequest) -> tuple[Wanted, SiteFilter]:
    """What the address narrows the list by, with the form that says so. One query; one more for another
    organisation than those that the form offers."""
    places = committees_in_sight(request.actor)
    form = SiteFilter(request.GET, places=[(one.pk, str(one)) for one in places])
    form.is_valid()
    given = {**dict.fromkeys(form.fields, ""), **form.cleaned_data}
    pk = whole_number(request.GET.get("organization", ""), digits=9)
    place = next((one for one in places if one.pk == pk), None)
    if pk is not None and place is None:
        place = Organization.objects.visible_to(request.actor, P.SITE_VIEW).filter(pk=pk).first()
        if place is None:
            raise Http404
    wanted = Wanted(
        showing=given["showing"] if given["showing"] in SHOWINGS else "force",
        level=given["level"],
        organization_class=given["organization_class"],
        place=place,
        text=given["q"],
        window=_window(request),
    )
    return wanted, form


def _window(request: PortalRequest) -> Window | None:
    """The window that the address of a figure names. Raises Http404 for one that makes no sense."""
    period = request.GET.get("period", "")
    if not period:
        return None
    if not periods.is_period(period):
        raise Http404
    try:
        return Window(period, *when_of(request.GET))
    except ValueError as error:
        raise Http404 from error


@needs(P.SITE_VIEW, methods=READ)
def site_list(request: PortalRequest) -> HttpResponse:
    """The sites of the zone; applications of the own scope behind other states. Three queries."""
    actor = request.actor
    wanted, form = wanted_of(request)
    rows = listed(actor, wanted).select_related("organization", "programme")
    page = Pager(rows, PAGE).get_page(request.GET.get("page"))
    shown = list(page)
    context = {
        "page": page,
        "rows": [(one, may_read(actor, one)) for one in shown],
        "filter": form,
        "wanted": wanted,
        "query": request.GET.urlencode(),
        "may_edit": actor.may(P.SITE_EDIT),
        "sees_more": actor.inherits,
        "today": clock.today(),
    }
    return render(request, "sites/site_list.html", context)


@needs(P.SITE_VIEW, methods=READ)
def site_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One site: for the whole zone its plaque and what it is told of it; for its own line the application
    with what shows it, cards and steps, and what may be done next."""
    actor = request.actor
    site = get_site(actor, uid)
    context: dict[str, Any] = {"site": site, "programme": site.programme}
    if not reads_all(actor, site):
        return render(request, "sites/site_public.html", context)
    writes, decides = applies(actor, site), holds(actor, site)
    may_attach = site.state in LIVE and (decides or (writes and site.is_open))
    cited = records.with_addresses(actor, site.evidence.all())
    files = site.attachments.filter(state=Attachment.State.READY).select_related("uploaded_by")
    offered = _offered(actor, site, cited) if writes and site.is_open else []
    context |= {
        "writes": writes,
        "decides": decides,
        "may_attach": may_attach,
        "may_cite": writes and site.is_open and len(cited) < MOST_RECORDS,
        "evidence": cited,
        "offered": offered,
        "files": [
            uploads.listed(
                one,
                opens="sites:attachment-open",
                removes="sites:attachment-remove" if may_attach else "",
                by=uploads.name_of_sender(one),
            )
            for one in files.order_by("pk")
        ],
        **_review(actor, site, decides),
        "checks": list(site.checks.all()[:10]),
        "steps": [
            {
                "at": one.at,
                "by": one.by_name,
                "text": one.get_kind_display(),
                "note": one.text,
                "tone": STEP_TONES.get(one.kind, ""),
            }
            for one in site.steps.all()
        ],
        "is_removed": site.state == SiteState.REMOVED,
        "beside": beside.links(actor, site),
    }
    return render(request, "sites/site_detail.html", context)


def _review(actor: Actor, site: DemonstrationSite, decides: bool) -> dict[str, Any]:
    """The panel on the page, and whether it can be named yet. Four queries at most; none of one that
    was never sent."""
    if site.sent_at is None:
        return {}
    review = review_of(site)
    panel = review.panel
    if panel is None:
        return {"may_review": decides, "may_name": not needs_review(site)}
    return {
        "panel": panel,
        "rows": seats_of(panel, actor),
        "own": own_seat(panel, actor),
        "result": review.result,
        "may_arrange": decides,
        "may_name": not review.is_open and (review.is_for or not needs_review(site)),
    }


def _offered(
    actor: Actor, site: DemonstrationSite, cited: list[Any]
) -> list[tuple[str, list[tuple[records.Found, str]]]]:
    """What can be referred to, by its kind: what was written down, and what was worked on. One query for
    each kind."""
    there = {(row.kind, row.uid) for row, _ in cited}
    place, today = site.organization, clock.today()
    written = records.offered_below(actor, place, today - CITABLE, today)
    groups = [("组织生活记录", written), *records.work_below(actor, place, today - CITABLE, today)]
    found = []
    for label, rows in groups:
        left = [(one, one.label_for(place)) for one in rows if one.reference not in there]
        if left:
            found.append((label, left))
    return found


def coverage_of(request: PortalRequest) -> tuple[Organization, Coverage]:
    """The organisation of the role acted in, and how far sites reach below it. Three queries."""
    top = Organization.objects.filter(pk=request.actor.organization_id or 0).first()
    if top is None or not request.actor.may_at(P.SITE_VIEW, top.path):
        raise Http404
    return top, coverage(request.actor, top)


@needs(P.SITE_VIEW, methods=READ)
def coverage_page(request: PortalRequest) -> HttpResponse:
    """Where there are sites and where there are none, by committee and by class. Three queries."""
    top, found = coverage_of(request)
    context = {
        "top": top,
        "coverage": found,
        "all_sites": f"{reverse('sites:site-list')}?organization={top.pk}",
        "levels": SiteLevel.labels,
        "today": clock.today(),
    }
    return render(request, "sites/coverage.html", context)
