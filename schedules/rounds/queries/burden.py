"""What a form asks of those who fill it in: how many they are, how long it takes, what changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from core import periods

from .. import item_kinds
from ..models import Plan, Report, ReportDefinition
from .definitions import definition_for
from .estimates import Estimates
from .loads import Load, load_of_draft
from .openings import concerned, newest_opened, next_to_open, untouched


@dataclass(slots=True)
class Reach:
    """Whom a draft would be for, and what it costs them."""

    plan: Plan
    count: int
    next_period: str
    open_period: str  # the one opened last; empty when there is none
    untouched: int  # drafts of it that would be put on the form
    begun: int  # those that keep theirs
    minutes: float
    before: float | None  # of the version in force; None when there is none
    load: Load

    @property
    def more(self) -> float:
        """Minutes more than before."""
        return self.minutes - (self.before or 0)

    @property
    def hours(self) -> float:
        """Hours more for all together."""
        return round(self.count * self.more / 60, 1)


def reach_of(draft: ReportDefinition, in_force: ReportDefinition | None) -> Reach:
    """Whom the draft would be for if it were in force, and what it costs. A dozen queries."""
    plan = draft.plan
    newest = newest_opened(plan)
    coming = next_to_open(plan, newest)
    choose = definition_for(plan, coming, also=draft)
    rows = concerned(plan, periods.last_day(coming))
    count = sum(choose(one) is draft for one in rows)
    fresh = begun = 0
    if newest is not None:
        choose = definition_for(plan, newest, also=draft)
        ids = set(untouched(plan, newest).values_list("pk", flat=True))
        open_ones = Report.objects.filter(duty__plan=plan, period=newest)
        for report in open_ones.select_related("organization"):
            if choose(report.organization) is draft:
                fresh += report.pk in ids
                begun += report.pk not in ids
    estimates = Estimates.load()
    return Reach(
        plan=plan,
        count=count,
        next_period=coming,
        open_period=newest or "",
        untouched=fresh,
        begun=begun,
        minutes=estimates.minutes(draft.key, draft.items),
        before=estimates.minutes(in_force.key, in_force.items) if in_force else None,
        load=load_of_draft(draft, periods.containing(periods.last_day(coming), periods.MONTH)),
    )


def cost_of_plan(plan: Plan) -> float:
    """Minutes that the plan's forms take, the longest of those in force. Two queries."""
    newest: dict[str, ReportDefinition] = {}
    for row in ReportDefinition.objects.filter(plan=plan, is_published=True).order_by("version"):
        newest[row.key] = row
    estimates = Estimates.load()
    return max((estimates.minutes(key, row.items) for key, row in newest.items()), default=0.0)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two versions of a form."""

    title: str
    word: str  # new, removed, moved, changed
    changes: tuple[tuple[str, str, str], ...] = ()  # setting, before, after


# Settings in the order in which people read them; those that the editor keeps for itself are left out.
SETTINGS = (
    "title",
    "help",
    "required",
    "figures",
    "max_entries",
    "max_chars",
    "unit",
    "minimum",
    "maximum",
    "decimals",
    "total_of",
    "at_most",
    "compares",
    "window",
    "options",
    "reason_on",
    "columns",
    "max_rows",
    "use",
    "alone",
    "why",
    "until",
)


def differences(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> list[Difference]:
    """What differs between the items of two versions, in the order of the later, then what is gone.
    No queries. Settings are named by their keys and values as they are stored."""
    old = {spec["key"]: item_kinds.whole(spec) for spec in before}
    kept = [spec["key"] for spec in after if spec["key"] in old]
    order = [spec["key"] for spec in before if spec["key"] in kept]
    blocks = SequenceMatcher(None, order, kept, autojunk=False).get_matching_blocks()
    stayed = {key for block in blocks for key in order[block.a : block.a + block.size]}
    found = []
    for spec in after:
        now, key = item_kinds.whole(spec), spec["key"]
        if key not in old:
            found.append(Difference(spec["title"], "new"))
            continue
        changes = tuple(
            (name, old[key].get(name), now.get(name))
            for name in SETTINGS
            if (old[key].get(name) or None) != (now.get(name) or None)
        )
        if changes:
            found.append(Difference(spec["title"], "changed", changes))  # type: ignore[arg-type]
        elif key not in stayed:
            found.append(Difference(spec["title"], "moved"))
    keys = {spec["key"] for spec in after}
    found += [Difference(spec["title"], "removed") for spec in before if spec["key"] not in keys]
    return found
