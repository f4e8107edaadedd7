"""What people type about members, as cleaned values."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core import clock
from core.actor import Actor
from core.dates import read_date
from core.identity import normalise
from core.layouts import Section, fields_helper
from core.text import NAME, clean, compact_name
from orgs.forms.organizations import MomentField
from orgs.models import Organization

from . import rules
from .actions import reveals
from .codes import EDUCATION, ETHNICITY, JOBS
from .enums import (
    AGE_BANDS,
    DENOMINATORS,
    EXCLUSIONS,
    POSTS,
    PRESENCE,
    STATES,
    Category,
    DecisionKind,
    ExitReason,
    RevealedField,
)
from .items import LABELS, PLAIN_ITEMS, SEALED_ITEMS, difference, plain
from .models import Member
from .queries import roster
from .queries.roster import MemberFilters

NOTHING = ("无", "—", "-", "/")


def _options(choices: dict[str, str], empty: str = "不限") -> list[tuple[str, str]]:
    return [("", empty), *((key, label) for key, label in choices.items() if key)]


class DayField(forms.DateField):
    """A day, picked or typed in any style that the sheets know."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or isinstance(value, dt.date):
            return value or None
        try:
            return read_date(str(value)).value
        except (ValueError, OverflowError) as error:
            raise ValidationError("请写成 1999-07-01 这样的日期。", code="invalid") from error


