"""Organisations moved, merged and abolished: what changes the shape of the tree."""

import datetime as dt

from django.db.models import Q

from core.actions import action
from core.actor import Actor
from core.errors import DomainError

from .. import lifecycle, titles, tree
from ..enums import EventKind
from ..models import OfficeHolding, Organization
from ..models.organization import below as in_subtree
from . import grants, history, namings, offices, paths, register
from .history import Decision


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
    organization, parent = register.fresh(organization), register.fresh(parent)
    register.covered(by, organization)
    register.covered(by, parent, field="parent")
    register.existing(organization)
    register.existing(parent, "新的上级党组织")
    if parent.path.startswith(organization.path):
        raise DomainError("不能移到自己或自己的下级之下", field="parent")
    if organization.parent_id == parent.pk:
        raise DomainError(f"已经隶属于{parent}", field="parent")
    if problem := titles.placing_problem(organization.kind, parent.kind):
        raise DomainError(problem, field="parent")
    register.on_time(organization, decision.on)
    before = organization.parent
    old = organization.path
    new = tree.next_path(parent)
    paths.relocate([(old, new)])
    Organization.machine.move(organization, "move", revision=revision, parent=parent)
    history.replace_placements(list(tree.subtree(new)), decision.on)
    details = {"before": before.name if before else "", "after": parent.name}
    organization = register.fresh(organization)
    history.happened(organization, EventKind.MOVED, decision, by, details)
    history.record(
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
    source, target = register.fresh(source), register.fresh(target)
    register.covered(by, source)
    register.covered(by, target, field="target")
    register.existing(source)
    register.existing(target, "并入的党组织")
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
    register.on_time(source, decision.on)
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
        history.replace_placements(list(Organization.objects.filter(moved)), decision.on)
    _cease(source, decision.on, revision, by=by)
    details = {"source": source.name, "target": target.name, "moved": len(children)}
    for organization in (source, target):
        history.happened(organization, EventKind.MERGED, decision, by, details)
    history.record(by, "merge", source, {"into": [None, target.name]}, decision)
    return register.fresh(target)


@action
def abolish(
    *, organization: Organization, decision: Decision, by: Actor, revision: int | None = None
) -> Organization:
    """The organisation ceases on the decision's day. Raises DomainError while it is in use,
    Conflict when `revision` is no longer the latest."""
    tree.lock()
    organization = register.fresh(organization)
    register.covered(by, organization)
    register.existing(organization)
    reasons = []
    below = organization.children.active(decision.on).count()
    if below:
        reasons.append(f"还有下级党组织 {below} 个，请先调整隶属或合并")
    reasons += lifecycle.objections_to_abolishing(organization)
    if reasons:
        raise DomainError("；".join(reasons) + "。")
    register.on_time(organization, decision.on)
    _cease(organization, decision.on, revision, by=by)
    history.happened(organization, EventKind.ABOLISHED, decision, by, {"name": organization.name})
    history.record(by, "abolish", organization, {"abolished_on": [None, decision.on]}, decision)
    return register.fresh(organization)


def _cease(
    organization: Organization, on: dt.date, revision: int | None = None, *, by: Actor
) -> None:
    Organization.machine.move(organization, "cease", revision=revision, abolished_on=on)
    organization.placements.filter(valid_to=None).update(valid_to=on)
    offices.leave_all(OfficeHolding.objects.filter(organization=organization), on, by=by)
    grants.end_at(by=by, organization=organization)
    namings.end_at(by=by, organization=organization)
