"""Items are drafted with their number, given out, handed to others, cancelled, put together."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.states import tell, tell_many
from core.text import clean
from orgs.models import Organization, User
from orgs.permissions import Permission
from schedules.rounds.queries.calendar import load

from ..enums import ActionState, ActionStepKind, Category, Cause, Priority, Shape
from ..models import ActionItem, ActionLine, ActionLink, ActionStep, Extension
from ..rules import LONGEST_LIST, MOST_OWNERS, RECEIPT_WORKING_DAYS, days_late
from ..sources import BY_HAND
from . import numbers, rights, telling

_LATEST = dt.timedelta(days=3 * 366)
_AGAIN = dt.timedelta(minutes=10)
_NAMED = 6  # owners in one line


@dataclass(frozen=True, slots=True)
class Origin:
    """What an item came from: a registered kind of source, the id of the row, and its words."""

    kind: str = BY_HAND
    id: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class LineGiven:
    """One line of a list as it is given out. `figure_key` binds it to a registered figure."""

    problem: str
    measure: str = ""
    responsible_name: str = ""
    due_on: dt.date | None = None
    figure_key: str = ""
    goal: Any = None
    is_at_least: bool = True
    months: int = 1
    by_fact: bool = False
    is_weighty: bool = False
    leader_name: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """What whoever gives out an item says. Texts as typed."""

    title: str
    demand: str = ""
    due_on: dt.date | None = None
    priority: str = Priority.NORMAL
    category: str = Category.OTHER
    cause: str = Cause.UNKNOWN
    responsible_id: int | None = None
    responsible_name: str = ""
    leader_name: str = ""
    lines: Sequence[LineGiven] = field(default_factory=tuple)

    def values(self, item: ActionItem | None = None) -> dict[str, Any]:
        """The columns of what was said; of a draft (`item`) its own day may have passed. Raises
        DomainError."""
        title = clean(self.title)
        if len(title) < 4:
            raise DomainError("请写明要办的事（至少 4 个字）。", field="title")
        if item is None or self.due_on != item.due_on:
            _check_day(self.due_on)
        name = clean(self.responsible_name)[:50]
        if self.responsible_id is not None and not name:
            name = (
                User.objects.filter(pk=self.responsible_id).values_list("name", flat=True).first()
                or ""
            )[:50]
        return {
            "title": title[:100],
            "demand": self.demand.strip()[:2000],
            "due_on": self.due_on,
            "priority": Priority(self.priority),
            "category": Category(self.category),
            "cause": Cause(self.cause),
            "responsible_id": self.responsible_id,
            "responsible_name": name,
            "leader_name": clean(self.leader_name)[:50],
        }


@action
def draft(
    *,
    issuer: Organization,
    owners: Sequence[Organization],
    given: Given,
    by: Actor,
    origin: Origin | None = None,
    relapse_of: ActionItem | None = None,
    is_typed: bool = False,
) -> ActionItem:
    """Drafts an item of `issuer` with its number, which stays its own whatever becomes of it;
    nobody is told. For several `owners` it is one item with a part for each. `is_typed`: by hand, so
    that the same once more, soon after, is a second click.

    Raises NotAllowed for owners that do not stand below the issuer, DomainError for what does not
    hold, Conflict for a second click.
    """
    owners = list(dict.fromkeys(owners))
    if not owners:
        raise DomainError("请选择责任单位。", field="owners")
    rights.expect_can_issue(issuer, owners, by)
    _expect_there(owners)
    origin = origin or Origin()
    shared = len(owners) > 1
    if shared and given.lines:
        raise DomainError("清单一次只交给一个单位。", field="owners")
    values = given.values() | {
        "issuer": issuer,
        "year": clock.today().year,
        "serial": numbers.take(issuer=issuer, year=clock.today().year, by=by),
        "source_kind": origin.kind,
        "source_id": origin.id,
        "source_label": clean(origin.label)[:100],
        "relapse_of": relapse_of,
        "drafted_at": clock.now(),
        "drafted_by_id": by.user_id,
    }
    shape = Shape.SHARED if shared else Shape.LIST if given.lines else Shape.SINGLE
    item = ActionItem.objects.create(**values, owner=issuer if shared else owners[0], shape=shape)
    if shared:
        _make_parts(item, owners, values)
    if is_typed:
        _expect_first(item, owners, by)
    _write_lines(item, given.lines)
    if origin.id is not None:
        ActionLink.objects.create(
            item=item,
            source_kind=origin.kind,
            source_id=origin.id,
            label=values["source_label"],
            at=clock.now(),
        )
    telling.note(
        item,
        "action_items.item.draft",
        by=by,
        changes={"number": [None, item.number], "owners": [None, len(owners)]},
    )
    return item


def _expect_first(item: ActionItem, owners: Collection[Organization], by: Actor) -> None:
    """Raises Conflict when the person has just drafted the very same. The lock on the series of
    numbers makes the second of two wait for the first."""
    twins = ActionItem.objects.filter(
        issuer=item.issuer,
        parent=None,
        title=item.title,
        demand=item.demand,
        due_on=item.due_on,
        drafted_by_id=by.user_id,
        drafted_at__gt=item.drafted_at - _AGAIN,
    ).exclude(pk=item.pk)
    for twin in twins.prefetch_related("children")[:5]:
        if twin.owner_ids == {owner.pk for owner in owners}:
            raise Conflict(f"刚刚拟过同样的督办{twin.number}，没有再拟一次。", field="title")


@action
def edit(
    *,
    item: ActionItem,
    given: Given,
    revision: int,
    by: Actor,
    owners: Sequence[Organization] = (),
) -> ActionItem:
    """Changes a draft, its parts with it; with `owners` also who is to do it. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    item = rights.locked(item)
    rights.expect_issuer(item, by, Permission.ACTION_ISSUE)
    ActionItem.machine.expect(item, "edit", revision)
    before_owners = _owner_names(item) if owners else ""
    _give_to(item, list(dict.fromkeys(owners)), by)
    values = given.values(item) | {"shape": item.shape, "owner": item.owner}
    if item.shape == Shape.SHARED and given.lines:
        raise DomainError("清单一次只交给一个单位。", field="owners")
    before = {name: getattr(item, name) for name in values}
    if item.shape != Shape.SHARED:
        values["shape"] = Shape.LIST if given.lines else Shape.SINGLE
    ActionItem.machine.move(item, "edit", revision=revision, **values)
    ActionItem.machine.move_many(item.children.all(), "edit", **given.values(item))
    item.lines.all().delete()
    _write_lines(item, given.lines)
    told = audit.changed(before, {name: getattr(item, name) for name in before})
    told.pop("owner", None)
    if owners and before_owners != _owner_names(item):
        told["owner"] = [before_owners, _owner_names(item)]
    telling.note(item, "action_items.item.edit", by=by, changes=_plain(told))
    return item


