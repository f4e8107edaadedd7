"""年度组织生活计划 of the demo zone: many branches have laid one down, nobody had to."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from django.utils import timezone

from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization

from ..enums import MeetingKind
from ..models import PlannedMeeting, YearPlan
from . import phrases
from .draws import Habits
from .meetings import Life

K = MeetingKind
SHARE = {"good": 0.62, "fair": 0.4, "poor": 0.15}
_Drawn = tuple[YearPlan, list[PlannedMeeting]]


def build(seeding: Seeding) -> Mapping[str, int]:
    """The plans of the years in which the recent months lie."""
    if seeding.is_again:
        return {}
    for year in sorted({int(month[:4]) for month in seeding.recent}):
        _write(seeding, _drawn(seeding, year, ()))
    return {"year_plans": YearPlan.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """With the first month of an older year its plans; those that are there stay."""
    year = int(month[:4])
    first = next(one for one in seeding.months if one[:4] == month[:4])
    if month != first or any(one[:4] == month[:4] for one in seeding.recent):
        return
    known = set(YearPlan.objects.filter(year=year).values_list("organization_id", flat=True))
    with seeding.step():
        _write(seeding, _drawn(seeding, year, known))


def _write(seeding: Seeding, drawn: Sequence[_Drawn]) -> None:
    seeding.add([plan for plan, _ in drawn])
    for plan, lines in drawn:
        for line in lines:
            line.plan = plan
    seeding.add([line for _, lines in drawn for line in lines])


def _drawn(seeding: Seeding, year: int, known: Collection[int]) -> list[_Drawn]:
    tree, habits = seeding.of(Tree), seeding.of(Life).draws.habits
    found = []
    for branch in tree.branches:
        rng = seeding.rng("year plan", str(year), branch.path)
        day = dt.date(year, 1, rng.randint(4, 28))
        at = timezone.make_aware(
            dt.datetime.combine(day, dt.time(rng.randint(8, 17), rng.randint(0, 59)))
        )
        own = habits[branch.pk]
        is_laid_down = rng.random() < SHARE[own.trait] and at < seeding.now
        if not is_laid_down or branch is tree.empty or branch.pk in known:
            continue
        if branch.was_there(day):
            found.append(_plan(seeding, branch, own, year, at))
    return found


def _plan(
    seeding: Seeding, branch: Organization, habits: Habits, year: int, at: dt.datetime
) -> _Drawn:
    rng = seeding.rng("lines of a plan", str(year), branch.path)
    author = seeding.of(Accounts).responsible.get(branch.pk)
    leaders = seeding.of(Tree).leaders.get(branch.pk, {})
    names = [name for name, _ in leaders.values() if name]
    plan = YearPlan(
        organization=branch,
        year=year,
        party_day=f"w{habits.week}-{habits.day + 1}" if habits.week else f"d{habits.day}",
        written_at=at,
        written_by_name=author.name if author else branch.contact_name,
    )
    lines = []
    for month, kind, theme in _themes(seeding, branch, year):
        who = rng.choice(names) if names and rng.random() < 0.7 else ""
        place = habits.place if rng.random() < 0.6 else ""
        lines.append(
            PlannedMeeting(month=month, kind=kind, theme=theme, place=place, preparer_name=who)
        )
    for number, line in enumerate(lines, start=1):
        line.number = number
    return plan, lines


def _themes(
    seeding: Seeding, branch: Organization, year: int
) -> list[tuple[int, MeetingKind, str]]:
    """(month, kind, theme), month by month."""
    rng = seeding.rng("themes of a plan", str(year), branch.path)
    found = []
    meets, teaches = rng.randint(1, 3), rng.randint(1, 3)
    for month in range(1, 13):
        found.append((month, K.PARTY_DAY, rng.choice(phrases.SEASONAL[month])))
        if month % 3 == meets % 3:
            found.append((month, K.GENERAL_MEETING, rng.choice(phrases.PLANNED_GENERAL)))
        if month % 3 == teaches % 3:
            found.append((month, K.LESSON, rng.choice(phrases.LESSONS)))
        if month == 1:
            found.append((month, K.LIFE_MEETING, f"{year - 1}年度组织生活会"))
            found.append((month, K.APPRAISAL, f"{year - 1}年度民主评议党员"))
        if month in phrases.VOLUNTEERED and rng.random() < 0.6:
            theme, _ = rng.choice(
                (
                    *phrases.VOLUNTEERING.get(branch.organization_class, ()),
                    *phrases.VOLUNTEERING_ANYWHERE,
                )
            )
            found.append((month, K.VOLUNTEERING, theme))
    return found
