"""Rosters of organisations: uploaded, confirmed, given up, and written in one go."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from django.db.models import Max

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.batches import batched
from core.errors import DomainError

from .. import titles, tree
from ..enums import EventKind, OrganizationKind
from ..models import OfficeHolding, Organization
from ..queries.rosters import RosterPlan, RowPlan, roster_plan, sealed_phone
from ..sheets import OrganizationRow
from . import history, offices, terms
from .history import Decision

WRITTEN = [
    "name",
    "name_key",
    "short_name",
    "name_pinyin",
    "name_initials",
    "kind",
    "organization_class",
    "sector",
    "parent",
    "path",
    "depth",
    "founded_on",
    "term_years",
    "term_started_on",
    "term_ends_on",
    "extended_until",
    "extension_document",
    "unit_name",
    "unit_situation",
    "unit_nature",
    "unit_code",
    "contact_name",
    "contact_phone_sealed",
    "note",
    "revision",
    "updated_at",
]
IMPORT_NOTE = "花名册导入"
MASKED = {"contact_phone"}


@action
def save_many(
    *, rows: Sequence[OrganizationRow], by: Actor, on: dt.date | None = None
) -> RosterPlan:
    """Writes rows of a roster: founds, changes, moves and re-staffs organisations.

    `on` is the day changes count from (today); new organisations count from their founding.
    Rows the database refuses are in `errors` of the answer and are left out. The number of
    queries does not grow with the rows, but for batches and levels of the tree.
    """
    tree.lock()
    day = on or clock.today()
    plan = roster_plan(rows, by)
    changed = [row for row in plan.rows if row.is_new or row.changes]
    if not changed:
        return plan
    before = {
        row.existing.pk: {name: getattr(row.existing, name) for name in WRITTEN}
        for row in changed
        if row.existing is not None
    }
    _create(plan, day)
    paths = _set(plan, changed)
    _store(plan, changed, paths, day)
    _staff(changed, day, by)
    _tell(changed, before, day, by)
    return plan


def _create(plan: RosterPlan, day: dt.date) -> None:
    """New organisations level by level, so that each finds its superior."""
    steps = _Steps(plan)
    number = (Organization.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    saved: dict[str, Organization] = {
        row.row.key: row.existing for row in plan.rows if row.existing is not None
    }
    waiting = [row for row in plan.rows if row.is_new]
    now = clock.now()
    while waiting:
        ready = [row for row in waiting if row.parent_row is None or row.parent_row.key in saved]
        made = []
        for row in ready:
            parent = saved[row.parent_row.key] if row.parent_row else row.parent
            values = {key: value for key, value in row.values.items() if key not in MASKED}
            path = steps.next(parent)
            pinyin, initials = titles.spelled(row.row.name)
            organization = Organization(
                code=titles.code_of(number),
                name_key=titles.name_key(row.row.name),
                name_pinyin=pinyin,
                name_initials=initials,
                parent=parent,
                path=path,
                depth=len(path) // tree.STEP,
                updated_at=now,
                **values,
            )
            organization.contact_phone_sealed = sealed_phone(
                organization, row.values.get("contact_phone", "")
            )
            number += 1
            row.parent = parent
            made.append(organization)
        Organization.objects.bulk_create(made, batch_size=200)
        for row, organization in zip(ready, made, strict=True):
            row.existing = organization
            row.is_created = True
            saved[row.row.key] = organization
            plan.organizations[organization.pk] = organization
        left = {id(row) for row in ready}
        waiting = [row for row in waiting if id(row) not in left]


class _Steps:
    """Hands out free places below organisations that are all in memory."""

    def __init__(self, plan: RosterPlan) -> None:
        self._last: dict[str, int] = {}
        for organization in plan.organizations.values():
            path = organization.path
            above, step = path[: -tree.STEP], int(path[-tree.STEP :])
            self._last[above] = max(self._last.get(above, 0), step)

    def next(self, parent: Organization | None) -> str:
        above = parent.path if parent else ""
        self._last[above] = self._last.get(above, 0) + 1
        return tree.step_path(above, self._last[above])


def _set(plan: RosterPlan, changed: list[RowPlan]) -> set[int]:
    """Sets the fields of existing organisations; returns ids of all whose path changed."""
    saved = {row.row.key: row.existing for row in plan.rows}
    moved: list[Organization] = []
    for row in changed:
        organization = row.existing
        if organization is None or row.is_created:
            continue
        for name, value in row.values.items():
            if name == "contact_phone":
                organization.contact_phone_sealed = sealed_phone(organization, value)
            else:
                setattr(organization, name, value)
        if "name" in row.values:
            organization.name_key = titles.name_key(organization.name)
            organization.name_pinyin, organization.name_initials = titles.spelled(organization.name)
        if "term_started_on" in row.values:
            organization.extended_until = None
            organization.extension_document = ""
        Organization.machine.advance(organization)
        if row.is_moved:
            organization.parent = saved[row.parent_row.key] if row.parent_row else row.parent
            moved.append(organization)
    return _relocate(plan, moved) if moved else set()


def _relocate(plan: RosterPlan, moved: list[Organization]) -> set[int]:
    """New paths for moved organisations and all below them, in memory."""
    steps = _Steps(plan)
    below: dict[int | None, list[Organization]] = {}
    for organization in sorted(plan.organizations.values(), key=lambda row: row.path):
        below.setdefault(organization.parent_id, []).append(organization)
    own = {organization.pk for organization in moved}
    touched: set[int] = set()
    waiting: list[tuple[Organization, bool]] = [(root, False) for root in below.get(None, [])]
    seen: set[int] = set()
    while waiting:
        organization, is_new_place = waiting.pop(0)
        seen.add(organization.pk)
        if organization.pk in own:
            parent = organization.parent
            organization.path = steps.next(parent)
            is_new_place = True
        elif is_new_place:
            above = plan.organizations[organization.parent_id or 0].path
            organization.path = above + organization.path[-tree.STEP :]
        if is_new_place:
            organization.depth = len(organization.path) // tree.STEP
            touched.add(organization.pk)
        waiting += [(child, is_new_place) for child in below.get(organization.pk, [])]
    if len(seen) != len(plan.organizations):
        raise DomainError("表中的上级关系绕成了圈，没有写入。请先分两次调整隶属")
    return touched


def _store(plan: RosterPlan, changed: list[RowPlan], paths: set[int], day: dt.date) -> None:
    rows = {row.existing.pk: row.existing for row in changed if row.existing is not None}
    created = [row.existing for row in changed if row.is_created and row.existing]
    for organization in created:
        rows.pop(organization.pk)
    rows |= {pk: plan.organizations[pk] for pk in paths}
    Organization.objects.bulk_update(list(rows.values()), WRITTEN, batch_size=100)
    placed = [
        pk
        for row in changed
        if row.existing is not None
        and (pk := row.existing.pk) in rows
        and ({"name", "kind"} & set(row.values) or row.is_moved)
    ]
    if affected := (set(placed) | paths) - {organization.pk for organization in created}:
        history.replace_placements([plan.organizations[pk] for pk in affected], day)
    history.place(created)
    terms.keep(
        (row.existing, _term_since(row, day))
        for row in changed
        if row.existing is not None and {"term_started_on", "term_ends_on"} & set(row.values)
    )


def _term_since(row: RowPlan, day: dt.date) -> dt.date | None:
    """From which day the term of the sheet holds: a new one from its election, one put right from
    the day of the sheet."""
    if row.is_created or "term_started_on" in row.values:
        return row.values.get("term_started_on")
    return day


def _staff(changed: list[RowPlan], day: dt.date, by: Actor) -> None:
    leaving = [holding.pk for row in changed for holding in row.ends]
    for some in batched(leaving, 500):
        offices.leave_all(OfficeHolding.objects.filter(pk__in=some), day, by=by)
    OfficeHolding.objects.bulk_create(
        [
            OfficeHolding(
                organization=row.existing,
                post=post,
                person_name=name,
                started_on=_since(row, day),
                recorded_at=clock.now(),
            )
            for row in changed
            for post, name in row.starts
        ],
        batch_size=500,
    )


def _since(row: RowPlan, day: dt.date) -> dt.date | None:
    """A new body took office at its election; a change within a term counts from the sheet."""
    elected = row.row.elected.value if row.row.elected else None
    if row.is_created or "term_started_on" in row.values:
        return elected
    return day


def _tell(
    changed: list[RowPlan],
    before: dict[int, dict[str, Any]],
    day: dt.date,
    by: Actor,
) -> None:
    events = []
    note = IMPORT_NOTE
    for row in changed:
        organization = cast(Organization, row.existing)
        decision = Decision(on=day, note=note)
        if row.is_created:
            if organization.founded_on:
                since = dataclasses.replace(decision, on=organization.founded_on)
                events.append(
                    history.event(
                        organization, EventKind.FOUNDED, since, by, {"name": organization.name}
                    )
                )
            changes: dict[str, Any] = {"name": [None, organization.name]}
        else:
            changes = {title: list(pair) for title, pair in row.changes.items()}
            for kind, details in _events(row, before[organization.pk]):
                on = row.values["term_started_on"] if kind == EventKind.RE_ELECTED else day
                events.append(
                    history.event(
                        organization, kind, dataclasses.replace(decision, on=on), by, details
                    )
                )
        audit.record(
            by=by,
            verb=f"orgs.organization.{'found' if 'created' in row.values else 'edit'}",
            obj=organization,
            organization_id=organization.pk,
            organization_path=organization.path,
            changes=changes,
            note=note,
        )
    history.save_events(events)


def _events(row: RowPlan, before: dict[str, Any]) -> list[tuple[EventKind, dict[str, str]]]:
    found: list[tuple[EventKind, dict[str, str]]] = []
    if "name" in row.values:
        found.append((EventKind.RENAMED, {"before": before["name"], "after": row.row.name}))
    if "kind" in row.values:
        labels = [OrganizationKind(kind).label for kind in (before["kind"], row.row.kind)]
        found.append((EventKind.UPGRADED, {"before": labels[0], "after": labels[1]}))
    if row.is_moved:
        pair = row.changes["上级党组织"]
        found.append((EventKind.MOVED, {"before": pair[0], "after": pair[1]}))
    if "term_started_on" in row.values:
        found.append(
            (
                EventKind.RE_ELECTED,
                {
                    "before": str(before["term_ends_on"] or ""),
                    "after": str(row.values.get("term_ends_on") or before["term_ends_on"] or ""),
                },
            )
        )
    return found