@action
def issue(
    *, item: ActionItem, by: Actor, revision: int | None = None, seen: bool = False
) -> ActionItem:
    """Gives a draft out (交办): from now both clocks run, and its owners are told. `seen`: the person
    has looked at what they owe already, which is asked of who gives something to many.

    Raises NotAllowed, MovedOn, Stale, or DomainError when a day has passed meanwhile, or for many
    owners unseen.
    """
    item = rights.locked(item)
    rights.expect_issuer(item, by, Permission.ACTION_ISSUE)
    _check_day(item.due_on)
    if item.shape == Shape.SHARED:
        rights.expect_seen(item.children.filter(state=ActionState.DRAFT).count(), by, seen)
    calendar, now = load(), clock.now()
    changes: dict[str, Any] = {
        "issued_at": now,
        "issued_by_id": by.user_id,
        "issued_by_name": by.name[:100],
        "original_due_on": item.due_on,
    }
    if item.shape == Shape.SHARED:
        ActionItem.machine.move(
            item, "issue_shared", revision=revision, step=_step(item, "issued"), by=by, **changes
        )
    changes_of_one = changes | {
        "receipt_due_on": calendar.add_working_days(clock.today(), RECEIPT_WORKING_DAYS)
    }
    if item.shape == Shape.SHARED:
        parts = list(item.children.filter(state=ActionState.DRAFT).select_related("owner"))
        ActionItem.machine.move_many(item.children.all(), "issue", **changes_of_one)
        tell_many([_step(one, "issued") for one in parts], by=by)
    else:
        ActionItem.machine.move(
            item, "issue", revision=revision, step=_step(item, "issued"), by=by, **changes_of_one
        )
        parts = [item]
    telling.note(item, "action_items.item.issue", by=by, changes={"owners": [None, len(parts)]})
    telling.tell_owners(
        parts,
        "issued",
        title="督办{item}",
        body=f"{item.issuer}{by.name}交办，请在 {RECEIPT_WORKING_DAYS} 个工作日内签收。"
        + (f"办理期限 {_day(item.due_on)}。" if item.due_on else "没有办理期限。"),
        by_mail=True,
    )
    return item


