"""What is decided of stories."""

from typing import Any

from django import forms

from showcase.sites.forms.base import RevisedForm, area, day

from ..rules import REASON


class ReasonForm(RevisedForm):
    """An act with its reason."""

    reason = area(
        "理由", REASON, 3, min_length=4, help_text=f"4 至 {REASON} 字，起草的单位看得到。"
    )


class TakeDownForm(ReasonForm):
    """Taken down, and why."""


class DaysForm(RevisedForm):
    """From which day to which the public reads a page."""

    shown_from = day("从哪天起公开", required=False, help_text="不填就是今天。")
    shown_until = day("到哪天止", required=False, help_text="含这一天；不填就一直公开。")


class PublishForm(DaysForm):
    """The days; and, where words of the text are also names, that they were looked at."""

    not_names = forms.BooleanField(label="核对过，上面列出的字样不是人名", required=False)

    def __init__(self, *args: Any, coincidences: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if coincidences:
            told = "、".join(coincidences[:5])
            self.fields["not_names"].help_text = f"文中的“{told}”也是本系统党员的姓名。"
        else:
            del self.fields["not_names"]
