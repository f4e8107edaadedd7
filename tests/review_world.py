"""A cycle whose facts are frozen, with reviewers that can be put in teams."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from assessments.cycles.models import Assessed, Cycle
from assessments.reviews.actions import beginning, marks, teams
from assessments.reviews.models import Review, ReviewItem, ReviewSeat
from assessments.reviews.queries.people import candidates
from core import effects
from core.actor import Actor
from orgs.models import RoleGrant, User
from tests.scheme_world import group_of, opened, published
from tests.test_cycle_pages import frozen, of_organizations
from tests.world import Zone, _grant, _user, actor

PEOPLE = ("gao", "lin", "shen", "tang")  # reviewers with no unit of their own
DUE = dt.date(2026, 8, 15)


@dataclass
class Reviewed:
    """The zone with its cycle and review."""

    zone: Zone
    cycle: Cycle
    review: Review

    def assessed(self, organization: Any) -> Assessed:
        """The organisation in the cycle."""
        return Assessed.objects.select_related(
            "cycle__organization", "organization", "version"
        ).get(cycle=self.cycle, organization=organization)

    def actor(self, name: str) -> Actor:
        """The person at his next request."""
        return actor(User.objects.get(username=name))

    def seat(self, name: str, organization: Any, indicator: str = "work") -> ReviewSeat:
        """His seat, fresh as a page loads it."""
        return (
            ReviewSeat.objects.select_related(
                "item__assessed__cycle__organization",
                "item__assessed__organization",
                "item__assessed__version",
            )
            .exclude(state="left")
            .get(
                user__username=name,
                item__assessed__organization=organization,
                item__assessed__cycle=self.cycle,
                item__indicator=indicator,
            )
        )

    def give(
        self, name: str, organization: Any, points: str, indicator: str = "work"
    ) -> ReviewSeat:
        """Marks the 酌情 item, and lets what follows behind happen."""
        seat = self.seat(name, organization, indicator)
        marks.give(
            seat=seat,
            revision=seat.revision,
            facts={0: {"points": points, "reason": "看过现场"}},
            reason="",
            by=self.actor(name),
        )
        effects.run_due()
        return seat

    def item(self, organization: Any, indicator: str = "work") -> ReviewItem:
        """The item as it is stored."""
        return ReviewItem.objects.select_related(
            "assessed__cycle__organization", "assessed__organization", "assessed__version"
        ).get(
            assessed__organization=organization,
            assessed__cycle=self.cycle,
            indicator=indicator,
        )


def with_people(zone: Zone) -> Zone:
    """Four 考核组成员 at the zone."""
    made = User.objects.bulk_create([_user(name) for name in PEOPLE])
    zone.users |= {user.username: user for user in made}
    RoleGrant.objects.bulk_create([_grant(user, "reviewer", zone.root) for user in made])
    return zone


def arranged(zone: Zone, *, sampled: int = 0, second: str = "lin") -> Reviewed:
    """Facts frozen; two look at both streets, the others at none until they are asked."""
    with_people(zone)
    published(zone.root, said=of_organizations())
    group_of(zone.root)
    by = zone.actor("zone")
    cycle = frozen(opened(zone.root, by=by), zone)
    review = teams.prepare(cycle=cycle, by=by)
    ids = {one.username: one.user_id for one in candidates(cycle)}
    cases = list(Assessed.objects.filter(cycle=cycle).values_list("pk", flat=True))
    teams.arrange(
        review=review,
        revision=review.revision,
        teams=[
            teams.Arranged("考核一组", [ids["gao"], ids[second]], cases),
            teams.Arranged("考核二组", [ids["shen"], ids["tang"]], []),
        ],
        due_on=DUE,
        sampled=sampled,
        seed="3 7 9",
        by=by,
    )
    return Reviewed(zone, cycle, Review.objects.select_related("cycle__organization").get())


def reviewing(zone: Zone, **more: Any) -> Reviewed:
    """The review has begun."""
    found = arranged(zone, **more)
    beginning.begin(review=found.review, revision=found.review.revision, by=zone.actor("zone"))
    return found
