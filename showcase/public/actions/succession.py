"""What becomes of stories when an organisation becomes part of another."""

from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..enums import StoryStepKind
from ..models import Story, StoryStep
from . import rights


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """Stories of the source go over to the target; what the public reads stays under the name that it was
    published with. Returns how many."""
    rows = Story.objects.filter(organization=source).select_for_update(of=("self",))
    found = list(rows.select_related("organization").order_by("pk"))
    for row in found:
        step = StoryStep(story=row, kind=StoryStepKind.INHERITED, text=f"{source}并入{target}")
        Story.machine.move(row, "inherit", step=step, by=by, organization=target)
        changes = {"organization": [str(source), str(target)]}
        rights.note(row, "public.story.inherit", by=by, changes=changes)
    return len(found)