@dataclass(frozen=True, slots=True)
class ListGiven:
    """One list of many that are given out together: to whom, what, and what it came from."""

    owner: Organization
    given: Given
    origin: Origin


@action
def issue_lists(
    *, issuer: Organization, lists: Sequence[ListGiven], by: Actor, seen: bool = False
) -> list[tuple[ActionItem, list[ActionLine]]]:
    """Drafts a list for each of many organisations and gives all of them out at once, each an item
    with a number of its own; returns them with their lines, in order. Whoever calls it holds what
    they come from, so that nothing is given out twice. `seen` as of `issue`. As many queries for one
    as for many.

    Raises NotAllowed for owners that do not stand below the issuer, DomainError for what does not
    hold.
    """
    owners = [one.owner for one in lists]
    rights.expect_can_issue(issuer, owners, by)
    rights.expect_seen(len(lists), by, seen)
    _expect_there(owners)
    if not lists:
        return []
    calendar, now, today = load(), clock.now(), clock.today()
    last = numbers.take(issuer=issuer, year=today.year, by=by, count=len(lists))
    items = [
        ActionItem(
            **one.given.values(),
            issuer=issuer,
            owner=one.owner,
            year=today.year,
            serial=last - len(lists) + place,
            shape=Shape.LIST,
            source_kind=one.origin.kind,
            source_id=one.origin.id,
            source_label=clean(one.origin.label)[:100],
            original_due_on=one.given.due_on,
            drafted_at=now,
            drafted_by_id=by.user_id,
        )
        for place, one in enumerate(lists, start=1)
    ]
    ActionItem.objects.bulk_create(items, batch_size=200)
    lines = [_lines(item, one.given.lines) for item, one in zip(items, lists, strict=True)]
    ActionLine.objects.bulk_create([line for some in lines for line in some], batch_size=500)
    ActionLink.objects.bulk_create(
        [
            ActionLink(
                item=item,
                source_kind=one.origin.kind,
                source_id=one.origin.id,
                label=item.source_label,
                at=now,
            )
            for item, one in zip(items, lists, strict=True)
            if one.origin.id is not None
        ],
        batch_size=200,
    )
    ActionItem.machine.move_many(
        ActionItem.objects.filter(pk__in=[item.pk for item in items]),
        "issue",
        issued_at=now,
        issued_by_id=by.user_id,
        issued_by_name=by.name[:100],
        receipt_due_on=calendar.add_working_days(today, RECEIPT_WORKING_DAYS),
    )
    tell_many([_step(item, "issued") for item in items], by=by)
    for item, some in zip(items, lines, strict=True):
        told = {"number": [None, item.number], "lines": [None, len(some)]}
        telling.note(item, "action_items.item.issue", by=by, changes=told)
    telling.tell_owners(
        items,
        "issued",
        title="督办{item}",
        body=f"{issuer}{by.name}下发清单，请在 {RECEIPT_WORKING_DAYS} 个工作日内签收，逐条整改。",
        by_mail=True,
    )
    stored = ActionItem.objects.select_related("owner", "issuer").in_bulk(
        [item.pk for item in items]
    )
    return [(stored[item.pk], some) for item, some in zip(items, lines, strict=True)]


