"""The filters of what was written for a period, and what a committee makes of it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from orgs.enums import OrganizationClass

from ..enums import ItemUse
from ..models.mark import LONGEST_ANSWER, LONGEST_NOTE
from ..words import STANDINGS
from .base import PeriodFilter, offer

EVERY_USE = "all"


class ReadingFilter(PeriodFilter):
    """What of a period is read. `below` offers what stands directly below the node."""

    use = forms.ChoiceField(
        label="归类", choices=[*ItemUse.choices, (EVERY_USE, "全部")], required=False
    )
    committee = forms.ChoiceField(label="所属", required=False)
    kind = forms.ChoiceField(
        label="类型", choices=[("", "全部类型"), *OrganizationClass.choices], required=False
    )
    standing = forms.ChoiceField(
        label="处理", choices=[("", "全部"), *STANDINGS.items()], required=False
    )
    q = forms.CharField(
        label="文字", required=False, max_length=50, widget=forms.TextInput({"type": "search"})
    )

    def __init__(self, *args: Any, below: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "committee", [("", "全部"), *below])
        if not below:
            del self.fields["committee"]

    def chosen(self, name: str) -> str:
        """The valid choice of the field; empty when there is none."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")


class TotalsFilter(PeriodFilter):
    """Of which period, and which of its numbers part by part."""

    number = forms.ChoiceField(label="数字", required=False)

    def __init__(self, *args: Any, numbers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "number", [("", "全部数字"), *numbers])


class MarkForm(forms.Form):
    """列入调度, with a note for those who prepare the meeting."""

    row = forms.IntegerField(required=False, min_value=0, max_value=200, widget=forms.HiddenInput)
    back = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)
    note = forms.CharField(
        label="备注",
        required=False,
        max_length=LONGEST_NOTE,
        help_text="给准备会议的人看，如请谁讲、要哪个部门到场。可不填。",
    )


class AnswerForm(forms.Form):
    """The answer to the branch."""

    row = forms.IntegerField(required=False, min_value=0, max_value=200, widget=forms.HiddenInput)
    back = forms.CharField(required=False, max_length=600, widget=forms.HiddenInput)
    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    text = forms.CharField(
        label="答复",
        max_length=LONGEST_ANSWER,
        widget=forms.Textarea({"rows": 3, "maxlength": LONGEST_ANSWER}),
        help_text="写明谁来办、什么时候前。对方会收到消息，答复显示在它的月报上。",
        error_messages={"required": "请写明答复内容，让对方知道怎么办。"},
    )
