"""Somebody else marks, one keeps out, an item is marked again or sent back."""

from collections.abc import Sequence

from django import forms


class ReasonForm(forms.Form):
    """An act that wants nothing but its reason."""

    reason = forms.CharField(label="理由", max_length=200, widget=forms.Textarea(attrs={"rows": 3}))


class HandOverForm(ReasonForm):
    """What one has not marked yet, and who marks it instead."""

    field_order = ("of", "to", "reason")

    def __init__(
        self,
        *args: object,
        people: Sequence[tuple[str, str]],
        of: Sequence[tuple[str, str]] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if of:
            self.fields["of"] = forms.ChoiceField(
                label="谁没有评的", choices=of, widget=forms.RadioSelect
            )
        self.fields["to"] = forms.ChoiceField(label="移交给", choices=[("", "请选择"), *people])
        self.order_fields(self.field_order)
