"""Forms of what is done with one member."""

from collections.abc import Sequence
from typing import Any

from django import forms

from core import clock
from core.actor import Actor
from core.privacy import OFF_THE_DEVICE
from orgs.models import Organization

from ..actions import reveals
from ..enums import EXCLUSIONS, DecisionKind, ExitReason, RevealedField
from ..models import Member, MembershipDecision
from .fields import DayField, LineField

LEAVING = [
    ("", "请选择"),
    *((reason.value, reason.label) for reason in ExitReason if reason not in EXCLUSIONS),
]


class ExitForm(forms.Form):
    """Why and when somebody left."""

    reason = forms.ChoiceField(
        label="原因",
        choices=LEAVING,
        widget=forms.Select(OFF_THE_DEVICE),
    )
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
    organization = forms.ModelChoiceField(
        label="编入党支部",
        queryset=Organization.objects.none(),
        empty_label="请选择党支部",
        help_text="他原来的党支部已经撤销。",
    )

    def __init__(self, *args: Any, actor: Actor, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer_branches(self, actor, member)


def _offer_branches(form: forms.Form, actor: Actor, member: Member) -> None:
    """Asks for the branch that takes somebody up whose own has been abolished; nobody else's."""
    place = member.organization
    if place.abolished_on and place.abolished_on <= clock.today():
        field: Any = form.fields["organization"]
        field.queryset = Organization.objects.visible_to(actor).active().branches()
    else:
        del form.fields["organization"]


class ProposeForm(forms.Form):
    """What the branch's meeting resolved."""

    kind = forms.ChoiceField(label="事项", widget=forms.Select(OFF_THE_DEVICE))
    resolved_on = DayField(label="支部大会决议日期")
    resolution_number = LineField(label="决议（请示）文号", max_length=60)
    basis = LineField(
        label="依据",
        min_length=4,
        max_length=300,
        help_text="条款和事实。",
        widget=forms.TextInput(OFF_THE_DEVICE),
    )

    def __init__(self, *args: Any, kinds: Sequence[DecisionKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kind"]
        field.choices = [("", "请选择"), *((kind.value, kind.label) for kind in kinds)]


class ApproveForm(forms.Form):
    """The committee's approval; of who comes back also into which branch, where his own is gone."""

    document_number = LineField(label="批复文号", max_length=60)
    approved_on = DayField(label="批准日期")
    organization = forms.ModelChoiceField(
        label="编入党支部",
        queryset=Organization.objects.none(),
        empty_label="请选择党支部",
        help_text="他原来的党支部已经撤销。",
    )

    def __init__(
        self, *args: Any, actor: Actor, decision: MembershipDecision, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if decision.kind == DecisionKind.RESTORED:
            _offer_branches(self, actor, decision.member)
        else:
            del self.fields["organization"]


class RefuseForm(forms.Form):
    """Why the committee does not approve."""

    reason = LineField(
        label="不批准的理由",
        min_length=2,
        max_length=300,
        widget=forms.TextInput(OFF_THE_DEVICE),
    )


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
