"""Forms of work roles: who acts where, as what, and from when to when."""

import datetime as dt
from typing import Any

from django import forms

from core import clock

from ..models import Organization, User
from ..roles import WORK_ROLE_CHOICES
from .accounts import DATE, offer, person_label


class GrantFilter(forms.Form):
    """The filter above the list of grants."""

    STATES = [("current", "有效"), ("coming", "未生效"), ("over", "已结束"), ("all", "全部")]

    person = forms.CharField(label="人员", required=False, max_length=50)
    role = forms.ChoiceField(
        label="角色", choices=[("", "全部"), *WORK_ROLE_CHOICES], required=False
    )
    organization = forms.CharField(label="组织", required=False, max_length=50)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)


class GrantSearch(forms.Form):
    """First step of a grant: find the person and the organisation."""

    person = forms.CharField(label="姓名或登录名", max_length=50)
    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *WORK_ROLE_CHOICES])
    organization = forms.CharField(
        label="组织名称", max_length=50, required=False, help_text="可用简称或拼音首字母。"
    )


class GrantForm(forms.Form):
    """Second step: choose among what was found, and the dates."""

    user = forms.ModelChoiceField(
        label="人员",
        queryset=User.objects.filter(is_active=True, admin_kind=""),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择人员。"},
    )
    organization = forms.ModelChoiceField(
        label="组织",
        queryset=Organization.objects.none(),
        widget=forms.RadioSelect,
        error_messages={"required": "请选择组织。"},
    )
    role = forms.ChoiceField(choices=WORK_ROLE_CHOICES, widget=forms.HiddenInput)
    valid_from = forms.DateField(label="生效日期", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    valid_to = forms.DateField(
        label="失效日期",
        required=False,
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
        help_text="从这一天起不再有效；留空为长期有效。",
    )

    def __init__(
        self,
        *args: Any,
        people: list[User],
        organizations: list[Organization],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        organization: Any = self.fields["organization"]
        organization.queryset = Organization.objects.active()
        offer(self, "user", [(one.pk, person_label(one)) for one in people])
        offer(self, "organization", [(one.pk, one.name) for one in organizations])
        if len(people) == 1:
            self.fields["user"].initial = people[0].pk
        if len(organizations) == 1:
            self.fields["organization"].initial = organizations[0].pk
        self.fields["valid_from"].initial = clock.today()

    def clean_valid_from(self) -> dt.date:
        day = self.cleaned_data["valid_from"]
        if day < clock.today() - dt.timedelta(days=365):
            raise forms.ValidationError("生效日期最早可填一年前。")
        return day
