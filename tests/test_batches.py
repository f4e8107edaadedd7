"""Rows in portions: all of them, once, in their order."""

import pytest

from core.batches import batched


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])]
)
def test_portions_hold_every_row_once(count: int, sizes: list[int]) -> None:
    portions = list(batched(iter(range(count)), 3))
    assert [len(portion) for portion in portions] == sizes
    assert [row for portion in portions for row in portion] == list(range(count))


def test_portions_of_none_are_refused() -> None:
    with pytest.raises(ValueError, match="portions of 0"):
        next(batched([1], 0))
