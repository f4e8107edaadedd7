"""What the forms of sites have in common."""

from typing import Any

from django import forms


class RevisedForm(forms.Form):
    """With the revision of the row that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


def day(label: str, **more: Any) -> forms.DateField:
    """A field of a day."""
    return forms.DateField(
        label=label, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"), **more
    )


def area(label: str, most: int, rows: int, **more: Any) -> forms.CharField:
    """A field of some lines."""
    return forms.CharField(
        label=label, max_length=most, widget=forms.Textarea({"rows": rows}), **more
    )
