"""The criteria by which an organisation counts as weak: data, each with its document."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from orgs.permissions import Permission

from ..models import Criterion
from ..rules import written


@dataclass(frozen=True, slots=True)
class Given:
    """A criterion as typed."""

    name: str
    basis: str
    in_force_from: dt.date
    in_force_to: dt.date | None = None

    def values(self) -> dict[str, Any]:
        """Tidied. Raises DomainError."""
        if self.in_force_to is not None and self.in_force_to < self.in_force_from:
            raise DomainError("停用日期不能早于起用日期。", field="in_force_to")
        return {
            "name": written(self.name, "情形", "name"),
            "basis": written(self.basis, "依据", "basis"),
            "in_force_from": self.in_force_from,
            "in_force_to": self.in_force_to,
        }


@action
def create(*, given: Given, by: Actor) -> Criterion:
    """Adds a criterion. Raises NotAllowed, DomainError, or Conflict where there is one of that name."""
    _expect_holder(by)
    values = given.values()
    try:
        with transaction.atomic():
            row = Criterion.objects.create(**values)
    except IntegrityError as error:
        raise Conflict("已有同样的一条标准，不用再加；要改请点它的“修改”。") from error
    _note(row, "weak_cases.criterion.create", by, {"name": [None, row.name]})
    return row


@action
def edit(*, criterion: Criterion, given: Given, revision: int, by: Actor) -> Criterion:
    """Changes a criterion, or ends it. Cases show the words of today. Raises as `create`, and Stale."""
    _expect_holder(by)
    values = given.values()
    row = Criterion.objects.select_for_update().get(pk=criterion.pk)
    changes = {
        name: [_said(getattr(row, name)), _said(value)]
        for name, value in values.items()
        if getattr(row, name) != value
    }
    try:
        with transaction.atomic():
            Criterion.machine.move(row, "edit", revision=revision, **values)
    except IntegrityError as error:
        raise Conflict("已有同样的一条标准，请换一个说法。") from error
    _note(row, "weak_cases.criterion.edit", by, changes)
    return row


def _expect_holder(by: Actor) -> None:
    if not by.may(Permission.WEAK_CASE_HOLD):
        raise NotAllowed("认定标准由党工委维护。")


def _said(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def _note(row: Criterion, verb: str, by: Actor, changes: dict[str, Any]) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=by.organization_id,
        organization_path=by.organization_path,
        changes=changes,
    )
