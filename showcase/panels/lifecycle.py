"""What the ceasing of an organisation means for panels, said before it ceases."""

from orgs.models import Organization

from .models import Panel


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many open panels go over, as `actions.succession.follow` takes them. Holds the rows. Two
    queries."""
    if target is None:
        return []
    rows = Panel.objects.under_way().select_for_update(of=("self",))
    arranged = len(rows.filter(organization=source).values_list("pk", flat=True))
    judged = len(rows.filter(judged=source).values_list("pk", flat=True))
    lines = []
    if arranged:
        lines.append(f"它组织的 {arranged} 次评审转由{target}组织，评审人和截止日期不变。")
    if judged:
        lines.append(f"评它的 {judged} 次评审接着评，在{target}任职的评审人要回避。")
    return lines


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. Two queries."""
    rows = Panel.objects.under_way()
    reasons = []
    if arranged := rows.filter(organization=organization).count():
        reasons.append(f"它组织的评审还有 {arranged} 次没有结束，请先结束或取消")
    if judged := rows.filter(judged=organization).count():
        reasons.append(f"评它的评审还有 {judged} 次没有结束，请先结束或取消")
    return reasons
