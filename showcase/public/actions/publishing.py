"""What the public reads: published by another person than who wrote it, from one day to another, taken down
at once."""

import datetime as dt
from typing import Any

from core import attachments, clock, phones
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.identity import mask_again
from schedules.concerns.queries.filings import open_form

from ..enums import StoryStepKind
from ..models import PublicPage, PublicPicture, Story, StoryStep
from ..queries.names import named_without_consent, text_of
from ..rules import checked_days, checked_reason, quotes
from ..subjects import Subject, frozen, standing
from . import rights
from .stories import expect_complete


@action
def publish(
    *,
    story: Story,
    revision: int,
    shown_from: dt.date | None,
    shown_until: dt.date | None,
    not_names: bool = False,
    by: Actor,
) -> PublicPage:
    """Copies the story, with its pictures, to the page that anybody reads. `not_names`: words of two
    characters that are also somebody's name were looked at and name nobody. Raises NotAllowed also for
    who wrote it, MovedOn, Stale or DomainError."""
    row = rights.locked(story.pk)
    rights.expect_publisher(row.organization, by)
    Story.machine.expect(row, "publish", revision)
    if by.user_id in (row.written_by_id, row.handed_in_by_id):
        raise NotAllowed("自己写的、自己送审的不能自己发布，请另一位同志发布。")
    first, last = checked_days(shown_from, shown_until, clock.today())
    expect_complete(row)
    subject = _expect_standing(row)
    pictures = list(row.pictures.filter(state="ready").order_by("pk"))
    coincidences = _expect_fit(row, subject, pictures, not_names)
    _move(row, "publish", StoryStepKind.PUBLISHED, by, revision=revision)
    rights.move_stamp_on()
    page = _copied(row, subject, first, last)
    for old in page.pictures.all():
        attachments.discard(old)
    for number, one in enumerate(pictures, 1):
        ending = one.name.rpartition(".")[2]
        told = {"caption": one.caption, "alt": one.alt}
        attachments.copy(PublicPicture, of=one, name=f"图{number}.{ending}", page=page, **told)
    changes: dict[str, Any] = {"shown_from": [None, first], "shown_until": [None, last]}
    if coincidences:
        changes["not_names"] = [None, "、".join(coincidences)]
    rights.note(row, "public.story.publish", by=by, changes=changes)
    return page


@action
def send_back(*, story: Story, revision: int, reason: str, by: Actor) -> Story:
    """The story goes back to who writes it, with what is to be changed. Raises NotAllowed, MovedOn, Stale
    or DomainError."""
    row = rights.locked(story.pk)
    rights.expect_publisher(row.organization, by)
    Story.machine.expect(row, "send_back", revision)
    reason = checked_reason(reason)
    _move(row, "send_back", StoryStepKind.RETURNED, by, revision=revision, reason=reason)
    rights.note(row, "public.story.send_back", by=by, changes={"reason": [None, reason]})
    return row


@action
def schedule(
    *,
    story: Story,
    revision: int,
    shown_from: dt.date | None,
    shown_until: dt.date | None,
    by: Actor,
) -> Story:
    """The days on which the public reads a page. Raises NotAllowed, MovedOn, Stale or DomainError."""
    row = rights.locked(story.pk)
    rights.expect_publisher(row.organization, by)
    Story.machine.expect(row, "schedule", revision)
    first, last = checked_days(shown_from, shown_until, clock.today())
    text = f"{first:%Y-%m-%d}起" + (f"，到{last:%Y-%m-%d}" if last else "")
    _move(row, "schedule", StoryStepKind.SCHEDULED, by, revision=revision, text=text)
    rights.move_stamp_on()
    PublicPage.objects.filter(story=row).update(shown_from=first, shown_until=last)
    changes = {"shown_from": [None, first], "shown_until": [None, last]}
    rights.note(row, "public.story.schedule", by=by, changes=changes)
    return row


