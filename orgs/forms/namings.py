"""Forms of 指名与回避."""

from collections.abc import Sequence
from typing import Any

from django import forms

from ..relations import Relation
from .accounts import DATE


class NamingForm(forms.Form):
    """Who is named for the organisation, or is to keep out of it, for what and how long."""

    is_recusal = forms.TypedChoiceField(
        label="办理",
        choices=[("naming", "指名"), ("recusal", "回避")],
        coerce=lambda chosen: chosen == "recusal",
        help_text="指名的人可办理这一项；回避的人不再办理这一项，代理他的人也一样。",
    )
    relation = forms.ChoiceField(label="关系")
    username = forms.CharField(
        label="登录名",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    first = forms.DateField(label="自", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    last = forms.DateField(
        label="至",
        required=False,
        help_text="含这一天；不填则到另行结束为止。",
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )
    includes_below = forms.BooleanField(label="包括下级组织", required=False)
    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="有文件的写明文号。",
        error_messages={"required": "请写明理由。"},
    )

    def __init__(self, *args: Any, relations: Sequence[Relation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        relation: Any = self.fields["relation"]
        relation.choices = [(one.key, one.label) for one in relations]
        if len(relations) == 1:
            relation.initial = relations[0].key


class RecusalForm(forms.Form):
    """Why somebody keeps out of it himself."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        min_length=2,
        help_text="例如：与该支部书记有近亲属关系。上级能看到。",
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明理由。"},
    )
