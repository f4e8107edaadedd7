"""Checks of the audit chain that the audit administrator asks for."""

from core import audit, clock, effects
from core.actions import action
from core.actor import Actor
from core.errors import Conflict
from core.models import Effect
from core.notifications import Message, tell

from ..models import User

State = Effect.State
KIND = "orgs.verify_audit"


@action
def request_verification(*, by: Actor) -> None:
    """Has the chain recomputed in the background; the verdict goes to the person's inbox.

    Raises Conflict while the check that he asked for before is still under way.
    """
    # The lock makes two requests of one person wait for each other.
    User.objects.select_for_update().filter(pk=by.user_id or 0).first()
    waiting = Effect.objects.filter(
        kind=KIND, key__startswith=f"{KIND}:{by.user_id}:", state__in=[State.PENDING, State.LEASED]
    )
    if waiting.exists():
        raise Conflict("上一次核验还没有结束，结果会出现在“消息”里。")
    effects.enqueue(KIND, f"{KIND}:{by.user_id}:{clock.now():%Y%m%d%H%M%S%f}", user=by.user_id)
    audit.record(by=by, verb="orgs.audit.verified")


@effects.handler(KIND, label="核验审计链", style="long", lease_seconds=600, max_attempts=3)
def tell_verdict(effect: Effect) -> None:
    """Recomputes the chain and tells who asked. Safe to run again: the message has one key."""
    verdict = audit.verify()
    if verdict.is_intact:
        title = f"审计链完整，共 {verdict.entries} 条"
        body = "逐条重算，没有发现被改动、删除或插入的记录。"
    else:
        title = f"审计链有 {len(verdict.problems)} 处异常"
        body = "\n".join(verdict.problems[:20])
    user_id = effect.payload["user"]
    tell([Message(user_id=user_id, key=effect.key, title=title, body=body, url="")])
