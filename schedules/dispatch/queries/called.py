"""Who is called to a meeting, by posts; what the agenda's minutes sum up to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from core import clock
from orgs.enums import COMMITTEE_KINDS, Post
from orgs.models import OfficeHolding, Organization

from ..models import AgendaCard, DispatchMeeting


@dataclass(frozen=True, slots=True)
class Called:
    """A post of an organisation that is called, and who holds it; nobody where it is vacant."""

    organization: Organization
    post: Post
    person_name: str = ""
    user_id: int | None = None


def called_by_posts(holder: Organization, posts: Collection[str]) -> list[Called]:
    """Who is called when `holder` holds a meeting: these posts of the organisations directly below
    it, committees where it has any. Two queries."""
    places = places_below(holder)
    holdings: dict[tuple[int, str], list[OfficeHolding]] = {}
    for holding in (
        OfficeHolding.objects.current()
        .filter(organization__in=places, post__in=posts)
        .order_by("started_on", "pk")
    ):
        holdings.setdefault((holding.organization_id, holding.post), []).append(holding)
    found = []
    for place in places:
        for post in posts:
            people = holdings.get((place.pk, post), [])
            found += [
                Called(place, Post(post), one.person_name, one.user_id) for one in people
            ] or [Called(place, Post(post))]
    return found


def places_below(holder: Organization) -> list[Organization]:
    """The organisations directly below that come to its meetings: committees where it has any. One
    query."""
    children = list(
        Organization.objects.filter(parent=holder).active(clock.today()).order_by("path")
    )
    return [one for one in children if one.kind in COMMITTEE_KINDS] or children


def called_then(meeting: DispatchMeeting) -> list[Called]:
    """Who was called when the meeting was. One query."""
    return [
        Called(row.organization, Post(row.post), row.person_name, row.user_id)
        for row in meeting.attendances.select_related("organization")
    ]


def planned_minutes(cards: Sequence[AgendaCard]) -> int:
    """What the cards take together. No query."""
    return sum(card.minutes for card in cards)
