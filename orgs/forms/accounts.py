"""Forms of sign-in, passwords, accounts, sessions, administrators, jobs and audit."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.db.models import QuerySet
from django.utils import timezone

from core.privacy import OFF_THE_DEVICE
from core.text import clean
from core.verbs import choices as verb_choices

from ..backends import may_be_shown_again
from ..enums import AdminKind
from ..models import User

DATE = {"type": "date"}


def offer(form: forms.BaseForm, name: str, choices: list[tuple[Any, str]]) -> None:
    """Shows `choices` in the field `name`; what is valid stays what the field says."""
    field: Any = form.fields[name]
    field.choices = choices


class LoginForm(forms.Form):
    """Login name or phone number, and password."""

    username = forms.CharField(
        label="登录名或手机号",
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "spellcheck": "false",
                **OFF_THE_DEVICE,
            }
        ),
    )
    password = forms.CharField(
        label="密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        first = "password" if self.data.get("username") else "username"
        self.fields[first].widget.attrs["autofocus"] = True

    def forget_slip(self) -> None:
        """Takes out of the field of the name what may be a password typed there."""
        if not may_be_shown_again(self.data.get("username", "")):
            self.data = {**self.data, "username": ""}


class PasswordForm(forms.Form):
    """A new password, twice. `with_current` asks for the one of now first."""

    current = forms.CharField(
        label="当前密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="新密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输入一遍新密码",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, with_current: bool, is_admin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_current:
            del self.fields["current"]
        rules = password_validation.password_validators_help_texts()
        self.fields["new"].help_text = "".join(rule for rule in rules[:3] if rule)
        if is_admin:
            self.fields["new"].help_text = "管理员至少 12 个字符。" + "".join(rules[1:3])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", "两次输入的新密码不一样。")
        return data


class ProfileForm(forms.Form):
    """What the person keeps himself."""

    email = forms.EmailField(
        label="邮箱", required=False, max_length=254, help_text="催办提醒也会发到这里。"
    )


class UserForm(forms.Form):
    """An account as the system administrator keeps it."""

    username = forms.CharField(
        label="登录名",
        max_length=50,
        help_text="3 至 50 个字母、数字，字母开头；不分大小写，建立后不能更改。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    name = forms.CharField(label="姓名", max_length=50)
    phone = forms.CharField(
        label="手机号",
        required=False,
        max_length=30,
        help_text="可用来登录；加密保存，列表中只显示前三后二。",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    email = forms.EmailField(label="邮箱", required=False, max_length=254)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["username"]


class UserFilter(forms.Form):
    """The filter above the list of accounts."""

    STATES = [("", "全部"), ("active", "启用"), ("waiting", "待首次登录"), ("disabled", "停用")]

    q = forms.CharField(label="姓名或登录名", required=False, max_length=50)
    state = forms.ChoiceField(label="状态", choices=STATES, required=False)


class SessionFilter(forms.Form):
    """The filter above the lists of everybody's sessions and tokens."""

    q = forms.CharField(label="姓名或登录名", required=False, max_length=50)


class ReasonForm(forms.Form):
    """Why something is ended."""

    reason = forms.CharField(
        label="理由",
        max_length=200,
        help_text="写入审计记录，最多 200 字。",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_reason(self) -> str:
        return clean(self.cleaned_data["reason"])


class ProposalForm(ReasonForm):
    """Whom to make which administrator, or to relieve. `matches` are the persons offered."""

    user = forms.ModelChoiceField(
        label="人员",
        queryset=User.objects.filter(is_active=True),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "请先查找并选择一名人员。"},
    )
    admin_kind = forms.ChoiceField(
        label="任免",
        choices=[
            *((kind.value, f"任命为{kind.label}") for kind in AdminKind if kind),
            ("none", "免去管理员"),
        ],
        widget=forms.RadioSelect,
    )
    field_order = ["user", "admin_kind", "reason"]

    def __init__(self, *args: Any, matches: QuerySet[User] | list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(matches)
        offer(self, "user", [(person.pk, person_label(person)) for person in people])
        if len(people) == 1:
            self.fields["user"].initial = people[0].pk

    def clean_admin_kind(self) -> str:
        kind = self.cleaned_data["admin_kind"]
        return "" if kind == "none" else kind


def person_label(person: User) -> str:
    """A person in a list of namesakes."""
    kind = f"，{person.get_admin_kind_display()}" if person.admin_kind else ""
    return f"{person.name}（{person.username}{kind}）"


class PersonSearch(forms.Form):
    """Looks for a person."""

    q = forms.CharField(label="姓名或登录名", required=False, max_length=50)


class JobFilter(forms.Form):
    """The filter above the list of background items."""

    STATES = [
        ("", "需要处理"),
        ("open", "全部未完成"),
        ("pending", "待办"),
        ("leased", "办理中"),
        ("unknown", "结果不明"),
        ("dead", "已停止"),
        ("skipped", "已放弃"),
    ]

    state = forms.ChoiceField(label="状态", choices=STATES, required=False)


class AuditFilter(forms.Form):
    """The filter above the audit trail. Days are those of the portal's time zone."""

    person = forms.CharField(label="人员", required=False, max_length=50)
    verb = forms.ChoiceField(label="行为", required=False)
    object = forms.CharField(label="对象", required=False, max_length=100)
    first = forms.DateField(
        label="自", required=False, widget=forms.DateInput(DATE, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label="至", required=False, widget=forms.DateInput(DATE, format="%Y-%m-%d")
    )
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "verb", [("", "全部"), *verb_choices()])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        for name, day in (("first", first), ("last", last)):
            if day and not 2000 <= day.year <= 2100:
                self.add_error(name, "年份应在 2000 至 2100 之间。")
        if first and last and first > last:
            self.add_error("last", "结束日期早于开始日期。")
        return data

    def bounds(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """The chosen days as moments: from the first one's start to the last one's end."""
        zone = timezone.get_current_timezone()
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        start = dt.datetime.combine(first, dt.time(), tzinfo=zone) if first else None
        end = dt.datetime.combine(last, dt.time.max, tzinfo=zone) if last else None
        return start, end
