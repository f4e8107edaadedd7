"""Brands: which there are, and the page of one."""

import uuid
from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from core import beside, clock
from core.charts.numbers import written
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P
from showcase.panels.queries.seats import own_seat, result, seats_of

from .. import words
from ..access import get_brand
from ..enums import BrandState
from ..exports import write_brands
from ..forms import BrandFilter
from ..models import Brand
from ..queries.files import copies_of, lacking_of, mark_of, own_place
from ..queries.listing import brands_listed, committees_in
from ..queries.readings import Line, lines_of

READ = ("GET", "HEAD")
PAGE = 30


def _asked(request: PortalRequest) -> dict[str, Any]:
    given = request.GET
    number, state = given.get("organization", ""), given.get("state", "")
    place: Organization | None = None
    if number:
        place = get_organization(request.actor, whole_number(number) or 0, P.BRAND_VIEW)
    return {
        "state": state if state in BrandState.values else "",
        "place": place,
        "q": given.get("q", "").strip()[:50],
    }


@needs(P.BRAND_VIEW, methods=READ)
def brand_list(request: PortalRequest) -> HttpResponse:
    """Brands, those named first. A fixed number of queries."""
    actor, asked = request.actor, _asked(request)
    page = Pager(brands_listed(actor, **asked), PAGE).get_page(request.GET.get("page"))
    places = [(str(one.pk), str(one)) for one in committees_in(actor)]
    context = {
        "page": page,
        "rows": list(page.object_list),
        "form": BrandFilter(request.GET, places=places),
        "address": request.GET.urlencode(),
        "is_narrowed": any(asked.values()),
        "may_write": P.BRAND_PROPOSE in actor.permissions,
        "today": clock.today(),
    }
    return render(request, "brands/brand_list.html", context)


@needs(P.BRAND_VIEW, methods=READ)
def brand_sheet(request: PortalRequest) -> FileResponse:
    """The same as a sheet, all of it."""
    actor = request.actor
    rows = list(brands_listed(actor, **_asked(request)))
    return download(
        request,
        name=(actor.organization_name, "党建品牌"),
        ending="xlsx",
        write=lambda target: write_brands(
            target, rows, whose=actor.organization_name, stamp=stamp(actor)
        ),
        verb="brands.brand.export",
    )


@needs(P.BRAND_VIEW, methods=READ)
def brand_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The file of a brand, how far it is, its figures, who copies it, and what one may do. A fixed number
    of queries."""
    brand = get_brand(request.actor, uid)
    return render(request, "brands/brand_detail.html", page_of(request, brand))


def page_of(request: PortalRequest, brand: Brand) -> dict[str, Any]:
    """All that the page of a brand shows. A dozen queries."""
    actor, today = request.actor, clock.today()
    path = brand.organization.path
    shown = panel_shown(request, brand)
    sees = actor.may_at(P.BRAND_VIEW, path) or bool(shown.get("rows"))
    writes, runs = actor.may_at(P.BRAND_PROPOSE, path), actor.may_at(P.BRAND_RUN, path)
    place, copies = own_place(actor), copies_of(brand)
    steps = list(brand.steps.all()) if sees else []
    machine = Brand.machine
    may_copy = (
        brand.state == BrandState.NAMED
        and place is not None
        and place.pk != brand.organization_id
        and all(one.organization_id != place.pk for one in copies)
    )
    return {
        **shown,
        "brand": brand,
        "mark": mark_of(brand),
        "steps": [(one, one.done_on is None and one.due_on < today) for one in steps],
        "lacking": words.lacking_said(lacking_of(brand, steps)) if sees and brand.is_own else "",
        "lines": [_line(one) for one in lines_of(brand)] if sees else [],
        "copies": [(one, actor.may_at(P.BRAND_PROPOSE, one.organization.path)) for one in copies],
        "passages": [
            {
                "at": one.at,
                "by": one.by_name if sees else "",
                "text": one.get_kind_display(),
                "note": one.text if sees else "",
            }
            for one in brand.passages.all()
        ],
        "sees": sees,
        "writes": writes and brand.is_own,
        "runs": runs,
        "may_begin": runs and machine.may(brand, "begin"),
        "may_submit": writes and machine.may(brand, "submit"),
        "may_decide": runs
        and (machine.may(brand, "name") or machine.may(brand, "keep"))
        and brand.panel is not None
        and brand.panel.is_closed
        and brand.submitted_by_id not in actor.persons,
        "may_name": runs
        and machine.may(brand, "arrange")
        and (brand.panel is None or not (brand.panel.is_open or brand.panel.is_closed)),
        "may_recheck": runs and machine.may(brand, "recheck"),
        "may_end": runs and (machine.may(brand, "withdraw") or machine.may(brand, "drop")),
        "may_copy": may_copy,
        "beside": beside.links(actor, brand),
        "is_due": brand.recheck_on is not None and brand.recheck_on <= today,
    }


def panel_shown(request: PortalRequest, brand: Brand) -> dict[str, Any]:
    """What the page says of who judges the brand. Three queries."""
    panel, actor = brand.panel, request.actor
    if panel is None:
        return {}
    return {
        "panel": panel,
        "rows": seats_of(panel, actor),
        "own": own_seat(panel, actor) if panel.is_open else None,
        "result": result(panel) if panel.is_closed else None,
        "may_arrange": actor.may_at(P.SHOWCASE_MANAGE, panel.organization.path),
    }


def _line(line: Line) -> dict[str, Any]:
    gauge = line.gauge
    value = "—" if line.newest is None else f"{written(line.newest, 1)}{gauge.unit}"
    return {
        "label": gauge.label,
        "value": value,
        "trend": line.trend,
        "note": words.left_said(line) if line.has_left else "",
    }
