from typing import Any

from django import forms

from ..actions.sending import MOST_REASON


class ReturnForm(forms.Form):
    """Which items are opened again, and what is still wanted."""

    items = forms.MultipleChoiceField(
        label="退回哪几项", choices=(), widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label="还要补充什么",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="对方会看到。其余各项保持报送时的样子。",
    )

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].choices = choices  # type: ignore[attr-defined]
