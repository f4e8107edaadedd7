"""Forms of organisations: filter, facts, and one for each act."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from core import clock
from core.actor import Actor
from core.figures import moment_of, moment_word
from core.identity import normalise
from core.text import clean, compact_name, to_half_width

from .. import terms
from ..actions.history import Decision
from ..enums import (
    BRANCH_KINDS,
    ELECTED_POSTS,
    NARROWINGS,
    Appointment,
    OrganizationClass,
    OrganizationKind,
    Post,
    Sector,
    UnitSituation,
)
from ..models import Organization
from ..queries.organizations import parents_for

QUESTIONED = "{}的，须填批准文号，并在此写明依据。"
EARLIEST = dt.date(1921, 7, 1)
LATEST = dt.date(2099, 12, 31)


class CleanCharField(forms.CharField):
    """Text in normal form, without characters nobody can see."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")


class NameField(CleanCharField):
    """A person's name without blanks between its characters."""

    def to_python(self, value: Any) -> str:
        return compact_name(super().to_python(value))


class DayField(forms.DateField):
    """A date between 1921 and 2099, chosen or typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def clean(self, value: Any) -> dt.date | None:
        day: dt.date | None = super().clean(value)
        if day is not None and not EARLIEST <= day <= LATEST:
            raise forms.ValidationError("日期应在 1921 年 7 月至 2099 年之间。")
        return day


class ParentField(forms.ModelChoiceField):
    """An organisation of the actor's scope; deeper ones stand further in."""

    def label_from_instance(self, obj: Organization) -> str:
        return "　" * max(obj.depth - 1, 0) + str(obj)


class MomentField(forms.CharField):
    """A moment as addresses name it."""

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return moment_of(str(value))
        except ValueError as error:
            raise ValidationError("不是时刻。", code="invalid") from error


def query_of(form: forms.Form, **others: Any) -> str:
    """The query of an address that asks for what the validated filter form has understood, and for
    `others`: however long and odd the address was that it was read from."""
    asked = {**form.cleaned_data, **others}
    return urlencode(
        {
            name: moment_word(value) if isinstance(value, dt.datetime) else value
            for name, value in asked.items()
            if value
        }
    )


