"""The nightly look at sealed results is written down; nothing is repaired."""

from core import audit
from core.actions import action
from core.actor import Actor

from ..queries.verifying import verified

VERB = "decisions.results.verify"
MOST_NAMED = 20


@action
def verify(*, by: Actor) -> int:
    """Computes all sealed results again and notes how many differ; returns how many."""
    found = verified()
    named = [f"{one.cycle} 第{one.run}次 {one.name}".strip() for one in found.faults[:MOST_NAMED]]
    audit.record(
        by=by,
        verb=VERB,
        changes={"nodes": [None, found.scores], "differences": [None, len(found.faults)]},
        note="；".join(named)[:1000],
    )
    return len(found.faults)
