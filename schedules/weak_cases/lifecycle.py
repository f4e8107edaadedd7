"""What the ceasing of an organisation means for its case, said before it ceases."""

from orgs.models import Organization

from .models import WeakCase


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """That the case goes over. Holds the row. One query, two where there is one."""
    if target is None:
        return []
    rows = WeakCase.objects.under_way()
    found = rows.select_for_update(of=("self",)).filter(organization=source).first()
    if found is None:
        return []
    if rows.filter(organization=target).exists():
        return [f"它的软弱涣散整顿（{found.get_state_display()}）并入{target}正在进行的整顿。"]
    return [f"它的软弱涣散整顿（{found.get_state_display()}）转到{target}，接着办。"]


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. One query."""
    found = WeakCase.objects.under_way().filter(organization=organization).first()
    if found is None:
        return []
    return [f"软弱涣散整顿还没有结束（{found.get_state_display()}），请先办结"]
