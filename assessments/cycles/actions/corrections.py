"""A sealed result is corrected: another run, with the scores of all and one of them computed anew,
to which the cycle is turned. What was sealed stays, with its digests (decision 63)."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from assessments.schemes.actions import telling
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean

from ..enums import CycleState
from ..models import (
    Assessed,
    Correction,
    Cycle,
    IndicatorScore,
    Reading,
    Run,
    Score,
)
from ..queries import laying
from ..queries.correcting import outcome_of
from . import cycles, postings

MOST_REASON = 500
BATCH = 500


@action
def correct(
    *,
    assessed: Assessed,
    indicator: str,
    facts: Mapping[int, Mapping[str, Any]],
    reason: str,
    key: str,
    by: Actor,
) -> Correction:
    """Has one score of a sealed cycle computed anew with other facts of one indicator (rule -> facts
    in the words of the rule, or of `AWARDS` or `VETOES`), and turns the cycle to the result. It gets
    total, band, grade and rank that it would have had; nobody else's change. The correction that
    there is when `key` was used before. Raises NotAllowed, Conflict before the seal, DomainError for
    facts that the rule does not take or that change nothing."""
    cycles.expect_decider(assessed.cycle, by)
    # Held: of two corrections the second begins with what the first has left.
    cycle = Cycle.objects.locked().select_related("organization").get(pk=assessed.cycle_id)
    if there := Correction.objects.filter(key=key).first():
        return there
    if cycle.state != CycleState.SEALED or cycle.run_id is None:
        raise Conflict("这期考核还没有审定，不用更正，直接改评分。", code="state")
    text = clean(reason)
    if not 2 <= len(text) <= MOST_REASON:
        raise DomainError(f"请写明更正的理由，{MOST_REASON} 字以内。", field="reason")
    old = Score.objects.select_related("assessed__version").get(run=cycle.run_id, assessed=assessed)
    outcome = outcome_of(old, indicator, facts)
    before = Run.objects.get(pk=cycle.run_id)
    run = _next(cycle, before)
    _copy(before, run, assessed)
    new = Score(
        run=run, assessed=assessed, computed_at=clock.now(), **laying.values_of(outcome.found)
    )
    new.save(force_insert=True)
    IndicatorScore.objects.bulk_create(laying.parts_of(new, outcome.found), batch_size=BATCH)
    _stand(run, new)
    Cycle.machine.move(cycle, "correct", run=run)
    row = Correction.objects.create(
        cycle=cycle,
        assessed=assessed,
        from_run=before,
        to_run=run,
        indicator=indicator,
        name=outcome.leaf.name[:200],
        old_points=outcome.old_points,
        new_points=outcome.new_points,
        old_total=outcome.old_total,
        new_total=outcome.new_total,
        old_grade=old.grade,
        new_grade=new.grade,
        reason=text,
        decided_by_id=by.user_id,
        by_name=by.name[:100],
        at=clock.now(),
        key=key[:80],
    )
    postings.post_correction(cycle, assessed, outcome.old_total, outcome.new_total, run.number)
    told = {
        "indicator": [None, outcome.leaf.name],
        "points": [outcome.old_total, outcome.new_total],
        "grade": [old.grade, new.grade],
    }
    telling.note(
        assessed, "cycles.score.correct", holder=cycle.organization, by=by, changes=told, text=text
    )
    return row


def _next(cycle: Cycle, before: Run) -> Run:
    """The run of the correction, which reads nothing anew."""
    last = Run.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0
    run = Run.objects.create(
        cycle=cycle, number=last + 1, known_at=before.known_at, started_at=clock.now()
    )
    Run.machine.move(run, "read", n_figures=before.n_figures, n_assessed=before.n_assessed)
    Run.machine.move(run, "score")
    return run


def _copy(before: Run, run: Run, but: Assessed) -> None:
    """The scores of all others as they are, digests and places too, and what was read. Six queries,
    and more only for more than a batch."""
    scores = list(Score.objects.filter(run=before).exclude(assessed=but).order_by("pk"))
    old = [score.pk for score in scores]
    for score in scores:
        score.pk, score.run_id = None, run.pk
        score._state.adding = True
    Score.objects.bulk_create(scores, batch_size=BATCH)
    now = dict(zip(old, scores, strict=True))
    parts = list(IndicatorScore.objects.filter(score__in=old).order_by("pk"))
    for part in parts:
        part.pk, part.score = None, now[part.score_id]
        part._state.adding = True
    IndicatorScore.objects.bulk_create(parts, batch_size=BATCH)
    read = list(Reading.objects.filter(run=before))
    for one in read:
        one.pk, one.run_id = None, run.pk
        one._state.adding = True
    Reading.objects.bulk_create(read, batch_size=BATCH)


def _stand(run: Run, new: Score) -> None:
    """Gives the corrected score the place that it would have had, and leaves the others' alone: they
    were decided on. Means and spreads are those of the totals as they are now, the places of the
    quota those that were shared out."""
    _, found, summary = laying.stands_of(run)
    laying.stood(new, found.get(new.pk))
    new.save(update_fields=list(laying.STANDING))
    Run.machine.move(run, "finish", finished_at=clock.now(), summary=summary)
