"""What several forms stand on."""

from collections.abc import Sequence
from typing import cast

from django import forms

from orgs.enums import OrganizationClass, OrganizationKind

DATE = {"type": "date"}


def kinds_offered(*, takes_groups: bool = False) -> list[tuple[str, str]]:
    """The kinds of organisations that a plan may be for. The work committee owes nobody anything;
    a party group only where what fulfils the plan takes it."""
    left_out = {OrganizationKind.WORK_COMMITTEE}
    if not takes_groups:
        left_out.add(OrganizationKind.PARTY_GROUP)
    return [(str(kind.value), kind.label) for kind in OrganizationKind if kind not in left_out]


KINDS = kinds_offered()


def offer(form: forms.BaseForm, name: str, choices: Sequence[tuple[str, str]]) -> None:
    """Sets what may be chosen in the field `name`."""
    cast(forms.ChoiceField, form.fields[name]).choices = choices


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
