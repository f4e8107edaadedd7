"""What this app shows on pages of other apps: an organisation's year, and what searching finds."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from core import clock, figures, searching
from core.actor import Actor
from core.figures import Window
from core.searching import Hit, Hits
from orgs import panels
from orgs.models import Organization
from orgs.panels import Panel, PanelRow
from orgs.permissions import Permission

from .queries.counted import MISSING, OWED, figure_key
from .queries.records import with_words
from .rules import RULES

FOUND = 6  # records of one search
SEARCHED = dt.timedelta(days=400)  # how far back searching looks


@panels.register
def show_year(actor: Actor, organization: Organization) -> list[Panel]:
    """What the organisation, with all below it, held this year, and what of it is overdue. Two
    queries."""
    if not actor.may_at(Permission.LIFE_VIEW, organization.path):
        return []
    today = clock.today()
    window = Window(str(today.year), today)
    keys = {
        kind: (figure_key(kind), figure_key(kind, MISSING) if kind in OWED else "")
        for kind in RULES
    }
    wanted = [key for pair in keys.values() for key in pair if key]
    values = figures.values(wanted, [organization], window)
    addresses = figures.addresses(wanted, organization, window, actor)
    rows = []
    for kind, (held, missing) in keys.items():
        number = values[held][organization.pk] or 0
        lacking = (values[missing][organization.pk] or 0) if missing else 0
        if lacking:
            rows.append(
                PanelRow(kind.label, f"{number} 次，未开 {lacking}", addresses[missing], "warn")
            )
        elif number:
            rows.append(PanelRow(kind.label, f"{number} 次", addresses[held]))
    whole = f"{reverse('life:meeting-list')}?{urlencode({'organization': organization.pk})}"
    return [Panel(f"{today.year}年组织生活", tuple(rows), url=whole)] if rows else []


@searching.register
def find_records(actor: Actor, query: str) -> Hits | None:
    """Records of the last year by what they were about and where; of one sign too much would be
    found. One query."""
    if not actor.may(Permission.LIFE_VIEW) or len(query) < 2:
        return None
    rows = with_words(actor, query, since=clock.today() - SEARCHED)[:FOUND]
    return Hits(
        "组织生活",
        [
            Hit(
                row.topic,
                f"{row.get_kind_display()} · {row.organization} · "
                f"{row.held_on.year}年{row.held_on.month}月{row.held_on.day}日",
                row.get_absolute_url(),
            )
            for row in rows
        ],
    )
