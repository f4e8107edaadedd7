"""Records of a year as ledgers list them, a row for each organisation's part."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.models.organization import below

from ..enums import HELD, MeetingKind, Presence
from ..models import Attendance, LifeFile, MeetingUnit
from .absences import is_told_reasons, reason_words
from .made_up import MadeUp, made_up_of

# What no ledger says of an organisation: of a street's year it is read a thousand times.
_TOLD = ("id", "name", "short_name", "kind", "path", "parent")
_UNTOLD = [
    f"{place}__{one.name}"
    for place in ("organization", "organization__parent")
    for one in Organization._meta.concrete_fields
    if one.name not in _TOLD
]


@dataclass(frozen=True, slots=True)
class Entry:
    """One organisation's part in one record. `absent` are names with the reason that the reader is
    told; `made_up` says how many of them have made it up; `pictures` and `papers` were added to the record."""

    unit: MeetingUnit
    absent: Sequence[tuple[str, str]]
    made_up: MadeUp | None
    pictures: int
    papers: int


def parts(
    actor: Actor,
    place: Organization,
    year: int,
    kinds: Collection[MeetingKind],
    *,
    is_one: bool = False,
) -> QuerySet[MeetingUnit]:
    """The parts in records of the kinds and the year, at the place and below, as they count today:
    by day where it is one branch (`is_one`), else by organisation and day. One query when
    evaluated; `entries` says what belongs to them."""
    others = MeetingUnit.objects.filter(meeting=OuterRef("meeting")).exclude(pk=OuterRef("pk"))
    # By its organisations, but for the top: by the days alone SQLite reads the year of all.
    where = below(place.path, "organization__")
    if place.parent_id is not None:
        where = Q(organization__in=Organization.objects.filter(below(place.path)).values("pk"))
    rows = MeetingUnit.objects.visible_to(actor).filter(
        where,
        meeting__superseded_at=None,
        meeting__state__in=HELD,
        meeting__kind__in=kinds,
        meeting__held_on__range=(dt.date(year, 1, 1), dt.date(year, 12, 31)),
    )
    order = ("meeting__held_on", "meeting__recorded_at", "pk")
    return (
        rows.annotate(is_joint=Exists(others))
        .select_related("meeting", "organization__parent")
        .defer(*_UNTOLD)
        .order_by(*(() if is_one else ("organization__path",)), *order)
    )


def entries(actor: Actor, units: Sequence[MeetingUnit]) -> list[Entry]:
    """What a ledger says of each part, in their order. Three queries for any number of parts."""
    absent: dict[tuple[int, int], list[tuple[str, str]]] = defaultdict(list)
    reads = {one.organization_id: is_told_reasons(actor, one.organization) for one in units}
    # Of a street's year these are thousands: no more of each than is told.
    for meeting, place, name, reason, approver in (
        Attendance.objects.filter(
            meeting__in=[one.meeting_id for one in units], presence=Presence.ABSENT
        )
        .order_by("member__name_pinyin", "pk")
        .values_list("meeting", "organization", "member__name", "reason", "approver_name")
    ):
        if place in reads:
            words = reason_words(reason, approver, is_told=reads[place])
            absent[meeting, place].append((name, words))
    uids = [one.meeting.uid for one in units]
    pictures, papers = counted_files(uids)
    made_up = made_up_of(uids)
    return [
        Entry(
            one,
            absent[one.meeting_id, one.organization_id],
            made_up.get((one.meeting.uid, one.organization_id)),
            pictures[one.meeting.uid],
            papers[one.meeting.uid],
        )
        for one in units
    ]


def counted_files(uids: Collection[UUID]) -> tuple[Counter[UUID], Counter[UUID]]:
    """How many photographs and how many other files each record has. One query."""
    pictures: Counter[UUID] = Counter()
    papers: Counter[UUID] = Counter()
    found = LifeFile.objects.filter(record_uid__in=uids, state=Attachment.State.READY)
    for uid, kind in found.values_list("record_uid", "content_type"):
        (pictures if kind.startswith("image/") else papers)[uid] += 1
    return pictures, papers
