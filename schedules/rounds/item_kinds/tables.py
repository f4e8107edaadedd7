"""A table of a few columns and rows."""

from collections.abc import Sequence
from typing import Any

from ..enums import ItemKind
from .base import ItemType, Posted, Spec, Value, tidy
from .efforts import Effort, written

MOST_COLUMNS, MOST_ROWS, LONGEST_CELL, LONGEST_HEAD = 5, 10, 100, 20


class TableItem(ItemType):
    """Rows of short texts under the heads of the form. Blank rows are left out."""

    key, label, adds = ItemKind.TABLE, "表格", "表格"
    minutes = 2.0
    settings = {"columns": [], "max_rows": 3, "use": ""}
    template = "schedules/items/table.html"
    has_rows = True

    @property
    def blank(self) -> dict[str, Any]:
        return {"rows": []}

    def cost(self, spec: Spec) -> float:
        return min(spec.get("max_rows") or 3, 6) * len(spec.get("columns", [])) * 2 / 9

    def read(self, posted: Posted, key: str) -> Any:
        if f"cell-{key}-0" not in posted:
            return None
        columns: list[list[Any]] = []
        while f"cell-{key}-{len(columns)}" in posted and len(columns) < MOST_COLUMNS:
            columns.append(posted.getlist(f"cell-{key}-{len(columns)}"))
        height = max(len(column) for column in columns)
        return [
            [column[row] if row < len(column) else "" for column in columns]
            for row in range(min(height, 2 * MOST_ROWS))
        ]

    def refuse(self, raw: Any) -> str:
        is_so = isinstance(raw, list) and all(
            isinstance(row, list) and all(isinstance(cell, str) for cell in row) for row in raw
        )
        return "" if is_so else "应为若干行，每行是文字的列表。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        width = len(spec.get("columns", []))
        rows = []
        for given in (raw if isinstance(raw, list | tuple) else [])[: 2 * MOST_ROWS]:
            cells = given if isinstance(given, list | tuple) else []
            row = [tidy(cell)[:2000] for cell in cells[: max(width, len(cells[:MOST_COLUMNS]))]]
            row += [""] * (width - len(row))
            if any(row):
                rows.append(row)
        return {"rows": rows}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        rows, heads = list(value.get("rows", [])), list(spec.get("columns", []))
        most = spec.get("max_rows") or 3
        found = []
        if len(rows) > most:
            found.append(f"最多 {most} 行，现在是 {len(rows)} 行，请合并或删减。")
        for number, row in enumerate(rows, start=1):
            for head, cell in zip(heads, row, strict=False):
                if len(cell) > LONGEST_CELL:
                    found.append(f"第 {number} 行“{head}”共 {len(cell)} 字，限 {LONGEST_CELL} 字。")
            if heads and not row[0]:
                found.append(f"第 {number} 行没有写“{heads[0]}”。")
        return found

    def effort(self, value: Value) -> Effort:
        """Cell by cell."""
        return written([str(cell) for row in value.get("rows", []) for cell in row])

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        heads = list((spec or {}).get("columns", []))
        lines = []
        for row in value.get("rows", []):
            named = [*heads, *[""] * (len(row) - len(heads))]
            parts = [
                f"{head}：{cell}" if head else cell
                for head, cell in zip(named, row, strict=False)
                if cell
            ]
            lines.append("；".join(parts))
        return lines

    def grid(self, value: Value, spec: Spec | None = None) -> list[list[str]]:
        rows = [list(row) for row in value.get("rows", [])]
        heads = list((spec or {}).get("columns", []))
        width = max([len(heads), *(len(row) for row in rows)], default=0)
        if not rows or not width:
            return []
        return [line + [""] * (width - len(line)) for line in [heads, *rows]]

    def missing(self, spec: Spec) -> str:
        return f"“{spec['title']}”还没有填写，至少写一行。"

    def summary(self, spec: Spec) -> str:
        return f"表格 · {len(spec.get('columns', []))} 栏 × {spec.get('max_rows') or 3} 行"

    def faults(self, spec: Spec, specs: Sequence[Spec]) -> list[tuple[str, str]]:
        heads = list(spec.get("columns", []))
        if not 1 <= len(heads) <= MOST_COLUMNS:
            return [
                ("columns", f"写 1 至 {MOST_COLUMNS} 个栏目，一行一个，现在是 {len(heads)} 个。")
            ]
        if len(set(heads)) < len(heads):
            return [("columns", "有两个栏目相同，请改。")]
        return []
