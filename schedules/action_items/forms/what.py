"""What is to be done: the fields that every form has by which something is given out."""

from typing import Any

from django import forms

from ..actions.issuing import Given
from ..enums import Category, Cause, Priority


class WhatForm(forms.Form):
    """What is to be done, until when, how urgent, about what and why, and by which persons. A form
    that leaves one of them out says `None` in its place."""

    title = forms.CharField(
        label="事项",
        min_length=4,
        max_length=100,
        help_text="一句话说清要办成什么，如：补齐三季度党课记录。",
        error_messages={"min_length": "请写明要办的事（至少 4 个字）。"},
    )
    demand = forms.CharField(
        label="要求",
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="办到什么程度算办成，看什么可以核验。",
    )
    due_on = forms.DateField(
        label="办理期限",
        required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="不填则没有期限，不会逾期。",
    )
    priority = forms.ChoiceField(label="缓急", choices=Priority.choices, initial=Priority.NORMAL)
    category = forms.ChoiceField(label="类别", choices=Category.choices, initial=Category.OTHER)
    cause = forms.ChoiceField(label="原因", choices=Cause.choices, initial=Cause.UNKNOWN)
    responsible_name = forms.CharField(
        label="责任人",
        max_length=50,
        required=False,
        help_text="责任单位里具体办的人；可以由对方签收时定。",
    )
    leader_name = forms.CharField(label="分管领导", max_length=50, required=False)

    def said(self, **more: Any) -> Given:
        """What was typed, as the actions take it, with what the form does not ask for."""
        asked = [name for name in WHAT if name in self.fields]
        return Given(**{name: self.cleaned_data[name] for name in asked}, **more)


WHAT = tuple(WhatForm.base_fields)
