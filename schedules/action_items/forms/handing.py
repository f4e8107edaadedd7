"""The form by which something else becomes an item: a wish, a returned record."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from orgs.models import Organization
from orgs.models.organization import below

from ..actions.issuing import Given
from .what import WhatForm


class PlaceField(forms.ModelChoiceField):
    """An organisation below who gives the item out; deeper ones stand further in."""

    def label_from_instance(self, obj: Organization) -> str:
        return "　" * max(obj.depth - 1, 0) + str(obj)


class HandForm(WhatForm):
    """What is to be done, by whom and when. `owners`: whom it may be given to; none when that is
    known."""

    owner = PlaceField(label="责任单位", queryset=Organization.objects.none(), empty_label="请选择")
    is_issued = forms.BooleanField(
        label="立即交办",
        required=False,
        initial=True,
        help_text="责任单位马上收到通知；不勾选则先存为拟稿。",
    )

    field_order = ("owner",)

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

    @classmethod
    def of_words(cls, data: Any, *, within: Organization, owner_id: int, text: str) -> "HandForm":
        """For what somebody wrote down at a place: to be given to one that exists at or below
        `within`, to that place unless another is chosen."""
        return cls(
            data,
            owners=Organization.objects.active().filter(below(within.path)).order_by("path"),
            initial={
                "owner": owner_id,
                "title": text[:100],
                "demand": text if len(text) > 100 else "",
            },
        )

    @property
    def given(self) -> Given:
        """What was typed, for the action."""
        return self.said()
