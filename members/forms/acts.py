"""Forms of what is done with one member, and of exports."""

from typing import Any

from django import forms

from core import clock
from core.actor import Actor
from orgs.models import Organization

from .. import rules
from ..actions import reveals
from ..enums import (
    ExitReason,
    RevealedField,
)
from ..models import Member
from .fields import DayField, LineField


class ExitForm(forms.Form):
    """Why and when somebody left."""

    reason = forms.ChoiceField(label="原因", choices=[("", "请选择"), *ExitReason.choices])

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons: Any = self.fields["reason"]
        no_way = rules.no_reason_for(member.category)
        reasons.choices = [one for one in reasons.choices if one[0] != no_way]

    happened_on = DayField(
        label="日期", help_text="转出填回执日期，去世填去世日期，其余填批准日期。"
    )
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
    organization = forms.ModelChoiceField(
        label="编入党支部",
        queryset=Organization.objects.none(),
        empty_label="请选择党支部",
        help_text="他原来的党支部已经撤销。",
    )

    def __init__(self, *args: Any, actor: Actor, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = member.organization
        if place.abolished_on and place.abolished_on <= clock.today():
            field: Any = self.fields["organization"]
            field.queryset = Organization.objects.visible_to(actor).active().branches()
        else:
            del self.fields["organization"]


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


class ExportForm(forms.Form):
    """Masked or in full; in full only with a purpose."""

    scope = forms.ChoiceField(
        label="身份号码、电话、住址",
        choices=[("masked", "只显示首尾，中间用 * 代替"), ("full", "完整显示")],
        initial="masked",
        widget=forms.RadioSelect,
    )
    purpose = LineField(
        label="用途",
        required=False,
        max_length=200,
        help_text="完整导出必填，写明用在哪里、给谁。用途印在表头并记入审计。",
    )

    def __init__(self, *args: Any, may_see_full: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_see_full:
            field: Any = self.fields["scope"]
            field.choices = field.choices[:1]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("scope") == "full" and len(given.get("purpose", "")) < 4:
            self.add_error("purpose", "请写明用途（至少 4 个字）。")
        return given
