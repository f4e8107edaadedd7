"""The roster of organisations (党组织花名册): sheet rows to actions, preview first."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from core import audit, clock, importing
from core.actor import Actor
from core.dates import in_words
from core.importing import Change, Comparison, Progress
from core.tabular.parsed import ParsedSheet

from .actions import organization_imports
from .actions.organization_imports import IMPORT_NOTE
from .items import LABELS
from .models import OfficeHolding, Organization
from .queries.organizations import known_names
from .queries.rosters import RosterPlan, RowPlan, roster_plan
from .sheets import OrganizationRow, read_organizations


def parse(path: Path, file_name: str, actor: Actor) -> ParsedSheet[OrganizationRow]:
    """The sheet's rows; superiors may be in the sheet or among the actor's organisations."""
    return read_organizations(path, known_names(actor), name=file_name, today=clock.today())


def compare(parsed: ParsedSheet[OrganizationRow], actor: Actor, progress: Progress) -> Comparison:
    """What writing the rows would change. Writes nothing."""
    plan = roster_plan(parsed.rows, actor)
    progress(1, 1)
    return _comparison(plan, _older(plan, importing.known_until(parsed)))


def write(parsed: ParsedSheet[OrganizationRow], actor: Actor) -> Comparison:
    """Writes the rows through the action. Changes count from the day the sheet states."""
    today = clock.today()
    on = min(parsed.as_of or today, today)
    return _comparison(organization_imports.save_many(rows=parsed.rows, by=actor, on=on), {})


def _older(plan: RosterPlan, until: dt.datetime | None) -> dict[str, str]:
    """Rows, by their name's key, that would undo what is newer than the sheet, and why.

    A term before the present one is older whatever the file says of itself; else counts what
    people recorded, and who took office, after the sheet was written. Two queries.
    """
    rows = [row for row in plan.rows if row.existing is not None and row.changes]
    found = {row.row.key: text for row in rows if (text := _earlier_term(row))}
    if until is None:
        return found
    held = {holding.pk: row for row in rows for holding in row.ends}
    by_hand = audit.entries_since(
        until, Organization._meta.label_lower, [row.existing.pk for row in rows if row.existing]
    )
    offices = audit.entries_since(until, OfficeHolding._meta.label_lower, held)
    day = timezone.localdate(until)
    for row in rows:
        said = [
            entry
            for entry in by_hand.get(str(row.existing.pk if row.existing else 0), ())
            if entry.note != IMPORT_NOTE and _touches(entry.changes, row)
        ]
        said += [entry for holding in row.ends for entry in offices.get(str(holding.pk), ())]
        newest = max((timezone.localdate(entry.at) for entry in said), default=None)
        since = max((one.started_on for one in row.ends if one.started_on), default=None)
        if newest is not None:
            found.setdefault(
                row.row.key, f"系统在 {in_words(newest)} 登记过，比这张表（{in_words(day)}）新"
            )
        elif since is not None and since > day:
            found.setdefault(
                row.row.key, f"现任从 {in_words(since)} 起任职，比这张表（{in_words(day)}）新"
            )
    return found


def _earlier_term(row: RowPlan) -> str:
    elected, ends = row.row.elected, row.row.term_ends
    known = row.existing.term_started_on if row.existing else None
    if elected and known and elected.value < known and not elected.agrees_with(known):
        return f"系统里 {in_words(known)} 已换届，表中还是 {in_words(elected.value)} 那一届"
    until = row.existing.term_ends_on if row.existing else None
    if ends and until and not elected and ends.value < until and not ends.agrees_with(until):
        return f"系统里任期到 {in_words(until)}，表中的届满时间更早"
    return ""


def _touches(changes: Mapping[str, Any], row: RowPlan) -> bool:
    """Whether an entry speaks of what the row changes; one that names no facts speaks of all."""
    named = {LABELS[name] for name in changes if name in LABELS}
    return not named or not named.isdisjoint(row.changes)


def _comparison(plan: RosterPlan, older: Mapping[str, str]) -> Comparison:
    changed = [row for row in plan.rows if not row.is_new and row.changes]
    new = [row for row in plan.rows if row.is_new]
    return Comparison(
        new=len(new),
        changed=len(changed),
        unchanged=len(plan.rows) - len(new) - len(changed),
        preview=[
            Change(
                sheet=row.row.sheet,
                row=row.row.row,
                label=row.row.name,
                kind="new" if row.is_new else "changed",
                changes=row.changes,
                older=older.get(row.row.key, ""),
            )
            for row in [*changed, *new]
        ],
        errors=plan.errors,
    )
