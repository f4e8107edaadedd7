"""Lists of records of organisation life, and one record with all that belongs to it."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Q, QuerySet

from core import periods
from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.models.organization import below
from orgs.queries.organizations import named_like

from ..enums import Presence
from ..models import Attendance, Invitation, LifeFile, LifeStep, Meeting, MeetingUnit, Vote


def listed(
    actor: Actor, *, period: str = "", kind: str = "", organization: Organization | None = None
) -> QuerySet[MeetingUnit]:
    """Each organisation's part in the records that the actor sees, latest first, with the record;
    of an organisation and what is below it. One query when evaluated."""
    rows = MeetingUnit.objects.visible_to(actor).filter(meeting__superseded_at=None)
    if period:
        rows = rows.filter(
            meeting__held_on__range=(periods.first_day(period), periods.last_day(period))
        )
    if kind:
        rows = rows.filter(meeting__kind=kind)
    if organization is not None:
        rows = rows.filter(below(organization.path, "organization__"))
    return rows.select_related("meeting", "organization").order_by(
        "-meeting__held_on", "-meeting_id", "pk"
    )


def attendances_of(record: Meeting) -> list[Attendance]:
    """How everybody took part. One query."""
    return list(record.attendances.all())


def participants(record: Meeting) -> list[str]:
    """The names of who took part, by pinyin; of a record at which nobody is expected. One query,
    none for any other."""
    if not record.is_chosen:
        return []
    rows = record.attendances.filter(presence="present").order_by("member__name_pinyin", "pk")
    return list(rows.values_list("member__name", flat=True))


def guests_of(record: Meeting) -> list[Attendance]:
    """Who came from elsewhere, and counts there. One query."""
    rows = record.attendances.filter(presence=Presence.GUEST)
    return list(rows.select_related("member", "organization").order_by("pk"))


def waiting_for(record: Meeting) -> list[Organization]:
    """The organisations that have not called their rolls yet. One query."""
    return list(
        Organization.objects.filter(
            life_invitations__record_uid=record.uid, life_invitations__answered_at=None
        ).order_by("life_invitations__pk")
    )


def invited(actor: Actor) -> list[Meeting]:
    """Records in which the actor's own organisation is to call its roll, latest first. One
    query."""
    waiting = Invitation.objects.open().filter(organization=actor.organization_id or 0)
    return list(
        Meeting.objects.current()
        .held()
        .filter(uid__in=waiting.values("record_uid"))
        .select_related("organization")
        .order_by("-held_on", "-pk")[:20]
    )


def to_join(text: str, besides: Collection[int]) -> list[Organization]:
    """Branches by part of a name, pinyin or code, at most twenty, without those `besides`. Names of
    organisations are nobody's secret. One query, none without a text."""
    if not text.strip():
        return []
    return list(
        Organization.objects.active()
        .branches()
        .filter(named_like(text) | Q(code=text.strip()))
        .exclude(pk__in=besides)
        .select_related("parent")
        .order_by("path")[:20]
    )


def steps_of(record: Meeting) -> list[LifeStep]:
    """All steps of all its versions, oldest first. One query."""
    return list(LifeStep.objects.filter(meeting__uid=record.uid).order_by("at", "pk"))


def votes_of(record: Meeting) -> list[Vote]:
    """What was put to the vote, in order. One query."""
    return list(record.votes.all())


def files_of(record: Meeting) -> list[LifeFile]:
    """Photographs and papers, of whichever version, oldest first. One query."""
    return list(
        LifeFile.objects.filter(record_uid=record.uid, state=Attachment.State.READY)
        .select_related("uploaded_by")
        .order_by("pk")
    )


def alike(actor: Actor, *, uid: UUID, digest: str) -> list[Meeting]:
    """The latest other records that the actor sees and that say the same, word for word. One
    query, none without a digest."""
    if not digest:
        return []
    return list(
        Meeting.objects.visible_to(actor)
        .current()
        .held()
        .filter(text_digest=digest)
        .exclude(uid=uid)
        .select_related("organization")
        .order_by("-held_on", "-pk")[:3]
    )


def same_day(organization: Organization, kind: str, day: dt.date, *, uid: UUID) -> Meeting | None:
    """Another record of the kind and day in which the organisation took part, its own or held by
    others. One query."""
    return (
        Meeting.objects.current()
        .held()
        .filter(units__organization=organization, kind=kind, held_on=day)
        .exclude(uid=uid)
        .select_related("organization")
        .order_by("pk")
        .first()
    )


def last_of_kind(organization: Organization, kind: str, before: dt.date) -> Meeting | None:
    """The latest record of the kind before the day, whose place and people are offered again. One
    query."""
    return (
        Meeting.objects.current()
        .held()
        .filter(organization=organization, kind=kind, held_on__lte=before)
        .order_by("-held_on", "-pk")
        .first()
    )


def with_words(actor: Actor, words: str, *, since: dt.date) -> QuerySet[Meeting]:
    """Records since the day that the actor sees and whose topic or place has the words, latest
    first. One query when evaluated."""
    return (
        Meeting.objects.visible_to(actor)
        .current()
        .held()
        .filter(Q(topic__icontains=words) | Q(place__icontains=words), held_on__gte=since)
        .select_related("organization")
        .order_by("-held_on", "-pk")
    )
