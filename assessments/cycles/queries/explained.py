"""What an explanation of a score is made from, read for who asks."""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from assessments.schemes.definitions import scheme_of
from assessments.schemes.models import LEAST, IndicatorExemption
from assessments.scoring.totals import mean_of
from core import clock, figures
from core.actor import Actor
from core.figures import Reading as FigureReading
from orgs.models import Organization

from ..enums import CycleState
from ..explaining import Explained, Names, Stored, Winnable, explain, winnable
from ..models import Assessed, HandMark, Score
from .accounts import Account, account_of
from .computing import again, window_of
from .enrolled import day_of
from .rollups import Rollup, rollup_of

HUNDRED = 100


@dataclass(frozen=True, slots=True)
class Peers:
    """The group that one is compared with: how many are scored, the mean and the standard deviation
    of their shares of full marks. Never another's number: with fewer than `LEAST` there is neither,
    for the mean of two tells the other one's."""

    name: str
    count: int
    least: int
    mean: Fraction | None = None
    deviation: Fraction | None = None
    is_open: bool = True  # false while the cycle runs: then nothing of others is shown


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that page, Word and PDF show of one score. `score` is None while nothing has been
    computed."""

    assessed: Assessed
    score: Score | None
    explained: Explained | None
    winnable: Winnable | None
    last: Score | None
    peers: Peers | None
    exemptions: Mapping[str, IndicatorExemption]
    reasons: Mapping[tuple[str, int], Sequence[str]]  # (indicator, rule) -> of the marks
    account: Account
    urls: Mapping[tuple[str, str, str], str]  # (figure, period, branch) -> where its rows stand
    rollup: Rollup | None

    @property
    def is_running(self) -> bool:
        """Whether facts still change, and points are the unit's own."""
        return self.assessed.cycle.state == CycleState.RUNNING


def told_of(actor: Actor, assessed: Assessed, on: dt.date) -> Told:
    """The explanation of the score that counts, with what the actor may see beside it. Eight
    queries, however many indicators, branches and peers there are, and one for each past that a
    figure says it is kept since; five more where the assessed assesses its branches itself."""
    cycle = assessed.cycle
    score = Score.objects.filter(assessed=assessed, run=cycle.run_id).first()
    account = account_of(actor, assessed, on)
    rollup = rollup_of(actor, assessed.organization, cycle.period)
    if score is None:
        return Told(assessed, None, None, None, None, None, {}, {}, account, {}, rollup)
    last = _last(actor, assessed)
    branches = branches_of(*(one.facts for one in (score, last) if one is not None))
    names = Names(figures.registered(), {str(pk): str(one) for pk, one in branches.items()})
    content = assessed.version.content
    now = Stored(content, score.facts, score.result, cycle.period)
    before = None
    if last is not None:
        its = last.assessed
        before = Stored(its.version.content, last.facts, last.result, its.cycle.period)
    explained = explain(now, names, before)
    can_win = winnable(
        content,
        score.facts,
        cycle.period,
        names,
        today=clock.today(),
        is_running=cycle.state == CycleState.RUNNING,
    )
    return Told(
        assessed,
        score,
        explained,
        can_win,
        last,
        _peers(assessed, score),
        _exemptions(assessed),
        _reasons(assessed),
        account,
        urls_of(actor, assessed, explained, branches),
        rollup,
    )


def _last(actor: Actor, assessed: Assessed) -> Score | None:
    """The score of the half-year before it that the actor may see. One query."""
    cycle = assessed.cycle
    return (
        Score.objects.visible_to(actor)
        .current()
        .filter(
            assessed__organization=assessed.organization_id,
            assessed__is_out=False,
            assessed__cycle__organization=cycle.organization_id,
            assessed__cycle__level=cycle.level,
            assessed__cycle__period__lt=cycle.period,
        )
        .exclude(total=None)
        .select_related("assessed__version", "assessed__cycle")
        .order_by("-assessed__cycle__period")
        .first()
    )


