"""What pages say of an item: its two clocks, how it stands, and the marks that stay."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core import tones
from core.templatetags.words import day_zh
from orgs.models import Organization
from schedules.rounds.queries.years import weigh_once
from schedules.rounds.words import weighing_said

from .enums import ActionState, LineState, Look, Shape
from .models import ActionItem, ActionLine
from .queries.asked import once
from .queries.boards import Moment
from .rules import MANY, RECEIPT_WORKING_DAYS, days_late

NO_DAY = "没有期限，不算逾期"
SOON = 2  # working days


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock in words, and how much of its time is used in working days, where that is known."""

    text: str
    tone: str = ""
    used: int | None = None
    limit: int | None = None
    stands: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What stays said of an item beside its state; `kind` as of the component `mark`."""

    kind: str
    text: str


def local(moment: dt.datetime | None) -> dt.date | None:
    """The day of a moment in the portal's time zone."""
    return timezone.localdate(moment) if moment else None


def is_receipt_overdue(item: ActionItem, at: Moment) -> bool:
    """As the board counts it, of a row that is at hand."""
    due_on = item.receipt_due_on
    return item.state == ActionState.ISSUED and due_on is not None and due_on < at.line


def is_overdue(item: ActionItem, at: Moment) -> bool:
    """By either clock; as the board counts it, of a row that is at hand."""
    if item.shape == Shape.SHARED:
        return False
    runs = item.state in (ActionState.ISSUED, ActionState.DOING)
    late = runs and item.due_on is not None and item.due_on < at.line
    return late or is_receipt_overdue(item, at)


def _left(due_on: dt.date, at: Moment) -> int:
    """Working days that are left after today."""
    if due_on <= at.today:
        return 0
    return at.calendar.working_days(at.today + dt.timedelta(days=1), due_on)


def _runs(due_on: dt.date, at: Moment) -> tuple[str, str]:
    """Words and tone of a clock that runs."""
    if due_on < at.line:
        return f"逾期 {days_late(due_on, at.today, at.calendar)} 天，{day_zh(due_on)}到期", "bad"
    left = _left(due_on, at)
    if due_on == at.today:
        return f"今天到期，{day_zh(due_on)}", "warn"
    if not left:  # on or before a day of rest: overdue from the next working day
        return f"休息日到期，{day_zh(due_on)}", "warn"
    return f"剩 {left} 天，{day_zh(due_on)}", "warn" if left <= SOON else ""


def _span(first: dt.date | None, last: dt.date | None, at: Moment) -> int | None:
    """Working days after `first` until `last`."""
    if first is None or last is None:
        return None
    return at.calendar.working_days(first + dt.timedelta(days=1), last) if last > first else 0


def receipt_clock(item: ActionItem, at: Moment, parts: Sequence[ActionItem] = ()) -> Clock:
    """The first clock: how long the owner takes to take it on."""
    if item.shape == Shape.SHARED:
        given = [part for part in parts if part.state != ActionState.CANCELLED]
        received = sum(part.received_at is not None for part in given)
        return Clock(f"{received} / {len(given)}" if item.issued_at else "—", "mute")
    if item.state == ActionState.DRAFT or item.receipt_due_on is None:
        return Clock("还没有交办" if item.issued_at is None else "—", "mute")
    if item.received_at is None:
        if item.state != ActionState.ISSUED:
            return Clock("没有签收", "mute")
        if is_receipt_overdue(item, at):
            late = days_late(item.receipt_due_on, at.today, at.calendar)
            return Clock(f"逾期 {late} 天，限 {RECEIPT_WORKING_DAYS} 天", "bad")
        return Clock(f"{day_zh(item.receipt_due_on)}前签收")
    day = local(item.received_at)
    if item.receipt_late_days:
        return Clock(f"{day_zh(day)}，晚 {item.receipt_late_days} 天", "warn")
    passed = (day - (local(item.issued_at) or day)).days if day else 0
    word = {0: " 当天", 1: " 次日"}.get(passed, "")
    return Clock(f"{day_zh(day)}{word}", "mute")


def completion_clock(item: ActionItem, at: Moment) -> Clock:
    """The second clock: how long it takes to be done. It stands while another unit is waited for."""
    begun, due_on = local(item.issued_at), item.due_on
    limit = _span(begun, due_on, at)
    done_on = local(item.reported_at) or (
        local(item.verified_at) if item.state == ActionState.CLOSED else None
    )
    if item.state == ActionState.DRAFT:
        return Clock(f"期限 {day_zh(due_on)}" if due_on else "没有期限", "mute")
    if item.state == ActionState.CANCELLED:
        return Clock("—", "mute")
    if done_on is not None:
        word = "办成" if item.state == ActionState.CLOSED else "报结"
        late = days_late(due_on, done_on, at.calendar)
        text = f"{day_zh(done_on)}{word}" + (f"，晚 {late} 天" if late else "")
        return Clock(text, "", _span(begun, done_on, at), limit)
    if item.state == ActionState.WAITING:
        used = _span(begun, item.waiting_since, at)
        text = f"停在第 {used} 天" + (f"，时限 {limit} 天" if limit is not None else "，没有期限")
        return Clock(text, "mute", used, limit, stands=True)
    if due_on is None:
        return Clock(NO_DAY, "mute")
    text, tone = _runs(due_on, at)
    return Clock(text, tone, _span(begun, at.today, at), limit)


