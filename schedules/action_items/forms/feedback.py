"""Forms of 意见建议."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from orgs.models import Organization

from ..enums import FeedbackKind


class FeedbackForm(forms.Form):
    """What somebody wants to be heard of."""

    kind = forms.ChoiceField(label="类别", choices=FeedbackKind.choices)
    about = forms.ModelChoiceField(
        label="有关组织",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="不指明",
    )
    text = forms.CharField(
        label="意见建议",
        min_length=4,
        max_length=2000,
        widget=forms.Textarea({"rows": 8}),
        help_text="写清遇到了什么、希望怎么改。答复的人能看到是谁提的。",
        error_messages={"required": "请写明意见或建议。"},
    )

    def __init__(self, *args: Any, near: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if near is None:
            del self.fields["about"]
        else:
            about: Any = self.fields["about"]
            about.queryset = near

    @property
    def helper(self) -> FormHelper:
        """Both choices side by side."""
        if "about" in self.fields:
            return fields_helper(Columns("kind", "about"), "text")
        return fields_helper("kind", "text")


class AnswerForm(forms.Form):
    """The answer, which who wrote it is told."""

    text = forms.CharField(
        label="答复",
        min_length=2,
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
        help_text="提出人会收到答复。",
        error_messages={"required": "请写答复。"},
    )
