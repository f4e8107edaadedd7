"""What the ceasing of an organisation means for its concerns, said before it ceases."""

from orgs.models import Organization

from .enums import OPEN, ConcernState
from .models import Concern

_UNDER_WAY = (*OPEN, ConcernState.ANSWERED)


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many go over, as `actions.concerns.follow` takes them. Holds the rows. One query."""
    if target is None:
        return []
    rows = Concern.objects.filter(organization=source).select_for_update(of=("self",))
    states = list(rows.values_list("state", flat=True))
    if not states:
        return []
    count = sum(state in _UNDER_WAY for state in states)
    return [f"{len(states)} 件群众诉求（没有办结的 {count} 件）转由{target}接着办，期限不变。"]


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. One query."""
    count = Concern.objects.filter(organization=organization, state__in=_UNDER_WAY).count()
    return [f"还有没有办结的群众诉求 {count} 件，请先办结或转给别的单位"] if count else []
