"""What people type about members, as cleaned values."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from core import clock, phones
from core.actor import Actor
from core.identity import normalise
from core.layouts import Section, fields_helper
from core.privacy import OFF_THE_DEVICE
from core.text import NAME, compact_name, to_half_width
from orgs.forms.organizations import MomentField
from orgs.models import Organization

from .. import rules
from ..codes import EDUCATION, ETHNICITY, JOBS
from ..enums import (
    AGE_BANDS,
    DENOMINATORS,
    POSTS,
    PRESENCE,
    STATES,
    Category,
)
from ..items import LABELS, PLAIN_ITEMS, SEALED_ITEMS, difference, plain
from ..models import Member
from ..queries import roster
from ..queries.roster import MemberFilters
from .fields import NOTHING, DayField, LineField, options


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
        label="类别", required=False, choices=options(dict(Category.choices))
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", STATES[""]), *((k, v) for k, v in STATES.items() if k)],
    )
    sex = forms.ChoiceField(label="性别", required=False, choices=options({"1": "男", "2": "女"}))
    age = forms.ChoiceField(label="年龄", required=False, choices=options(AGE_BANDS))
    presence = forms.ChoiceField(label="流动失联", required=False, choices=options(PRESENCE))
    post = forms.ChoiceField(label="职务", required=False, choices=options(POSTS))

    # Not typed by people: figures of reports lead here with them.
    denominator = forms.ChoiceField(
        required=False, choices=options(DENOMINATORS), widget=forms.HiddenInput
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
        widget=forms.TextInput(
            attrs={"inputmode": "text", "autocomplete": "off", **OFF_THE_DEVICE}
        ),
    )


class MemberForm(forms.Form):
    """The 16 items of the national form and what goes with them.

    Sealed items are never filled in: empty leaves them as they are, 无 clears them.
    """

    name = LineField(label="姓名", max_length=50)
    identity_number = LineField(
        label="公民身份号码", max_length=30, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sex = forms.ChoiceField(
        label="性别",
        required=False,
        choices=[("", "按身份号码"), ("1", "男"), ("2", "女"), ("0", "未知")],
    )
    ethnicity = forms.ChoiceField(label="民族", required=False, choices=options(ETHNICITY, "未填"))
    birth_on = DayField(
        label="出生日期", required=False, help_text="留空就按身份号码填；与档案不一致时填档案的。"
    )
    native_place = LineField(label="籍贯", max_length=60, required=False)
    education = forms.ChoiceField(label="学历", required=False, choices=options(EDUCATION, "未填"))
    organization = forms.ModelChoiceField(
        label="所在党支部", queryset=Organization.objects.none(), empty_label="请选择"
    )
    arrived_on = DayField(
        label="转入日期",
        required=False,
        help_text="从别处转来的，填接收之日，从这天起算本支部人数。新发展的预备党员不填。",
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
                "arrived_on",
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
            del self.fields["organization"], self.fields["arrived_on"]
            self._explain_sealed(member)
        else:
            branches.queryset = Organization.objects.visible_to(actor).active().branches()
            only = organization or _only(branches.queryset)
            if only:
                self.initial.setdefault("organization", only.pk)
                branches.empty_label = None if organization is None else branches.empty_label

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

    def clean_phone(self) -> str:
        phone = to_half_width(self.cleaned_data["phone"])
        if phone and phone not in NOTHING and not phones.numbers(phone):
            raise ValidationError(rules.PHONE_WANTED, code="phone_format")
        return phone

    def _number(self) -> str:
        """The identity number as typed, else as it is registered."""
        number: str = self.cleaned_data.get("identity_number") or ""
        if number or self.member is None or "identity_number" in self.errors:
            return number
        return plain(self.member, "identity_number")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        known = rules.known_from(self._number())
        for name in ("sex", "birth_on"):
            if not given.get(name) and name not in self.errors:
                given[name] = known[name]
        wanted = rules.lacking(given, today=clock.today()) if not self.errors else []
        for wrong in wanted:
            if wrong.field in self.fields:
                self.add_error(wrong.field, ValidationError(wrong.message, code=wrong.code))
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
        given.pop("arrived_on", None)
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
        found = rules.warnings(self.cleaned_data, number=self._number())
        return [one.message for one in found]

    def against(self, member: Member) -> list[tuple[str, Any, Any]]:
        """(label, saved, typed) of what was typed differently from the record as it is now."""
        found = difference(member, self.values())
        return [(LABELS[item], saved, typed) for item, (saved, typed) in found.items()]


def _only(rows: QuerySet[Organization]) -> Organization | None:
    """The one row there is, or None. One query."""
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def _initial(member: Member) -> dict[str, Any]:
    names = [item for item in PLAIN_ITEMS if item != "organization_id"]
    return {**{name: getattr(member, name) for name in names}, "revision": member.revision}
