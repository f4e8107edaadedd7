"""The year's account: what a sealed cycle brings to it, and what a repair gives back. Bookings are
only added, each once by its key, so that the account as of any day can be told again."""

from collections.abc import Mapping
from fractions import Fraction

from django.utils import timezone

from assessments.schemes.actions import telling
from assessments.schemes.definitions import MID_YEAR_WEIGHT
from assessments.schemes.models import SchemeVersion
from assessments.scoring import totals
from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean

from ..enums import CycleState, PostingKind
from ..models import Assessed, Cycle, Posting, Score
from . import runs

ZERO = Fraction(0)
FIRST, SECOND = "H1", "H2"


def post_sealed(cycle: Cycle) -> int:
    """Books what the results of a cycle bring to the year, for all that it assessed: the mid-year
    total × w, or that of the second half × (1 − w). Part of the act that seals it; returns how many.
    Four queries, five for a second half."""
    scores = list(
        Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        .exclude(total=None)
        .select_related("assessed")
        .order_by("assessed__path")
    )
    weights = _weights(cycle)
    rows = []
    for score in scores:
        weight = weights.get(score.assessed.organization_id)
        if weight is None:
            continue
        total = number(str(score.result["total"]))
        first, second = (total, ZERO) if _half(cycle) == FIRST else (ZERO, total)
        _, (mid_year, _, second_half) = totals.year(first, second, weight)
        is_first = _half(cycle) == FIRST
        part = weight if is_first else 1 - weight
        rows.append(
            _posting(
                cycle,
                score.assessed,
                PostingKind.MID_YEAR if is_first else PostingKind.SECOND_HALF,
                (mid_year if is_first else second_half).points,
                f"{plain(total)} × {plain(part)}",
                f"{cycle.pk}:{score.assessed.organization_id}:total",
            )
        )
    Posting.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)
    return len(rows)


def post_correction(cycle: Cycle, assessed: Assessed, old: str, new: str, run: int) -> None:
    """Books the difference that a correction of a sealed total makes to the year, weighed as that
    total was; nothing where it makes none. Part of the act that corrects. Three queries."""
    weight = _weights(cycle).get(assessed.organization_id)
    difference = number(new) - number(old)
    if weight is None or not difference:
        return
    part = weight if _half(cycle) == FIRST else 1 - weight
    row = _posting(
        cycle,
        assessed,
        PostingKind.CORRECTION,
        difference * part,
        f"{plain(number(old))} → {plain(number(new))}：{plain(difference)} × {plain(part)}",
        f"{cycle.pk}:{assessed.organization_id}:correction:{run}",
    )
    Posting.objects.bulk_create([row], ignore_conflicts=True)


@action
def credit(*, assessed: Assessed, points: str, about: str, key: str, by: Actor) -> Posting:
    """Books what a repair by its date gives back of a sealed mid-year result, × w; the result itself
    stays. The booking that there is when `key` was booked before. Booked by who holds the cycle, or
    by the portal itself for a finding that was put right. Raises NotAllowed, Conflict before
    the cycle is sealed, DomainError for what is no number of points or more than was lost."""
    cycle = assessed.cycle
    if by.user_id is not None:
        runs.expect_holder(cycle, by)
    if cycle.state != CycleState.SEALED:
        raise Conflict("这期考核还没有审定，不能记整改恢复。", code="state")
    if _half(cycle) != FIRST:
        raise Conflict("整改恢复只记在年中考核之后。", code="state")
    score = Score.objects.filter(run=cycle.run_id, assessed=assessed).first()
    try:
        gained = number(points)
    except Refused as refusal:
        raise DomainError(refusal.text, field="points", code=refusal.code) from refusal
    most = number(str(score.full - score.points)) if score is not None else ZERO
    if not 0 < gained <= most:
        raise DomainError(f"恢复的分应大于 0、不超过所失的 {plain(most)} 分。", field="points")
    weight = _weights(cycle).get(assessed.organization_id, number(MID_YEAR_WEIGHT))
    _, (_, given_back, _) = totals.year(ZERO, ZERO, weight, [gained])
    row = _posting(
        cycle,
        assessed,
        PostingKind.CREDIT,
        given_back.points,
        f"{clean(about)[:120]}：{plain(gained)} × {plain(weight)}",
        f"{cycle.pk}:{assessed.organization_id}:credit:{key[:40]}",
    )
    # get_or_create, for two may book the same repair at once.
    found, is_new = Posting.objects.get_or_create(
        key=row.key,
        defaults={
            name: getattr(row, name)
            for name in (
                *("organization_id", "year", "cycle_id", "kind", "points", "about"),
                *("posted_on", "posted_at"),
            )
        },
    )
    if is_new:
        told = {"points": [None, found.points], "about": [None, found.about]}
        telling.note(
            assessed, "cycles.posting.credit", holder=cycle.organization, by=by, changes=told
        )
    return found


def _posting(
    cycle: Cycle, assessed: Assessed, kind: PostingKind, points: Fraction, about: str, key: str
) -> Posting:
    now = clock.now()
    return Posting(
        organization_id=assessed.organization_id,
        year=cycle.year,
        cycle_id=cycle.pk,
        kind=kind,
        points=plain(points),
        about=about[:200],
        posted_on=timezone.localdate(now),
        posted_at=now,
        key=key,
    )


def _weights(cycle: Cycle) -> Mapping[int, Fraction]:
    """Organisation -> what its mid-year counts for. A second half keeps the weight under which its
    first was measured: the two are parts of one whole, whatever a later version says."""
    own = dict(Assessed.objects.filter(cycle=cycle).values_list("organization_id", "version_id"))
    if _half(cycle) == SECOND:
        own |= dict(
            Assessed.objects.filter(
                cycle__organization=cycle.organization_id,
                cycle__level=cycle.level,
                cycle__period=f"{cycle.year}-{FIRST}",
                cycle__state=CycleState.SEALED,
                is_out=False,
                organization__in=list(own),
            ).values_list("organization_id", "version_id")
        )
    contents = SchemeVersion.objects.filter(pk__in=set(own.values()))
    weights = {
        pk: number(content.get("mid_year_weight", MID_YEAR_WEIGHT))
        for pk, content in contents.values_list("pk", "content")
    }
    return {organization: weights[version] for organization, version in own.items()}


def _half(cycle: Cycle) -> str:
    return cycle.period[-2:]
