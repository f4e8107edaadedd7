"""Who is in which 党小组, and who is not expected for a time."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import LayoutObject
from crispy_forms.utils import TEMPLATE_PACK
from django import forms
from django.forms import BaseForm
from django.template import Context
from django.template.loader import render_to_string

from core import clock
from core.layouts import fields_helper
from core.privacy import OFF_THE_DEVICE
from members.models import Member
from orgs.models import Organization

from ..actions.groups import Place
from ..enums import ExemptionReason
from ..queries.groups import Placed, mark_of


def _day(label: str, *, required: bool = True, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=help_text,
        error_messages={"required": f"请填{label}。", "invalid": "请填日期，如 2026-06-30。"},
    )


class _Members(LayoutObject):
    """All members, one small control each."""

    def render(
        self, form: BaseForm, context: Context, template_pack: Any = TEMPLATE_PACK, **kwargs: Any
    ) -> str:
        """The members with what was chosen; their fields count as drawn."""
        given = cast(GroupsForm, form)
        for one in given.people:
            form.rendered_fields.add(group_field(one))  # type: ignore[attr-defined]
        return render_to_string("life/groups.html", {"form": given})


class GroupsForm(forms.Form):
    """A control for each member of a branch: in which 党小组, and whether as its 组长."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    since = _day("从哪天起", help_text="以前的会仍按当时的编组。")

    def __init__(
        self,
        data: Any = None,
        *,
        branch: Organization,
        people: Sequence[Placed],
        groups: Sequence[Organization],
        **kwargs: Any,
    ) -> None:
        initial = {"token": mark_of(people), "since": clock.today()}
        super().__init__(data, initial=initial, **kwargs)
        self.people, self.groups = people, groups
        choices = [("", "没有编组")]
        for group in groups:
            name = group.name_in(branch)
            choices += [(str(group.pk), name), (f"{group.pk}*", f"{name}组长")]
        for one in people:
            self.fields[group_field(one)] = forms.ChoiceField(
                label=one.name,
                choices=choices,
                required=False,
                initial=one.choice,
                error_messages={"invalid_choice": f"{one.name}的党小组已经没有了，请重新选。"},
            )

    @property
    def helper(self) -> FormHelper:
        """From which day, and then everybody."""
        return fields_helper("since", _Members())

    @property
    def rows(self) -> list[tuple[Placed, Any]]:
        """Each member with his control as it stands."""
        return [(one, self[group_field(one)]) for one in self.people]

    def wanted(self) -> dict[int, Place]:
        """Where each is to be, as the actions take it."""
        found = {}
        for one in self.people:
            value = self.cleaned_data.get(group_field(one), "")
            number = value.rstrip("*")
            found[one.member_id] = Place(int(number or 0), value.endswith("*"))
        return found


class ExemptionForm(forms.Form):
    """Who is not expected, why, from when to when, and who said so."""

    member = forms.ChoiceField(label="党员", error_messages={"required": "请选党员。"})
    reason = forms.ChoiceField(
        label="原因",
        choices=ExemptionReason,
        widget=forms.Select(OFF_THE_DEVICE),
        error_messages={"required": "请选原因。"},
    )
    note = forms.CharField(
        label="说明",
        max_length=100,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", **OFF_THE_DEVICE}),
        help_text="不写病情细节。",
        error_messages={"max_length": "说明请写在 100 字以内。"},
    )
    since = _day("从哪天起")
    until = _day("到哪天止", required=False, help_text="含这一天；还不知道就空着，到时再结束。")
    approver_name = forms.CharField(
        label="批准人",
        max_length=50,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": "请填批准人。", "max_length": "批准人请写在 50 字以内。"},
    )

    def __init__(self, data: Any = None, *, people: Sequence[Member], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        chosen = [("", "请选择"), *((str(one.pk), one.name) for one in people)]
        self.fields["member"].choices = chosen  # type: ignore[attr-defined]
        self.people = {str(one.pk): one for one in people}

    @property
    def chosen(self) -> Member:
        """The member chosen."""
        return self.people[self.cleaned_data["member"]]


class EndForm(forms.Form):
    """Until which day somebody was not expected."""

    until = _day("免到到哪天止", help_text="含这一天。登错了，填开始前一天，就整条撤销。")

    def __init__(self, data: Any = None, *, today: dt.date, **kwargs: Any) -> None:
        super().__init__(data, initial={"until": today}, **kwargs)


def group_field(one: Placed) -> str:
    """The name of the control of one member; the actions name their refusals so."""
    return f"g-{one.member_id}"
