"""What each rule asks for, as data: the fields of its form, its sentence on paper, what is missing.

The engine (`assessments.scoring.rules`) decides what a parameter may be; here stands what it is
called, how it is typed and how it reads. A rule that the engine learns gets its entry here, else
the test of this module fails.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any

from assessments.scoring import rules
from assessments.scoring.numbers import count, number, plain
from assessments.scoring.refusals import Refused
from core.text import clean, to_half_width


class Typed(StrEnum):
    """How a parameter or a fact is typed."""

    NUMBER = "number"
    SHARE = "share"  # a number that may be typed as a percentage
    COUNT = "count"
    TRUTH = "truth"
    ONE_OF = "one_of"
    NAMED = "named"  # numbers by name, one a line
    STEPS = "steps"  # from, to, points, one a line
    WORDS = "words"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a rule, or one fact that it reads."""

    name: str
    label: str
    typed: Typed = Typed.NUMBER
    is_needed: bool = True
    help: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """A rule as its form has it: what it is called, what it does in a sentence, what it asks for,
    and what is typed to try it."""

    label: str
    about: str
    parameters: Sequence[Parameter] = ()
    facts: Sequence[Parameter] = ()


_N, _S, _C, _T = Typed.NUMBER, Typed.SHARE, Typed.COUNT, Typed.TRUTH
_NAMED_HELP = "一行一项：名称、空格、分值。"
_CAP = Parameter("cap", "最多扣", _N, False, "不填为扣完为止。")
_COUNT = Parameter("count", "次数", _C)

KINDS: Mapping[str, Kind] = {
    "deduct_each": Kind(
        "逐次扣分",
        "满分起，出现一次扣一次，扣完为止。",
        (
            Parameter("points", "每次扣"),
            _CAP,
            Parameter("place_cap", "每个支部最多扣", _N, False, "按各支部次数取数时用。"),
        ),
        (_COUNT,),
    ),
    "deduct_missing": Kind(
        "缺项扣分",
        "列明的每一项，缺一项扣一项的分。",
        (Parameter("items", "各项分值", Typed.NAMED, True, _NAMED_HELP), _CAP),
        (Parameter("missing", "缺的项目", Typed.WORDS, False, "用顿号隔开。"),),
    ),
    "all_or_nothing": Kind(
        "全有或全无",
        "做到得满分，没有做到不得分。",
        (),
        (Parameter("met", "已做到", _T, False),),
    ),
    "levels": Kind(
        "分档",
        "由评分人评定档次，按档次给分。",
        (Parameter("levels", "各档分值", Typed.NAMED, True, _NAMED_HELP),),
        (Parameter("level", "档次", Typed.WORDS),),
    ),
    "steps": Kind(
        "按数值分段",
        "数值落在哪一段得哪一段的分；含起点，不含止点。",
        (
            Parameter(
                "steps", "各段", Typed.STEPS, True, "一行一段：起、止、分，用空格隔开；不限写“-”。"
            ),
        ),
        (Parameter("value", "数值"),),
    ),
    "ratio_steps": Kind(
        "按比率加减",
        "达到基准比率得满分，每差一步扣分，每超一步加分（不超过封顶）。",
        (
            Parameter("base", "得满分的比率", _S, True, "如 95%。"),
            Parameter("step", "每差", _S, True, "如 1%。"),
            Parameter("points", "扣或加"),
            Parameter("part_steps", "不足一步也按比例计", _T, False),
        ),
        (Parameter("ratio", "实际比率", _S, True, "如 82.9%，也可写 470/567。"),),
    ),
    "accumulate": Kind(
        "逐次加分",
        "零分起，做成一次加一次，加到上限为止。",
        (
            Parameter("points", "每次加"),
            Parameter("cap", "最多加", _N, False, "不填为加到满分为止。"),
        ),
        (_COUNT,),
    ),
    "rank_points": Kind(
        "按名次计分",
        "按组内名次给分；表外的名次不得分。",
        (
            Parameter("table", "各名次分值", Typed.NAMED, True, "一行一个名次：名次、空格、分值。"),
            Parameter(
                "ties",
                "并列时",
                Typed.ONE_OF,
                False,
                choices=(("competition", "都按该名次计"), ("mean", "取所占名次的平均")),
            ),
        ),
        (
            Parameter("rank", "名次", _C),
            Parameter("tied", "几家并列", _C, False, "没有并列不填。"),
        ),
    ),
    "parts": Kind(
        "多方评分",
        "几方各给一部分分，相加。",
        (
            Parameter(
                "parts", "各方分值", Typed.NAMED, True, "一行一方：名称、空格、这一方的满分。"
            ),
        ),
        (Parameter("parts", "各方给分", Typed.NAMED, True, _NAMED_HELP),),
    ),
    "factor": Kind(
        "按外来得分折算",
        "别处已有的得分乘以系数。",
        (
            Parameter("factor", "系数", _S),
            Parameter("deduct", "折算的是别处扣的分", _T, False),
            Parameter("cap", "最多扣", _N, False, "只在折算扣分时用。"),
        ),
        (Parameter("score", "别处的得分或扣分"),),
    ),
    "ballot": Kind(
        "测评投票",
        "各档票数乘以权重，除以有效票；弃权不计入。",
        (
            Parameter(
                "weights",
                "各档权重",
                Typed.NAMED,
                True,
                "一行一档：好 100、较好 80、一般 60、差 40。",
            ),
            Parameter("minimum", "最少有效票", _C, False, "不足时不出结果。"),
        ),
        (Parameter("votes", "各档票数", Typed.NAMED, True, "一行一档：名称、空格、票数。"),),
    ),
    "discretion": Kind(
        "酌情打分",
        "评分人在上限内给分，必须写明理由。",
        (Parameter("bound", "最多给"),),
        (Parameter("points", "给分"), Parameter("reason", "理由", Typed.WORDS)),
    ),
    "bonus": Kind(
        "奖励加分",
        "凭文件加分；同一事项只计最高一级。",
        (
            Parameter("levels", "各级分值", Typed.NAMED, False, "一行一级：国家级 3、省级 2 等。"),
            Parameter("category_cap", "每类最多加", _N, False),
            Parameter(
                "category_caps",
                "分别限定的类别",
                Typed.NAMED,
                False,
                "一行一类：名称、空格、上限。",
            ),
            Parameter("total_cap", "合计最多加", _N, False),
        ),
    ),
    "veto": Kind(
        "一票否决",
        "出现即限定等次。",
        (
            Parameter(
                "effect",
                "后果",
                Typed.ONE_OF,
                choices=(("not_above", "等次不高于"), ("lowest_grade", "直接定为最低等次")),
            ),
            Parameter("grade", "等次", Typed.WORDS, False),
        ),
    ),
}
OUT = "not_applicable"  # put in the place of an indicator by an exemption alone
# What stands in a scheme beside its indicators, and in none of them.
WHOLE = ("veto", OUT)
OF_INDICATORS = tuple(key for key in KINDS if key not in WHOLE)
BOUNDS = ("floor", "ceiling")  # which every rule of an indicator may have
NOT_SAID = "（没有填）"