class LineField(forms.CharField):
    """One line of text without characters nobody can see."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class MemberFilterForm(forms.Form):
    """The filters of the list, all in the address."""

    q = forms.CharField(
        label="查找",
        required=False,
        max_length=roster.SEARCH_LENGTH,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "姓名、拼音或党支部"}),
    )
    organization = forms.ChoiceField(label="党组织", required=False)
    category = forms.ChoiceField(
        label="类别", required=False, choices=_options(dict(Category.choices))
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", STATES[""]), *((k, v) for k, v in STATES.items() if k)],
    )
    sex = forms.ChoiceField(label="性别", required=False, choices=_options({"1": "男", "2": "女"}))
    age = forms.ChoiceField(label="年龄", required=False, choices=_options(AGE_BANDS))
    presence = forms.ChoiceField(label="流动失联", required=False, choices=_options(PRESENCE))
    post = forms.ChoiceField(label="职务", required=False, choices=_options(POSTS))

    # Not typed by people: figures of reports lead here with them.
    denominator = forms.ChoiceField(
        required=False, choices=_options(DENOMINATORS), widget=forms.HiddenInput
    )
    joined_from = DayField(required=False, widget=forms.HiddenInput)
    joined_to = DayField(required=False, widget=forms.HiddenInput)
    full_from = DayField(required=False, widget=forms.HiddenInput)
    full_to = DayField(required=False, widget=forms.HiddenInput)
    left_from = DayField(required=False, widget=forms.HiddenInput)
    left_to = DayField(required=False, widget=forms.HiddenInput)
    as_of = DayField(required=False, widget=forms.HiddenInput)
    known = MomentField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        top = min((place.depth for place in places), default=1)
        if len(places) < 2:
            del self.fields["organization"]  # nothing to choose from in a branch
            return
        field: Any = self.fields["organization"]
        field.choices = [
            ("", "全部"),
            *((str(place.pk), "　" * (place.depth - top) + str(place)) for place in places),
        ]

    def filters(self, organization: Organization | None, sort: str) -> MemberFilters:
        """The valid ones; what could not be read narrows nothing."""
        self.is_valid()
        given: dict[str, Any] = self.cleaned_data
        words = ("q", "category", "state", "sex", "age", "presence", "post", "denominator")
        days = ("joined_from", "joined_to", "full_from", "full_to", "left_from", "left_to")
        found: dict[str, Any] = {name: given.get(name, "") for name in words}
        found |= {name: given.get(name) for name in days}
        if found["left_from"] or found["left_to"]:
            self.fields["state"].widget = forms.HiddenInput()  # all have left
        as_of, known = given.get("as_of"), given.get("known")
        if as_of and as_of >= clock.today() and known is None:
            as_of = None  # how things are, not how they were
        return MemberFilters(
            organization=organization,
            sort=sort if sort in roster.SORTS else "",
            **found,
            as_of=as_of or (known and timezone.localdate(known)),
            known_at=known,
        )

    @property
    def told(self) -> list[str]:
        """The filters that have no control, as words."""
        given = self.cleaned_data
        found = [DENOMINATORS[given["denominator"]]] if given.get("denominator") else []
        for label, start, end in (
            ("入党时间", given.get("joined_from"), given.get("joined_to")),
            ("转正时间", given.get("full_from"), given.get("full_to")),
            ("离开日期", given.get("left_from"), given.get("left_to")),
        ):
            if start or end:
                found.append(f"{label} {start or ''} 至 {end or ''}")
        return found


class FindForm(forms.Form):
    """A number to find a member by. Sent by POST: numbers never stand in an address."""

    number = LineField(
        label="号码",
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )


class MemberForm(forms.Form):
    """The 16 items of the national form and what goes with them.

    Sealed items are never filled in: empty leaves them as they are, 无 clears them.
    """

    name = LineField(label="姓名", max_length=50)
    identity_number = LineField(
        label="公民身份号码", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sex = forms.ChoiceField(label="性别", choices=[("1", "男"), ("2", "女"), ("0", "未知")])
    ethnicity = forms.ChoiceField(label="民族", required=False, choices=_options(ETHNICITY, "未填"))
    birth_on = DayField(label="出生日期")
    native_place = LineField(label="籍贯", max_length=60, required=False)
    education = forms.ChoiceField(label="学历", required=False, choices=_options(EDUCATION, "未填"))
    organization = forms.ModelChoiceField(
        label="所在党支部", queryset=Organization.objects.none(), empty_label="请选择"
    )
    category = forms.ChoiceField(label="人员类别", choices=Category.choices)
    joined_on = DayField(label="入党时间")
    full_member_on = DayField(
        label="转正时间", required=False, help_text="预备党员不填。党龄从转正之日算起。"
    )
    seniority_correction_days = forms.IntegerField(
        label="党龄校正（天）",
        min_value=-30000,
        max_value=30000,
        required=False,
        help_text="曾停止党籍等不计入党龄的天数，填负数。",
    )
    party_post = LineField(label="党内职务", max_length=40, required=False)
    job = LineField(
        label="工作岗位",
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"list": "jobs"}),
    )
    work_unit = LineField(label="工作单位及职务", max_length=100, required=False)
    phone = LineField(
        label="联系电话",
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    address = LineField(
        label="家庭住址",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    is_mobile = forms.BooleanField(label="流动党员", required=False)
    mobile_to = LineField(label="外出流向", max_length=60, required=False, help_text="省、市、县。")
    is_lost_contact = forms.BooleanField(label="失联党员", required=False)
    lost_contact_since = DayField(label="失去联系日期", required=False)
    is_excused = forms.BooleanField(label="免到（年老体弱、长期病休等）", required=False)
    is_on_party_probation = forms.BooleanField(label="留党察看（期间没有表决权）", required=False)
    note = LineField(label="备注", max_length=500, required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    SECTIONS = (
        (
            "基本情况",
            (
                "name",
                "identity_number",
                "sex",
                "birth_on",
                "ethnicity",
                "native_place",
                "education",
            ),
        ),
        (
            "党内情况",
            (
                "organization",
                "category",
                "joined_on",
                "full_member_on",
                "seniority_correction_days",
                "party_post",
                "is_on_party_probation",
            ),
        ),
        ("工作与联系", ("job", "work_unit", "phone", "address")),
        (
            "流动、失联与出席",
            (
                "is_mobile",
                "mobile_to",
                "is_lost_contact",
                "lost_contact_since",
                "is_excused",
                "note",
            ),
        ),
    )

    jobs = JOBS  # offered while typing

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        member: Member | None = None,
        organization: Organization | None = None,
        **kwargs: Any,
    ) -> None:
        self.member = member
        if member:
            kwargs.setdefault("initial", _initial(member))
        super().__init__(*args, **kwargs)
        branches: Any = self.fields["organization"]
        if member:
            del self.fields["organization"]
            self._explain_sealed(member)
        else:
            branches.queryset = Organization.objects.visible_to(actor).active().branches()
            if organization:
                self.initial["organization"] = organization.pk

    def _explain_sealed(self, member: Member) -> None:
        for item, masked in (
            ("identity_number", member.identity_sealed),
            ("phone", member.phone_masked),
            ("address", member.address_masked),
        ):
            field = self.fields[item]
            if masked:
                field.required = False
                known = masked if item != "identity_number" else "有号码"
                field.help_text = f"现登记：{known}。不改就留空。"
                if item != "identity_number":
                    field.help_text += "填“无”表示清空。"

    @property
    def helper(self) -> FormHelper:
        """The form's fields under their headings."""
        return fields_helper(
            *(
                Section(title, *(name for name in names if name in self.fields))
                for title, names in self.SECTIONS
            )
        )

    def clean_name(self) -> str:
        name = compact_name(self.cleaned_data["name"])
        if not NAME.fullmatch(name):
            raise ValidationError("姓名里有不该出现的字符，请只填姓名。")
        return name

    def clean_identity_number(self) -> str:
        number = normalise(self.cleaned_data["identity_number"])
        if number:
            wrong = rules.identity_problem(number)
            if wrong:
                raise ValidationError(wrong.message, code=wrong.code)
        return number

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["seniority_correction_days"] = given.get("seniority_correction_days") or 0
        if "is_lost_contact" in given and not given["is_lost_contact"]:
            given["lost_contact_since"] = None
        if not given.get("is_mobile"):
            given["mobile_to"] = ""
        for wrong in rules.problems(given, today=clock.today()):
            if not self.errors.get(wrong.field):
                self.add_error(wrong.field, ValidationError(wrong.message, code=wrong.code))
        return given

    def values(self) -> dict[str, Any]:
        """The items to be written, as `actions.members` wants them."""
        given = dict(self.cleaned_data)
        given.pop("revision", None)
        organization = given.pop("organization", None)
        if organization:
            given["organization_id"] = organization.pk
        for item in SEALED_ITEMS:
            text = given.pop(item, "")
            if text:
                given[item] = "" if text in NOTHING else text
        return given

    def odd(self) -> list[str]:
        """What looks odd in the cleaned values, as sentences; nothing that stops the saving."""
        number = self.cleaned_data.get("identity_number", "")
        if not number and self.member:
            number = plain(self.member, "identity_number")
        return [found.message for found in rules.warnings(self.cleaned_data, number=number)]

    def against(self, member: Member) -> list[tuple[str, Any, Any]]:
        """(label, saved, typed) of what was typed differently from the record as it is now."""
        found = difference(member, self.values())
        return [(LABELS[item], saved, typed) for item, (saved, typed) in found.items()]


