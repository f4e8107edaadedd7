"""Stories in a list, narrowed; and what waits for somebody."""

from django.db.models import QuerySet

from core import clock
from core.actor import Actor
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import StoryState
from ..models import Story

SHOWINGS = ("waiting", "own", "shown", "down")


def listed(actor: Actor, *, showing: str = "", kind: str = "", text: str = "") -> QuerySet[Story]:
    """The stories that the actor may know of, newest first. No query."""
    rows = Story.objects.visible_to(actor)
    if showing == "waiting":
        rows = rows.filter(state=StoryState.HANDED_IN)
    elif showing == "own":
        rows = rows.filter(state__in=[StoryState.DRAFT, StoryState.RETURNED])
    elif showing == "shown":
        rows = rows.filter(page__isnull=False, page__taken_down_at=None)
    elif showing == "down":
        rows = rows.filter(state=StoryState.TAKEN_DOWN)
    if kind:
        rows = rows.filter(kind=kind)
    if text:
        rows = rows.filter(title__icontains=text)
    return rows.order_by("-written_at", "-pk")


def waiting_to_be_published(actor: Actor) -> int:
    """How many were handed in to who publishes. One query."""
    mine = in_scope(actor, Permission.SHOWCASE_PUBLISH)
    rows = Story.objects.filter(mine, state=StoryState.HANDED_IN)
    return rows.exclude(written_by_id=actor.user_id).exclude(handed_in_by_id=actor.user_id).count()


def returned_to(actor: Actor) -> list[Story]:
    """What came back to the actor's own organisation. One query."""
    rows = Story.objects.filter(organization=actor.organization_id, state=StoryState.RETURNED)
    return list(rows.order_by("pk"))


def is_shown(story: Story) -> bool:
    """Whether anybody reads of it today. No query where the page was read with it."""
    page = getattr(story, "page", None)
    return page is not None and page.is_shown(clock.today())
