"""Plans: made, changed, opened by hand."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core import periods
from core.layouts import Columns, fields_helper
from orgs.enums import OrganizationKind

from .. import fulfilment
from ..models import BurdenCap, Plan
from ..models.burden import LEAST, MOST
from ..words import STEPS
from .base import (
    DATE,
    UNSEEN,
    ForOrganizationsForm,
    OverCapForm,
    WeighedForm,
    kinds_offered,
    offer,
    validity_field,
)

# By when and how often, from when until when.
RULE = (
    *("required_count", "opens_day", "due_day"),
    *("grace_working_days", "lock_working_days", "mend_working_days"),
    *("needs_second_look", "starts_on", "ends_on"),
)
# What a case brings itself, or what is asked of reports only.
NOT_OF_CASES = (
    *("opens_day", "due_day", "required_count"),
    *("mend_working_days", "needs_second_look"),
)
BASIS_MISSING = "写明依据；没有依据的事项不列入计划。"


class PlanForm(OverCapForm, WeighedForm, ForOrganizationsForm):
    """A plan's rule. The plan's key and cadence stay: duties hang on them."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    steps = forms.MultipleChoiceField(
        label="提醒步骤",
        choices=list(STEPS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="一步也不选的，按通常的步骤（列出那天以外的各步）。",
    )

    class Meta:
        model = Plan
        fields = (
            "name",
            "about",
            "basis",
            "kinds",
            "classes",
            "lead_days",
            "steps",
            *RULE,
        )
        widgets = {
            "starts_on": forms.DateInput(DATE, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(DATE, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hide_seen()  # until the change turns out to ask more of somebody
        kind = fulfilment.of(self.instance)
        self.fields["basis"].required = True
        self.fields["basis"].error_messages["required"] = BASIS_MISSING
        offer(self, "kinds", kinds_offered(takes_groups=kind.takes_groups))
        if not kind.is_by_period:  # a case brings the days itself
            for name in NOT_OF_CASES:
                del self.fields[name]
            usual = f"期限前多少天列为应办，只影响之后列出的。留空为 {kind.lead_days} 天。"
            self.fields["lead_days"].help_text = usual
        else:
            del self.fields["lead_days"], self.fields["steps"]
            if not kind.counts:
                del self.fields["required_count"]

    def clean_opens_day(self) -> int:
        return _opening_day(self.cleaned_data["opens_day"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        return _whole_rule(self, data)

    def values(self) -> dict[str, Any]:
        """What was entered, by field of the plan."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields if name in self.fields}


def _opening_day(day: int) -> int:
    if day == 0:
        raise forms.ValidationError("写 1 至 28（期内第几日），或 -1 至 -28（期末前第几日）。")
    return day


def _whole_rule(form: forms.BaseForm, data: dict[str, Any]) -> dict[str, Any]:
    """What holds between the fields of a plan's rule."""
    grace, lock = data.get("grace_working_days"), data.get("lock_working_days")
    if grace is not None and lock is not None and lock < grace:
        form.add_error("lock_working_days", "锁定不能早于宽限期满。")
    first, last = data.get("starts_on"), data.get("ends_on")
    if first and last and last < first:
        form.add_error("ends_on", "停用日期不能早于起用日期。")
    return data


class NewPlanForm(OverCapForm, WeighedForm, ForOrganizationsForm):
    """A plan that is made: what fulfils it, whose it is, how often, by when, on what ground."""

    fulfilment = forms.ChoiceField(label="办理方式", help_text="按表样报送的，建立后再为它做表样。")
    valid_until = validity_field()

    class Meta:
        model = Plan
        fields = (
            "name",
            "about",
            "basis",
            "fulfilment",
            "kinds",
            "classes",
            "cadence",
            *RULE,
            "valid_until",
        )
        widgets = PlanForm.Meta.widgets

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kinds", kinds_offered(takes_groups=True))
        known = fulfilment.kinds()
        offer(self, "fulfilment", [(key, kind.label) for key, kind in known.items()])
        self.fields["basis"].required = True
        self.fields["basis"].error_messages["required"] = BASIS_MISSING
        self.fields["ends_on"].help_text = "定好哪天不再办的，写在这里；没有定的留空。"
        self.fields["seen"].required = True
        self.fields["seen"].error_messages["required"] = UNSEEN

    def clean_opens_day(self) -> int:
        return _opening_day(self.cleaned_data["opens_day"])

    def clean(self) -> dict[str, Any]:
        data = _whole_rule(self, super().clean() or self.cleaned_data)
        key = data.get("fulfilment")
        if key is None:
            return data
        kind = fulfilment.kind_called(key)
        if str(OrganizationKind.PARTY_GROUP) in data.get("kinds", []) and not kind.takes_groups:
            self.add_error("kinds", f"“{kind.label}”不用于党小组，请去掉党小组，或改办理方式。")
        if (data.get("required_count") or 1) > 1 and not kind.counts:
            self.add_error("required_count", f"“{kind.label}”每期只办一次，请写 1。")
        return data

    def values(self) -> dict[str, Any]:
        """What was entered, by field of the plan."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def plan(self) -> Plan | None:
        """The plan as entered so far, unsaved, for the preview; None while it lacks what that is
        told from."""
        self.is_valid()
        told = ("fulfilment", "kinds", "cadence", "opens_day", "due_day", "starts_on")
        if any(name not in self.cleaned_data for name in told) or "ends_on" in self.errors:
            return None
        given = {name: value for name, value in self.cleaned_data.items() if value is not None}
        return Plan(**{name: given[name] for name in self.Meta.fields if name in given})

    @property
    def helper(self) -> FormHelper:
        """In the order in which one thinks of it: what and why, who, when."""
        return fields_helper(
            "name",
            "about",
            Columns("basis", "fulfilment"),
            "kinds",
            "classes",
            Columns("cadence", "required_count"),
            Columns("opens_day", "due_day"),
            Columns("grace_working_days", "lock_working_days"),
            Columns("mend_working_days", "needs_second_look"),
            Columns("starts_on", "ends_on"),
            "valid_until",
            "over_reason",
            "seen",
        )


class _StillNeeded(forms.Form):
    """Until when something goes on to hold, and that it is still wanted."""

    valid_until = validity_field()
    needed = forms.BooleanField(
        label="依据仍然有效，这件事仍然要办",
        widget=forms.CheckboxInput({"data-no-draft": ""}),
        error_messages={"required": "核对依据后再勾选这一项；不再需要的不必续，到期自动停止。"},
    )


class RenewForm(_StillNeeded):
    """Of a plan."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)


class RenewFormForm(_StillNeeded):
    """Of a version of a form, which has no revision: `was` is the day that the page showed."""

    was = forms.DateField(widget=forms.HiddenInput, required=False)


class CaseStartForm(forms.Form):
    """Which kind of cases is asked for from now on."""

    kind = forms.ChoiceField(error_messages={"invalid_choice": "没有这样的到期事项。"})

    def __init__(self, *args: Any, offered: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", offered)


class CapForm(forms.ModelForm):
    """How many minutes a month may ask of an organisation, and on what ground."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    class Meta:
        model = BurdenCap
        fields = ("minutes", "basis")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        span = f"{LEAST} 至 {MOST} 分钟"
        self.fields["minutes"].help_text = f"一个组织一个月要办的各项事合计。{span}。"
        self.fields["basis"].help_text = "哪次会议或哪份文件定的。"
        self.fields["basis"].error_messages["required"] = "写明依据。"


class OpenPeriodForm(forms.Form):
    """Which period of a plan to open now."""

    period = forms.ChoiceField(
        label="期间", error_messages={"invalid_choice": "这个期间不在可打开之列。"}
    )

    def __init__(self, *args: Any, offered: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "period", [(period, periods.label(period)) for period in offered])
