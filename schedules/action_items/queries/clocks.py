"""Items with what their two clocks say."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet

from ..models import ActionItem


def with_clocks(rows: QuerySet[ActionItem], line: dt.date) -> QuerySet[ActionItem]:
    """The rows with `is_receipt_overdue` and `is_completion_overdue`, as the board counts them.
    `line`: see `rules.overdue_line`."""
    same = ActionItem.objects.filter(pk=OuterRef("pk"))
    return rows.annotate(
        is_receipt_overdue=Exists(same.receipt_overdue(line)),
        is_completion_overdue=Exists(same.completion_overdue(line)),
    )