def other_clock(item: ActionItem, at: Moment) -> Clock | None:
    """The clock of the unit that is waited for."""
    if item.state != ActionState.WAITING or item.waiting_due_on is None:
        return None
    text, tone = _runs(item.waiting_due_on, at)
    used, limit = (_span(item.waiting_since, day, at) for day in (at.today, item.waiting_due_on))
    return Clock(f"{item.waiting_name}{text}", tone, used, limit)


def standing(item: ActionItem, at: Moment) -> tuple[str, str]:
    """Word and tone of how it stands: overdue goes before the state."""
    if is_receipt_overdue(item, at):
        return "签收逾期", "bad"
    if is_overdue(item, at):
        return "逾期", "bad"
    if item.state == ActionState.WAITING:
        return f"等{item.waiting_name}", "warn"
    if item.state == ActionState.DOING and item.returned_count and item.reported_at is None:
        return "退回再办", "warn"
    return item.get_state_display(), tones.of_field(item, "state")


def day_note(item: ActionItem) -> str:
    """The original date and how often it was put off, where it was; in sight wherever dates are."""
    if item.original_due_on is None or item.original_due_on == item.due_on:
        return ""
    times = f"延期 {item.extension_count} 次，" if item.extension_count else ""
    waited = f"等别的单位顺延 {item.waited_days} 天，" if item.waited_days else ""
    return f"{times}{waited}原定 {day_zh(item.original_due_on)}"


def marks(item: ActionItem, at: Moment) -> list[Mark]:
    """That it was late stays and takes nothing from that it is done; lasting is what somebody else
    has found."""
    found = []
    if item.late_days and not is_overdue(item, at):
        found.append(Mark("late", f"曾逾期 {item.late_days} 天"))
    if item.state == ActionState.CLOSED:
        found.append(Mark("done", "已办成"))
    if item.look == Look.LASTING:
        found.append(Mark("last", "长效"))
    elif item.look == Look.RELAPSED:
        found.append(Mark("back", "反弹"))
    return found


def line_standing(line: ActionLine, item: ActionItem, at: Moment) -> tuple[str, str]:
    """Word and tone of one line of a list."""
    due_on = line.due_on or item.due_on
    runs = item.state in (ActionState.ISSUED, ActionState.DOING)
    if line.state == LineState.OPEN and runs and due_on is not None and due_on < at.line:
        return f"逾期 {days_late(due_on, at.today, at.calendar)} 天", "bad"
    if line.state == LineState.OPEN and line.closes_itself:
        return "等数据", "info"
    if line.state == LineState.OPEN and line.return_reason:
        return "退回再办", "warn"
    return line.get_state_display(), tones.of_field(line, "state")


def line_marks(line: ActionLine) -> list[Mark]:
    """As `marks`, of a line that is done."""
    if line.state != LineState.DONE:
        return []
    late = [Mark("late", f"曾逾期 {line.late_days} 天")] if line.late_days else []
    return [*late, Mark("done", "已办成")]


def weighed(
    due_on: dt.date | None, owners: Sequence[Organization], times: int = 1
) -> tuple[dict[str, Any] | None, str]:
    """What is shown and ticked before so many organisations are given something (`times`: so many
    things at once): what each class owes already and would owe. Nothing for few; else eight queries."""
    if len(owners) < MANY:
        return None, ""
    month, sizes, minutes = once(due_on, owners)
    found = weigh_once(month, sizes, minutes * times)
    return weighing_said(found), f"我已看过这 {len(owners)} 个单位这个月和全年已有的用时，仍要交办"


def weighed_of_many(
    items: Sequence[tuple[dt.date | None, Sequence[Organization]]],
) -> tuple[dict[str, Any] | None, str]:
    """The same for several items that are given out together, each with its owners: of all whom
    something reaches."""
    reached = {one.pk: one for _, owners in items for one in owners}
    times = Counter(one.pk for _, owners in items for one in owners)
    days = [due_on for due_on, _ in items if due_on is not None]
    most = max(times.values(), default=0)
    return weighed(min(days, default=None), list(reached.values()), most)
