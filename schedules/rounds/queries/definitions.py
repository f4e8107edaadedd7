"""Which form an organisation reports on."""

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterable
from typing import Protocol

from core import periods

from .. import item_kinds
from ..models import Plan, Report, ReportDefinition, ReportItem


class Described(Protocol):
    """An organisation, or what all of its kind and class have in common."""

    @property
    def kind(self) -> str: ...

    @property
    def organization_class(self) -> str: ...


Chooser = Callable[[Described], ReportDefinition | None]


def definition_for(
    plan: Plan,
    period: str,
    *,
    also: ReportDefinition | None = None,
    on: dt.date | None = None,
) -> Chooser:
    """A chooser of the plan's form in force in `period`: of the newest published version of each
    key that fits the organisation's kind, the one that names its class, else one for all classes.

    A version is in force from the period in which its first month lies, until the day that it holds:
    none is chosen for a period that begins after it, nor, where it is opened `on` a later day. `also`
    is a draft that is taken as if it were in force. One query, made at once.
    """
    rows = ReportDefinition.objects.filter(plan=plan, is_published=True).order_by("key", "version")
    return among(rows, period, also=also, on=on)


def among(
    rows: Iterable[ReportDefinition],
    period: str,
    *,
    also: ReportDefinition | None = None,
    on: dt.date | None = None,
) -> Chooser:
    """The chooser among published versions of one plan's forms, the later of a key behind the
    earlier. No queries but for the rows."""
    newest = newest_of(rows, period)
    used_on = max(periods.first_day(period), on or dt.date.min)
    if also is not None:
        newest[also.key] = also

    def choose(organization: Described) -> ReportDefinition | None:
        # One that has run out is not replaced by another: it asks for nothing any more.
        row = meant_for(newest.values(), organization)
        return None if row is None or row.has_expired(used_on) else row

    return choose


def newest_of(rows: Iterable[ReportDefinition], period: str) -> dict[str, ReportDefinition]:
    """The newest version of each form that begins by the period, by key."""
    last = periods.last_day(period)
    return {
        row.key: row
        for row in rows
        if not row.valid_from or periods.first_day(row.valid_from) <= last
    }


def meant_for(rows: Iterable[ReportDefinition], organization: Described) -> ReportDefinition | None:
    """Of several forms the one for the organisation: that names its class, else one for all."""
    fitting = [row for row in rows if organization.kind in row.kinds]
    for row in fitting:
        if organization.organization_class in row.classes:
            return row
    return next((row for row in fitting if not row.classes), None)


def empty_items(report: Report) -> list[ReportItem]:
    """The items of a fresh report, by its definition; one that is asked only until a month that is
    over by the report's period is left out. No queries."""
    asked = item_kinds.asked(report.definition.items, report.period)
    return [
        ReportItem(
            report=report,
            position=position,
            period=report.period,
            key=spec["key"],
            title=spec["title"],
            kind=spec["kind"],
            use=item_kinds.use_of(spec),
            value=item_kinds.of(spec["kind"]).blank,
        )
        for position, spec in enumerate(asked, start=1)
    ]


def token_of(definition: ReportDefinition) -> str:
    """A mark of what the draft holds, to see whether somebody changed it meanwhile."""
    parts = [definition.name, definition.kinds, definition.classes, definition.items]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
