"""Visits of three years: the zone's, drawn by lot each half-year, those that committees made of their
own, and some that are new on the day."""

import datetime as dt
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from core import periods
from core.demo import Seeding
from core.periods import WorkCalendar
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization, User
from schedules.action_items.demo.course import Rows
from schedules.action_items.demo.items import Items
from schedules.action_items.demo.phrases import SOURCES
from schedules.action_items.models import ActionItem, ActionLink
from schedules.action_items.sources import BY_HAND
from schedules.rounds.queries.calendar import load

from ..actions.visits import SOURCE
from ..enums import DrawState, VisitState
from ..models import FieldVisit, VisitDraw, VisitFinding, VisitVisitor
from . import phrases
from .draws import EACH, Past

EVERY, NEWEST = 6, 3  # months between two draws; how long ago the newest was made
DRAWS_ON, DRAWS_AT = 8, (15, 10)  # the working day of the month, and the hour
SPAN = 100  # working days in which the places of a draw are visited
SOON = 10  # working days ahead for which the day is fixed
HANDED = 3  # one visit of so many leads to an item
NIL = uuid.UUID("8a3f0c52-1f0e-4d53-9d0a-5d1b7f3e2c41")


@dataclass
class _Rows:
    """What is to be inserted of one month."""

    draws: list[VisitDraw] = field(default_factory=list)
    visits: list[FieldVisit] = field(default_factory=list)
    visitors: list[VisitVisitor] = field(default_factory=list)
    findings: list[VisitFinding] = field(default_factory=list)
    born: list[tuple[FieldVisit, Rows]] = field(default_factory=list)
    # Items that a committee gave out after a visit of its own, by issuer and number.
    after: dict[tuple[int, int, int], tuple[FieldVisit, VisitFinding]] = field(default_factory=dict)


