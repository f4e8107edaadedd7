"""Who is to be reminded of what an organisation owes."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.conf import settings

from core import notifications
from orgs.enums import OrganizationKind, Post
from orgs.models import OfficeHolding, Organization, RoleGrant
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.roles import holding

from .. import fulfilment
from ..models import Duty, Plan


def senders_of(duties: Collection[Duty]) -> dict[int, list[int]]:
    """Duty id -> users who may send what it asks for, by a grant at the organisation itself.

    One query for each permission that kinds ask for, which is one as a rule.
    """
    groups: dict[Permission, list[Duty]] = defaultdict(list)
    for kind, rows in fulfilment.by_kind(duties).items():
        groups[kind.send] += rows
    found: dict[int, list[int]] = defaultdict(list)
    for permission, rows in groups.items():
        people: dict[int, list[int]] = defaultdict(list)
        for organization_id, user_id in (
            RoleGrant.objects.current()
            .filter(
                role__in=holding(permission),
                organization_id__in={duty.organization_id for duty in rows},
            )
            .values_list("organization_id", "user_id")
            .distinct()
        ):
            people[organization_id].append(user_id)
        for duty in rows:
            if duty.organization_id in people:
                found[duty.pk] = people[duty.organization_id]
    return found


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


def holders_of(committee_ids: Iterable[int]) -> dict[tuple[int, str], set[int]]:
    """(Committee id, rung key) -> users to tell: who holds the post, else who checks reports
    there; with each person his deputies at that committee. Two queries."""
    ids = set(committee_ids)
    posts: dict[tuple[int, str], set[int]] = defaultdict(set)
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
        posts[organization_id, post].add(user_id)
    checkers: dict[int, set[int]] = defaultdict(set)
    deputies: dict[tuple[int, int], set[int]] = defaultdict(set)
    grants = RoleGrant.objects.current().filter(organization_id__in=ids)
    for organization_id, role, user_id, principal in grants.values_list(
        "organization_id", "role", "user_id", "deputy_for__user_id"
    ):
        if principal is not None:
            deputies[organization_id, principal].add(user_id)
        elif role in holding(Permission.REPORT_CHECK):
            checkers[organization_id].add(user_id)
    told = {}
    for committee_id in ids:
        for rung in rungs():
            people = posts[committee_id, rung.post] or checkers[committee_id]
            acting = (deputies[committee_id, person] for person in people)
            told[committee_id, rung.key] = people.union(*acting)
    return told


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
