"""A content as pages show it: the rows of its tree, what is wrong with it, what it costs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from assessments.scoring.numbers import number, plain
from assessments.scoring.refusals import Refused

from .. import comparing, parameters
from ..definitions import Leaf, leaves, source_of
from ..editing import Place, walk
from ..models import SchemeVersion
from ..validation import MINUTES_EACH, Cost, Problem, cost_of, forbidden

USUAL = range(20, 26)
CHINESE = "一二三四五六七八九十"


@dataclass(slots=True)
class Row:
    """A group or an indicator of the tree, in the words of its line."""

    place: Place
    number: str
    name: str
    full: str
    was: str  # its marks in the version before; empty where that has not got it
    rules: list[str] = field(default_factory=list)
    kinds: str = ""
    source: str = ""
    sources: list[str] = field(default_factory=list)
    count: int = 0  # indicators of a group
    sum: str = ""  # of a group's parts
    off: str = ""  # by how much they differ from its marks, in words
    problems: list[Problem] = field(default_factory=list)
    is_forbidden: bool = False
    is_new: bool = False
    is_open: bool = False
    mark: Any = None  # the field of its marks

    @property
    def key(self) -> str:
        """What it is known by."""
        return self.place.key

    @property
    def is_group(self) -> bool:
        """Whether it has parts."""
        return self.place.is_group

    @property
    def node(self) -> Mapping[str, Any]:
        """What it says."""
        return self.place.node

    @property
    def standard(self) -> list[str]:
        """评分标准: what somebody wrote, else the rules as they read."""
        written = str(self.node.get("standard") or "")
        return written.splitlines() if written else self.rules

    @property
    def changed(self) -> bool:
        """Whether its marks are others than before."""
        return bool(self.was) and self.was != self.full


def rows_of(
    content: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
) -> list[Row]:
    """The tree line by line. No query."""
    old = {one.key: one for one in walk(before)} if before else {}
    wrong: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        wrong[problem.where].append(problem)
    rows, indicator = [], 0
    tops = 0
    for place in walk(content):
        node = place.node
        full = _text(node.get("full"))
        was = old.get(place.key)
        row = Row(
            place,
            "",
            str(node.get("name", "")),
            full,
            _text(was.node.get("full")) if was else "",
            problems=wrong[place.key],
            is_new=bool(before) and was is None,
        )
        if place.is_group:
            if place.depth == 1:
                tops += 1
                row.number = _chinese(tops)
            row.count = sum("parts" not in one.node for one in walk({"root": node}))
            row.sum, row.off = sum_of(node)
        else:
            indicator += 1
            row.number = str(indicator)
            row.rules = comparing.rule_words(node)
            row.kinds = "、".join(
                dict.fromkeys(parameters.kind_of(rule).label for rule in node.get("rules", ()))
            )
            sources = [source_of(rule) for rule in node.get("rules", ())]
            row.sources = [comparing.source_words(one) for one in sources]
            row.source = _marked_by(Leaf(node))
            row.is_forbidden = bool(forbidden(node))
        rows.append(row)
    return rows


def _chinese(count: int) -> str:
    return CHINESE[count - 1] if count <= len(CHINESE) else str(count)


def _marked_by(leaf: Leaf) -> str:
    if leaf.is_counted:
        return "自动"
    some = any(one.is_counted for one in leaf.sources)
    return f"{leaf.reviewers} 人评分" + ("＋自动" if some else "")


def sum_of(node: Mapping[str, Any]) -> tuple[str, str]:
    """The sum of a group's parts, and by how much it differs (`多 1`); empty where it does not."""
    total = sum((marks_of(part) for part in node.get("parts", ())), Fraction(0))
    off = total - marks_of(node)
    words = "" if not off else f"{'多' if off > 0 else '少'} {plain(abs(off))}"
    return plain(total), words


def total_of(content: Mapping[str, Any]) -> tuple[str, str]:
    """The marks of all indicators together, and by how much they differ from the whole's."""
    total = sum((marks_of(leaf.node) for leaf in leaves(content)), Fraction(0))
    off = total - marks_of(content["root"])
    return plain(total), "" if not off else f"{'多' if off > 0 else '少'} {plain(abs(off))}"


