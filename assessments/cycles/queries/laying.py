"""A computed score as it is stored, and where the scores of a run stand when they are laid side by side."""

from decimal import Decimal
from typing import Any

from .. import standings
from ..models import IndicatorScore, Run, Score
from . import computing
from .computing import Computed, stored_number

STANDING = ("band", "grade", "rank", "standing", "share")  # what comes of being compared


def values_of(found: Computed) -> dict[str, Any]:
    """What is stored of a score, before it is laid beside others."""
    return {
        "total": found.scored.total,
        "points": stored_number(found.points),
        "full_known": stored_number(found.full_known),
        "full": stored_number(found.scheme.root.full),
        "grade": found.scored.grade,
        "band": found.scored.grade,
        "waiting": list(found.scored.waiting),
        "facts": found.stored,
        "result": found.result,
        "compared": standings.compared_of(found.scheme, found.result, found.stored),
        "digest": found.digest,
    }


def parts_of(score: Score, found: Computed) -> list[IndicatorScore]:
    """Its indicators."""
    return [
        IndicatorScore(
            score=score,
            key=one.key,
            full=stored_number(one.full),
            points=None if result.points is None else stored_number(result.points),
        )
        for one in found.scheme.indicators
        if (result := found.scored.indicators.get(one.key)) is not None
    ]


def stands_of(
    run: Run,
) -> tuple[list[Score], dict[int, standings.Standing], dict[str, object]]:
    """The scores of a run, where each of them stands among all (by its pk), and what the whole
    gives. Three queries; writes nothing."""
    cycle = run.cycle
    contents = computing.contents_of(cycle)
    read = {pk: computing.scheme_of(content) for pk, content in contents.items()}
    scores = list(
        Score.objects.filter(run=run, assessed__is_out=False)
        .select_related("assessed")
        .defer("facts", "result")
        .order_by("assessed__path")
    )
    ones = [
        one
        for score in scores
        if (
            one := standings.one_of(
                score.pk,
                score.assessed.group_id,
                read[score.assessed.version_id],
                score.total,
                score.compared,
            )
        )
    ]
    groups = computing.standing_groups({score.assessed.group_id for score in scores})
    rules = standings.rules_of(contents[min(contents)]) if contents else standings.Rules()
    differences = standings.differences_of(score.compared for score in scores)
    found, summary = standings.stand(ones, groups, rules, differences)
    return scores, found, summary


def stood(score: Score, stands: standings.Standing | None) -> bool:
    """Gives the score its place; whether it is another than it has stored."""
    before = [getattr(score, name) for name in STANDING]
    score.band = stands.band if stands else ""
    score.grade = stands.grade if stands else ""
    score.rank = stands.rank if stands else None
    score.standing = stands.clear if stands else None
    score.share = None
    if score.total is not None and score.full:
        score.share = round(Decimal(score.total) / Decimal(score.full), 6)
    return before != [getattr(score, name) for name in STANDING]
