"""What the ceasing of an organisation means for its brands, said before it ceases."""

from orgs.models import Organization

from .enums import BrandState
from .models import Brand

ENDED = (BrandState.WITHDRAWN, BrandState.DROPPED)
NAMED = 6  # brands in one line


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many brands go over, as `actions.succession.follow` takes them. Holds the rows. One query."""
    if target is None:
        return []
    rows = Brand.objects.filter(organization=source).exclude(state__in=ENDED)
    names = list(rows.select_for_update(of=("self",)).values_list("name", flat=True))
    if not names:
        return []
    said = "、".join(f"“{one}”" for one in names[:NAMED]) + (" 等" if len(names) > NAMED else "")
    return [f"{len(names)} 个党建品牌转由{target}继续：{said}。亮点和学用记录留在原单位名下。"]


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. One query."""
    count = Brand.objects.filter(organization=organization).exclude(state__in=ENDED).count()
    return [f"还有党建品牌 {count} 个，请先撤销命名或不再培育"] if count else []
