"""Rows in portions, for statements that name only so many at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
IN_ONE_LIST = 5000  # values in one IN list


def batched(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in their order, `size` at a time, the rest last (itertools.batched of Python 3.12).
    Nothing for none. Raises ValueError for a size below one."""
    if size < 1:
        raise ValueError(f"portions of {size}")
    remaining = iter(items)
    while portion := list(islice(remaining, size)):
        yield portion