def _initial(member: Member) -> dict[str, Any]:
    names = [item for item in PLAIN_ITEMS if item != "organization_id"]
    return {**{name: getattr(member, name) for name in names}, "revision": member.revision}


LEAVING = [
    ("", "请选择"),
    *((reason.value, reason.label) for reason in ExitReason if reason not in EXCLUSIONS),
]


class ExitForm(forms.Form):
    """Why and when somebody left."""

    reason = forms.ChoiceField(label="原因", choices=LEAVING)
    happened_on = DayField(label="日期", help_text="转出填回执日期，去世填去世日期。")
    document_number = LineField(label="文号", max_length=60, required=False)
    note = LineField(label="说明", max_length=300, required=False)


class RestoreForm(forms.Form):
    """On what ground somebody is put back on the roll."""

    reason = LineField(
        label="依据",
        min_length=4,
        max_length=300,
        help_text="例如批准文号，或“登记有误”。",
    )


class ProposeForm(forms.Form):
    """What the branch's meeting resolved."""

    kind = forms.ChoiceField(label="事项")
    resolved_on = DayField(label="支部大会决议日期")
    resolution_number = LineField(label="决议（请示）文号", max_length=60)
    basis = LineField(label="依据", min_length=4, max_length=300, help_text="条款和事实。")

    def __init__(self, *args: Any, kinds: Sequence[DecisionKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [("", "请选择"), *((kind.value, kind.label) for kind in kinds)]


class ApproveForm(forms.Form):
    """The committee's approval."""

    document_number = LineField(label="批复文号", max_length=60)
    approved_on = DayField(label="批准日期")


class RefuseForm(forms.Form):
    """Why the committee does not approve."""

    reason = LineField(label="不批准的理由", min_length=2, max_length=300)


class MoveForm(forms.Form):
    """Where a member goes, within the scope."""

    organization = forms.ModelChoiceField(
        label="调整到",
        queryset=Organization.objects.none(),
        empty_label="请选择党支部",
        error_messages={
            "invalid_choice": "请选择管理范围内的另一个党支部。如果刚刚已经调整过，他可能已经在这个党支部。"
        },
    )
    note = LineField(label="说明", max_length=300, required=False)
    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, actor: Actor, member: Member, **kwargs: Any) -> None:
        kwargs.setdefault("initial", {"revision": member.revision})
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organization"]
        field.queryset = (
            Organization.objects.visible_to(actor)
            .active()
            .branches()
            .exclude(pk=member.organization_id)
        )


class RevealForm(forms.Form):
    """Which item, and why it is needed."""

    item = forms.ChoiceField(choices=RevealedField.choices, widget=forms.HiddenInput)
    reason = LineField(
        label="查看事由",
        min_length=reveals.MINIMUM_REASON,
        max_length=200,
        help_text="事由、时间和查看人记入审计。",
        error_messages=dict.fromkeys(
            ("required", "min_length"),
            f"请写明查看的事由（至少 {reveals.MINIMUM_REASON} 个字）。",
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def of_item(self) -> dict[str, "RevealForm"]:
        """One for each item, with ids of its own: they stand together on a member's page."""
        return {
            item: RevealForm(auto_id=f"%s-{item}", initial={"item": item})
            for item in RevealedField.values
        }
