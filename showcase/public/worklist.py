"""What stories put on a person's home."""

from urllib.parse import urlencode

from django.urls import reverse

from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from .queries.listing import returned_to, waiting_to_be_published


def provide(actor: Actor, work: Worklist) -> None:
    """For who publishes, what was handed in by others; for who writes, what came back. One query for
    each."""
    if Permission.SHOWCASE_PUBLISH in actor.permissions and (
        count := waiting_to_be_published(actor)
    ):
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
        for story in returned_to(actor):
            work.items.append(
                WorkItem(
                    title=f"公开故事退回：{story}",
                    text=story.reason,
                    url=story.get_absolute_url(),
                    button="修改",
                    lead="退回",
                    tone="warn",
                    order=(3, 0),
                )
            )
