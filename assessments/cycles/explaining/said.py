"""What was read for a rule, in words and as numbers whose rows can be opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.schemes.definitions import source_of
from assessments.scoring.numbers import count, rounded

from .amounts import exact, fixed, percent, short
from .naming import Names
from .rules import award_words

SHOWN_PLACES = 12  # branches listed one by one
EMPTY_WORDS = {
    "full": "这一项按满分计",
    "rescale": "这一项不计分，其余各项折算",
    "zero": "按 0 计",
}


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was read: whose rows open under `figure`, `period` and `place` (the branch;
    empty for the assessed)."""

    label: str
    value: int
    unit: str
    figure: str
    period: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One branch of a rule that counts each by itself: how often, what it costs, and what of it
    after the cap of a branch."""

    number: Number
    name: str
    lost: str
    kept: str
    is_capped: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What one rule was scored by: a sentence, the numbers, the branches, and how it came in."""

    text: str
    numbers: tuple[Number, ...] = ()
    branches: tuple[BranchRow, ...] = ()
    branch_sum: str = ""
    by: str = "hand"  # hand, figure, nothing
    source: str = ""
    reason: str = ""  # of a mark, in the words of who gave it


def said_of(
    rule: Mapping[str, Any],
    facts: Mapping[str, Any] | None,
    read: Mapping[str, Any] | None,
    names: Names,
) -> Said:
    """What a rule was scored by; what is missing where it was not scored."""
    read = read or {}
    if "refused" in read:
        return Said(f"已有的评分不能用：{read.get('why', '')}", by="nothing")
    if read.get("by") == "figure":
        return _counted(rule, facts or {}, read, names)
    if facts is None:
        source = source_of(rule)
        if source.is_counted:
            return Said("这项数据在期末那一天还没有记录，无法计算，要有人评分。", by="nothing")
        return Said("还没有评分。", by="nothing")
    return _by_hand(rule, facts)


# --- counted -------------------------------------------------------------------------------------


def _number(read: Mapping[str, Any], key: str, value: object, names: Names) -> Number:
    figure, period = str(read.get(key, "")), str(read.get("period", ""))
    return Number(
        names.label(figure, period), count(value or 0), names.unit(figure), figure, period
    )


def _one(number: Number) -> str:
    return f"{number.label} {number.value} {number.unit}".rstrip()


def _counted(
    rule: Mapping[str, Any], facts: Mapping[str, Any], read: Mapping[str, Any], names: Names
) -> Said:
    takes = str(read.get("takes", ""))
    if takes == "missing":
        return _missing(read, names)
    own = _number(read, "figure", read.get("value"), names)
    source = names.source(own.figure)
    numbers = [own]
    if "of" in read:
        numbers.append(_number(read, "of", read.get("of_value"), names))
    if "empty" in read:
        done = EMPTY_WORDS.get(str(read["empty"]), "")
        text = f"{_one(numbers[-1])}，没有可以计算比率的，{done}。"
        return Said(text, tuple(numbers), by="figure", source=source)
    if takes == "counts":
        return _branches(rule, facts, own, names)
    return Said(
        _text(takes, facts, numbers, read, rule), tuple(numbers), by="figure", source=source
    )


def _text(
    takes: str,
    facts: Mapping[str, Any],
    numbers: Sequence[Number],
    read: Mapping[str, Any],
    rule: Mapping[str, Any],
) -> str:
    own, of = numbers[0], numbers[1] if len(numbers) > 1 else None
    share = ""
    if of is not None:
        share = f"，{percent(f'{own.value}/{of.value}')}" if of.value else ""
        text = f"{_one(of)}中{_one(own)}{share}"
    else:
        text = _one(own)
    if takes == "ratio":
        return f"{text}{_from_base(rule, facts)}。"
    if takes == "met":
        return f"{text}，{'达到' if facts.get('met') else '没有达到'}要求。"
    if takes == "rank":
        among, tied = read.get("among", 0), count(facts.get("tied", 1))
        equal = f"，与 {tied - 1} 家并列" if tied > 1 else ""
        return f"{text}；本组 {among} 家中第 {facts.get('rank')} 名{equal}。"
    return f"{text}。"


