"""A cycle is begun: for whom, and of which half-year."""

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
