"""What there is to look at beside an item: records and files that the assessed refer to."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter

from assessments.self_assessments.models import SelfAttachment, SelfEvidence, SelfItem
from assessments.self_assessments.queries.side import sides_of

from ..models import EvidenceLook, ReviewSeat


@dataclass(frozen=True, slots=True)
class Piece:
    """A record or a file. `key` names it in looks and addresses."""

    key: str
    label: str
    is_opened: bool
    record: SelfEvidence | None = None
    file: SelfAttachment | None = None


def said_of(seat: ReviewSeat) -> SelfItem | None:
    """What the assessed say of the item, once they have sent it. Three queries."""
    at = seat.item.assessed_id, seat.item.indicator
    return sides_of([at[0]], [at[1]]).get(at)


def evidence_of(seat: ReviewSeat, said: SelfItem | None) -> Sequence[Piece]:
    """All that the assessed refer to in what they say (`said_of`), records first, and whether it was
    opened from this seat. One query."""
    if said is None:
        return []
    opened = set(EvidenceLook.objects.filter(seat=seat).values_list("key", flat=True))
    found = []
    for record in sorted(said.evidence.all(), key=attrgetter("pk")):
        key = f"record:{record.kind}:{record.uid}"
        found.append(Piece(key, record.label, key in opened, record=record))
    for file in sorted(said.attachments.all(), key=attrgetter("uploaded_at", "pk")):
        if file.state == SelfAttachment.State.READY:
            key = f"file:{file.uid}"
            found.append(Piece(key, file.name, key in opened, file=file))
    return found
