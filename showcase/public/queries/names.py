"""Who is named in what the public is to read."""

from members.models import Member
from orgs.models import RoleGrant
from orgs.models.organization import STEP, below

from ..models import Story
from ..rules import unagreed


def text_of(story: Story) -> str:
    """All that the public would read of a story, but its pictures. No query."""
    parts = (
        *(story.title, story.lead, story.origin, story.practice, story.results),
        *(story.source, story.copied, story.lacking, story.visit),
    )
    return "\n".join(parts)


def named_without_consent(story: Story, more: str = "") -> list[str]:
    """Members and office-holders of the story's committee who are named in it, or in `more` (what its
    pictures are said to show), and whose consent is not recorded. Three queries."""
    top = below(story.organization.path[: 2 * STEP], "organization__")
    names = set(Member.objects.filter(top).values_list("name", flat=True))
    names |= set(RoleGrant.objects.filter(top).values_list("user__name", flat=True))
    agreed = list(story.people.values_list("name", flat=True))
    return unagreed(f"{text_of(story)}\n{more}", names, agreed)
