"""What is written down of a duty, and what is sent back."""

from django import forms

from .base import DATE


class RecordForm(forms.Form):
    """One time that what a duty asks for was done."""

    done_on = forms.DateField(
        label="办理日期",
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
        help_text="按实际办理的日期填写，可补记。",
    )
    text = forms.CharField(
        label="情况",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text="写做了什么，一两句即可，300 字以内。",
    )


class SendBackForm(forms.Form):
    """Why what was written down does not do."""

    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明退回原因，让对方知道补什么。"},
    )
