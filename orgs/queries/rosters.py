"""How a roster sheet differs from the organisations that exist."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from core import crypto, phones
from core.actor import Actor
from core.dates import ReadDate
from core.identity import mask_phone
from core.tabular.errors import CellError

from .. import items, titles
from ..enums import Post
from ..models import OfficeHolding, Organization
from ..sheets import OrganizationRow, parents_first

PHONE_COLUMN = "orgs.organization.contact_phone"
POSTS = {
    Post.SECRETARY: "secretary",
    Post.DEPUTY_SECRETARY: "deputies",
    Post.ORGANIZATION_COMMISSIONER: "organization_commissioners",
    Post.PUBLICITY_COMMISSIONER: "publicity_commissioners",
    Post.DISCIPLINE_COMMISSIONER: "discipline_commissioners",
    Post.COMMISSIONER: "commissioners",
}


@dataclass(slots=True)
class RowPlan:
    """One row and what it asks for. `changes` are for showing: {Chinese name: (before, after)}."""

    row: OrganizationRow
    existing: Organization | None
    parent: Organization | None = None
    parent_row: OrganizationRow | None = None
    values: dict[str, Any] = field(default_factory=dict)
    """Model fields to set; `contact_phone` in clear."""
    changes: dict[str, tuple[str, str]] = field(default_factory=dict)
    starts: list[tuple[str, str]] = field(default_factory=list)
    """(post, name) to take up."""
    ends: list[OfficeHolding] = field(default_factory=list)
    is_moved: bool = False
    is_created: bool = False
    """Set once written: `existing` is then the organisation made of this row."""

    @property
    def is_new(self) -> bool:
        return self.existing is None or self.is_created


@dataclass(frozen=True, slots=True)
class RosterPlan:
    """All good rows, superiors first, with what the database knows; and rows refused by it."""

    rows: list[RowPlan]
    errors: list[CellError]
    organizations: dict[int, Organization]


def roster_plan(rows: Sequence[OrganizationRow], by: Actor) -> RosterPlan:
    """Compares the rows with the database by name. A blank cell changes nothing. Two queries."""
    everything = list(Organization.objects.order_by("path"))
    by_id = {organization.pk: organization for organization in everything}
    by_key: dict[str, Organization] = {}
    for organization in everything:
        if organization.abolished_on is None:
            by_key.setdefault(organization.name_key, organization)
    held: dict[int, list[OfficeHolding]] = {}
    for holding in OfficeHolding.objects.filter(ended_on=None, post__in=list(POSTS)):
        held.setdefault(holding.organization_id, []).append(holding)
    in_sheet = {row.key: row for row in rows}
    plans: list[RowPlan] = []
    errors: list[CellError] = []
    refused: set[str] = set()
    taken: set[int] = set()
    for row in parents_first(rows):
        existing = by_key.get(row.key)
        if existing is None and row.former_name:
            former = by_key.get(titles.name_key(row.former_name))
            existing = former if former and former.name_key not in in_sheet else None
        if existing is not None and existing.pk in taken:
            existing = None
        plan = RowPlan(row, existing)
        problem = _place(plan, by_id, by_key, in_sheet, refused, by)
        if problem is not None:
            errors.append(problem)
            refused.add(row.key)
            continue
        if existing is not None:
            taken.add(existing.pk)
        _facts(plan)
        _offices(plan, held.get(existing.pk, []) if existing else [])
        plans.append(plan)
    return RosterPlan(plans, errors, by_id)


def _place(
    plan: RowPlan,
    by_id: dict[int, Organization],
    by_key: dict[str, Organization],
    in_sheet: dict[str, OrganizationRow],
    refused: set[str],
    by: Actor,
) -> CellError | None:
    row, existing = plan.row, plan.existing
    if row.parent_key in refused:
        return _error(row, "parent_refused")
    parent_kind: str | None = None
    if row.parent_key:
        plan.parent_row = in_sheet.get(row.parent_key)
        known = row.parent_known
        plan.parent = by_key.get(row.parent_key) or (
            by_id.get(known) if isinstance(known, int) else None
        )
        if plan.parent is None and plan.parent_row is None:
            return _error(row, "unknown_parent")
        parent_kind = plan.parent_row.kind if plan.parent_row else plan.parent.kind  # type: ignore[union-attr]
    if problem := titles.placing_problem(row.kind, parent_kind):
        return _error(row, "parent_kind", problem)
    if by.user_id is not None:
        where = existing or plan.parent
        if where is not None and not by.covers(where.path):
            return _error(row, "out_of_scope")
        if existing is None and plan.parent is None and plan.parent_row is None:
            return _error(row, "out_of_scope", items.PLACE_WANTED["second_root"])
    plan.is_moved = existing is not None and existing.parent_id != (
        plan.parent.pk if plan.parent else None
    )
    if existing is not None and plan.parent_row is not None and plan.parent is None:
        plan.is_moved = True
    if plan.is_moved and existing is not None:
        if plan.parent is not None and plan.parent.path.startswith(existing.path):
            return _error(row, "parent_cycle")
        before = by_id[existing.parent_id].name if existing.parent_id else ""
        plan.changes[items.LABELS["parent"]] = (before, row.parent)
    return None


def _facts(plan: RowPlan) -> None:
    row, existing = plan.row, plan.existing
    wanted: dict[str, Any] = {
        "short_name": row.short_name,
        "unit_name": row.unit,
        "unit_nature": row.unit_nature,
        "unit_code": row.unit_code if len(row.unit_code) <= 18 else "",
        "contact_name": row.contact,
        "note": row.note,
        "sector": row.sector,
        "unit_situation": row.unit_situation,
        "founded_on": _day(row.founded, existing.founded_on if existing else None),
        "term_started_on": _day(row.elected, existing.term_started_on if existing else None),
        "term_ends_on": _day(row.term_ends, existing.term_ends_on if existing else None),
    }
    values = {name: value for name, value in wanted.items() if value}
    started = values.get("term_started_on") or (existing.term_started_on if existing else None)
    ends = values.get("term_ends_on") or (existing.term_ends_on if existing else None)
    if years := titles.term_years(started, ends):
        values["term_years"] = years
    if existing is None or existing.name != row.name:
        values["name"] = row.name
        values.setdefault("short_name", titles.short_name(row.name))
    if existing is None or existing.kind != row.kind:
        values["kind"] = row.kind
    if existing is None:
        values["organization_class"] = titles.class_of(row.name, row.kind, row.unit, row.sector)
    plan.values = {
        name: value
        for name, value in values.items()
        if existing is None or getattr(existing, name) != value
    }
    if existing is not None:
        _show(plan, existing)
    phone = row.phone[:40]
    if phone:
        old = phone_of(existing) if existing else ""
        if phones.keys(old) != phones.keys(phone):
            plan.values["contact_phone"] = phone
            if existing is not None:
                plan.changes[items.LABELS["contact_phone"]] = (mask_phone(old), mask_phone(phone))


def _day(read: ReadDate | None, known: dt.date | None) -> dt.date | None:
    """The date a cell gives; one that shows only the month leaves the day that is known."""
    if read is None:
        return None
    if known and read.precision != "day" and read.agrees_with(known):
        return known
    return read.value


def _show(plan: RowPlan, existing: Organization) -> None:
    for name, value in plan.values.items():
        plan.changes[items.LABELS[name]] = (
            items.shown(name, getattr(existing, name)),
            items.shown(name, value),
        )


def _offices(plan: RowPlan, current: list[OfficeHolding]) -> None:
    for post, key in POSTS.items():
        stated = getattr(plan.row, key)
        names = [stated] if isinstance(stated, str) else list(stated)
        names = list(dict.fromkeys(name[:50] for name in names if name))
        if not names:
            continue  # a blank says nothing; who leaves is recorded on the page
        now = [holding for holding in current if holding.post == post]
        present = {holding.person_name for holding in now}
        starts = [(post.value, name) for name in names if name not in present]
        ends = [holding for holding in now if holding.person_name not in names]
        if not starts and not ends:
            continue
        plan.starts += starts
        plan.ends += ends
        if plan.existing is not None:
            before = "、".join(sorted(present))
            plan.changes[post.label] = (before, "、".join(names))


def sealed_phone(organization: Organization, phone: str) -> str:
    """The contact's telephone number as the column holds it."""
    return crypto.seal(phone, column=PHONE_COLUMN, row=organization.uid)


def phone_of(organization: Organization) -> str:
    """The contact's telephone number in clear; "" when none or unreadable."""
    try:
        return crypto.unseal(
            organization.contact_phone_sealed, column=PHONE_COLUMN, row=organization.uid
        )
    except crypto.Unreadable:
        return ""


def _error(row: OrganizationRow, code: str, wanted: str = "") -> CellError:
    return CellError(
        sheet=row.sheet,
        row=row.row,
        column_letter="",
        column_title=items.LABELS["parent"],
        code=code,
        found=row.parent[:40],
        wanted=wanted or items.PLACE_WANTED[code],
    )
