"""Stories and their pictures, fetched and authorised at once."""

import uuid

from django.http import Http404

from core.actor import Actor
from core.models import Attachment
from orgs.permissions import Permission

from .models import Story, StoryPicture


def get_story(actor: Actor, uid: uuid.UUID) -> Story:
    """The story, if the actor writes or publishes it. Raises Http404. One query."""
    rows = Story.objects.visible_to(actor).select_related(
        "organization", "page", "written_by", "handed_in_by"
    )
    found = rows.filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_written_story(actor: Actor, uid: uuid.UUID) -> Story:
    """One that the actor writes. Raises Http404."""
    story = get_story(actor, uid)
    if not writes(actor, story):
        raise Http404
    return story


def get_published_story(actor: Actor, uid: uuid.UUID) -> Story:
    """One that the actor decides about. Raises Http404."""
    story = get_story(actor, uid)
    if not publishes(actor, story):
        raise Http404
    return story


def get_picture(actor: Actor, uid: uuid.UUID) -> StoryPicture:
    """The picture of a story that the actor may read. Raises Http404. Two queries at most."""
    rows = StoryPicture.objects.filter(uid=uid, state=Attachment.State.READY)
    found = rows.filter(story__in=Story.objects.visible_to(actor))
    row = found.select_related("story__organization").first()
    if row is None:
        raise Http404
    return row


def get_written_picture(actor: Actor, uid: uuid.UUID) -> StoryPicture:
    """The picture of a story that the actor writes. Raises Http404."""
    picture = get_picture(actor, uid)
    if not writes(actor, picture.story):
        raise Http404
    return picture


def writes(actor: Actor, story: Story) -> bool:
    """Whether the actor writes it. No query."""
    return actor.may_at(Permission.STORY_WRITE, story.organization.path)


def publishes(actor: Actor, story: Story) -> bool:
    """Whether the actor decides what the public reads of it. No query."""
    return actor.may_at(Permission.SHOWCASE_PUBLISH, story.organization.path)


def is_own(actor: Actor, story: Story) -> bool:
    """Whether he wrote or handed it in himself: then another publishes it. No query."""
    return actor.user_id in (story.written_by_id, story.handed_in_by_id)
