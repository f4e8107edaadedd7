"""Forms of what a person sets for himself: reminders and deputies."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings

from ..models.account import normalize_username
from ..queries.accounts import Colleague, called
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
    """Who acts in one of the person's grants, and in which days.

    Those `known` may be called by name, pinyin or initials; anybody else by his login name.
    """

    username = forms.CharField(
        label="代理人",
        max_length=50,
        help_text="本组织和所属组织的同事可填姓名或拼音首字母，其他人填登录名。",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "list": "colleagues"}
        ),
    )
    first = forms.DateField(label="自", widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"))
    last = forms.DateField(
        label="至",
        help_text="含这一天，到期自动结束。",
        widget=forms.DateInput(attrs=DATE, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, known: Sequence[Colleague] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean_username(self) -> str:
        """The login name of whoever is meant. Refuses a name that several bear."""
        typed: str = self.cleaned_data["username"]
        wanted = normalize_username(typed)
        if any(one.username == wanted for one in self.known):
            return typed
        meant = called(typed, self.known)
        if len(meant) > 1:
            them = "；".join(f"{one.name}（{one.place}）：{one.username}" for one in meant[:6])
            raise forms.ValidationError(f"有 {len(meant)} 位符合，请改填登录名。{them}")
        return meant[0].username if meant else typed
