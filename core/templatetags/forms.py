"""Forms, drawn by django-crispy-forms with our template pack (templates/portal). Built in.

`{% form_card %}` draws a whole form, `{{ form|crispy }}` and `{% crispy form %}` its fields.
"""

import hashlib
from collections.abc import Collection
from html import escape
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_form
from crispy_forms.templatetags.crispy_forms_tags import CrispyFormNode, do_uni_form
from django import template
from django.forms import BaseForm, BoundField
from django.forms.utils import flatatt
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    DateInput,
    FileInput,
    HiddenInput,
    RadioSelect,
    Select,
    TextInput,
)
from django.template.base import Node, Parser, Token
from django.template.defaulttags import CsrfTokenNode
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from core.kept import ACTING
from core.privacy import OFF_THE_DEVICE, stays_off_the_device

from .components import attributes_of, taken_apart

register = template.Library()
# crispy's own tag and filters, so that templates need no {% load %}
register.tag("crispy", do_uni_form)
register.filter("crispy", as_crispy_form)
register.filter("as_crispy_errors", as_crispy_errors)

_FORM = CrispyFormNode("form", "helper")


@register.simple_block_tag(takes_context=True)
def form_card(
    context: template.Context,
    content: str,
    form: BaseForm,
    button: str = "",
    *,
    cancel: str = "",
    cancel_word: str = "取消",
    danger: bool = False,
    plain: bool = False,
    quiet: bool = False,
    css: str = "",
    method: str = "post",
    action: str = "",
    warns: bool = False,
    draft: str | bool = False,
    draft_of: str = "",
    draft_not: str = "",
    **attributes: Any,
) -> SafeString:
    """A whole form: what is wrong on top, its fields, its button and the way out.

    What stands inside comes before the fields; the slot `after` after them, `buttons` beside the
    button. Fields are laid out by the form's own `helper`, else one below the other. `plain`: no
    card around; `quiet`: the button is not the page's main one; `danger`: it takes something
    away; `warns`: the browser asks before what was typed is left. The browser checks nothing:
    the portal's own words stand beside the fields. Other arguments become attributes.

    `draft`: what is typed is kept on the device until it is sent (ADR 30), listed under the words
    given, else under the page's heading; never what is sensitive (`core.privacy`). `draft_of`: what
    tells forms of one address apart, such as a search. A form that is not kept says in `draft_not`
    why (for the reader of the template).
    """
    before, slots = taken_apart(content, "after", "buttons")
    own = getattr(form, "helper", None)
    helper = FormHelper()
    helper.layout = own.layout if own is not None else Layout(*form.fields)
    helper.render_hidden_fields = True
    helper.form_method = method
    helper.form_class = css or ("form" if plain else "card form pad")
    helper.form_action = action
    helper.attrs = {"novalidate": True, "data-warn-leave": warns, **attributes_of(attributes)}
    path = action or getattr(context.get("request"), "path", "")
    if draft and path and method == "post":
        helper.attrs |= _kept_on_the_device(form, draft, path, draft_of)
    helper.form_page = {
        "before": before,
        "after": slots["after"],
        "buttons": slots["buttons"],
        "button": button,
        "button_css": "danger" if danger else "" if quiet else "go",
        "cancel": cancel,
        "cancel_word": cancel_word,
    }
    with context.push(form=form, helper=helper):
        return SafeString(_FORM.render(context))


def _kept_on_the_device(
    form: BaseForm, title: str | bool, path: str, which: str
) -> dict[str, str | bool]:
    """The attributes by which static/js/drafts.js keeps a form; its sensitive controls are marked."""
    for name, field in form.fields.items():
        if stays_off_the_device(name, field):
            field.widget.attrs |= OFF_THE_DEVICE
    # A search may hold a name: only a mark of it stands in what is kept, as of an address's query.
    path, _, query = path.partition("?")
    which = "?".join(filter(None, (which, query)))
    mark = f"#{hashlib.sha256(which.encode()).hexdigest()[:8]}" if which else ""
    kept: dict[str, str | bool] = {"data-draft": f"{path}{mark}"}
    return kept if title is True else {**kept, "data-draft-title": str(title)}


