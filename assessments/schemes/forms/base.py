"""What several forms stand on."""

from collections.abc import Callable
from typing import Any

from django import forms


class RevisedForm(forms.Form):
    """With the revision of the version that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class TypedField(forms.CharField):
    """A text that `read` turns into what is stored; its ValueError is the refusal."""

    def __init__(self, *, read: Callable[[str], Any], **kwargs: Any) -> None:
        self.read = read
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        """What was typed as it is stored; None for nothing."""
        text = super().clean(value)
        if not text.strip():
            return None
        try:
            return self.read(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


DAY = {"type": "date"}
