"""What the one digest of a person says of items. Sent by schedules/rounds; registered there."""

from collections import Counter, defaultdict
from collections.abc import Sequence

from schedules.rounds.digests import Morning, Part

from .queries.feedback import Spoken, Voice, Voices
from .queries.feedback import to_hear as voices_to_hear
from .queries.reminding import Heard, Reason, Why, to_hear

LINES_SHOWN = 60

# For the title: how many items are what.
_COUNTED = {
    Why.OVERDUE: "件逾期",
    Why.RECEIPT_OVERDUE: "件逾期未签收",
    Why.OTHER_OVERDUE: "件等本单位、已超期",
    Why.HELD_UP: "件被别的单位耽搁",
    Why.TO_RECEIVE: "件待签收",
    Why.TO_VERIFY: "件待核验",
    Why.TO_DECIDE: "件延期待答复",
    Why.DUE: "件快到期限",
    Why.WAITED_FOR: "件等本单位",
    Why.TO_LOOK: "件该回头看",
}
_URGENT = frozenset({Why.RAISED, Why.OVERDUE, Why.RECEIPT_OVERDUE, Why.OTHER_OVERDUE})


def parts(morning: Morning) -> dict[int, Part]:
    """User -> what his digest says of items. Queries as `to_hear`."""
    return {user: _part(heard, morning) for user, heard in to_hear(morning).items()}


def _part(heard: Heard, morning: Morning) -> Part:
    """One line an item, by the most urgent of its reasons, the most urgent items first."""
    by_item: dict[int, list[Reason]] = defaultdict(list)
    for reason in heard.reasons:
        by_item[reason.item.pk].append(reason)
    # Of two rungs the higher one: it is the later.
    told = [min(some, key=lambda one: (one.why, -one.late)) for some in by_item.values()]
    told.sort(key=lambda one: (one.why, -one.late, one.day or morning.today, one.item.pk))
    lines = [_line(one, morning) for one in told[:LINES_SHOWN]]
    if len(told) > LINES_SHOWN:
        lines.append(f"另有 {len(told) - LINES_SHOWN} 件督办。")
    return Part(
        title=_title(told),
        lines=tuple(lines),
        is_urgent=any(one.why in _URGENT for one in told),
        marks=tuple(heard.fresh),
    )


def _title(told: Sequence[Reason]) -> str:
    counts = Counter(one.why for one in told)
    own = [f"{counts[why]} {words}" for why, words in _COUNTED.items() if counts[why]]
    said = [f"督办 {'、'.join(own)}"] if own else []
    if counts[Why.RAISED]:
        said.append(f"下级有 {counts[Why.RAISED]} 件督办逾期，请督促")
    return "；".join(said)


def _line(told: Reason, morning: Morning) -> str:
    item = told.item
    return f"督办{item}（{item.owner}）：{_state(told, morning)}"


def _state(told: Reason, morning: Morning) -> str:
    item, late = told.item, told.late
    day = f"{told.day:%-m月%-d日}" if told.day else ""
    match told.why:
        case Why.RAISED:
            return f"{_raised(told)}，请督促"
        case Why.OVERDUE:
            return f"期限 {day}，已逾期 {late} 个工作日"
        case Why.RECEIPT_OVERDUE:
            return f"签收期限 {day}，已逾期 {late} 个工作日"
        case Why.OTHER_OVERDUE:
            return f"等{item.waiting_name}：{item.waiting_note}。期限 {day}，已超期 {late} 个工作日"
        case Why.HELD_UP:
            return f"在等{item.waiting_name}，对方期限 {day}，已超期 {late} 个工作日"
        case Why.TO_RECEIVE:
            return f"请在 {day} 前签收"
        case Why.TO_VERIFY:
            return f"{day}报结，已等核验 {late} 个工作日"
        case Why.TO_DECIDE:
            return f"申请延至 {day}，已等答复 {late} 个工作日"
        case Why.WAITED_FOR:
            return f"等{item.waiting_name}：{item.waiting_note}。期限 {day}"
        case Why.TO_LOOK:
            return f"销号后该回头看，{day} 前办" if not late else f"销号后还没有回头看，{day}止"
    left = (told.day - morning.today).days if told.day else 0
    return f"期限 {day}，还有 {left} 天" if left else "今天到期"


def _raised(told: Reason) -> str:
    day = f"{told.day:%-m月%-d日}" if told.day else ""
    what = {"R": "签收期限", "W": f"{told.item.waiting_name}的期限"}.get(told.stage[0], "期限")
    return f"{what} {day}，已逾期 {told.late} 个工作日"


def voices(morning: Morning) -> dict[int, Part]:
    """User -> what his digest says of 意见建议. Queries as `queries.feedback.to_hear`."""
    return {user: _spoken(heard) for user, heard in voices_to_hear(morning).items()}


def _spoken(heard: Voices) -> Part:
    """One line a wish, the most urgent first. What has risen is counted and not quoted: who stands
    above may have no right to read it."""
    by_wish: dict[int, list[Voice]] = defaultdict(list)
    for voice in heard.told:
        by_wish[voice.feedback.pk].append(voice)
    told = [min(some, key=lambda one: one.why) for some in by_wish.values()]
    told.sort(key=lambda one: (one.why, one.feedback.due_on, one.feedback.pk))
    counts = Counter(one.why for one in told)
    own = [one for one in told if one.why != Spoken.RAISED]
    parts = []
    if own:
        late = counts[Spoken.OVERDUE]
        parts.append(f"意见建议 {len(own)} 条待答复" + (f"，其中 {late} 条逾期" if late else ""))
    if counts[Spoken.RAISED]:
        parts.append(f"有 {counts[Spoken.RAISED]} 条意见建议逾期未答复，请督促")
    lines = [_spoken_line(one) for one in own[:LINES_SHOWN]]
    if len(own) > LINES_SHOWN:
        lines.append(f"另有 {len(own) - LINES_SHOWN} 条意见建议。")
    return Part(
        title="；".join(parts),
        lines=tuple(lines),
        is_urgent=bool(counts[Spoken.OVERDUE] or counts[Spoken.RAISED]),
        marks=tuple(heard.fresh),
    )


def _spoken_line(told: Voice) -> str:
    row = told.feedback
    day = f"{row.due_on:%-m月%-d日}"
    state = f"期限 {day}，已逾期 {told.late} 个工作日" if told.late else f"请在 {day} 前答复"
    return f"意见建议（{row.get_kind_display()}，{row.written_by_name}）{row}：{state}"
