"""The roster of organisations (党组织花名册): sheet rows to actions, preview first."""

from pathlib import Path

from core import clock
from core.actor import Actor
from core.importing import Change, Comparison, Progress
from core.tabular.parsed import ParsedSheet

from .actions import organization_imports
from .queries.organizations import known_names
from .queries.rosters import RosterPlan, roster_plan
from .sheets import OrganizationRow, read_organizations


def parse(path: Path, file_name: str, actor: Actor) -> ParsedSheet[OrganizationRow]:
    """The sheet's rows; superiors may be in the sheet or among the actor's organisations."""
    return read_organizations(path, known_names(actor), name=file_name, today=clock.today())


def compare(parsed: ParsedSheet[OrganizationRow], actor: Actor, progress: Progress) -> Comparison:
    """What writing the rows would change. Writes nothing."""
    plan = roster_plan(parsed.rows, actor)
    progress(1, 1)
    return _comparison(plan)


def write(parsed: ParsedSheet[OrganizationRow], actor: Actor) -> Comparison:
    """Writes the rows through the action. Changes count from the day the sheet states."""
    today = clock.today()
    on = min(parsed.as_of or today, today)
    return _comparison(organization_imports.save_many(rows=parsed.rows, by=actor, on=on))


def _comparison(plan: RosterPlan) -> Comparison:
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
            )
            for row in [*changed, *new]
        ],
        errors=plan.errors,
    )
