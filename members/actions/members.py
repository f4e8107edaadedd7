"""Writing the register: new members and corrections, leaving, coming back, moving."""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from core import audit, clock, crypto
from core.actions import action
from core.actor import Actor
from core.batches import IN_ONE_LIST, batched
from core.errors import DomainError
from core.identity import normalise
from core.text import compact_name, is_storable
from orgs.models import Organization

from .. import rules
from ..enums import EXCLUSIONS, Category, ExitReason, MembershipState
from ..items import (
    COLUMN,
    LABELS,
    MAX_LENGTH,
    ORIGIN_ITEMS,
    PLAIN_ITEMS,
    SEALED_ITEMS,
    difference,
    differing,
    shown,
)
from ..models import Member, MembershipExit
from ..models.member import column, phone_indexes, spell
from ..models.standing import COUNTED
from ..queries.standings import since_when
from . import headcounts, numbers, standings

BATCH = 500  # rows in one INSERT; SQLite makes less of it by itself


@dataclass(frozen=True, slots=True)
class MemberChange:
    """What is to be written about one member: only the items named in `values`.

    Sealed items (`identity_number`, `phone`, `address`) come in plain text. `member_id` None is
    a new member. `revision` is the one the writer saw; None takes whatever is there. `arrived_on`
    is the day from which a new one belongs to his branch, when that was before today.
    """

    values: Mapping[str, Any]
    member_id: int | None = None
    revision: int | None = None
    arrived_on: dt.date | None = None


@dataclass(slots=True)
class Saved:
    """What came of `save_members`, as ids. `unchanged` counts rows that were already so."""

    created: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: int = 0


@action
def save_members(*, changes: Sequence[MemberChange], by: Actor, note: str = "") -> Saved:
    """Writes new members and changes set-based: the same code for one row and for 13,000.

    Every organisation concerned must lie in the scope of `by`. Audited row by row, masked;
    rows that are already so are left alone. Raises DomainError for a value that cannot be
    kept, Stale when the row has moved on from `revision`. Contradictions between dates are
    for forms to refuse: sheets carry old ones, which are taken with a warning.
    """
    members = _load([change.member_id for change in changes if change.member_id is not None])
    places = _places(
        {member.organization_id for member in members.values()}
        | {
            change.values["organization_id"]
            for change in changes
            if "organization_id" in change.values
        }
    )
    names = {key: place.name for key, place in places.items()}
    saved = Saved()
    new: list[Member] = []
    arrived: dict[uuid.UUID, dt.date] = {}
    touched: list[tuple[Member, dict[str, list[Any]]]] = []
    left: set[int] = set()  # where those changed stood before
    since: dict[int, dt.date] = {}  # who stands otherwise, and from which day
    for change in changes:
        values = {key: _clean(key, value) for key, value in change.values.items()}
        if change.member_id is None:
            member = Member(uid=uuid.uuid4(), revision=1)
            _enter(places, values.get("organization_id"), by)
            _put(member, values, list(values))
            _check(member, values)
            if change.arrived_on:
                arrived[member.uid] = _arrival(change.arrived_on, member)
            new.append(member)
            continue
        found = members.get(change.member_id)
        if found is None or not rules.covers(by, places[found.organization_id].path):
            raise DomainError("这名党员不在管理范围内。", code="outside_scope")
        items = differing(found, values)
        if not items:  # also what is sent a second time
            saved.unchanged += 1
            continue
        if "state" in items and by.user_id is not None:
            raise DomainError("党籍状态请用“党籍处理”提请，由上级党委批准。", field="state")
        Member.machine.expect(found, "edit", change.revision)
        if "organization_id" in items:
            _enter(places, values["organization_id"], by)
        before_after = difference(found, {item: values[item] for item in items}, names)
        left.add(found.organization_id)
        _put(found, values, items)
        _check(found, values)
        Member.machine.advance(found)
        touched.append((found, before_after))
        if not COUNTED.isdisjoint(items):
            since[found.pk] = since_when(found, items)
    numbers.refuse_registered(
        [*new, *(member for member, items in touched if "identity_number" in items)], by
    )
    _write(new, [member for member, _ in touched])
    stand = {member.organization_id for member in (*new, *(member for member, _ in touched))}
    headcounts.mark(organization_ids=left | stand)
    standings.begin(new, arrived)
    standings.change([member for member, _ in touched if member.pk in since], since)
    for member in new:
        _record(
            by,
            "members.member.create",
            member,
            places,
            note=note,
            changes={
                "organization_id": [None, names[member.organization_id]],
                "identity_number": [None, member.identity_masked or None],
                **({"arrived_on": [None, arrived[member.uid]]} if member.uid in arrived else {}),
            },
        )
    for member, before_after in touched:
        _record(by, "members.member.change", member, places, changes=before_after, note=note)
    saved.created = [member.pk for member in new]
    saved.changed = [member.pk for member, _ in touched]
    return saved


