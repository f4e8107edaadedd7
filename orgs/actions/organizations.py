"""What happens to organisations: founded, changed, renamed, made another kind.

Each act is a dated event with its document, a placement where name, kind or place changed, and
an audit entry, all in one transaction.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.identity import mask_phone

from .. import lifecycle, titles, tree
from ..enums import BRANCH_KINDS, EventKind, OrganizationKind
from ..models import Organization
from ..queries.rosters import phone_of, sealed_phone
from . import history, register, terms
from .history import Decision

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
        parent = register.fresh(parent)
        register.covered(by, parent)
        register.existing(parent, "上级党组织")
    elif by.user_id is not None:
        raise DomainError("请选择上级党组织", field="parent")
    if problem := titles.placing_problem(kind, parent.kind if parent else None):
        raise DomainError(problem, field="kind")
    register.not_in_future(decision.on)
    register.name_is_free(name)
    values = dict(facts or {})
    values.setdefault(
        "organization_class",
        titles.class_of(name, kind, values.get("unit_name", ""), values.get("sector", "")),
    )
    pinyin, initials = titles.spelled(name)
    path = tree.next_path(parent)
    organization = Organization(
        code=register.next_code(),
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
    history.place([organization])
    if organization.term_ends_on:
        terms.keep([(organization, term_started_on)])
    history.happened(organization, EventKind.FOUNDED, decision, by, {"name": name})
    history.record(
        by, "found", organization, {"name": [None, name], "kind": [None, kind]}, decision
    )
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
    register.covered(by, organization)
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise ValueError(f"not facts of an organisation: {sorted(unknown)}")
    before = register.fresh(organization)
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
    history.record(by, "edit", before, changes)
    return register.fresh(organization)


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
    organization = register.fresh(organization)
    register.covered(by, organization)
    register.existing(organization)
    if name == organization.name:
        raise DomainError("新名称与现名称相同", field="name")
    register.name_is_free(name, but=organization)
    register.on_time(organization, decision.on)
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
    organization = register.fresh(organization)
    history.replace_placements([organization], decision.on)
    history.happened(
        organization, EventKind.RENAMED, decision, by, {"before": before, "after": name}
    )
    history.record(by, "rename", organization, {"name": [before, name]}, decision)
    return organization


@action
def change_kind(
    *, organization: Organization, revision: int, kind: str, decision: Decision, by: Actor
) -> Organization:
    """升格 and the like: another kind from the decision's day on."""
    tree.lock()
    organization = register.fresh(organization)
    register.covered(by, organization)
    register.existing(organization)
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
    register.on_time(organization, decision.on)
    Organization.machine.move(organization, "change_kind", revision=revision, kind=kind)
    organization = register.fresh(organization)
    history.replace_placements([organization], decision.on)
    labels = [OrganizationKind(before).label, OrganizationKind(kind).label]
    history.happened(
        organization, EventKind.UPGRADED, decision, by, {"before": labels[0], "after": labels[1]}
    )
    history.record(by, "change_kind", organization, {"kind": [before, kind]}, decision)
    return organization
