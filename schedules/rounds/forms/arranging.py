"""What the level above arranges about a duty, or about many: a waiver, more time, opening again."""

from collections.abc import Sequence
from typing import Any

from django import forms

from orgs.enums import OrganizationClass

from .base import DATE, PeriodFilter, offer


def _reason_field() -> forms.CharField:
    return forms.CharField(
        label="原因",
        max_length=200,
        min_length=2,
        widget=forms.Textarea({"rows": 2}),
        help_text="对方会看到。",
        error_messages={"required": "请写明原因。", "min_length": "请写明原因，至少 2 字。"},
    )


class WaiveManyForm(forms.Form):
    """免报: why, and who approved it."""

    reason = _reason_field()
    approved_by = forms.CharField(
        label="批准人或文件",
        max_length=60,
        min_length=2,
        help_text="如 街道党工委副书记李某，或文号。",
        error_messages={"required": "请写明批准人或批准的文件。"},
    )


class ResumeManyForm(forms.Form):
    """Waivers are taken back."""

    reason = _reason_field()


class ExtendManyForm(forms.Form):
    """延期: until when, and why."""

    until = forms.DateField(label="新的截止日", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field()


class _OneForm(forms.Form):
    """What is arranged about one duty: as its page showed it."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class WaiveForm(WaiveManyForm, _OneForm):
    """免报 of one."""


class ResumeForm(ResumeManyForm, _OneForm):
    """The waiver of one is taken back."""


class ExtendForm(ExtendManyForm, _OneForm):
    """延期 of one."""


class UnlockForm(_OneForm):
    """重新开放: until when, and why."""

    until = forms.DateField(label="开放至", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field()


class ChoosingFilter(PeriodFilter):
    """Which plan, which period and which of the organisations there."""

    show = forms.ChoiceField(label="状态", required=False)
    of = forms.ChoiceField(
        label="类型", choices=[("", "全部类型"), *OrganizationClass.choices], required=False
    )

    def __init__(self, *args: Any, shown: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "show", shown)