@action
def transfer(
    *,
    item: ActionItem,
    owner: Organization,
    reason: str,
    revision: int,
    by: Actor,
    due_on: dt.date | None = None,
    responsible_name: str = "",
) -> ActionItem:
    """Hands the item to another organisation of the issuer's; receipt begins anew, the date stays
    unless another is given. How late the one before was stays in its history.

    Raises NotAllowed, MovedOn, Stale or DomainError.
    """
    item = rights.locked(item)
    rights.expect_issuer(item, by, Permission.ACTION_ISSUE)
    rights.expect_can_issue(item.issuer, [owner], by)
    if item.shape == Shape.SHARED:
        raise DomainError("多单位的督办按单位分别转办。")
    if owner.pk == item.owner_id:
        raise DomainError("已经由这个单位办理。", field="owner")
    if item.parent_id and item.parent and item.parent.children.filter(owner=owner).exists():
        raise DomainError("这个单位已有同一件督办。", field="owner")
    reason = _reason(reason)
    _check_day(due_on)
    calendar, today = load(), clock.today()
    late = days_late(item.due_on, today, calendar) if item.state != ActionState.WAITING else 0
    before = item.owner
    text = f"由{before}转{owner}：{reason}" + (f"（转办前已逾期 {late} 天）" if late else "")
    changes: dict[str, Any] = {
        "owner": owner,
        "responsible_id": None,
        "responsible_name": clean(responsible_name)[:50],
        "leader_name": "",
        "receipt_due_on": calendar.add_working_days(today, RECEIPT_WORKING_DAYS),
        "received_at": None,
        "received_by_name": "",
        "receipt_late_days": 0,
        "late_days": 0,
        "waiting_for": None,
        "waiting_name": "",
        "waiting_note": "",
        "waiting_since": None,
        "waiting_due_on": None,
    }
    if due_on is not None:
        changes |= {"due_on": due_on, "original_due_on": due_on, "extension_count": 0}
    ActionItem.machine.move(
        item, "transfer", revision=revision, step=_step(item, "transferred", text), by=by, **changes
    )
    # A wish of the one before is no answer of the one who has it now, who may have one of his own.
    Extension.machine.move_many(
        item.extensions.all(),
        "refuse",
        answer=f"已转{owner}办理，需要的由它另行申请。"[:300],
        decided_by_name=by.name[:100],
        decided_at=clock.now(),
    )
    telling.note(
        item,
        "action_items.item.transfer",
        by=by,
        changes={"owner": [str(before), str(owner)], "late_days": [late, 0]},
        text=reason,
    )
    telling.tell_owners(
        [item], f"transferred:{item.revision}", title="督办{item}", body="转到本单位办理，请签收。"
    )
    return item


@action
def cancel(*, item: ActionItem, reason: str, revision: int, by: Actor) -> ActionItem:
    """Cancels the item (作废), its parts with it; the number stays its own. Raises NotAllowed,
    MovedOn, Stale or DomainError."""
    item = rights.locked(item)
    rights.expect_issuer(item, by, Permission.ACTION_ISSUE)
    reason = _reason(reason)
    parts = list(item.children.under_way().select_related("owner"))
    was_issued = item.issued_at is not None
    ActionItem.machine.move(
        item, "cancel", revision=revision, step=_step(item, "cancelled", reason), by=by
    )
    if item.shape == Shape.SHARED:
        ActionItem.machine.move_many(item.children.filter(part__gt=0), "cancel")
        parts = [part for part in parts if part.part]
        tell_many([_step(one, "cancelled", reason) for one in parts], by=by)
    telling.note(item, "action_items.item.cancel", by=by, text=reason)
    if was_issued:
        told = parts if item.shape == Shape.SHARED else [item]
        telling.tell_owners(told, "cancelled", title="已作废：督办{item}", body=reason)
    return item


@action
def link(*, item: ActionItem, origin: Origin, by: Actor) -> bool:
    """Notes that the item came up again, in a meeting for example. Told again, nothing happens;
    returns whether it is new."""
    if origin.id is None:
        return False
    _, is_new = ActionLink.objects.get_or_create(
        item=item,
        source_kind=origin.kind,
        source_id=origin.id,
        defaults={"label": clean(origin.label)[:100], "at": clock.now()},
    )
    if is_new:
        tell(_step(item, "linked", origin.label), by=by)
        telling.note(item, "action_items.item.link", by=by, changes={"link": [None, origin.label]})
    return is_new


