"""Everything that happens outside a transaction: rows written with the change, run afterwards.

The database is the truth; a message on the broker only says "look now". A row is claimed by
one conditional UPDATE with a lease, and its effect and its final state commit together.
"""

import datetime as dt
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from . import clock
from .models import Effect, Heartbeat

logger = logging.getLogger("portal.effects")

Style = Literal["inside", "external", "long"]
State = Effect.State
CUT_OFF = "发送中断，结果不明"
_move_many = Effect.machine.move_many


@dataclass(frozen=True, slots=True)
class Handler:
    kind: str
    label: str  # what pages call it
    function: Callable[[Effect], None]
    style: Style
    lease: dt.timedelta
    max_attempts: int


_handlers: dict[str, Handler] = {}
_ring: list[Callable[[], None]] = []


def handler(
    kind: str,
    *,
    label: str,
    style: Style = "inside",
    lease_seconds: int = 60,
    max_attempts: int = 8,
) -> Callable[[Callable[[Effect], None]], Callable[[Effect], None]]:
    """Registers what is done for effects of `kind`; `label` is what pages call it.

    inside: runs in one transaction with the row's final state, so it happens exactly once.
    external: something beyond the database (a mail); a crash in the middle leaves `unknown`,
    which is shown and never repeated by itself.
    long: manages its own transactions and must be safe to run again from the start.
    """

    def register(function: Callable[[Effect], None]) -> Callable[[Effect], None]:
        _handlers[kind] = Handler(
            kind, label, function, style, dt.timedelta(seconds=lease_seconds), max_attempts
        )
        return function

    return register


def handlers() -> Mapping[str, Handler]:
    """All registered handlers by kind."""
    return _handlers


def label_of(kind: str) -> str:
    """What pages call effects of the kind; the kind itself when this release knows none."""
    return _handlers[kind].label if kind in _handlers else kind


def on_ring(publish: Callable[[], None]) -> None:
    """Registers how workers are woken after a commit."""
    _ring.append(publish)


@dataclass(frozen=True, slots=True)
class Order:
    """One effect to enqueue."""

    key: str
    kind: str
    payload: Mapping[str, Any]
    not_before: dt.datetime | None = None


def enqueue(kind: str, key: str, *, not_before: dt.datetime | None = None, **payload: Any) -> None:
    """Writes one effect in the running transaction; the same key twice is one effect."""
    enqueue_many([Order(key, kind, payload, not_before)])


def enqueue_many(orders: Iterable[Order]) -> None:
    """Writes effects in the running transaction and wakes the workers when it commits."""
    now = clock.now()
    rows = [
        Effect(
            key=order.key,
            kind=order.kind,
            payload=dict(order.payload),
            not_before=order.not_before or now,
            created_at=now,
        )
        for order in orders
    ]
    if not rows:
        return
    for row in rows:
        if row.kind not in _handlers:
            raise LookupError(f"no handler for effects of kind {row.kind}")
    Effect.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    # One ring a transaction is enough. Django forgets the callbacks of a rolled-back savepoint,
    # therefore the list itself is asked, not a flag of our own.
    if not any(callback is ring for callback in (entry[1] for entry in connection.run_on_commit)):
        transaction.on_commit(ring)


def ring() -> None:
    """Wakes the workers. A broken broker costs a delay, never the page."""
    for publish in _ring:
        try:
            publish()
        except Exception as error:
            logger.warning("could not wake the workers: %s", type(error).__name__)


def due(now: dt.datetime) -> Any:
    """Effects that may run: pending ones whose time has come, and those whose lease ran out. Kinds
    that this release does not know are left to the newer one that wrote them."""
    return Effect.objects.filter(
        Q(state=State.PENDING, not_before__lte=now) | Q(state=State.LEASED, lease_until__lt=now),
        kind__in=list(_handlers),
    )


def left_alone() -> int:
    """How many effects wait for a release that knows their kind. One query."""
    return Effect.objects.filter(state=State.PENDING).exclude(kind__in=list(_handlers)).count()


def claim(limit: int) -> list[Effect]:
    """Leases up to `limit` due effects to the caller; nobody else gets the same ones."""
    now = clock.now()
    # A sender that died between the call and its commit: nobody knows, so nobody repeats it.
    cut_off = Effect.objects.filter(state=State.SENDING, lease_until__lt=now)
    _move_many(cut_off, "lose", finished_at=now, last_error=CUT_OFF)
    waiting = list(due(now).order_by("not_before", "id").values_list("id", "kind")[:limit])
    if not waiting:
        return []
    # Long work is claimed alone: nothing else should wait behind it under the same lease.
    if _handlers[waiting[0][1]].style == "long":
        waiting = waiting[:1]
    else:
        waiting = [(id_, kind) for id_, kind in waiting if kind not in _long_kinds()]
    lease = max(_handlers[kind].lease for _, kind in waiting)
    token = secrets.token_hex(16)
    claimed = _move_many(
        due(now).filter(id__in=[id_ for id_, _ in waiting]),
        "claim",
        lease_token=token,
        lease_until=now + lease,
        attempts=F("attempts") + 1,
    )
    if not claimed:
        return []
    return list(Effect.objects.filter(lease_token=token, state=State.LEASED).order_by("id"))


