"""What is in templates, and what must not be."""

import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from django.forms import BaseForm, CharField, MultiValueField

from core.privacy import stays_off_the_device

from .house import House, Reasons, guard

INLINE = [
    (re.compile(r"<style\b"), "inline style sheet"),
    (re.compile(r"\sstyle\s*="), "style attribute"),
    (re.compile(r"<script\b(?![^>]*\bsrc=)"), "inline script"),
    (re.compile(r"\son[a-z]+\s*=\s*[\"']"), "event attribute"),
    (re.compile(r"javascript:", re.I), "javascript: address"),
    (re.compile(r"\bhx-on\b"), "hx-on, which is inline script"),
    (re.compile(r"(src|href)=[\"'](https?:)?//"), "another host"),
    (re.compile(r"\|\s*safe\b"), "unescaped text"),
    (re.compile(r"autoescape off"), "unescaped text"),
]
COMMENT = re.compile(r"\{%\s*comment.*?endcomment\s*%\}", re.S)
POST_FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.S)


@guard("no inline script or style, nothing from elsewhere: the pages' policy forbids them")
def templates_with_something_inline(house: House) -> Iterator[str]:
    for path in house.templates:
        text = COMMENT.sub("", path.read_text())
        for pattern, why in INLINE:
            if pattern.search(text):
                yield f"{path.relative_to(house.root)}: {why}"


@guard("put {% csrf_token %} into the form")
def forms_without_a_token(house: House) -> Iterator[str]:
    for path in house.templates:
        for form in POST_FORM.findall(path.read_text()):
            if "csrf_token" not in form:
                yield str(path.relative_to(house.root))


# --- drafts on the device ---------------------------------------------------------------------

FORM_CARD = re.compile(r"\{%\s*form_card\b(.*?)%\}", re.S)
SAYS = re.compile(r"\bdraft(?:_not)?=|\bdata-draft=|\{# no draft: \w.*?#\}")
# Where one types: a control by hand, fields of a form, or parts that may hold either.
TYPED = re.compile(
    r"<textarea|<input(?![^>]*type=\"(?:hidden|checkbox|radio|file)\")|as_crispy_field"
    r"|\|crispy\b|\{% (?:crispy|control|include)\b"
)
# What a control asks for that is nobody's business on a shared machine.
PRIVATE = re.compile("身份|证件|手机|电话|住址|密码|号码")
ON_THE_DEVICE = Reasons(
    {
        "members.forms.members.MemberFilterForm.state": "a filter, which stands in the address",
        "members.forms.acts.RestoreForm.reason": "why somebody is put back, not why he left",
        "schedules.life.forms.records.ReasonForm.reason": "about a record, not about who was absent",
        "members.forms.acts.RevealForm.reason": "never kept: its form says so",
    }
)


@guard(
    "say in form_card draft=True, or draft_not='why not'; by hand: data-draft or {# no draft: … #}"
)
def forms_silent_about_drafts(house: House) -> Iterator[str]:
    for path in house.templates:
        text = COMMENT.sub("", path.read_text())
        for arguments in FORM_CARD.findall(text):
            if 'method="get"' not in arguments and not SAYS.search(arguments):
                yield f"{path.relative_to(house.root)}: form_card{arguments}"
        for form in POST_FORM.findall(text):
            if TYPED.search(form) and not SAYS.search(form):
                yield f"{path.relative_to(house.root)}: {form[:60]}"


@guard("mark its widget with core.privacy.OFF_THE_DEVICE", ON_THE_DEVICE)
def private_fields_on_the_device(house: House) -> Iterator[str]:
    """By the label, and by the name of what a model of the same app tags as sensitive: two ways
    that know nothing of how `stays_off_the_device` decides."""
    tagged: dict[str, set[str]] = {app.label: set() for app in house.apps}
    for model in house.models:
        tags = getattr(model, "PRIVACY", {})
        tagged[model._meta.app_label] |= {
            name.removesuffix("_sealed")
            for name, tag in tags.items()
            if tag.sensitivity != "ordinary"
        }
    for app, form in form_classes(house):
        for name, field in form.base_fields.items():
            is_typed = isinstance(field, CharField | MultiValueField)
            is_private = name in tagged[app] or (
                is_typed and PRIVATE.search(str(field.label or ""))
            )
            where = f"{form.__module__}.{form.__name__}.{name}"
            if (
                is_private
                and not stays_off_the_device(name, field)
                and not ON_THE_DEVICE.excuse(where)
            ):
                yield where


def form_classes(house: House) -> Iterator[tuple[str, Any]]:
    """Label of the app, and each form that is written in it."""
    for module in house.modules:
        if module.part in ("forms", "views"):
            for found in vars(import_module(module.name)).values():
                is_form = isinstance(found, type) and issubclass(found, BaseForm)
                if is_form and found.__module__ == module.name:
                    yield module.app.label, found
