"""Forms of plans, definitions, the calendar, and the filters of the matrix."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms

from core import clock, figures, periods
from core.layouts import Columns, Entry, Remark, fields_helper
from orgs.enums import OrganizationClass, OrganizationKind

from . import fulfilment
from .enums import ItemKind
from .models import Plan, ReportDefinition
from .words import MatrixState

DATE = {"type": "date"}
COUNTS = ("3", "6", "12")
UNITS = {
    periods.MONTH: "个月",
    periods.QUARTER: "个季度",
    periods.HALF_YEAR: "个半年",
    periods.YEAR: "年",
}


def kinds_offered(*, takes_groups: bool = False) -> list[tuple[str, str]]:
    """The kinds of organisations that a plan may be for. The work committee owes nobody anything;
    a party group only where what fulfils the plan takes it."""
    left_out = {OrganizationKind.WORK_COMMITTEE}
    if not takes_groups:
        left_out.add(OrganizationKind.PARTY_GROUP)
    return [(str(kind.value), kind.label) for kind in OrganizationKind if kind not in left_out]


KINDS = kinds_offered()


def _offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """Sets what may be chosen in the field `name`."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class MatrixFilter(forms.Form):
    """Which plan, which periods and which rows of the matrix."""

    plan = forms.ChoiceField(label="计划", required=False)
    period = forms.ChoiceField(label="期间", required=False)
    months = forms.ChoiceField(label="范围", required=False)
    state = forms.ChoiceField(
        label="状态", choices=[("", "全部状态"), *MatrixState.choices], required=False
    )

    def __init__(
        self, *args: Any, plans: Sequence[Plan], plan: Plan, opened: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(plans) > 1:
            _offer(self, "plan", [(one.key, one.name) for one in plans])
        else:
            del self.fields["plan"]
        _offer(self, "period", [(period, periods.label(period)) for period in opened])
        if plan.cadence == periods.MONTH:
            self.fields["period"].label = "月份"
        unit = UNITS[plan.cadence]
        _offer(self, "months", [(count, f"近 {count} {unit}") for count in COUNTS])

    def chosen(self, name: str, default: str) -> str:
        """The valid choice of the field, else `default`."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or default)


class ForOrganizationsForm(forms.ModelForm):
    """For which organisations something is: kinds, and maybe classes of them."""

    kinds = forms.MultipleChoiceField(
        label="组织类别",
        choices=KINDS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选择一类组织。"},
    )
    classes = forms.MultipleChoiceField(
        label="组织类型",
        choices=OrganizationClass.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不选为全部类型。",
    )


class PlanForm(ForOrganizationsForm):
    """A plan's rule. The plan's key and cadence stay: duties hang on them."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = Plan
        fields = (
            "name",
            "about",
            "kinds",
            "classes",
            "required_count",
            "opens_day",
            "due_day",
            "grace_working_days",
            "lock_working_days",
            "mend_working_days",
            "needs_second_look",
            "starts_on",
            "ends_on",
        )
        widgets = {
            "starts_on": forms.DateInput(DATE, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(DATE, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = fulfilment.of(self.instance)
        _offer(self, "kinds", kinds_offered(takes_groups=kind.takes_groups))
        if not kind.is_by_period:  # a case brings the days itself
            for name in ("opens_day", "due_day", "required_count"):
                del self.fields[name]
        elif not kind.counts:
            del self.fields["required_count"]

    def clean_opens_day(self) -> int:
        day: int = self.cleaned_data["opens_day"]
        if day == 0:
            raise forms.ValidationError("写 1 至 28（期内第几日），或 -1 至 -28（期末前第几日）。")
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        grace, lock = data.get("grace_working_days"), data.get("lock_working_days")
        if grace is not None and lock is not None and lock < grace:
            self.add_error("lock_working_days", "锁定不能早于宽限期满。")
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", "停用日期不能早于起用日期。")
        return data

    def values(self) -> dict[str, Any]:
        """What was entered, by field of the plan."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


class OpenPeriodForm(forms.Form):
    """Which period of a plan to open now."""

    period = forms.ChoiceField(
        label="期间", error_messages={"invalid_choice": "这个期间不在可打开之列。"}
    )

    def __init__(self, *args: Any, offered: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "period", [(period, periods.label(period)) for period in offered])


class DefinitionForm(ForOrganizationsForm):
    """Head of a form's version: its name, and for whom it is."""

    token = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    class Meta:
        model = ReportDefinition
        fields = ("name", "kinds", "classes")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["classes"].help_text += "选了的类型优先用这份表样。"


class CopyForm(forms.Form):
    """The name of a form that is made from another."""

    name = forms.CharField(
        label="新表样名称",
        max_length=60,
        error_messages={"required": "请填写新表样的名称。"},
        widget=forms.TextInput({"placeholder": "如 非公企业党支部月报"}),
    )

    @classmethod
    def of(cls, definition: ReportDefinition, data: Any = None) -> "CopyForm":
        """With an id of its own: they stand together on one page, one for each form."""
        return cls(data, auto_id=f"%s-copy-{definition.pk}")


class ItemForm(forms.Form):
    """One item of a form. A blank title in a new row means no item."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    position = forms.IntegerField(label="顺序", min_value=1, max_value=99, required=False)
    title = forms.CharField(label="项目", max_length=60, required=False)
    kind = forms.ChoiceField(
        label="填写方式",
        choices=[(kind.value, kind.label) for kind in ItemKind if kind != ItemKind.FIGURES],
        required=False,
        help_text="文字：一段话；逐条：最多若干条；附件：只传文件。",
    )
    help = forms.CharField(label="填写说明", max_length=200, required=False)
    required = forms.BooleanField(label="必填（没有请写“无”）", required=False)
    max_entries = forms.IntegerField(label="最多条数", min_value=1, max_value=10, required=False)
    max_chars = forms.IntegerField(
        label="每条字数上限", min_value=10, max_value=2000, required=False
    )
    chosen = forms.MultipleChoiceField(
        label="数据项", required=False, widget=forms.CheckboxSelectMultiple
    )
    remove = forms.BooleanField(label="删除这一项", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(
            self,
            "chosen",
            [
                (figure.key, f"{figure.label}（{figure.source}）")
                for figure in figures.registered().values()
            ],
        )
        if not self.is_new:
            self.fields["title"].required = True
            self.fields["chosen"].required = self.item_kind == ItemKind.FIGURES
            self.fields["title"].error_messages["required"] = (
                "写明项目名称；不要这一项时勾选“删除这一项”。"
            )
            self.fields["chosen"].error_messages["required"] = "至少选择一项数据。"

    @property
    def item_kind(self) -> str:
        """The kind of the item as it stands; a new row is a text."""
        return str((self.initial or {}).get("kind", ItemKind.TEXT))

    @property
    def is_new(self) -> bool:
        """Whether the row is not an item yet."""
        return not (self.initial or {}).get("key")

    @property
    def helper(self) -> FormHelper:
        """The fields that the item's kind has; what is wrong is summed up above all items."""
        kind, head = self.item_kind, Columns("title", "position")
        if self.is_new:
            limits = Columns("max_chars", "max_entries")
            note = "要增加项目时填写，不增加就留空。"
            entry = Entry("新增项目", head, "kind", "help", limits, "required", note=note)
        else:
            title = f"{self.initial['position']}. {self.initial['title']}"
            way = "数据，由系统计算" if kind == ItemKind.FIGURES else ItemKind(kind).label
            remark = Remark(f"填写方式：{way}（不能改；要换方式请删除后新增）")
            entry = Entry(title, head, remark, *self._parts(kind))
        helper = fields_helper(entry)
        helper.form_show_errors = False
        return helper

    @staticmethod
    def _parts(kind: str) -> list[str | Columns]:
        if kind == ItemKind.FIGURES:
            return ["chosen"]
        if kind == ItemKind.FILES:
            return ["help", "remove"]
        most = ["max_entries"] if kind == ItemKind.ENTRIES else []
        return ["help", Columns("max_chars", *most), "required", "remove"]


class ItemFormSet(forms.BaseFormSet):
    """All items of a form in their order."""

    def clean(self) -> None:
        # Rows that did not arrive would silently be items taken away.
        if len(self.forms) < len(self.initial or []):
            raise forms.ValidationError("有的项目没有传到，请刷新页面后重新填写。")

    def specs(self) -> list[dict[str, Any]]:
        """The items as entered, in the order of their numbers; keys of new ones are empty."""
        rows = []
        for index, form in enumerate(self.forms):
            data = form.cleaned_data
            if not data or data.get("remove") or not (data.get("title") or not form.is_new):
                continue
            kind = form.item_kind if not form.is_new else data.get("kind") or ItemKind.TEXT
            rows.append(
                (
                    data.get("position") or 90 + index,
                    index,
                    {
                        "key": "" if form.is_new else form.initial["key"],
                        "title": data["title"].strip(),
                        "kind": str(kind),
                        "help": data.get("help", "").strip(),
                        "required": bool(data.get("required")),
                        "figures": list(data.get("chosen") or []),
                        "max_entries": data.get("max_entries") or 3,
                        "max_chars": data.get("max_chars") or 500,
                    },
                )
            )
        return [spec for _, _, spec in sorted(rows, key=lambda row: row[:2])]


def item_forms(items: Sequence[dict[str, Any]], data: Any = None) -> ItemFormSet:
    """The rows of a form's items, with two empty ones for new items."""
    factory = forms.formset_factory(
        ItemForm, formset=ItemFormSet, extra=2, max_num=len(items) + 2, absolute_max=len(items) + 2
    )
    initial = [
        {**item, "position": number, "chosen": item.get("figures", [])}
        for number, item in enumerate(items, start=1)
    ]
    return cast(ItemFormSet, factory(data, initial=initial, prefix="item"))


class PublishForm(forms.Form):
    """From which month a version is in force."""

    valid_from = forms.ChoiceField(label="自哪个月起用")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        current = periods.containing(clock.today(), periods.MONTH)
        offered = [periods.shift(current, step) for step in range(13)]
        _offer(self, "valid_from", [(period, periods.label(period)) for period in offered])


class CalendarDayForm(forms.Form):
    """One day that is not what its weekday says."""

    day = forms.DateField(label="日期", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    is_working = forms.TypedChoiceField(
        label="这一天",
        choices=[("0", "休息"), ("1", "上班（调休）")],
        coerce=lambda value: value == "1",
    )
    name = forms.CharField(label="名称", max_length=40, required=False, help_text="如 国庆节。")

    def clean_day(self) -> dt.date:
        day: dt.date = self.cleaned_data["day"]
        if not 2000 <= day.year <= 2100:
            raise forms.ValidationError("年份应在 2000 至 2100 之间。")
        return day


class DayRemovalForm(forms.Form):
    """One of the days that were entered."""

    day = forms.DateField(
        label="已录入的日子",
        input_formats=["%Y-%m-%d"],
        widget=forms.Select,
        help_text="取消后按星期推算。",
    )

    def __init__(self, *args: Any, days: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.Select, self.fields["day"].widget).choices = list(days)


class CalendarYearForm(forms.Form):
    """A year's arrangement has been entered completely."""

    source = forms.CharField(
        label="依据文件",
        max_length=100,
        help_text="如 国办发明电〔2025〕7号。",
        error_messages={"required": "写明依据的文件。"},
    )

    def clean_source(self) -> str:
        text: str = self.cleaned_data["source"].strip()
        if len(re.sub(r"\s", "", text)) < 4:
            raise forms.ValidationError("写明文件的名称或文号。")
        return text


class RecordForm(forms.Form):
    """One time that what a duty asks for was done."""

    done_on = forms.DateField(
        label="办理日期",
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
        help_text="按实际办理的日期填写，可补记。",
    )
    text = forms.CharField(
        label="情况",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text="写做了什么，一两句即可，300 字以内。",
    )


class SendBackForm(forms.Form):
    """Why what was written down does not do."""

    reason = forms.CharField(
        label="退回原因",
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明退回原因，让对方知道补什么。"},
    )


class _ArrangeForm(forms.Form):
    """What the level above arranges about one duty."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


def _reason_field(help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label="原因",
        max_length=200,
        min_length=2,
        widget=forms.Textarea({"rows": 2}),
        help_text=help_text,
        error_messages={"required": "请写明原因。", "min_length": "请写明原因，至少 2 字。"},
    )


class WaiveForm(_ArrangeForm):
    """免报: why, and who approved it."""

    reason = _reason_field("对方会看到。")
    approved_by = forms.CharField(
        label="批准人或文件",
        max_length=60,
        min_length=2,
        help_text="如 街道党工委副书记李某，或文号。",
        error_messages={"required": "请写明批准人或批准的文件。"},
    )


class ResumeForm(_ArrangeForm):
    """A waiver is taken back."""

    reason = _reason_field()


class ExtendForm(_ArrangeForm):
    """延期: until when, and why."""

    until = forms.DateField(label="新的截止日", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")


class UnlockForm(_ArrangeForm):
    """重新开放: until when, and why."""

    until = forms.DateField(label="开放至", widget=forms.DateInput(DATE, format="%Y-%m-%d"))
    reason = _reason_field("对方会看到。")
