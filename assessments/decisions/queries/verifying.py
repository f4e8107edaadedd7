"""Whether sealed results are what their facts give: each digest computed again, nothing repaired."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Q

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Correction, Run, Score
from assessments.cycles.queries.computing import again
from assessments.schemes.definitions import scheme_of
from assessments.schemes.models import SchemeVersion
from assessments.scoring import schemes
from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused
from assessments.scoring.schemes import Scheme

from ..models import Decision
from .deciding import digest_of


@dataclass(frozen=True, slots=True)
class Fault:
    """A result that is not what its facts give. `name` is empty for the whole of a decision."""

    cycle: str
    run: int
    name: str


@dataclass(slots=True)
class Verified:
    """How many results of how many computations were looked at, and what was wrong."""

    runs: int
    scores: int
    faults: list[Fault]


def verified() -> Verified:
    """Computes every result again of every computation that counts or counted in a sealed cycle.
    Two queries, and two for each computation."""
    versions = dict(SchemeVersion.objects.values_list("pk", "content"))
    read: dict[int, Scheme] = {}
    found = Verified(0, 0, [])
    counted = Correction.objects.values("from_run")
    runs = Run.objects.filter(cycle__state=CycleState.SEALED).filter(
        Q(pk=F("cycle__run")) | Q(pk__in=counted)
    )
    for run in runs.select_related("cycle__organization").order_by("cycle_id", "number"):
        found.runs += 1
        rows = Score.objects.filter(run=run).select_related("assessed").order_by("assessed__path")
        for score in rows.iterator(chunk_size=200):
            found.scores += 1
            pk = score.assessed.version_id
            if pk not in read:
                read[pk] = scheme_of(versions[pk])
            if not _is_sound(read[pk], score):
                found.faults.append(Fault(str(run.cycle), run.number, score.assessed.name))
    found.faults += list(_decisions())
    return found


def _is_sound(scheme: Scheme, score: Score) -> bool:
    """Its digest is that of what is stored, and of what comes out again; its total is that of its
    result."""
    try:
        result, digest = again(scheme, score.facts)
    except Refused:
        return False
    if digest != score.digest or result != score.result:
        return False
    if schemes.digest(scheme, score.facts, score.result) != score.digest:
        return False
    total = score.result.get("total")
    if total is None or score.total is None:
        return total is None and score.total is None
    return number(str(score.total)) == number(str(total))


def _decisions() -> Iterator[Fault]:
    """What was decided on: the first of the computations that counted, by its grades and digests."""
    first = dict(
        Correction.objects.order_by("cycle_id", "-at", "-pk").values_list("cycle_id", "from_run_id")
    )  # the earliest one of each cycle stays
    for row in Decision.objects.select_related("cycle__organization", "cycle__run"):
        run = first.get(row.cycle_id, row.cycle.run_id)
        if digest_of(run) != row.digest:
            number = row.cycle.run.number if row.cycle.run is not None else 0
            yield Fault(str(row.cycle), number, "")
