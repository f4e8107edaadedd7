"""Lines close when the fact has turned good; what was put right by its date is booked."""

from collections.abc import Collection

from assessments.cycles.actions import postings
from core import clock, effects
from core.actions import action
from core.actor import Actor, system
from core.models import Effect
from schedules.action_items.actions import lines as item_lines
from schedules.action_items.enums import LineState
from schedules.action_items.models import ActionLine

from ..models import Finding
from ..queries import turned
from ..words import turned_words

CREDIT = "rectifications.credit"
ABOUT = "整改"


@action
def close_turned_good(*, by: Actor) -> int:
    """Reads the figures of all findings that wait for theirs anew, and marks those whose fact has
    turned good, with the day and the value; returns how many. Run twice, or at the same moment, each
    is marked once."""
    found = turned.turned_of(turned.awaited())
    good = {one.finding.line_id: turned_words(one) for one in found if one.finding.line_id}
    return item_lines.facts_good(good=good, by=by) if good else 0


@action
def line_done(*, lines: Collection[ActionLine], by: Actor) -> int:
    """Findings whose lines have just been marked as done are booked behind it, those that were put
    right by their date and give something back; returns how many. Two queries."""
    in_time = [line.pk for line in lines if not line.late_days]
    rows = Finding.objects.filter(line__in=in_time, credited_at=None).exclude(repair="")
    found = list(rows.values_list("pk", flat=True))
    effects.enqueue_many(effects.Order(f"{CREDIT}:{pk}", CREDIT, {"finding": pk}) for pk in found)
    return len(found)


@effects.handler(CREDIT, label="记入整改恢复")
def credit(effect: Effect) -> None:
    """Books what a finding gives back."""
    book(finding_id=effect.payload["finding"], by=system())


@action
def book(*, finding_id: int, by: Actor) -> bool:
    """Books to the year's account what the repair of a finding gives back, once; returns whether it
    did. The sealed result stays. Raises as `postings.credit`."""
    one = (
        Finding.objects.select_for_update(of=("self",))
        .select_related("rectification__assessed__cycle__organization", "line")
        .get(pk=finding_id)
    )
    line = one.line
    if line is None or line.state != LineState.DONE or line.late_days or not one.repair:
        return False
    if one.credited_at is not None:
        return False
    postings.credit(
        assessed=one.rectification.assessed,
        points=one.repair,
        about=f"{ABOUT}：{one.name}",
        key=f"finding:{one.pk}",
        by=by,
    )
    one.credited_at = clock.now()
    one.save(update_fields=["credited_at"])
    return True
