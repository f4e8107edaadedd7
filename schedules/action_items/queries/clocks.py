"""Items with what their two clocks say."""

import datetime as dt
from typing import Any, TypeVar

from django.db.models import Case, Model, Q, QuerySet, Value, When

from ..models.item import overdue_in_completion, overdue_in_receipt

R = TypeVar("R", bound=Model)


def with_clocks(rows: QuerySet[R], line: dt.date) -> QuerySet[R]:
    """Items, or how they stood, with `is_receipt_overdue` and `is_completion_overdue`, as the board
    counts them. `line`: see `rules.overdue_line`."""
    found: Any = rows.annotate(
        is_receipt_overdue=_holds(overdue_in_receipt(line)),
        is_completion_overdue=_holds(overdue_in_completion(line)),
    )
    marked: QuerySet[R] = found
    return marked


def _holds(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
