"""Forms of what a person sets for himself: reminders and deputies."""

from typing import Any

from django import forms
from django.conf import settings

from .accounts import DATE


class PreferencesForm(forms.Form):
    """How reminders come. What is overdue always comes by mail too."""

    reminders_by_mail = forms.BooleanField(
        label="提醒同时发到邮箱", required=False, help_text="逾期事项总会发邮件，不能关闭。"
    )
    reminder_hour = forms.TypedChoiceField(
        label="每天几点提醒", coerce=int, help_text="只在工作日提醒，每天最多一条。"
    )
    weekly_summary = forms.BooleanField(label="每周第一个工作日汇总本人未办事项", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first, last = settings.REMINDER_HOURS
        hour: Any = self.fields["reminder_hour"]
        hour.choices = [(hour, f"{hour}:00") for hour in range(first, last)]


class DeputyForm(forms.Form):
    """Who acts in one of the person's grants, and in which days."""

    username = forms.CharField(
        label="代理人的登录名",
        max_length=50,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    first = forms.DateField(label="自", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    last = forms.DateField(
        label="至",
        help_text="含这一天，到期自动结束。",
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )
