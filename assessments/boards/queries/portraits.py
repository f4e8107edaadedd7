"""One organisation over its cycles: totals, weakest indicators, accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Sum

from assessments.cycles.access import looks_over
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle, IndicatorScore, Posting, Score
from assessments.cycles.standings import HUNDRED
from assessments.schemes.definitions import leaves
from assessments.schemes.models import SchemeVersion
from assessments.scoring.numbers import number
from core.actor import Actor
from orgs.models import Organization

from .trends import scores_of

WEAK, CYCLES = 5, 4  # indicators that are named, of the newest so many half-years


@dataclass(frozen=True, slots=True)
class Stand:
    """One half-year. Grade, rank and standing are those of its own page: to who is only assessed
    nothing that tells of others."""

    score: Score
    is_over: bool  # the actor stands with who holds the cycle

    @property
    def cycle(self) -> Cycle:
        """The cycle it belongs to."""
        return self.score.assessed.cycle

    @property
    def share(self) -> Fraction | None:
        """In hundredths of full marks; None while something is waiting."""
        if self.score.total is None or not self.score.full:
            return None
        return Fraction(self.score.total) / Fraction(self.score.full) * HUNDRED

    @property
    def grade(self) -> str:
        """Told to the assessed when it is sealed."""
        return self.score.grade if self.is_over or self.cycle.state == CycleState.SEALED else ""


@dataclass(frozen=True, slots=True)
class Weak:
    """An indicator with what was lost of its full marks, in hundredths, over the last half-years."""

    key: str
    name: str
    lost: Fraction
    share: Fraction
    cycles: int


@dataclass(frozen=True, slots=True)
class YearAccount:
    """What was booked to a year."""

    year: int
    count: int
    total: Fraction


@dataclass(frozen=True, slots=True)
class Portrait:
    """All that is told of one organisation."""

    organization: Organization
    stands: Sequence[Stand]
    weak: Sequence[Weak]
    accounts: Sequence[YearAccount]

    @property
    def counted(self) -> list[Stand]:
        """Those with a total, oldest first, of the kind of cycle that came last."""
        newest = self.stands[0].cycle if self.stands else None
        return [
            one
            for one in reversed(self.stands)
            if one.share is not None
            and newest is not None
            and one.cycle.organization_id == newest.organization_id
            and one.cycle.level == newest.level
        ]


def portrait_of(actor: Actor, organization: Organization) -> Portrait:
    """The organisation as the actor may see it. Five queries however many half-years."""
    visible = Assessed.objects.visible_to(actor).filter(organization=organization, is_out=False)
    scores = scores_of(visible.values("pk"))
    stands = [Stand(one, looks_over(actor, one.assessed.cycle)) for one in scores]
    accounts = _accounts(actor, organization, stands[0].cycle) if stands else []
    return Portrait(organization, stands, _weak(scores), accounts)


def _weak(scores: Sequence[Score]) -> list[Weak]:
    newest = scores[:CYCLES]
    rows = (
        IndicatorScore.objects.filter(score__in=[one.pk for one in newest], points__isnull=False)
        .order_by()
        .values_list("key", "score")
        .annotate(whole=Sum("full"), got=Sum("points"))
    )
    full: dict[str, Fraction] = {}
    lost: dict[str, Fraction] = {}
    cycles: dict[str, int] = {}
    for key, _, whole, got in rows:
        full[key] = full.get(key, Fraction(0)) + Fraction(whole)
        lost[key] = lost.get(key, Fraction(0)) + Fraction(whole) - Fraction(got)
        cycles[key] = cycles.get(key, 0) + 1
    names: dict[str, str] = {}
    versions = SchemeVersion.objects.filter(pk__in={one.assessed.version_id for one in newest})
    for content in versions.order_by("pk").values_list("content", flat=True):
        names |= {leaf.key: leaf.name for leaf in leaves(content)}
    found = [
        Weak(key, names.get(key, key), lost[key], lost[key] / full[key] * HUNDRED, cycles[key])
        for key in full
        if full[key] and lost[key] > 0
    ]
    found.sort(key=lambda one: (-one.share, one.key))
    return found[:WEAK]


def _accounts(actor: Actor, organization: Organization, newest: Cycle) -> list[YearAccount]:
    """The bookings of the cycles of the same holder and level, as the page of a score has them."""
    years: dict[int, list[Fraction]] = {}
    rows = Posting.objects.visible_to(actor).filter(
        organization=organization,
        cycle__organization=newest.organization_id,
        cycle__level=newest.level,
    )
    for year, points in rows.order_by("-year", "posted_at", "pk").values_list("year", "points"):
        years.setdefault(year, []).append(number(points))
    return [YearAccount(year, len(some), sum(some, Fraction(0))) for year, some in years.items()]
