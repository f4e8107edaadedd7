"""What the one digest of a person says of objections. Sent by schedules/rounds; registered there."""

from schedules.rounds.digests import Morning, Part

from .models import Objection
from .queries.reminding import Heard, to_hear

LINES_SHOWN = 30


def parts(morning: Morning) -> dict[int, Part]:
    """User -> what his digest says of objections. Queries as `to_hear`."""
    return {user: _part(heard, morning) for user, heard in to_hear(morning).items()}


def _part(heard: Heard, morning: Morning) -> Part:
    lines = [_line(row, morning) for row in heard.rows[:LINES_SHOWN]]
    return Part(
        title=f"考核异议 {len(heard.rows)} 件逾期未答复",
        lines=tuple(lines),
        is_urgent=True,
        marks=tuple(heard.fresh),
    )


def _line(row: Objection, morning: Morning) -> str:
    late = morning.calendar.working_days(row.due_on, morning.today) - 1
    return (
        f"考核异议（{row.assessed.short_name}，{row}）：{row.get_state_display()}，"
        f"期限 {row.due_on:%-m月%-d日}，已逾期 {max(late, 1)} 个工作日"
    )