def _load(ids: Iterable[int]) -> dict[int, Member]:
    """The rows, locked in one order so that two writers cannot deadlock."""
    rows: dict[int, Member] = {}
    for chunk in batched(sorted(set(ids)), IN_ONE_LIST):
        for member in Member.objects.select_for_update().filter(pk__in=chunk).order_by("pk"):
            rows[member.pk] = member
    return rows


def _places(ids: Iterable[Any]) -> dict[int, Organization]:
    wanted = sorted({key for key in ids if isinstance(key, int)})
    rows: dict[int, Organization] = {}
    for chunk in batched(wanted, IN_ONE_LIST):
        rows |= Organization.objects.in_bulk(chunk)
    return rows


def _enter(places: Mapping[int, Organization], key: Any, by: Actor) -> None:
    """Refuses an organisation that nobody can be put in, or that is not the actor's to fill."""
    place = places.get(key)
    if place is None or not rules.covers(by, place.path):
        raise DomainError("所选党支部不在管理范围内。", field="organization", code="outside_scope")
    if place.abolished_on and place.abolished_on <= clock.today():
        raise DomainError(f"{place} 已撤销，不能再编入党员。", field="organization")
    if not place.is_branch:
        raise DomainError(
            f"{place} 不是党支部，党员要编入党支部。", field="organization", code="not_a_branch"
        )


def _clean(item: str, value: Any) -> Any:
    if item not in PLAIN_ITEMS and item not in SEALED_ITEMS and item not in ORIGIN_ITEMS:
        raise LookupError(f"members have no item {item}")
    if not isinstance(value, str):
        return value
    if not is_storable(value):
        raise DomainError("含有无法保存的字符，请删去后重试。", field=item)
    if item == "identity_number":
        return normalise(value)
    value = compact_name(value) if item == "name" else value.strip()
    if len(value) > MAX_LENGTH.get(item, 10_000):
        raise DomainError(f"{LABELS[item]}最多 {MAX_LENGTH[item]} 个字。", field=item)
    return value


def _put(member: Member, values: Mapping[str, Any], items: Sequence[str]) -> None:
    for item in items:
        if item in SEALED_ITEMS:
            _seal(member, item, values[item])
        else:
            setattr(member, item, values[item])
    for item in ORIGIN_ITEMS:
        if item in values:
            setattr(member, item, values[item])
    if "name" in items:
        spell(member)
    member.updated_at = clock.now()


def _seal(member: Member, item: str, text: str) -> None:
    where = column(item)
    setattr(member, f"{COLUMN[item]}_sealed", crypto.seal(text, column=where, row=member.uid))
    if item == "identity_number":
        # NULL, not empty: members without a number do not collide.
        member.identity_index = crypto.blind_index(text, column=where) or None
        member.identity_tail_index = crypto.blind_index(text[-4:], column=column("identity_tail"))
    elif item == "phone":
        member.phone_index = phone_indexes(text)


def _check(member: Member, values: Mapping[str, Any]) -> None:
    if not member.name:
        raise DomainError("请填写姓名。", field="name")
    if member.category not in Category.values:
        raise DomainError("请选择人员类别。", field="category")
    if values.get("identity_number"):
        wrong = rules.identity_problem(values["identity_number"])
        if wrong:
            raise DomainError(wrong.message, field=wrong.field, code=wrong.code)


def _arrival(day: dt.date, member: Member) -> dt.date:
    if day > clock.today():
        raise DomainError("转入日期不能晚于今天。", field="arrived_on")
    if member.joined_on and day < member.joined_on:
        raise DomainError("转入日期不能早于入党时间。", field="arrived_on")
    return day


