"""What demo parts whose things are judged have in common: people give their opinions, the panel ends."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from core import clock
from core.actor import Actor
from orgs.access import actor_of

from ..actions import panels, seats
from ..models import Panel, PanelSeat


def judge(
    panel: Panel,
    opinions: Sequence[str],
    *,
    given_at: dt.datetime,
    closed_at: dt.datetime | None,
    by: Actor,
    points: Sequence[Sequence[str]] = (),
) -> None:
    """As many of those who sit there as there are opinions agree, each with his own and with his points
    where there are any; `by` ends the panel at `closed_at`, if it has ended."""
    keys = [one.key for one in panel.judged_by]
    rows = PanelSeat.objects.filter(panel=panel).select_related("user").order_by("-pk")
    with clock.at(given_at):
        for number, (seat, text) in enumerate(zip(rows, opinions, strict=False)):
            grant = seat.user.grants.select_related("organization").first()
            given = zip(keys, map(Decimal, points[number]), strict=True) if points else ()
            seats.give(
                seat=seat,
                revision=seat.revision,
                agrees=True,
                opinion=text,
                scores=dict(given),
                by=actor_of(seat.user, grant),
            )
    if closed_at is not None:
        with clock.at(closed_at):
            panel.refresh_from_db()
            panels.close(panel=panel, revision=panel.revision, by=by)
