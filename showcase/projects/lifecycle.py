"""What the ceasing of an organisation means for its projects, said before it ceases."""

from orgs.models import Organization

from .models import Project

NAMED = 5  # projects in one line


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many projects go over, as `actions.succession.follow` takes them. Holds the rows. One
    query."""
    if target is None:
        return []
    rows = list(
        Project.objects.filter(organization=source)
        .not_over()
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    if not rows:
        return []
    named = "、".join(f"“{row}”" for row in rows[:NAMED]) + ("等" if len(rows) > NAMED else "")
    return [f"{len(rows)} 个没有办完的党建项目转由{target}承担，节点期限不变：{named}。"]


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. One query."""
    count = Project.objects.filter(organization=organization).not_over().count()
    return [f"还有没有办完的党建项目 {count} 个，请先结项或终止"] if count else []
