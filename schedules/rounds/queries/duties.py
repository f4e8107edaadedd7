"""Reads of duties: of one organisation's year, of the periods opened, of whom to remind."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, Q, QuerySet

from core import clock, notifications, periods
from core.actor import Actor
from orgs.access import in_scope
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission

from .. import fulfilment
from ..enums import DutyState
from ..models import Duty, DutyRecord, DutyStanding, Plan, Rollup
from ..models.duty import OPEN_STATES, DutyQuerySet
from ..models.rollup import LATE as LATE_STANDING
from ..models.vocabulary import DUTY, Counted, conditions
from .calendar import load
from .recipients import senders_of
from .rollups import place_of

PERIODS_OFFERED = 36
NAMED = 200  # of the organisations to remind; the others are counted


@dataclass(frozen=True, slots=True)
class Opened:
    """The periods in which something of a plan was owed at or below a node, newest first, each
    with the node's figures."""

    plan: Plan
    figures: Mapping[str, Rollup]

    @property
    def periods(self) -> list[str]:
        """The periods to choose from, newest first."""
        return list(self.figures)[:PERIODS_OFFERED]

    def stood_at(self, period: str) -> str | None:
        """Where the node stood on the period's last day, if something was owed there."""
        return self.figures[period].path if period in self.figures else None

    @property
    def shown_first(self) -> str | None:
        """The newest period that is over and being handed in, else the newest. Cases have dates
        of their own: for them the period that we stand in."""
        current = periods.containing(clock.today(), self.plan.cadence)
        if fulfilment.of(self.plan).is_by_period:
            over = [period for period in self.figures if period < current]
        else:
            over = [period for period in self.figures if period <= current]
        return over[0] if over else next(iter(self.figures), None)


def opened_periods(plan: Plan, node: Organization) -> Opened:
    """The plan's periods that have duties at or below `node`. One query."""
    return opened_of_plans([plan], node)[plan]


def opened_of_plans(plans: list[Plan], node: Organization) -> dict[Plan, Opened]:
    """For each plan the periods that have duties at or below `node`. One query."""
    rows: dict[int, dict[str, Rollup]] = {plan.pk: {} for plan in plans}
    for row in Rollup.objects.filter(organization=node, plan__in=plans).order_by("-period"):
        rows[row.plan_id][row.period] = row
    return {plan: Opened(plan, rows[plan.pk]) for plan in plans}


def latest_duties(organization: Organization, count: int) -> QuerySet[Duty]:
    """The organisation's newest `count` duties of any plan, with what their kinds read."""
    return (
        Duty.objects.filter(organization=organization)
        .exclude(state=DutyState.WAIVED)
        .select_related(*fulfilment.joins())
        .order_by("-due_on", "plan__position", "pk")[:count]
    )


def _of_year(year: int) -> Q:
    return Q(period=f"{year:04d}") | Q(period__startswith=f"{year:04d}-")


def duties_of_year(organization: Organization, year: int) -> QuerySet[Duty]:
    """What the organisation owes for the periods of `year`, newest first, of all plans."""
    return (
        Duty.objects.filter(_of_year(year), organization=organization)
        .exclude(state=DutyState.WAIVED)
        .select_related(*fulfilment.joins())
        .order_by("-due_on", "plan__position", "pk")
    )


def unsent_itself(node: Organization) -> dict[tuple[int, str], dict[Counted, int]]:
    """(Plan id, period) -> how many duties of the node's own are 待报, 未报 and 锁定未报, as figures
    count them. One query."""
    words = (Counted.PENDING, Counted.MISSING, Counted.LOCKED)
    wanted = conditions(LATE_STANDING)
    rows = (
        DutyStanding.objects.filter(organization=node, until=None)
        .counted(Counted.UNSENT)
        .order_by()
        .values_list("plan", "period")
        .annotate(**{f"n_{word}": Count("pk", filter=wanted[word]) for word in words})
    )
    return {
        (plan_id, period): dict(zip(words, numbers, strict=True))
        for plan_id, period, *numbers in rows
    }


def duties_to_know(actor: Actor, year: int) -> QuerySet[Duty]:
    """What the actor's own organisation and its parts still have to do, of any plan and time, and
    all that they owe for the periods of `year`; the first due first."""
    own = actor.organization_id or 0
    places = Q(organization_id=own)
    if actor.has_parts:
        places = Q(organization__in=Organization.objects.filter(Q(pk=own) | Q(parent=own)))
    return (
        Duty.objects.filter(places, _of_year(year) | Q(state__in=OPEN_STATES))
        .exclude(state=DutyState.WAIVED)
        .select_related("organization", *fulfilment.joins())
        .order_by("due_on", "plan__position", "pk")
    )


def locked_duty(duty_id: int) -> Duty:
    """The duty with its plan and organisation, locked for this transaction where the database
    can. One query."""
    return (
        Duty.objects.select_for_update(of=("self",))
        .select_related("plan", "organization")
        .get(pk=duty_id)
    )


def missing_duties(
    plan: Plan, node: Organization, period: str, *, stood_at: str | None = None
) -> DutyQuerySet:
    """Duties of `period` that were counted below `node`, are not sent or came back, and are still
    taken, of the organisations that lie there still: those that one can turn to. One query more unless the path
    is given where the node stood then."""
    counted = DutyStanding.objects.filter(plan=plan, period=period, until=None).below(
        stood_at or place_of(plan, node, period)
    )
    return (
        Duty.objects.doable()
        .filter(
            below(node.path, "organization__"),
            plan=plan,
            period=period,
            standings__in=counted,
        )
        .select_related("organization", "plan")
        .order_by("organization__path", "pk")
    )


