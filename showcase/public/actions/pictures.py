"""The pictures of a story, while it is written."""

from typing import Any

from core import attachments
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.text import clean

from ..models import Story, StoryPicture
from ..rules import CAPTION, MOST_PICTURES
from . import rights

PICTURES = ("image/jpeg", "image/png")


@action
def add(*, story: Story, file: attachments.Checked, by: Actor) -> StoryPicture:
    """Adds a picture; the same one twice is one. Raises NotAllowed, MovedOn or DomainError."""
    row = _open(story.pk, by)
    if file.content_type not in PICTURES:
        raise DomainError("请用 JPG 或 PNG 图片。", field="file")
    if row.pictures.filter(state="ready").exclude(sha256=file.sha256).count() >= MOST_PICTURES:
        raise DomainError(f"一篇最多 {MOST_PICTURES} 张图片。", field="file")
    picture, is_new = attachments.keep(StoryPicture, file=file, by=by, story=row)
    if is_new:
        rights.note(row, "public.picture.add", by=by, changes={"picture": [None, picture.name]})
    return picture


@action
def describe(
    *, picture: StoryPicture, alt: str, caption: str, revision: int, by: Actor
) -> StoryPicture:
    """What the picture shows, and what stands below it. What stands there already changes nothing. Raises
    NotAllowed, MovedOn, DomainError, or Stale when somebody else has described it meanwhile."""
    row = _open(picture.story_id, by)
    told: dict[str, Any] = {"alt": clean(alt), "caption": clean(caption)}
    if not 2 <= len(told["alt"]) <= CAPTION:
        raise DomainError(f"请写图上是什么，2 至 {CAPTION} 字。", field="alt")
    if len(told["caption"]) > CAPTION:
        raise DomainError(f"限 {CAPTION} 字。", field="caption")
    if StoryPicture.objects.filter(pk=picture.pk, **told).exists():
        picture.refresh_from_db()
        return picture
    before = {name: getattr(picture, name) for name in told}
    StoryPicture.description.move(picture, "describe", revision=revision, **told)
    rights.note(
        row,
        "public.picture.describe",
        by=by,
        changes={name: [before[name], value] for name, value in told.items()},
    )
    return picture


@action
def remove(*, picture: StoryPicture, by: Actor) -> None:
    """Takes a picture out of the story; a copy that the public sees stays until the story is published
    again or taken down. Idempotent. Raises NotAllowed or MovedOn."""
    row = _open(picture.story_id, by)
    if not StoryPicture.objects.filter(pk=picture.pk).exists():
        return
    rights.note(row, "public.picture.remove", by=by, changes={"picture": [picture.name, None]})
    attachments.discard(picture)


def _open(pk: int, by: Actor) -> Story:
    row = rights.locked(pk)
    rights.expect_writer(row.organization, by)
    Story.machine.expect(row, "edit")
    return row
