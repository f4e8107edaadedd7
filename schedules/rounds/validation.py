"""Checks of a report before it is sent: what must be mended, and what only must be explained.

Pure: works on values, knows no database.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import item_kinds
from .enums import ItemKind

# A figure that moves by more than this share and this much since last month wants a word.
JUMP_SHARE = 0.2
JUMP_COUNT = 5
# What people write anew each time: the same word for word wants a look.
LONG_TEXTS = (ItemKind.TEXT, ItemKind.ENTRIES)
JUMP_FIGURES = ("members_on_roll", "members_expected", "branches")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about an item. An error stops the sending; a warning wants an explanation."""

    level: Literal["error", "warning"]
    item_key: str
    message: str


def clean_value(spec: Mapping[str, Any], raw: Any) -> tuple[dict[str, Any], list[Finding]]:
    """What was typed for an item as it is stored, and what cannot be stored about it.

    Never raises; what is not right is kept as typed and reported.
    """
    kind = item_kinds.of(spec["kind"])
    value = kind.clean(spec, raw)
    return value, [Finding("error", spec["key"], text) for text in kind.problems(spec, value)]


def plain_text(kind: str, value: Mapping[str, Any], spec: Mapping[str, Any] | None = None) -> str:
    """The words of an item, for comparing and searching."""
    return item_kinds.of(kind).words(value, spec)


def check(
    specs: Sequence[Mapping[str, Any]],
    values: Mapping[str, Mapping[str, Any]],
    *,
    previous: Mapping[str, Mapping[str, Any]] | None = None,
    form: Sequence[Mapping[str, Any]] = (),
    period: str = "",
    filled: Collection[str] = (),
) -> list[Finding]:
    """All findings about a report with `values` (item key -> value), in the form's order.

    `previous` holds last month's values, to see copies and jumps. `form` are all items of the form
    where `specs` are some of them, `period` the report's; `filled` names items that say enough
    without a text.
    """
    findings: list[Finding] = []
    before = previous or {}
    peers = item_kinds.Peers(form or specs, values, before, period)
    for spec in specs:
        key, kind = spec["key"], spec["kind"]
        value = values.get(key, {})
        if kind == ItemKind.FIGURES:
            findings += _jumps(key, value, before.get(key, {}))
            continue
        type_ = item_kinds.of(kind)
        sentences = type_.problems(spec, value) or type_.across(spec, value, peers)
        findings += [Finding("error", key, sentence) for sentence in sentences]
        words = type_.words(value, spec)
        if spec.get("required") and not words and key not in filled:
            findings.append(Finding("error", key, type_.missing(spec)))
        elif (
            kind in LONG_TEXTS
            and len(words) > 10
            and words == type_.words(before.get(key, {}), spec)
        ):
            findings.append(
                Finding("warning", key, f"“{spec['title']}”与上月一字不差，请核对或说明。")
            )
        findings += [Finding("warning", key, text) for text in type_.remarks(spec, value, peers)]
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
