"""A case as it is proposed, decided on, planned, accepted and followed; what a list is narrowed by."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, Section, fields_helper
from orgs.models import Organization

from ..actions.cases import Measure
from ..enums import Acceptance, CaseState, Finding, FollowUp
from ..models import Criterion
from ..queries.cases import OPEN_ONES
from ..rules import LEAST, MOST_MEASURES, WORDS
from .fields import RevisedForm, day, sentence


class CaseFilter(forms.Form):
    """Which cases. What makes no sense is as if it were not there."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "全部"), (OPEN_ONES, "在办"), *CaseState.choices],
    )
    committee = forms.TypedChoiceField(label="党委", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, committees: Sequence[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        if committees:
            fields["committee"].choices = [
                ("", "全部"),
                *((str(one.pk), str(one)) for one in committees),
            ]
        else:
            del self.fields["committee"]

    def chosen(self) -> dict[str, Any]:
        """What was chosen and makes sense."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})


class CaseForm(forms.Form):
    """An organisation, and for each criterion that it meets the fact that shows it."""

    organization = forms.TypedChoiceField(
        label="单位", coerce=int, help_text="只列本单位下面、没有在办整顿的单位。"
    )

    def __init__(
        self,
        *args: Any,
        places: Sequence[Organization],
        criteria: Sequence[Criterion],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        fields: dict[str, Any] = dict(self.fields)
        fields["organization"].choices = [
            ("", "请选择"),
            *(
                (str(one.pk), f"{one}（{one.parent}）" if one.parent else str(one))
                for one in places
            ),
        ]
        for one in criteria:
            self.fields[f"fact_{one.pk}"] = forms.CharField(
                label=one.name,
                required=False,
                min_length=LEAST,
                max_length=WORDS,
                widget=forms.Textarea({"rows": 2}),
                help_text=f"依据 {one.basis}",
            )

    @property
    def helper(self) -> FormHelper:
        return fields_helper(
            "organization",
            Section(
                "符合的标准：写明事实，不符合的留空", *(f"fact_{one.pk}" for one in self.criteria)
            ),
        )

    def facts(self) -> dict[int, str]:
        """The facts that were written, by criterion."""
        typed = self.cleaned_data
        return {one.pk: typed[f"fact_{one.pk}"] for one in self.criteria if typed[f"fact_{one.pk}"]}


class DecideForm(RevisedForm):
    """Weak or not, and why."""

    finding = forms.ChoiceField(label="结果", choices=Finding.choices, widget=forms.RadioSelect)
    reason = sentence("理由", help_text="哪次会议研究，主要看到什么。认定以后本单位看得到。")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("finding", "reason", "revision")


class PlanForm(RevisedForm):
    """The leader in charge, and up to six measures."""

    leader_name = forms.CharField(label="包联领导", max_length=50)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(MOST_MEASURES):
            self.fields[f"title_{number}"] = forms.CharField(
                label=f"措施 {number + 1}",
                min_length=LEAST,
                max_length=100,
                required=not number,
            )
            self.fields[f"who_{number}"] = forms.CharField(
                label="责任人", max_length=50, required=False
            )
            self.fields[f"due_{number}"] = day("期限", required=not number)

    @property
    def helper(self) -> FormHelper:
        rows = [
            Columns(f"title_{number}", f"who_{number}", f"due_{number}")
            for number in range(MOST_MEASURES)
        ]
        return fields_helper(
            "leader_name", Section("措施：每条是一件督办，交给本单位办", *rows), "revision"
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for number in range(MOST_MEASURES):
            title, who, due = (given.get(f"{name}_{number}") for name in ("title", "who", "due"))
            wrong = {f"title_{number}", f"due_{number}"} & set(self.errors)
            if wrong:
                continue
            if title and due is None:
                self.add_error(f"due_{number}", "请填期限。")
            elif not title and (who or due):
                self.add_error(f"title_{number}", "请写措施；不要这一条，就把这一行都清空。")
        return given

    def measures(self) -> list[Measure]:
        """The rows that were filled in."""
        given = self.cleaned_data
        return [
            Measure(given[f"title_{number}"], given[f"due_{number}"], given[f"who_{number}"])
            for number in range(MOST_MEASURES)
            if given[f"title_{number}"]
        ]


class AcceptForm(RevisedForm):
    """Passed or not; with a reason beside where items are open."""

    acceptance = forms.ChoiceField(
        label="结果", choices=Acceptance.choices, widget=forms.RadioSelect
    )
    note = sentence("验收意见", help_text="听汇报、看资料、访群众看到什么。")
    override_reason = forms.CharField(
        label="破例的理由",
        max_length=WORDS,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args: Any, left: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if left:
            self.fields[
                "override_reason"
            ].help_text = f"还有 {left} 件督办没有销号：现在就通过的，必须写明理由，记入审计。"
        else:
            del self.fields["override_reason"]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(*self.fields)


class FollowForm(RevisedForm):
    """What was found when it was looked at again."""

    found = forms.ChoiceField(label="结果", choices=FollowUp.choices, widget=forms.RadioSelect)
    note = sentence("情况")

    @property
    def helper(self) -> FormHelper:
        return fields_helper("found", "note", "revision")
