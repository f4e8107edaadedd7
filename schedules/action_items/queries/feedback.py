"""Reads of 意见建议: what waits, and whom the digest of a day tells of it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from django.db.models import Count, Min, Q
from django.utils import timezone

from core.actor import Actor
from orgs.models import Organization, RoleGrant
from orgs.permissions import Permission
from orgs.queries.namings import ByName
from orgs.roles import holding
from schedules.rounds.digests import Morning
from schedules.rounds.queries.recipients import holders_of, rungs
from schedules.rounds.queries.reminding import stage_by

from ..enums import FeedbackState
from ..models import ActionItem, Feedback, FeedbackNotice
from ..models.feedback import FeedbackQuerySet
from ..rules import days_late


class Shown(StrEnum):
    """Which of those that somebody may read a list shows."""

    WAITING = "waiting"
    ANSWERED = "answered"
    MINE = "mine"


class Spoken(IntEnum):
    """Why somebody is told; the smaller, the more urgent."""

    OVERDUE = 0
    RAISED = 1  # overdue, to who stands above who answers
    DUE = 2
    NEW = 3


@dataclass(frozen=True, slots=True)
class Voice:
    """Why one person is told of one wish; `stage` is how it is remembered."""

    feedback: Feedback
    why: Spoken
    stage: str
    late: int = 0


@dataclass(slots=True)
class Voices:
    """What one person is to be told of, and what of it is new to him."""

    told: list[Voice] = field(default_factory=list)
    fresh: list[Voice] = field(default_factory=list)


def shown(actor: Actor, show: Shown | None) -> FeedbackQuerySet:
    """What waits for the actor's answer, soonest due first; what others wrote and was answered, or
    what he wrote himself, newest first; all that he may read without `show`."""
    rows = Feedback.objects.visible_to(actor)
    if show == Shown.WAITING:
        rows = Feedback.objects.to_answer(actor).order_by("due_on", "pk")
    elif show == Shown.ANSWERED:
        rows = rows.filter(state=FeedbackState.ANSWERED).exclude(written_by_id=actor.user_id or 0)
        rows = rows.order_by("-answered_at", "-pk")
    elif show == Shown.MINE:
        rows = rows.filter(written_by_id=actor.user_id or 0)
    return rows.select_related("about", "organization")


def with_words(rows: FeedbackQuerySet, words: str) -> FeedbackQuerySet:
    """Those of the rows in which, or in whose answer, the words stand."""
    return rows.filter(Q(text__icontains=words) | Q(answer__icontains=words))


def waiting_for(actor: Actor, line: dt.date) -> tuple[int, int, dt.date | None]:
    """How many wait for the actor's answer, how many of them are overdue, and the first day by
    which one is due. One query."""
    found = Feedback.objects.to_answer(actor).aggregate(
        count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=line)), first=Min("due_on")
    )
    return found["count"], found["late"], found["first"]


def unanswered(line: dt.date) -> tuple[int, int]:
    """How many wait for anybody's answer, and how many of them are overdue. One query."""
    found = Feedback.objects.filter(state=FeedbackState.WAITING).aggregate(
        count=Count("pk"), late=Count("pk", filter=Q(due_on__lt=line))
    )
    return found["count"], found["late"]


def items_of(actor: Actor, feedback: Feedback, kind: str) -> list[ActionItem]:
    """Items that were made of it, as far as the actor sees them. One query."""
    rows = ActionItem.objects.visible_to(actor).filter(source_kind=kind, source_id=feedback.pk)
    return list(rows.filter(part=0).select_related("owner"))


def addresses(actor: Actor, ids: Iterable[int]) -> dict[int, str]:
    """Of these, what the actor may read, with its address. One query."""
    rows = Feedback.objects.visible_to(actor).filter(pk__in=list(ids))
    return {row.pk: row.get_absolute_url() for row in rows}


def to_hear(morning: Morning) -> dict[int, Voices]:
    """User id -> what he is to be told of, of those to whom something is new or who are `weekly`.

    Holds the rows as `queries.reminding.to_hear` does. Six queries; one when nothing waits.
    """
    rows = list(
        Feedback.objects.filter(state=FeedbackState.WAITING)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_on", "pk")
    )
    if not rows:
        return {}
    paths = dict(
        Organization.objects.filter(pk__in={row.organization_id for row in rows}).values_list(
            "pk", "path"
        )
    )
    grants = list(
        RoleGrant.objects.current()
        .filter(role__in=holding(Permission.FEEDBACK_ANSWER))
        .values_list("user_id", "organization_id", "organization__path")
        .distinct()
    )
    known = set(
        FeedbackNotice.objects.filter(feedback__in=[row.pk for row in rows]).values_list(
            "feedback_id", "user_id", "stage"
        )
    )
    ladder = rungs()
    above = holders_of({place for _, place, _ in grants}, Permission.FEEDBACK_ANSWER)
    found: dict[int, Voices] = defaultdict(Voices)
    for row in rows:
        path = paths.get(row.organization_id or 0, "")
        near = [(user, place) for user, place, top in grants if path.startswith(top) or not path]
        late = days_late(row.due_on, morning.today, morning.calendar)
        own = _own(row, late, morning)
        told = [(user, own) for user, _ in near if own is not None]
        for rung in ladder:
            if late >= rung.working_days:
                raised = Voice(row, Spoken.RAISED, rung.key, late)
                places = {place for _, place in near}
                told += [
                    (user, raised) for place in places for user in above[place].told(rung, ByName())
                ]
        for user, voice in dict.fromkeys(told):
            if user == row.written_by_id:
                continue
            is_new = (row.pk, user, voice.stage) not in known
            if is_new or (user in morning.weekly and voice.why != Spoken.RAISED):
                found[user].told.append(voice)
            if is_new:
                found[user].fresh.append(voice)
    return dict(found)


def _own(row: Feedback, late: int, morning: Morning) -> Voice | None:
    stage = stage_by(row.due_on, morning.today, morning.calendar)
    if late:
        return Voice(row, Spoken.OVERDUE, stage, late)
    if stage:
        return Voice(row, Spoken.DUE, stage)
    written = timezone.localdate(row.written_at)
    return Voice(row, Spoken.NEW, "N") if written < morning.today else None
