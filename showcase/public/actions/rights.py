"""Who may act on stories, and their rows, which are everybody's lock."""

import uuid
from collections.abc import Mapping
from typing import Any

from core import audit, clock
from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import PublicStamp, Story


def expect_writer(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor writes stories of the organisation."""
    if not by.may_at(Permission.STORY_WRITE, organization.path):
        raise NotAllowed("公开故事由本单位和上级党组织起草。")


def expect_publisher(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor publishes what is told of the organisation."""
    if not by.may_at(Permission.SHOWCASE_PUBLISH, organization.path):
        raise NotAllowed("公开内容由党工委工作人员发布、退回和撤下。")


def locked(pk: int) -> Story:
    """The story as it is stored, held until the transaction ends. One query."""
    rows = Story.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def move_stamp_on(**more: Any) -> None:
    """From the commit on no page that was rendered before is shown any more; `more` of the stamp is set
    with it. Holds the row of the stamp: two who change what the public reads do so one after the other.
    Two queries."""
    PublicStamp.objects.get_or_create(pk=PublicStamp.ONLY)
    PublicStamp.objects.filter(pk=PublicStamp.ONLY).update(
        version=uuid.uuid4(), changed_at=clock.now(), **more
    )


def note(
    row: Story,
    verb: str,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """One audit entry, at the place of the story's organisation."""
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=row.organization_id,
        organization_path=row.organization.path,
        changes=changes or {},
    )
