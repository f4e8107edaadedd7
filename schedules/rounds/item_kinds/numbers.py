"""A number with its unit and bounds, and a date."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from core import periods
from core.templatetags.words import date_zh
from core.text import to_half_width

from ..enums import ItemKind
from .base import ItemType, Peers, Posted, Spec, Value, tidy
from .efforts import Effort, written

HIGHEST = Decimal(10) ** 12
TIMES = 3  # how many times more or less than the period before wants a word
# Where a date may lie: in the report's period, in the one after, anywhere.
WINDOWS = {"": "不限", "this": "限本期内", "next": "限下一期内"}


def parsed(text: str) -> Decimal | None:
    """The number that was typed, None when it is none."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    # A size beyond all sense would overflow what is reckoned with it.
    return number if number.is_finite() and abs(number.adjusted()) <= 20 else None


def _shown(number: Decimal) -> str:
    return f"{number:f}"


class NumberItem(ItemType):
    """A number: stored as the digits that were typed, so that nothing typed is lost."""

    key, label, adds = ItemKind.NUMBER, "数字", "数字"
    settings = {
        "unit": "",
        "minimum": None,
        "maximum": None,
        "decimals": 0,
        "total_of": [],
        "at_most": "",
        "compares": False,
        "alone": False,
    }
    template = "schedules/items/number.html"
    column = "number"
    width = 12

    @property
    def blank(self) -> dict[str, Any]:
        return {"number": ""}

    def is_count(self, spec: Spec) -> bool:
        """One that is a part or the sum of others is about what they are about."""
        return not spec.get("at_most") and not spec.get("total_of") and not spec.get("decimals")

    def read(self, posted: Posted, key: str) -> Any:
        return posted.get(f"number-{key}")

    def refuse(self, raw: Any) -> str:
        if isinstance(raw, bool) or not isinstance(raw, str | int | float):
            return "应为数字。"
        return ""

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        text = to_half_width(tidy(raw)).replace(",", "").replace(" ", "")[:40]
        number = parsed(text)
        if number is not None and abs(number) < HIGHEST and number == round(number, 6):
            text = _shown(number)
        return {"number": text}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        text = str(value.get("number", ""))
        if not text:
            return []
        number = parsed(text)
        if number is None:
            return [f"“{text}”不是数字，请只写数字，不带单位。"]
        places, unit = spec.get("decimals") or 0, spec.get("unit", "")
        least, most = spec.get("minimum"), spec.get("maximum")
        if abs(number) >= HIGHEST:
            return ["数字太大，请核对。"]
        if number != round(number, places):
            return [f"最多 {places} 位小数。" if places else "请写整数。"]
        if least is not None and number < Decimal(str(least)):
            return [f"不能小于 {least}{unit}，现在是 {text}{unit}。"]
        if most is not None and number > Decimal(str(most)):
            return [f"不能大于 {most}{unit}，现在是 {text}{unit}。"]
        return []

    def across(self, spec: Spec, value: Value, peers: Peers) -> list[str]:
        number = parsed(str(value.get("number", "")))
        if number is None:
            return []
        found, unit = [], spec.get("unit", "")
        parts = [
            parsed(str(peers.values.get(key, {}).get("number", "")))
            for key in spec.get("total_of", [])
        ]
        if parts and all(part is not None for part in parts):
            total = sum((part for part in parts if part is not None), Decimal(0))
            if number != total:
                names = "、".join(peers.numbered(key) for key in spec["total_of"])
                found.append(
                    f"应等于{names}的合计 {_shown(total)}{unit}，现在是 {_shown(number)}{unit}。"
                )
        other = str(spec.get("at_most") or "")
        bound = parsed(str(peers.values.get(other, {}).get("number", ""))) if other else None
        if bound is not None and number > bound:
            found.append(
                f"不能大于{peers.numbered(other)}（{_shown(bound)}{unit}）。请改这一项或那一项。"
            )
        return found

    def remarks(self, spec: Spec, value: Value, peers: Peers) -> list[str]:
        number = parsed(str(value.get("number", "")))
        before = parsed(str(peers.before.get(spec["key"], {}).get("number", "")))
        if not spec.get("compares") or number is None or before is None:
            return []
        low, high = sorted([abs(number), abs(before)])
        if high < TIMES or (low and high < TIMES * low):
            return []
        return [
            f"“{spec['title']}”上期 {_shown(before)}，本期 {_shown(number)}，相差 {TIMES} 倍以上，请核对或说明。"
        ]

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        text = str(value.get("number", ""))
        return [f"{text}{(spec or {}).get('unit', '')}"] if text else []

    def cell(self, value: Value, spec: Spec | None = None) -> object:
        number = parsed(str(value.get("number", "")))
        if number is None:
            return str(value.get("number", "")) or None
        return int(number) if number == int(number) else float(number)

    def missing(self, spec: Spec) -> str:
        return f"“{spec['title']}”还没有填写；没有请写 0。"

    def summary(self, spec: Spec) -> str:
        unit = spec.get("unit", "")
        return f"数字 · {unit}" if unit else "数字"

    def limits(self, spec: Spec) -> str:
        least, most, unit = spec.get("minimum"), spec.get("maximum"), spec.get("unit", "")
        if least is not None and most is not None:
            return f"{least} 至 {most}{unit}"
        if most is not None:
            return f"不大于 {most}{unit}"
        return f"不小于 {least}{unit}" if least is not None else ""

    def faults(self, spec: Spec, specs: Sequence[Spec]) -> list[tuple[str, str]]:
        found = []
        least, most = spec.get("minimum"), spec.get("maximum")
        if least is not None and most is not None and Decimal(str(least)) > Decimal(str(most)):
            found.append(("maximum", "最大不能小于最小。"))
        numbers = {one["key"] for one in specs if one["kind"] == self.key} - {spec["key"]}
        if set(spec.get("total_of", [])) - numbers:
            found.append(("total_of", "合计只能取表中其他的数字项。"))
        if spec.get("at_most") and spec["at_most"] not in numbers:
            found.append(("at_most", "只能与表中其他的数字项相比。"))
        return found


