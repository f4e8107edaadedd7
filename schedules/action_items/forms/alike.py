"""Many alike become one item (并成一件)."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper

from ..actions.issuing import Given
from ..enums import Category, Cause
from .what import WhatForm

MOST = 200


class GatherForm(WhatForm):
    """The item that they become parts of. `items` come from the list."""

    items = forms.MultipleChoiceField(
        label="并入的督办",
        widget=forms.MultipleHiddenInput,
        error_messages={"required": "请在列表里勾选。"},
    )
    # What each is about, why, and who sees to it, the parts say.
    category = cause = responsible_name = leader_name = None  # type: ignore[assignment]
    field_order = ("items",)

    def __init__(self, *args: Any, offered: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        items: Any = self.fields["items"]
        items.choices = offered
        self.fields["due_on"].label = "整件期限"
        self.fields["due_on"].help_text = "各件仍按自己的期限办；整件在各件都销号后自动销号。"

    @property
    def helper(self) -> FormHelper:
        """Both short fields side by side."""
        return fields_helper("items", "title", "demand", Columns("due_on", "priority"))

    def given(self, category: str, cause: str) -> Given:
        """What was typed, of the group's category and cause."""
        return self.said(category=Category(category), cause=Cause(cause))
