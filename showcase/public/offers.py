"""The way from a site, a brand, a project or a concern to its public story."""

from urllib.parse import urlencode

from django.db import models
from django.urls import reverse

from core.actor import Actor
from core.public_links import Link
from orgs.permissions import Permission

from .models import Story
from .subjects import kind_of, may_be_told


def story_link(actor: Actor, row: models.Model) -> Link | None:
    """To the row's story, or to a new one for who may write it; None for others, and for rows of which
    there is nothing to tell. One query at most."""
    kind = kind_of(row)
    if kind is None:
        return None
    path = row.organization.path  # type: ignore[attr-defined]
    writes = actor.may_at(Permission.STORY_WRITE, path)
    if not (writes or actor.may_at(Permission.SHOWCASE_PUBLISH, path)):
        return None
    uid = row.uid  # type: ignore[attr-defined]
    rows = Story.objects.visible_to(actor).select_related("page")
    story = rows.filter(kind=kind, subject=uid).first()
    if story is not None:
        return Link(f"公开故事（{story.get_state_display()}）", story.get_absolute_url())
    if writes and may_be_told(kind, row):
        asked = urlencode({"of": f"{kind}:{uid}"})
        return Link("写成公开故事", f"{reverse('public:story-create')}?{asked}")
    return None
