"""The file of a brand: what is lacking, its steps, its picture, who copies it."""

from collections.abc import Iterable
from typing import Any

from core.actor import Actor
from core.models import Attachment
from orgs.models import Organization
from orgs.permissions import Permission

from ..enums import Phase
from ..models import Brand, BrandCopy, BrandMark
from ..rules import NEEDED


def lacking_of(brand: Brand, steps: Iterable[Any] | None = None) -> list[str]:
    """Fields of the file that are empty, and `step_<phase>` for phases of which no step is done. One query, unless the
    steps are given."""
    rows = brand.steps.all() if steps is None else steps
    done = {one.phase for one in rows if one.done_on is not None}
    return [
        *(name for name in NEEDED if not getattr(brand, name)),
        *(f"step_{one}" for one in Phase.values if one not in done),
    ]


def mark_of(brand: Brand) -> BrandMark | None:
    """The brand's picture. One query."""
    return brand.marks.filter(state=Attachment.State.READY).order_by("-pk").first()


def copies_of(brand: Brand) -> list[BrandCopy]:
    """Who copies it, the first to begin first. One query."""
    return list(brand.copies.select_related("organization"))


def own_place(actor: Actor) -> Organization | None:
    """The organisation that the actor writes for; None for who writes for none. A query at most."""
    if Permission.BRAND_PROPOSE not in actor.permissions:
        return None
    return Organization.objects.filter(pk=actor.organization_id or 0).first()
