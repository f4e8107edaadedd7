"""Which records and results the figures of 组织生活会 and 民主评议党员 count: the same rows that
their addresses list."""

from typing import Any

from django.db.models import Q, QuerySet

from core.actor import Actor
from core.figures import Window
from orgs.access import in_scope
from orgs.models import Organization
from orgs.permissions import Permission
from orgs.queries.places import stood_at

from ..enums import Grade, MeetingKind
from ..models import AppraisalResult, MeetingUnit
from .appraisals import held, written_of

LIFE_MEETINGS, APPRAISED = "life_meetings_held", "appraisals_held"
# Key -> which of the parts held in the period it counts.
PARTS = {
    LIFE_MEETINGS: Q(meeting__kind=MeetingKind.LIFE_MEETING),
    APPRAISED: Q(meeting__kind=MeetingKind.APPRAISAL),
}
GRADED = {f"members_appraised_{grade}": grade for grade in Grade.values}
KEYS = (*PARTS, *GRADED)


def parts_held(window: Window) -> QuerySet[MeetingUnit]:
    """Organisations' parts in the records of both kinds held in the period, as far as they were
    written down by the window's moment. No query."""
    kinds = [MeetingKind.LIFE_MEETING, MeetingKind.APPRAISAL]
    records = held(kinds, window.known_at).filter(held_on__range=(window.first, window.end))
    return MeetingUnit.objects.filter(meeting__in=records.order_by().values("pk"))


def results_held(window: Window) -> QuerySet[AppraisalResult]:
    """Members' results of the appraisals held in the period. No query."""
    records = held([MeetingKind.APPRAISAL], window.known_at)
    rows = written_of(records.filter(held_on__range=(window.first, window.end)), window.known_at)
    return AppraisalResult.objects.filter(appraisal__in=rows.order_by().values("pk"))


def condition_of_grade(key: str) -> Q:
    """What a result of the figure fulfils."""
    return Q(grade=GRADED[key])


def rows_of(key: str, place: Organization, window: Window, *, below: bool = True) -> QuerySet[Any]:
    """The rows that the figure counts of the place, with `below` also under it, by where the
    organisations stood at the window's end. No query, one for a day that is over."""
    places = stood_at(place, window.end, below=below, known_at=window.known_at)
    if key in PARTS:
        parts = parts_held(window).filter(PARTS[key], organization__in=places)
        return parts.select_related("meeting", "organization").order_by(
            "organization__path", "meeting__held_on", "pk"
        )
    results = results_held(window).filter(
        condition_of_grade(key), appraisal__organization__in=places
    )
    return results.select_related("member", "appraisal__organization").order_by(
        "appraisal__organization__path", "pk"
    )


def seen_of(rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
    """Those of the rows that the actor sees today."""
    if rows.model is MeetingUnit:
        return rows.filter(in_scope(actor, Permission.LIFE_VIEW))
    place = "appraisal__organization"
    seen = in_scope(actor, Permission.LIFE_VIEW, place)
    return rows.filter(seen, in_scope(actor, Permission.MEMBER_VIEW, place))
