"""Who is to be reminded of what an organisation owes."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings

from core import notifications
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization, RoleGrant
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.queries.namings import ByName
from orgs.roles import holding

from .. import fulfilment
from ..fulfilment import Kind
from ..models import Duty, Plan


def senders_of(duties: Collection[Duty]) -> dict[int, list[int]]:
    """Duty id -> users who may send what it asks for, by a grant at the organisation itself; of a
    党小组, at its branch.

    One query for each permission that kinds ask for, which is one as a rule.
    """
    return _granted(duties, lambda kind: kind.send)


def writers_of(duties: Collection[Duty]) -> dict[int, list[int]]:
    """Duty id -> users who may write what it asks for, by a grant at the organisation itself: whom
    `actions.duties.tell_writers` tells of one. Nobody is named for writing. Queries as
    `senders_of`."""
    return _granted(duties, lambda kind: kind.write)


def watchers_of(duties: Collection[Duty]) -> dict[int, list[int]]:
    """Duty id -> who of the general branch directly above may remind of it, of kinds that are
    watched from above. The committees have the ladder. One query, none where no kind is."""
    watched = [duty for duty in duties if fulfilment.of(duty.plan).watched_above]
    if not watched:
        return {}
    people: dict[int, list[int]] = defaultdict(list)
    grants = RoleGrant.objects.current().filter(
        role__in=holding(Permission.REPORT_REMIND),
        organization_id__in={duty.organization.parent_id for duty in watched},
        organization__kind=OrganizationKind.GENERAL_BRANCH,
    )
    for organization_id, user_id in grants.values_list("organization_id", "user_id").distinct():
        people[organization_id].append(user_id)
    return {
        duty.pk: people[duty.organization.parent_id]
        for duty in watched
        if duty.organization.parent_id in people
    }


def _granted(
    duties: Collection[Duty], permission_of: Callable[[Kind], Permission]
) -> dict[int, list[int]]:
    groups: dict[Permission, list[Duty]] = defaultdict(list)
    for kind, rows in fulfilment.by_kind(duties).items():
        groups[permission_of(kind)] += rows
    found: dict[int, list[int]] = defaultdict(list)
    for permission, rows in groups.items():
        people: dict[int, list[int]] = defaultdict(list)
        for organization_id, user_id in (
            RoleGrant.objects.current()
            .filter(
                role__in=holding(permission),
                organization_id__in={_place(duty) for duty in rows},
            )
            .values_list("organization_id", "user_id")
            .distinct()
        ):
            people[organization_id].append(user_id)
        for duty in rows:
            if _place(duty) in people:
                found[duty.pk] = people[_place(duty)]
    return found


def _place(duty: Duty) -> int:
    """Where those are who do it: a 党小组 has nobody of its own."""
    place = duty.organization
    if place.kind == OrganizationKind.PARTY_GROUP and place.parent_id is not None:
        return place.parent_id
    return place.pk


@dataclass(frozen=True, slots=True)
class Rung:
    """A step of the ladder above the organisation itself: who is told how late."""

    key: str
    post: Post
    working_days: int


def rungs() -> list[Rung]:
    """The ladder as settings.ESCALATION says: post and working days overdue, lowest first."""
    steps = enumerate(settings.ESCALATION, start=1)
    return [Rung(f"R{number}", Post(post), days) for number, (post, days) in steps]


def committees_of(organizations: Iterable[Organization]) -> dict[int, Organization]:
    """Organisation id -> the direct committee it belongs to (itself when it is one), else the
    work committee. Organisations under neither are left out. One query."""
    wanted = {one.pk: [*one.ancestor_paths(), one.path] for one in organizations}
    committees = {
        one.path: one
        for one in Organization.objects.filter(
            path__in={path for paths in wanted.values() for path in paths},
            kind__in=[OrganizationKind.DIRECT_COMMITTEE, OrganizationKind.WORK_COMMITTEE],
        )
    }
    found = {}
    for pk, paths in wanted.items():
        above = [committees[path] for path in paths if path in committees]
        direct = [one for one in above if one.kind == OrganizationKind.DIRECT_COMMITTEE]
        if above:
            found[pk] = max(direct or above, key=lambda one: len(one.path))
    return found


@dataclass(frozen=True, slots=True)
class Holders:
    """Who of a committee can be told: who holds a post there, who checks reports there, and who
    acts for whom."""

    posts: Mapping[str, Collection[int]]
    checkers: Collection[int]
    deputies: Mapping[int, Collection[int]]

    def told(self, rung: Rung, by_name: ByName) -> set[int]:
        """Users to tell about an organisation of the committee: who holds the rung's post, else who
        checks reports, by a role or by name; with each his deputies. Who keeps out of the
        organisation is not told, and nobody in his stead."""
        checkers = {*self.checkers, *by_name.given} - by_name.taken
        people = set(self.posts.get(rung.post, ())) - by_name.taken or checkers
        acting = (self.deputies.get(person, ()) for person in people)
        return people.union(*acting) - by_name.taken


def holders_of(
    committee_ids: Iterable[int], checks: Permission = Permission.REPORT_CHECK
) -> dict[int, Holders]:
    """Committee id -> who of it can be told; `checks` makes somebody one who checks there. Two
    queries."""
    ids = set(committee_ids)
    posts: dict[int, dict[str, set[int]]] = {pk: defaultdict(set) for pk in ids}
    for organization_id, post, user_id in (
        OfficeHolding.objects.current()
        .filter(
            organization_id__in=ids,
            post__in=[rung.post for rung in rungs()],
            user__is_active=True,
            user__admin_kind="",
        )
        .values_list("organization_id", "post", "user_id")
    ):
        posts[organization_id][post].add(user_id)
    checkers: dict[int, set[int]] = {pk: set() for pk in ids}
    deputies: dict[int, dict[int, set[int]]] = {pk: defaultdict(set) for pk in ids}
    checking = holding(checks)
    grants = RoleGrant.objects.current().filter(organization_id__in=ids)
    for organization_id, role, user_id, principal in grants.values_list(
        "organization_id", "role", "user_id", "deputy_for__user_id"
    ):
        if principal is not None:
            deputies[organization_id][principal].add(user_id)
        elif role in checking:
            checkers[organization_id].add(user_id)
    return {pk: Holders(posts[pk], checkers[pk], deputies[pk]) for pk in ids}


@dataclass(frozen=True, slots=True)
class ReminderSent:
    """A reminder sent by hand and how far it came."""

    organization: Organization
    delivery: notifications.Delivery


def reminders_sent(plan: Plan, node: Organization, period: str) -> list[ReminderSent]:
    """Reminders of what the plan asks for `period` at and below `node`, newest first. Three
    queries."""
    duties = {
        f"duty:{duty.pk}": duty
        for duty in Duty.objects.filter(
            below(node.path, "organization__"), plan=plan, period=period
        ).select_related("organization")
    }
    return [
        ReminderSent(duties[delivery.message.about].organization, delivery)
        for delivery in notifications.deliveries(duties)
    ]
