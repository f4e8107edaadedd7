"""Half-years that are over are assessed by the real acts: opened, marked by hand, frozen as of a day
after their end, computed and submitted (assessments/decisions decides on them); the half-year that runs is
opened. No result row is inserted."""

import datetime as dt
import random
from collections.abc import Iterator, Mapping
from typing import Any

from assessments.schemes.definitions import AWARDS, HAPPENED, VETOES, leaves, source_of
from assessments.schemes.enums import Level
from core import clock, derived, periods
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree

from ..actions import cycles, marks, runs
from ..enums import CycleState
from ..models import Assessed, Cycle, HandMark, Score
from . import between, streets
from .moments import SUBMITTED_AFTER, at, frozen_at, newest

STAFF = "zone"
NAMES = ("何志强", "沈建华")  # who mark by themselves
# (matter, category) of what brings a bonus; by which document.
AWARDS_OF_DEMO = (
    ("先进基层党组织", "表彰"),
    ("优秀党建案例", "宣传"),
    ("书记项目评比获奖", "项目"),
    ("党课开讲评选获奖", "宣传"),
)
AWARD_LEVELS = ("区级", "区级", "区级", "市级", "市级", "省级")
FAULT, FAULT_NUMBER = "意识形态工作责任制落实不力", 37
DOCUMENT = "徐组通〔{year}〕{number}号"
MOST_AWARDED = 0.35  # of all, in a half-year
REASONS = ("做法有人照做，成效有数据来源", "做法较好，照做的支部还不多", "有亮点，成效还要再看")