def branches_of(*stored: Mapping[str, Any]) -> dict[int, Organization]:
    """The branches that what is known (`Known.as_data`) counts by themselves. One query."""
    pks = {
        int(place)
        for one in stored
        for rows in one["facts"].values()
        for row in rows
        for place in row.get("counts", ())
        if str(place).isdecimal()
    }
    return Organization.objects.in_bulk(list(pks))


def _peers(assessed: Assessed, score: Score) -> Peers | None:
    """One query."""
    group = assessed.group
    if group is None:
        return None
    least = max(group.minimum, LEAST)
    if assessed.cycle.state == CycleState.RUNNING:
        return Peers(group.name, 0, least, is_open=False)
    shares = [
        Fraction(share or 0) * HUNDRED
        for share in Score.objects.filter(
            run=score.run_id, assessed__group=group, assessed__is_out=False
        )
        .exclude(share=None)
        .values_list("share", flat=True)
    ]
    if len(shares) < least:
        return Peers(group.name, len(shares), least)
    mean = mean_of(shares) or Fraction(0)
    variance = sum(((one - mean) ** 2 for one in shares), Fraction(0)) / len(shares)
    deviation = Fraction(Decimal(str(round(math.sqrt(variance), 6))))
    return Peers(group.name, len(shares), least, mean, deviation)


def _exemptions(assessed: Assessed) -> dict[str, IndicatorExemption]:
    """Indicator -> the exemption that holds. One query."""
    cycle = assessed.cycle
    rows = IndicatorExemption.objects.holding(day_of(cycle), cycle.known_at).filter(
        scheme=assessed.version.scheme_id, organization=assessed.organization_id
    )
    return {one.indicator: one for one in rows}


def _reasons(assessed: Assessed) -> dict[tuple[str, int], list[str]]:
    """What those who marked wrote beside their marks, without who they are. One query."""
    found: dict[tuple[str, int], list[str]] = {}
    rows = HandMark.objects.filter(assessed=assessed).exclude(reason="")
    for indicator, rule, reason in rows.order_by("indicator", "rule", "seat").values_list(
        "indicator", "rule", "reason"
    ):
        found.setdefault((indicator, rule), []).append(reason)
    return found


def urls_of(
    actor: Actor,
    assessed: Assessed,
    explained: Explained,
    branches: Mapping[int, Organization],
) -> dict[tuple[str, str, str], str]:
    """Where the rows of each number stand that was read, for whoever may open them. One query for
    each past that a figure says it is kept since."""
    run = assessed.cycle.run
    known_at = run.known_at if run is not None else None
    reading = FigureReading()
    found: dict[tuple[str, str, str], str] = {}
    for item in explained.items:
        rows = [row.number for rule in item.rules for row in rule.said.branches]
        for number in [*item.numbers, *rows]:
            key = (number.figure, number.period, number.place)
            if key in found or not number.period:
                continue
            place = branches.get(int(number.place)) if number.place else assessed.organization
            found[key] = ""
            if place is not None:
                window = window_of(assessed.cycle, number.period, known_at)
                addresses = figures.addresses([number.figure], place, window, actor, reading)
                found[key] = addresses[number.figure]
    return found


# --- computed again ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Checked:
    """A stored score computed again from its stored facts: the digest that was kept, the one that
    comes out now, and where the two part."""

    kept: str
    now: str
    differing: Sequence[str]  # indicators whose result is another
    total_kept: str
    total_now: str

    @property
    def agrees(self) -> bool:
        """Same version, same facts, same bytes."""
        return self.kept == self.now and not self.differing


def checked(assessed: Assessed, score: Score) -> Checked:
    """Computes a stored score again. Changes nothing; no query. Raises Refused as `again` does."""
    scheme = scheme_of(assessed.version.content)
    now, digest = again(scheme, score.facts)
    old, new = score.result.get("indicators", {}), now["indicators"]
    differing = [one.name for one in scheme.indicators if old.get(one.key) != new.get(one.key)]
    return Checked(
        score.digest,
        digest,
        differing,
        str(score.result.get("total") or ""),
        str(now["total"] or ""),
    )
