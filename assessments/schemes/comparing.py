"""Two contents of a scheme side by side: what is new, gone, moved or says something else."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from core import figures, periods
from core.figures import Figure

from . import parameters
from .definitions import MID_YEAR_WEIGHT, REPAIR_SHARE, TAKES, Source, cycle_of, source_of
from .editing import Place, walk

NEW, GONE, CHANGED, MOVED = "新增", "删去", "修改", "移动"
CYCLES = {
    periods.MONTH: "月",
    periods.QUARTER: "季度",
    periods.HALF_YEAR: "半年",
    periods.YEAR: "年度",
}
EMPTIES = {"full": "按满分计", "rescale": "不计，其余折算", "zero": "不得分"}
WHENS = {"none": "数值为零", "any": "数值不为零", "all": "全部做到"}
_WORDS = {
    "name": "名称",
    "text": "考核内容",
    "standard": "评分标准",
    "evidence": "考核方式",
    "plan_basis": "计划依据",
    "duty_entry": "履职事项",
    "floor": "保底",
    "ceiling": "封顶",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One row of the comparison: where, what kind of change, and each item that differs as
    (label, before, now). `full` are the marks before and now, in words."""

    key: str
    name: str
    group: str
    kind: str
    full: tuple[str, str] = ("", "")
    items: list[tuple[str, str, str]] = field(default_factory=list)
    is_group: bool = False


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    """What `now` says otherwise than `before`: of the whole, then in the order of the tree, what is
    gone at its old place. A node is the same by its key."""
    old = {place.key: place for place in walk(before)}
    new = {place.key: place for place in walk(now)}
    found = list(_whole(before, now))
    names = {**_names(before), **_names(now)}
    for key in _merged(list(old), list(new)):
        was, is_ = old.get(key), new.get(key)
        if is_ is None and was is not None:
            full = (_text(was.node.get("full")), "—")
            found.append(_row(was, names, GONE, full, _shown(was.node, is_new=False)))
        elif was is None and is_ is not None:
            full = ("—", _text(is_.node.get("full")))
            found.append(_row(is_, names, NEW, full, _shown(is_.node, is_new=True)))
        elif was is not None and is_ is not None:
            items = [*between(was.node, is_.node)]
            full = (_text(was.node.get("full")), _text(is_.node.get("full")))
            if was.parent != is_.parent:
                items.append(("所在组", names.get(was.parent, ""), names.get(is_.parent, "")))
            if items or full[0] != full[1]:
                kind = MOVED if [one[0] for one in items] == ["所在组"] else CHANGED
                kind = CHANGED if full[0] != full[1] else kind
                found.append(_row(is_, names, kind, full, items))
    return found


def _merged(old: list[str], new: list[str]) -> list[str]:
    """The keys of both: in the order of the new, what is gone behind what stood before it."""
    found = list(new)
    last = -1
    for key in old:
        if key in new:
            last = found.index(key)
        else:
            last += 1
            found.insert(last, key)
    return found


def _row(
    place: Place,
    names: Mapping[str, str],
    kind: str,
    full: tuple[str, str],
    items: list[tuple[str, str, str]],
) -> Difference:
    name = str(place.node.get("name", ""))
    group = names.get(place.parent, "")
    return Difference(place.key, name, group, kind, full, items, place.is_group)


def _names(content: Mapping[str, Any]) -> dict[str, str]:
    return {place.key: str(place.node.get("name", "")) for place in walk(content)}


def between(was: Mapping[str, Any], is_: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What two nodes say differently beside their marks, as (label, one, other)."""
    old, new = dict(spoken(was)), dict(spoken(is_))
    for label in dict.fromkeys([*old, *new]):
        if old.get(label, "") != new.get(label, ""):
            yield label, old.get(label, ""), new.get(label, "")


def _shown(node: Mapping[str, Any], *, is_new: bool) -> list[tuple[str, str, str]]:
    """What of a node that stands on one side alone is worth reading."""
    wanted = ("考核内容", "评分规则", "数据来源")
    found = [(label, text) for label, text in spoken(node) if label in wanted and text]
    return [(label, "", text) if is_new else (label, text, "") for label, text in found]


def spoken(node: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """All that a node says beside its marks, as (label, words); what is not said is empty."""
    yield "名称", str(node.get("name", ""))
    if "parts" in node:
        return
    for name, label in _WORDS.items():
        if name not in ("name", "ceiling"):
            yield label, _text(node.get(name))
    if "ceiling" in node:
        yield "封顶", "不封顶" if node["ceiling"] is None else _text(node["ceiling"])
    yield "评分规则", "\n".join(rule_words(node))
    sources = [source_words(source_of(rule)) for rule in node.get("rules", ())]
    yield "数据来源", "\n".join(sources)
    yield "周期", CYCLES.get(cycle_of(node), cycle_of(node))
    yield "评分人数", _text(node.get("reviewers", 2))
    yield "自评", "不用" if node.get("self_marked") is False else "要"
    yield "纸质材料", "要" if node.get("asks_paper") is True else "不要"
    yield "书记述职评议", "是" if node.get("is_report") is True else ""


def rule_words(node: Mapping[str, Any]) -> list[str]:
    """Each rule of an indicator as a sentence."""
    return [parameters.sentence(rule, node.get("full")) for rule in node.get("rules", ())]


def label_of(figure: Figure) -> str:
    """What a figure is called where it is of a half-year."""
    return figure.label.replace("本月", periods.this_word(periods.HALF_YEAR))


def source_words(source: Source) -> str:
    """Where the facts of a rule come from, in the words of the figures' registry."""
    if not source.is_counted:
        return "人工评分"
    known = figures.registered()
    names = [label_of(known[key]) if key in known else key for key in source.figures]
    figure = "、".join(names) or "（没有选）"
    return f"{figure}（{TAKES.get(source.takes, '没有选怎么取')}）"


def _whole(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    old, new = dict(settings_words(before)), dict(settings_words(now))
    items = [(label, old[label], new[label]) for label in old if old[label] != new[label]]
    full = (_text(before["root"].get("full")), _text(now["root"].get("full")))
    if items or full[0] != full[1]:
        yield Difference("", "整份细则", "", CHANGED, full, items)


def settings_words(content: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What holds for the whole scheme, as (label, words)."""
    yield "制定依据", _text(content.get("basis"))
    yield "计划文号", _text(content.get("plan_basis"))
    bands = content.get("bands") or []
    yield "等次", "；".join(f"{grade} {least} 分起" for grade, least in bands)
    quota = content.get("quota") or {}
    word = "不少于" if quota.get("kind") == "lower" else "不超过"
    yield "名额", f"“{quota.get('grade')}”{word} {quota.get('share')}" if quota else ""
    names = _names(content)
    ties = content.get("tie_break") or []
    yield "同分时看", "、".join(names.get(str(key), str(key)) for key in ties)
    yield "小数位数", _text(content.get("places", 2))
    weight = content.get("mid_year_weight", MID_YEAR_WEIGHT)
    yield "年中占年度", parameters.percent(weight)
    yield "整改返还", parameters.percent(content.get("repair_share", REPAIR_SHARE))
    bonus = content.get("bonus")
    yield "加分", parameters.sentence(bonus) if bonus else ""
    vetoes = content.get("vetoes") or {}
    yield (
        "一票否决",
        "\n".join(
            f"{name}：{parameters.sentence({'rule': 'veto', 'params': veto})}"
            f"依据：{_text(veto.get('legal_basis')) or parameters.NOT_SAID}"
            for name, veto in sorted(vetoes.items())
        ),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
