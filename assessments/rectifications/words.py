"""What pages and papers of rectification say."""

from collections.abc import Sequence

from assessments.cycles.explaining import fixed
from assessments.scoring.numbers import number
from core import periods, tones
from schedules.action_items.enums import LineState

from .models import Finding
from .queries.lists import Common, Count, Listed
from .queries.proposals import Proposed
from .queries.turned import Turned

MOST = 300  # signs of a problem


def problem_of(one: Proposed) -> str:
    """The problem as it is proposed: the fact with its figure, or the reasons of the marks."""
    return f"{one.item.name}：{'；'.join(one.found)}"[:MOST]


def turned_words(one: Turned) -> str:
    """By which values a finding has turned good: 2026年8月 未开主题党日 0 次."""
    return "；".join(f"{periods.label(period)} {'；'.join(said)}" for period, said in one.said)


def title_of(cycle_period: str) -> str:
    """What the list of a half-year is called."""
    return f"{periods.label(cycle_period)}考核整改清单"


def lost_text(finding: Finding) -> str:
    """−1.20, as the page of the score shows it."""
    return f"−{fixed(finding.lost)}"


def repair_text(finding: Finding) -> str:
    """What a repair by its date gives back; empty where nothing."""
    return fixed(number(finding.repair)) if finding.repair else ""


def nth(times: int) -> str:
    """第 2 次; nothing the first time."""
    return f"第 {times} 次" if times > 1 else ""


def count_words(count: Count) -> str:
    """9 条，销号 5（随数据 3，核验 2），逾期 1."""
    said = [
        f"{count.lines} 条",
        f"销号 {count.done}（随数据 {count.facts}，核验 {count.verified}）",
    ]
    if count.reported:
        said.append(f"待核验 {count.reported}")
    if count.overdue:
        said.append(f"逾期 {count.overdue}")
    return "，".join(said)


def whole_words(lists: Sequence[Listed]) -> str:
    """18 份清单，…, for the link on the page of a cycle."""
    total = Count()
    for one in lists:
        total.add(one.count)
    return f"{len(lists)} 份，{total.done} / {total.lines} 条销号"


def common_words(one: Common) -> str:
    """6 / 18 家有这个问题."""
    return f"{len(one.findings)} / {one.of} 家"


def list_standing(one: Listed) -> tuple[str, str]:
    """Word and tone of how a list stands: lasting before closed, overdue before what runs."""
    item = one.row.item
    if item is None:
        return "待下发", "mute"
    if item.look:
        return item.get_look_display(), "ok" if one.is_lasting else "warn"
    if item.is_under_way and one.count.overdue:
        return f"逾期 {one.count.overdue} 条", "bad"
    return item.get_state_display(), tones.of_field(item, "state")


def line_progress(finding: Finding) -> str:
    """进展 of a ledger: how the line stands, and what stays said of it."""
    line = finding.line
    if line is None:
        return ""
    said = [nth(finding.times), line.get_state_display() if line.state != LineState.OPEN else ""]
    if line.state == LineState.OPEN:
        said.append("等数据转好" if line.closes_itself else "办理中")
        said.append(f"退回：{line.return_reason}" if line.return_reason else "")
    said.append(f"曾逾期 {line.late_days} 天" if line.late_days else "")
    said.append(f"恢复 {repair_text(finding)} 分" if finding.credited_at else "")
    return "；".join(filter(None, said))
