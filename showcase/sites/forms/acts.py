"""What is decided of applications and sites, and the card that is filled in on the spot."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Entry, fields_helper

from ..actions.checking import Seen
from ..enums import CheckMark
from ..rules import PUBLIC
from .base import RevisedForm, area, day


class ReasonForm(RevisedForm):
    """An act with its reason."""

    reason = area("理由", 300, 3, min_length=4, help_text="4 至 300 字，申报的组织看得到。")


class DeclineForm(ReasonForm):
    """Not named, and why."""


class WarnForm(ReasonForm):
    """What is to be put right, until when."""

    until = day("整改期限")


class NameForm(RevisedForm):
    """The naming: day, number, and what the zone is told."""

    named_on = day("命名日期")
    plaque_number = forms.CharField(label="牌号", max_length=40, required=False)
    public_text = area(
        "公开介绍",
        PUBLIC,
        5,
        min_length=10,
        help_text="全区看得到：做什么、做成了什么。从申报的成效带来，请改成可以公开的话，不写个人隐私。",
    )

    def __init__(self, *args: Any, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plaque_number"].help_text = hint


class CheckForm(forms.Form):
    """The card: a mark and a note for each criterion, large enough for a thumb."""

    def __init__(self, *args: Any, criteria: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for number, _ in enumerate(criteria):
            self.fields[f"mark_{number}"] = forms.ChoiceField(
                label="看到的", choices=CheckMark.choices, widget=forms.RadioSelect
            )
            self.fields[f"note_{number}"] = forms.CharField(
                label="说明", max_length=100, required=False
            )
        self.fields["note"] = area("总的看", 300, 3, required=False)

    @property
    def helper(self) -> FormHelper:
        rows = [
            Entry(f"{number + 1}. {one}", f"mark_{number}", f"note_{number}")
            for number, one in enumerate(self.criteria)
        ]
        return fields_helper(*rows, "note")

    def seen(self) -> list[Seen]:
        """What was ticked and noted, in the order of the criteria."""
        given = self.cleaned_data
        return [
            Seen(given[f"mark_{number}"], given[f"note_{number}"])
            for number, _ in enumerate(self.criteria)
        ]
