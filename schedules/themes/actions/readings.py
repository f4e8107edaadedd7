"""A theme's figures are read: where its organisations stand, and the months of its line.

Rows are written whole and only where they differ, so a reading that is repeated, or made twice at
once, changes nothing.
"""

import datetime as dt
from collections.abc import Sequence

from core import clock, figures, periods
from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..enums import ThemeState
from ..models import Theme, ThemeMonth, ThemePlace, ThemeStanding
from ..queries.ahead import Ahead, read_month_ahead, read_now_ahead
from ..queries.measuring import (
    Aimed,
    aims_of,
    begins_anew,
    measured,
    now_window,
    start_window,
    total,
)
from ..queries.scope import branches_of, limits_of, places_of
from ..rules import standing_of
from . import rights

BATCH = 500
# After a month: so long what belongs to it may be made up and written down.
SETTLES = dt.timedelta(days=45)


@action
def take_in(*, theme: Theme, by: Actor) -> int:
    """Brings those whom a theme that runs concerns into agreement with its scope and the tree; who is
    new gets his start from the theme's own beginning. Returns how many came or went. For who holds the
    theme's row; a dozen queries however many they are."""
    wanted = {
        one.pk: one for one in branches_of(theme.organization, theme.classes, limits_of(theme))
    }
    there = {one.organization_id: one for one in theme.places.all()}
    now = clock.now()
    back = [one.pk for pk, one in there.items() if one.is_out and pk in wanted]
    gone = [one.pk for pk, one in there.items() if not one.is_out and pk not in wanted]
    ThemePlace.objects.filter(pk__in=back).update(is_out=False)
    ThemePlace.objects.filter(pk__in=gone).update(is_out=True)
    new = [one for pk, one in wanted.items() if pk not in there]
    ThemePlace.objects.bulk_create(
        [ThemePlace(theme=theme, organization=one, joined_at=now) for one in new], batch_size=BATCH
    )
    if new:
        _begin(theme, new)
    changed = len(back) + len(gone) + len(new)
    if changed:
        rights.note(theme, "themes.theme.take_in", by=by, changes={"places": [None, changed]})
    return changed


def _begin(theme: Theme, new: Sequence[Organization]) -> None:
    """Takes down where they stood when the theme began."""
    aims, reading = aims_of(theme), figures.Reading()
    start = measured(aims, new, start_window(theme), reading)
    now = measured(aims, new, now_window(theme), reading)
    places = {one.organization_id: one for one in theme.places.filter(organization__in=new)}
    standings = []
    for aim in aims:
        anew = begins_anew(theme, aim.gauge)
        for pk, place in places.items():
            part, whole = (0, now[aim.key][pk][1]) if anew else start[aim.key][pk]
            standing = ThemeStanding(
                figure=aim.row, place=place, start_part=part, start_whole=whole
            )
            _put(standing, aim, *now[aim.key][pk])
            standings.append(standing)
    ThemeStanding.objects.bulk_create(standings, batch_size=BATCH)


def _put(standing: ThemeStanding, aim: Aimed, part: int | None, whole: int | None) -> bool:
    """Sets where it stands now; whether that is another place than before."""
    outcome, short = standing_of(aim.gauge, aim.goal, part, whole)
    before = (standing.part, standing.whole, standing.short, standing.outcome)
    standing.part, standing.whole, standing.short, standing.outcome = part, whole, short, outcome
    return before != (part, whole, short, str(outcome))


@action
def read_now(*, theme: Theme, by: Actor, ahead: Ahead | None = None) -> int:
    """Reads where the organisations of a theme that runs stand, and who they are; returns how many
    rows changed. Nothing for a theme that is concluded.

    `ahead` is what was measured before (`read_now_ahead`): on SQLite all other writers wait as long
    as this takes. Where it is for others than the theme has now, it is measured anew. A dozen
    queries and one for each 500 rows."""
    theme = rights.locked(theme.pk)
    if theme.state != ThemeState.RUNNING:
        return 0
    return read_held(theme=theme, by=by, ahead=ahead)


@action
def read_held(*, theme: Theme, by: Actor, ahead: Ahead | None = None) -> int:
    """The same, for who holds the row of a theme that runs."""
    take_in(theme=theme, by=by)
    aims, places = aims_of(theme), places_of(theme)
    if ahead is None or not _fits(ahead, theme, places):
        ahead = read_now_ahead(theme)
    changed = []
    by_row = {aim.row.pk: aim for aim in aims}
    standings = ThemeStanding.objects.filter(figure__in=by_row, place__is_out=False)
    for one in standings.select_related("place").order_by("pk"):
        aim = by_row[one.figure_id]
        if _put(one, aim, *ahead.found[aim.key].get(one.place.organization_id, (None, None))):
            changed.append(one)
    ThemeStanding.objects.bulk_update(
        changed, ["part", "whole", "short", "outcome"], batch_size=BATCH
    )
    Theme.objects.filter(pk=theme.pk).update(read_at=clock.now())
    return len(changed)


@action
def read_month(*, theme: Theme, month: str, by: Actor, ahead: Ahead | None = None) -> int:
    """Reads one month of a theme's line; returns of how many figures. `ahead` as of `read_now`. A
    dozen queries."""
    theme = rights.locked(theme.pk)
    aims, places = aims_of(theme), places_of(theme)
    if theme.state != ThemeState.RUNNING or not places:
        return 0
    if ahead is None or not _fits(ahead, theme, places):
        ahead = read_month_ahead(theme, month)
    now = clock.now()
    settled = periods.last_day(month) + SETTLES < clock.today()
    fresh = []
    for aim in aims:
        part, whole, known = total(ahead.found[aim.key].values(), aim.gauge)
        fresh.append(
            ThemeMonth(
                figure=aim.row,
                period=month,
                part=part,
                whole=whole,
                count=known,
                is_settled=settled,
                read_at=now,
            )
        )
    ThemeMonth.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["figure", "period"],
        update_fields=["part", "whole", "count", "is_settled", "read_at"],
    )
    return len(fresh)


def _fits(ahead: Ahead, theme: Theme, places: Sequence[Organization]) -> bool:
    """Whether what was measured is of the theme as it is now."""
    same = ahead.revision == theme.revision
    return same and ahead.places == {one.pk for one in places}
