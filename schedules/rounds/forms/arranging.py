"""What the level above arranges about a duty, or about many: a waiver, more time, opening again."""

from collections.abc import Sequence
from typing import Any

from django import forms

from orgs.enums import OrganizationClass

from .base import DATE, PeriodFilter, offer


class _ArrangeForm(forms.Form):
    """What the level above arranges about one duty."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


def _reason_field(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label="原因",
        max_length=200,
        min_length=2,
        widget=forms.Textarea({"rows": 2}),
        help_text=help_text,
        error_messages={"required": "请写明原因。", "min_length": "请写明原因，至少 2 字。"},
    )


def _approved_by_field() -> forms.CharField:
    return forms.CharField(
        label="批准人或文件",
        max_length=60,
        min_length=2,
        help_text="如 街道党工委副书记李某，或文号。",
        error_messages={"required": "请写明批准人或批准的文件。"},
    )


class WaiveForm(_ArrangeForm):
    """免报: why, and who approved it."""

    reason = _reason_field("对方会看到。")
    approved_by = _approved_by_field()


class ResumeForm(_ArrangeForm):
    """A waiver is taken back."""

    reason = _reason_field()


class ExtendForm(_ArrangeForm):
    """延期: until when, and why."""

    until = forms.DateField(label="新的截止日", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")


class WaiveManyForm(forms.Form):
    """免报 of many."""

    reason = _reason_field("对方会看到。")
    approved_by = _approved_by_field()


class ExtendManyForm(forms.Form):
    """延期 of many."""

    until = forms.DateField(label="新的截止日", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")


class ResumeManyForm(forms.Form):
    """The waivers of many are taken back."""

    reason = _reason_field("对方会看到。")


class ChoosingFilter(PeriodFilter):
    """Which plan, which period and which of the organisations there."""

    show = forms.ChoiceField(label="状态", required=False)
    of = forms.ChoiceField(
        label="类型", choices=[("", "全部类型"), *OrganizationClass.choices], required=False
    )

    def __init__(self, *args: Any, shown: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "show", shown)


class UnlockForm(_ArrangeForm):
    """重新开放: until when, and why."""

    until = forms.DateField(label="开放至", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")
