"""What exceptions are called on cards: titles, figures, facts with links that open the rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from core import periods
from core.figures import moment_word
from orgs.models import Organization
from schedules.rounds.models import ReportMark

from ..enums import Section, Topic
from ..queries.findings import Finding, Kind

NAMED = 4
TOPICS = {
    Kind.DECISIONS: Topic.DECISIONS,
    Kind.MISSING: Topic.MISSING,
    Kind.LIMITS: Topic.LIMITS,
    Kind.LOW: Topic.LIMITS,
    Kind.MISSES: Topic.MISSING,
    Kind.RETURNED: Topic.RETURNED,
    Kind.VACANT: Topic.VACANT,
    Kind.TERMS: Topic.TERM,
    Kind.OVERDUE: Topic.OVERDUE,
    Kind.LATE: Topic.MISSING,
    Kind.HIGHLIGHT: Topic.HIGHLIGHT,
    Kind.THEME: Topic.THEME,
    Kind.PLAN: Topic.PLAN,
}
SECTIONS = {
    Kind.DECISIONS: Section.LAST,
    Kind.HIGHLIGHT: Section.HIGHLIGHTS,
    Kind.THEME: Section.PLANS,
    Kind.PLAN: Section.PLANS,
}
# How many of a kind come onto the agenda by themselves; the others wait beside it.
LISTED = {Kind.LIMITS: 3, Kind.LOW: 1, Kind.MISSES: 2, Kind.HIGHLIGHT: 3, Kind.LATE: 0}
# Minutes: at first, and how many rows take one more.
MINUTES = {
    Kind.DECISIONS: (4, 8),
    Kind.MISSING: (4, 10),
    Kind.LIMITS: (8, 1000),
    Kind.LOW: (6, 1000),
    Kind.MISSES: (5, 1000),
    Kind.RETURNED: (4, 5),
    Kind.VACANT: (4, 3),
    Kind.TERMS: (4, 3),
    Kind.OVERDUE: (5, 3),
    Kind.LATE: (3, 20),
    Kind.HIGHLIGHT: (5, 1000),
    Kind.THEME: (8, 1000),
    Kind.PLAN: (10, 1000),
}


@dataclass(frozen=True, slots=True)
class Worded:
    """What a card says of a finding."""

    title: str
    facts: Sequence[dict[str, str]] = ()
    figures: Sequence[dict[str, str]] = ()
    note: str = ""
    chart: dict[str, Any] = field(default_factory=dict)


def mark_title(mark: ReportMark) -> str:
    """The place and the words of what a report says, as the title of a card."""
    return f"{mark.organization}：{mark.text}"[:100]


def minutes_for(finding: Finding, speech_minutes: int) -> int:
    """Minutes by the size of it, never longer than one may speak; the chair has no such limit."""
    first, step = MINUTES[finding.kind]
    minutes = first + finding.size // step
    return minutes if finding.kind == Kind.PLAN else max(1, min(minutes, speech_minutes))


def worded(finding: Finding) -> Worded:
    """The finding in words. No query."""
    return _WORDS[finding.kind](finding)


def _fact(text: str, url: str = "") -> dict[str, str]:
    return {"text": text, "url": url}


def _figure(value: Any, unit: str, label: str, tone: str = "") -> dict[str, str]:
    return {"value": str(value), "unit": unit, "label": label, "tone": tone}


def _listed(pairs: Sequence[tuple[Organization, int]]) -> str:
    text = "、".join(f"{one} {number}" for one, number in pairs[:NAMED])
    return f"{text} 等" if len(pairs) > NAMED else text


def _rows(data: Any, show: str, node: Organization | None = None) -> str:
    """The rows behind a figure of the board, as it counted them."""
    query = {
        "organization": (node or data["node"]).pk,
        "period": data["month"],
        "show": show,
        "plan": data["plan"].key,
    }
    if data.get("as_of"):
        query["at"] = moment_word(data["as_of"])
    return f"{reverse('schedules:board-rows')}?{urlencode(query)}"


def _decisions(finding: Finding) -> Worded:
    data = finding.data
    last, late = data["last"], data["late"]
    owners = list(dict.fromkeys(str(one.owner) for one in late))
    names = "、".join(owners[:NAMED]) + (" 等" if len(owners) > NAMED else "")
    facts = [_fact(f"{last} {data['count']} 项督办", last.get_absolute_url())]
    facts += [_fact(f"逾期：{one.owner}{one.number}", one.get_absolute_url()) for one in late[:5]]
    return Worded(
        f"{periods.label(last.period)}会议 {data['count']} 项督办办得怎样",
        facts,
        [
            _figure(data["closed"], "项", "已销号", "ok"),
            _figure(data["under_way"], "项", "在办"),
            _figure(len(late), "项", "逾期", "bad" if late else ""),
        ],
        note=f"已销号 {data['closed']} · 在办 {data['under_way']} · 逾期 {len(late)}"
        + (f"，逾期的各说一句：{names}" if late else ""),
    )


def _missing(finding: Finding) -> Worded:
    data = finding.data
    month = periods.short(data["month"])
    return Worded(
        f"{month}{data['plan'].name}：{data['count']} 个组织没有报",
        [_fact(_listed(data["by"])), _fact("名单", _rows(data, "unsent"))],
        [
            _figure(data["count"], "个", "没有报", "bad"),
            _figure(data["expected"], "个", "应报"),
        ],
    )


def _late(finding: Finding) -> Worded:
    data = finding.data
    month = periods.short(data["month"])
    return Worded(
        f"{month}{data['plan'].name}：迟报 {data['count']} 个",
        [_fact("名单", _rows(data, "late"))],
        [_figure(data["count"], "个", "迟报", "warn")],
    )


def _chart(finding: Finding, **limits: float) -> dict[str, Any]:
    return {
        "title": f"{finding.committee}按期率",
        "unit": "%",
        "points": [[periods.label(period), share] for period, share in finding.data["points"]],
        **limits,
    }


def _limits(finding: Finding) -> Worded:
    data = finding.data
    month, run = periods.short(data["month"]), data["run"]
    again = f"，连续 {run} 个月" if run > 1 else ""
    row = data["row"]
    return Worded(
        f"{finding.committee}：按期率低于自身界限",
        [
            _fact(
                f"{month} {data['share']:g}%，界限 {data['lower']:g}%—{data['upper']:g}%{again}",
                f"{reverse('schedules:board')}?{urlencode({'organization': row.organization_id})}",
            ),
            *(
                _fact(f"{word} {count} 个", _rows(data, show, finding.committee))
                for word, count, show in (
                    ("迟报", row.late, "late"),
                    ("没有报", row.unsent, "unsent"),
                )
                if count
            ),
        ],
        [
            _figure(f"{data['share']:g}", "%", f"{month}按期率", "bad"),
            _figure(f"{data['mean']:g}", "%", "自身平均"),
            _figure(f"{data['lower']:g}", "%", "下限"),
        ],
        chart=_chart(finding, mean=data["mean"], lower=data["lower"], upper=data["upper"]),
    )


def _low(finding: Finding) -> Worded:
    data = finding.data
    month = periods.short(data["month"])
    return Worded(
        f"{finding.committee}：{month}按期率 {data['share']:g}%",
        [_fact("名单", _rows(data, "", finding.committee))],
        [_figure(f"{data['share']:g}", "%", f"{month}按期率", "bad")],
        note="历史太短，不画界限",
        chart=_chart(finding),
    )


def _misses(finding: Finding) -> Worded:
    data = finding.data
    place = data["place"]
    kept = f"只有 {data['kept']} 次按时" if data["kept"] else "没有一次按时"
    return Worded(
        f"{place}：近 {data['owed']} 个月{kept}",
        [
            _fact(f"未报 {data['unsent']} 次、迟报 {data['tardy']} 次"),
            _fact("组织页", place.get_absolute_url()),
        ],
        [
            _figure(data["kept"], "次", "按时"),
            _figure(data["unsent"], "次", "未报", "bad"),
            _figure(data["tardy"], "次", "迟报", "warn"),
        ],
    )


def _returned(finding: Finding) -> Worded:
    data = finding.data
    titles = "、".join(f"“{title}”{number} 份" for title, number in data["titles"])
    facts = [_fact(f"多退在{titles}")] if titles else []
    return Worded(
        f"退回两次以上：{data['count']} 个组织",
        [
            *facts,
            _fact(_listed(data["by"])),
            _fact(f"{data['count']} 份", _rows(data, "returned_twice")),
        ],
        [_figure(data["count"], "个", "退回两次以上", "bad")],
    )


def _places(places: Sequence[tuple[Organization, int]]) -> list[dict[str, str]]:
    return [_fact(f"{one} {days} 天", one.get_absolute_url()) for one, days in places[:NAMED]]


def _vacant(finding: Finding) -> Worded:
    places = finding.data["places"]
    first, days = places[0]
    title = (
        f"{first}：书记空缺 {days} 天"
        if len(places) == 1
        else f"书记空缺超过 90 天：{len(places)} 个组织"
    )
    more = [_fact(f"另有 {len(places) - NAMED} 个")] if len(places) > NAMED else []
    return Worded(
        title, [*_places(places), *more], [_figure(len(places), "个", "书记空缺", "warn")]
    )


def _terms(finding: Finding) -> Worded:
    places = finding.data["places"]
    query = urlencode({"below": finding.data["node"].pk, "only": "overdue"})
    return Worded(
        f"逾期未换届 {len(places)} 个",
        [
            *_places(places[:2]),
            _fact(f"{len(places)} 个组织", f"{reverse('orgs:organization-list')}?{query}"),
        ],
        [
            _figure(len(places), "个", "逾期未换届", "warn"),
            _figure(places[0][1], "天", "最长"),
        ],
    )


def _overdue(finding: Finding) -> Worded:
    data = finding.data
    risen = f"，其中 {data['risen']} 项已报到上一级" if data["risen"] else ""
    query = urlencode({"tab": "issued", "state": "overdue"})
    return Worded(
        f"督办逾期 {data['count']} 项{risen}",
        [
            *([_fact(_listed(data["by"]))] if data["by"] else []),
            _fact(f"{data['count']} 项", f"{reverse('action_items:item-list')}?{query}"),
        ],
        [
            _figure(data["count"], "项", "逾期", "bad"),
            _figure(data["risen"], "项", "已报到上一级", "warn" if data["risen"] else ""),
        ],
    )


def _highlight(finding: Finding) -> Worded:
    data = finding.data
    url = f"{reverse('schedules:report-detail', args=[data['report']])}#item-{data['item']}"
    text = data["text"]
    title = f"{data['place']}：{text}"
    return Worded(
        title if len(title) <= 46 else f"{title[:45]}…",
        [_fact("月报", url)],
        note=text if len(title) > 46 else "",
    )


def _theme(finding: Finding) -> Worded:
    fed = finding.data["fed"]
    return Worded(fed.title, fed.facts, fed.figures, note=fed.note)


def _plan(finding: Finding) -> Worded:
    return Worded(f"{periods.short(finding.data['next'])}安排")


_WORDS = {
    Kind.DECISIONS: _decisions,
    Kind.MISSING: _missing,
    Kind.LIMITS: _limits,
    Kind.LOW: _low,
    Kind.MISSES: _misses,
    Kind.RETURNED: _returned,
    Kind.VACANT: _vacant,
    Kind.TERMS: _terms,
    Kind.OVERDUE: _overdue,
    Kind.LATE: _late,
    Kind.HIGHLIGHT: _highlight,
    Kind.THEME: _theme,
    Kind.PLAN: _plan,
}