def _long_kinds() -> set[str]:
    return {kind for kind, entry in _handlers.items() if entry.style == "long"}


def release_leases() -> int:
    """Frees every lease at the start of the only process there is (embedded edition).

    What was being sent when the process died stays unknown.
    """
    now = clock.now()
    cut_off = Effect.objects.filter(state=State.SENDING)
    _move_many(cut_off, "lose", finished_at=now, last_error=CUT_OFF)
    leased = Effect.objects.filter(state=State.LEASED)
    return _move_many(leased, "postpone", lease_until=None)


def run_due(*, limit: int = 1000, batch: int = 20) -> int:
    """Runs due effects until none is left or `limit` are done; returns how many were run."""
    done = 0
    while done < limit:
        claimed = claim(min(batch, limit - done))
        if not claimed:
            break
        for effect in claimed:
            run(effect)
            done += 1
    return done


def run(effect: Effect) -> None:
    """Runs one leased effect and records how it ended. Never raises."""
    entry = _handlers[effect.kind]
    if effect.attempts > entry.max_attempts:
        _fail(effect, effect.last_error or "多次中断", final=True)
        return
    try:
        if entry.style == "inside":
            with transaction.atomic():
                entry.function(effect)
                if not _finish(effect):
                    raise LeaseLost
        elif entry.style == "external":
            if not _move_many(_mine(effect), "send", lease_until=clock.now() + entry.lease):
                return
            entry.function(effect)
            _finish(effect)
        else:
            entry.function(effect)
            _finish(effect)
    except LeaseLost:
        logger.info("lease of %s was taken over", effect.key)
    except Uncertain as error:
        logger.warning("nobody knows how effect %s ended", effect.key)
        _move_many(
            _mine(effect),
            "lose",
            finished_at=clock.now(),
            lease_until=None,
            last_error=f"{error}".replace("\x00", "")[:500],
        )
    except Exception as error:
        # The row keeps the reason; the log must not hold personal data from a message.
        logger.warning("effect %s failed: %s", effect.key, type(error).__name__, exc_info=True)
        _fail(
            effect, f"{type(error).__name__}: {error}", final=effect.attempts >= entry.max_attempts
        )


class Uncertain(Exception):
    """Raised by an external handler that cannot tell whether it took effect: never repeated by
    itself, shown as unknown."""


class LeaseLost(Exception):
    """Another worker took over; this run's work is undone."""


def _mine(effect: Effect) -> QuerySet[Effect]:
    return Effect.objects.filter(pk=effect.pk, lease_token=effect.lease_token)


def heartbeat(effect: Effect) -> None:
    """Extends the lease of long work. Raises LeaseLost when somebody else has taken over."""
    lease = _handlers[effect.kind].lease
    if not _move_many(_mine(effect), "hold", lease_until=clock.now() + lease):
        raise LeaseLost


def keep(effect: Effect, **progress: Any) -> None:
    """Keeps in the payload of long work how far it has come, for the run after an interruption,
    and extends its lease. Attempts count from here anew. Raises LeaseLost."""
    lease, payload = _handlers[effect.kind].lease, {**effect.payload, **progress}
    if not _mine(effect).update(payload=payload, lease_until=clock.now() + lease, attempts=1):
        raise LeaseLost
    effect.payload, effect.attempts = payload, 1


def _finish(effect: Effect) -> bool:
    now = clock.now()
    return bool(
        _move_many(_mine(effect), "finish", finished_at=now, last_error="", lease_until=None)
    )


def _fail(effect: Effect, reason: str, *, final: bool) -> None:
    now = clock.now()
    wait = dt.timedelta(seconds=min(3600, 5 * 2 ** max(0, effect.attempts - 1)))
    _move_many(
        _mine(effect),
        "stop" if final else "postpone",
        not_before=now if final else now + wait,
        finished_at=now if final else None,
        lease_until=None,
        last_error=reason.replace("\x00", "")[:500],
    )


def retry(effect_id: int) -> bool:
    """Puts a stopped or unknown effect back in the queue; False when it is in another state."""
    row = Effect.objects.filter(pk=effect_id)
    now = clock.now()
    updated = _move_many(row, "retry", attempts=0, not_before=now, finished_at=None)
    if updated:
        transaction.on_commit(ring)
    return bool(updated)


def give_up(effect_id: int) -> bool:
    """Marks a stopped or unknown effect as given up; False when it is in another state."""
    row = Effect.objects.filter(pk=effect_id)
    return bool(_move_many(row, "give_up", finished_at=clock.now()))


def beat(name: str) -> None:
    """Leaves a sign of life of the background part `name`."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": timezone.now()})


def backlog() -> dict[str, int]:
    """How many effects are in each state that somebody should know of. One query."""
    counts = dict(
        Effect.objects.exclude(state__in=[State.DONE, State.SKIPPED])
        .values_list("state")
        .annotate(n=Count("id"))
    )
    return {
        state: counts.get(state, 0) for state in ("pending", "leased", "sending", "unknown", "dead")
    }
