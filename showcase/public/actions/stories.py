"""A story is written: drafted, changed, handed in, taken back, written again, deleted."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

from django.db import IntegrityError, transaction

from core import attachments, audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean

from ..enums import StoryKind, StoryState, StoryStepKind
from ..models import Story, StoryPerson, StoryStep
from ..rules import BASIS, MOST_PEOPLE, TEXTS, TITLE, TOLD, WANTED
from ..subjects import Subject
from . import rights

ONE_LINE = ("lead", "source", "visit")


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody who is named, and how he agreed."""

    name: str
    basis: str
    agreed_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Words:
    """What a story says. All but the title may still be empty in a draft; what its kind does not tell is
    left out."""

    title: str
    lead: str = ""
    origin: str = ""
    practice: str = ""
    results: str = ""
    source: str = ""
    copied: str = ""
    lacking: str = ""
    visit: str = ""
    told_on: dt.date | None = None
    is_solved: bool = True
    promised_on: dt.date | None = None
    people: Sequence[Named] = ()


@action
def create(*, subject: Subject, words: Words, by: Actor) -> Story:
    """The draft of a story; the same once more, as a double click sends it, is the one that there is.
    Raises NotAllowed, Conflict where there is another one, or DomainError."""
    rights.expect_writer(subject.organization, by)
    values = _values(subject.kind, words)
    people = _people(words)
    there = Story.objects.filter(kind=subject.kind, subject=subject.uid).first()
    if there is not None:
        if there.state == StoryState.DRAFT and all(
            getattr(there, name) == value for name, value in values.items()
        ):
            return there
        raise Conflict(f"“{subject.label}”已有一篇公开故事，请到“公开展示”里接着写。", code="taken")
    try:
        with transaction.atomic():
            row = Story.objects.create(
                organization=subject.organization,
                kind=subject.kind,
                subject=subject.uid,
                subject_label=subject.label[:120],
                written_at=clock.now(),
                written_by_id=by.user_id,
                **values,
            )
    except IntegrityError as error:
        raise Conflict(f"另一人刚刚写了“{subject.label}”的公开故事。", code="taken") from error
    _put_people(row, people)
    rights.note(row, "public.story.create", by=by)
    return row


@action
def edit(*, story: Story, revision: int, words: Words, by: Actor) -> Story:
    """Changes what the story says. What is shown already stays as it is until it is published again.
    Raises NotAllowed, MovedOn, Stale or DomainError."""
    row = rights.locked(story.pk)
    rights.expect_writer(row.organization, by)
    values = _values(row.kind, words)
    people = _people(words)
    changes = audit.changed({name: getattr(row, name) for name in values}, values)
    Story.machine.move(
        *(row, "edit"),
        revision=revision,
        written_at=clock.now(),
        written_by_id=by.user_id,
        **values,
    )
    if _put_people(row, people):
        changes["people"] = [None, f"{len(people)} 人"]
    rights.note(row, "public.story.edit", by=by, changes=changes)
    return row


@action
def hand_in(*, story: Story, by: Actor) -> Story:
    """The story goes to who publishes. Raises NotAllowed, MovedOn, or DomainError for one that is not
    complete."""
    row = rights.locked(story.pk)
    rights.expect_writer(row.organization, by)
    Story.machine.expect(row, "hand_in")
    expect_complete(row)
    _move(row, "hand_in", StoryStepKind.HANDED_IN, by, handed_in_by_id=by.user_id, reason="")
    rights.note(row, "public.story.hand_in", by=by)
    return row


@action
def take_back(*, story: Story, by: Actor) -> Story:
    """The story is taken back before it is published. Raises NotAllowed or MovedOn."""
    row = rights.locked(story.pk)
    rights.expect_writer(row.organization, by)
    _move(row, "take_back", StoryStepKind.TAKEN_BACK, by)
    rights.note(row, "public.story.take_back", by=by)
    return row


@action
def reopen(*, story: Story, by: Actor) -> Story:
    """The story is written again; what the public reads stays until it is published anew. Raises
    NotAllowed or MovedOn."""
    row = rights.locked(story.pk)
    rights.expect_writer(row.organization, by)
    _move(row, "reopen", StoryStepKind.REOPENED, by)
    rights.note(row, "public.story.reopen", by=by)
    return row


