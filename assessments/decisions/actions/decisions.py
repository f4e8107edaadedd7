"""The decision: the meeting, the minutes, this very result; and the feedback that follows."""

import datetime as dt

from django.utils import timezone

from assessments.cycles.actions import cycles
from assessments.cycles.models import Cycle
from assessments.schemes.actions import telling
from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import Stale
from core.text import clean

from ..models import Decision
from ..queries.deciding import digest_of
from . import feedback

MOST_NUMBER, MOST_NOTE = 60, 1000
STALE = "结果在你打开页面以后有变动。请核对最新的结果后再审定。"


@action
def decide(
    *,
    cycle: Cycle,
    revision: int,
    met_on: dt.date,
    minutes_number: str,
    by: Actor,
    note: str = "",
    paper: str = "",
) -> Decision:
    """Seals the results by the word of a meeting, keeps which, and tells everybody assessed. `paper`
    is the digest of what the page showed, empty where nobody looked at a page. Raises NotAllowed,
    also for whoever submitted them, Stale where the results are not those that the page showed, MovedOn,
    and DomainError for a meeting that is not over or minutes without a number."""
    cycles.expect_decider(cycle, by)
    number = clean(minutes_number)
    if not 2 <= len(number) <= MOST_NUMBER:
        raise DomainError(f"请填写会议纪要的文号，{MOST_NUMBER} 字以内。", field="minutes_number")
    if met_on > clock.today():
        raise DomainError("会议日期在今天以后，会后再审定。", field="met_on")
    # Held: what is decided on is what is there when it is sealed.
    stored = Cycle.objects.locked().select_related("organization").get(pk=cycle.pk)
    if stored.known_at is not None and met_on < timezone.localdate(stored.known_at):
        raise DomainError("会议日期在事实冻结以前，请核对。", field="met_on")
    digest = digest_of(stored.run_id)
    if paper and paper != digest and Cycle.machine.may(stored, "seal"):
        raise Stale(STALE, stored)
    sealed = cycles.seal(cycle=cycle, revision=revision, by=by)
    row = Decision.objects.create(
        cycle=sealed,
        met_on=met_on,
        minutes_number=number,
        note=clean(note)[:MOST_NOTE],
        decided_by_id=by.user_id,
        by_name=by.name[:100],
        decided_at=sealed.sealed_at or clock.now(),
        digest=digest,
    )
    told = {"met_on": [None, met_on.isoformat()], "minutes_number": [None, number]}
    telling.note(row, "decisions.decision.take", holder=sealed.organization, by=by, changes=told)
    feedback.tell(sealed)
    return row