def _write(new: list[Member], changed: list[Member]) -> None:
    try:
        with transaction.atomic():
            Member.objects.bulk_create(new, batch_size=BATCH)
            if changed:
                # An upsert on the key that exists: one statement for hundreds of rows, where an
                # UPDATE would need a CASE for every column. The rows are locked by `_load`.
                Member.objects.bulk_create(
                    changed,
                    batch_size=BATCH,
                    update_conflicts=True,
                    unique_fields=["id"],
                    update_fields=_WRITTEN_FIELDS,
                )
    except IntegrityError as error:
        # Somebody registered the same person between our look and our writing.
        raise rules.registered() from error


_WRITTEN_FIELDS = [f.name for f in Member._meta.concrete_fields if f.name not in ("id", "uid")]


def _record(
    by: Actor,
    verb: str,
    member: Member,
    places: Mapping[int, Organization],
    *,
    changes: Mapping[str, Any],
    note: str = "",
) -> None:
    place = places[member.organization_id]
    audit.record(
        by=by,
        verb=verb,
        obj=member,
        organization_id=place.pk,
        organization_path=place.path,
        changes=changes,
        note=note,
    )


def _one(member: Member, by: Actor) -> tuple[Member, dict[int, Organization]]:
    """The row as it is now, locked, with its organisation; refused outside the scope."""
    found = _load([member.pk]).get(member.pk)
    if found is None:
        raise DomainError("这名党员不在管理范围内。", code="outside_scope")
    places = _places([found.organization_id])
    if not rules.covers(by, places[found.organization_id].path):
        raise DomainError("这名党员不在管理范围内。", code="outside_scope")
    return found, places


@action
def record_exit(
    *,
    member: Member,
    reason: ExitReason | str,
    happened_on: dt.date,
    by: Actor,
    document_number: str = "",
    note: str = "",
    is_decided: bool = False,
) -> MembershipExit:
    """Records that the member has left, and why. The record stays; nobody is deleted.

    By exclusion only as it was decided (actions/decisions.py). Raises Conflict when the leaving is
    recorded already.
    """
    found, places = _one(member, by)
    if reason not in ExitReason.values:
        raise DomainError("请选择离开的原因。", field="reason")
    if reason in EXCLUSIONS and not is_decided and by.user_id is not None:
        raise DomainError("开除、除名等请用“党籍处理”提请，由上级党委批准。", field="reason")
    if happened_on > clock.today():
        raise DomainError("日期不能晚于今天。", field="happened_on")
    if found.joined_on and happened_on < found.joined_on:
        raise DomainError("日期不能早于入党时间。", field="happened_on")
    if reason == ExitReason.PROBATION_CANCELLED and found.category != Category.PROBATIONARY:
        raise DomainError("只有预备党员可以取消预备党员资格。", field="reason")
    if reason == ExitReason.EXPELLED and found.category == Category.PROBATIONARY:
        raise DomainError("预备党员不适用开除党籍，请选“取消预备党员资格”。", field="reason")
    before = found.state
    Member.machine.move(found, "leave")
    headcounts.mark(organization_ids=[found.organization_id])
    standings.change([found], {found.pk: happened_on})
    leaving = MembershipExit.objects.create(
        member=found,
        organization_id=found.organization_id,
        reason=reason,
        happened_on=happened_on,
        document_number=document_number.strip()[:60],
        note=note.strip()[:300],
        recorded_by_name=by.name[:100],
        recorded_at=clock.now(),
    )
    _record(
        by,
        "members.member.exit",
        found,
        places,
        changes={
            "state": [shown("state", before), shown("state", MembershipState.LEFT)],
            "exit_reason": [None, leaving.get_reason_display()],
            "happened_on": [None, happened_on],
        },
        note=note,
    )
    return leaving


