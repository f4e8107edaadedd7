"""The rules of an indicator as a sentence of a 评分标准, such as `standards` reads again."""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from typing import Any

from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused

Params = Mapping[str, Any]


def in_words(rules: Iterable[Mapping[str, Any]]) -> str:
    """What the rules say. What cannot be told of one (its data are no rule) is left out."""
    return "；".join(filter(None, map(_one, rules)))


def _one(rule: Mapping[str, Any]) -> str:
    told = _WORDS.get(str(rule.get("rule", "")))
    params = rule.get("params")
    if told is None or not isinstance(params, Mapping):
        return ""
    try:
        return told(params)
    except (Refused, KeyError, TypeError, AttributeError, ValueError):
        return ""


def _marks(value: Any) -> str:
    return f"{plain(number(value))}分"


def _percent(value: Any) -> str:
    return plain(number(value) * 100)


def _named(table: Mapping[str, Any], between: str) -> str:
    return "、".join(f"{name}{between}{_marks(one)}" for name, one in table.items())


def _deduct_each(params: Params) -> str:
    words = f"每次扣{_marks(params['points'])}"
    if params.get("place_cap") is not None:
        words += f"，每个支部最多扣{_marks(params['place_cap'])}"
    return words + (f"，最多扣{_marks(params['cap'])}" if params.get("cap") is not None else "")


def _deduct_missing(params: Params) -> str:
    words = "；".join(f"{name}扣{_marks(one)}" for name, one in params["items"].items())
    cap = params.get("cap")
    return words if cap is None else f"{words}（合计最多扣{_marks(cap)}）"


def _levels(params: Params) -> str:
    rows = sorted(params["levels"].items(), key=lambda row: -number(row[1]))
    return _named(dict(rows), "")


def _steps(params: Params) -> str:
    return "；".join(_step(*row) for row in params["steps"])


def _step(start: Any, end: Any, points: Any) -> str:
    if end is None:
        return f"{plain(number(start))}及以上得{_marks(points)}"
    if start is None or number(start) == 0:
        return f"不足{plain(number(end))}得{_marks(points)}"
    return f"{plain(number(start))}至{plain(number(end))}（不含）得{_marks(points)}"


def _ratio_steps(params: Params) -> str:
    begin = f"{_percent(params['base'])}%得满分"
    is_open = "ceiling" in params and params["ceiling"] is None
    moves, sign = ("增减", "±") if is_open or "ceiling" in params else ("低", "扣")
    words = f"{begin}，每{moves}{_percent(params['step'])}个百分点{sign}{_marks(params['points'])}"
    if params.get("ceiling") is not None:
        words += f"，最高{_marks(params['ceiling'])}"
    return words


def _accumulate(params: Params) -> str:
    words = f"每次得{_marks(params['points'])}"
    return words + (f"，最多{_marks(params['cap'])}" if params.get("cap") is not None else "")


def _ranks(params: Params) -> str:
    rows = sorted(params["table"].items(), key=lambda row: int(row[0]))
    return "、".join(f"第{place}名{_marks(one)}" for place, one in rows)


def _discretion(params: Params) -> str:
    bound = number(params["bound"])
    floor = params.get("floor")
    if floor is not None:
        return f"酌情扣0至{_marks(max(bound - number(floor), Fraction(0)))}"
    return f"酌情打0至{_marks(bound)}"


def _factor(params: Params) -> str:
    what = "在其他考核中扣的分" if params.get("deduct") else "其他考核的得分"
    return f"{what}×{plain(number(params['factor']))}" + (
        "，从满分中扣" if params.get("deduct") else ""
    )


_WORDS: Mapping[str, Callable[[Params], str]] = {
    "deduct_each": _deduct_each,
    "deduct_missing": _deduct_missing,
    "all_or_nothing": lambda params: "达到要求得满分，未达到要求不得分",
    "levels": _levels,
    "steps": _steps,
    "ratio_steps": _ratio_steps,
    "accumulate": _accumulate,
    "rank_points": _ranks,
    "parts": lambda params: "分别打分：" + _named(params["parts"], ""),
    "factor": _factor,
    "ballot": lambda params: "民主测评：" + _named(params["weights"], ""),
    "discretion": _discretion,
    "not_applicable": lambda params: "不考核",
}
