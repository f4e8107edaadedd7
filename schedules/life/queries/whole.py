"""Records with all that belongs to them, read together: for their papers and the binder."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from core.actor import Actor
from core.models import Attachment
from orgs.access import in_scope
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.queries.organizations import named_like

from ..enums import MeetingKind, Presence
from ..models import Attendance, LifeFile, Meeting, MeetingUnit, Vote
from .absences import told


@dataclass(frozen=True, slots=True)
class Whole:
    """One record. `absent` are names with the reason that the reader is told."""

    record: Meeting
    units: Sequence[MeetingUnit]
    attendances: Sequence[Attendance]
    absent: Sequence[tuple[str, str]]
    votes: Sequence[Vote]
    files: Sequence[LifeFile]


def wholes(actor: Actor, pks: Collection[int]) -> list[Whole]:
    """The records in the order given, as far as the actor sees them. Five queries for any number;
    who asks for many asks for some at a time."""
    units = MeetingUnit.objects.select_related("organization").order_by("pk")
    # Of other organisations' people a joint meeting tells how many; guests are named by their host.
    named = in_scope(actor, Permission.LIFE_VIEW) | Q(presence=Presence.GUEST)
    people = Attendance.objects.filter(named).select_related("member", "organization")
    found = {
        one.pk: one
        for one in Meeting.objects.visible_to(actor)
        .filter(pk__in=pks)
        .select_related("organization")
        .prefetch_related(
            Prefetch("units", units),
            Prefetch("attendances", people.order_by("member__name_pinyin", "pk")),
            "votes",
        )
    }
    files: dict[UUID, list[LifeFile]] = defaultdict(list)
    ready = LifeFile.objects.filter(
        record_uid__in=[one.uid for one in found.values()], state=Attachment.State.READY
    )
    for file in ready.order_by("pk"):
        files[file.record_uid].append(file)
    return [
        Whole(
            one,
            list(one.units.all()),
            list(one.attendances.all()),
            told(actor, one.attendances.all()),
            list(one.votes.all()),
            files[one.uid],
        )
        for pk in pks
        if (one := found.get(pk))
    ]


@dataclass(frozen=True, slots=True)
class Listed:
    """A record of a binder, before it is read: what its contents say of it."""

    pk: int
    uid: UUID
    kind: MeetingKind
    held_on: dt.date
    topic: str


def year_of(actor: Actor, branch: Organization, year: int) -> list[Listed]:
    """The records of the branch and its 党小组 that count, in the order of kinds and days, as far as
    the actor sees them. One query."""
    places = Organization.objects.filter(pk=branch.pk) | Organization.objects.filter(
        parent=branch.pk, kind=OrganizationKind.PARTY_GROUP
    )
    parts = MeetingUnit.objects.filter(organization__in=places)
    rows = (
        Meeting.objects.visible_to(actor)
        .current()
        .held()
        .filter(held_on__year=year, pk__in=parts.values("meeting_id"))
        .order_by("held_on", "recorded_at", "pk")
        .values_list("pk", "uid", "kind", "held_on", "topic")
    )
    order = list(MeetingKind)
    found = [Listed(pk, uid, MeetingKind(kind), day, topic) for pk, uid, kind, day, topic in rows]
    return sorted(found, key=lambda one: order.index(one.kind))


def counted_pictures(uids: Collection[UUID]) -> int:
    """How many photographs the records have together. One query."""
    ready = LifeFile.objects.filter(record_uid__in=uids, state=Attachment.State.READY)
    return ready.filter(content_type__startswith="image/").count()


def places_below(actor: Actor, place: Organization, text: str = "") -> QuerySet[Organization]:
    """Where ledgers can be opened: what stands directly under the place, or all below it that is
    called so. One query when evaluated."""
    rows = Organization.objects.active().visible_to(actor, Permission.LIFE_VIEW)
    if text:
        rows = rows.filter(below(place.path, itself=False)).filter(named_like(text))
    else:
        rows = rows.filter(parent=place)
    return rows.exclude(kind=OrganizationKind.PARTY_GROUP).order_by("path")
