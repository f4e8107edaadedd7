"""What happens to organisations: founded, changed, renamed, moved, merged, abolished, re-elected.

Each act is a dated event with its document, a placement where name, kind or place changed, and
an audit entry, all in one transaction.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError, NotAllowed
from core.identity import mask_phone

from .. import lifecycle, titles, tree
from ..enums import BRANCH_KINDS, EventKind, OrganizationKind
from ..models import OfficeHolding, Organization, OrganizationEvent, OrganizationPlacement
from ..models.organization import below as in_subtree
from ..queries.rosters import phone_of, sealed_phone
from . import offices, paths

FACTS = (
    "organization_class",
    "sector",
    "has_committee",
    "group_count",
    "unit_name",
    "unit_situation",
    "unit_nature",
    "unit_code",
    "contact_name",
    "note",
)


@dataclass(frozen=True, slots=True)
class Decision:
    """On which day, by whom and with which document something was decided."""

    on: dt.date
    approved_by: str = ""
    document_number: str = ""
    note: str = ""


# --- acts ----------------------------------------------------------------------------------


@action
def found(
    *,
    name: str,
    kind: str,
    parent: Organization | None,
    decision: Decision,
    by: Actor,
    short_name: str = "",
    facts: Mapping[str, Any] | None = None,
    contact_phone: str = "",
    term_started_on: dt.date | None = None,
    term_ends_on: dt.date | None = None,
) -> Organization:
    """A new organisation below `parent`, founded on the decision's day. Raises DomainError."""
    tree.lock()
    if parent is not None:
        parent = _fresh(parent)
        _covered(by, parent)
        _existing(parent, "上级党组织")
    elif by.user_id is not None:
        raise DomainError("请选择上级党组织", field="parent")
    if problem := titles.placing_problem(kind, parent.kind if parent else None):
        raise DomainError(problem, field="kind")
    _not_in_future(decision.on)
    _name_is_free(name)
    values = dict(facts or {})
    values.setdefault(
        "organization_class",
        titles.class_of(name, kind, values.get("unit_name", ""), values.get("sector", "")),
    )
    pinyin, initials = titles.spelled(name)
    path = tree.next_path(parent)
    organization = Organization(
        code=_next_code(),
        name=name,
        name_key=titles.name_key(name),
        short_name=short_name or titles.short_name(name),
        name_pinyin=pinyin,
        name_initials=initials,
        kind=kind,
        parent=parent,
        path=path,
        depth=len(path) // tree.STEP,
        founded_on=decision.on,
        term_started_on=term_started_on,
        term_ends_on=term_ends_on,
        term_years=titles.term_years(term_started_on, term_ends_on),
        updated_at=clock.now(),
        **values,
    )
    organization.contact_phone_sealed = sealed_phone(organization, contact_phone)
    organization.save(force_insert=True)
    place([organization])
    _happened(organization, EventKind.FOUNDED, decision, by, {"name": name})
    _record(by, "found", organization, {"name": [None, name], "kind": [None, kind]}, decision)
    return organization


@action
def edit(
    *,
    organization: Organization,
    revision: int,
    facts: Mapping[str, Any],
    by: Actor,
    contact_phone: str | None = None,
) -> Organization:
    """Changes plain facts (`FACTS`). Raises Conflict when `revision` is no longer the latest."""
    _covered(by, organization)
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise ValueError(f"not facts of an organisation: {sorted(unknown)}")
    before = _fresh(organization)
    changes = audit.changed({name: getattr(before, name) for name in facts}, facts)
    values = dict(facts)
    if contact_phone is not None:
        old = phone_of(before)
        if old != contact_phone:
            values["contact_phone_sealed"] = sealed_phone(before, contact_phone)
            changes["contact_phone"] = [mask_phone(old), mask_phone(contact_phone)]
    if not changes:
        return before
    Organization.machine.move(organization, "edit", revision=revision, **values)
    _record(by, "edit", before, changes)
    return _fresh(organization)


@action
def rename(
    *,
    organization: Organization,
    revision: int,
    name: str,
    decision: Decision,
    by: Actor,
    short_name: str = "",
) -> Organization:
    """A new name from the decision's day on; the old one stays in the history."""
    tree.lock()
    organization = _fresh(organization)
    _covered(by, organization)
    _existing(organization)
    if name == organization.name:
        raise DomainError("新名称与现名称相同", field="name")
    _name_is_free(name, but=organization)
    _on_time(organization, decision.on)
    pinyin, initials = titles.spelled(name)
    before = organization.name
    Organization.machine.move(
        organization,
        "rename",
        revision=revision,
        name=name,
        name_key=titles.name_key(name),
        short_name=short_name or titles.short_name(name),
        name_pinyin=pinyin,
        name_initials=initials,
    )
    organization = _fresh(organization)
    replace_placements([organization], decision.on)
    _happened(organization, EventKind.RENAMED, decision, by, {"before": before, "after": name})
    _record(by, "rename", organization, {"name": [before, name]}, decision)
    return organization


