"""After the newest half-year that is decided on, and the one before it, lists are issued by the real
acts, each on the day on which it would have been; some lines close by their facts, some are verified,
some are late; one list is closed and found lasting; a cause that many share is raised."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from django.db.models import Q
from django.utils import timezone

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from core import clock, periods
from core.actor import Actor, system
from core.demo import Seeding
from core.models import Effect, Notification
from core.periods import WorkCalendar
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from schedules.action_items.actions import checking, handling
from schedules.action_items.actions import lines as item_lines
from schedules.action_items.enums import Cause, LineState
from schedules.action_items.models import ActionItem, ActionLine
from schedules.rounds.queries.calendar import load

from ..actions import causes, closing, proposing
from ..enums import Closing
from ..models import Finding, Rectification
from ..queries.lists import commons_of

STAFF, LOOKER = "zone", "沈建华"
ISSUED_AFTER = 3  # working days after the decision
FACTS_AFTER, REPORTED_AFTER, VERIFIED_AFTER, CLOSED_AFTER = 12, 15, 17, 20
LOOKED_AFTER = 62  # days
CLOSED, STUCK = 3, 5  # every third list is kept short and closed, every fifth hangs
# Working days until a finding is to be put right, by how it is closed.
TERMS = {Closing.MADE_UP: 85, Closing.MONTHS: 95, Closing.PERSON: 30}
MEASURES = (
    "党委会专题研究，明确到人，每周调度一次",
    "逐个支部过一遍，缺什么补什么，补完复核",
    "请区委组织部门来讲一次，照样板改",
    "列入下月主题党日，由分管领导带队督查",
)
EVIDENCE = ("会议纪要和整改台账共 6 页", "整改前后对照表，附照片", "三个支部的做法材料和推广通知")
LEADERS = ("刘建军", "孙丽华", "赵国强", "周敏")


def build(seeding: Seeding) -> Mapping[str, int]:
    """The lists of the newest decided half-year, then those of the one before it where that is
    there: in the order in which `fill` would come to them."""
    if seeding.is_again:
        return {}
    for cycle in _decided(seeding)[:2]:
        _lists(seeding, cycle)
    return {"rectifications": Rectification.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """The half-year before the newest, once all of it is there."""
    half = periods.containing(periods.first_day(month), periods.HALF_YEAR)
    decided = _decided(seeding)
    if len(decided) < 2 or decided[1].period != half:
        return
    if Rectification.objects.filter(assessed__cycle=decided[1]).exists():
        return
    if month == periods.containing(periods.first_day(half), periods.MONTH):
        _lists(seeding, decided[1])


def _decided(seeding: Seeding) -> list[Cycle]:
    root = seeding.of(Tree).root
    rows = Cycle.objects.filter(organization=root, level="direct", state=CycleState.SEALED)
    return list(rows.select_related("organization").order_by("-period"))


def _lists(seeding: Seeding, cycle: Cycle) -> None:
    newest = cycle.pk == _decided(seeding)[0].pk
    _Course(seeding, cycle, load(), is_newest=newest).run()
    seeding.breathe()


class _Course:
    """How the lists of one half-year went, up to now."""

    def __init__(
        self, seeding: Seeding, cycle: Cycle, calendar: WorkCalendar, *, is_newest: bool
    ) -> None:
        self.seeding, self.cycle, self.calendar = seeding, cycle, calendar
        self.is_newest = is_newest
        self.by = self._person(STAFF)
        sealed = timezone.localdate(cycle.sealed_at) if cycle.sealed_at else seeding.today
        self.issued_on = calendar.add_working_days(sealed, ISSUED_AFTER)
        self.rng = seeding.rng("rectifications", cycle.period)

    def run(self) -> None:
        """Everything, in order, as far as it has happened by now."""
        if self._at(0) >= self.seeding.now:
            return
        with self.seeding.step():
            with clock.at(self._at(0)):
                rows = self._issue()
            self._receive(rows)
            with self._day(FACTS_AFTER) as is_over:
                if is_over and self.is_newest:
                    closing.close_turned_good(by=system())
            self._by_people(rows)
            self._book(rows)
            self._close(rows)
            self._raise()
            self._forget()

    # --- steps ------------------------------------------------------------------------------------

    def _issue(self) -> list[Rectification]:
        proposing.propose(cycle=self.cycle, by=self.by)
        lists = Rectification.objects.filter(assessed__cycle=self.cycle).order_by("assessed__path")
        sheets = [self._sheet(number, row) for number, row in enumerate(lists)]
        return proposing.issue(cycle=self.cycle, sheets=sheets, by=self.by, seen=True)

    def _sheet(self, number: int, row: Rectification) -> proposing.Sheet:
        """What is asked of one: of every third only what people see to; of the half-year before what
        cost most alone, which is the second time where it has come back."""
        is_short = number % CLOSED == 0
        worst = row.findings.order_by("-is_weighty", "-lost", "number").first()
        lines = []
        for one in row.findings.order_by("number"):
            is_chosen = one.closing == Closing.PERSON or not is_short
            if not self.is_newest:
                is_chosen = one == worst
            day = self.calendar.add_working_days(self.issued_on, TERMS[Closing(one.closing)])
            lines.append(proposing.Line(one.pk, is_chosen, one.problem, day))
        return proposing.Sheet(row.pk, row.revision, lines)

    def _receive(self, rows: Iterable[Rectification]) -> None:
        for row in rows:
            owner, item = self._owner(row), self._item(row)
            if owner is None or self._at(1) >= self.seeding.now:
                continue
            with clock.at(self._at(1)):
                item = handling.receive(item=item, by=owner)
                plans = [
                    item_lines.Plan(
                        line.pk, self.rng.choice(MEASURES), self.rng.choice(LEADERS), owner.name
                    )
                    for line in item.lines.all()
                ]
                item_lines.plan_lines(item=item, plans=plans, revision=item.revision, by=owner)

    def _by_people(self, rows: Sequence[Rectification]) -> None:
        """What people see to is reported and verified; of every fifth list nothing is."""
        for number, row in enumerate(rows):
            owner = self._owner(row)
            if owner is None or number % STUCK == 1:
                continue
            lines = list(self._lines(row))
            waits = number % STUCK == 2  # the last one is reported and waits
            for place, line in enumerate(lines, start=1):
                if line.state == LineState.OPEN and not line.closes_itself:
                    with self._day(REPORTED_AFTER) as is_over:
                        if is_over:
                            item_lines.report_line(
                                line=line, evidence=self.rng.choice(EVIDENCE), by=owner
                            )
                line.refresh_from_db()
                is_left = waits and place == len(lines)
                if line.state == LineState.REPORTED and not is_left:
                    with self._day(VERIFIED_AFTER) as is_over:
                        if is_over:
                            item_lines.verify_line(line=line, by=self.by)

    def _book(self, rows: Iterable[Rectification]) -> None:
        found = Finding.objects.filter(
            rectification__in=list(rows), line__state=LineState.DONE, credited_at=None
        )
        with self._day(VERIFIED_AFTER) as is_over:
            for pk in found.order_by("pk").values_list("pk", flat=True) if is_over else ():
                closing.book(finding_id=pk, by=system())

    def _close(self, rows: Sequence[Rectification]) -> None:
        """Lists of which every line is done; one of them is not looked at yet."""
        looker = replace(self.by, user_id=None, name=LOOKER)
        done = 0
        for row in rows:
            owner, item = self._owner(row), self._item(row)
            if owner is None or any(one.state != LineState.DONE for one in self._lines(row)):
                continue
            with self._day(CLOSED_AFTER) as is_over:
                if not is_over:
                    continue
                result = "清单上的问题都已整改，逐条核验销号。"
                item = handling.report(item=item, result=result, by=owner, revision=item.revision)
                item = checking.verify(
                    item=item, note="逐条看过，同意销号", by=self.by, revision=item.revision
                )
            done += 1
            looked_at = self._at(CLOSED_AFTER) + dt.timedelta(days=LOOKED_AFTER)
            if done != 2 and looked_at < self.seeding.now:
                with clock.at(looked_at):
                    checking.look(item=item, lasting=True, note="抽看两个支部，没有反复", by=looker)

    def _raise(self) -> None:
        """What most have is raised to the zone, of the newest half-year."""
        with self._day(FACTS_AFTER) as is_over:
            common = next((one for one in commons_of(self.cycle) if one.cause is None), None)
            if common is None or not is_over or not self.is_newest:
                return
            causes.raise_cause(
                cycle=self.cycle,
                indicator=common.indicator,
                title=f"解决共性问题：{common.name}"[:100],
                demand="由组织部门查清原因，改规则、做培训，各单位的问题列在下面。",
                due_on=self.calendar.add_working_days(self.issued_on, TERMS[Closing.MONTHS]),
                cause=Cause.SKILL,
                by=self.by,
            )

    def _forget(self) -> None:
        """Messages of days long past are told to nobody."""
        items = ActionItem.objects.filter(
            Q(source_kind=proposing.SOURCE) | Q(links__source_kind=causes.COMMON)
        )
        about = [f"action:{pk}" for pk in items.values_list("pk", flat=True)]
        told = Notification.objects.filter(about__in=about)
        keys = [f"mail:{key}" for key in told.values_list("key", flat=True)]
        Effect.objects.filter(key__in=keys).delete()
        told.delete()

    # --- what they share --------------------------------------------------------------------------

    def _at(self, days: int) -> dt.datetime:
        day = self.calendar.add_working_days(self.issued_on, days) if days else self.issued_on
        return timezone.make_aware(dt.datetime.combine(day, dt.time(10, 20)))

    def _day(self, days: int) -> "_Day":
        return _Day(self._at(days), self.seeding.now)

    def _person(self, name: str) -> Actor:
        user = self.seeding.of(Accounts).by_username[name]
        return actor_of(user, user.grants.select_related("organization").get())

    def _owner(self, row: Rectification) -> Actor | None:
        place = row.assessed.organization_id
        user = self.seeding.of(Accounts).responsible.get(place)
        if user is None:
            return None
        grant = user.grants.select_related("organization").get(organization=place)
        return actor_of(user, grant)

    def _item(self, row: Rectification) -> ActionItem:
        rows = ActionItem.objects.select_related("owner", "issuer")
        return rows.get(source_kind=proposing.SOURCE, source_id=row.pk)

    def _lines(self, row: Rectification) -> Iterable[ActionLine]:
        return (
            ActionLine.objects.filter(item=row.item_id).select_related("item").order_by("position")
        )


class _Day:
    """The portal's clock stands at a moment, where that is over; says whether it is."""

    def __init__(self, moment: dt.datetime, now: dt.datetime) -> None:
        self.is_over = moment < now
        self.clock = clock.at(moment if self.is_over else now)

    def __enter__(self) -> bool:
        self.clock.__enter__()
        return self.is_over

    def __exit__(self, *error: object) -> None:
        self.clock.__exit__(None, None, None)
