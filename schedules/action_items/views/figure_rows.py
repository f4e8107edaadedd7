"""The items that a figure has counted."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render

from core import clock, figures, periods
from core.figures import Window
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.access import get_window
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from ..exports.ledger import item_word, marks
from ..models import ActionItem
from ..queries.clocks import with_clocks
from ..queries.counted import KEYS, OPEN, STOOD, is_of_the_past, items_of, standings
from ..rules import overdue_line


@needs(P.ACTION_VIEW, methods=("GET", "HEAD"))
def item_rows(request: PortalRequest) -> HttpResponse:
    """The items that a figure counts at a place for a period; the address says which. Those of
    organisations that have left the reader's scope since are counted and not named. Of a day that
    is over it says with whom each was then, and how it stood."""
    key, actor = request.GET.get("figure") or OPEN, request.actor
    if key not in KEYS:
        raise Http404
    node, asked = get_window(actor, request.GET, P.ACTION_VIEW)
    figure = figures.registered()[key]
    window = figure.kept(asked, {})
    found = ActionItem.objects.none()
    if window is not None:
        found = items_of(key, node, window, below=actor.inherits)
    seen = found.visible_to(actor)
    calendar = load()
    page = Pager(seen, 50).get_page(request.GET.get("page"))
    rows = with_clocks(
        ActionItem.objects.filter(pk__in=[item.pk for item in page]),
        overdue_line(clock.today(), calendar),
    )
    items = list(rows.select_related("owner", "issuer").order_by(*seen.query.order_by))
    is_past = window is not None and is_of_the_past(key, window)
    stood = _stood(items, window, overdue_line(window.end, calendar)) if is_past and window else {}
    context = {
        "node": node,
        "label": figure.label_in(asked.period),
        "period": "" if key in STOOD else periods.label(asked.period),
        "day": _end(window or asked, asked.day, is_past=is_past),
        "known_at": asked.known_at,
        "is_known": window is not None,
        "page": page,
        "elsewhere": found.count() - page.paginator.count,
        "is_past": is_past,
        "rows": [
            {
                "item": item,
                "word": item_word(item),
                "marks": marks(item),
                "then": stood.get(item.pk),
            }
            for item in items
        ],
    }
    return render(request, "action_items/item_rows.html", context)


def _stood(items: Sequence[ActionItem], window: Window, line: dt.date) -> dict[int, Any]:
    """Item -> how it stood at the window's end, and the word for it. One query."""
    rows = with_clocks(standings(window).filter(item__in=items), line).select_related("owner")
    return {row.item_id: {"row": row, "word": item_word(row)} for row in rows}


def _end(window: Window, day: dt.date, *, is_past: bool) -> dt.date | None:
    """The day that the page names: as of which it is told, where that is over."""
    if is_past:
        return window.end
    return day if day < clock.today() else None
