"""The places of a grade in one group, from its scores as they are stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from assessments.scoring import grading
from assessments.scoring.numbers import number
from assessments.scoring.schemes import Scheme

from ..models import Score
from ..places import Cause, Last, Part, Taker, after_vetoes, cause_of, last_place, part_of
from ..standings import HUNDRED, Rules


@dataclass(frozen=True, slots=True)
class Places:
    """A group's share of the places, who take part in it (by score), and how the last place was
    decided (None: the quota kept nobody out)."""

    part: Part
    takers: Mapping[int, Taker]
    last: Last | None


def share_of(score: Score, scheme: Scheme) -> Fraction | None:
    """In hundredths of full marks; None of one that has no total."""
    if score.total is None:
        return None
    return Fraction(score.total) / scheme.root.full * HUNDRED


def graded_of(score: Score, scheme: Scheme) -> str:
    """The grade by points and vetoes alone. No query."""
    if not score.band or not scheme.bands:
        return score.band
    return after_vetoes(score.band, score.compared["limits"], scheme.bands)


def cause_of_grade(score: Score, scheme: Scheme) -> Cause:
    """Whether a veto or the quota made the grade another than that of the points. No query."""
    return cause_of(score.band, graded_of(score, scheme), score.grade)


def places_of(
    scores: Sequence[Score],
    schemes: Mapping[int, Scheme],
    rules: Rules,
    places: int,
    errors: Mapping[int, Fraction | None],
) -> Places:
    """Of a group that was given so many places; `schemes` by version, `errors` by score. No query
    for scores that come with their assessed."""
    takers = {
        score.pk: Taker(
            score.pk,
            share,
            score.grade,
            graded_of(score, schemes[score.assessed.version_id]),
            errors.get(score.pk),
            {
                key: number(points)
                for key, points in score.compared["points"].items()
                if key in rules.tie_break
            },
        )
        for score in scores
        if (share := share_of(score, schemes[score.assessed.version_id])) is not None
    }
    known = [score for score in scores if score.pk in takers]
    scheme = schemes[known[0].assessed.version_id] if known else None
    names = [band.grade for band in grading.ordered(scheme.bands)] if scheme else []
    return Places(
        part_of(rules, len(known), places),
        takers,
        last_place(list(takers.values()), names, rules, places),
    )
