"""What the ceasing of an organisation means for its sites, said before it ceases."""

from orgs.models import Organization

from .models import DemonstrationSite
from .models.site import IN_FORCE, LIVE


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many go over to the target. Holds the rows. One query."""
    if target is None:
        return []
    rows = DemonstrationSite.objects.filter(organization=source, state__in=LIVE)
    held = list(rows.select_for_update(of=("self",)).values_list("title", "state"))
    if not held:
        return []
    named = sum(state in IN_FORCE for _, state in held)
    parts = []
    if named:
        parts.append(f"{named} 个在册示范点")
    if len(held) - named:
        parts.append(f"{len(held) - named} 份示范点申报")
    return [
        f"{'、'.join(parts)}转到{target}名下，牌号和复核日期不变；同一项目里重复的，原来的取消。"
    ]


def object_to_abolishing(organization: Organization) -> list[str]:
    """Sites whose plaque would hang at no door. One query."""
    rows = DemonstrationSite.objects.filter(organization=organization, state__in=LIVE)
    states = list(rows.values_list("state", flat=True))
    named = sum(state in IN_FORCE for state in states)
    reasons = []
    if named:
        reasons.append(f"还有在册示范点 {named} 个，请先摘牌")
    if len(states) - named:
        reasons.append(f"还有没有办完的示范点申报 {len(states) - named} 份，请先撤回或决定")
    return reasons
