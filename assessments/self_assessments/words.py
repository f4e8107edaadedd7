"""What pages, Word and PDF say of a self-assessment in the same words."""

from assessments.cycles.enums import CycleState
from assessments.cycles.explaining import fixed
from assessments.cycles.explaining.naming import Names
from assessments.cycles.explaining.said import said_of

from .enums import SelfState
from .models import SelfAssessment, SelfItem
from .queries.sheet import Row, Sheet
from .queries.side import points_of

WITHOUT = "未自评，按事实考核"
AT_SOURCE = (
    "数据由日常记录算出。事实冻结以前，在源头补录或更正就会计入；现在事实已冻结（截至 {day}），"
    "补录的不再自动计入这一期，请在这里写明，由考核组复核时核对。"
)


def state_words(own: SelfAssessment | None, cycle_state: str) -> str:
    """How far it is."""
    if own is None or own.state == SelfState.DRAFT:
        if cycle_state != CycleState.FROZEN:
            return WITHOUT
        return "填写中" if own is not None else "还没有填"
    if own.is_without:
        return WITHOUT
    return str(own.get_state_display())


def state_tone(own: SelfAssessment | None, cycle_state: str) -> str:
    """The tone that goes with it."""
    if own is not None and own.state == SelfState.RETURNED:
        return "warn"
    if own is not None and own.sent_at is not None:
        return "ok"
    return "mute"


def mark_words(row: Row) -> str:
    """The own mark in the words of its rules; empty for none."""
    said = row.said
    if said is None or not said.facts:
        return ""
    if row.is_awards:
        return "；".join(
            f"{one.get('matter', '')} {one.get('level') or one.get('points', '')}"
            f"{'（' + one['category'] + '）' if one.get('category') else ''}"
            for one in said.facts.get("0", {}).get("awards", ())
        )
    rules = list(row.leaf.node.get("rules", ()))
    told = [
        said_of(rules[place], said.facts[str(place)], {"by": "hand"}, Names()).text.rstrip("。")
        for place in row.places
        if said.facts.get(str(place))
    ]
    return "；".join(told)


def points_words(row: Row) -> str:
    """The points that the own mark comes to; empty where there is none."""
    if row.is_awards:
        found = points_of(row.leaf, row.said.facts) if row.said is not None else None
        return "" if found is None else f"+{fixed(found)}"
    if row.item is None or row.item.points is None or (row.by_hand and not row.is_marked):
        return ""
    return row.item.points_text


def sum_words(sheet: Sheet) -> str:
    """What facts and own marks come to so far."""
    explained = sheet.explained
    if explained is None:
        return "正在计算"
    return f"{explained.total} / {explained.full if explained.is_whole else explained.known}"


def evidence_words(item: SelfItem | None) -> str:
    """What is shown as evidence, in a line."""
    if item is None:
        return ""
    told = [one.label for one in item.evidence.all()]
    told += [one.name for one in item.attachments.all()]
    return "；".join(told)
