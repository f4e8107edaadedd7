"""Evidence is opened: that it was is kept, never when or for how long."""

from core.actions import action
from core.actor import Actor
from core.errors import NotAllowed

from ..models import EvidenceLook, ReviewSeat
from ..queries.evidence import Piece
from . import rights


@action
def look(*, seat: ReviewSeat, piece: Piece, by: Actor) -> EvidenceLook:
    """Keeps that the reviewer has opened a piece of evidence of his item; the same twice is one.
    Raises NotAllowed. Not in the audit trail: whose looking is counted is watched."""
    if seat.user_id != by.user_id:
        raise NotAllowed("这一项不是由你评。")
    rights.expect_reviewer(seat.item.assessed, by)
    found, _ = EvidenceLook.objects.get_or_create(seat=seat, key=piece.key)
    return found