@action
def change_kind(
    *, organization: Organization, revision: int, kind: str, decision: Decision, by: Actor
) -> Organization:
    """升格 and the like: another kind from the decision's day on."""
    tree.lock()
    organization = _fresh(organization)
    _covered(by, organization)
    _existing(organization)
    before = organization.kind
    if kind == before:
        raise DomainError("组织类别没有变化", field="kind")
    parent = organization.parent
    if problem := titles.placing_problem(kind, parent.kind if parent else None):
        raise DomainError(problem, field="kind")
    below = set(organization.children.active(decision.on).values_list("kind", flat=True))
    for child_kind in below:
        if problem := titles.placing_problem(child_kind, kind):
            raise DomainError(f"还有下级组织：{problem}", field="kind")
    leaves_branches = before in BRANCH_KINDS and kind not in BRANCH_KINDS
    if leaves_branches and (reasons := lifecycle.objections(organization)):
        raise DomainError("；".join(reasons), field="kind")
    _on_time(organization, decision.on)
    Organization.machine.move(organization, "change_kind", revision=revision, kind=kind)
    organization = _fresh(organization)
    replace_placements([organization], decision.on)
    labels = [OrganizationKind(before).label, OrganizationKind(kind).label]
    _happened(
        organization, EventKind.UPGRADED, decision, by, {"before": labels[0], "after": labels[1]}
    )
    _record(by, "change_kind", organization, {"kind": [before, kind]}, decision)
    return organization


@action
def move(
    *,
    organization: Organization,
    parent: Organization,
    decision: Decision,
    by: Actor,
    revision: int | None = None,
) -> Organization:
    """Puts the organisation with all below it under another one. Raises DomainError.

    Conflict when `revision`, the one that the person saw, is no longer the latest.
    """
    tree.lock()
    organization, parent = _fresh(organization), _fresh(parent)
    _covered(by, organization)
    _covered(by, parent, field="parent")
    _existing(organization)
    _existing(parent, "新的上级党组织")
    if parent.path.startswith(organization.path):
        raise DomainError("不能移到自己或自己的下级之下", field="parent")
    if organization.parent_id == parent.pk:
        raise DomainError(f"已经隶属于{parent}", field="parent")
    if problem := titles.placing_problem(organization.kind, parent.kind):
        raise DomainError(problem, field="parent")
    _on_time(organization, decision.on)
    before = organization.parent
    old = organization.path
    new = tree.next_path(parent)
    paths.relocate([(old, new)])
    Organization.machine.move(organization, "move", revision=revision, parent=parent)
    replace_placements(list(tree.subtree(new)), decision.on)
    details = {"before": before.name if before else "", "after": parent.name}
    organization = _fresh(organization)
    _happened(organization, EventKind.MOVED, decision, by, details)
    _record(
        by,
        "move",
        organization,
        {"parent": [details["before"], details["after"]], "path": [old, new]},
        decision,
    )
    return organization


@action
def merge(
    *,
    source: Organization,
    target: Organization,
    decision: Decision,
    by: Actor,
    revision: int | None = None,
) -> Organization:
    """`source` ceases and its members and subordinate organisations go to `target`.

    What was reported and decided under the source stays readable there. Raises Conflict when
    `revision` is no longer the source's latest.
    """
    tree.lock()
    source, target = _fresh(source), _fresh(target)
    _covered(by, source)
    _covered(by, target, field="target")
    _existing(source)
    _existing(target, "并入的党组织")
    if source.pk == target.pk or target.path.startswith(source.path):
        raise DomainError("不能并入自己或自己的下级", field="target")
    if source.parent_id is None:
        raise DomainError("最上级的组织不能并入别的组织")
    children = list(source.children.active(decision.on).order_by("path"))
    for child in children:
        if problem := titles.placing_problem(child.kind, target.kind):
            raise DomainError(f"{child} 不能转入 {target}：{problem}", field="target")
    if source.is_branch and not target.is_branch and (reasons := lifecycle.objections(source)):
        raise DomainError(
            f"{target} 不是党支部，不能接收党员：{'；'.join(reasons)}", field="target"
        )
    _on_time(source, decision.on)
    lifecycle.run_merge_steps(source, target, decision.on, by)
    if children:
        last = tree.last_step(target)
        moves = [
            (child.path, tree.step_path(target.path, last + index))
            for index, child in enumerate(children, start=1)
        ]
        paths.relocate(moves)
        taken = Organization.objects.filter(pk__in=[child.pk for child in children])
        Organization.machine.move_many(taken, "move", parent=target)
        moved = Q(pk__in=[])
        for _, new in moves:
            moved |= in_subtree(new)
        replace_placements(list(Organization.objects.filter(moved)), decision.on)
    _cease(source, decision.on, revision)
    details = {"source": source.name, "target": target.name, "moved": len(children)}
    for organization in (source, target):
        _happened(organization, EventKind.MERGED, decision, by, details)
    _record(by, "merge", source, {"into": [None, target.name]}, decision)
    return _fresh(target)


