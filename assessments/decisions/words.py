"""What places, changes and corrections are called on page and paper."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from assessments.scoring.numbers import rounded
from core.templatetags.words import date_zh

from .queries.deciding import Change, Group, LastPlace, Line, Paper
from .queries.windows import Window

WHY = {"veto": "一票否决", "quota": "名额已满", "tied": "同分，都不占名额"}


def two(value: Fraction) -> str:
    """A number with two places."""
    return f"{rounded(value):f}"


def share_words(share: Fraction | None) -> str:
    """A share of full marks in percent."""
    return "—" if share is None else f"{rounded(share * 100):f}"


def exact_words(group: Group, paper: Paper) -> str:
    """5 × 1/3 = 1.67: the group's exact share of the places."""
    share = f"{paper.rules.quota_share.numerator}/{paper.rules.quota_share.denominator}"
    return f"{group.told['count']} × {share} = {rounded(group.exact or Fraction(0)):f}"


def last_words(last: LastPlace | None, grade: str) -> str:
    """How the last place of a group was decided, and why."""
    if last is None:
        return ""
    inside, outside = names(last.inside), names(last.outside)
    match last.case:
        case "room":
            return f"达到“{grade}”的都有名额" + (f"，空 {last.left} 个。" if last.left else "。")
        case "tied":
            return (
                f"{outside}得分率相同，决胜指标也相同，只剩 {last.left} 个名额，都不占，名额空着。"
            )
        case "tie_break":
            one, other = last.inside[-1], last.outside[0]
            return (
                f"{inside}与{outside}得分率同为 {share_words(one.share)}%，名额只够一方，"
                f"按“{last.by}”分先后：{_points(one, last.by)} 对 {_points(other, last.by)}。"
            )
    if not last.inside:
        return f"没有名额；{outside}因此降一等。"
    gap = (last.inside[-1].share or Fraction(0)) - (last.outside[0].share or Fraction(0))
    return (
        f"最后一个名额是{inside}（{share_words(last.inside[-1].share)}%），"
        f"其后{outside}（{share_words(last.outside[0].share)}%），相差 {rounded(gap * 100):f} 个百分点。"
    )


def names(lines: Sequence[Line]) -> str:
    """Who they are."""
    return "、".join(line.name for line in lines)


def _points(line: Line, name: str) -> str:
    found = next((points for one, points in line.ties if one == name), None)
    return "没有这一项" if found is None else f"{rounded(found):f} 分"


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