def waiting(actor: Actor, *, everything: bool = False) -> DutyQuerySet:
    """What waits for the actor's check, of any kind: of the organisations directly below his, or
    with `everything` all below, first come first."""
    checked = fulfilment.held(lambda kind: kind.check)
    wanted = Q(pk__in=[])
    for permission, keys in checked.items():
        if actor.may(permission):
            # Kinds are a handful, and ask for one permission as a rule: then one range of paths.
            mine = in_scope(actor, permission, subjects={DUTY: "pk"})
            if not everything:
                mine &= _before(actor, permission)
            wanted |= Q(plan__fulfilment__in=keys) & mine
    rows = Duty.objects.filter(wanted).counted(Counted.WAITING)
    rows = rows.exclude(organization_id=actor.organization_id or 0).exclude(own_work(actor))
    return rows.select_related("organization__parent", *fulfilment.joins()).order_by(
        "sent_at", "pk"
    )


def _before(actor: Actor, permission: Permission) -> Q:
    """What comes to the actor first: from directly below his organisation, or where he is named."""
    first = Q(organization__parent_id=actor.organization_id or 0)
    by_name = replace(actor, permissions=frozenset())
    return first | in_scope(by_name, permission, subjects={DUTY: "pk"}) if actor.named else first


def own_work(actor: Actor) -> Q:
    """What the actor, or whom he acts for, has sent himself, in whatever role: somebody else
    checks it."""
    own = Q(pk__in=[])
    for key, kind in fulfilment.kinds().items():
        if kind.done_by is not None:
            own |= Q(plan__fulfilment=key) & kind.done_by(actor.persons)
    return own


def waiting_for_second_look(actor: Actor) -> DutyQuerySet:
    """What was accepted below and that was opened when its plan asked for a second look from the actor's level."""
    wanted = Q(pk__in=[])
    for key, kind in fulfilment.kinds().items():
        if kind.second is not None:
            wanted |= Q(plan__fulfilment=key) & kind.second(actor)
    return (
        Duty.objects.visible_to(actor, Permission.REPORT_CONFIRM)
        .filter(
            wanted,
            state=DutyState.ACCEPTED,
            needs_second_look=True,
            organization__parent__parent_id=actor.organization_id or 0,
        )
        .select_related("organization__parent", *fulfilment.joins())
        .order_by("sent_at", "pk")
    )


def written_by(people: Collection[int]) -> Q:
    """Duties of which these people have written down something that stands."""
    records = DutyRecord.objects.filter(recorded_by_id__in=people, removed_at=None)
    return Q(pk__in=records.values("duty"))


@dataclass(frozen=True, slots=True)
class ToRemind:
    """An organisation that has not sent what it owes."""

    organization: Organization
    has_people: bool
    is_reminded_today: bool


@dataclass(frozen=True, slots=True)
class Unsent:
    """The organisations that have not sent what they owe: how many, and the first of them."""

    count: int
    rows: list[ToRemind]
    words: tuple[Counted, ...] = ()  # 未报, 待报 or both: what those are that one can remind

    @property
    def more(self) -> int:
        """How many are not among the rows."""
        return self.count - len(self.rows)


def to_remind(
    plan: Plan, node: Organization, period: str, *, stood_at: str | None = None
) -> Unsent:
    """Who below `node` has never sent what the plan asks for `period`. Four queries, three where
    it is known at which path the node stood then, and one to count them when they are too many to
    be named."""
    unsent = (
        missing_duties(plan, node, period, stood_at=stood_at)
        .filter(state=DutyState.OPEN)
        .exclude(organization=node)
    )
    duties = list(unsent[:NAMED])
    people = senders_of(duties)
    keys = {
        reminder_key(duty, user_id): duty.organization_id
        for duty in duties
        for user_id in people.get(duty.pk, ())
    }
    reminded = {keys[key] for key in notifications.known_keys(keys)} if keys else set()
    rows = {
        duty.organization_id: ToRemind(
            duty.organization, bool(people.get(duty.pk)), duty.organization_id in reminded
        )
        for duty in duties
    }
    count = len(rows)
    if len(duties) == NAMED:
        count = unsent.order_by().values("organization").distinct().count()
    counted = {word for duty in duties for word in duty.counts_as}
    words = tuple(word for word in (Counted.MISSING, Counted.PENDING) if word in counted)
    return Unsent(count, list(rows.values()), words)


def reminder_key(duty: Duty, user_id: int) -> str:
    """The key of a reminder sent by hand: once a day for each duty and person."""
    return f"remind:{duty.pk}:{clock.today():%Y%m%d}:{user_id}"


def periods_just_due(plan: Plan, today: dt.date) -> list[str]:
    """Periods whose deadline was passed on the working day before `today`, itself a working day."""
    calendar = load()
    if not calendar.is_working(today):
        return []
    since = calendar.add_working_days(today, -1)
    return list(
        Duty.objects.filter(plan=plan, due_on__gte=since, due_on__lt=today)
        .order_by("period")
        .values_list("period", flat=True)
        .distinct()
    )
