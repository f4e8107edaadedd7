"""Reply templates, kept by a committee for itself and all below it."""

from typing import Any

from django.db import IntegrityError, transaction

from core import audit
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..models import ReplyTemplate
from ..rules import WAY


@action
def create(*, organization: Organization, by: Actor, **given: Any) -> ReplyTemplate:
    """A new template of a category. Raises NotAllowed, DomainError, Conflict where the organisation has
    one of that name."""
    values = _values(given, organization, by)
    try:
        with transaction.atomic():
            template = ReplyTemplate.objects.create(organization=organization, **values)
    except IntegrityError as error:
        raise _taken(values) from error
    audit.record(by=by, verb="concerns.template.create", obj=template)
    return template


@action
def edit(*, template: ReplyTemplate, revision: int, by: Actor, **given: Any) -> ReplyTemplate:
    """Changes a template; answers that were given keep their words. Raises NotAllowed, Stale,
    DomainError, Conflict where the name is taken."""
    values = _values(given, template.organization, by)
    template = ReplyTemplate.objects.select_for_update().get(pk=template.pk)
    changes = audit.changed({name: getattr(template, name) for name in values}, values)
    try:
        with transaction.atomic():
            ReplyTemplate.machine.move(template, "edit", revision=revision, **values)
    except IntegrityError as error:
        raise _taken(values) from error
    audit.record(by=by, verb="concerns.template.edit", obj=template, changes=changes)
    return template


def _taken(values: dict[str, Any]) -> Conflict:
    return Conflict(f"这个类别已有“{values['title']}”的模板。", field="title")


def _values(given: dict[str, Any], organization: Organization, by: Actor) -> dict[str, Any]:
    if not by.may_at(P.CONCERN_ASSIGN, organization.path):
        raise NotAllowed("答复模板由党委、党总支和党工委工作人员维护。")
    values = {
        "kind": given["kind"],
        "title": clean(given["title"])[:WAY],
        "text": given["text"].strip()[:500],
        "is_used": bool(given["is_used"]),
    }
    if len(values["title"]) < 2:
        raise DomainError("请用几个字写明办法，2 至 40 字。", field="title")
    if len(values["text"]) < 4:
        raise DomainError("请写答复内容（至少 4 个字）。", field="text")
    return values
