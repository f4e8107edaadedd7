"""Brands as those read of them who are named to judge."""

import uuid
from collections.abc import Collection, Mapping

from core.actor import Actor
from showcase.panels.subjects import Told

from ..models import Brand


def describe(uids: Collection[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, Told]:
    """Those of the brands that the actor may read, with their addresses. One query."""
    rows = Brand.objects.visible_to(actor).filter(uid__in=list(uids)).select_related("organization")
    return {one.uid: Told(f"{one.organization} {one.name}", one.get_absolute_url()) for one in rows}
