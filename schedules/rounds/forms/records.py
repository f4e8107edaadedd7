"""What is written down of a duty, what is answered, and what is sent back."""

from typing import Any

from django import forms

from .base import DATE


class _AnswerForm(forms.Form):
    """With an answer to what came back, where something did."""

    reply = forms.CharField(
        label="回复核报人",
        max_length=300,
        required=False,
        error_messages={
            "max_length": "回复请写在 300 字以内。",
            "required": "请写明回复；要补充的，请在上面登记。",
        },
    )

    def __init__(self, *args: Any, is_answer: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_answer:
            del self.fields["reply"]


class RecordForm(_AnswerForm):
    """One time that what a duty asks for was done."""

    field_order = ["done_on", "text", "reply"]
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


class ResendForm(_AnswerForm):
    """What is written down is handed in again as it stands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "reply" in self.fields:
            self.fields["reply"].required = True


class AcceptForm(forms.Form):
    """What the level above says when it leaves it so."""

    remark = forms.CharField(
        label="附言",
        help_text="对方会看到，不需要重报。",
        max_length=300,
        required=False,
        error_messages={"max_length": "附言请写在 300 字以内。"},
    )


class SendBackForm(forms.Form):
    """Why what was written down does not do."""

    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明退回原因，让对方知道补什么。"},
    )
