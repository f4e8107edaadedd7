"""A changed fact: whose scores may have changed is found in the audit trail, marked, written anew
behind the change, and compared with a full recount every night."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from core import derived
from core.actions import action
from core.actor import Actor
from core.derived import Check
from core.models import AuditEntry
from orgs.models import Organization

from ..models import Assessed, Cycle, Run, ScoreLedger, ScoreMark
from ..queries import recount
from . import runs

MOST_ENTRIES = (
    5000  # looked at in one sweep; more of them change everybody's facts, for all we know
)
# What changes who is assessed, by what, or beside whom: the whole is computed anew.
WHOLE = (
    *("schemes.version.publish", "schemes.group.", "schemes.exemption."),
    *("orgs.organization.", "orgs.import."),
)
# What changes no fact: scores themselves, drafts of schemes, machinery, and looking.
SILENT = ("cycles.", "schemes.", "core.", "orgs.session.", "orgs.account.", "orgs.token.")


def mark(assessed: Iterable[Assessed]) -> None:
    """Says in the running transaction that facts of these changed."""
    DERIVATION.mark(ScoreMark(cycle_id=one.cycle_id, assessed=one) for one in assessed)


@action
def notice(*, by: Actor) -> int:
    """Looks in the audit trail for what has changed since the last time, and marks those assessed in
    running cycles on whose way it lies; returns how many. Whoever comes second at the same time
    finds nothing left: the ledger is locked. Five queries a running cycle."""
    ledgers = ScoreLedger.objects.select_for_update(of=("self",)).filter(
        cycle__in=Cycle.objects.running().exclude(run=None)
    )
    return sum(_notice(ledger, by) for ledger in ledgers.order_by("pk"))


def _notice(ledger: ScoreLedger, by: Actor) -> int:
    since = AuditEntry.objects.filter(sequence__gt=ledger.noticed).order_by("sequence")
    rows = list(
        since.values_list("sequence", "verb", "organization_id", "organization_path")[:MOST_ENTRIES]
    )
    if not rows:
        return 0
    ScoreLedger.objects.filter(pk=ledger.pk).update(noticed=rows[-1][0])
    if len(rows) == MOST_ENTRIES or any(row[1].startswith(WHOLE) for row in rows):
        cycle = Cycle.objects.select_related("organization").get(pk=ledger.cycle_id)
        return runs.begin(cycle=cycle, by=by).cycle.assessed.filter(is_out=False).count()
    speaking = [row for row in rows if not row[1].startswith(SILENT)]
    if not speaking:
        return 0
    # An entry knows the place as it was when it was written; the body may have moved since.
    pks = {row[2] for row in speaking if row[2]}
    places = {row[3] for row in speaking if row[3]}
    places |= set(Organization.objects.filter(pk__in=pks).values_list("path", flat=True))
    everybody = Assessed.objects.filter(cycle=ledger.cycle_id, is_out=False)
    hit = [
        one
        for one in everybody.only("pk", "path", "cycle_id")
        if any(_is_on_way(one.path, place) for place in places)
    ]
    if hit:
        mark(hit)
    return len(hit)


def _is_on_way(assessed: str, place: str) -> bool:
    """Whether what happened at the place can change facts of who is assessed: below it, or above,
    as what a committee does to all its branches."""
    return place.startswith(assessed) or assessed.startswith(place)


# --- written behind the change -------------------------------------------------------------------


def _write(ledger: ScoreLedger, marks: Sequence[ScoreMark]) -> int:
    """Reads the facts of those marked anew and writes their scores in the run that counts; where
    something is scored by rank, also those of whom they are ranked among."""
    # Held, so that nobody seals it between this look and what is written.
    Cycle.objects.locked().get(pk=ledger.cycle_id)
    cycle = _cycle(ledger)
    if cycle.run is None or not cycle.is_computed:
        return 0
    some = list(Assessed.objects.filter(pk__in={one.assessed_id for one in marks}, is_out=False))
    if not some:
        return 0
    fresh = recount.fresh(cycle.run, cycle, some)
    runs.keep_readings(cycle.run, fresh.readings, fresh.places)
    written = runs.write_scores(cycle.run, fresh.ground, fresh.touched)
    Run.objects.filter(pk=cycle.run.pk).update(summary=runs.lay_side_by_side(cycle.run))
    return written


def _write_all(ledger: ScoreLedger) -> int:
    everybody = Assessed.objects.filter(cycle_id=ledger.cycle_id, is_out=False)
    return _write(ledger, [ScoreMark(assessed=one) for one in everybody])


def _find(ledger: ScoreLedger) -> dict[int, int]:
    return recount.differing(_cycle(ledger))


def _repair(ledger: ScoreLedger, wrong: Mapping[int, int]) -> None:
    """A sealed result is never repaired: that it differs is told until somebody has looked."""
    rows = Assessed.objects.filter(pk__in=list(wrong))
    _write(ledger, [ScoreMark(assessed=one) for one in rows])


def _words(ledger: ScoreLedger, place: int) -> str:
    one = Assessed.objects.select_related("cycle").get(pk=place)
    return f"{one.cycle.period} {one.name}"


def _waiting(ledger: ScoreLedger) -> list[int]:
    marks = ScoreMark.objects.filter(cycle_id=ledger.cycle_id)
    return list(marks.values_list("assessed_id", flat=True))


def _cycle(ledger: ScoreLedger) -> Cycle:
    return Cycle.objects.select_related("organization", "run").get(pk=ledger.cycle_id)


DERIVATION = derived.register(
    derived.Derivation(
        kind="cycles.score",
        plural="scores",
        label="考核得分",
        marks=ScoreMark,
        ledgers=ScoreLedger,
        write=_write,
        write_all=_write_all,
        checks=[Check(find=_find, repair=_repair, words=_words, waiting=_waiting)],
        nightly=dt.time(3, 20),
        group="cycle",
        lease_seconds=300,
    )
)
