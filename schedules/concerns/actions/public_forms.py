"""The public form is switched on and off and kept by the office, with the bodies of other matters."""

from typing import Any

from django.db import IntegrityError, transaction

from core import audit, public_links
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.permissions import Permission as P

from ..models import OtherBody, PublicForm
from ..models.intake import ONLY
from ..rules import OTHER_BODIES

_WORDS = {"introduction": 500, "emergency_words": 1000, "subject_words": 1000}


@action
def edit(*, revision: int, by: Actor, is_on: bool, **given: str) -> PublicForm:
    """Switches the form on or off and keeps its words; kept for the first time, it brings the usual bodies
    of other matters. Raises NotAllowed, Stale or DomainError."""
    _expect(by)
    values: dict[str, Any] = {
        name: given[name].strip()[:longest] for name, longest in _WORDS.items()
    }
    values["is_on"] = is_on
    if len(values["introduction"]) < 4:
        raise DomainError("请写开头的话（至少 4 个字）。", field="introduction")
    if is_on and not values["emergency_words"]:
        raise DomainError("开放前请写紧急情况的词。", field="emergency_words")
    if not PublicForm.objects.filter(pk=ONLY).exists():
        PublicForm.objects.bulk_create([PublicForm(pk=ONLY)], ignore_conflicts=True)
    form = PublicForm.objects.select_for_update().get(pk=ONLY)
    if form.revision == 1 and revision == 1 and not OtherBody.objects.exists():
        OtherBody.objects.bulk_create(
            [
                OtherBody(name=name, words=words, phone=phone, address=address)
                for name, words, phone, address in OTHER_BODIES
            ],
            ignore_conflicts=True,
        )
    changes = audit.changed({name: getattr(form, name) for name in values}, values)
    PublicForm.machine.move(form, "edit", revision=revision, **values)
    audit.record(by=by, verb="concerns.public_form.edit", obj=form, changes=changes)
    public_links.changed()
    return form


@action
def create_body(*, by: Actor, **given: Any) -> OtherBody:
    """A new body. Raises NotAllowed, DomainError, Conflict where the name is taken."""
    values = _values(given, by)
    try:
        with transaction.atomic():
            body = OtherBody.objects.create(**values)
    except IntegrityError as error:
        raise Conflict(f"已有“{values['name']}”。", field="name") from error
    audit.record(by=by, verb="concerns.other_body.create", obj=body)
    return body


@action
def edit_body(*, body: OtherBody, revision: int, by: Actor, **given: Any) -> OtherBody:
    """Changes a body. Raises NotAllowed, Stale, DomainError, Conflict where the name is taken."""
    values = _values(given, by)
    body = OtherBody.objects.select_for_update().get(pk=body.pk)
    changes = audit.changed({name: getattr(body, name) for name in values}, values)
    try:
        with transaction.atomic():
            OtherBody.machine.move(body, "edit", revision=revision, **values)
    except IntegrityError as error:
        raise Conflict(f"已有“{values['name']}”。", field="name") from error
    audit.record(by=by, verb="concerns.other_body.edit", obj=body, changes=changes)
    return body


def _expect(by: Actor) -> None:
    if not by.may(P.CONCERN_RULES):
        raise NotAllowed("公开表单由党工委工作人员维护。")


def _values(given: dict[str, Any], by: Actor) -> dict[str, Any]:
    _expect(by)
    values = {
        "name": clean(given["name"])[:40],
        "words": clean(given["words"])[:300],
        "phone": clean(given["phone"])[:40],
        "address": clean(given["address"])[:120],
        "is_used": given["is_used"],
    }
    if len(values["name"]) < 2:
        raise DomainError("请写单位名称，2 至 40 字。", field="name")
    if not values["words"]:
        raise DomainError("请写至少一个词。", field="words")
    if not values["phone"] and not values["address"]:
        raise DomainError("请写电话，或地址。", field="phone")
    return values