@register.tag
def csrf_token(parser: Parser, token: Token) -> Node:
    """Django's, and with it the role that the form was opened in (`Actor.mark`): there is no form of
    ours without the first, so there is none without the second. A post is done in that role."""
    return _TokenNode()


class _TokenNode(CsrfTokenNode):
    def render(self, context: Any) -> SafeString:
        mark = getattr(getattr(context.get("request"), "actor", None), "mark", "")
        bound = f'<input type="hidden" name="{ACTING}" value="{mark}">' if mark else ""
        return SafeString(super().render(context) + bound)


# --- controls --------------------------------------------------------------------------------


def _kind(field: BoundField) -> str:
    widget = field.field.widget
    if isinstance(widget, CheckboxSelectMultiple | RadioSelect):
        return "group"
    if isinstance(widget, CheckboxInput):
        return "check"
    if isinstance(widget, Select):
        return "select"
    return "file" if isinstance(widget, FileInput) else "text"


CONTROL_CLASSES = {
    "group": "",  # Django puts it on the wrapper too
    "check": "form-check-input",
    "select": "form-select",
    "file": "form-control",
    "text": "form-control",
}
PLAIN_INPUTS = frozenset({TextInput, HiddenInput, DateInput})


@register.simple_tag
def control(field: BoundField, css: str = "") -> SafeString:
    """The bare control of a field with its classes: label, help and errors are the page's."""
    widget = field.field.widget
    attrs: dict[str, str | bool] = {}
    if not field.is_hidden:
        own = widget.attrs.get("class", "")
        classes = [CONTROL_CLASSES[_kind(field)], own, css, "is-invalid" if field.errors else ""]
        attrs["class"] = " ".join(filter(None, classes))
    # The same as Django's own templates of these, without going through them: a filter bar has
    # a dozen, and they cost more than the rows below them.
    if type(widget) is Select:
        return _select_box(field, _built(field, attrs))
    if type(widget) in PLAIN_INPUTS:
        return _plain_input(field, _built(field, attrs))
    return field.as_widget(attrs=attrs)


def _built(field: BoundField, attrs: dict[str, str | bool]) -> SafeString:
    """All attributes of a control but name and value, as BoundField.as_widget puts them."""
    widget = field.field.widget
    built = widget.build_attrs(widget.attrs, field.build_widget_attrs(attrs, widget))
    if field.auto_id:
        built.setdefault("id", field.auto_id)
    return flatatt(built)


def _plain_input(field: BoundField, attrs: SafeString) -> SafeString:
    widget: Any = field.field.widget
    value = widget.format_value(field.value())
    text = "" if value is None else f' value="{escape(str(value))}"'
    return SafeString(
        f'<input type="{escape(widget.input_type)}" name="{escape(field.html_name)}"{text}{attrs}>'
    )


def _select_box(field: BoundField, attrs: SafeString) -> SafeString:
    widget: Any = field.field.widget
    chosen = {str(value) for value in widget.format_value(field.value())}
    parts = [f'<select name="{escape(field.html_name)}"{attrs}>']
    for value, label in widget.choices:
        if isinstance(label, list | tuple):
            parts.append(f'<optgroup label="{escape(str(value))}">')
            parts += [_option(inner, word, chosen) for inner, word in label]
            parts.append("</optgroup>")
        else:
            parts.append(_option(value, label, chosen))
    parts.append("</select>")
    return SafeString("".join(parts))


def _option(value: Any, label: Any, chosen: Collection[str]) -> str:
    text = "" if value is None else str(value)
    mark = " selected" if text in chosen else ""
    return f'<option value="{escape(text)}"{mark}>{conditional_escape(label)}</option>'


def _names(text: object, label: object) -> bool:
    """Whether the refusal says itself which field it is about."""
    return len(str(label)) > 1 and str(label) in str(text)


@register.simple_tag
def form_problems(form: BaseForm) -> dict[str, Any]:
    """What is wrong with a form: each line with the id of its control, and how many there are."""
    rows = [
        {
            "id": field.id_for_label or f"field-{field.auto_id or field.html_name}",
            # Named once: "请填写转入日期" needs no "转入日期：" before it.
            "text": text if _names(text, field.label) else f"{field.label}：{text}",
        }
        for field in form
        for text in field.errors
    ]
    general = list(form.non_field_errors())
    return {"rows": rows, "general": general, "count": len(rows) + len(general)}
