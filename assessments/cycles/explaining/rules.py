"""What a rule says, as a sentence made from its parameters."""

from collections.abc import Callable, Mapping
from typing import Any

from assessments.schemes.definitions import Source, source_of
from assessments.scoring.numbers import number
from assessments.scoring.refusals import Refused

from .amounts import exact, percent, short
from .naming import Names

Words = Callable[["Told"], str]
_words: dict[str, Words] = {}


class Told:
    """A rule with its indicator, being put into words."""

    def __init__(self, leaf: Mapping[str, Any], rule: Mapping[str, Any], names: Names, period: str):
        self.full = short(leaf.get("full", 0))
        self.params: Mapping[str, Any] = rule.get("params") or {}
        self.source: Source = source_of(rule)
        self.names, self.period = names, period

    @property
    def what(self) -> str:
        """The figure that is counted; 次 for what people count."""
        return self.names.label(self.source.figure, self.period) if self.source.figure else ""

    @property
    def unit(self) -> str:
        return self.names.unit(self.source.figure) or "次"

    def has(self, key: str) -> bool:
        return self.params.get(key) is not None

    def number(self, key: str) -> str:
        return short(self.params[key])

    def named(self, key: str) -> dict[str, str]:
        return {str(name): short(value) for name, value in dict(self.params[key]).items()}


def _of(key: str) -> Callable[[Words], Words]:
    def register(function: Words) -> Words:
        _words[key] = function
        return function

    return register


def keys() -> tuple[str, ...]:
    """The rules that there are words for."""
    return tuple(_words)


def rule_words(
    leaf: Mapping[str, Any], rule: Mapping[str, Any], names: Names, period: str = ""
) -> str:
    """The rule as a sentence; a plain word where its parameters cannot be read."""
    key = str(rule.get("rule", ""))
    if key not in _words:
        return "一条这个版本不认识的规则。"
    try:
        return _words[key](Told(leaf, rule, names, period))
    except (KeyError, TypeError, ValueError, AttributeError, Refused):
        return "规则的参数读不出来。"


def _listed(named: Mapping[str, str], join: str = "、") -> str:
    return join.join(f"{name} {points} 分" for name, points in named.items())


def _cap(told: Told) -> str:
    return f"；最多扣 {told.number('cap')} 分" if told.has("cap") else ""


@_of("deduct_each")
def _deduct_each(told: Told) -> str:
    place = f"；同一支部最多扣 {told.number('place_cap')} 分" if told.has("place_cap") else ""
    each = f"{told.what}每 1 {told.unit}" if told.what else "每发生 1 次"
    return f"{each}扣 {told.number('points')} 分{place}{_cap(told)}。"


@_of("deduct_missing")
def _deduct_missing(told: Told) -> str:
    return f"有一项扣一项的分：{_listed(told.named('items'))}{_cap(told)}。"


@_of("all_or_nothing")
def _all_or_nothing(told: Told) -> str:
    what = "达到要求"
    if told.what:
        of = told.names.label(told.source.of, told.period) if told.source.of else ""
        what = {"none": f"没有{told.what}", "any": f"有{told.what}"}.get(
            told.source.when, f"{told.what}不少于{of or '要求'}"
        )
    return f"{what}得 {told.full} 分，否则不得分。"


@_of("levels")
def _levels(told: Told) -> str:
    return f"按档计分：{_listed(told.named('levels'))}。"


@_of("steps")
def _steps(told: Told) -> str:
    unit = "%" if told.source.of else ""
    of = f"占{told.names.label(told.source.of, told.period)}的比率" if told.source.of else ""
    said = []
    for first, last, points in told.params["steps"]:
        if first is None and last is None:
            span = "不论多少"
        elif first is None:
            span = f"不到 {short(last)}{unit}"
        elif last is None:
            span = f"{short(first)}{unit} 及以上"
        else:
            span = f"{short(first)}{unit} 至不到 {short(last)}{unit}"
        said.append(f"{span} {short(points)} 分")
    return f"{told.what}{of}{'' if told.what else '数值'}分档计分：{'、'.join(said)}。"


