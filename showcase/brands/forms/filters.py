"""What the lists are narrowed by, in their addresses. What makes no sense is as if it were not there."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from core import clock

from ..enums import BrandState

SHOWING = {"": "全部支部", "with": "有亮点的", "without": "还没有记的"}


class BrandFilter(forms.Form):
    """Which brands."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), *BrandState.choices],
    )
    organization = forms.ChoiceField(label="党委、总支", required=False)
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "名称、单位"}),
    )

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, places)


class YearFilter(forms.Form):
    """Which bright spots."""

    year = forms.ChoiceField(label="年度", required=False)
    organization = forms.ChoiceField(label="党委、总支", required=False)
    show = forms.ChoiceField(label="范围", required=False, choices=list(SHOWING.items()))

    def __init__(self, *args: Any, places: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = clock.today().year
        years = cast(forms.ChoiceField, self.fields["year"])
        years.choices = [(str(one), f"{one}年") for one in range(now, now - 5, -1)]
        _offer(self, places)


def _offer(form: forms.Form, places: Sequence[tuple[str, str]]) -> None:
    if places:
        cast(forms.ChoiceField, form.fields["organization"]).choices = [("", "全部"), *places]
    else:
        del form.fields["organization"]
