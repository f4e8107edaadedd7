"""What the ceasing of an organisation means for its items, said before it ceases."""

from orgs.models import Organization

from .enums import ActionState
from .models import ActionItem

NAMED = 6  # items in one line


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many items go over, as `actions.succession.follow` takes them, and what becomes of those
    that it gave out. Holds the rows. Two queries."""
    if target is None:
        return []
    lines = []
    rows = list(
        ActionItem.objects.held_by(source)
        .select_for_update(of=("self",))
        .order_by("year", "serial", "part")
    )
    if rows:
        named = "、".join(row.number for row in rows[:NAMED]) + (" 等" if len(rows) > NAMED else "")
        lines.append(f"{len(rows)} 件没有销号的督办转由{target}办理，期限不变：{named}。")
    given = ActionItem.objects.filter(issuer=source).counted().under_way()
    count = len(given.select_for_update(of=("self",)).values_list("pk", flat=True))
    if count:
        lines.append(f"它交办的 {count} 件在办督办保留原文号，改由上级核验。")
    return lines


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. Three queries."""
    own = ActionItem.objects.held_by(organization).count()
    waiting = ActionItem.objects.filter(state=ActionState.WAITING, waiting_for=organization).count()
    given = ActionItem.objects.filter(issuer=organization).counted().under_way().count()
    reasons = []
    if own:
        reasons.append(f"还有没有销号的督办 {own} 件，请先销号、转办或作废")
    if waiting:
        reasons.append(f"有 {waiting} 件督办在等它办理，请先恢复办理")
    if given:
        reasons.append(f"它交办的督办还有 {given} 件没有销号，请先销号或作废")
    return reasons
