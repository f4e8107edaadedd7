"""What the ceasing of an organisation means for its stories, said before it ceases."""

from orgs.models import Organization

from .models import PublicPage, Story


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many go over to the target. Holds the rows. One query."""
    if target is None:
        return []
    rows = Story.objects.filter(organization=source).select_for_update(of=("self",))
    count = len(rows.values_list("pk", flat=True))
    if not count:
        return []
    return [f"{count} 篇公开故事转到{target}名下；已公开的页面仍用发布时的名称。"]


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be read of it in public. One query."""
    rows = PublicPage.objects.filter(story__organization=organization, taken_down_at=None)
    count = rows.count()
    return [f"还有公开着的页面 {count} 个，请先撤下"] if count else []
