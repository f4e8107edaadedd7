"""Items of a report that nobody has filled in yet."""

from typing import Any

from .enums import ItemKind
from .models import Report, ReportItem


def empty_items(report: Report) -> list[ReportItem]:
    """The items of a fresh report, by its definition."""
    return [
        ReportItem(
            report=report,
            position=position,
            key=spec["key"],
            title=spec["title"],
            kind=spec["kind"],
            value=empty_value(spec["kind"]),
        )
        for position, spec in enumerate(report.definition.items, start=1)
    ]


def empty_value(kind: str) -> dict[str, Any]:
    """The value of an item nobody has filled in yet."""
    blank: dict[ItemKind, dict[str, Any]] = {
        ItemKind.FIGURES: {"figures": []},
        ItemKind.TEXT: {"text": ""},
        ItemKind.ENTRIES: {"entries": []},
        ItemKind.FILES: {},
    }
    return blank[ItemKind(kind)]
