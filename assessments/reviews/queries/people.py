"""Who reviews, and who may be asked to."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from assessments.cycles.models import ASSESSED, Assessed, Cycle
from assessments.schemes.enums import Level
from core.actor import Actor
from orgs.models import RoleGrant, User
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.roles import WORK_ROLES, Reviewer, holding

from ..enums import SeatState
from ..models import ReviewSeat


def scorers_of(assessed: Assessed) -> set[int]:
    """The people who marked the organisation in its cycle, or were to. One query."""
    seats = ReviewSeat.objects.filter(item__assessed=assessed).exclude(user=None)
    # Who handed it over before he marked anything has not scored it.
    seats = seats.exclude(state=SeatState.LEFT, given_at=None)
    return set(seats.values_list("user_id", flat=True))


def is_reviewer(actor: Actor, assessed: Assessed) -> bool:
    """Whether the person is named to review the organisation in its cycle. No query when it comes
    with its organisation."""
    return actor.may_at(
        Permission.ASSESSMENT_REVIEW, assessed.organization.path, about=(ASSESSED, assessed.pk)
    )


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who can be put in a team, with where he belongs."""

    user_id: int
    name: str
    username: str
    unit: str
    path: str  # of the unit


def candidates(cycle: Cycle) -> list[Candidate]:
    """People who can review the cycle: who hold 考核组成员, or a role that carries on assessments, at
    its holder or below it, each with the lowest place that he holds one at. Members of the
    committee that decides are none. One query."""
    roles = {*holding(Permission.ASSESSMENT_RUN), Reviewer.key}
    if cycle.level == Level.BRANCH:
        roles |= set(holding(Permission.ASSESSMENT_ANSWER))  # branches look at each other
    barred = [key for key, role in WORK_ROLES.items() if not role.may_be_named]
    grants = RoleGrant.objects.current().filter(deputy_for=None, user__admin_kind="")
    out = grants.filter(role__in=barred).values("user_id")
    rows = (
        grants.filter(below(cycle.organization.path, "organization__"), role__in=roles)
        .filter(Q(user__is_active=True))
        .exclude(user__in=out)
        .select_related("user", "organization")
        .order_by("organization__path", "user__name", "user_id")
    )
    found: dict[int, Candidate] = {}
    for grant in rows:
        user: User = grant.user
        found[user.pk] = Candidate(
            user.pk, user.name, user.username, str(grant.organization), grant.organization.path
        )
    return sorted(found.values(), key=lambda one: (one.path, one.name, one.user_id))


def names_of(people: Sequence[int]) -> dict[int, str]:
    """Person -> name. One query."""
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
