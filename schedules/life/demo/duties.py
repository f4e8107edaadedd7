"""What the demo zone owes of organisation life by its plans, and how it stands."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core import periods
from core.demo import Seeding
from core.periods import WorkCalendar
from orgs.demo.tree import Tree
from orgs.enums import BRANCH_KINDS, OrganizationKind
from orgs.models import Organization
from schedules.rounds.actions import register, rollups
from schedules.rounds.enums import Cadence, DutyState
from schedules.rounds.models import Duty, Plan
from schedules.rounds.queries.calendar import noon_of
from schedules.rounds.queries.openings import moments, opens_on
from schedules.rounds.rules import PLANS as REGISTERED
from schedules.rounds.rules import usual_validity

from ..enums import MeetingKind
from ..rules import RULES, key_of
from .draws import Draws, Held
from .groups import Groups

BASIS = "《中国共产党支部工作条例（试行）》"
# Kind -> key, order and what the plan says of itself; keys as `definitions.COMMON_PLANS` has them.
PLANS = {
    MeetingKind.PARTY_DAY: ("theme_day", 20, "每月相对固定一天开展。"),
    MeetingKind.COMMITTEE_MEETING: ("committee_meeting", 21, "设支委会的支部每月一般召开一次。"),
    MeetingKind.GROUP_MEETING: ("group_meeting", 22, "每个党小组每月一般召开一次。"),
    MeetingKind.GENERAL_MEETING: ("assembly", 23, "一般每季度召开一次。"),
    MeetingKind.LESSON: ("lecture", 24, "一般每季度一次，书记每年至少讲一次。"),
    MeetingKind.LIFE_MEETING: ("life_meeting", 25, "每年至少召开一次。"),
    MeetingKind.APPRAISAL: ("review", 26, "每年一次，可与组织生活会一并进行。"),
}
# What was never held and entered by then is locked: it stays 未开, and nobody is asked for it.
LOCK_AFTER = 20  # working days


@dataclass
class Owed:
    """The plans by kind, and from which period on each asks."""

    seeding: Seeding
    draws: Draws
    calendar: WorkCalendar

    def __post_init__(self) -> None:
        self.current = periods.containing(self.seeding.today, periods.MONTH)
        tree = self.seeding.of(Tree)
        self.branches = tree.branches
        self.groups = [group for group, _ in self.seeding.of(Groups).pairs]
        self.plans: dict[MeetingKind, Plan] = {}
        if self.seeding.is_again:
            keys = {key: kind for kind, (key, _, _) in PLANS.items()}
            for plan in Plan.objects.filter(key__in=keys):
                self.plans[keys[plan.key]] = plan
            return
        for kind, (key, position, about) in PLANS.items():
            cadence = Cadence(RULES[kind].cadence or Cadence.MONTH)
            kinds = (
                [OrganizationKind.PARTY_GROUP]
                if kind == MeetingKind.GROUP_MEETING
                else BRANCH_KINDS
            )
            self.plans[kind] = Plan(
                key=key,
                name=kind.label,
                about=about,
                basis=BASIS,
                fulfilment=key_of(kind),
                position=position,
                kinds=[str(one) for one in kinds],
                cadence=cadence,
                opens_day=1,
                lock_working_days=LOCK_AFTER,
                starts_on=self._starts_on(cadence),
                number=register.take(kind=REGISTERED, by=self.seeding.by),
                valid_until=usual_validity(self.seeding.today),
            )
        self.seeding.add(list(self.plans.values()))
        stored = {plan.key: plan for plan in Plan.objects.filter(key__in=[*_keys()])}
        self.plans = {kind: stored[key] for kind, (key, _, _) in PLANS.items()}

    def _starts_on(self, cadence: str) -> dt.date:
        """The first day of the first period that lies wholly in what is told here, else of the
        last one."""
        told = periods.first_day(self.seeding.months[0])
        first = periods.containing(told, cadence)
        if periods.first_day(first) < told:
            first = periods.shift(first, 1)
        last = periods.containing(periods.first_day(self.seeding.months[-1]), cadence)
        return periods.first_day(min(first, last, key=periods.first_day))

    def write(self, month: str) -> list[tuple[Plan, str, list[Duty]]]:
        """What is owed for the periods of which the month is the first told here, unless it is
        there; not stored. Months are written newest first: all others of the period are there."""
        first = periods.first_day(month)
        told = periods.first_day(self.seeding.months[0])
        found = []
        for kind, plan in self.plans.items():
            period = periods.containing(first, plan.cadence)
            if max(periods.first_day(period), told) == first:
                found += self._of(kind, plan, period)
        return found

    def looked_at(self) -> list[tuple[Plan, str, list[Duty]]]:
        """The same for the periods that the schedule opens and settles by itself, the one that runs
        and the one before: they cannot wait for older months."""
        return [
            one
            for kind, plan in self.plans.items()
            for period in self._settled(plan)
            for one in self._of(kind, plan, period)
        ]

    def ahead(self) -> list[Held]:
        """What was held in older months and counts for those periods, oldest month first."""
        return [
            held
            for month in reversed(self.seeding.older)
            for held in self.draws.of(month)
            if self._counts(held)
        ]

    def _settled(self, plan: Plan) -> list[str]:
        current = periods.containing(self.seeding.today, plan.cadence)
        return [periods.shift(current, -1), current]

    def _counts(self, held: Held) -> bool:
        plan = self.plans.get(held.kind)
        if plan is None:  # nobody owes it
            return False
        period = periods.containing(held.day, plan.cadence)
        return period in self._settled(plan) and periods.first_day(period) >= plan.starts_on

    def _of(self, kind: MeetingKind, plan: Plan, period: str) -> list[tuple[Plan, str, list[Duty]]]:
        last = self.seeding.months[-1]
        is_over = periods.last_day(period) <= periods.last_day(last)
        if periods.first_day(period) < plan.starts_on or not (is_over or last == self.current):
            return []  # the portal opens it by itself
        duties = self._duties(kind, plan, period)
        return [(plan, period, duties)] if duties else []

    def _duties(self, kind: MeetingKind, plan: Plan, period: str) -> list[Duty]:
        known = set(
            Duty.objects.filter(plan=plan, period=period).values_list("organization_id", flat=True)
        )
        when = moments(plan, period, self.calendar)
        opened = noon_of(opens_on(plan, period)) - dt.timedelta(hours=11, minutes=55)
        done = self._done(kind, period)
        found = []
        for place in self._places(kind, periods.last_day(period)):
            if place.pk in known:
                continue
            duty = Duty(
                plan=plan,
                organization=place,
                period=period,
                due_on=when.due_on,
                due_at=when.due_at,
                late_after=when.late_after,
                locks_at=when.locks_at,
                opened_at=opened,
            )
            held = sorted(done.get(place.pk, ()), key=lambda one: one.day)
            if held:
                duty.state, duty.done_count, duty.revision = DutyState.ACCEPTED, len(held), 2
                duty.submitted_at = duty.sent_at = noon_of(held[0].day)
                duty.finished_at = min(one.recorded_at for one in held)
            duty.phase = duty.phase_at(self.seeding.now)
            found.append(duty)
        return found

    def _places(self, kind: MeetingKind, day: dt.date) -> Sequence[Organization]:
        """Who owes it on the day, by the zone as it was drawn."""
        rows = self.groups if kind == MeetingKind.GROUP_MEETING else self.branches
        return [
            row
            for row in rows
            if row.was_there(day) and (kind != MeetingKind.COMMITTEE_MEETING or row.has_committee)
        ]

    def _done(self, kind: MeetingKind, period: str) -> dict[int, list[Held]]:
        first, last = periods.first_day(period), periods.last_day(period)
        found: dict[int, list[Held]] = defaultdict(list)
        for month in self.seeding.months:
            if not first <= periods.first_day(month) <= last:
                continue
            for held in self.draws.of(month):
                if held.kind == kind:
                    for unit in held.units:
                        found[unit.pk].append(held)
        return found


def mark(written: Sequence[tuple[Plan, str, list[Duty]]]) -> None:
    """Has the figures counted anew that the duties are in."""
    rollups.mark_each(
        (plan.pk, period, duty.organization_id)
        for plan, period, duties in written
        for duty in duties
    )


def _keys() -> list[str]:
    return [key for key, _, _ in PLANS.values()]