def _from_base(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """，比 95% 低 12.11 个百分点: how far a ratio is from where full marks are."""
    base = (rule.get("params") or {}).get("base")
    if base is None or "ratio" not in facts:
        return ""
    apart = exact(facts["ratio"]) - exact(base)
    if not apart:
        return f"，正好 {percent(base)}"
    points = percent(abs(apart)).removesuffix("%")
    return f"，比 {percent(base)} {'高' if apart > 0 else '低'} {points} 个百分点"


def _missing(read: Mapping[str, Any], names: Names) -> Said:
    numbers, missing = [], []
    for name, one in dict(read.get("items") or {}).items():
        found = _number({**one, "period": read.get("period", "")}, "figure", one["value"], names)
        numbers.append(found)
        if found.value:
            missing.append(f"{name}（{_one(found)}）")
    text = f"扣分 {len(missing)} 项：{'、'.join(missing)}。" if missing else "各项都不扣分。"
    source = names.source(numbers[0].figure) if numbers else ""
    return Said(text, tuple(numbers), by="figure", source=source)


def _branches(rule: Mapping[str, Any], facts: Mapping[str, Any], own: Number, names: Names) -> Said:
    params = rule.get("params") or {}
    each = exact(params.get("points", 0))
    cap = params.get("place_cap")
    counts = {str(place): count(times) for place, times in dict(facts.get("counts") or {}).items()}
    rows, lost = [], exact(0)
    # The most first; equal ones by name, so that the order is the same whoever asks.
    for place, times in sorted(counts.items(), key=lambda row: (-row[1], names.place(row[0]))):
        points = times * each
        kept = points if cap is None else min(points, exact(cap))
        lost += kept
        number = Number(own.label, times, own.unit, own.figure, own.period, place)
        rows.append(
            BranchRow(number, names.place(place), fixed(points), fixed(kept), kept != points)
        )
    total = sum(counts.values())
    capped = [row for row in rows if row.is_capped]
    text = f"{len(rows)} 个支部共 {total} {own.unit}{own.label}"
    if capped and cap is not None:
        who = capped[0].name if len(capped) == 1 else f"{len(capped)} 个支部"
        text += f"，{who}按封顶 {short(cap)} 分计"
    if not rows:
        text = f"{own.label}：各支部都没有"
    return Said(
        f"{text}。", (own,), tuple(rows), fixed(lost), by="figure", source=names.source(own.figure)
    )


# --- by hand -------------------------------------------------------------------------------------


def _by_hand(rule: Mapping[str, Any], facts: Mapping[str, Any]) -> Said:
    kind, params = str(rule.get("rule", "")), rule.get("params") or {}
    seats = facts.get("seats")
    if not isinstance(seats, list):
        text = f"{mark_words(kind, facts, params)}。"
        return Said(text, reason=str(facts.get("reason", "")))
    marks = "；".join(
        f"第 {number} 人 {mark_words(kind, one, params)}" for number, one in enumerate(seats, 1)
    )
    told = dict.fromkeys(str(one["reason"]) for one in seats if one.get("reason"))
    reasons = "；".join(told)
    how = "取中位数" if len(seats) > 2 else "取平均"
    return Said(f"{len(seats)} 人各自评分，{how}：{marks}。", reason=reasons)


def mark_words(rule: str, facts: Mapping[str, Any], params: Mapping[str, Any] | None = None) -> str:
    """A mark in the words of its rule; with its `params` the answers of a ballot by their weights, for
    a database does not keep the order in which they were typed."""
    if rule in ("deduct_each", "accumulate"):
        if "counts" in facts:
            return f"共 {sum(map(count, dict(facts['counts']).values()))} 次"
        return f"{short(facts['count'])} 次"
    if rule == "deduct_missing":
        missing = "、".join(map(str, facts.get("missing", ())))
        return f"扣分的有 {missing}" if missing else "各项都不扣分"
    if rule == "all_or_nothing":
        return "达到要求" if facts.get("met") else "没有达到要求"
    if rule == "levels":
        return f"评为“{facts.get('level')}”"
    if rule == "ratio_steps":
        return f"比率 {percent(facts['ratio'])}"
    if rule == "rank_points":
        return f"第 {facts.get('rank')} 名"
    if rule == "parts":
        given = dict(facts.get("parts") or {})
        return "、".join(f"{name} {short(points)} 分" for name, points in given.items())
    if rule == "factor":
        return f"{short(facts.get('score', facts.get('lost', 0)))} 分"
    if rule == "ballot":
        votes = dict(facts.get("votes") or {})
        invalid = count(facts.get("invalid", 0))
        weights = dict((params or {}).get("weights") or {})
        names = sorted(votes, key=lambda name: -exact(weights.get(name, 0)))
        said = "、".join(f"{name} {count(votes[name])} 票" for name in names)
        return f"{said}{f'，无效 {invalid} 票' if invalid else ''}"
    if rule == "steps":
        return f"数值 {short(facts['value'])}"
    if rule == "discretion":
        return f"酌情评 {fixed(rounded(exact(facts['points'])))} 分"
    if rule == "bonus":
        return "；".join(map(award_words, facts.get("awards", ()))) or "没有奖励"
    return "已评分"
