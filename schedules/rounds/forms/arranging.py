"""What the level above arranges about one duty: a waiver, more time, opening again."""

from django import forms

from .base import DATE


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


class WaiveForm(_ArrangeForm):
    """免报: why, and who approved it."""

    reason = _reason_field("对方会看到。")
    approved_by = forms.CharField(
        label="批准人或文件",
        max_length=60,
        min_length=2,
        help_text="如 街道党工委副书记李某，或文号。",
        error_messages={"required": "请写明批准人或批准的文件。"},
    )


class ResumeForm(_ArrangeForm):
    """A waiver is taken back."""

    reason = _reason_field()


class ExtendForm(_ArrangeForm):
    """延期: until when, and why."""

    until = forms.DateField(label="新的截止日", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")


class UnlockForm(_ArrangeForm):
    """重新开放: until when, and why."""

    until = forms.DateField(label="开放至", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")
