"""Forms of several lines alike, such as a list of problems: what they have in common."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from core.text import whole_number


class LinesForm(forms.Form):
    """Lines with the same controls; static/js/lines.js shows one blank line at a time.

    `start` are the values of the lines there are. A form that comes back has as many lines as the
    page had, so that nothing typed is lost when the list has grown meanwhile.
    """

    columns: ClassVar[tuple[str, ...]] = ()
    most: ClassVar[int] = 60
    spare: ClassVar[int] = 8

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    rows = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, data: Any = None, *, start: Sequence[Mapping[str, Any]] = (), **kwargs: Any
    ) -> None:
        super().__init__(data, **kwargs)
        shown = min(len(start) + self.spare, self.most)
        posted = whole_number(str(data.get("rows", ""))) if data is not None else None
        self.row_count = min(posted, self.most) if posted is not None else shown
        self.fields["rows"].initial = self.row_count
        for number in range(self.row_count):
            values = start[number] if number < len(start) else {}
            for name in self.columns:
                field = self.control(name, number, values)
                if name in values:
                    field.initial = values[name]
                self.fields[line_field(number, name)] = field

    def control(self, name: str, number: int, values: Mapping[str, Any]) -> forms.Field:
        """The control of a column in a line."""
        raise NotImplementedError

    def lines(self) -> list[dict[str, Any]]:
        """The controls of each line, by column."""
        return [
            {name: self[line_field(number, name)] for name in self.columns}
            | {"number": number + 1, "has_error": self._has_error(number)}
            for number in range(self.row_count)
        ]

    def given(self, number: int) -> dict[str, Any]:
        """What was typed into a line, by column."""
        return {name: self.cleaned_data.get(line_field(number, name)) for name in self.columns}

    def _has_error(self, number: int) -> bool:
        return any(self.has_error(line_field(number, name)) for name in self.columns)


class Lines(LayoutObject):
    """The lines in the template of their form; their fields count as drawn."""

    def __init__(self, template: str) -> None:
        self.template_name = template

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The lines with what was typed so far."""
        lines = cast(LinesForm, form)
        for number in range(lines.row_count):
            for name in lines.columns:
                form.rendered_fields.add(line_field(number, name))  # type: ignore[attr-defined]
        return render_to_string(self.template_name, {"form": form, "lines": lines.lines()})


def line_field(number: int, name: str) -> str:
    """What a control is called; the actions name their refusals so."""
    return f"line-{number}-{name}"


def text_field(label: str, most: int, *, rows: int = 0) -> forms.CharField:
    """A text that may be left blank, on one line or in a box."""
    widget = forms.Textarea({"rows": rows}) if rows else forms.TextInput({"autocomplete": "off"})
    return forms.CharField(
        label=label,
        max_length=most,
        required=False,
        widget=widget,
        error_messages={"max_length": f"{label}请写在 {most} 字以内。"},
    )
