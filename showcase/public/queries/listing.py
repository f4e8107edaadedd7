"""Stories in a list, narrowed; and what waits for somebody."""

import datetime as dt

from django.db.models import Q, QuerySet

from core import clock
from core.actor import Actor
from orgs.access import in_scope
from orgs.permissions import Permission

from ..enums import StoryState
from ..models import Story
from ..subjects import untrue

MOST = 20  # lines of one kind on a home page
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


def waiting_for_writer(actor: Actor, day: dt.date) -> list[Story]:
    """What came back to the actor's own organisation, and echoes of it that promised another word by the
    day. One query."""
    promised = Q(state=StoryState.PUBLISHED, is_solved=False, promised_on__lte=day)
    rows = Story.objects.filter(
        Q(state=StoryState.RETURNED) | promised, organization=actor.organization_id
    )
    return list(rows.order_by("pk"))


def no_longer_so(actor: Actor) -> list[Story]:
    """Stories that anybody can read though what they tell of has lost its plaque or its name: for who
    publishes. One query."""
    mine = in_scope(actor, Permission.SHOWCASE_PUBLISH)
    rows = Story.objects.filter(mine, untrue(), page__isnull=False, page__taken_down_at=None)
    return list(rows.order_by("pk")[:MOST])


def is_shown(story: Story) -> bool:
    """Whether anybody reads of it today. No query where the page was read with it."""
    page = getattr(story, "page", None)
    return page is not None and page.is_shown(clock.today())