# Facts on which the engine reads all parameters of a rule without asking anything of the facts.
_SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "deduct_each": {"counts": {}},
    "deduct_missing": {"missing": []},
    "all_or_nothing": {"met": True},
    "steps": {"value": "0"},
    "ratio_steps": {"ratio": "1"},
    "accumulate": {"count": 0},
    "rank_points": {"rank": 1},
    "discretion": {"points": "0", "reason": "-"},
    "bonus": {"awards": []},
    "veto": {"happened": False},
}
_BOUND_LABELS = {"floor": "保底", "ceiling": "封顶"}


def kind_of(rule: Mapping[str, Any]) -> Kind:
    """What the rule is; a kind without fields for one that nobody knows."""
    name = str(rule.get("rule", ""))
    return KINDS.get(name) or Kind("不计" if name == OUT else f"不认识的规则“{name[:40]}”", "")


def params_of(rule: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters of a rule; none where it has none that can be read."""
    found = rule.get("params")
    return found if isinstance(found, Mapping) else {}


def faults(rule: Mapping[str, Any], full: Any) -> list[str]:
    """What keeps the engine from reading the rule, one sentence each."""
    key = str(rule.get("rule", ""))
    if key not in KINDS:
        return ["没有选评分规则"] if not key else [f"{kind_of(rule).label}不能用作评分规则"]
    params = params_of(rule)
    needed = [one for one in KINDS[key].parameters if one.is_needed]
    found = [f"没有填“{one.label}”" for one in needed if not params.get(one.name)]
    if key == "veto" and params.get("effect") == "not_above" and not params.get("grade"):
        found.append("没有填“等次”")
    if found:
        return found
    try:
        rules.evaluate(key, full, params, _sample(key, params))
    except Refused as refusal:
        place, _, name = refusal.where.partition(".")
        if place == "params":
            labels = {one.name: one.label for one in KINDS[key].parameters} | _BOUND_LABELS
            word = labels.get(re.split(r"[.\[]", name)[0], name[:40])
            return [f"“{word}”{refusal.text}" if word else refusal.text]
    return []


def _sample(key: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
    if key == "factor":
        return {"lost": "0"} if params.get("deduct") is True else {"score": "0"}
    if key == "levels":
        return {"level": next(iter(_names(params["levels"])), "")}
    if key == "parts":
        return {"parts": dict.fromkeys(_names(params["parts"]), "0")}
    if key == "ballot":
        return {"votes": {}}
    return _SAMPLES[key]


def _names(value: Any) -> list[str]:
    return [str(name) for name in value] if isinstance(value, Mapping) else []


# --- as it is typed ------------------------------------------------------------------------------


def number_typed(text: str) -> str:
    """A number as somebody types it (`0.5`, `95%`, `1/3`, full-width too), as it is stored. Raises
    ValueError with a sentence."""
    text = to_half_width(text).replace(" ", "").replace("−", "-")
    try:
        if text.endswith("%"):
            return plain(number(text[:-1]) / 100)
        return plain(number(text))
    except Refused:
        raise ValueError(f"“{text[:40]}”不是数，写成 0.5、95% 或 1/3 这样。") from None


def count_typed(text: str) -> int:
    """A whole number from 0 on. Raises ValueError with a sentence."""
    try:
        return count(number_typed(text))
    except (Refused, ValueError):
        raise ValueError(f"“{text[:40]}”不是个数，写成 0、1、2 这样。") from None


_PAIR = re.compile(r"(.+?)[\s:：,，、=]+(\S+)")
_OPEN = ("-", "—", "不限", "以上", "以下")
MOST_LINES = 60


def named_typed(text: str) -> dict[str, str]:
    """Numbers by name, one a line (`好 100`). Raises ValueError with a sentence."""
    found: dict[str, str] = {}
    for line in _lines(text):
        match = _PAIR.fullmatch(line)
        if match is None:
            raise ValueError(f"“{line[:40]}”没有写分值，写成“名称 分值”。")
        name = clean(match[1])[:60]
        if name in found:
            raise ValueError(f"“{name}”写了两次。")
        found[name] = number_typed(match[2])
    return found


def steps_typed(text: str) -> list[list[str | None]]:
    """Half-open steps, one a line (`80 90 4`). Raises ValueError with a sentence."""
    found: list[list[str | None]] = []
    for line in _lines(text):
        parts = re.split(r"[\s,，;；]+", to_half_width(line))
        if len(parts) != 3:
            raise ValueError(f"“{line[:40]}”要写三个数：起、止、分。")
        ends = [None if part in _OPEN else number_typed(part) for part in parts[:2]]
        found.append([*ends, number_typed(parts[2])])
    return found


def _lines(text: str) -> list[str]:
    lines = [line for part in text.splitlines() if (line := clean(part))]
    if len(lines) > MOST_LINES:
        raise ValueError(f"最多 {MOST_LINES} 行。")
    return lines


def as_typed(parameter: Parameter, value: Any) -> Any:
    """A stored value as its field shows it; what cannot be read as it stands."""
    if value is None:
        return ""
    if parameter.typed == Typed.NAMED and isinstance(value, Mapping):
        return "\n".join(f"{name} {one}" for name, one in in_order(value))
    if parameter.typed == Typed.STEPS and isinstance(value, list | tuple):
        rows = [row for row in value if isinstance(row, list | tuple)]
        return "\n".join(" ".join("-" if one is None else str(one) for one in row) for row in rows)
    if parameter.typed == Typed.SHARE:
        return percent(value)
    return value


def in_order(named: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Numbers by name as people read them: places from the first on, else the most points first.
    A database does not keep the order in which they were typed."""

    def key(pair: tuple[str, Any]) -> tuple[int, Fraction, str]:
        name, value = pair
        if name.isascii() and name.isdigit() and len(name) < 5:
            return 0, Fraction(int(name)), ""
        try:
            return 1, -number(value), name
        except Refused:
            return 2, Fraction(0), name

    return sorted(((str(name), value) for name, value in named.items()), key=key)


def percent(value: Any) -> str:
    """A share as a percentage where that is short (`95%`), else as it is stored."""
    try:
        found = plain(number(value) * 100)
    except Refused:
        return str(value)
    return str(value) if "/" in found or len(found) > 8 else f"{found}%"


# --- as it reads ---------------------------------------------------------------------------------


def sentence(rule: Mapping[str, Any], full: Any = None) -> str:
    """The rule as a sentence of the paper, for people: 评分标准 where nobody wrote another."""
    key, said = str(rule.get("rule", "")), _Said(params_of(rule))
    writer = _SENTENCES.get(key)
    return writer(said, "" if full is None else str(full)) if writer else kind_of(rule).label


class _Said:
    """Parameters in words; what is not there reads as not filled in."""

    def __init__(self, params: Mapping[str, Any]) -> None:
        self.params = params

    def __getitem__(self, name: str) -> str:
        value = self.params.get(name)
        return NOT_SAID if value in (None, "") else str(value)

    def share(self, name: str) -> str:
        return percent(self[name]) if self.has(name) else NOT_SAID

    def has(self, name: str) -> bool:
        return self.params.get(name) not in (None, "", False, {}, [])

    def more(self, name: str, text: str) -> str:
        return f"，{text.format(self[name])}" if self.has(name) else ""

    def named(self, name: str, text: str = "{0} {1} 分") -> str:
        value = self.params.get(name)
        if not isinstance(value, Mapping) or not value:
            return NOT_SAID
        return "，".join(text.format(*pair) for pair in in_order(value))


def _steps_said(said: _Said) -> str:
    rows = said.params.get("steps")
    if not isinstance(rows, list | tuple) or not rows:
        return NOT_SAID
    found = []
    for row in rows:
        if not isinstance(row, list | tuple) or len(row) != 3:
            continue
        first, last, points = row
        if first is None:
            span = "不限" if last is None else f"{last} 以下"
        else:
            span = f"{first} 及以上" if last is None else f"{first} 至不足 {last}"
        found.append(f"{span} {points} 分")
    return "；".join(found)


_SENTENCES: Mapping[str, Any] = {
    "deduct_each": lambda said, full: (
        f"每次扣 {said['points']} 分"
        + said.more("place_cap", "每个支部最多扣 {} 分")
        + (said.more("cap", "最多扣 {} 分") or "，扣完为止")
        + "。"
    ),
    "deduct_missing": lambda said, full: (
        f"缺项扣分：{said.named('items')}"
        + (said.more("cap", "最多扣 {} 分") or "，扣完为止")
        + "。"
    ),
    "all_or_nothing": lambda said, full: f"做到得 {full or '满'} 分，没有做到不得分。",
    "levels": lambda said, full: f"评定档次：{said.named('levels')}。",
    "steps": lambda said, full: f"{_steps_said(said)}。",
    "ratio_steps": lambda said, full: (
        f"达到 {said.share('base')} 得 {full or '满'} 分，"
        f"每差 {said.share('step')} 扣 {said['points']} 分"
        + ("，不足一步按比例计" if said.has("part_steps") else "，不足一步不计")
        + "。"
    ),
    "accumulate": lambda said, full: (
        f"每次加 {said['points']} 分" + (said.more("cap", "最多加 {} 分") or "，加满为止") + "。"
    ),
    "rank_points": lambda said, full: (
        f"组内名次：{said.named('table', '第 {0} 名 {1} 分')}"
        + ("，并列取平均" if said.params.get("ties") == "mean" else "")
        + "。"
    ),
    "parts": lambda said, full: f"分别评分后相加：{said.named('parts')}。",
    "factor": lambda said, full: (
        f"别处所扣的分 × {said['factor']} 扣分" + said.more("cap", "最多扣 {} 分") + "。"
        if said.has("deduct")
        else f"别处得分 × {said['factor']}。"
    ),
    "ballot": lambda said, full: (
        f"投票测评：{said.named('weights', '{0} {1}')}，按有效票平均"
        + said.more("minimum", "有效票不足 {} 张不计")
        + "。"
    ),
    "discretion": lambda said, full: f"酌情打分，最多 {said['bound']} 分，须写明理由。",
    "bonus": lambda said, full: (
        (f"凭文件加分：{said.named('levels')}" if said.has("levels") else "凭文件加分")
        + "，同一事项只计最高一级"
        + said.more("category_cap", "每类最多 {} 分")
        + (
            f"，{said.named('category_caps', '{0}最多 {1} 分')}"
            if said.has("category_caps")
            else ""
        )
        + said.more("total_cap", "合计最多 {} 分")
        + "。"
    ),
    "veto": lambda said, full: (
        "直接定为最低等次。"
        if said.params.get("effect") == "lowest_grade"
        else f"等次不高于“{said['grade']}”。"
        if said.params.get("effect") == "not_above"
        else f"后果{NOT_SAID}。"
    ),
}
