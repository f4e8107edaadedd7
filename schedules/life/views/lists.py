"""Lists of organisation life: the records, and what a figure has counted."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import clock, figures, periods
from core.actor import Actor
from core.figures import Window
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.rounds import fulfilment
from schedules.rounds.words import standing_word

from ..access import get_shown
from ..enums import MeetingKind
from ..figures.meetings import duty_of
from ..forms import RecordFilter
from ..forms.ledgers import year_in
from ..ledgers import elsewhere
from ..queries import attendance, counted, records
from ..rules import kind_of

READ = ("GET", "HEAD")
PER_PAGE = 30


@needs(P.LIFE_VIEW, methods=READ)
def meeting_list(request: PortalRequest) -> HttpResponse:
    """Records by month and kind, latest first. Of an organisation and a time it is what the figures
    count: with what it adds up to, without what was taken back; and as it was known at a moment."""
    actor = request.actor
    kind = request.GET.get("kind", "")
    kind = kind if kind in MeetingKind.values else ""
    place = get_shown(actor, whole_number(request.GET.get("organization", "")))
    window = _window(request)
    period = window.period if window else ""
    is_counted = place is not None and window is not None
    unexcused = is_counted and request.GET.get("unexcused") == "1"
    gone, sums = 0, None
    if place is not None and window is not None:
        found = counted.parts_at(place, window, kind=kind, below=actor.inherits)
        if unexcused:
            found = found.filter(unexcused_count__gt=0)
        rows = found.visible_to(actor)  # type: ignore[attr-defined]
        sums = counted.totals(found)
        gone = found.count() - rows.count() if window.is_past else 0
    else:
        rows = records.listed(actor, period=period, kind=kind, organization=place)
    offered = list(reversed(periods.ending(clock.today().strftime("%Y-%m"), 13)))
    if period and period not in offered:
        offered.append(period)
    context = {
        "page": Pager(rows, PER_PAGE).get_page(request.GET.get("page")),
        "period": period,
        "place": place,
        "window": window if is_counted else None,
        "stood_on": window.end if window and is_counted and window.looks_back else None,
        "unexcused": unexcused,
        "sums": sums,
        "elsewhere": gone,
        "filter": RecordFilter(
            {"period": period, "kind": kind},
            periods=[(one, periods.label(one)) for one in offered],
        ),
        "kind": kind,
        "may_record": P.LIFE_RECORD in actor.permissions,
        "away": _away(actor, place, period) if window is None or not window.looks_back else None,
        "invited": records.invited(actor) if P.LIFE_RECORD in actor.permissions else [],
    }
    return render(request, "life/meeting_list.html", context)


@needs(P.LIFE_VIEW, methods=READ)
def duty_list(request: PortalRequest) -> HttpResponse:
    """The duties that a figure counts: what was to be held, on time or late, or is missing."""
    actor = request.actor
    key = request.GET.get("figure", "life_due")
    of = duty_of(key)
    if of is None:
        raise Http404
    number = whole_number(request.GET.get("organization", "")) or actor.organization_id
    place = get_shown(actor, number or 0)
    window = _window(request) or Window(_this_month(), clock.today())
    if place is None:
        raise Http404
    kind, word = of
    found = counted.duties_at(place, window, word, kind=kind, below=actor.inherits)
    rows = found.visible_to(actor, P.LIFE_VIEW)
    page = Pager(rows, PER_PAGE).get_page(request.GET.get("page"))
    now = clock.now()
    context = {
        "place": place,
        "label": figures.registered()[key].label_in(window.period),
        "period": periods.label(window.period),
        "window": window,
        "stood_on": window.end if window.looks_back else None,
        "page": page,
        "rows": [
            {
                "duty": duty,
                "url": _held_of(duty.organization_id, duty.period, kind_of(duty.plan.fulfilment)),
                "word": standing_word(fulfilment.of(duty.plan), duty, now),
            }
            for duty in page
        ],
        "elsewhere": found.count() - page.paginator.count,
    }
    return render(request, "life/duty_list.html", context)


# --- private -----------------------------------------------------------------------------------


def _away(actor: Actor, place: Organization | None, period: str) -> dict[str, Any] | None:
    """How often people of the place, or of the actor's own organisation, took part elsewhere in the
    year, and the ledger of it; None where nobody did. One query."""
    pk = place.pk if place else actor.organization_id
    path = place.path if place else actor.organization_path
    if pk is None:
        return None
    year = year_in(period[:4])
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    count = attendance.elsewhere(actor, path, first, last).count()
    query = urlencode({"organization": pk, "year": year})
    address = f"{reverse('life:ledger-detail', args=[elsewhere.KEY])}?{query}"
    return {"year": year, "count": count, "url": address} if count else None


def _this_month() -> str:
    return periods.containing(clock.today(), periods.MONTH)


def _held_of(organization: int, period: str, kind: MeetingKind | None) -> str:
    asked = {"kind": kind.value if kind else "", "period": period, "organization": organization}
    return f"{reverse('life:meeting-list')}?{urlencode(asked)}"


def _window(request: PortalRequest) -> Window | None:
    """The time that the address names, with the day and the moment of a figure that was frozen.
    What makes no sense is as if it were not there."""
    period = request.GET.get("period", "")
    if not periods.is_period(period):
        return None
    try:
        return Window(period, *figures.when_of(request.GET))
    except ValueError:
        return Window(period, clock.today())
