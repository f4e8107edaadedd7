"""What places, changes and corrections are called on page and paper."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from assessments.cycles.places import Part
from assessments.cycles.standings import Rules
from assessments.cycles.words import last_words
from assessments.scoring.numbers import rounded
from core.templatetags.words import date_zh

from .queries.deciding import Change, Group, Paper
from .queries.windows import Window


def two(value: Fraction) -> str:
    """A number with two places."""
    return f"{rounded(value):f}"


def share_words(share: Fraction | None) -> str:
    """A share of full marks, in hundredths."""
    return "—" if share is None else f"{rounded(share):f}"


def exact_words(part: Part, rules: Rules) -> str:
    """5 × 1/3 = 1.67: the group's exact share of the places."""
    share = f"{rules.quota_share.numerator}/{rules.quota_share.denominator}"
    return f"{part.count} × {share} = {rounded(part.exact):f}"


def place_words(group: Group, paper: Paper) -> Sequence[str]:
    """How the last place of a group was decided, and why; that all found room."""
    if group.places is None:
        return ()
    if group.places.last is None:
        left = group.places.part.places - group.reached
        if paper.rules.quota_kind != "upper":
            return ()
        room = f"，空 {left} 个。" if left > 0 else "。"
        return (f"达到“{paper.rules.quota_grade}”的都有名额{room}",)
    names = {line.score.pk: line.name for line in group.lines}
    return last_words(group.places, names, paper.indicators)


def award_words(one: Mapping[str, Any] | str) -> str:
    """One award, or the name of a veto."""
    if isinstance(one, str):
        return one
    worth = one.get("level") or f"{one.get('points', '')} 分"
    category = f"，{one['category']}" if one.get("category") else ""
    return f"{one.get('matter', '')}（{worth}{category}）"


def change_words(change: Change) -> str:
    """From what to what a mark was changed."""
    return f"{facts_words(change.before)} → {facts_words(change.after)}"


def facts_words(facts: Any) -> str:
    """A mark in short."""
    if not isinstance(facts, Mapping):
        return "未评"
    said = []
    for key, value in facts.items():
        if key == "reason":
            continue
        if isinstance(value, bool):
            said.append("做到" if value else "没有做到")
        elif isinstance(value, Mapping):
            said.append("，".join(f"{name} {n}" for name, n in value.items()))
        elif isinstance(value, list):
            listed = [
                award_words(one) if isinstance(one, str | Mapping) else str(one) for one in value
            ]
            said.append("、".join(listed) or "无")
        else:
            said.append(str(value))
    return "；".join(said)[:120] or "已评"


def window_words(window: Window | None) -> str:
    """Until when objections are made, or that it is over."""
    if window is None:
        return ""
    if window.is_open:
        return f"{date_zh(window.last)}以前可以提出异议"
    return f"异议期到 {date_zh(window.last)}止，已过"


def points_words(points: str) -> str:
    """Exact points for reading."""
    try:
        return f"{rounded(Fraction(points)):f}"
    except (ValueError, ZeroDivisionError):
        return points or "—"


def correction_words(old_total: str, new_total: str, old_grade: str, new_grade: str) -> str:
    """更正：old → new, with the grade where that is another."""
    said = f"更正：{points_words(old_total)} → {points_words(new_total)}"
    return said if old_grade == new_grade else f"{said}，{old_grade} → {new_grade}"
