"""The form of a new access token."""

from collections.abc import Sequence
from typing import Any

from django import forms

from ..actions.tokens import MAX_DAYS
from ..models import AccessToken, RoleGrant


class TokenForm(forms.Form):
    name = forms.CharField(
        label="用途", max_length=60, help_text="写明哪个系统使用，例如“街道数据平台”。"
    )
    grant = forms.ChoiceField(label="身份")
    scope = forms.ChoiceField(
        label="范围",
        choices=[(scope.value, scope.label) for scope in list(AccessToken.Scope)[:2]],
        initial="read",
    )
    days = forms.IntegerField(label="有效天数", min_value=1, max_value=MAX_DAYS, initial=90)

    def __init__(self, *args: Any, grants: Sequence[RoleGrant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grant"]
        field.choices = [(str(one.pk), f"{one.organization}（{one.label}）") for one in grants]
