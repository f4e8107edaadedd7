"""Items with all that their ledger (整改台账) says of them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from core.models import Attachment

from ..enums import ActionStepKind
from ..models import ActionAttachment, ActionItem, ActionStep
from .clocks import with_clocks


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a ledger. `latest` is what was said last on how far it is."""

    item: ActionItem
    latest: str
    files: Sequence[str]


def entries(rows: QuerySet[ActionItem], line: dt.date) -> list[Entry]:
    """The items in their order, as a ledger shows them. `line`: see `rules.overdue_line`. Three
    queries, however many."""
    said = ActionStep.objects.filter(item=OuterRef("pk"), kind=ActionStepKind.PROGRESS)
    files = ActionAttachment.objects.filter(state=Attachment.State.READY).order_by("pk")
    found: Any = (
        with_clocks(rows, line)
        .select_related("owner", "issuer")
        .annotate(latest=Subquery(said.order_by("-at", "-pk").values("text")[:1]))
        .prefetch_related("lines", Prefetch("attachments", files, to_attr="files"))
    )
    return [Entry(item, item.latest or "", [file.name for file in item.files]) for item in found]