@action
def take_down(*, story: Story, reason: str, by: Actor) -> Story:
    """The public reads the page no more, from the next request on; its copied pictures are deleted.
    Raises NotAllowed, MovedOn or DomainError."""
    row = rights.locked(story.pk)
    rights.expect_publisher(row.organization, by)
    Story.machine.expect(row, "take_down")
    page = PublicPage.objects.filter(story=row, taken_down_at=None).first()
    if page is None:
        raise DomainError("这篇故事没有公开着的页面。")
    reason = checked_reason(reason)
    _move(row, "take_down", StoryStepKind.TAKEN_DOWN, by, reason=reason)
    rights.move_stamp_on()
    PublicPage.objects.filter(pk=page.pk).update(taken_down_at=clock.now())
    for picture in page.pictures.all():
        attachments.discard(picture)
    rights.note(row, "public.story.take_down", by=by, changes={"reason": [None, reason]})
    return row


def _expect_standing(row: Story) -> Subject:
    subject = standing(row.kind, row.subject)
    if subject is None:
        raise DomainError(
            f"“{row.subject_label}”现在不能公开：示范点已摘牌、品牌已撤销、项目没有结项，"
            "或诉求没有答复。请退回。"
        )
    return subject


def _expect_fit(row: Story, subject: Subject, pictures: list[Any], not_names: bool) -> list[str]:
    """Raises DomainError for what may not stand in public; returns the words that were said to be no
    names."""
    shown = "\n".join(f"{one.caption}\n{one.alt}" for one in pictures)
    text = f"{text_of(row)}\n{shown}"
    if mask_again(text) != text:
        raise DomainError("文中有身份证号码，不能公开。请退回修改。")
    if any(not area and len(number) == 11 for area, number in phones.numbers(text)):
        raise DomainError("文中有手机号码，不能公开。请退回修改，需要时写单位的值班电话。")
    if subject.original and quotes(text, subject.original):
        raise DomainError("文中照搬了群众原话。回音要用自己的话写，请退回修改。")
    if any(one in text for one in subject.contact if len(one) >= 2):
        raise DomainError("文中有诉求人的姓名或电话，不能公开。请退回修改。")
    named = named_without_consent(row, shown)
    certain = [one for one in named if len(one) > 2]
    if certain:
        raise DomainError(
            f"文中写到{'、'.join(certain[:5])}，没有登记本人同意。请退回，登记同意或改写。"
        )
    if named and not not_names:
        raise DomainError(
            f"“{'”“'.join(named[:5])}”也是本系统党员的姓名。是人名的请退回登记同意；"
            "核对过不是人名的，勾选后再发布。",
            field="not_names",
        )
    return named


def _copied(row: Story, subject: Subject, first: dt.date, last: dt.date | None) -> PublicPage:
    """The page, new or anew under its old number. The caller holds the stamp: one after the other."""
    days = {"shown_from": first, "shown_until": last, "taken_down_at": None}
    values = frozen(row, subject) | days
    there = PublicPage.objects.filter(story=row).first()
    if there is not None:
        PublicPage.objects.filter(pk=there.pk).update(**values)
        there.refresh_from_db()
        return there
    slugs = PublicPage.objects.filter(kind=row.kind).values_list("slug", flat=True)
    number = max((int(one) for one in slugs), default=0) + 1
    return PublicPage.objects.create(story=row, kind=row.kind, slug=str(number), **values)


def _move(
    row: Story,
    act: str,
    kind: StoryStepKind,
    by: Actor,
    revision: int | None = None,
    text: str = "",
    **changes: Any,
) -> None:
    step = StoryStep(story=row, kind=kind, text=text or changes.get("reason", ""))
    Story.machine.move(row, act, revision=revision, step=step, by=by, **changes)


def follow_form() -> None:
    """Pages for all lead to the public form while it is on. Called in the transaction that switches it.
    Three queries."""
    rights.move_stamp_on(takes_concerns=open_form() is not None)
