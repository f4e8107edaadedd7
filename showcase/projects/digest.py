"""What the one digest of a person says of milestones that no duty tells of: of a project of the work
committee, before milestones are asked for, after staff have switched that off. Sent by schedules/rounds."""

from collections import defaultdict

from core.templatetags.words import day_zh
from orgs.permissions import Permission
from schedules.action_items.queries.people import people_at
from schedules.rounds.digests import Morning, Part
from schedules.rounds.queries.reminding import stage_by

from .models import MilestoneNotice
from .queries.board import open_milestones

SHOWN = 30  # lines


def parts(morning: Morning) -> dict[int, Part]:
    """User -> the milestones of his organisation whose day is near or over, each stage told once; a day
    that was moved begins anew. Three queries; one when nothing is near."""
    rows = open_milestones(morning.today)
    if not rows:
        return {}
    people = people_at({one.project.organization_id for one in rows}, Permission.PROJECT_EDIT)
    known = set(
        MilestoneNotice.objects.filter(milestone__in=rows).values_list(
            "milestone_id", "user_id", "stage"
        )
    )
    lines: dict[int, list[str]] = defaultdict(list)
    late: dict[int, int] = defaultdict(int)
    marks: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for one in rows:
        reached = stage_by(one.due_on, morning.today, morning.calendar)
        stage = f"{one.due_on:%y%m%d}{reached}" if reached else ""
        days = (morning.today - one.due_on).days
        for user in people.get(one.project.organization_id, ()):
            is_new = bool(stage) and (one.pk, user, stage) not in known
            if is_new:
                marks[user].append((one.pk, stage))
            if is_new or user in morning.weekly:
                said = f"已逾期 {days} 天" if days > 0 else f"{day_zh(one.due_on)} 前完成"
                lines[user].append(f"项目“{one.project}”的节点“{one}”：{said}")
                late[user] += days > 0
    return {
        user: Part(
            f"项目节点 {len(told)} 个" + (f"，其中 {late[user]} 个逾期" if late[user] else ""),
            (*told[:SHOWN], *([f"另有 {len(told) - SHOWN} 个。"] if len(told) > SHOWN else [])),
            is_urgent=late[user] > 0,
            marks=tuple(marks[user]),
        )
        for user, told in lines.items()
    }
