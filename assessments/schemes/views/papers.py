"""A version as a paper: group, 考核内容, 满分, 评分标准, source, and what holds for the whole."""

from typing import Any

from ..comparing import settings_words
from ..models import SchemeVersion
from .tree import rows_of


def paper_of(version: SchemeVersion) -> dict[str, Any]:
    """What the template `schemes/parts/paper.html` reads. No query."""
    rows = rows_of(version.content)
    return {
        "paper_rows": rows,
        "paper_total": version.content["root"].get("full", ""),
        "settings": [pair for pair in settings_words(version.content) if pair[1]],
        "indicators": sum(not row.is_group for row in rows),
    }
