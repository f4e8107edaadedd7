"""How the fields of a form are laid out: a helper and layout objects for django-crispy-forms.

A form whose fields simply follow each other needs nothing of this. Titles are plain text here and
are escaped; crispy's own `Fieldset`, `HTML` and `StrictButton` compile theirs as templates, so they
must never be given what somebody typed.
"""

from typing import Any, TypeAlias

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

# A field's name, or a layout object around several.
Part: TypeAlias = Any  # str | LayoutObject, which crispy does not type


class Group(LayoutObject):
    """Fields inside one template of our pack; the parts given are its `fields`."""

    template = ""

    def __init__(self, *parts: Part) -> None:
        self.fields = list(parts)

    def words(self) -> dict[str, Any]:
        """What the template shows beside the fields."""
        return {}

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The group with its fields, as crispy asks a layout object for it."""
        fields = self.get_rendered_fields(form, context, template_pack, **kwargs)
        name = f"{template_pack}/layout/{self.template}"
        return render_to_string(name, {"fields": fields, **self.words()})


class Section(Group):
    """A card with a heading: one of several groups of a long form."""

    template = "section.html"

    def __init__(self, title: str, *parts: Part) -> None:
        super().__init__(*parts)
        self.title = title

    def words(self) -> dict[str, Any]:
        return {"title": self.title}


class Entry(Group):
    """A card with its title on its edge: one of several forms of the same kind on a page."""

    template = "entry.html"

    def __init__(self, title: str, *parts: Part, note: str = "") -> None:
        super().__init__(*parts)
        self.title, self.note = title, note

    def words(self) -> dict[str, Any]:
        return {"title": self.title, "note": self.note}


class Columns(Group):
    """Short fields side by side; one below the other on a phone."""

    template = "columns.html"


class Remark(Group):
    """A sentence between fields, in plain text."""

    template = "remark.html"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def words(self) -> dict[str, Any]:
        return {"text": self.text}


def fields_helper(*parts: Part) -> FormHelper:
    """The helper of a form laid out as `parts`: for a form's property `helper`.

    It draws the fields only; the <form> around them is the page's, by `{% form_card %}`.
    """
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.render_hidden_fields = True
    # A field that a layout has forgotten would be missing, and the form refused for it.
    helper.render_unmentioned_fields = True
    helper.layout = Layout(*parts)
    return helper