@action
def remove(*, story: Story, by: Actor) -> None:
    """Deletes a story that the public does not read, with its page and all pictures. Raises NotAllowed or
    Conflict."""
    row = rights.locked(story.pk)
    rights.expect_writer(row.organization, by)
    page = getattr(row, "page", None)
    if page is not None and page.taken_down_at is None:
        raise Conflict("还在公开，请先由发布人撤下再删除。", code="state")
    if row.state not in (StoryState.DRAFT, StoryState.RETURNED, StoryState.TAKEN_DOWN):
        raise Conflict("已经送审，请先取回再删除。", code="state")
    rights.note(row, "public.story.remove", by=by, changes={"title": [row.title, None]})
    for picture in row.pictures.all():
        attachments.discard(picture)
    if page is not None:
        for copy in page.pictures.all():
            attachments.discard(copy)
    row.delete()
    rights.move_stamp_on()


def expect_complete(row: Story) -> None:
    """Raises DomainError where something is lacking that the public must be told. One query."""
    labels = {
        one.name: one.verbose_name
        for one in Story._meta.get_fields()
        if hasattr(one, "verbose_name")
    }
    missing = [str(labels[name]) for name in WANTED[StoryKind(row.kind)] if not getattr(row, name)]
    if row.is_echo and row.told_on is None:
        missing.append("答复日期")
    if row.is_echo and not row.is_solved and row.promised_on is None:
        missing.append("答应再回音的日期")
    if row.results and not row.source and row.kind != StoryKind.ECHO:
        missing.append("数字从哪里来")
    if missing:
        raise DomainError(f"还没有写{'、'.join(missing)}，请先修改补上再送审。")
    if row.pictures.filter(state="ready", alt="").exists():
        raise DomainError("有图片还没有写“图上是什么”，看不见图的人靠它知道。请先补上再送审。")


def _values(kind: str, words: Words) -> dict[str, Any]:
    title = clean(words.title)
    if not 2 <= len(title) <= TITLE:
        raise DomainError(f"请写标题，2 至 {TITLE} 字。", field="title")
    values: dict[str, Any] = {"title": title}
    for name, most in TEXTS.items():
        told = getattr(words, name) if name in TOLD[StoryKind(kind)] else ""
        values[name] = clean(told, multiline=name not in ONE_LINE)
        if len(values[name]) > most:
            raise DomainError(f"限 {most} 字。", field=name)
    is_echo = kind == StoryKind.ECHO
    values["told_on"] = words.told_on if is_echo else None
    values["is_solved"] = words.is_solved if is_echo else True
    values["promised_on"] = words.promised_on if is_echo and not words.is_solved else None
    if values["told_on"] is not None and values["told_on"] > clock.today():
        raise DomainError("答复日期不能在今天以后。", field="told_on")
    if values["told_on"] is not None and values["told_on"].year < 2000:
        raise DomainError("答复日期应在 2000 年以后。", field="told_on")
    if values["promised_on"] is not None and values["promised_on"].year > clock.today().year + 5:
        raise DomainError("答应再回音的日期应在五年以内。", field="promised_on")
    return values


def _people(words: Words) -> list[StoryPerson]:
    found: dict[str, StoryPerson] = {}
    for one in words.people:
        name, basis = clean(one.name), clean(one.basis)
        if not name:
            continue
        if name in found:
            raise DomainError(f"“{name}”写了两次。")
        if len(name) > 50 or not 2 <= len(basis) <= BASIS or one.agreed_on is None:
            raise DomainError(f"“{name[:20]}”凭什么同意、哪天同意，都要写上。")
        if not one.agreed_on.year >= 2000 or one.agreed_on > clock.today():
            raise DomainError(f"“{name}”同意的日期应在 2000 年以后、今天以前。")
        found[name] = StoryPerson(name=name, basis=basis, agreed_on=one.agreed_on)
    if len(found) > MOST_PEOPLE:
        raise DomainError(f"一篇最多写到 {MOST_PEOPLE} 人。")
    return list(found.values())


def _put_people(row: Story, people: Sequence[StoryPerson]) -> bool:
    """Who is named from now on; whether that is a change."""
    before = set(row.people.values_list("name", "basis", "agreed_on"))
    if before == {(one.name, one.basis, one.agreed_on) for one in people}:
        return False
    row.people.all().delete()
    for one in people:
        one.story = row
    StoryPerson.objects.bulk_create(people)
    return True


def _move(row: Story, act: str, kind: StoryStepKind, by: Actor, **changes: Any) -> None:
    step = StoryStep(story=row, kind=kind, text=changes.get("reason", ""))
    Story.machine.move(row, act, step=step, by=by, **changes)


NAMES = tuple(one.name for one in fields(Words) if one.name != "people")
