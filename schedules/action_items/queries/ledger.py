"""Items with all that their ledger (整改台账) says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from core import clock
from core.models import Attachment
from schedules.rounds.queries.calendar import load

from ..enums import ActionStepKind
from ..models import ActionAttachment, ActionItem, ActionStep
from ..rules import overdue_line


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a ledger. `latest` is what was said last on how far it is."""

    item: ActionItem
    latest: str
    files: Sequence[str]
    is_receipt_overdue: bool
    is_completion_overdue: bool


def entries(rows: QuerySet[ActionItem]) -> list[Entry]:
    """The items in their order, as a ledger shows them. Seven queries, however many."""
    line = overdue_line(clock.today(), load())
    unsorted: Any = rows.order_by()
    receipt = set(unsorted.receipt_overdue(line).values_list("pk", flat=True))
    completion = set(unsorted.completion_overdue(line).values_list("pk", flat=True))
    said = ActionStep.objects.filter(item=OuterRef("pk"), kind=ActionStepKind.PROGRESS)
    files = ActionAttachment.objects.filter(state=Attachment.State.READY).order_by("pk")
    found = (
        rows.select_related("owner", "issuer")
        .annotate(latest=Subquery(said.order_by("-at", "-pk").values("text")[:1]))
        .prefetch_related("lines", Prefetch("attachments", files, to_attr="files"))
    )
    return [
        Entry(
            item,
            item.latest or "",
            [file.name for file in item.files],
            item.pk in receipt,
            item.pk in completion,
        )
        for item in found
    ]