class OrganizationFilter(forms.Form):
    """What the list of organisations is narrowed by; all in the address."""

    q = CleanCharField(label="名称", required=False, max_length=60)
    kind = forms.ChoiceField(
        label="类别", required=False, choices=[("", "全部"), *OrganizationKind.choices]
    )
    organization_class = forms.ChoiceField(
        label="类型", required=False, choices=[("", "全部"), *OrganizationClass.choices]
    )
    term = forms.ChoiceField(label="换届", required=False, choices=[("", "全部"), *terms.CHOICES])
    abolished = forms.ChoiceField(
        label="状态", required=False, choices=[("", "现有"), ("1", "已撤销")]
    )
    # Not typed by people: figures lead here with them.
    below = forms.IntegerField(
        required=False, widget=forms.HiddenInput, min_value=1, max_value=2_000_000_000
    )
    existing = DayField(required=False, widget=forms.HiddenInput)
    known = MomentField(required=False, widget=forms.HiddenInput)
    only = forms.ChoiceField(
        required=False, widget=forms.HiddenInput, choices=[("", ""), *NARROWINGS.items()]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = "名称、拼音或首字母"

    @property
    def is_active(self) -> bool:
        """Whether anything is asked for."""
        return self.is_bound and any(self.data.get(name) for name in self.fields)

    @property
    def told(self) -> list[str]:
        """What the list is narrowed to without a control of its own, as words."""
        given = self.cleaned_data
        found = [NARROWINGS[given["only"]]] if given.get("only") else []
        if given.get("existing"):
            found.append(f"{given['existing']} 已成立、未撤销")
        return found


class AsOfForm(forms.Form):
    """On which day the tree is looked at."""

    on = DayField(label="看某一天的隶属", required=False)


class DecisionForm(forms.Form):
    """Day and document of an act; the base of most forms here."""

    on = DayField(label="日期", help_text="决定生效的日期。")
    approved_by = CleanCharField(label="批准机关", max_length=100, required=False)
    document_number = CleanCharField(label="文号", max_length=60, required=False)
    note = CleanCharField(label="说明", max_length=500, required=False)
    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000
    )

    def __init__(
        self, *args: Any, actor: Actor, organization: Organization | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self.organization = organization
        self.fields["on"].initial = clock.today()
        if organization is not None:
            self.fields["revision"].initial = organization.revision
        # The act itself first, then day and document.
        tail = ["on", "approved_by", "document_number", "note", "revision"]
        self.order_fields([name for name in self.fields if name not in tail] + tail)

    def decision(self) -> Decision:
        """The cleaned day and document."""
        data = self.cleaned_data
        return Decision(data["on"], data["approved_by"], data["document_number"], data["note"])

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class FactsForm(forms.Form):
    """Plain facts of an organisation."""

    organization_class = forms.ChoiceField(label="组织类型", choices=OrganizationClass.choices)
    sector = forms.ChoiceField(
        label="所属领域", required=False, choices=[("", "未填"), *Sector.choices]
    )
    has_committee = forms.BooleanField(
        label="设支部委员会",
        required=False,
        help_text="正式党员 7 名以上的支部应设委员会；不设的，支委会不计入应开。",
    )
    group_count = forms.IntegerField(label="党小组数", min_value=0, max_value=200, required=False)
    unit_name = CleanCharField(label="所在单位", max_length=100, required=False)
    unit_situation = forms.ChoiceField(
        label="所在单位情况", required=False, choices=[("", "未填"), *UnitSituation.choices]
    )
    unit_nature = CleanCharField(label="单位性质", max_length=40, required=False)
    unit_code = CleanCharField(label="统一社会信用代码", max_length=18, required=False)
    contact_name = NameField(label="联系人", max_length=50, required=False)
    contact_phone = CleanCharField(label="联系电话", max_length=40, required=False)
    note = CleanCharField(
        label="备注", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_group_count(self) -> int:
        return self.cleaned_data["group_count"] or 0

    def clean_unit_code(self) -> str:
        return normalise(self.cleaned_data["unit_code"])

    def clean_contact_phone(self) -> str:
        return to_half_width(self.cleaned_data["contact_phone"])

    def facts(self) -> dict[str, Any]:
        """Cleaned facts without the telephone number, which is sealed."""
        return {
            name: self.cleaned_data[name]
            for name in FactsForm.base_fields
            if name != "contact_phone"
        }


class EditForm(FactsForm):
    """Plain facts of an existing organisation, as they were when the page was opened."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2_000_000_000
    )

    def clean_revision(self) -> int:
        return self.cleaned_data["revision"] or 0


class CreateForm(DecisionForm):
    """A new organisation."""

    name = CleanCharField(
        label="党组织全称",
        max_length=100,
        help_text="与印章一致，如：中共大黄山街道湖庄村第三支部委员会。",
    )
    short_name = CleanCharField(
        label="简称", max_length=60, required=False, help_text="不填则由全称生成。"
    )
    kind = forms.ChoiceField(label="组织类别", choices=[("", "请选择"), *OrganizationKind.choices])
    parent = ParentField(
        label="上级党组织", queryset=Organization.objects.none(), empty_label="请选择"
    )
    organization_class = forms.ChoiceField(
        label="组织类型",
        required=False,
        choices=[("", "按名称判断"), *OrganizationClass.choices],
    )
    sector = forms.ChoiceField(
        label="所属领域", required=False, choices=[("", "未填"), *Sector.choices]
    )
    unit_name = CleanCharField(label="所在单位", max_length=100, required=False)
    contact_name = NameField(label="联系人", max_length=50, required=False)
    contact_phone = CleanCharField(label="联系电话", max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "成立日期"
        _choose(self, "parent", parents_for(self.actor))

    def facts(self) -> dict[str, Any]:
        """The facts given; a class left open is not among them."""
        names = ("organization_class", "sector", "unit_name", "contact_name")
        data = self.cleaned_data
        return {name: data[name] for name in names if data[name]}


class RenameForm(DecisionForm):
    name = CleanCharField(label="新全称", max_length=100)
    short_name = CleanCharField(
        label="简称", max_length=60, required=False, help_text="不填则由全称生成。"
    )


class KindForm(DecisionForm):
    kind = forms.ChoiceField(label="新的组织类别", choices=OrganizationKind.choices)


class MoveForm(DecisionForm):
    parent = ParentField(
        label="新的上级党组织",
        queryset=Organization.objects.none(),
        empty_label="请选择",
        help_text="下级组织一并移动；以前的报表仍按当时的隶属查看。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = parents_for(self.actor).exclude(kind__in=BRANCH_KINDS)
        if self.organization is not None:
            if self.organization.kind == OrganizationKind.PARTY_GROUP:
                rows = parents_for(self.actor).filter(kind__in=BRANCH_KINDS)
            rows = rows.exclude(path__startswith=self.organization.path)
        _choose(self, "parent", rows)


class MergeForm(DecisionForm):
    target = ParentField(
        label="并入",
        queryset=Organization.objects.none(),
        empty_label="请选择",
        help_text="党员和下级组织转入所选组织；本组织撤销，历史记录保留。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = parents_for(self.actor)
        if self.organization is not None:
            rows = rows.exclude(path__startswith=self.organization.path)
            if self.organization.is_branch:
                rows = rows.filter(kind__in=BRANCH_KINDS)
        _choose(self, "target", rows)


class AbolishForm(DecisionForm):
    pass


class ReElectForm(DecisionForm):
    term_years = forms.TypedChoiceField(
        label="任期", coerce=int, choices=[("3", "3 年"), ("5", "5 年")]
    )
    term_ends_on = DayField(
        label="届满日期", required=False, help_text="不填则按任期从换届日期起算。"
    )
    continuing = forms.MultipleChoiceField(
        label="连任",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="登记后原班子的任职到换届之日为止；连任的勾选，新当选的另行登记任职。",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "换届日期"
        self.fields["on"].help_text = "选举产生新一届班子的日期。"
        self.fields["note"].help_text = QUESTIONED.format("提前 1 年以上换届")
        if self.organization is None:
            return
        place = self.organization
        usual = terms.usual_years(place.kind, place.organization_class, place.term_years)
        self.fields["term_years"].initial = str(usual)
        held = self.organization.offices.filter(ended_on=None, post__in=ELECTED_POSTS)
        order = list(Post)
        people = sorted(held.order_by("pk"), key=lambda one: order.index(Post(one.post)))
        choices = [(str(one.pk), str(one)) for one in people]
        if choices:
            self.fields["continuing"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["continuing"]

    def clean_continuing(self) -> list[int]:
        """Ids of the offices that go on."""
        return [int(one) for one in self.cleaned_data["continuing"]]


class ExtendForm(DecisionForm):
    until = DayField(label="延期至")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = "批准日期"
        self.fields["document_number"].required = True
        self.fields["approved_by"].required = True
        self.fields["note"].help_text = QUESTIONED.format("延期超过 12 个月")


class OfficeForm(forms.Form):
    """A person takes up a post, or what is known of it is put right."""

    post = forms.ChoiceField(label="职务", choices=[("", "请选择"), *Post.choices])
    person_name = NameField(label="姓名", max_length=50)
    username = CleanCharField(
        label="登录名",
        max_length=50,
        required=False,
        help_text="在别处已有账号的，填他的登录名；本组织已有账号的自动关联，都没有的留空。",
    )
    started_on = DayField(label="任职日期")
    appointment = forms.ChoiceField(
        label="产生方式", required=False, choices=[("", "未填"), *Appointment.choices]
    )
    document_number = CleanCharField(label="文号", max_length=60, required=False)


class OfficeEndForm(forms.Form):
    """A person leaves a post."""

    ended_on = DayField(label="免职日期", help_text="他凭这个职务在本组织的授权同时结束。")


class OfficeCorrectForm(OfficeForm):
    """What was mistyped about an office. One that is over keeps a last day."""

    ended_on = DayField(label="免职日期", required=False)

    def __init__(self, *args: Any, is_over: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["started_on"].required = False
        self.fields["username"].help_text = "留空为不变。"
        if not is_over:
            del self.fields["ended_on"]


def _choose(form: forms.Form, name: str, rows: QuerySet[Organization]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
