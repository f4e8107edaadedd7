"""Draws of visits as they were made in the past: by the very functions that draw today, from what the
zone was then. Without a query, so that it is the same whichever months are written already."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from django.utils import timezone

from core import periods
from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import Post
from orgs.models import Organization
from orgs.models.organization import STEP
from schedules.action_items.demo.items import Items
from schedules.action_items.enums import ActionState
from schedules.rounds.demo.rounds import Rounds

from .. import rules
from ..enums import DrawState
from ..models import VisitDraw
from ..queries.drawing import MONTHS_BACK, Standing, visitors
from ..words import candidates_of

SHARE = 20  # one branch of so many
MOST, LEAST, EACH = 24, 4, 2
_DAYS_OF_MONTH = 30.44


def heads_of(tree: Tree) -> list[Organization]:
    """The organisations directly below the zone, by their paths: parents know no keys yet when the
    zone is drawn again."""
    depth = len(tree.root.path) + STEP
    return [one for one in tree.organizations if len(one.path) == depth]


class Past:
    """The zone as it stood on some day, as a draw looks at it."""

    def __init__(self, seeding: Seeding) -> None:
        self.seeding, self.tree = seeding, seeding.of(Tree)
        self.rounds, self.items = seeding.of(Rounds), seeding.of(Items)
        self.by_code = {one.code: one for one in self.tree.organizations}
        # When each place was visited last; whoever writes a visit notes it here.
        self.visited: dict[int, dt.datetime] = {}
        self._people: Sequence[rules.Visitor] | None = None
        self._counts: dict[str, tuple[dt.date, dict[int, Counter[str]]]] = {}

    def draw(self, month: str, at: dt.datetime) -> tuple[VisitDraw, rules.Draw]:
        """The draw of that month, as it was made at that moment."""
        root = self.tree.root
        rng = self.seeding.rng("draw", month)
        balls = sorted(rng.sample(range(1, 34), 6))
        day = timezone.localdate(at)
        issue = f"{day.year}{day.timetuple().tm_yday // 3 + 1:03d}期"
        seed = f"{issue} {' '.join(f'{one:02d}' for one in balls)} + {rng.randint(1, 16):02d}"
        standings = self.standings(at)
        candidates = candidates_of(standings)
        if self._people is None:
            self._people = visitors(root, standings)
        count = min(MOST, max(LEAST, len(candidates) // SHARE))
        found = rules.draw(seed, candidates, count, self._people, EACH)
        strata = {one.code: str(one) for one in self._heads().values()}
        published = rules.canonical(
            found, candidates, self._people, count=count, visitors_each=EACH, strata=strata
        )
        name = self.seeding.of(Accounts).by_username["zone"].name
        half = "上" if day.month <= 6 else "下"
        draw = VisitDraw(
            organization=root,
            title=f"{day.year}年{half}半年双随机调研",
            seed=seed,
            seed_source=f"示例彩票{issue}开奖公告，{day.year}年{day.month}月{day.day}日",
            count=count,
            visitors_each=EACH,
            state=DrawState.DRAWN,
            seeded_at=at - dt.timedelta(hours=26),
            seeded_by_name=name,
            drawn_at=at,
            drawn_by_name=name,
            published=published,
            digest=rules.digest(published),
        )
        return draw, found

    def standings(self, at: dt.datetime) -> list[Standing]:
        """As `queries.drawing.standings` would have found them."""
        day, heads = timezone.localdate(at), self._heads()
        rows = {
            one.pk: Standing(one, heads[one.path[: len(self.tree.root.path) + STEP]].code)
            for one in self.tree.branches
            if one.abolished_on is None and (one.founded_on is None or one.founded_on <= day)
        }
        told: dict[int, Counter[str]] = defaultdict(Counter)
        since = periods.first_day(periods.shift(periods.containing(day, "month"), -MONTHS_BACK))
        for month in self.seeding.months:
            if month < self.rounds.current:
                due_on, counts = self._of_reports(month, at)
                if since <= due_on < day:
                    for pk, count in counts.items():
                        told[pk].update(count)
        for pk in self._overdue(at):
            told[pk]["overdue"] += 1
        self._look_at_secretaries(rows, told, day)
        for pk, row in rows.items():
            row.found = {key: times for key, times in told[pk].items() if times}
            if pk in self.visited:
                row.months_since_visit = int((at - self.visited[pk]).days / _DAYS_OF_MONTH)
        return list(rows.values())

    def _heads(self) -> Mapping[str, Organization]:
        return {one.path: one for one in heads_of(self.tree)}

    def _of_reports(self, month: str, at: dt.datetime) -> tuple[dt.date, dict[int, Counter[str]]]:
        if month not in self._counts:
            when, _, _, courses = self.rounds.courses(month)
            counts: dict[int, Counter[str]] = {}
            for pk, course in courses.items():
                sent = course.submitted_at
                found = Counter(
                    missing=int(sent is None),
                    late=int(sent is not None and sent > when.late_after),
                    returned=int(course.returned_at is not None),
                )
                if any(found.values()):
                    counts[pk] = found
            self._counts[month] = when.due_on, counts
            self.seeding.breathe()
        return self._counts[month]

    def _overdue(self, at: dt.datetime) -> list[int]:
        day = timezone.localdate(at)
        return [
            item.owner_id
            for rows in self.items.of_month.values()
            for item in (*rows.items, *rows.again)
            if item.issued_at is not None
            and item.issued_at < at
            and item.due_on is not None
            and item.due_on < day
            and item.state != ActionState.CANCELLED
            and (item.reported_at is None or item.reported_at > at)
        ]

    def _look_at_secretaries(
        self, rows: Mapping[int, Standing], told: Mapping[int, Counter[str]], day: dt.date
    ) -> None:
        new_since = periods.first_day(
            periods.shift(periods.containing(day, "month"), -rules.NEW_MONTHS)
        )
        vacant = {one.pk for one in self.tree.without_secretary}
        held: dict[int, list[dt.date | None]] = defaultdict(list)
        for office in self.tree.offices:
            is_over = office.ended_on is not None and office.ended_on <= day
            if office.post == Post.SECRETARY and not is_over:
                held[office.organization_id].append(office.started_on)
        for pk in rows:
            if pk in vacant:
                told[pk]["vacant"] = 1
            elif held[pk] and all(one is not None and new_since <= one <= day for one in held[pk]):
                told[pk]["new_secretary"] = 1
