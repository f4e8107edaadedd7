"""Categories of concerns with their time limits and templates: data of the office."""

from typing import Any

from django.db import IntegrityError, transaction

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.permissions import Permission as P

from ..models import ConcernKind

_NAMES = ("name", "hours", "days", "template", "is_used")


@action
def create(*, by: Actor, **given: Any) -> ConcernKind:
    """A new category. Raises NotAllowed, DomainError, Conflict where the name is taken."""
    values = _values(given, by)
    try:
        with transaction.atomic():
            kind = ConcernKind.objects.create(**values)
    except IntegrityError as error:
        raise Conflict(f"已有“{values['name']}”这个类别。", field="name") from error
    audit.record(by=by, verb="concerns.kind.create", obj=kind)
    return kind


@action
def edit(*, kind: ConcernKind, revision: int, by: Actor, **given: Any) -> ConcernKind:
    """Changes a category; concerns that there are keep their time limits. Raises NotAllowed, Stale,
    DomainError, Conflict where the name is taken."""
    values = _values(given, by)
    kind = ConcernKind.objects.select_for_update().get(pk=kind.pk)
    changes = audit.changed({name: getattr(kind, name) for name in values}, values)
    try:
        with transaction.atomic():
            ConcernKind.machine.move(kind, "edit", revision=revision, **values)
    except IntegrityError as error:
        raise Conflict(f"已有“{values['name']}”这个类别。", field="name") from error
    audit.record(by=by, verb="concerns.kind.edit", obj=kind, changes=changes)
    return kind


def _values(given: dict[str, Any], by: Actor) -> dict[str, Any]:
    if not by.may(P.CONCERN_RULES):
        raise NotAllowed("类别和时限由党工委工作人员维护。")
    values = {name: given[name] for name in _NAMES}
    values["name"] = clean(values["name"])[:20]
    values["template"] = values["template"].strip()[:500]
    if len(values["name"]) < 2:
        raise DomainError("请写类别名称，2 至 20 字。", field="name")
    return values
