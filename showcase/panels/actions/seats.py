"""One who judges gives an opinion, or says that he has to keep out. What was given stands in no trail."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from core import clock, notifications
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.text import clean

from ..enums import SeatState
from ..models import Panel, PanelSeat
from ..queries.people import barred
from ..rules import MOST_OPINION, Criterion, checked_reason
from . import rights


@action
def give(
    *,
    seat: PanelSeat,
    revision: int,
    agrees: bool,
    opinion: str,
    scores: Mapping[str, Decimal],
    by: Actor,
) -> PanelSeat:
    """The opinion of who sits there, also in the place of one that he gave before, until the panel is
    ended. Raises NotAllowed, MovedOn, Stale or DomainError."""
    panel = _held(seat, by)
    PanelSeat.machine.expect(seat, "give", revision)
    if barred([seat.user_id], panel.judged):
        raise DomainError("你在被评单位任职，要回避，请点“我要回避”。", code="conflict")
    text = clean(opinion)
    if len(text) > MOST_OPINION:
        raise DomainError(f"意见限 {MOST_OPINION} 字。", field="opinion")
    if not agrees and len(text) < 2:
        raise DomainError("不同意的，请写明理由。", field="opinion")
    PanelSeat.machine.move(
        seat,
        "give",
        revision=revision,
        agrees=agrees,
        opinion=text,
        scores=_checked(panel.judged_by, scores),
        given_at=clock.now(),
    )
    notifications.settle([seat.asked_key])
    rights.note(panel, "panels.seat.give", by=by)
    return seat


@action
def declare_conflict(*, seat: PanelSeat, reason: str, by: Actor) -> PanelSeat:
    """Who sits there keeps out: he finds nothing of the panel any more, and nothing that he gave counts.
    Raises NotAllowed, MovedOn or DomainError."""
    panel = _held(seat, by)
    text = checked_reason(reason)
    PanelSeat.machine.move(
        seat,
        "step_out",
        reason=text,
        agrees=None,
        opinion="",
        scores={},
        given_at=None,
    )
    notifications.settle([seat.asked_key])
    rights.note(panel, "panels.seat.declare", by=by, text=text)
    return seat


def _held(seat: PanelSeat, by: Actor) -> Panel:
    """The panel, held until the transaction ends, with the seat as it is stored. Raises NotAllowed for
    another's seat, MovedOn once the panel is ended."""
    panel = rights.locked(seat.panel_id)
    seat.refresh_from_db()
    if by.user_id is None or seat.user_id != by.user_id:
        raise NotAllowed("意见由本人评，别人不能代评。")
    if seat.state == SeatState.SITS:
        Panel.machine.expect(panel, "arrange")
    return panel


def _checked(criteria: list[Criterion], scores: Mapping[str, Decimal]) -> dict[str, str]:
    """The points as they are kept: one for each criterion, none above its full points."""
    found = {}
    for one in criteria:
        field = f"score_{one.key}"
        value = scores.get(one.key)
        if value is None:
            raise DomainError(f"请给“{one.name}”评分。", field=field)
        try:
            is_whole = value == value.quantize(Decimal("0.1"))
        except InvalidOperation:
            is_whole = False
        if not is_whole or not 0 <= value <= one.full:
            raise DomainError(f"评 0 至 {one.full} 分，最多一位小数。", field=field)
        found[one.key] = str(value.normalize() + 0) if value else "0"
    return found
