"""What projects are called on pages, papers and in cells."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from core.figures import Gauge

from .models import Milestone, Project, Spending
from .rules import yuan

# The columns of the board, with the states in each.
COLUMNS = (
    ("拟定和申报", ("draft", "returned", "submitted")),
    ("评审中", ("review",)),
    ("实施中", ("running",)),
    ("待验收", ("closing",)),
    ("已结项", ("closed", "spread", "archived")),
    ("没有办成", ("rejected", "terminated")),
)


def plain(value: Decimal | None) -> str:
    """A value without zeros that say nothing; 无法回算 where it cannot be told."""
    if value is None:
        return "—"
    return f"{value:.2f}".rstrip("0").rstrip(".")


def milestone(one: Milestone, project: Project, today: dt.date) -> dict[str, Any]:
    """A milestone as the page shows it: by when, by when at first, and how it stands."""
    late = (today - one.due_on).days
    if one.is_done:
        over = (one.done_on - one.due_on).days if one.done_on else 0
        state, tone = (f"完成，晚 {over} 天", "warn") if over > 0 else ("完成", "ok")
    elif project.state == "running" and late > 0:
        state, tone = f"逾期 {late} 天", "bad"
    else:
        state, tone = "没有完成", "mute"
    moved = one.baseline_on if one.baseline_on and one.baseline_on != one.due_on else None
    return {"row": one, "state": state, "tone": tone, "moved_from": moved}


def months(milestones: Sequence[Milestone], spendings: Sequence[Spending]) -> list[dict[str, Any]]:
    """Each month with what was done and spent in it, from the records, the newest first."""
    found: dict[tuple[int, int], dict[str, Any]] = {}

    def at(day: dt.date) -> dict[str, Any]:
        label = f"{day.year}年{day.month}月"
        return found.setdefault(
            (day.year, day.month), {"label": label, "done": [], "spent": Decimal(0)}
        )

    for one in milestones:
        if one.done_on is not None:
            at(one.done_on)["done"].append(one.title)
    for row in spendings:
        at(row.on)["spent"] += row.amount
    return [
        {**found[key], "spent": yuan(found[key]["spent"]) if found[key]["spent"] else ""}
        for key in sorted(found, reverse=True)
    ]


def figure(project: Project, gauge: Gauge | None, now: Decimal | None) -> dict[str, str] | None:
    """The figure by which a project is measured: at the start, now or at the end, and its goal."""
    if gauge is None:
        return None
    value = project.figure_end if project.figure_end is not None else now
    return {
        "label": gauge.label,
        "unit": gauge.unit,
        "start": plain(project.figure_start),
        "now": plain(value),
        "when": "验收时" if project.figure_end is not None else "现在",
        "goal": plain(project.figure_goal),
        "way": "不高于" if gauge.fewer else "不低于",
    }
