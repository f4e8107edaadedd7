"""What stays when people have been told of items in their digests."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping

from core import clock
from core.actions import action
from core.actor import Actor
from core.states import tell_many
from schedules.rounds.digests import Part

from ..enums import ActionStepKind
from ..models import ActionNotice, ActionStep, FeedbackNotice
from ..queries.reminding import Reason
from . import telling


@action
def told(*, parts: Mapping[int, Part], by: Actor) -> int:
    """Marks what people have been told, so that nobody is told twice; where an item has risen to a
    rung for the first time its timeline says so. Returns how many marks are new. Three queries."""
    now = clock.now()
    marks: list[tuple[int, Reason]] = [
        (user_id, reason) for user_id, part in parts.items() for reason in part.marks
    ]
    risen = {
        (reason.item.pk, reason.stage): reason for _, reason in marks if reason.rung is not None
    }
    if risen:
        before = ActionNotice.objects.filter(
            item__in={pk for pk, _ in risen}, stage__in={stage for _, stage in risen}
        )
        for known in before.values_list("item_id", "stage"):
            risen.pop(known, None)
    ActionNotice.objects.bulk_create(
        [
            ActionNotice(item=reason.item, user_id=user_id, stage=reason.stage, told_at=now)
            for user_id, reason in marks
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    # What rose by several rungs at once, because nobody was told for some days, rose once.
    rises: dict[tuple[int, dt.date | None, str], list[Reason]] = defaultdict(list)
    for reason in risen.values():
        rises[reason.item.pk, reason.day, reason.stage[0]].append(reason)
    tell_many(
        [
            ActionStep(item=some[0].item, kind=ActionStepKind.ESCALATED, text=_rise(some))
            for some in rises.values()
        ],
        by=by,
    )
    for some in rises.values():
        telling.note(some[0].item, "action_items.item.escalate", by=by, text=_rise(some))
    return len(marks)


@action
def told_voices(*, parts: Mapping[int, Part], by: Actor) -> int:
    """The same of 意见建议. Returns how many marks are new. One query."""
    now = clock.now()
    marks = [(user_id, voice) for user_id, part in parts.items() for voice in part.marks]
    FeedbackNotice.objects.bulk_create(
        [
            FeedbackNotice(feedback=voice.feedback, user_id=user_id, stage=voice.stage, told_at=now)
            for user_id, voice in marks
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    return len(marks)


def _rise(reasons: list[Reason]) -> str:
    """To whom, and how late: 逾期 3 个工作日，报组织科长."""
    first = reasons[0]
    what = {"R": "未签收，", "W": "对方"}.get(first.stage[0], "")
    rungs = {one.rung.key: one.rung.post.label for one in reasons if one.rung}
    posts = "、".join(rungs[key] for key in sorted(rungs))
    return f"{what}逾期 {first.late} 个工作日，报{posts}"
