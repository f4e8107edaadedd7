"""What the forms of cases have in common."""

from typing import Any

from django import forms

from ..rules import LEAST, WORDS


class RevisedForm(forms.Form):
    """With the revision of the row that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


def day(label: str, **more: Any) -> forms.DateField:
    """A day, picked."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
    )


def sentence(label: str, **more: Any) -> forms.CharField:
    """A reason or finding of a sentence or two."""
    return forms.CharField(
        label=label,
        min_length=LEAST,
        max_length=WORDS,
        widget=forms.Textarea({"rows": 3}),
        **more,
    )
