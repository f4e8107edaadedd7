"""Who came: written by the recorder; who comes in somebody's stead: said by his committee."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core.privacy import OFF_THE_DEVICE

from ..enums import Presence
from ..models import Attendance


class RollForm(forms.Form):
    """One line for each who is called: presence, deputy, reason. A line that is not sent stays."""

    def __init__(self, *args: Any, rows: Sequence[Attendance], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows
        for row in rows:
            self.fields[f"presence-{row.pk}"] = forms.ChoiceField(
                label="到会", choices=Presence.choices, required=False, initial=row.presence
            )
            self.fields[f"deputy-{row.pk}"] = forms.CharField(
                label="代会人", max_length=50, required=False, initial=row.deputy_name
            )
            self.fields[f"reason-{row.pk}"] = forms.CharField(
                label="原因",
                max_length=100,
                required=False,
                initial=row.reason,
                widget=forms.TextInput(OFF_THE_DEVICE),
            )

    def lines(self) -> list[dict[str, Any]]:
        """The rows with their fields, in the order of the page."""
        return [
            {
                "row": row,
                "presence": self[f"presence-{row.pk}"],
                "deputy": self[f"deputy-{row.pk}"],
                "reason": self[f"reason-{row.pk}"],
            }
            for row in self.rows
        ]

    def given(self, *, rest_came: bool) -> dict[int, tuple[str, str, str]]:
        """Row -> presence, deputy, reason of the rows that were sent; with `rest_came` who is not
        recorded yet and no vacant post came."""
        found = {}
        for row in self.rows:
            presence = self.cleaned_data.get(f"presence-{row.pk}") or ""
            if rest_came and not presence and row.presence == Presence.UNRECORDED:
                presence = row.presence
            if not presence:
                continue
            if rest_came and presence == Presence.UNRECORDED and row.person_name:
                presence = Presence.PRESENT
            deputy = self.cleaned_data.get(f"deputy-{row.pk}") or ""
            if presence != Presence.DEPUTY:
                deputy = ""
            reason = self.cleaned_data.get(f"reason-{row.pk}") or ""
            if presence in (Presence.PRESENT, Presence.UNRECORDED):
                reason = ""
            found[row.pk] = (str(presence), deputy, reason)
        return found


class DeputyForm(forms.Form):
    """Who comes in somebody's stead, and why."""

    deputy_name = forms.CharField(label="代会人", max_length=50)
    reason = forms.CharField(label="原因", max_length=100, widget=forms.TextInput(OFF_THE_DEVICE))
