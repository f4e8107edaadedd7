"""The key dates of a theme, as its meetings and tours stand today."""

from ..models import Theme, ThemeDate


def dates_of(theme: Theme) -> list[ThemeDate]:
    """In the order in which they come. One query."""
    rows = list(theme.dates.select_related("meeting"))
    return sorted(rows, key=lambda one: (one.day, one.pk))
