"""What themes put on a person's home: for who runs a branch his own gap, until it is closed."""

from core import clock
from core.actor import Actor
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from . import words
from .queries.gaps import gaps_of, theme_at


def provide(actor: Actor, work: Worklist) -> None:
    """One line, while the actor's own branch is short of what this quarter's theme asks. One query for
    whom none concerns; else those of the figures of one organisation."""
    if Permission.LIFE_RECORD not in actor.permissions or not actor.has_parts:
        return
    place = theme_at(actor)
    short = [one for one in gaps_of(place.theme, place.organization) if one.short] if place else []
    if place is None or not short:
        return
    due = min(one.aim.row.due_on for one in short)
    days = (due - clock.today()).days
    said = "；".join(
        f"{one.aim.gauge.label}{words.number(one.value, one.aim.gauge)}，"
        f"{words.lacking(one.short, one.aim)}"
        for one in short
    )
    work.items.append(
        WorkItem(
            title=f"季度主题：{place.theme}",
            text=f"{said}。不另要材料。",
            url=place.theme.get_absolute_url(),
            button="看还差谁" if len(short) == 1 else "看还差什么",
            lead=f"{due:%-m月%-d日}",
            lead_note=f"还有 {days} 天" if days >= 0 else "已到期",
            due_on=due,
            days_left=days,
            order=(4, days),
        )
    )
