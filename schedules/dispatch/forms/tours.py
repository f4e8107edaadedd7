"""Forms of tours."""

from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from orgs.models import Organization

from .visits import PlaceField, UidInput


class StopForm(forms.Form):
    """One stop of the route."""

    organization = PlaceField(
        label="观摩点", queryset=Organization.objects.none(), empty_label="请选择"
    )
    arrives_at = forms.TimeField(
        label="到达", widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    minutes = forms.IntegerField(label="停留（分钟）", min_value=1, max_value=240, initial=20)
    host_name = forms.CharField(label="接待人", max_length=50, required=False)
    shows = forms.CharField(label="看什么", max_length=300)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["organization"]).queryset = places

    @property
    def helper(self) -> FormHelper:
        """Short fields side by side."""
        return fields_helper("organization", Columns("arrives_at", "minutes"), "host_name", "shows")


class TourNoteForm(forms.Form):
    """What a participant notes at a stop."""

    uid = forms.UUIDField(widget=UidInput)
    text = forms.CharField(
        label="随记",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        help_text="只有自己和召集单位看得到。",
    )
