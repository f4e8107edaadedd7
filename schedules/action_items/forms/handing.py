"""The form by which something else becomes an item: a wish, a returned record."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from orgs.models import Organization

from ..actions.issuing import Given
from ..enums import Category, Cause, Priority


class PlaceField(forms.ModelChoiceField):
    """An organisation below who gives the item out; deeper ones stand further in."""

    def label_from_instance(self, obj: Organization) -> str:
        return "　" * max(obj.depth - 1, 0) + str(obj)


class HandForm(forms.Form):
    """What is to be done, by whom and when. `owners`: whom it may be given to; none when that is
    known."""

    owner = PlaceField(label="责任单位", queryset=Organization.objects.none(), empty_label="请选择")
    title = forms.CharField(label="事项", min_length=4, max_length=100)
    demand = forms.CharField(
        label="要求", max_length=2000, required=False, widget=forms.Textarea({"rows": 5})
    )
    due_on = forms.DateField(
        label="办理期限",
        required=False,
        help_text="不填则没有期限，不会逾期。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    priority = forms.ChoiceField(label="缓急", choices=Priority.choices, initial=Priority.NORMAL)
    category = forms.ChoiceField(label="类别", choices=Category.choices, initial=Category.OTHER)
    cause = forms.ChoiceField(label="原因", choices=Cause.choices, initial=Cause.UNKNOWN)
    responsible_name = forms.CharField(label="责任人", max_length=50, required=False)
    leader_name = forms.CharField(label="分管领导", max_length=50, required=False)
    is_issued = forms.BooleanField(
        label="立即交办",
        required=False,
        initial=True,
        help_text="责任单位马上收到通知；不勾选则先存为拟稿。",
    )

    def __init__(self, *args: Any, owners: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if owners is None:
            del self.fields["owner"]
        else:
            owner: Any = self.fields["owner"]
            owner.queryset = owners

    @property
    def helper(self) -> FormHelper:
        """Short fields side by side."""
        first = ["owner"] if "owner" in self.fields else []
        return fields_helper(
            *first,
            "title",
            "demand",
            Columns("due_on", "priority"),
            Columns("category", "cause"),
            Columns("responsible_name", "leader_name"),
            "is_issued",
        )

    @property
    def given(self) -> Given:
        """What was typed, for the action."""
        data = self.cleaned_data
        return Given(
            title=data["title"],
            demand=data["demand"],
            due_on=data["due_on"],
            priority=data["priority"],
            category=data["category"],
            cause=data["cause"],
            responsible_name=data["responsible_name"],
            leader_name=data["leader_name"],
        )
