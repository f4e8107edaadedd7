"""Applications as panels judge them."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from core.actor import Actor
from showcase.panels.models import Panel
from showcase.panels.queries.seats import latest, result
from showcase.panels.rules import Result

from ..enums import SiteLevel
from ..models import DemonstrationSite

KIND = "sites.site"


@dataclass(frozen=True, slots=True)
class Review:
    """The newest panel of an application, and what it came to once it is closed."""

    panel: Panel | None = None
    result: Result | None = None

    @property
    def is_open(self) -> bool:
        """Whether opinions are still given."""
        return self.panel is not None and self.panel.is_open

    @property
    def is_for(self) -> bool:
        """Whether more than half of those who gave an opinion agreed."""
        found = self.result
        return found is not None and found.agreed * 2 > found.given > 0


def review_of(site: DemonstrationSite) -> Review:
    """The review of what was sent last: of what came back and was sent again an older one is none. Two
    queries at most."""
    panel = latest(KIND, [site.uid]).get(site.uid)
    if panel is None or (site.sent_at is not None and panel.opened_at < site.sent_at):
        return Review()
    return Review(panel, result(panel) if panel.is_closed else None)


def needs_review(site: DemonstrationSite) -> bool:
    """Whether who names it here has it judged first; what somebody above names is only written down. No
    query, for a site read with its programme."""
    return site.programme.level == SiteLevel.DISTRICT


def titles_of(uids: Collection[uuid.UUID], actor: Actor) -> Mapping[uuid.UUID, DemonstrationSite]:
    """Uid -> the application, of those that the actor may read whole. One query."""
    rows = DemonstrationSite.objects.within_reach(actor).filter(uid__in=list(uids))
    return {one.uid: one for one in rows.select_related("organization")}