class DateItem(ItemType):
    """A day."""

    key, label, adds = ItemKind.DATE, "日期", "日期"
    minutes = 0.5
    settings = {"window": ""}
    template = "schedules/items/date.html"
    column = "date"
    width = 14

    @property
    def blank(self) -> dict[str, Any]:
        return {"date": ""}

    def read(self, posted: Posted, key: str) -> Any:
        return posted.get(f"date-{key}")

    def refuse(self, raw: Any) -> str:
        return "" if isinstance(raw, str) else "应为日期，如 2026-07-06。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        return {"date": to_half_width(tidy(raw))[:20]}

    def problems(self, spec: Spec, value: Value) -> list[str]:
        text = str(value.get("date", ""))
        if not text:
            return []
        day = day_of(text)
        if day is None:
            return [f"“{text}”不是日期，请写成 2026-07-06 这样。"]
        return [] if 1900 <= day.year <= 2100 else ["年份应在 1900 至 2100 之间。"]

    def across(self, spec: Spec, value: Value, peers: Peers) -> list[str]:
        day, window = day_of(str(value.get("date", ""))), spec.get("window")
        if day is None or not window or not peers.period:
            return []
        period = peers.period if window == "this" else periods.shift(peers.period, 1)
        first, last = periods.first_day(period), periods.last_day(period)
        if first <= day <= last:
            return []
        return [f"应在 {date_zh(first)} 至 {date_zh(last)} 之间，现在是 {date_zh(day)}。"]

    def effort(self, value: Value) -> Effort:
        """Its digits."""
        return written([str(value.get("date", ""))])

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        text = str(value.get("date", ""))
        day = day_of(text)
        return [date_zh(day) if day else text] if text else []

    def cell(self, value: Value, spec: Spec | None = None) -> object:
        return day_of(str(value.get("date", ""))) or value.get("date") or None

    def summary(self, spec: Spec) -> str:
        window = spec.get("window", "")
        return f"日期 · {WINDOWS[window]}" if window else "日期"

    def limits(self, spec: Spec) -> str:
        return WINDOWS[spec["window"]] if spec.get("window") else ""


def day_of(text: str) -> dt.date | None:
    """The day that was typed, None when it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return None
