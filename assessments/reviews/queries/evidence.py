"""What there is to look at beside an item: records and files that the assessed refer to."""

from collections.abc import Sequence
from dataclasses import dataclass

from assessments.self_assessments.models import SelfAttachment, SelfEvidence, SelfItem

from ..models import EvidenceLook, ReviewSeat


@dataclass(frozen=True, slots=True)
class Piece:
    """A record or a file. `key` names it in looks and addresses."""

    key: str
    label: str
    is_opened: bool
    record: SelfEvidence | None = None
    file: SelfAttachment | None = None


def evidence_of(seat: ReviewSeat) -> Sequence[Piece]:
    """All that the assessed refer to at the item, records first, and whether it was opened from this
    seat. Three queries."""
    where = {
        "item__self_assessment__assessed": seat.item.assessed_id,
        "item__indicator": seat.item.indicator,
    }
    opened = set(EvidenceLook.objects.filter(seat=seat).values_list("key", flat=True))
    found = []
    for record in SelfEvidence.objects.filter(**where).order_by("pk"):
        key = f"record:{record.kind}:{record.uid}"
        found.append(Piece(key, record.label, key in opened, record=record))
    files = SelfAttachment.objects.filter(**where, state=SelfAttachment.State.READY)
    for file in files.order_by("uploaded_at", "pk"):
        key = f"file:{file.uid}"
        found.append(Piece(key, file.name, key in opened, file=file))
    return found


def self_item_of(seat: ReviewSeat) -> SelfItem | None:
    """What the assessed say of the item, once they have sent it. One query."""
    return (
        SelfItem.objects.filter(
            self_assessment__assessed=seat.item.assessed_id,
            self_assessment__sent_at__isnull=False,
            indicator=seat.item.indicator,
        )
        .select_related("self_assessment")
        .first()
    )
