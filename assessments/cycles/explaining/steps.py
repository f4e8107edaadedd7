"""The steps of the engine as lines with words: what was done, how, and what stood after it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .amounts import exact, fixed, short
from .naming import Names

# What each kind of step of the engine is called. `{}` is what it was about.
WORDS: Mapping[str, str] = {
    "place": "{}",
    "lost": "扣分合计",
    "cap": "封顶",
    "left": "得分",
    "met": "达到要求，得满分",
    "not_met": "没有达到要求，不得分",
    "level": "所在的档",
    "step": "所在的档",
    "steps": "差多少步",
    "whole_steps": "只计整步",
    "moved": "得分",
    "earned": "累计得分",
    "rank": "位次第 {} 名",
    "part_cut": "{}不超过所占的分",
    "parts": "各部分相加",
    "factor": "按系数计",
    "ballot": "测评平均",
    "scaled": "按满分折算",
    "awards": "加分 {}",
    "veto": "一票否决",
    "discretion": "酌情评分",
    "exempt": "免考，按满分计",
    "taken_out": "不计分，其余折算",
    "seat": "第 {} 人评",
    "mean": "取平均",
    "median": "取中位数",
    "together": "各条规则合计",
    "floor": "保底",
    "ceiling": "不超过上限",
    # of the whole
    "sum": "各项相加",
    "rescaled": "免考后折算",
    "bonus": "加上加分",
    "rounded": "四舍五入",
    "components": "各部分加权",
}
OF_BONUS = ("awards", "cap")  # of the whole
LIMITING = ("cap", "floor", "ceiling", "part_cut")
COUNTS = ("steps", "whole_steps")  # what stands after these are no points
_SHARE = re.compile(r"-?\d+/\d+")
_MINUS = re.compile(r"(?<![\w)])-(?=\d)")


@dataclass(frozen=True, slots=True)
class Line:
    """One step: its words, the arithmetic, the number after it; whether it is the last of its item."""

    what: str
    formula: str
    value: str
    is_limit: bool = False
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """A bound of an indicator, whether it acted, and what it changed."""

    what: str
    acted: bool
    note: str = ""


def formula_words(formula: str) -> str:
    """Arithmetic as it is read: shares as decimals, signs as printed."""
    text = _SHARE.sub(lambda found: short(found[0]), formula)
    return _MINUS.sub("−", text)


def lines_of(steps: Sequence[Mapping[str, Any]], names: Names) -> list[Line]:
    """The steps in their order."""
    found = []
    for place, step in enumerate(steps, start=1):
        kind, about = str(step.get("kind", "")), str(step.get("about", ""))
        by_place = names.places.get(about, "")
        words = WORDS.get(kind, "计算").format(by_place or about)
        if kind == "cap" and by_place:
            words = f"{by_place}封顶"
        value = exact(step["value"])
        found.append(
            Line(
                words,
                formula_words(str(step.get("formula", ""))),
                short(value) if kind in COUNTS else fixed(value),
                kind in LIMITING,
                place == len(steps),
            )
        )
    return found


def limits_of(
    params: Sequence[Mapping[str, Any]],
    steps: Sequence[Mapping[str, Any]],
    floor: Fraction | None,
    most: Fraction | None,
) -> list[Limit]:
    """What bounds there were, and which of them acted."""
    found = []
    for one in params:
        for key, word in (("place_cap", "同一支部封顶"), ("cap", "封顶")):
            if one.get(key) is None:
                continue
            is_place = key == "place_cap"
            acted = [
                step
                for step in steps
                if step["kind"] == "cap" and bool(step.get("about")) == is_place
            ]
            found.append(
                Limit(f"{word} {fixed(exact(one[key]))}", bool(acted), _changed(acted, is_place))
            )
    for kind, bound, word in (("floor", floor, "保底"), ("ceiling", most, "最多")):
        if bound is None:
            continue
        acted = [step for step in steps if step["kind"] == kind]
        found.append(Limit(f"{word} {fixed(bound)}", bool(acted), _changed(acted, False)))
    if cut := [step for step in steps if step["kind"] == "part_cut"]:
        found.append(Limit("每部分不超过所占的分", True, _changed(cut, True)))
    return found


def _changed(acted: Sequence[Mapping[str, Any]], counts: bool) -> str:
    """起作用 n 次，共 x 分: by how much the bound moved the points."""
    moved = Fraction(0)
    for step in acted:
        before = str(step.get("formula", "")).partition(" → ")[0]
        moved += abs(exact(before) - exact(step["value"]))
    if not acted:
        return ""
    return f"起作用{f' {len(acted)} 次' if counts else ''}，相差 {fixed(moved)} 分"
