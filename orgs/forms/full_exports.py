"""What is asked before a file with people's numbers leaves, and of the second person."""

from typing import Any

from django import forms

from ..actions.full_exports import SHORTEST_PURPOSE
from .organizations import CleanCharField


class ExportForm(forms.Form):
    """Masked, or in full with a purpose. `masks` says what the masked form leaves."""

    scope = forms.ChoiceField(label="内容", initial="masked", widget=forms.RadioSelect)
    purpose = CleanCharField(
        label="用途",
        required=False,
        max_length=200,
        help_text="用在哪里、给谁。用途印在每页页眉并记入审计。",
    )

    def __init__(self, *args: Any, may_see_full: bool, masks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("masked", masks), ("full", "完整显示，文件加密码")]
        field: Any = self.fields["scope"]
        field.choices = choices if may_see_full else choices[:1]
        if may_see_full:
            purpose: Any = self.fields["purpose"]
            purpose.needed = "“完整显示”必填"  # instead of 选填

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("scope") == "full" and len(given.get("purpose") or "") < SHORTEST_PURPOSE:
            self.add_error("purpose", f"请写明用途（至少 {SHORTEST_PURPOSE} 个字）。")
        return given


class RefuseForm(forms.Form):
    """Why a file is not allowed."""

    reason = CleanCharField(
        label="不批准的理由",
        max_length=200,
        min_length=2,
        error_messages={"min_length": "请写明不批准的理由。"},
    )