@action
def abolish(
    *, organization: Organization, decision: Decision, by: Actor, revision: int | None = None
) -> Organization:
    """The organisation ceases on the decision's day. Raises DomainError while it is in use,
    Conflict when `revision` is no longer the latest."""
    tree.lock()
    organization = _fresh(organization)
    _covered(by, organization)
    _existing(organization)
    reasons = []
    below = organization.children.active(decision.on).count()
    if below:
        reasons.append(f"还有下级党组织 {below} 个")
    reasons += lifecycle.objections(organization)
    if reasons:
        raise DomainError("；".join(reasons) + "。请先调整隶属、转出或合并")
    _on_time(organization, decision.on)
    _cease(organization, decision.on, revision)
    _happened(organization, EventKind.ABOLISHED, decision, by, {"name": organization.name})
    _record(by, "abolish", organization, {"abolished_on": [None, decision.on]}, decision)
    return _fresh(organization)


@action
def re_elect(
    *,
    organization: Organization,
    revision: int,
    term_years: int,
    decision: Decision,
    by: Actor,
    term_ends_on: dt.date | None = None,
) -> Organization:
    """换届: a new term from the decision's day; an extension of the old one is over."""
    organization = _fresh(organization)
    _covered(by, organization)
    _existing(organization)
    _with_term(organization)
    _not_in_future(decision.on)
    if organization.term_started_on and decision.on <= organization.term_started_on:
        raise DomainError("换届日期应晚于本届起始日期", field="on")
    ends = term_ends_on or _years_later(decision.on, term_years)
    if ends <= decision.on:
        raise DomainError("届满日期应晚于换届日期", field="term_ends_on")
    before = {
        name: getattr(organization, name)
        for name in ("term_started_on", "term_ends_on", "term_years", "extended_until")
    }
    after: dict[str, Any] = {
        "term_started_on": decision.on,
        "term_ends_on": ends,
        "term_years": term_years,
        "extended_until": None,
    }
    Organization.machine.move(
        organization, "re_elect", revision=revision, extension_document="", **after
    )
    details = {"before": _iso(before["term_ends_on"]), "after": _iso(ends)}
    _happened(organization, EventKind.RE_ELECTED, decision, by, details)
    _record(by, "re_elect", organization, audit.changed(before, after), decision)
    return _fresh(organization)


@action
def extend(
    *, organization: Organization, revision: int, until: dt.date, decision: Decision, by: Actor
) -> Organization:
    """延期换届 with the superior's approval; `decision` names the document."""
    organization = _fresh(organization)
    _covered(by, organization)
    _existing(organization)
    _with_term(organization)
    _not_in_future(decision.on)
    if organization.term_ends_on is None:
        raise DomainError("还没有届满日期，请先登记换届", field="until")
    if until <= (organization.extended_until or organization.term_ends_on):
        raise DomainError("延期应晚于原来的届满日期", field="until")
    if not decision.document_number:
        raise DomainError("请填批准延期的文号", field="document_number")
    before = organization.extended_until
    Organization.machine.move(
        organization,
        "extend",
        revision=revision,
        extended_until=until,
        extension_document=decision.document_number,
    )
    details = {"before": _iso(before or organization.term_ends_on), "after": _iso(until)}
    _happened(organization, EventKind.EXTENDED, decision, by, details)
    _record(by, "extend", organization, {"extended_until": [before, until]}, decision)
    return _fresh(organization)


# --- shared with the import ----------------------------------------------------------------


def _next_code() -> str:
    """The lasting code of the next organisation. Call with the tree locked."""
    return titles.code_of((Organization.objects.aggregate(last=Max("pk"))["last"] or 0) + 1)


