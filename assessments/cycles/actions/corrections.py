"""A sealed result is corrected: another run, with the scores of all and one of them computed anew,
to which the cycle is turned. What was sealed stays, with its digests (decision 63)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from assessments.schemes.actions import telling
from assessments.schemes.definitions import AWARDS, VETOES, Leaf, all_given, scheme_of
from assessments.scoring.refusals import Refused
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean

from ..enums import CycleState
from ..facts import replaced, tried
from ..models import (
    Assessed,
    Correction,
    Cycle,
    IndicatorScore,
    Reading,
    Run,
    Score,
)
from ..queries import computing
from . import cycles, postings, runs

MOST_REASON = 500
BATCH = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What other facts of one indicator would come to: its points and the total, as exact texts."""

    leaf: Leaf
    found: computing.Computed
    old_points: str
    new_points: str
    old_total: str
    new_total: str


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
        run=run, assessed=assessed, computed_at=clock.now(), **runs.values_of(outcome.found)
    )
    new.save(force_insert=True)
    IndicatorScore.objects.bulk_create(runs.parts_of(new, outcome.found), batch_size=BATCH)
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


def outcome_of(score: Score, indicator: str, facts: Mapping[int, Mapping[str, Any]]) -> Outcome:
    """What the facts would come to, nothing being written; the score comes with its assessed and
    their version. No query. Raises DomainError for what the rule does not take, or what changes
    nothing."""
    content = score.assessed.version.content
    leaf = next((one for one in all_given(content) if one.key == indicator), None)
    rules: Sequence[Mapping[str, Any]] = leaf.node.get("rules", ()) if leaf is not None else ()
    if leaf is None or not facts or not all(0 <= number < len(rules) for number in facts):
        raise DomainError("细则里没有这一项。", field="indicator")
    try:
        for number, given in facts.items():
            tried_or_none(rules[number], leaf, given)
        stored = replaced(score.facts, indicator, facts, len(rules))
        found = computing.computed_by(scheme_of(content), stored)
    except Refused as refusal:
        raise DomainError(refusal.text, field="facts", code=refusal.code) from refusal
    if found.digest == score.digest or found.result == score.result:
        raise DomainError("按这样的事实重算，得分不变，不用更正。", field="facts", code="same")
    return Outcome(
        leaf,
        found,
        _points(score.result, indicator),
        _points(found.result, indicator),
        str(score.result.get("total") or ""),
        str(found.result.get("total") or ""),
    )


def tried_or_none(rule: Mapping[str, Any], leaf: Leaf, given: Mapping[str, Any]) -> None:
    """Raises Refused for facts that the rule does not take; that nothing happened is taken of awards
    and vetoes, which as a mark would be none at all."""
    name = {AWARDS: "awards", VETOES: "happened"}.get(leaf.key)
    if name is not None and given.get(name) == []:
        return
    tried(rule, leaf.node["full"], given)


def _points(result: Mapping[str, Any], indicator: str) -> str:
    if indicator == AWARDS:
        return str(result.get("bonus") or "0")
    told = result["indicators"].get(indicator) or {}
    return str(told.get("points") or "")


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
    _, found, summary = runs.stands_of(run)
    runs.stood(new, found.get(new.pk))
    new.save(update_fields=list(runs.STANDING))
    Run.machine.move(run, "finish", finished_at=clock.now(), summary=summary)
