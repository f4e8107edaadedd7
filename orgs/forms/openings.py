"""Forms of opening accounts, granting and printing in bulk, of first use and of the start."""

from typing import Any

from django import forms

from core import clock
from core.privacy import OFF_THE_DEVICE
from core.text import clean

from ..models import Organization
from .accounts import offer
from .organizations import CleanCharField, DayField


class PlaceForm(forms.Form):
    """For which part of the tree, chosen above a preview."""

    within = forms.ModelChoiceField(
        label="范围", queryset=Organization.objects.none(), required=False, empty_label="全部组织"
    )

    def __init__(self, *args: Any, places: list[Organization], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["within"]
        field.queryset = Organization.objects.filter(pk__in=[one.pk for one in places])
        offer(self, "within", [("", "全部组织"), *((one.pk, str(one)) for one in places)])

    @property
    def path(self) -> str:
        """The path chosen; empty for the whole tree."""
        chosen = self.cleaned_data.get("within") if self.is_valid() else None
        return chosen.path if chosen else ""


class OpeningForm(PlaceForm):
    """For whom accounts are opened."""

    WHO = [("responsible", "书记和党务人员"), ("everybody", "连同副书记、委员")]

    who = forms.ChoiceField(label="对象", choices=WHO, required=False)

    @property
    def everybody(self) -> bool:
        """Whether officers of branches are meant too."""
        return self.is_valid() and self.cleaned_data.get("who") == "everybody"


class ConfirmForm(forms.Form):
    """Yes to what the preview showed; its mark is sent beside (`seen`)."""


class SlipForm(ConfirmForm):
    """Which slips are printed."""

    again = forms.BooleanField(label="连同已经印过、还没有用的（旧的作废）", required=False)


class FirstUseForm(forms.Form):
    """What only the owner of the account knows."""

    answer = forms.CharField(
        label="本人手机号后四位，或身份证号后四位",
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "autofocus": True,
                **OFF_THE_DEVICE,
            }
        ),
    )

    def clean_answer(self) -> str:
        return clean(self.cleaned_data["answer"])


class RootForm(forms.Form):
    """The first organisation."""

    name = CleanCharField(
        label="党工委全称",
        max_length=100,
        help_text="与印章和党组织花名册一致，如：中共徐州经济技术开发区工作委员会。",
    )
    short_name = CleanCharField(
        label="简称", max_length=60, required=False, help_text="不填则由全称生成。"
    )
    on = DayField(label="成立日期")

    def clean_on(self) -> Any:
        day = self.cleaned_data["on"]
        if day and day > clock.today():
            raise forms.ValidationError("日期不能晚于今天。")
        return day


class MailForm(forms.Form):
    """Where the test mail goes."""

    address = forms.EmailField(label="收件邮箱", max_length=254)
