"""A version as a paper: group, 考核内容, 满分, 评分标准, source, and what holds for the whole."""

from typing import Any

from ..comparing import settings_words
from ..models import SchemeVersion
from .tree import Row, rows_of


def paper_of(version: SchemeVersion) -> dict[str, Any]:
    """What the template `schemes/parts/paper.html` reads. No query."""
    rows = rows_of(version.content)
    return {
        "paper_rows": _with_spans(rows),
        "paper_total": version.content["root"].get("full", ""),
        "settings": [pair for pair in settings_words(version.content) if pair[1]],
        "indicators": sum(not row.is_group for row in rows),
    }


def _with_spans(rows: list[Row]) -> list[tuple[Row, Row | None, int]]:
    """(indicator, the group that begins with it, how many lines that has); groups of lower levels
    and groups without indicators have a line of their own."""
    found: list[tuple[Row, Row | None, int]] = []
    group: Row | None = None
    for row in rows:
        if row.is_group and row.place.depth == 1:
            group = row
            if not row.count:
                found.append((row, row, 1))
                group = None
        elif row.is_group:
            continue
        else:
            found.append((row, group, group.count if group else 0))
            group = None
    return found
