"""What themes put on a person's home: for who runs a branch his own gap, until it is closed."""

from core import clock
from core.actor import Actor
from core.figures import Reading
from core.worklist import WorkItem, Worklist
from orgs.permissions import Permission

from . import words
from .queries.gaps import gaps_of, themes_at


def provide(actor: Actor, work: Worklist) -> None:
    """One line a theme that runs and whose goal the actor's own branch has not reached. One query for
    whom none concerns; else those of the figures of one organisation."""
    if Permission.LIFE_RECORD not in actor.permissions or not actor.has_parts:
        return
    today, reading = clock.today(), Reading()
    for theme, place in themes_at(actor):
        if theme.begins_on > today:
            continue  # published early: there is nothing to be short of yet
        short = [one for one in gaps_of(theme, place.organization, reading) if one.short]
        if not short:
            continue
        due = min(one.aim.row.due_on for one in short)
        work.items.append(
            WorkItem(
                title=f"季度主题：{theme}",
                text="；".join(
                    f"{one.aim.gauge.label}{words.number(one.value, one.aim.gauge)}，"
                    f"{words.lacking(one.short, one.aim)}"
                    for one in short
                )
                + "。不另要材料。",
                url=theme.get_absolute_url(),
                button="看还差谁" if len(short) == 1 else "看还差什么",
                lead=f"{due:%-m月%-d日}",
                lead_note=f"还有 {(due - today).days} 天" if due >= today else "已到期",
                due_on=due,
                days_left=(due - today).days,
                order=(4, (due - today).days),
            )
        )
