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
from .clocks import with_clocks


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a ledger. `latest` is what was said last on how far it is."""

    item: ActionItem
    latest: str
    files: Sequence[str]


def entries(rows: QuerySet[ActionItem]) -> list[Entry]:
    """The items in their order, as a ledger shows them. Five queries, however many."""
    line = overdue_line(clock.today(), load())
    said = ActionStep.objects.filter(item=OuterRef("pk"), kind=ActionStepKind.PROGRESS)
    files = ActionAttachment.objects.filter(state=Attachment.State.READY).order_by("pk")
    found: Any = (
        with_clocks(rows, line)
        .select_related("owner", "issuer")
        .annotate(latest=Subquery(said.order_by("-at", "-pk").values("text")[:1]))
        .prefetch_related("lines", Prefetch("attachments", files, to_attr="files"))
    )
    return [Entry(item, item.latest or "", [file.name for file in item.files]) for item in found]