@action
def restore(
    *,
    member: Member,
    reason: str,
    by: Actor,
    to: Organization | None = None,
    is_decided: bool = False,
) -> None:
    """Puts somebody back on the roll who had left: his leaving was a mistake, or, as decided
    (actions/decisions.py), 恢复党籍 of who was excluded.

    `to` is the branch that takes him up where his own is abolished. Raises Conflict when he has
    not left.
    """
    found, places = _one(member, by)
    if len(reason.strip()) < 4:
        raise DomainError("请写明恢复的依据（至少 4 个字）。", field="reason")
    before = places[found.organization_id]
    if to is not None and to.pk != before.pk:
        places |= _places([to.pk])
        _enter(places, to.pk, by)
    elif before.abolished_on and before.abolished_on <= clock.today():
        raise DomainError(f"{before} 已撤销，请选择编入的党支部。", field="organization")
    after = places[to.pk] if to is not None else before
    exits = MembershipExit.objects.filter(member=found)
    excluded = exits.filter(undone_at=None, reason__in=EXCLUSIONS)
    if not is_decided and by.user_id is not None and excluded.exists():
        raise DomainError("已出党的请用“党籍处理”提请恢复党籍，由上级党委批准。")
    Member.machine.move(found, "restore", organization=after)
    since = dict(exits.filter(undone_at=None).values_list("member_id", "happened_on"))
    MembershipExit.machine.move_many(exits, "undo", undone_at=clock.now())
    headcounts.mark(organization_ids={before.pk, after.pk})
    standings.change([found], since)
    moved = {"organization_id": [before.name, after.name]} if after.pk != before.pk else {}
    _record(
        by,
        "members.member.restore",
        found,
        places,
        changes={
            "state": [
                shown("state", MembershipState.LEFT),
                shown("state", MembershipState.NORMAL),
            ],
            **moved,
        },
        note=reason.strip(),
    )


@action
def set_apart(*, member: Member, act: str, on: dt.date, note: str, by: Actor) -> None:
    """停止党籍 (`act` "suspend") and its end ("resume"), as decided, from the day on.

    Raises Conflict when the member stands otherwise.
    """
    found, places = _one(member, by)
    before = found.state
    Member.machine.move(found, act)
    found = Member.objects.get(pk=found.pk)
    headcounts.mark(organization_ids=[found.organization_id])
    standings.change([found], {found.pk: on})
    changes = {"state": [shown("state", before), shown("state", found.state)]}
    _record(by, "members.member.change", found, places, changes=changes, note=note)


@action
def move(
    *, member: Member, to: Organization, by: Actor, note: str = "", revision: int | None = None
) -> None:
    """Moves a member to another branch. Both branches must lie in the scope of `by`.

    Raises Conflict when he has left, or the record has moved on from `revision`.
    """
    found, places = _one(member, by)
    places |= _places([to.pk])
    _enter(places, to.pk, by)
    if to.pk == found.organization_id:
        raise DomainError("这名党员已经在这个党支部。", field="organization")
    before, after = places[found.organization_id], places[to.pk]
    Member.machine.move(found, "transfer", revision=revision, organization=to)
    headcounts.mark(organization_ids=[before.pk, after.pk])
    standings.change([found])
    _record(
        by,
        "members.member.move",
        found,
        places,
        changes={"organization_id": [before.name, after.name]},
        note=note.strip(),
    )


@action
def move_all(
    *,
    source: Organization,
    target: Organization,
    by: Actor,
    note: str = "",
    on: dt.date | None = None,
) -> int:
    """Moves everybody of one branch to another, those who left included; for mergers, which
    hold from the day `on`.

    Returns how many. Set-based, audited row by row.
    """
    rows = list(Member.objects.select_for_update().filter(organization=source).order_by("pk"))
    if not rows:
        return 0
    places = _places([source.pk, target.pk])
    for place in places.values():
        if not rules.covers(by, place.path):
            raise DomainError("所选党支部不在管理范围内。", code="outside_scope")
    everybody = Member.objects.filter(organization=source)
    Member.machine.move_many(everybody, "follow", organization=target)
    headcounts.mark(organization_ids=[source.pk, target.pk])
    for member in rows:
        member.organization_id = target.pk
    standings.change(rows, dict.fromkeys((row.pk for row in rows), on) if on else None)
    for member in rows:
        _record(
            by,
            "members.member.move",
            member,
            places,
            changes={"organization_id": [source.name, target.name]},
            note=note,
        )
    return len(rows)
