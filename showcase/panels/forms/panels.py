"""Who judges and until when; a panel is ended."""

from typing import Any

from django import forms

from orgs.models import Organization

from ..enums import SeatState
from ..models import Panel
from ..queries.people import candidates, seated
from ..rules import LEAST, MOST_PEOPLE, MOST_REASON


class RevisedForm(forms.Form):
    """With the revision of the row that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class NamingForm(forms.Form):
    """Who judges, for the page of a higher slice that opens a panel: `given()` is what its action hands
    to `open_panel`. Who belongs to the judged is not offered."""

    due_on = forms.DateField(
        label="评审截止", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(
        self,
        *args: Any,
        holder: Organization,
        judged: Organization,
        panel: Panel | None = None,
        least: int = LEAST,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        least = panel.least if panel is not None else least
        offered = {one.user_id: f"{one.name}（{one.unit}）" for one in candidates(holder, judged)}
        if panel is not None:
            rows = seated(panel)
            sitting = [pk for pk, one in rows.items() if one.state == SeatState.SITS]
            for pk in sitting:
                offered.setdefault(pk, rows[pk].name)
            for pk in (pk for pk, one in rows.items() if one.state == SeatState.OUT):
                offered.pop(pk, None)
            self.initial["people"] = [str(pk) for pk in sitting]
        self.fields["people"] = forms.MultipleChoiceField(
            label="评审人",
            choices=[(str(pk), words) for pk, words in offered.items()],
            widget=forms.CheckboxSelectMultiple,
            help_text=f"选 {least} 至 {MOST_PEOPLE} 人；在{judged.short_name}任职的要回避，不在名单里。",
        )
        self.order_fields(["people", "due_on"])

    def given(self) -> dict[str, Any]:
        """People and day, as the actions take them."""
        return {
            "people": [int(pk) for pk in self.cleaned_data["people"]],
            "due_on": self.cleaned_data["due_on"],
        }


class PeopleForm(RevisedForm, NamingForm):
    """The people of a panel that is open, and its day."""


class CloseForm(RevisedForm):
    """Nothing but that it is ended."""


class CancelForm(RevisedForm):
    """Why there is no result."""

    reason = forms.CharField(
        label="理由", max_length=MOST_REASON, widget=forms.Textarea({"rows": 3})
    )
