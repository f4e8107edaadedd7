"""What organisation life puts on the home of who records it: 今天开会 → 点名 → 完, and what has to be
made up."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Protocol
from urllib.parse import urlencode

from django.urls import reverse

from core import clock, periods
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission
from schedules.rounds.models import Duty
from schedules.rounds.models.duty import OPEN_STATES

from .enums import MeetingKind
from .queries.habits import held_lately, kinds_of_the_day
from .queries.made_up import unmade_at_home
from .rules import RULES, key_of, kind_of, offered_topic

FIRST = (-1, 0)  # before all that has until the end of a month
HINT = "点名、议题、照片，三分钟。"


class Planned(Protocol):
    """A meeting that is laid down for the day; `theme` may be empty."""

    @property
    def kind(self) -> MeetingKind: ...

    @property
    def theme(self) -> str: ...


Plans = Callable[[Actor, dt.date], Iterable[Planned]]
"""(actor, day): what the actor's organisation has laid down for the day, in a fixed number of
queries."""
_plans: list[Plans] = []


def register_plans(plans: Plans) -> Plans:
    """Adds a source of what is planned for a day."""
    _plans.append(plans)
    return plans


def provide(actor: Actor, work: Worklist) -> None:
    """The meetings of today that are not recorded yet: planned for the day, held on this day of every
    month, or owed at the end of its month or quarter. The same thing as a duty is one line. Two queries, and those of the
    plans."""
    if Permission.LIFE_RECORD not in actor.permissions or actor.organization_id is None:
        return
    today = clock.today()
    held = held_lately(actor.organization_id, today)
    owed = _owed(actor.organization_id, today)
    found: dict[MeetingKind, str] = {}
    for plans in _plans:
        for planned in plans(actor, today):
            found[planned.kind] = found.get(planned.kind) or planned.theme
    for kind in kinds_of_the_day(held, today):
        found.setdefault(kind, "")
    for kind, duty in owed.items():
        if today >= _last_weekday(duty.period):
            found.setdefault(kind, "")
    for place, kind in enumerate(kind for kind in RULES if kind in found):
        if today not in held.get(kind, ()):
            _add(work, kind, found[kind], owed.get(kind), today, place)


def tell_missed(actor: Actor, work: Worklist) -> None:
    """What members of the actor's own branch have still to make up, in one line that names nobody;
    none where all is made up, none for those above. One query for who records for a branch."""
    if Permission.LIFE_RECORD not in actor.permissions or not actor.has_parts:
        return
    today = clock.today()
    left = unmade_at_home(actor, today)
    if not left.people:
        return
    due_on, days = left.due_on, 0
    said = []
    if due_on is not None:
        days = (due_on - today).days
        said.append(f"最早的{due_on.month}月{due_on.day}日前补")
    if left.late:
        said.append(f"{left.late} 人次已过三十天")
    work.items.append(
        WorkItem(
            title=f"{left.people} 名党员有缺课要补",
            text=f"共 {left.lessons} 人次，{'，'.join(said)}。补过的登记一次，都补了这条就没有了。",
            url=f"{reverse('life:study-missed')}?{urlencode({'organization': actor.organization_id or 0})}",
            button="去补课",
            due_on=due_on,
            days_left=days if due_on else None,
            lead=(f"{days} 天" if days else "今天") if due_on else "补课",
            lead_note=f"{due_on.month}月{due_on.day}日 前" if due_on else "已过三十天",
            tone="warn" if due_on is None or days <= 3 else "",
            order=(1, days) if due_on else (4, 0),
        )
    )


def _owed(organization: int, today: dt.date) -> dict[MeetingKind, Duty]:
    """Kind -> the open duty that a meeting of today counts for. One query."""
    duties = Duty.objects.filter(
        organization=organization,
        plan__fulfilment__in=[key_of(kind) for kind in RULES],
        state__in=OPEN_STATES,
        due_on__gte=today,
    ).select_related("plan")
    found: dict[MeetingKind, Duty] = {}
    for duty in duties.order_by("due_on", "pk"):
        kind = kind_of(duty.plan.fulfilment)
        first, last = periods.first_day(duty.period), periods.last_day(duty.period)
        if kind is not None and first <= today <= last:
            found.setdefault(kind, duty)
    return found


def _last_weekday(period: str) -> dt.date:
    """The last day of the period on which people meet as a rule."""
    last = periods.last_day(period)
    return last - dt.timedelta(days=max(0, last.weekday() - 4))


def _add(
    work: Worklist, kind: MeetingKind, theme: str, duty: Duty | None, today: dt.date, place: int
) -> None:
    """The line of a meeting, in the place of that of its duty."""
    topic = theme or offered_topic(kind, today)
    counts = ""
    if duty is not None:
        many = duty.required_count > 1
        times = f"（已开 {duty.done_count} 次，共 {duty.required_count} 次）" if many else ""
        counts = f"记入{duty.title}{times}。"
    work.items.append(
        WorkItem(
            title=f"今天开会：{kind.label if kind.label in topic else f'{kind.label} {topic}'}",
            text=f"{counts}开完{HINT}",
            url=reverse("life:meeting-create", args=[kind]),
            button="点名",
            due_on=today,
            days_left=0,
            lead="今天",
            lead_note="开会",
            minutes=RULES[kind].minutes,
            order=(FIRST[0], FIRST[1] + place),
            is_primary=True,
        )
    )
    if duty is not None:
        address = reverse("life:duty-open", args=[duty.pk])
        work.items[:] = [one for one in work.items if one.url != address]
