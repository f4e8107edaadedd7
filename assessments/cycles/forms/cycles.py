"""A cycle is begun: for whom, and of which half-year. What was submitted goes back."""

from collections.abc import Sequence

from django import forms


class OpenForm(forms.Form):
    """Whom, and which half-year; only what there can be is offered."""

    level = forms.ChoiceField(label="考核对象", choices=(), widget=forms.RadioSelect)
    period = forms.ChoiceField(label="期间", choices=(), widget=forms.RadioSelect)

    def __init__(
        self,
        *args: object,
        levels: Sequence[tuple[str, str]],
        halves: Sequence[tuple[str, str]],
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["level"].choices = levels  # type: ignore[attr-defined]
        self.fields["period"].choices = halves  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    """Why results are looked at once more."""

    reason = forms.CharField(
        label="退回的理由",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写明哪一家、哪一项要再看，考核组会看到。",
    )
