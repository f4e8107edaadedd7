"""Words, entries, figures that the portal counts, and files."""

from collections.abc import Sequence
from typing import Any

from ..enums import ItemKind
from .base import BURDEN_OF_FIGURES, ItemType, Posted, Spec, Value, tidy

SHORT = 200  # what has room for no more takes half as long


def _too_long(text: str, limit: int, where: str = "") -> list[str]:
    if len(text) <= limit:
        return []
    return [f"{where}共 {len(text)} 字，超出 {len(text) - limit} 字（限 {limit} 字）。"]


class TextItem(ItemType):
    """One text."""

    key, label, adds = ItemKind.TEXT, "文字", "文字"
    minutes = 3.0
    settings = {"use": ""}
    template = "schedules/items/text.html"

    @property
    def blank(self) -> dict[str, Any]:
        return {"text": ""}

    def cost(self, spec: Spec) -> float:
        return self.minutes if spec.get("max_chars", 500) > SHORT else self.minutes / 2

    def is_count(self, spec: Spec) -> bool:
        """A text is for more than a number, unless its title asks how many."""
        return str(spec["title"]).endswith(("数", "数量"))

    def read(self, posted: Posted, key: str) -> Any:
        return posted.get(f"text-{key}")

    def refuse(self, raw: Any) -> str:
        return "" if isinstance(raw, str) else "应为文字。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        return {"text": tidy(raw, lines=True)}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        return _too_long(str(value.get("text", "")), spec.get("max_chars", 500))

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        text = str(value.get("text", ""))
        return [text] if text else []

    def missing(self, spec: Spec) -> str:
        return f"“{spec['title']}”还没有填写；没有请写“无”。"

    def summary(self, spec: Spec) -> str:
        return f"文字 · {spec.get('max_chars', 500)} 字以内"


class EntriesItem(ItemType):
    """Up to so many short texts."""

    key, label, adds = ItemKind.ENTRIES, "逐条", "逐条"
    settings = {"use": ""}
    template = "schedules/items/entries.html"
    has_rows = True

    @property
    def blank(self) -> dict[str, Any]:
        return {"entries": []}

    def cost(self, spec: Spec) -> float:
        return float(min(spec.get("max_entries", 3), 5))

    def read(self, posted: Posted, key: str) -> Any:
        return posted.getlist(f"entry-{key}") if f"entry-{key}" in posted else None

    def refuse(self, raw: Any) -> str:
        is_so = isinstance(raw, list) and all(isinstance(one, str) for one in raw)
        return "" if is_so else "应为文字的列表。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        entries = [tidy(one, lines=True) for one in (raw if isinstance(raw, list | tuple) else [])]
        return {"entries": [entry for entry in entries if entry]}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        entries, most = list(value.get("entries", [])), spec.get("max_entries", 3)
        found = [
            sentence
            for number, entry in enumerate(entries, start=1)
            for sentence in _too_long(entry, spec.get("max_chars", 500), f"第 {number} 条")
        ]
        if len(entries) > most:
            found.append(f"最多 {most} 条，现在是 {len(entries)} 条，请合并或删减。")
        return found

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        return list(value.get("entries", []))

    def missing(self, spec: Spec) -> str:
        return f"“{spec['title']}”还没有填写；没有请写“无”。"

    def summary(self, spec: Spec) -> str:
        return f"逐条 · 最多 {spec.get('max_entries', 3)} 条"


class FiguresItem(ItemType):
    """Figures of the portal's records: nobody types them."""

    key, label, adds = ItemKind.FIGURES, "数据", "数据"
    minutes = BURDEN_OF_FIGURES
    is_typed = False

    @property
    def blank(self) -> dict[str, Any]:
        return {"figures": []}

    def words(self, value: Value, spec: Spec | None = None) -> str:
        """Nothing: figures are compared one by one, not as a text."""
        return ""

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        return []

    def grid(self, value: Value, spec: Spec | None = None) -> list[list[str]]:
        rows = value.get("figures", [])
        if not rows:
            return []
        head = ["项目", "数值", "来源"]
        return [
            head,
            *([row["label"], f"{row['value']}{row['unit']}", row["source"]] for row in rows),
        ]

    def summary(self, spec: Spec) -> str:
        return f"数据 · {len(spec.get('figures', []))} 个"

    def faults(self, spec: Spec, specs: Sequence[Spec]) -> list[tuple[str, str]]:
        return [] if spec.get("figures") else [("chosen", "至少选择一项数据。")]


class FilesItem(ItemType):
    """Files added to the report."""

    key, label, adds = ItemKind.FILES, "附件", "附件"
    minutes = 0.0
    is_typed = False
    is_paper = False

    def summary(self, spec: Spec) -> str:
        return "附件 · 每个 20 MB 以内"
