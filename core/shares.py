"""Shares in whole per cent, rounded in one way everywhere."""


def percent(part: int, whole: int) -> int | None:
    """`part` of `whole` in per cent, half up; 100 only when nothing is missing. None of
    nothing."""
    if whole <= 0:
        return None
    rounded = (200 * part + whole) // (2 * whole)
    return min(rounded, 99) if part < whole else rounded
