"""Who has not sent what a plan asks for: each organisation once, with its committee and secretary,
and whom to call there."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from core import clock
from core.actor import Actor
from core.crypto import Unreadable
from members.enums import MembershipState, RevealedField
from members.models import Member
from orgs.models import Organization
from orgs.permissions import Permission
from orgs.queries.offices import secretaries
from orgs.queries.rosters import phone_of

from ..models import DutyStanding, Plan, Rollup
from ..models.vocabulary import Counted
from .boards import listed, newest_moment
from .recipients import committees_of

# What the list can be of; the first that there is anything of is shown where nothing is asked for.
SHOWN = (
    Counted.MISSING,
    Counted.PENDING,
    Counted.RETURNED,
    Counted.LOCKED,
    Counted.UNSENT,
)


def shown_first(figures: Rollup | None) -> Counted:
    """What the list is of where nothing is asked for: 未报, else what else there is."""
    numbers = (word for word in SHOWN if figures is not None and getattr(figures, word))
    return next(numbers, Counted.MISSING)


@dataclass(frozen=True, slots=True)
class MissingRow:
    """An organisation with what it has not sent, as the figures count it. `committee` is the direct
    committee (else the work committee) that it belongs to now, itself when it is one."""

    organization: Organization
    committee: Organization | None
    secretary: str
    standings: tuple[DutyStanding, ...]

    @property
    def due_on(self) -> dt.date:
        """The first day by which something is to be sent or mended."""
        return min(one.duty.next_due_on for one in self.standings)


@dataclass(frozen=True, slots=True)
class MissingList:
    """The rows by committee and tree, as of the moment of the figures; `elsewhere` duties are of
    organisations that have left the reader's scope since."""

    rows: list[MissingRow]
    elsewhere: int
    moment: dt.datetime


def missing_list(
    actor: Actor, plan: Plan, node: Organization, period: str, *, shown: Counted
) -> MissingList:
    """Those at and below `node` that count as `shown` in the newest figures of the plan's period:
    as many as the board says. Nine queries at most, however many they are."""
    moment = newest_moment(plan) or clock.now()
    found = listed(
        actor, plan, node, period, moment=moment, shown=str(shown), organization_class=""
    )
    by_organization: dict[Organization, list[DutyStanding]] = defaultdict(list)
    for one in found.standings:
        by_organization[one.organization].append(one)
    committees = committees_of(by_organization)
    names = secretaries(one.pk for one in by_organization)
    rows = [
        MissingRow(one, committees.get(one.pk), names.get(one.pk, ""), tuple(standings))
        for one, standings in by_organization.items()
    ]
    rows.sort(key=lambda row: (row.committee.path if row.committee else "", row.organization.path))
    return MissingList(rows, found.elsewhere, moment)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to call at an organisation, with the number in full. Whoever shows it must have
    recorded why."""

    name: str
    phone: str
    is_secretary: bool


def may_look(actor: Actor, node: Organization) -> bool:
    """Whether the actor may look at the numbers of a list of `node`: who reminds there and sees
    numbers in full, and never in somebody else's place (decision 41)."""
    return (
        actor.user_id is not None
        and actor.principal_id is None
        and actor.may_at(Permission.REPORT_REMIND, node.path)
        and actor.may_at(Permission.MEMBER_REVEAL, node.path)
    )


def contacts_of(actor: Actor, rows: Collection[MissingRow]) -> dict[int, Contact]:
    """Organisation id -> whom to call there, where the actor may see numbers in full and there is
    one: the secretary, by the organisation's own entry or by the register of members at and below
    it, where only one there bears the name; else whoever is entered as its contact. One query."""
    mine = [row for row in rows if actor.may_at(Permission.MEMBER_REVEAL, row.organization.path)]
    registered = _registered(actor, {row.secretary for row in mine if row.secretary})
    found = {}
    for row in mine:
        one = row.organization
        entered = Contact(one.contact_name, phone_of(one), one.contact_name == row.secretary)
        if entered.phone and entered.is_secretary:
            found[one.pk] = entered
            continue
        there = [
            member
            for member in registered.get(row.secretary, ())
            if member.organization.path.startswith(one.path)
        ]
        own = [member for member in there if member.organization_id == one.pk]
        known = own or there
        phone = _phone_of(known[0]) if len(known) == 1 else ""
        if phone:
            found[one.pk] = Contact(row.secretary, phone, is_secretary=True)
        elif entered.phone:
            found[one.pk] = entered
    return found


def _registered(actor: Actor, names: Collection[str]) -> dict[str, list[Member]]:
    found: dict[str, list[Member]] = defaultdict(list)
    for member in (
        Member.objects.visible_to(actor, Permission.MEMBER_REVEAL)
        .filter(name__in=names, state=MembershipState.NORMAL)
        .select_related("organization")
        .order_by("pk")
    ):
        found[member.name].append(member)
    return found


def _phone_of(member: Member) -> str:
    try:
        return member.unsealed(RevealedField.PHONE)
    except Unreadable:
        return ""