@_of("ratio_steps")
def _ratio_steps(told: Told) -> str:
    of = told.names.label(told.source.of, told.period) if told.source.of else ""
    what = f"{told.what}占{of}的比率" if told.what and of else (told.what or "比率")
    step = percent(told.params["step"]).removesuffix("%")
    each = told.number("points")
    parts = "不足一步的按比例计" if told.params.get("part_steps") else "不足一步的不计"
    return (
        f"{what}达到 {percent(told.params['base'])} 得 {told.full} 分；"
        f"每低 {step} 个百分点扣 {each} 分，每高 {step} 个百分点加 {each} 分；{parts}。"
    )


@_of("accumulate")
def _accumulate(told: Told) -> str:
    each = f"{told.what}每 1 {told.unit}" if told.what else "每发生 1 次"
    cap = f"，最多 {told.number('cap')} 分" if told.has("cap") else ""
    return f"{each}得 {told.number('points')} 分{cap}。"


@_of("rank_points")
def _rank_points(told: Told) -> str:
    table = "、".join(f"第 {rank} 名 {points} 分" for rank, points in told.named("table").items())
    of = f"占{told.names.label(told.source.of, told.period)}的比率" if told.source.of else ""
    best = "从低到高" if told.source.best == "low" else "从高到低"
    by = f"按{told.what}{of}在本组{best}的位次计分" if told.what else "按位次计分"
    tied = "并列的取所占位次的平均分" if told.params.get("ties") == "mean" else "并列的同得一个分"
    return f"{by}：{table}，其余不得分；{tied}。"


@_of("parts")
def _parts(told: Told) -> str:
    return f"分别评分再相加：{_listed(told.named('parts'))}。"


@_of("factor")
def _factor(told: Told) -> str:
    if told.params.get("deduct"):
        return f"其他考核中所失的分 × {told.number('factor')}，从满分中扣{_cap(told)}。"
    return f"其他考核的得分 × {told.number('factor')}。"


@_of("ballot")
def _ballot(told: Told) -> str:
    given = dict(told.params["weights"])
    best_first = sorted(given, key=lambda name: -exact(given[name]))
    weights = "、".join(f"{name} {short(given[name])}" for name in best_first)
    least = f"；有效票不少于 {told.number('minimum')} 张" if told.has("minimum") else ""
    return f"民主测评：{weights}，按有效票平均{least}。"


@_of("bonus")
def _bonus(told: Told) -> str:
    said = ["同一事项只计最高一级"]
    if told.has("category_cap"):
        said.append(f"每一类最多 {told.number('category_cap')} 分")
    if told.has("category_caps"):
        said += [f"{name}类最多 {cap} 分" for name, cap in told.named("category_caps").items()]
    if told.has("total_cap"):
        said.append(f"合计最多 {told.number('total_cap')} 分")
    return f"加分：{'；'.join(said)}。"


@_of("veto")
def _veto(told: Told) -> str:
    return f"一票否决：{_limit_words(told.params)}。"


@_of("discretion")
def _discretion(told: Told) -> str:
    return f"酌情评分，0 至 {told.number('bound')} 分，要写明理由。"


@_of("not_applicable")
def _not_applicable(told: Told) -> str:
    if told.params.get("mode") == "full":
        return "这一项不适用，按满分计。"
    return "这一项不适用，不计分，其余各项折算。"


def award_words(award: Mapping[str, Any]) -> str:
    """One award as it was given: 智慧党建案例，省级，宣传类."""
    worth = award.get("level") or f"{short(award['points'])} 分"
    category = f"{award['category']}类" if award.get("category") else ""
    return "，".join(filter(None, (str(award["matter"]), str(worth), category)))


def veto_words(name: str, veto: Mapping[str, Any]) -> str:
    """A veto: what it leaves of the grade, and its legal basis."""
    return f"{name}：{_limit_words(veto)}（{veto.get('legal_basis', '')}）"


def _limit_words(veto: Mapping[str, Any]) -> str:
    if veto.get("effect") == "not_above":
        return f"等次不高于“{veto['grade']}”"
    return "定为最低等次"


def bounds_words(floor: object, most: object, *, takes: bool) -> str:
    """What bounds the whole indicator: 扣完为止, 没有上限 …. `takes`: its rules take from the full
    marks; of others that end at nothing, nothing has to be said."""
    said = []
    if floor is None:
        said.append("可以是负分")
    elif number(floor):
        said.append(f"最低 {short(floor)} 分")
    elif takes:
        said.append("扣完为止")
    if most is None:
        said.append("没有上限")
    return f"{'，'.join(said)}。" if said else ""
