"""Pages of long lists, without counting what nobody leafs through."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

COUNTED = 10_000


class Pager(Paginator):  # type: ignore[type-arg]
    """Pages of the first 10,000 rows. Counting stops one row beyond them, so a list costs the
    same however much matches; who needs a later row narrows the list.

    `total` is the true number where the caller knows it, which saves the counting.
    """

    def __init__(self, rows: Any, per_page: int, *, total: int | None = None) -> None:
        super().__init__(rows, per_page)
        self._total = total

    @cached_property
    def found(self) -> int:
        """How many rows there are: exactly up to 10,000 or when it was told, else 10,001."""
        if self._total is not None:
            return self._total
        if isinstance(self.object_list, QuerySet):
            return self.object_list.order_by()[: COUNTED + 1].count()
        return len(self.object_list)

    @cached_property
    def count(self) -> int:
        """How many rows can be leafed through."""
        return min(self.found, COUNTED)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than can be leafed through."""
        return self.found > COUNTED

    @property
    def found_label(self) -> str:
        """The number of rows as people read it: 530, or 10000+ when it was not counted out."""
        is_open = self.is_cut and self._total is None
        return f"{COUNTED}+" if is_open else str(self.found)
