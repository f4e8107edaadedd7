"""Three years of action items: the zone's of each dispatch, and each committee's own."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.utils import timezone

from core import periods
from core.demo import Seeding
from core.periods import WorkCalendar
from orgs.demo.accounts import Accounts
from orgs.demo.names import person_name
from orgs.demo.tree import Tree
from orgs.enums import OrganizationKind
from orgs.models import Organization, User
from schedules.rounds.queries.calendar import load

from ..actions.checking import RELAPSE
from ..enums import UNDER_WAY, ActionState, ActionStepKind, Look, Priority, Shape
from ..models import ActionItem, ActionLine, ActionStep, NumberSeries
from ..sources import BY_HAND
from . import phrases
from .course import Course, Fate, People, Rows

# What becomes of the zone's items, one after the other, so that each kind comes up again and again.
FATES = (
    Fate(look=Look.RELAPSED, report=-4),
    Fate(report=4),
    Fate(ending="extended"),
    Fate(ending="waiting", report=1),
    Fate(ending="returned", comment=True),
    Fate(ending="transferred"),
    Fate(receipt=4, report=-1),
    Fate(ending="refused", report=2),
    Fate(comment=True),
    Fate(ending="held"),
    Fate(ending="cancelled"),
    Fate(ending="asked"),
    Fate(ending="stuck"),
    Fate(report=-5),
)
# What is still open after these months has gone on since.
SETTLED = 2
GONE_ON = {
    "held": Fate(ending="waiting", report=3),
    "asked": Fate(ending="extended", report=0),
    "stuck": Fate(report=9),
}
COMMITTEE_FATES = (
    (Fate(), 40),
    (Fate(report=3), 14),
    (Fate(report=8, receipt=3), 5),
    (Fate(ending="returned"), 8),
    (Fate(ending="extended"), 7),
    (Fate(ending="waiting"), 6),
    (Fate(ending="refused"), 2),
    (Fate(ending="transferred"), 3),
    (Fate(ending="cancelled"), 2),
    (Fate(look=Look.RELAPSED), 7),
    (Fate(ending="stuck"), 3),
    (Fate(look=Look.NONE, comment=True), 3),
)
# What becomes of those that visits and tours give rise to.
BORN_FATES = ((Fate(), 6), (Fate(report=3), 2), (Fate(look=Look.NONE), 1))
OF_ZONE = 4  # a month
OPENS = 5  # the working day of the month on which the dispatch meets
EACH_QUARTER = 3
# Where the guide finds one of each, whatever the day: given out so many working days ago, what
# becomes of it, and in how many working days it is due.
NEWEST = (
    (1, Fate(receipt=60), 15),
    (5, Fate(receipt=60), 15),
    (14, Fate(ending="stuck"), 6),
    (12, Fate(ending="asked"), 14),
    (15, Fate(ending="refused", report=6), 14),
    (10, Fate(ending="held"), 20),
    (8, Fate(report=-1), 9),
    (6, Fate(comment=True), None),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """All items of the recent months, and the numbers of all that will be there."""
    items = Items(seeding, load())
    seeding.keep(items)
    if seeding.is_again:
        return {}
    seeding.add(items.series)
    for month in seeding.recent:
        items.of_month[month].insert(seeding)
    return {"action_items": ActionItem.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """One older month, whole or not at all."""
    rows = seeding.of(Items).of_month[month]
    first = next(iter((*rows.wholes, *rows.items)), None)
    if (
        first is None
        or ActionItem.objects.filter(
            issuer=first.issuer, year=first.year, serial=first.serial
        ).exists()
    ):
        return
    with seeding.step():
        rows.insert(seeding)


class Items:
    """All months, drawn at once, so that numbers follow the days on which they were given."""

    def __init__(self, seeding: Seeding, calendar: WorkCalendar) -> None:
        self.seeding, self.calendar, self.now = seeding, calendar, seeding.now
        self.tree, self.accounts = seeding.of(Tree), seeding.of(Accounts)
        self.current = periods.containing(seeding.today, periods.MONTH)
        self.committees = [
            row for row in self.tree.organizations if row.kind == OrganizationKind.DIRECT_COMMITTEE
        ]
        self.of_month: dict[str, Rows] = {}
        for month in seeding.months:
            self.rows = self.of_month[month] = Rows()
            self._of_zone(month)
            for committee in self.committees:
                self._of_committee(month, committee)
            seeding.breathe()
        if seeding.months[-1] == self.current:
            self._newest()
        self.series = self._number()

    # --- who gives out what -----------------------------------------------------------------------

    def _of_zone(self, month: str) -> None:
        rng, zone = self.seeding.rng("items", month, "zone"), self.tree.root
        at = self._moment(self._workday(month, OPENS), 15, 30)
        ordinal = int(month[:4]) * 12 + int(month[5:7])
        owners = self._there(self.committees, at)
        if at >= self.now or not owners:
            return
        source = phrases.SOURCES[0].format(month=int(month[5:7]))
        for place in range(OF_ZONE):
            fate = self._settled(FATES[(ordinal * OF_ZONE + place) % len(FATES)], month)
            if ordinal % 2 == 0 and place == 0:
                fate = FATES[0]
            theme = rng.choice(phrases.THEMES)
            owner = rng.choice(owners)
            term = 12 if place == 0 else rng.choice((10, 15, 20, 25))
            others = [one for one in owners if one.pk != owner.pk]
            self._item(
                rng, zone, owner, theme, fate, at, None if fate.receipt == 4 else term,
                source=source, other=rng.choice(others) if others else None,
            )  # fmt: skip
        self._list(rng, zone, rng.choice(owners), at, month, source)
        if ordinal % EACH_QUARTER == 0:
            self._shared(rng, zone, owners, at, month)

    def _of_committee(self, month: str, committee: Organization) -> None:
        rng = self.seeding.rng("items", month, committee.path)
        count = rng.choices((0, 1, 2), (55, 33, 12))[0]
        ordinal = int(month[:4]) * 12 + int(month[5:7])
        # A place and a thing that come back: the same since the zone was drawn.
        often = self.seeding.rng("often", committee.path)
        since, theme, share = often.randrange(4), often.choice(phrases.THEMES), often.random()
        is_often = ordinal % 4 == since
        for place in range(max(count, 1 if is_often else 0)):
            at = self._moment(self._workday(month, rng.randint(2, 18)), rng.randint(9, 16), 20)
            below = self._there(self.tree.below(committee)[1:], at)
            if at >= self.now or not below:
                continue
            owner, about = rng.choice(below), rng.choice(phrases.THEMES)
            if is_often and place == 0:
                owner, about = below[int(share * len(below))], theme
            fates, weights = zip(*COMMITTEE_FATES, strict=True)
            fate = self._settled(rng.choices(fates, weights)[0], month)
            term = rng.choice((5, 8, 10, 15, 20, None))
            source = rng.choice(phrases.SOURCES).format(month=int(month[5:7]))
            others = [one for one in below if one.pk != owner.pk]
            self._item(
                rng, committee, owner, about, fate, at, term,
                source=source, other=rng.choice(others) if others else None,
            )  # fmt: skip

    def _newest(self) -> None:
        """What is new on the day, and a draft."""
        rng = self.seeding.rng("items", "newest")
        for number, (days, fate, term) in enumerate(NEWEST):
            issuer = (self.tree.root, *self.committees)[number % 3]
            at = self._moment(self.calendar.add_working_days(self.seeding.today, -days), 15, 20)
            below = self.tree.below(issuer)[1:] if number % 3 else self.committees
            owner = rng.choice(self._there(below, at))
            source = phrases.SOURCES[1].format(month=at.month)
            theme = rng.choice(phrases.THEMES)
            self._item(rng, issuer, owner, theme, fate, at, term, source=source)
        street = self.committees[0]
        at = self._moment(self.calendar.add_working_days(self.seeding.today, -1), 16, 10)
        draft, _ = self._drawn(
            rng, street, self.tree.below(street)[1], phrases.THEMES[7], at, "月报退回", None
        )
        draft.due_on = self.calendar.add_working_days(self.seeding.today, 10)
        self.rows.items.append(draft)

    def _settled(self, fate: Fate, month: str) -> Fate:
        age = (int(self.current[:4]) - int(month[:4])) * 12
        age += int(self.current[5:7]) - int(month[5:7])
        return GONE_ON.get(fate.ending, fate) if age > SETTLED else fate

    # --- items ------------------------------------------------------------------------------------

    def _item(
        self,
        rng: random.Random,
        issuer: Organization,
        owner: Organization,
        theme: phrases.Theme,
        fate: Fate,
        at: dt.datetime,
        term: int | None,
        *,
        source: str,
        other: Organization | None = None,
    ) -> None:
        item, course = self._drawn(rng, issuer, owner, theme, at, source, other)
        self.rows.items.append(item)
        course.run(fate, term)
        if item.look == Look.RELAPSED:
            self._again(rng, item, theme)

    def _again(self, rng: random.Random, item: ActionItem, theme: phrases.Theme) -> None:
        """What has relapsed: given out anew some days after somebody found it; until then a draft."""
        looked_at = item.looked_at or item.drafted_at
        again, course = self._drawn(rng, item.issuer, item.owner, theme, looked_at, RELAPSE, None)
        again.source_kind, again.relapse_of = RELAPSE, item
        again.demand = f"销号后反弹：{item.look_note}"
        self.rows.again.append(again)
        day = self.calendar.add_working_days(timezone.localdate(looked_at), rng.randint(1, 3))
        given_out = self._moment(day, 10, 5)
        if given_out < self.now:
            course.at = given_out
            course.run(Fate(report=rng.choice((-2, 1))), 10)

    def _list(
        self,
        rng: random.Random,
        issuer: Organization,
        owner: Organization,
        at: dt.datetime,
        month: str,
        source: str,
    ) -> None:
        """What one committee has to put right, line by line."""
        item, course = self._drawn(rng, issuer, owner, phrases.THEMES[0], at, source, None)
        item.shape, item.title = Shape.LIST, f"{owner}党建整改清单"
        item.demand = "按清单逐条整改，办成一条销一条，全部销号后整件报结。"
        self.rows.items.append(item)
        texts = rng.sample(phrases.LINES, rng.randint(2, 4))
        lines = [
            ActionLine(
                item=item,
                position=number,
                problem=problem.format(a=rng.randint(2, 9)),
                measure=measure,
                responsible_name=self._person(rng),
                due_on=self.calendar.add_working_days(timezone.localdate(at), 6 + 4 * number),
            )
            for number, (problem, measure) in enumerate(texts, start=1)
        ]
        lines.insert(
            1,
            ActionLine(
                item=item,
                problem=phrases.BOUND[0],
                measure=phrases.BOUND[1],
                figure_key="reports_on_time",
                goal=1,
                months=2,
                due_on=self.calendar.add_working_days(timezone.localdate(at), 20),
            ),
        )
        for number, line in enumerate(lines, start=1):
            line.position = number
        self.rows.lines += lines
        late = self._settled(rng.choice((Fate(ending="stuck"), Fate(report=2), Fate())), month)
        course.run(late, 25, lines)

    def _shared(
        self,
        rng: random.Random,
        issuer: Organization,
        owners: Sequence[Organization],
        at: dt.datetime,
        month: str,
    ) -> None:
        """One task to all committees; it closes with the last of them."""
        title, category, demand = rng.choice(phrases.SHARED)
        whole, course = self._drawn(rng, issuer, issuer, phrases.THEMES[4], at, "季度重点", None)
        whole.shape, whole.title, whole.category = Shape.SHARED, title, category
        whole.demand, whole.state, whole.revision = demand, ActionState.DOING, 2
        whole.issued_at, whole.issued_by_name = (
            at,
            course.people.issuer.name if course.people.issuer else "",
        )
        whole.issued_by_id = course.people.issuer.pk if course.people.issuer else None
        whole.due_on = whole.original_due_on = self.calendar.add_working_days(
            timezone.localdate(at), 20
        )
        self.rows.wholes.append(whole)
        self._tell(whole, ActionStepKind.ISSUED, at, whole.issued_by_name)
        parts = []
        for number, owner in enumerate(owners, start=1):
            part, its = self._drawn(rng, issuer, owner, phrases.THEMES[4], at, "季度重点", None)
            part.title, part.category, part.demand = title, category, demand
            part.parent, part.part = whole, number
            parts.append(part)
            fate = Fate(report=rng.choice((-6, -3, -2, -1, 0, 3)), look=Look.NONE)
            its.run(self._settled(fate, month), 20)
        self.rows.items += parts
        if not any(part.state in UNDER_WAY for part in parts):
            last = max(part.verified_at for part in parts if part.verified_at)
            whole.state, whole.verified_at, whole.revision = ActionState.CLOSED, last, 3
            self._tell(whole, ActionStepKind.CLOSED, last, whole.issued_by_name, "各单位都已销号")

    def _drawn(
        self,
        rng: random.Random,
        issuer: Organization,
        owner: Organization,
        theme: phrases.Theme,
        at: dt.datetime,
        source: str,
        other: Organization | None,
    ) -> tuple[ActionItem, Course]:
        number = rng.randint(2, 6)
        place = owner.short_name or owner.name
        giver = self._answers_for(issuer)
        item = ActionItem(
            issuer=issuer,
            owner=owner,
            title=theme.title.format(place=place)[:100],
            demand=theme.demand.replace("{a}", str(number)),
            priority=rng.choices(Priority.values, (70, 22, 8))[0],
            category=theme.category,
            cause=theme.cause,
            source_kind=BY_HAND,
            source_label="" if source == RELAPSE else source,
            drafted_at=at,
            drafted_by_id=giver.pk if giver else None,
        )
        people = People(
            owner=self._answers_for(owner),
            issuer=giver,
            leader=self._person(rng),
            looker=self._person(rng),
            other=other,
            other_person=self._answers_for(other) if other else None,
        )
        course = Course(
            self.rows, item, rng=rng, now=self.now, calendar=self.calendar,
            people=people, words=theme, number=number,
        )  # fmt: skip
        return item, course

    # --- numbers ----------------------------------------------------------------------------------

    def _number(self) -> list[NumberSeries]:
        """Gives the numbers in the order of the days, and says how far each series has come."""
        last: dict[tuple[int, int], int] = defaultdict(int)
        given = [item for rows in self.of_month.values() for item in _numbered(rows)]
        places = {row.pk: row for row in self.tree.organizations}
        for item in sorted(given, key=lambda one: (one.drafted_at, one.issuer.path, one.title)):
            item.year = timezone.localdate(item.drafted_at).year
            last[item.issuer_id, item.year] += 1
            item.serial = last[item.issuer_id, item.year]
            if item.relapse_of is not None:
                item.source_label = f"{item.relapse_of.number}反弹"
        for rows in self.of_month.values():
            for part in rows.items:
                if part.parent is not None:
                    part.year, part.serial = part.parent.year, part.parent.serial
        return [
            NumberSeries(organization=places[pk], year=year, last=number)
            for (pk, year), number in sorted(last.items())
        ]

    def born(
        self,
        rng: random.Random,
        issuer: Organization,
        owner: Organization,
        theme: phrases.Theme,
        at: dt.datetime,
        *,
        source: str,
    ) -> Rows:
        """An item that another part of the demo zone gives out, with all that became of it by now,
        to be inserted by that part. Its number follows those that were drawn before."""
        self.rows = Rows()
        weights = [weight for _, weight in BORN_FATES]
        month = periods.containing(timezone.localdate(at), periods.MONTH)
        fate, _ = rng.choices(BORN_FATES, weights)[0]
        fate = self._settled(fate, month)
        self._item(rng, issuer, owner, theme, fate, at, rng.choice((10, 15, 20)), source=source)
        (item,) = self.rows.items
        item.year = timezone.localdate(at).year
        series = next(
            (one for one in self.series if one.organization == issuer and one.year == item.year),
            None,
        )
        if series is None:
            series = NumberSeries(organization=issuer, year=item.year, last=0)
            self.series.append(series)
        series.last += 1
        item.serial = series.last
        return self.rows

    # --- who and when -----------------------------------------------------------------------------

    def _answers_for(self, place: Organization) -> User | None:
        if place.kind == OrganizationKind.WORK_COMMITTEE:
            return self.accounts.by_username["zone"]
        return self.accounts.responsible.get(place.pk)

    def _person(self, rng: random.Random) -> str:
        return person_name(rng, female=rng.random() < 0.4, birth_year=rng.randint(1965, 1992))

    def _there(self, places: Iterable[Organization], at: dt.datetime) -> list[Organization]:
        """Those that can be given something on the day, and have not ceased since."""
        day = timezone.localdate(at)
        return [
            row
            for row in places
            if (row.founded_on is None or row.founded_on <= day) and row.abolished_on is None
        ]

    def _workday(self, month: str, number: int) -> dt.date:
        before = periods.first_day(month) - dt.timedelta(days=1)
        return self.calendar.add_working_days(before, number)

    def _moment(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))

    def _tell(
        self, item: ActionItem, kind: ActionStepKind, at: dt.datetime, name: str, text: str = ""
    ) -> None:
        place = str(item.issuer)[:100]
        self.rows.steps.append(
            ActionStep(item=item, kind=kind, at=at, by_name=name, by_organization=place, text=text)
        )


def _numbered(rows: Rows) -> list[ActionItem]:
    """Items with a number of their own."""
    own = (item for item in rows.items if item.parent is None)
    return [*rows.wholes, *own, *rows.again]
