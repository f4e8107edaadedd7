"""The roster of members: what a sheet would change, and the change through the actions.

Rows are matched by identity number. An empty cell leaves what is registered as it is, but for
党内职务: there 无 says that somebody no longer holds a post.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils import timezone

from core import audit, clock, crypto, importing
from core.actor import Actor
from core.batches import batched
from core.dates import ReadDate, in_words
from core.importing import Change, Comparison
from core.tabular.errors import CellError
from core.tabular.parsed import ParsedSheet
from orgs.access import actor_from_grant
from orgs.models import Organization

from . import rules
from .actions import members, numbers
from .actions.members import MemberChange
from .enums import MembershipState
from .items import LABELS, difference, shown
from .models import Member, MemberImport
from .models.member import column, phone_indexes
from .sheets import MemberRow, read_members

SOURCE = "党员花名册"
ELSEWHERE = "registered_elsewhere"  # the code of a number that stands where the actor sees nothing
IMPORT_NOTE = "导入党员花名册"
CHUNK = 1000
# Cells that say something only when they are filled.
FILLED_ONLY = (
    "sex",
    "ethnicity",
    "education",
    "job",
    "work_unit",
    "native_place",
    "phone",
    "address",
    "state",
    "note",
)

Parsed = ParsedSheet[MemberRow[int]]


@dataclass(slots=True)
class _Plan:
    """What the rows of a sheet come to against the register of this moment."""

    writes: list[MemberChange] = field(default_factory=list)
    preview: list[Change] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    touched: dict[int, tuple[int, set[str], dt.date | None]] = field(default_factory=dict)
    """Member -> the place in `preview`, the items that change, the day of the last sheet."""
    warnings: list[CellError] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    unchanged: int = 0

    def comparison(self) -> Comparison:
        return Comparison(
            new=self.new,
            changed=self.changed,
            unchanged=self.unchanged,
            preview=self.preview,
            errors=self.errors,
            warnings=self.warnings,
        )


def parse(path: Path, file_name: str, actor: Actor) -> Parsed:
    """The sheet's rows, with the organisations of the whole zone to name: whether they are the
    actor's is for `compare` to say. Raises SheetRefused. One query.
    """
    names = Organization.objects.values_list("name", "short_name", "pk")
    known = [(name, pk) for full, short, pk in names for name in {full, short} if name]
    return read_members(path, known, name=file_name, today=clock.today())


def compare(parsed: Parsed, actor: Actor, progress: importing.Progress) -> Comparison:
    """Sorts the rows into new, changed, unchanged and refused; writes nothing."""
    plan = _plan(parsed, actor, progress)
    _mark_older(plan, importing.known_until(parsed))
    return plan.comparison()


def note_shown(found: Comparison, actor: Actor) -> None:
    """Writes down how many numbers of people elsewhere the preview has named. Within an action."""
    count = sum(1 for error in found.errors if error.code == ELSEWHERE)
    if count:
        numbers.note_sheet(actor, count=count)


def write(parsed: Parsed, actor: Actor) -> Comparison:
    """Writes what is new or changed, compared once more under a lock. Call inside an action."""
    # One import at a time: two files may hold the same new person.
    list(Organization.objects.select_for_update(no_key=True).filter(depth=1).values_list("pk"))
    plan = _plan(parsed, actor, lambda done, total: None)
    members.save_members(changes=plan.writes, by=actor, note=IMPORT_NOTE)
    return plan.comparison()


def _plan(parsed: Parsed, actor: Actor, progress: importing.Progress) -> _Plan:
    plan = _Plan()
    places = {
        place.pk: place
        for place in Organization.objects.only(
            "pk", "name", "short_name", "path", "kind", "abolished_on"
        )
    }
    names = {pk: place.name for pk, place in places.items()}
    has_posts = any(row.party_post for row in parsed.rows)
    done = 0
    for rows in batched(parsed.rows, CHUNK):
        indexes = [
            crypto.blind_index(row.identity_number, column=column("identity_number"))
            for row in rows
        ]
        registered = {
            member.identity_index: member
            for member in Member.objects.filter(identity_index__in=indexes)
        }
        for row, index in zip(rows, indexes, strict=True):
            member = registered.get(index)
            refused = _refusal(row, member, places, actor)
            if refused:
                plan.errors.append(refused)
            elif member is None:
                _add(plan, row, places[row.organization], parsed.as_of)
            else:
                _update(plan, row, member, places, names, parsed.as_of, has_posts=has_posts)
        done += len(rows)
        progress(done, len(parsed.rows))
    return plan


def _mark_older(plan: _Plan, until: dt.datetime | None) -> None:
    """Marks changes that would undo what was registered after the sheet was written: by people,
    or from a sheet of a later day. One query for each 500 changed members."""
    if until is None:
        return
    day = timezone.localdate(until)
    recorded = audit.entries_since(until, Member._meta.label_lower, plan.touched)
    for pk, (place, items, as_of) in plan.touched.items():
        newest = max(
            (
                timezone.localdate(entry.at)
                for entry in recorded.get(str(pk), ())
                if entry.note != IMPORT_NOTE and not items.isdisjoint(entry.changes)
            ),
            default=None,
        )
        if as_of and as_of > day and (newest is None or as_of > newest):
            why = f"系统里是 {in_words(as_of)} 的花名册，比这张表（{in_words(day)}）新"
        elif newest is not None:
            why = f"系统在 {in_words(newest)} 登记过，比这张表（{in_words(day)}）新"
        else:
            continue
        plan.preview[place] = dataclasses.replace(plan.preview[place], older=why)


def _refusal(
    row: MemberRow[int], member: Member | None, places: dict[int, Organization], actor: Actor
) -> CellError | None:
    target = places[row.organization]
    if not rules.covers(actor, target.path):
        return _error(
            row,
            "所在党支部",
            "outside_scope",
            row.organization_name,
            "这个党支部不在你的管理范围内，请由所属党委导入",
        )
    if member is not None and not rules.covers(actor, places[member.organization_id].path):
        # Where the person is registered must not be told.
        return _error(
            row,
            "公民身份号码",
            ELSEWHERE,
            shown("identity_number", row.identity_number),
            "这个身份号码要由上级党委核对后登记，请报上级党委",
        )
    if member is not None and member.state == MembershipState.LEFT:
        return _error(
            row,
            "姓名",
            "member_left",
            row.name,
            "系统中已登记离开；如仍在册，请先在党员页面恢复",
        )
    if member is None or member.organization_id != target.pk:
        if target.abolished_on and target.abolished_on <= clock.today():
            return _error(
                row,
                "所在党支部",
                "organisation_abolished",
                row.organization_name,
                "这个党支部已撤销，请填现在的党支部",
            )
        if not target.is_branch:
            return _error(
                row,
                "所在党支部",
                "not_a_branch",
                row.organization_name,
                "党员要编入党支部，请填党支部全称",
            )
    return None


def _error(row: MemberRow[int], title: str, code: str, found: str, wanted: str) -> CellError:
    return CellError(
        sheet=row.sheet,
        row=row.row,
        column_letter="",
        column_title=title,
        code=code,
        found=found[:40],
        wanted=wanted,
    )


def _values(row: MemberRow[int], as_of: dt.date | None) -> dict[str, Any]:
    """The row as items of a member; empty cells left out."""
    values: dict[str, Any] = {
        "name": row.name,
        "birth_on": row.birth_on,
        "category": row.category,
        "organization_id": row.organization,
        "joined_on": row.joined.value,
        "source": SOURCE,
    }
    values |= {item: getattr(row, item) for item in FILLED_ONLY if getattr(row, item)}
    if row.full_member:
        values["full_member_on"] = row.full_member.value
    if as_of:
        values["as_of"] = as_of
    if row.is_mobile is not None:
        values["is_mobile"] = row.is_mobile
        if not row.is_mobile:
            values["mobile_to"] = ""
    if row.mobile_to and row.is_mobile is not False:
        values["mobile_to"] = row.mobile_to
    if row.is_lost_contact is not None:
        values["is_lost_contact"] = row.is_lost_contact
        if not row.is_lost_contact:
            values["lost_contact_since"] = None
    if row.lost_contact_since and row.is_lost_contact is not False:
        values["lost_contact_since"] = row.lost_contact_since.value
    return values


def _add(plan: _Plan, row: MemberRow[int], place: Organization, as_of: dt.date | None) -> None:
    values = _values(row, as_of)
    values |= {"identity_number": row.identity_number, "party_post": row.party_post}
    plan.writes.append(MemberChange(values))
    plan.preview.append(
        Change(row=row.row, sheet=row.sheet, label=f"{row.name}（{place}）", kind="new")
    )
    plan.new += 1


def _update(
    plan: _Plan,
    row: MemberRow[int],
    member: Member,
    places: dict[int, Organization],
    names: dict[int, str],
    as_of: dt.date | None,
    *,
    has_posts: bool,
) -> None:
    values = _values(row, as_of)
    if has_posts:
        values["party_post"] = row.party_post
    _keep_the_day(values, "joined_on", row.joined, member.joined_on)
    _keep_the_day(values, "full_member_on", row.full_member, member.full_member_on)
    _keep_the_day(values, "lost_contact_since", row.lost_contact_since, member.lost_contact_since)
    if "phone" in values and member.phone_index == phone_indexes(values["phone"]):
        del values["phone"]  # the same number, only written otherwise
    if "state" in values and values["state"] != member.state:
        # 停止党籍 and its end are decided by two persons, not by a sheet.
        state = shown("state", values.pop("state"))
        wanted = "党籍状态不随导入变动，请用“党籍处理”提请批准"
        plan.warnings.append(_error(row, "党籍状态", "state_not_imported", state, wanted))
    found = difference(member, values, names)
    if not found:
        plan.unchanged += 1
        return
    plan.writes.append(MemberChange(values, member_id=member.pk))
    plan.touched[member.pk] = (len(plan.preview), set(found), member.as_of)
    plan.preview.append(
        Change(
            row=row.row,
            sheet=row.sheet,
            label=f"{member.name}（{places[member.organization_id]}）",
            kind="changed",
            changes={
                LABELS[item]: [str(before or ""), str(after or "")]
                for item, (before, after) in found.items()
            },
        )
    )
    plan.changed += 1


def _keep_the_day(
    values: dict[str, Any], item: str, read: ReadDate | None, known: dt.date | None
) -> None:
    """A sheet that shows only the month does not unsettle the day that is registered."""
    if read and known and read.precision != "day" and read.agrees_with(known):
        values.pop(item, None)


IMPORTER: importing.Importer[MemberRow[int]] = importing.Importer(
    model=MemberImport,
    parse=parse,
    compare=compare,
    write=write,
    actor=actor_from_grant,
    shown=note_shown,
)
