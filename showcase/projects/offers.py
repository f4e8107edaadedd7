"""Where the page of a score leads to the projects that serve its indicators."""

from collections.abc import Sequence
from urllib.parse import urlencode

from django.urls import reverse

from assessments.cycles.models import Assessed
from assessments.cycles.offers import Link
from core.actor import Actor
from orgs.permissions import Permission

from .queries.board import serving


def of_assessed(actor: Actor, assessed: Assessed) -> Sequence[Link]:
    """Projects of the assessed that serve an indicator of its scheme. One query."""
    if not actor.may(Permission.PROJECT_VIEW):
        return ()
    scheme, place = assessed.version.scheme_id, assessed.organization_id
    count = serving(actor, scheme, place)
    if not count:
        return ()
    url = (
        f"{reverse('projects:project-list')}?{urlencode({'scheme': scheme, 'organization': place})}"
    )
    return [Link("党建项目", url, f"{count} 个对着这里的指标")]
