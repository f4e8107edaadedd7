"""Many alike become one item (并成一件)."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper

from ..actions.issuing import Given
from ..enums import Category, Cause, Priority

MOST = 200


class GatherForm(forms.Form):
    """The item that they become parts of. `items` come from the list."""

    items = forms.MultipleChoiceField(
        label="并入的督办",
        widget=forms.MultipleHiddenInput,
        error_messages={"required": "请在列表里勾选。"},
    )
    title = forms.CharField(label="事项", min_length=4, max_length=100)
    demand = forms.CharField(
        label="要求", max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    due_on = forms.DateField(
        label="整件期限",
        required=False,
        help_text="各件仍按自己的期限办；整件在各件都销号后自动销号。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    priority = forms.ChoiceField(label="缓急", choices=Priority.choices, initial=Priority.NORMAL)

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: Any = self.fields["items"]
        items.choices = offered

    @property
    def helper(self) -> FormHelper:
        """Both short fields side by side."""
        return fields_helper("items", "title", "demand", Columns("due_on", "priority"))

    def given(self, category: str, cause: str) -> Given:
        """What was typed, of the group's category and cause."""
        data = self.cleaned_data
        return Given(
            title=data["title"],
            demand=data["demand"],
            due_on=data["due_on"],
            priority=data["priority"],
            category=Category(category),
            cause=Cause(cause),
        )