def build(seeding: Seeding) -> Mapping[str, int]:
    """The half-years of which all months are there (of a small zone the last one, as far as its
    records go), and the one that runs."""
    if seeding.is_again:
        return {}
    by, running = _staff(seeding), _half(seeding.months[-1])
    there = set(seeding.recent)
    past = [half for half in _halves(seeding) if set(_months(half)) <= there]
    if not past and seeding.small:
        past = [half for half in _halves(seeding) if half != running][-1:]
    for half in past:
        _assess(seeding, half, by)
    if past:
        streets.assess(seeding, past[-1])
    _opened(seeding, running, by)
    return {"cycles": Cycle.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """The half-year that begins with the month: all later months of it are there by then."""
    half = _half(month)
    if month == _months(half)[0] and not _is_over(half):
        _assess(seeding, half, _staff(seeding))


def _half(month: str) -> str:
    return periods.containing(periods.first_day(month), periods.HALF_YEAR)


def _months(half: str) -> list[str]:
    first = periods.containing(periods.first_day(half), periods.MONTH)
    return [periods.shift(first, step) for step in range(6)]


def _halves(seeding: Seeding) -> list[str]:
    """Those that are over, oldest first; the running one is none of them."""
    found = dict.fromkeys(_half(month) for month in seeding.months)
    return [half for half in found if frozen_at(half) <= seeding.now]


def _is_over(half: str) -> bool:
    over = (CycleState.SUBMITTED, CycleState.SEALED)
    return Cycle.objects.filter(period=half, state__in=over).exists()


def _staff(seeding: Seeding) -> Actor:
    return _person(seeding, STAFF)


def _person(seeding: Seeding, name: str) -> Actor:
    user = seeding.of(Accounts).by_username[name]
    grant = user.grants.select_related("organization").get()
    return actor_of(user, grant)


def _opened(seeding: Seeding, half: str, by: Actor) -> Cycle:
    root = seeding.of(Tree).root
    cycle = cycles.open_cycle(organization=root, level=Level.DIRECT, period=half, by=by)
    if cycle.state == CycleState.RUNNING and cycle.run_id is None and half == _half_of_now():
        _compute(cycle)
    return cycle


def _half_of_now() -> str:
    return periods.containing(clock.today(), periods.HALF_YEAR)


def _compute(cycle: Cycle) -> None:
    for run in cycle.runs.going():
        runs.advance(run)
    cycle.refresh_from_db()


def _assess(seeding: Seeding, half: str, by: Actor) -> None:
    """One half-year from its beginning to its seal, from wherever it was left."""
    cycle = _opened(seeding, half, by)
    if cycle.state == CycleState.RUNNING:
        runs.enroll(cycle)
        with seeding.step():
            _mark(seeding, cycle)
            cycles.freeze(cycle=cycle, revision=cycle.revision, by=by, known_at=frozen_at(half))
    _compute(cycle)
    if cycle.state == CycleState.FROZEN:
        for act in between():
            act(seeding, cycle)
        cycle.refresh_from_db()
        if half == newest(seeding.now):
            _veto_one(seeding, cycle, by)
            cycle.refresh_from_db()
        cycles.submit(cycle=cycle, revision=cycle.revision, by=by)
        # The acts of three years are carried out on one day; the zone says when they would have been.
        Cycle.objects.filter(pk=cycle.pk).update(
            opened_at=at(periods.first_day(half)),
            submitted_at=at(periods.last_day(half) + dt.timedelta(days=SUBMITTED_AFTER)),
        )
    seeding.breathe()


def _mark(seeding: Seeding, cycle: Cycle) -> None:
    """What people mark: each of two by himself, close to each other as two who look well are."""
    there = set(
        HandMark.objects.filter(assessed__cycle=cycle).values_list("assessed_id", flat=True)
    )
    rows = []
    for one in Assessed.objects.filter(cycle=cycle, is_out=False).select_related(
        "version", "cycle"
    ):
        if one.pk not in there:
            number = seeding.of(Tree).number(one.organization_id)
            rng = seeding.rng("marks", cycle.period, number)
            rows += list(_marks(one, rng, frozen_at(cycle.period)))
            rows += list(_beside(one, seeding.rng("awards", cycle.period, number)))
    rows += _veto(seeding, cycle, rows)
    HandMark.objects.bulk_create(rows, batch_size=500)


def _marks(one: Assessed, rng: random.Random, at: dt.datetime) -> Iterator[HandMark]:
    quality = rng.random()
    for leaf in leaves(one.version.content):
        for number, rule in enumerate(leaf.node["rules"]):
            if source_of(rule).is_counted:
                continue
            for seat, name in enumerate(NAMES, start=1):
                if seat > 1 and rule["rule"] not in ("levels", "discretion"):
                    continue  # counted once: ballots, and lists of what was done
                yield HandMark(
                    assessed=one,
                    indicator=leaf.key,
                    rule=number,
                    seat=seat,
                    facts=_facts(rule, quality, rng),
                    by_name=name,
                    at=at,
                )


def _beside(one: Assessed, rng: random.Random) -> Iterator[HandMark]:
    """What some of them were commended for."""
    if rng.random() > MOST_AWARDED:
        return
    matters = rng.sample(AWARDS_OF_DEMO, rng.randint(1, 2))
    awards = [
        {"matter": matter, "category": category, "level": rng.choice(AWARD_LEVELS)}
        for matter, category in matters
    ]
    yield _of_the_whole(one, AWARDS, {"awards": awards}, rng)


def _veto(seeding: Seeding, cycle: Cycle, new: list[HandMark]) -> list[HandMark]:
    """In an older half-year one committee's fault may leave it no better than 较好."""
    if cycle.period == newest(seeding.now):
        return []
    rng = seeding.rng("vetoes", cycle.period)
    some = sorted({row.assessed_id for row in new})
    if not some or rng.random() > 0.5:
        return []
    one = Assessed.objects.select_related("cycle").get(pk=rng.choice(some))
    return [_of_the_whole(one, VETOES, {HAPPENED: [FAULT]}, rng)]


def _veto_one(seeding: Seeding, cycle: Cycle, by: Actor) -> None:
    """Before the newest half-year is submitted, one that its points would have made 好 is kept from it:
    its place is free for the next."""
    scores = Score.objects.filter(run=cycle.run_id, grade="好").exclude(rank=None)
    score = scores.select_related("assessed__cycle__organization").order_by(
        "-rank", "-assessed__path"
    )[:1]
    for one in score:
        with seeding.step():
            marks.give(
                assessed=one.assessed,
                indicator=VETOES,
                facts={HAPPENED: [FAULT]},
                reason=DOCUMENT.format(year=cycle.period[:4], number=FAULT_NUMBER),
                by=by,
            )
        derived.registered()["scores"].refresh_all()


def _of_the_whole(one: Assessed, key: str, facts: dict[str, Any], rng: random.Random) -> HandMark:
    period = one.cycle.period
    return HandMark(
        assessed=one,
        indicator=key,
        facts=facts,
        reason=DOCUMENT.format(year=period[:4], number=rng.randint(3, 60)),
        by_name=NAMES[0],
        at=frozen_at(period),
    )


def _facts(rule: Mapping[str, Any], quality: float, rng: random.Random) -> dict[str, Any]:
    params = rule["params"]
    if rule["rule"] == "levels":
        # PostgreSQL keeps the keys of a mapping in an order of its own.
        names = sorted(params["levels"], key=lambda name: -float(params["levels"][name]))
        place = int((1 - quality) * 2.2 + rng.random() * 0.8)
        return {"level": names[min(place, len(names) - 1)]}
    if rule["rule"] == "deduct_missing":
        return {"missing": [name for name in sorted(params["items"]) if rng.random() < 0.12]}
    if rule["rule"] == "ballot":
        valid = rng.randint(24, 60)
        good = int(valid * (0.55 + quality * 0.35))
        fair = int((valid - good) * 0.8)
        return {
            "votes": {"好": good, "较好": fair, "一般": valid - good - fair, "差": 0},
            "invalid": rng.randint(0, 2),
        }
    halves = round(2 * (1.5 + quality * 2 + rng.random() * 0.5))
    reason = REASONS[min(int((1 - quality) * len(REASONS)), len(REASONS) - 1)]
    return {"points": f"{halves / 2:g}", "reason": reason}