def replace_placements(organizations: Sequence[Organization], on: dt.date) -> None:
    """From the day `on` the organisations stand where and are called as they are now.

    Three queries and the inserts, however many. A placement that began on that day or later is
    changed, not closed.
    """
    by_id = {organization.pk: organization for organization in organizations}
    current = list(
        OrganizationPlacement.objects.filter(organization__in=by_id.keys(), valid_to=None)
    )
    changed, closed = [], []
    for placement in current:
        now = by_id[placement.organization_id]
        if _as_placed(placement) == (now.parent_id, now.path, now.name, now.kind):
            by_id.pop(now.pk)
        elif placement.valid_from is not None and placement.valid_from >= on:
            by_id.pop(now.pk)
            placement.parent_id, placement.path = now.parent_id, now.path
            placement.name, placement.kind = now.name, now.kind
            changed.append(placement)
        else:
            closed.append(placement.pk)
    OrganizationPlacement.objects.bulk_update(
        changed, ["parent", "path", "name", "kind"], batch_size=200
    )
    OrganizationPlacement.objects.filter(pk__in=closed).update(valid_to=on)
    OrganizationPlacement.objects.bulk_create(
        [
            OrganizationPlacement(
                organization=organization,
                parent_id=organization.parent_id,
                path=organization.path,
                name=organization.name,
                kind=organization.kind,
                valid_from=on,
            )
            for organization in by_id.values()
        ],
        batch_size=500,
    )
    lifecycle.run_move_steps(organizations, on)


def place(organizations: Sequence[Organization]) -> None:
    """First placements of new organisations, from their founding on."""
    OrganizationPlacement.objects.bulk_create(
        [
            OrganizationPlacement(
                organization=organization,
                parent_id=organization.parent_id,
                path=organization.path,
                name=organization.name,
                kind=organization.kind,
                valid_from=organization.founded_on,
            )
            for organization in organizations
        ],
        batch_size=500,
    )


def event(
    organization: Organization,
    kind: EventKind,
    decision: Decision,
    by: Actor,
    details: Mapping[str, Any],
) -> OrganizationEvent:
    """An unsaved event of the history."""
    return OrganizationEvent(
        organization=organization,
        kind=kind,
        happened_on=decision.on,
        approved_by=decision.approved_by,
        document_number=decision.document_number,
        note=decision.note,
        details=dict(details),
        recorded_by_name=by.name,
        recorded_at=clock.now(),
    )


# --- private -------------------------------------------------------------------------------


def _as_placed(placement: OrganizationPlacement) -> tuple[int | None, str, str, str]:
    return placement.parent_id, placement.path, placement.name, placement.kind


def _fresh(organization: Organization) -> Organization:
    return Organization.objects.select_related("parent").get(pk=organization.pk)


def _covered(by: Actor, organization: Organization, field: str | None = None) -> None:
    if by.user_id is not None and not by.covers(organization.path):
        raise NotAllowed(f"{organization} 不在管辖范围内", field=field)


def _existing(organization: Organization, what: str = "该党组织") -> None:
    if organization.abolished_on is not None:
        raise DomainError(f"{what}已于 {_zh(organization.abolished_on)} 撤销")


def _with_term(organization: Organization) -> None:
    if organization.kind == OrganizationKind.WORK_COMMITTEE:
        raise DomainError("党工委由上级任命，不换届")


def _not_in_future(day: dt.date) -> None:
    if day > clock.today():
        raise DomainError("日期不能晚于今天", field="on")


def _on_time(organization: Organization, day: dt.date) -> None:
    """Structure is written down in order: a day before the last change would contradict it."""
    _not_in_future(day)
    since = organization.placements.filter(valid_to=None).values_list("valid_from", flat=True)
    for last in since:
        if last is not None and day < last:
            raise DomainError(f"日期不能早于上一次变动（{_zh(last)}）", field="on")


def _name_is_free(name: str, but: Organization | None = None) -> None:
    same = Organization.objects.active().filter(name_key=titles.name_key(name))
    if but is not None:
        same = same.exclude(pk=but.pk)
    if same.exists():
        raise DomainError("已有同名的党组织", field="name")


def _cease(organization: Organization, on: dt.date, revision: int | None = None) -> None:
    Organization.machine.move(organization, "cease", revision=revision, abolished_on=on)
    organization.placements.filter(valid_to=None).update(valid_to=on)
    offices.leave_all(OfficeHolding.objects.filter(organization=organization), on)


def _happened(
    organization: Organization,
    kind: EventKind,
    decision: Decision,
    by: Actor,
    details: Mapping[str, Any],
) -> None:
    event(organization, kind, decision, by, details).save(force_insert=True)


def _record(
    by: Actor,
    act: str,
    organization: Organization,
    changes: Mapping[str, Any],
    decision: Decision | None = None,
) -> None:
    audit.record(
        by=by,
        verb=f"orgs.organization.{act}",
        obj=organization,
        organization_id=organization.pk,
        organization_path=organization.path,
        changes=changes,
        note=" ".join(filter(None, (decision.document_number, decision.note))) if decision else "",
    )


def _years_later(day: dt.date, years: int) -> dt.date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, day=28)


def _iso(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _zh(day: dt.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def save_events(events: Iterable[OrganizationEvent]) -> None:
    """Writes events made by `event`, in batches."""
    OrganizationEvent.objects.bulk_create(list(events), batch_size=500)