@action
def unlink(*, item: ActionItem, origin: Origin, by: Actor) -> bool:
    """Takes back that the item came up there; that it once did stays in its timeline. Told again,
    nothing happens; returns whether there was anything. Raises Conflict for what the item came
    from."""
    if item.source_kind == origin.kind and item.source_id == origin.id:
        raise Conflict("这件督办就是从这里来的，来源不能取消。", code="state")
    rows = ActionLink.objects.filter(item=item, source_kind=origin.kind, source_id=origin.id or 0)
    count, _ = rows.delete()
    if count:
        tell(_step(item, "unlinked", origin.label), by=by)
        changes = {"link": [origin.label, None]}
        telling.note(item, "action_items.item.unlink", by=by, changes=changes)
    return count > 0


def _expect_there(owners: Sequence[Organization]) -> None:
    if len(owners) > MOST_OWNERS:
        raise DomainError(f"一次最多交办给 {MOST_OWNERS} 个单位。", field="owners")
    gone = [owner for owner in owners if owner.abolished_on and owner.abolished_on <= clock.today()]
    if gone:
        raise DomainError(f"{gone[0]}已经撤销。", field="owners")


def _give_to(item: ActionItem, owners: list[Organization], by: Actor) -> None:
    """Puts other owners on a draft that is held: its parts, which nobody has seen, are made anew."""
    if not owners or item.owner_ids == {owner.pk for owner in owners}:
        return
    rights.expect_can_issue(item.issuer, owners, by)
    _expect_there(owners)
    item.children.all().delete()
    item.shape = Shape.SHARED if len(owners) > 1 else Shape.SINGLE
    item.owner = item.issuer if len(owners) > 1 else owners[0]
    if len(owners) > 1:
        copied = ("title", "issuer", "year", "serial", "source_kind", "source_id", "source_label")
        values = {name: getattr(item, name) for name in (*copied, "drafted_at", "drafted_by_id")}
        _make_parts(item, owners, values)


def _owner_names(item: ActionItem) -> str:
    """Who is to do it, by name, as the audit trail says it. One query."""
    parts = item.children.select_related("owner").order_by("part")
    names = [str(part.owner) for part in parts] or [str(item.owner)]
    more = f" 等 {len(names)} 个" if len(names) > _NAMED else ""
    return "、".join(names[:_NAMED]) + more


def _make_parts(
    item: ActionItem, owners: Sequence[Organization], values: Mapping[str, Any]
) -> None:
    """A part of the item for each of the owners, in their order."""
    ActionItem.objects.bulk_create(
        [
            ActionItem(**values, owner=owner, part=place, parent=item)
            for place, owner in enumerate(owners, start=1)
        ],
        batch_size=500,
    )


def _check_day(day: dt.date | None) -> None:
    if day is None:
        return
    if day < clock.today():
        raise DomainError("办理期限不能早于今天。", field="due_on")
    if day > clock.today() + _LATEST:
        raise DomainError("办理期限请在三年以内。", field="due_on")


def _write_lines(item: ActionItem, lines: Sequence[LineGiven]) -> None:
    ActionLine.objects.bulk_create(_lines(item, lines))


def _lines(item: ActionItem, lines: Sequence[LineGiven]) -> list[ActionLine]:
    if len(lines) > LONGEST_LIST:
        raise DomainError(f"一份清单最多 {LONGEST_LIST} 条。", field="lines")
    rows = []
    for place, line in enumerate(lines, start=1):
        problem = clean(line.problem)
        if not problem:
            raise DomainError(f"清单第 {place} 条没有写问题。", field="lines")
        _check_day(line.due_on)
        rows.append(
            ActionLine(
                item=item,
                position=place,
                problem=problem[:300],
                measure=clean(line.measure)[:300],
                leader_name=clean(line.leader_name)[:50],
                responsible_name=clean(line.responsible_name)[:50],
                due_on=line.due_on,
                figure_key=line.figure_key,
                goal=line.goal,
                is_at_least=line.is_at_least,
                months=line.months,
                by_fact=line.by_fact,
                is_weighty=line.is_weighty,
            )
        )
    return rows


def _reason(text: str) -> str:
    text = clean(text)
    if len(text) < 2:
        raise DomainError("请写明理由。", field="reason")
    return text[:300]


def _step(item: ActionItem, kind: str, text: str = "") -> ActionStep:
    return ActionStep(item=item, kind=ActionStepKind(kind), text=text)


def _plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes without what no page names."""
    return {name: pair for name, pair in changes.items() if name != "responsible_id"}


def _day(day: dt.date) -> str:
    return f"{day:%Y年%-m月%-d日}"
