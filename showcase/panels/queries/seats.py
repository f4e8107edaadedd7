"""What pages of higher slices show of panels: who judges, what was given, what it came to."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from core.actor import Actor
from orgs.permissions import Permission

from ..enums import PanelState
from ..models import Panel, PanelSeat
from ..rules import Result, result_of


@dataclass(frozen=True, slots=True)
class SeatRow:
    """One who judges. `opens` is whether the opinion may be read: one's own always, those of others
    once the panel is closed."""

    seat: PanelSeat
    is_own: bool
    opens: bool


def seats_of(panel: Panel, actor: Actor) -> Sequence[SeatRow]:
    """Who judges, for who arranged the panel and who sits in it; nobody for anybody else. Of others
    nothing but whether they have given before the panel is closed. One query."""
    rows = list(PanelSeat.objects.filter(panel=panel))
    arranges = actor.may_at(Permission.SHOWCASE_MANAGE, panel.organization.path)
    own = {one.pk for one in rows if actor.user_id and one.user_id == actor.user_id}
    sits = any(one.pk in own and one.state == "sits" for one in rows)
    if not (arranges or sits):
        return []
    return [
        SeatRow(one, one.pk in own, one.is_given and (panel.is_closed or one.pk in own))
        for one in rows
    ]


def own_seat(panel: Panel, actor: Actor) -> PanelSeat | None:
    """The actor's own seat in the panel, while he judges. One query."""
    return PanelSeat.objects.visible_to(actor).filter(panel=panel).first()


def result(panel: Panel) -> Result:
    """What a closed panel came to; nothing of one that is not closed. One query."""
    return results([panel])[panel.pk]


def results(panels: Collection[Panel]) -> Mapping[int, Result]:
    """The same for many, by panel. One query."""
    closed = [one.pk for one in panels if one.is_closed]
    given = list(PanelSeat.objects.given().filter(panel__in=closed))
    return {
        one.pk: result_of(one.judged_by, [seat.given for seat in given if seat.panel_id == one.pk])
        for one in panels
    }


def latest(kind: str, subjects: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Panel]:
    """Subject -> its newest panel that was not cancelled. One query."""
    rows = (
        Panel.objects.filter(kind=kind, subject__in=list(subjects))
        .exclude(state=PanelState.CANCELLED)
        .select_related("organization", "judged")
        .order_by("opened_at", "pk")
    )
    return {one.subject: one for one in rows}


def judged_by(actor: Actor, kind: str) -> QuerySet[PanelSeat, uuid.UUID]:
    """The ids of subjects that the actor judges or judged, for the `visible_to` of a higher slice. No
    query by itself."""
    seats = PanelSeat.objects.visible_to(actor).filter(panel__kind=kind)
    return seats.order_by().values_list("panel__subject", flat=True)


def waiting_for(actor: Actor) -> list[PanelSeat]:
    """The actor's own seats of open panels that he has not given an opinion in, the next due first. One
    query."""
    return list(
        PanelSeat.objects.visible_to(actor)
        .filter(panel__state=PanelState.OPEN, given_at=None)
        .select_related("panel")
        .order_by("panel__due_on", "pk")
    )
