"""One record in the customary form of a 会议记录."""

import datetime as dt
from collections.abc import Sequence

from core.documents import Block, Document, Fields, Lines, Picture, Pictures
from core.templatetags.words import EMPTY, date_zh

from ..enums import Presence
from ..ledgers.meetings import absent_words, when
from ..models import Vote
from ..queries.whole import Whole

UNNAMED = "名单在各单位自己的记录里"  # whose names the reader does not see
SIGNATURE = "主持人（签字）：　　　　　　　　　记录人（签字）："


def record_document(
    whole: Whole, *, pictures: Sequence[Picture] = (), notes: Sequence[str] = ()
) -> Document:
    """The record with all that belongs to it; `notes` say what is not in it."""
    record = whole.record
    title = f"{record.get_kind_display()}记录"
    blocks: list[Block] = [Fields(tuple(form_rows(whole))), Lines((SIGNATURE,))]
    if pictures:
        blocks.append(Pictures(tuple(pictures)))
    if notes:
        blocks.append(Lines(tuple(notes)))
    name = f"{record.organization} {date_zh(record.held_on)} {title}"
    return Document(name, titles=(title,), note=record.organization.name, blocks=tuple(blocks))


def form_rows(whole: Whole) -> list[tuple[tuple[str, str], ...]]:
    """The lines of the form: one pair of name and value over the whole breadth, or two."""
    record = whole.record
    rows: list[tuple[tuple[str, str], ...]] = [
        (("主题", record.topic),),
        (("时间", when(record)), ("地点", record.place or EMPTY)),
        (("主持人", record.chair_name or EMPTY), ("记录人", record.recorder_name or EMPTY)),
    ]
    if record.speaker_name:
        rows.append((("讲课人", record.speaker_name),))
    rows.append((("人数", "\n".join(_counts(whole))),))
    rows.append((("缺席", _absent(whole)),))
    rows += [(pair,) for pair in _present(whole)]
    rows.append((("列席", record.guests or "无"),))
    for name, text in (
        ("议题", record.agenda),
        ("内容", record.summary or ("以纸质记录为准" if record.is_on_paper else "")),
        ("表决", "\n".join(map(_vote, whole.votes))),
        ("决议", record.resolutions),
    ):
        if text or name in ("议题", "内容"):
            rows.append(((name, text or EMPTY),))
    rows.append((("登记", _entered(whole)),))
    return rows


def _counts(whole: Whole) -> list[str]:
    lines = []
    for unit in whole.units:
        text = f"应到 {unit.expected_count} 人，实到 {unit.present_count} 人，缺席 {unit.absent_count} 人"
        if unit.extra_count:
            text += f"；另有 {unit.extra_count} 人不计应到而到会"
        lines.append(f"{unit.organization}：{text}" if len(whole.units) > 1 else text)
    return lines


def _absent(whole: Whole) -> str:
    """Who did not come; of those whose names the reader does not see, how many they are."""
    unnamed = sum(unit.absent_count for unit in whole.units) - len(whole.absent)
    if unnamed <= 0:
        return absent_words(whole.absent)
    rest = f"其他单位 {unnamed} 人，{UNNAMED}"
    return f"{absent_words(whole.absent)}；{rest}" if whole.absent else rest


def _present(whole: Whole) -> list[tuple[str, str]]:
    """Who came, of each organisation apart where there are several."""
    names = {
        unit.organization_id: [
            f"{row.member.name}（外出参加）" if row.presence == Presence.GUEST else row.member.name
            for row in whole.attendances
            if row.organization_id == unit.organization_id and row.presence != Presence.ABSENT
        ]
        for unit in whole.units
    }
    if len(whole.units) == 1:
        ((_, found),) = names.items()
        return [("到会人员", "、".join(found) or "无")]
    lines = []
    for unit in whole.units:
        came = unit.present_count + unit.extra_count
        unnamed = f"{came} 人，{UNNAMED}" if came else "无"
        lines.append(f"{unit.organization}：{'、'.join(names[unit.organization_id]) or unnamed}")
    return [("到会人员", "\n".join(lines))]


def _vote(vote: Vote) -> str:
    tally = vote.tally
    if not tally.has_quorum:
        said = "到会未过半，表决无效"
    else:
        said = "赞成过半" if tally.is_carried else "赞成未过半"
    return (
        f"{vote.number}. {vote.subject}：有表决权 {tally.entitled} 人，到会 {tally.present} 人；"
        f"赞成 {tally.for_}，反对 {tally.against}，弃权 {tally.abstained}。{said}。"
    )


def _entered(whole: Whole) -> str:
    record = whole.record
    at: dt.datetime = record.recorded_at
    text = f"{record.written_by_name} 登记于 {date_zh(at)}"
    if record.version > 1:
        text += f"，改过 {record.version - 1} 次，最近 {date_zh(record.written_at)}"
    if record.is_on_paper:
        text += "；以纸质记录为准"
    return text