def marks_of(node: Mapping[str, Any]) -> Fraction:
    """Full marks as a number; 0 for what is none."""
    try:
        return number(node.get("full"))
    except Refused:
        return Fraction(0)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something that keeps a draft from being submitted, with the place where it is put right."""

    problem: Problem
    url: str


def wrong_of(version: SchemeVersion, problems: Sequence[Problem]) -> list[Wrong]:
    """What is wrong, each with its place: an indicator's panel, a group's line, the settings."""
    edit = reverse("schemes:version-edit", args=[version.uid])
    settings = reverse("schemes:version-settings", args=[version.uid])
    groups = {one.key: one.is_group for one in walk(version.content)}
    root = str(version.content["root"].get("key", ""))
    found = []
    for problem in problems:
        if not problem.where:
            is_tree = "层级" in problem.text or "编号" in problem.text or "结构" in problem.text
            found.append(Wrong(problem, f"{edit}#tree" if is_tree else settings))
        elif problem.where == root:
            found.append(Wrong(problem, f"{edit}#tree"))
        else:
            at = "#panel" if not groups.get(problem.where, True) else "#tree"
            found.append(Wrong(problem, f"{edit}?{_node(problem.where)}{at}"))
    return found


def _node(key: str) -> str:
    return urlencode({"node": key})


def address_of(version: SchemeVersion, key: str) -> str:
    """Where an indicator or a group stands open in the editor."""
    edit = reverse("schemes:version-edit", args=[version.uid])
    return f"{edit}?{_node(key)}#panel"


@dataclass(frozen=True, slots=True)
class Head:
    """One of the figures on top: number, tag with its tone, and how it comes about."""

    number: str
    tag: str
    tone: str
    note: str


def heads_of(
    content: Mapping[str, Any], count: int, unit: str, before: Mapping[str, Any] | None
) -> list[Head]:
    """Sum, reviewers' hours, fields of the assessed, indicators, each beside the version before."""
    root = content["root"]
    total, off = total_of(content)
    cost = cost_of(content, count)
    old = cost_of(before, count) if before else None
    uneven = [row for row in rows_of(content) if row.is_group and row.off]
    note = "各组都已平"
    if uneven:
        note = f"“{uneven[0].name}”下面 {uneven[0].sum}，本组 {uneven[0].full}"
    whole = Head(
        f"{total} / {_text(root.get('full'))}",
        f"{off} 分" if off else "已平",
        "bad" if off else "ok",
        note if root["parts"] else "还没有分组和指标",
    )
    hours = Fraction(cost.minutes, 60)
    more = hours - Fraction(old.minutes, 60) if old else Fraction(0)
    return [
        whole,
        Head(f"{_one(hours)} 小时", _than(more), "warn" if more > 0 else "", _hours(cost, unit)),
        Head(
            f"{cost.fields} 个字段",
            _plus(cost.fields - old.fields) if old else "",
            "warn" if old and cost.fields > old.fields else "",
            f"每家自评填写；自动取数的 {cost.indicators - cost.by_hand} 项不填",
        ),
        _count(cost),
    ]


def _hours(cost: Cost, unit: str) -> str:
    marked = f"人工 {cost.by_hand} 项"
    if cost.sampled:
        marked = f"（{marked} + 抽样 {cost.sampled} 项）"
    each = cost.organizations * MINUTES_EACH
    people = Fraction(cost.minutes, each * (cost.by_hand + cost.sampled) or 1) if each else 2
    who = f"{_one(Fraction(people))} 人" if people else "2 人"
    return f"{marked} × {cost.organizations} {unit} × {who} × {MINUTES_EACH} 分钟"


def _count(cost: Cost) -> Head:
    if cost.indicators in USUAL:
        tag, tone = "合适", "ok"
    elif cost.indicators > 40:
        tag, tone = "太多", "bad"
    else:
        tag, tone = ("偏少", "") if cost.indicators < USUAL.start else ("偏多", "warn")
    return Head(f"{cost.indicators} 项", tag, tone, "20 至 25 项为宜，超过 40 项提醒")


def _one(value: Fraction) -> str:
    text = f"{float(value):.1f}"
    return text.removesuffix(".0")


def _than(more: Fraction) -> str:
    return f"比上一版 {'+' if more > 0 else '−'}{_one(abs(more))}" if more else ""


def _plus(more: int) -> str:
    return f"{'+' if more > 0 else '−'}{abs(more)}" if more else ""
