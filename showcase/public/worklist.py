"""What stories put on a person's home."""

import datetime as dt
from urllib.parse import urlencode

from django.urls import reverse

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .enums import StoryKind, StoryState
from .models import Story
from .queries.listing import no_longer_so, waiting_for_writer, waiting_to_be_published
from .rules import NO_LONGER

AHEAD = dt.timedelta(days=3)  # so long before its day a promised echo is told


def provide(actor: Actor, work: Worklist) -> None:
    """For who publishes, what was handed in by others, and pages that are no longer true; for who writes,
    what came back, and echoes that promised another word. One query for each."""
    if Permission.SHOWCASE_PUBLISH not in actor.permissions:
        count = 0
    else:
        count = waiting_to_be_published(actor)
        work.items += [_untrue(story) for story in no_longer_so(actor)]
    if count:
        work.items.append(
            WorkItem(
                title="公开故事待发布",
                text=f"{count} 篇",
                url=f"{reverse('public:story-list')}?{urlencode({'showing': 'waiting'})}",
                button="去看",
                lead="发布",
                order=(5, 1),
            )
        )
    if Permission.STORY_WRITE in actor.permissions:
        today = clock.today()
        for story in waiting_for_writer(actor, today + AHEAD):
            work.items.append(
                _returned(story) if story.state == StoryState.RETURNED else _promised(story, today)
            )


def _untrue(story: Story) -> WorkItem:
    return WorkItem(
        title=f"公开页面已不符合：{story}",
        text=NO_LONGER[StoryKind(story.kind)],
        url=story.get_absolute_url(),
        button="去撤下",
        lead="撤下",
        tone="bad",
        order=(1, 0),
    )


def _returned(story: Story) -> WorkItem:
    return WorkItem(
        title=f"公开故事退回：{story}",
        text=story.reason,
        url=story.get_absolute_url(),
        button="修改",
        lead="退回",
        tone="warn",
        order=(3, 0),
    )


def _promised(story: Story, today: dt.date) -> WorkItem:
    days = (story.promised_on - today).days if story.promised_on is not None else 0
    return WorkItem(
        title=f"答应过再回音：{story}",
        text="公开写着还没有解决，到日子要有下文",
        url=story.get_absolute_url(),
        button="改写",
        lead="回音",
        due_on=story.promised_on,
        days_left=days,
        tone="bad" if days < 0 else "",
        order=(1 if days < 0 else 4, days),
    )
