"""Checks of a report before it is sent: what must be mended, and what only must be explained.

Pure: works on values, knows no database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from core.text import is_storable

from .enums import ItemKind

# A figure that moves by more than this share and this much since last month wants a word.
JUMP_SHARE = 0.2
JUMP_COUNT = 5
JUMP_FIGURES = ("members_on_roll", "members_expected", "branches")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an item. An error stops the sending; a warning wants an explanation."""

    level: Literal["error", "warning"]
    item_key: str
    message: str


def clean_value(spec: Mapping[str, Any], raw: Any) -> tuple[dict[str, Any], list[Finding]]:
    """What was typed for an item as it is stored, and what cannot be stored about it.

    Never raises; text that is too long is kept as typed and reported.
    """
    key, kind = spec["key"], spec["kind"]
    if kind == ItemKind.TEXT:
        text = _text(raw)
        return {"text": text}, _length(key, text, spec["max_chars"])
    if kind == ItemKind.ENTRIES:
        entries = [_text(entry) for entry in (raw if isinstance(raw, list | tuple) else [])]
        entries = [entry for entry in entries if entry]
        findings = []
        for number, entry in enumerate(entries, start=1):
            findings += _length(key, entry, spec["max_chars"], f"第 {number} 条")
        if len(entries) > spec["max_entries"]:
            findings.append(
                Finding(
                    "error",
                    key,
                    f"最多 {spec['max_entries']} 条，现在是 {len(entries)} 条，请合并或删减。",
                )
            )
        return {"entries": entries}, findings
    return {}, []


def _text(raw: Any) -> str:
    text = str(raw or "").replace("\r\n", "\n").strip()
    return (
        text if is_storable(text) else text.replace("\x00", "").encode("utf-8", "ignore").decode()
    )


def _length(key: str, text: str, limit: int, where: str = "") -> list[Finding]:
    if len(text) <= limit:
        return []
    return [
        Finding(
            "error",
            key,
            f"{where}共 {len(text)} 字，超出 {len(text) - limit} 字（限 {limit} 字）。",
        )
    ]


def plain_text(kind: str, value: Mapping[str, Any]) -> str:
    """The words of an item, for comparing and searching."""
    if kind == ItemKind.TEXT:
        return str(value.get("text", ""))
    if kind == ItemKind.ENTRIES:
        return "\n".join(value.get("entries", []))
    return ""


def check(
    specs: Sequence[Mapping[str, Any]],
    values: Mapping[str, Mapping[str, Any]],
    *,
    previous: Mapping[str, Mapping[str, Any]] | None = None,
) -> list[Finding]:
    """All findings about a report with `values` (item key -> value), in the form's order.

    `previous` holds last month's values, to see copies and jumps.
    """
    findings: list[Finding] = []
    before = previous or {}
    for spec in specs:
        key, kind = spec["key"], spec["kind"]
        value = values.get(key, {})
        if kind == ItemKind.FIGURES:
            findings += _jumps(key, value, before.get(key, {}))
            continue
        raw = value.get("text") if kind == ItemKind.TEXT else value.get("entries")
        _, problems = clean_value(spec, raw)
        findings += problems
        words = plain_text(kind, value)
        if spec.get("required") and not words:
            findings.append(Finding("error", key, f"“{spec['title']}”还没有填写；没有请写“无”。"))
        elif len(words) > 10 and words == plain_text(kind, before.get(key, {})):
            findings.append(
                Finding("warning", key, f"“{spec['title']}”与上月一字不差，请核对或说明。")
            )
    return findings


def _jumps(key: str, now: Mapping[str, Any], before: Mapping[str, Any]) -> list[Finding]:
    old = {row["key"]: row["value"] for row in before.get("figures", [])}
    findings = []
    for row in now.get("figures", []):
        if row["key"] not in JUMP_FIGURES or row["key"] not in old:
            continue
        was, value = old[row["key"]], row["value"]
        if was is None or value is None:
            continue
        moved = abs(value - was)
        if moved >= JUMP_COUNT and moved > JUMP_SHARE * max(was, 1):
            findings.append(
                Finding(
                    "warning",
                    key,
                    f"“{row['label']}”上月 {was}，本月 {value}，变化较大，请核对或说明。",
                )
            )
    return findings
