"""Scores computed anew beside those that are stored: for what changed, and to compare."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from assessments.schemes.definitions import leaves, scheme_of
from core import figures
from orgs.models import Organization

from ..enums import CycleState
from ..facts import Values
from ..models import Assessed, Cycle, Run, Score
from . import computing


@dataclass(frozen=True, slots=True)
class Fresh:
    """What was read anew: for `places`, into all readings of the run; whose scores it may change."""

    readings: Mapping[tuple[str, str], Values]
    places: Sequence[Organization]
    ground: computing.Ground
    touched: Sequence[Assessed]


def fresh(run: Run, cycle: Cycle, some: Sequence[Assessed]) -> Fresh:
    """Reads the figures of some of the assessed as they are now, into those that the run has read.
    As many queries as there are statements that compute figures, and twelve."""
    contents = computing.contents_of(cycle)
    stored = {key: dict(values) for key, values in computing.readings_of(run).items()}
    # A version that came after the run reads figures that the run has not.
    for key in computing.figures_wanted(cycle):
        stored.setdefault(key, {})
    places = computing.places_of(cycle, some, contents.values())
    for period in sorted({period for _, period in stored}):
        keys = [figure for figure, its in stored if its == period]
        window = computing.window_of(cycle, period, run.known_at)
        for figure, values in figures.values(keys, places, window).items():
            stored[figure, period] |= values
    ground = computing.ground_of(cycle, stored, contents=contents)
    return Fresh(stored, places, ground, _touched(cycle, some, contents))


def _touched(
    cycle: Cycle, some: Sequence[Assessed], contents: Mapping[int, Mapping[str, object]]
) -> list[Assessed]:
    is_ranked = any(
        source.takes == "rank"
        for content in contents.values()
        for leaf in leaves(content)
        for source in leaf.sources
    )
    if not is_ranked:
        return list(some)
    groups = {one.group_id for one in some}
    everybody = Assessed.objects.filter(cycle=cycle, is_out=False).order_by("path")
    return [one for one in everybody if one.group_id in groups]


def differing(cycle: Cycle) -> dict[int, int]:
    """Assessed -> how many indicators of the stored score differ from a full recount. A sealed cycle
    is computed again from its stored facts alone: same facts, same bytes. Reads only."""
    if cycle.run is None:
        return {}
    rows = Score.objects.filter(run=cycle.run, assessed__is_out=False).select_related("assessed")
    scores = {score.assessed_id: score for score in rows}
    if cycle.state == CycleState.SEALED:
        return _sealed(cycle, scores)
    everybody = list(Assessed.objects.filter(cycle=cycle, is_out=False).order_by("path"))
    ground = fresh(cycle.run, cycle, everybody).ground
    found = {}
    for one in everybody:
        score, now = scores.get(one.pk), computing.computed(ground, one)
        is_same = score is not None and score.digest == now.digest
        # What is added up and sorted by SQL stands beside what the digest is of.
        if score is None or not is_same or score.points != computing.stored_number(now.points):
            found[one.pk] = _count(score, now.result)
    return found


def _sealed(cycle: Cycle, scores: Mapping[int, Score]) -> dict[int, int]:
    contents = computing.contents_of(cycle)
    read = {pk: scheme_of(content) for pk, content in contents.items()}
    found = {}
    for pk, score in scores.items():
        result, digest = computing.again(read[score.assessed.version_id], score.facts)
        if digest != score.digest:
            found[pk] = _count(score, result)
    return found


def _count(score: Score | None, now: Mapping[str, object]) -> int:
    """At least one: the facts or the total may differ where no indicator does."""
    new = now["indicators"]
    if score is None or not isinstance(new, dict):
        return 1
    old = score.result.get("indicators", {})
    return max(1, sum(old.get(key) != new.get(key) for key in {*old, *new}))
