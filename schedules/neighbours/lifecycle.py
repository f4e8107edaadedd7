"""What the ceasing of an organisation means here, said before it ceases."""

from orgs.models import Organization

from .models import GridPost, Partnership, Wish
from .models.wish import LIVE


def _open(organization: Organization) -> tuple[int, int, int]:
    """Wishes, posts, partnerships of the organisation that are not over. Holds them. Five queries."""

    def held(rows) -> set[int]:  # type: ignore[no-untyped-def]
        return set(rows.select_for_update(of=("self",)).values_list("pk", flat=True))

    wishes = Wish.objects.filter(state__in=LIVE)
    own, taken = wishes.filter(organization=organization), wishes.filter(claimant=organization)
    posts = GridPost.objects.filter(organization=organization, until=None)
    bonds = Partnership.objects.running()
    ours, theirs = bonds.filter(organization=organization), bonds.filter(partner=organization)
    return len(held(own) | held(taken)), len(held(posts)), len(held(ours) | held(theirs))


def foresee(source: Organization, target: Organization | None) -> list[str]:
    """How many go over to the target. Holds the rows. Five queries."""
    if target is None:
        return []
    told = _told(source)
    if not told:
        return []
    return [f"{'、'.join(told)}转到{target}名下；与{target}之间的共建、重复的共建就此结束。"]


def object_to_abolishing(organization: Organization) -> list[str]:
    """What would be left to nobody. Five queries."""
    told = _told(organization)
    return [f"还有{'、'.join(told)}，请先办完、撤回或结束"] if told else []


def _told(organization: Organization) -> list[str]:
    words = ("个没有办完的微心愿", "个带岗带责", "项双报到和共建")
    return [
        f"{count} {word}" for count, word in zip(_open(organization), words, strict=True) if count
    ]
