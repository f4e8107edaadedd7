"""Who comes from another branch: by name and telephone number, and those written down before."""

from collections.abc import Mapping, Sequence
from typing import Any

from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from ..models import Attendance
from ..queries.guests import Guest

ROWS = 3
_KNOWN = "came-"


class GuestFields(LayoutObject):
    """A fold with a line for each guest."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The lines with what was typed; their fields count as drawn."""
        given: Any = form
        known = [f"{_KNOWN}{one.member_id}" for one in given.known_guests]
        lines = [(f"guest-{row}-name", f"guest-{row}-phone") for row in range(ROWS)]
        for name in (*known, *(name for line in lines for name in line)):
            given.rendered_fields.add(name)
        rows = [(form[name], form[phone]) for name, phone in lines]
        is_open = known or any(box.value() or box.errors for line in rows for box in line)
        context_ = {"known": [form[name] for name in known], "lines": rows, "is_open": is_open}
        return render_to_string("life/guests.html", context_)


def add_guests(form: forms.Form, known: Sequence[Attendance]) -> None:
    """Puts the controls into the form: one for each guest known, and empty lines."""
    for row in known:
        form.fields[f"{_KNOWN}{row.member_id}"] = forms.BooleanField(
            label=f"{row.member.name}（{row.organization}）", required=False, initial=True
        )
    for number in range(ROWS):
        form.fields[f"guest-{number}-name"] = forms.CharField(
            label="姓名",
            max_length=50,
            required=False,
            widget=forms.TextInput({"autocomplete": "off"}),
        )
        form.fields[f"guest-{number}-phone"] = forms.CharField(
            label="手机号",
            max_length=20,
            required=False,
            widget=forms.TextInput({"autocomplete": "off", "inputmode": "tel"}),
        )


def guests_typed(data: Mapping[str, Any]) -> list[Guest]:
    """Each line in which something was typed."""
    lines = [
        Guest(data.get(f"guest-{row}-name", ""), data.get(f"guest-{row}-phone", ""), row)
        for row in range(ROWS)
    ]
    return [one for one in lines if one.name or one.phone]


def guests_kept(data: Mapping[str, Any], known: Sequence[Attendance]) -> list[int]:
    """Those written down before who are still ticked."""
    return [row.member_id for row in known if data.get(f"{_KNOWN}{row.member_id}")]
