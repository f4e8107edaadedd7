"""Approved projects as records that who sums up his work refers to, and where a bright spot is told of."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from core.actor import Actor
from orgs.models import Organization
from orgs.models.organization import below
from schedules.rounds.evidence import Found

from ..models import Project
from ..models.project import APPROVED, KIND, ProjectQuerySet

OFFERED = 30


def _approved(actor: Actor) -> ProjectQuerySet:
    return Project.objects.visible_to(actor).filter(state__in=APPROVED)


def find(actor: Actor, uids: Collection[UUID]) -> Mapping[UUID, Found]:
    """Those that the actor may read. One query."""
    rows = _approved(actor).filter(uid__in=list(uids)).select_related("organization")
    return {one.uid: _found(one) for one in rows}


def below_place(
    actor: Actor, place: Organization, first: dt.date, last: dt.date
) -> Sequence[Found]:
    """Those of the organisation and of all below it that ran in these days, the latest first. One
    query."""
    rows = _approved(actor).filter(below(place.path, "organization__"), approved_on__lte=last)
    rows = rows.exclude(closed_on__lt=first).select_related("organization")
    return [_found(one) for one in rows.order_by("-approved_on", "-pk")[:OFFERED]]


def _found(one: Project) -> Found:
    return Found(
        (KIND, one.uid),
        str(one),
        one.get_absolute_url(),
        str(one.organization),
        one.organization_id,
    )
