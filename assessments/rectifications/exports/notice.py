"""整改通知书: what one organisation has to put right, in the layout of official documents."""

from collections.abc import Iterator

from django.utils import timezone

from core import periods
from core.documents import Block, Document, Heading, Paragraph
from core.documents.description import Signature, numbered, table
from core.templatetags.words import date_zh
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem

from .. import words
from ..enums import Closing
from ..models import Finding
from ..queries.lists import Listed

WIDTHS = (15.0, 65.0, 18.0, 25.0, 33.0)
HOW = {
    Closing.MADE_UP: "补办后随数据销号",
    Closing.MONTHS: "连续两月达标后随数据销号",
    Closing.PERSON: "报结后核验",
}


def notice(listed: Listed) -> Document:
    """The 整改通知书 of an issued list: what was found, until when, how it is closed, and what
    putting it right gives back. One that is cancelled says so in a frame."""
    assessed, item = listed.row.assessed, listed.row.item
    if item is None:
        raise ValueError("the list has not been issued")
    holder = assessed.cycle.organization
    return Document(
        f"{assessed.name}整改通知书",
        titles=(holder.name, "整改通知书"),
        number=item.number,
        addressee=assessed.name,
        stamp="作废" if item.state == ActionState.CANCELLED else "",
        blocks=tuple(_blocks(listed)),
    )


def _day(finding: Finding, item: ActionItem) -> str:
    """The day, with its year where that is not the one in which the notice was issued."""
    day = finding.due_on
    if day is None:
        return "—"
    is_same = item.issued_at is not None and timezone.localdate(item.issued_at).year == day.year
    return f"{day.month}月{day.day}日" if is_same else date_zh(day)


def _blocks(listed: Listed) -> Iterator[Block]:
    assessed, item = listed.row.assessed, listed.row.item
    if item is None:
        return
    label = periods.label(assessed.cycle.period)
    sealed = assessed.cycle.sealed_at
    yield Paragraph(
        f"{label}考核结果已于{date_zh(sealed) if sealed else ''}审定。你单位存在以下"
        f" {len(listed.findings)} 个问题，请限期整改。"
    )
    heads = iter(range(1, 9))
    yield Heading(f"{numbered(next(heads))}存在问题")
    rows = [
        (
            str(place),
            finding.problem + (f"（{said}）" if (said := words.nth(finding.times)) else ""),
            words.lost_text(finding),
            _day(finding, item),
            HOW[Closing(finding.closing)]
            + (
                "，须另一人核验" if finding.is_weighty and finding.closing != Closing.PERSON else ""
            ),
        )
        for place, finding in enumerate(listed.findings, start=1)
    ]
    yield table([("序号", "问题", "失分", "整改时限", "销号方式"), *rows], widths_mm=WIDTHS)
    yield Heading(f"{numbered(next(heads))}整改要求")
    yield Paragraph(
        f"1.收到后两个工作日内签收，逐条写明整改措施、责任领导和责任人。全部问题于"
        f"{date_zh(item.due_on) if item.due_on else '期限内'}前整改完毕。"
    )
    yield Paragraph(
        "2.来自系统数据的问题，补办到位、数据转好后自动销号，不用另报材料；"
        "其余问题报结时写明佐证，由办理人以外的人核验销号。"
    )
    yield Paragraph("3.销号 60 至 90 天后回头看，没有反复的记为长效；反弹的重新交办。")
    if any(one.repair for one in listed.findings):
        yield Heading(f"{numbered(next(heads))}整改恢复")
        yield Paragraph(
            "按时限整改到位的，按细则恢复所失的一部分，记入年度账户，年中结果不变；"
            "逾期整改的不恢复。"
        )
    yield Signature(
        assessed.cycle.organization.name,
        date_zh(item.issued_at) if item.issued_at else "",
        has_seal=True,
    )
