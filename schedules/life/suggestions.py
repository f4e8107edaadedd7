"""What records of organisation life say for a report, and how they show that something was done."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from uuid import UUID

from django.db.models import Q

from core import periods
from core.actor import Actor
from core.templatetags.words import date_zh
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.rounds import evidence, suggestions
from schedules.rounds.evidence import EvidenceKind, Found, Summary
from schedules.rounds.models import Report
from schedules.rounds.suggestions import Suggestion

from .enums import MeetingKind
from .models import Meeting, MeetingUnit
from .queries.counted import held_then

KEY = "life.meeting"
# What may be worth telling; that the others were held is told by the figures.
TOLD = (MeetingKind.PARTY_DAY, MeetingKind.LESSON, MeetingKind.VOLUNTEERING)
MOST = 5
OFFERED = 30
OFFERED_BELOW = 60


def reference_of(record: Meeting) -> evidence.Reference:
    """How reports and action items refer to the record: to all its versions."""
    return KEY, record.uid


@suggestions.register
def suggest(actor: Actor, report: Report) -> Iterable[Suggestion]:
    """Highlights from what the organisation held in the period, latest first. One query; none for
    who sees no records."""
    place = report.organization
    if not actor.may_at(Permission.LIFE_VIEW, place.path):
        return []
    period = report.period
    days = (periods.first_day(period), periods.last_day(period))
    this = periods.this_word(periods.cadence_of(period))
    rows = (
        MeetingUnit.objects.filter(
            held_then(None),
            organization=place,
            meeting__kind__in=TOLD,
            meeting__held_on__range=days,
        )
        .select_related("meeting")
        .order_by("-meeting__held_on", "-meeting_id")[:MOST]
    )
    return [
        Suggestion(
            "highlights",
            f"{this}{row.meeting.get_kind_display()}“{row.meeting.topic}”，"
            f"到会 {row.present_count + row.extra_count} 人。",
            "组织生活记录",
            _found(row.meeting),
        )
        for row in rows
    ]


def _found(record: Meeting) -> Found:
    day = f"{record.held_on.month}月{record.held_on.day}日"
    return Found(
        reference_of(record),
        f"{day} {record.get_kind_display()}“{record.topic}”",
        record.get_absolute_url(),
    )


def _find(actor: Actor, uids: Collection[UUID]) -> Mapping[UUID, Found]:
    rows = Meeting.objects.visible_to(actor).current().filter(uid__in=uids)
    return {row.uid: _of_place(row) for row in rows.select_related("organization")}


def _offer(actor: Actor, place: Organization, first: dt.date, last: dt.date) -> list[Found]:
    units = MeetingUnit.objects.visible_to(actor).filter(organization=place)
    rows = (
        Meeting.objects.filter(pk__in=units.values("meeting"), held_on__range=(first, last))
        .current()
        .held()
        .order_by("-held_on", "-pk")
    )
    return [_found(row) for row in rows[:OFFERED]]


def _below(
    actor: Actor, place: Organization, first: dt.date, last: dt.date, text: str
) -> list[Found]:
    units = MeetingUnit.objects.visible_to(actor).filter(organization__path__startswith=place.path)
    rows = (
        Meeting.objects.filter(pk__in=units.values("meeting"), held_on__range=(first, last))
        .current()
        .held()
        .select_related("organization")
        .order_by("-held_on", "-pk")
    )
    if text:
        kinds = [kind for kind in MeetingKind.values if text in MeetingKind(kind).label]
        rows = rows.filter(
            Q(topic__icontains=text)
            | Q(organization__name__icontains=text)
            | Q(organization__short_name__icontains=text)
            | Q(kind__in=kinds)
        )
    return [_of_place(row) for row in rows[:OFFERED_BELOW]]


def _of_place(record: Meeting) -> Found:
    return replace(_found(record), place=str(record.organization))


def _summaries(uids: Collection[UUID]) -> Mapping[UUID, Summary]:
    rows = (
        Meeting.objects.filter(uid__in=uids)
        .current()
        .held()
        .select_related("organization")
        .prefetch_related("units")
    )
    return {row.uid: _summary(row) for row in rows}


def _summary(record: Meeting) -> Summary:
    """The day, the roll as numbers, and what was written: no names of who was absent, nor why."""
    units = list(record.units.all())
    roll = f"到会 {sum(one.present_count + one.extra_count for one in units)} 人"
    if expected := sum(one.expected_count for one in units):
        roll = f"应到 {expected} 人，{roll}"
    told = [
        ("时间", date_zh(record.held_on)),
        ("单位", record.organization.name),
        ("人数", roll),
        ("地点", record.place),
        ("讲课人", record.speaker_name),
        ("议题", record.agenda),
        ("内容", record.summary),
        ("决议", record.resolutions),
        ("原件", "以纸质记录为准" if record.is_on_paper else ""),
    ]
    title = f"{record.get_kind_display()}“{record.topic}”"
    return Summary(title, tuple((word, text) for word, text in told if text))


evidence.register(
    EvidenceKind(KEY, "组织生活记录", _find, _offer, below=_below, summaries=_summaries)
)
