"""Background items that stopped: tried again or given up, by the system administrator."""

from core import audit, effects
from core.actions import action
from core.actor import Actor
from core.errors import Conflict
from core.models import Effect

_ELSEWHERE = "这一项的状态已变化，请刷新后再看。"


@action
def retry(*, by: Actor, effect_id: int) -> None:
    """Puts a stopped or unknown item back in the queue. Raises Conflict in any other state."""
    effect = Effect.objects.get(pk=effect_id)
    if not effects.retry(effect_id):
        raise Conflict(_ELSEWHERE)
    audit.record(
        by=by, verb="orgs.job.retried", obj=effect, changes={"state": [effect.state, "pending"]}
    )


@action
def give_up(*, by: Actor, effect_id: int, reason: str) -> None:
    """Marks a stopped or unknown item as given up. Raises Conflict in any other state."""
    effect = Effect.objects.get(pk=effect_id)
    if not effects.give_up(effect_id):
        raise Conflict(_ELSEWHERE)
    audit.record(
        by=by,
        verb="orgs.job.given_up",
        obj=effect,
        changes={"state": [effect.state, "skipped"]},
        note=reason,
    )
