"""What several forms stand on."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms

from core import periods
from orgs.enums import OrganizationClass, OrganizationKind

from ..models import Plan

DATE = {"type": "date"}
VALID_HELP = "到这一天自动停止，不再打开新的一期；最长两年，到期前可以续。"
UNSEEN = "请先看过各类组织已有的用时，再勾选这一项。"


def validity_field(**given: Any) -> forms.DateField:
    """Until when something holds."""
    return forms.DateField(
        label="有效至",
        help_text=VALID_HELP,
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
        error_messages={"required": "写明有效至哪一天。"},
        **given,
    )


def kinds_offered(*, takes_groups: bool = False) -> list[tuple[str, str]]:
    """The kinds of organisations that a plan may be for. The work committee owes nobody anything;
    a party group only where what fulfils the plan takes it."""
    left_out = {OrganizationKind.WORK_COMMITTEE}
    if not takes_groups:
        left_out.add(OrganizationKind.PARTY_GROUP)
    return [(str(kind.value), kind.label) for kind in OrganizationKind if kind not in left_out]


KINDS = kinds_offered()


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[str, Any]]) -> None:
    """Sets what may be chosen in the field `name`."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


class PeriodFilter(forms.Form):
    """Which of the plans (asked only where there are several) and which of its opened periods."""

    plan = forms.ChoiceField(label="计划", required=False)
    period = forms.ChoiceField(label="期间", required=False)

    def __init__(
        self, *args: Any, plans: Sequence[Plan], opened: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if len(plans) > 1:
            offer(self, "plan", [(one.key, one.name) for one in plans])
        else:
            del self.fields["plan"]
        offer(self, "period", [(period, periods.label(period)) for period in opened])


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


class OverCapForm(forms.Form):
    """What asks organisations for something: where that comes to more than the cap, it says why.
    The field is there when it is wanted, or when something stands in it."""

    over_reason = forms.CharField(
        label="超过上限的理由",
        max_length=300,
        required=False,
        help_text="为什么还要办，减了哪些别的事；会留存备查。",
        widget=forms.HiddenInput,
    )

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if field == "over_reason":
            self.want_reason()

    def want_reason(self) -> None:
        """Shows the field."""
        self.fields["over_reason"].required = True  # what the page says; the action tells
        self.fields["over_reason"].widget = forms.Textarea({"rows": 2, "maxlength": 300})

    @property
    def wants_reason(self) -> bool:
        """Whether the field is shown."""
        return not self.fields["over_reason"].widget.is_hidden


class WeighedForm(forms.Form):
    """What is given out only after who gives it has seen what each class owes already."""

    seen = forms.BooleanField(
        label="我已看过各类组织这个月和全年已有的用时，仍要给出",
        required=False,
        widget=forms.CheckboxInput({"data-no-draft": ""}),
    )

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error(field, error)
        if field == "seen":
            self.want_seen()

    def want_seen(self) -> None:
        """Shows the tick; who does not have to see anything is not asked."""
        self.fields["seen"].required = True
        self.fields["seen"].widget = forms.CheckboxInput({"data-no-draft": ""})

    def hide_seen(self) -> None:
        """Takes the tick away where nothing has to be seen first."""
        self.fields["seen"].widget = forms.HiddenInput()

    @property
    def wants_seen(self) -> bool:
        """Whether the tick is shown."""
        return not self.fields["seen"].widget.is_hidden
