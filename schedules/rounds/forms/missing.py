"""The list of those who have not sent: what it is of, and why somebody looks at its numbers."""

from collections.abc import Sequence
from typing import Any

from django import forms

from members.forms.fields import LineField

from ..actions import contacts
from .base import PeriodFilter, offer


class MissingFilter(PeriodFilter):
    """Which plan, which period and what of it."""

    show = forms.ChoiceField(label="状态", required=False)

    def __init__(self, *args: Any, shown: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "show", shown)


class PhonesForm(forms.Form):
    """Why the numbers of a list are needed."""

    reason = LineField(
        label="查看事由",
        min_length=contacts.MINIMUM_REASON,
        max_length=200,
        help_text="谁在什么时候、因何查看了哪份名单，记入审计。",
        error_messages=dict.fromkeys(
            ("required", "min_length"),
            f"请写明查看的事由（至少 {contacts.MINIMUM_REASON} 个字）。",
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