def build(seeding: Seeding) -> Mapping[str, int]:
    """The draws and visits of the recent months."""
    visits = _Visits(seeding)
    seeding.keep(visits)
    if seeding.is_again:
        return {}
    write_numbers(seeding)
    for month in reversed(seeding.recent):
        _insert(seeding, visits.of_month[month], month)
    return {"visits": FieldVisit.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """Those of one older month, all or none."""
    rows = seeding.of(_Visits).of_month[month]
    first = rows.visits[0] if rows.visits else None
    if first is None:
        return
    there = FieldVisit.objects.filter(
        holder=first.holder, organization=first.organization, done_at=first.done_at
    )
    if not there.exists():
        with seeding.step():
            _insert(seeding, rows, month)


def _insert(seeding: Seeding, rows: _Rows, month: str) -> None:
    for some in (rows.draws, rows.visits, rows.visitors):
        seeding.add(some)
    born = insert_born(seeding, [(visit.pk, str(visit), its) for visit, its in rows.born], SOURCE)
    first = timezone.make_aware(dt.datetime.combine(periods.first_day(month), dt.time()))
    items = ActionItem.objects.filter(
        source_kind=BY_HAND,
        source_label=_label(month),
        parent=None,
        drafted_at__gte=first,
        drafted_at__lt=first + dt.timedelta(days=32),
    )
    given = []
    for item in items if rows.after else ():
        found = rows.after.get((item.issuer_id, item.year, item.serial))
        if found is not None:
            visit, finding = found
            finding.item = item
            item.source_kind, item.source_id, item.source_label = SOURCE, visit.pk, str(visit)[:100]
            given.append(item)
    ActionItem.objects.bulk_update(
        given, ["source_kind", "source_id", "source_label"], batch_size=200
    )
    seeding.add([link_of(item) for item in (*born, *given)])
    seeding.add(rows.findings)


def insert_born(
    seeding: Seeding, born: Sequence[tuple[int, str, Rows]], kind: str
) -> list[ActionItem]:
    """Writes items that came from rows of that kind: key and label of each, and the item with its
    course. Without their links."""
    whole = Rows()
    for pk, label, rows in born:
        (item,) = rows.items
        item.source_kind, item.source_id, item.source_label = kind, pk, label[:100]
        whole.take(rows)
    whole.insert(seeding)
    return whole.items


def write_numbers(seeding: Seeding) -> None:
    """Says how far the numbers of items have come with those that a part has drawn."""
    series = seeding.of(Items).series
    seeding.update([one for one in series if one.pk], ["last"])
    seeding.add([one for one in series if not one.pk])


def link_of(item: ActionItem) -> ActionLink:
    """The way back to what the item came from."""
    return ActionLink(
        item=item,
        source_kind=item.source_kind,
        source_id=item.source_id or 0,
        label=item.source_label,
        at=item.drafted_at,
    )


def _label(month: str) -> str:
    return SOURCES[2].format(month=int(month[5:7]))


class _Visits:
    """All months, drawn at once and in order: who was visited lately is drawn less."""

    def __init__(self, seeding: Seeding) -> None:
        self.seeding, self.now = seeding, seeding.now
        self.calendar: WorkCalendar = load()
        self.tree, self.accounts = seeding.of(Tree), seeding.of(Accounts)
        self.items, self.past = seeding.of(Items), Past(seeding)
        self.of_month: dict[str, _Rows] = {}
        last = seeding.months[-1]
        drawn = {periods.shift(last, -NEWEST - EVERY * times) for times in range(20)}
        self.number = 0
        for month in seeding.months:
            self.rows = self.of_month[month] = _Rows()
            if month in drawn:
                self._drawn(month)
            self._of_committees(month)
            seeding.breathe()
        if last == periods.containing(seeding.today, periods.MONTH):
            self._newest()

    # --- drawn by lot -----------------------------------------------------------------------------

    def _drawn(self, month: str) -> None:
        first = periods.first_day(month) - dt.timedelta(days=1)
        day = self.calendar.add_working_days(first, DRAWS_ON)
        at = self._at(day, *DRAWS_AT)
        if at >= self.now:
            return
        self.number += 1
        draw, found = self.past.draw(month, at)
        self.rows.draws.append(draw)
        rng = self.seeding.rng("visits", month)
        places = rng.sample(found.drawn, len(found.drawn))
        for number, row in enumerate(places):
            place = self.past.by_code[row.candidate.code]
            people = [User(pk=int(one.code[1:]), name=one.name) for one in row.visitors]
            when = self.calendar.add_working_days(day, 3 + number * SPAN // len(places))
            visit = self._visit(self.tree.root, place, people, when, draw=draw)
            if number == len(places) - 2:
                visit.state, visit.cancel_reason = (
                    VisitState.CANCELLED,
                    phrases.CANCELLED[self.number % len(phrases.CANCELLED)],
                )
            else:
                self._go(rng, visit, people, number % HANDED == 0)
        last = self.calendar.add_working_days(day, SPAN + 5)
        if self._at(last, 9, 0) < self.now:
            draw.state, draw.published_at = DrawState.PUBLISHED, self._at(last, 9, 0)

    # --- of committees, by hand -------------------------------------------------------------------

    def _of_committees(self, month: str) -> None:
        """Each before an item that says that it came of a visit."""
        for item in self.items.of_month[month].items:
            person = self.accounts.responsible.get(item.issuer_id)
            if item.source_label != _label(month) or item.parent is not None or person is None:
                continue
            text = phrases.finding_for(item.title)
            if not text or item.owner.pk == item.issuer.pk:
                continue
            rng = self.seeding.rng("visit", item.issuer.path, str(item.year), str(item.serial))
            day = self.calendar.add_working_days(timezone.localdate(item.drafted_at), -1)
            visit = self._visit(item.issuer, item.owner, [person], day)
            finding = self._done(rng, visit, [person], [text])[0]
            self.rows.after[item.issuer.pk, item.year, item.serial] = (visit, finding)

    # --- new on the day ---------------------------------------------------------------------------

    def _newest(self) -> None:
        """Of the zone, by hand: one that is over, one under way, one to come; and a seed by which
        nothing is drawn yet."""
        root, today = self.tree.root, self.seeding.today
        rng = self.seeding.rng("visits", "newest")
        taken = {one.organization.pk for one in self.rows_open()}
        for name, others, days in (
            ("湖庄村第一支部", "jinshanqiao", -12),
            ("桃园社区第一支部", "dahuangshan", 0),
            ("湖庄村第二支部", "jinshanqiao", 4),
        ):
            place = self.tree.by_short_name.get(name)
            people = [self.accounts.by_username["zone"]]
            people += filter(None, [self.accounts.by_username.get(others)])
            if place is None or place.pk in taken:
                continue
            day = self.calendar.add_working_days(today, days) if days else today
            visit = self._visit(root, place, people, day)
            if days < 0:
                self._go(rng, visit, people, True)
            elif not days:
                visit.state, visit.revision = VisitState.UNDER_WAY, 2
                visit.begun_at = visit.saved_at = self.now - dt.timedelta(minutes=40)
                visit.saved_by_name = people[0].name
                visit.notes = self._notes(rng)
        at = self.now - dt.timedelta(hours=2)
        name = self.accounts.by_username["zone"].name
        self.rows.draws.append(
            VisitDraw(
                organization=root,
                title=f"{today.month}月补充调研",
                seed=f"{today.year}{today.timetuple().tm_yday // 3 + 1:03d}期 04 11 17 20 26 32 + 07",
                seed_source=f"示例彩票开奖公告，{today.year}年{today.month}月{today.day}日",
                count=4,
                visitors_each=EACH,
                seeded_at=at,
                seeded_by_name=name,
            )
        )

    def rows_open(self) -> list[FieldVisit]:
        """Those of the zone that are still to be made."""
        return [
            one
            for rows in self.of_month.values()
            for one in rows.visits
            if one.is_open and one.holder_id == self.tree.root.pk
        ]

    # --- one visit --------------------------------------------------------------------------------

    def _visit(
        self,
        holder: Organization,
        place: Organization,
        people: Sequence[User],
        day: dt.date,
        draw: VisitDraw | None = None,
    ) -> FieldVisit:
        visit = FieldVisit(holder=holder, organization=place, draw=draw, visit_on=day)
        self.rows.visits.append(visit)
        self.rows.visitors += [
            VisitVisitor(visit=visit, user=one, name=one.name[:100]) for one in people
        ]
        return visit

    def _go(
        self, rng: random.Random, visit: FieldVisit, people: Sequence[User], is_handed: bool
    ) -> None:
        """Made, if its day is over; else to come, its day fixed when it is near."""
        day = visit.visit_on or self.seeding.today
        if self._at(day, 13, 0) >= self.now:
            if day > self.calendar.add_working_days(self.seeding.today, SOON):
                visit.visit_on = None
            return
        count = rng.choices((0, 1, 2, 3), (25, 40, 25, 10))[0]
        endings = rng.sample(sorted(phrases.FOUND), max(count, 1 if is_handed else 0))
        findings = self._done(rng, visit, people, [phrases.FOUND[one] for one in endings])
        if not is_handed:
            return
        at = self._at(self.calendar.add_working_days(day, 1), 10, rng.randrange(5, 55))
        if at < self.now:
            theme, place = phrases.theme_of(endings[0]), visit.organization
            born = self.items.born(rng, visit.holder, place, theme, at, source=str(visit))
            findings[0].item = born.items[0]
            self.rows.born.append((visit, born))

    def _done(
        self,
        rng: random.Random,
        visit: FieldVisit,
        people: Sequence[User],
        texts: Sequence[str],
    ) -> list[VisitFinding]:
        begun = self._at(visit.visit_on or self.seeding.today, 9, rng.randrange(0, 50, 5))
        done = begun + dt.timedelta(minutes=rng.randrange(70, 170))
        visit.state, visit.revision = VisitState.DONE, 4
        visit.begun_at, visit.done_at, visit.saved_at = begun, done, done
        visit.notes, visit.saved_by_name = self._notes(rng), people[-1].name if people else ""
        problems = phrases.PROBLEMS.format(a=len(texts)) if texts else phrases.NO_PROBLEM
        visit.conclusion = rng.choice(phrases.CONCLUSIONS).format(problems=problems)
        self.past.visited[visit.organization.pk] = done
        path = f"{visit.holder.path}:{visit.organization.path}:{done.isoformat()}"
        findings = [
            VisitFinding(
                uid=uuid.uuid5(NIL, f"{path}:{number}"),
                visit=visit,
                text=text.format(a=rng.randint(2, 5)),
                written_by_name=rng.choice(people).name if people else "",
                written_at=begun + dt.timedelta(minutes=20 + 15 * number),
            )
            for number, text in enumerate(texts)
        ]
        self.rows.findings += findings
        return findings

    def _notes(self, rng: random.Random) -> str:
        seen = rng.choice(phrases.SEEN).format(a=rng.randint(3, 8))
        return f"{seen}\n{rng.choice(phrases.TRUE)}\n好的做法：{rng.choice(phrases.WELL)}"

    def _at(self, day: dt.date, hour: int, minute: int) -> dt.datetime:
        return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))
