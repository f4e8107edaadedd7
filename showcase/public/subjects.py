"""What a story can tell of: sites in force, named brands, approved projects, concerns that were answered or
promised an answer; and what of them stands beside the story."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core import clock
from core.actor import Actor
from orgs.access import in_scope
from orgs.models import Organization
from orgs.models.organization import STEP
from orgs.permissions import Permission
from schedules.concerns.enums import ConcernState
from schedules.concerns.models import Concern
from showcase.brands.models import Brand
from showcase.brands.models.brand import TOLD as NAMED
from showcase.projects.enums import ProjectState
from showcase.projects.models import Project
from showcase.sites.models import DemonstrationSite
from showcase.sites.models.site import IN_FORCE

from .enums import StoryKind
from .models import Story
from .rules import TOLD

OFFERED = 60  # of one kind
DONE = (ProjectState.CLOSED, ProjectState.SPREAD, ProjectState.ARCHIVED)
ANSWERED = (ConcernState.DOING, ConcernState.ANSWERED, ConcernState.CLOSED)
Fact = tuple[str, str | dt.date | None]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a story tells of. `label` is what writers call it, never a resident's words; `facts` and
    `honour` are copied to the public page."""

    kind: str
    uid: uuid.UUID
    organization: Organization
    label: str
    title: str = ""
    honour: str = ""
    facts: Sequence[Fact] = ()
    original: str = ""
    contact: Sequence[str] = field(default=())

    @property
    def word(self) -> str:
        """As forms and addresses carry it."""
        return f"{self.kind}:{self.uid}"


def parted(word: str) -> tuple[str, uuid.UUID] | None:
    """Kind and id of what a form or an address names; None for anything else. No query."""
    kind, _, key = word.partition(":")
    if kind not in StoryKind.values:
        return None
    try:
        return kind, uuid.UUID(key)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class _Told:
    """Of which rows a story of one kind may tell, and what is read with them."""

    model: type[models.Model]
    states: Collection[str]
    read_with: tuple[str, ...] = ("organization",)


_TOLD_OF: dict[str, _Told] = {
    StoryKind.SITE: _Told(DemonstrationSite, IN_FORCE, ("organization", "programme")),
    StoryKind.BRAND: _Told(Brand, NAMED),
    StoryKind.PROJECT: _Told(Project, DONE),
    StoryKind.ECHO: _Told(Concern, ANSWERED, ("organization", "kind")),
}
_KINDS = {told.model: StoryKind(kind) for kind, told in _TOLD_OF.items()}


def kind_of(row: models.Model) -> StoryKind | None:
    """The kind of the story that tells of such a row; None where none does. No query."""
    return _KINDS.get(type(row))


def may_be_told(kind: str, row: Any) -> bool:
    """Whether a story may be begun of the row, as it was read. No query."""
    return row.state in _TOLD_OF[kind].states


def is_untrue(story: Story) -> bool:
    """Whether what the story tells of may no longer be told. One query."""
    return not _rows(story.kind).filter(uid=story.subject).exists()


def untrue() -> Q:
    """Published stories of what may no longer be told: plaque taken, naming withdrawn, answer gone."""
    gone = [
        Q(kind=kind) & Q(~Exists(_rows(kind).filter(uid=OuterRef("subject"))))
        for kind in StoryKind.values
    ]
    return reduce(or_, gone)


def _rows(kind: str) -> QuerySet[Any]:
    """Those of the kind that may be told of."""
    told = _TOLD_OF[kind]
    rows = told.model._default_manager.filter(state__in=told.states)
    return rows.select_related(*told.read_with)


def _told(kind: str, row: Any, *, whole: bool = False) -> Subject:
    """`whole`: with the resident's words, name and phone, to see that none of them is told."""
    if kind == StoryKind.SITE:
        programme = row.programme
        facts: list[Fact] = [
            ("级别", programme.get_level_display()),
            ("牌号", row.plaque_number),
            ("命名", row.named_on),
            ("命名机关", programme.awarded_by),
            ("下次复核", row.next_review_on),
        ]
        honour = f"{programme.get_level_display()}示范点"
        return Subject(kind, row.uid, row.organization, row.title, row.title, honour, facts)
    if kind == StoryKind.BRAND:
        facts = [
            ("工作法", row.method),
            ("命名", row.named_on),
            ("下次复审", row.recheck_on),
        ]
        return Subject(kind, row.uid, row.organization, row.name, row.name, "党建品牌", facts)
    if kind == StoryKind.PROJECT:
        facts = [
            ("年度", f"{row.year}年"),
            ("立项", row.approved_on),
            ("结项", row.closed_on),
        ]
        return Subject(kind, row.uid, row.organization, row.title, row.title, "", facts)
    what = row.kind.name if row.kind is not None else ""
    return Subject(
        kind,
        row.uid,
        row.organization,
        f"{_plain(timezone.localdate(row.received_at))} {what}",
        original=row.text if whole else "",
        contact=[one for one in row.contact() if one] if whole and not row.is_forgotten else [],
    )


def find(actor: Actor, kind: str, uid: uuid.UUID) -> Subject | None:
    """What the actor may write a story of. One query."""
    rows = _rows(kind).filter(in_scope(actor, Permission.STORY_WRITE), uid=uid)
    row = rows.first()
    return _told(kind, row) if row is not None else None


def standing(kind: str, uid: uuid.UUID) -> Subject | None:
    """What a story tells of, while it may still be told. One query."""
    row = _rows(kind).filter(uid=uid).first()
    return _told(kind, row, whole=True) if row is not None else None


def offered(actor: Actor) -> list[tuple[str, list[Subject]]]:
    """What the actor may write a story of and nobody has yet, by kind. Four queries."""
    mine = in_scope(actor, Permission.STORY_WRITE)
    found = []
    for kind, label in StoryKind.choices:
        taken = Story.objects.filter(kind=kind, subject=OuterRef("uid"))
        rows = _rows(kind).filter(mine).exclude(Exists(taken)).order_by("-pk")[:OFFERED]
        told = [_told(kind, one) for one in rows]
        if told:
            found.append((label, told))
    return found


def committee_of(organization: Organization) -> Organization | None:
    """The committee directly below the top of the tree that an organisation belongs to; none for the top
    itself. One query."""
    path = organization.path[: 2 * STEP]
    if len(path) < 2 * STEP:
        return None
    return Organization.objects.filter(path=path).first()


def frozen(story: Story, subject: Subject) -> dict[str, Any]:
    """What of a story its page copies, as it is now. Two queries."""
    place, committee = story.organization, committee_of(story.organization)
    return {
        "title": story.title,
        "words": {name: getattr(story, name) for name in TOLD[StoryKind(story.kind)]},
        "facts": [[label, _plain(value)] for label, value in subject.facts if value],
        "honour": subject.honour,
        "place": _short(place),
        "committee": "" if committee is None or committee.pk == place.pk else _short(committee),
        "names_people": story.people.exists(),
        "told_on": story.told_on,
        "is_solved": story.is_solved,
        "promised_on": story.promised_on,
        "published_on": clock.today(),
    }


def _short(place: Organization) -> str:
    return place.short_name or place.name


def _plain(value: Any) -> Any:
    return f"{value.year}年{value.month}月{value.day}日" if isinstance(value, dt.date) else value
