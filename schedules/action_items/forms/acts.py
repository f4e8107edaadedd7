"""Forms of the acts on an item. What is typed is checked by the actions; here it takes its shape."""

from typing import Any, cast

from django import forms

from orgs.models import Organization

from ..enums import Cause


def _text(label: str, most: int, *, rows: int = 2, required: bool = True, **more: Any) -> Any:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea({"rows": rows}),
        error_messages={"max_length": f"{label}请写在 {most} 字以内。"},
        **more,
    )


def _day(label: str, *, required: bool = True, **more: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=required,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        **more,
    )


class PlaceField(forms.ModelChoiceField):
    """An organisation; deeper ones stand further in."""

    def label_from_instance(self, obj: Organization) -> str:
        return "　" * max(obj.depth - 1, 0) + str(obj)


class RevisedForm(forms.Form):
    """With the revision of the item that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class ReceiveForm(forms.Form):
    """The item is taken on, and by whom."""

    responsible_name = forms.CharField(
        label="责任人",
        max_length=50,
        required=False,
        help_text="由谁具体办；可先签收，以后再定。",
    )


class ProgressForm(RevisedForm):
    """How far it is, and how it is to be done."""

    text = _text("进展", 400, required=False, help_text="一两句话：做了什么，下一步做什么。")
    measure = _text(
        "措施", 1000, rows=3, required=False, help_text="打算怎么办、分几步；可以随时修改。"
    )


class CommentForm(forms.Form):
    """A word from either side."""

    text = _text("留言", 400, help_text="交办单位和责任单位都会看到。")


class WaitForm(RevisedForm):
    """For whom the owner waits, for what and until when."""

    organization = PlaceField(
        label="等哪个党组织",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="不在名单里，写在下面",
        help_text="选了以后，对方在自己的督办里也能看到这一项。",
    )
    name = forms.CharField(
        label="其他单位", max_length=100, required=False, help_text="如：区住建局"
    )
    note = _text("等对方办什么", 300)
    due_on = _day("对方期限", help_text="从今天起走对方的钟，本单位的停住。")

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["organization"]).queryset = places


class ResumeForm(RevisedForm):
    """The other unit has done its part."""

    note = _text("说明", 300, required=False, help_text="对方办成了什么。")


class ReportForm(RevisedForm):
    """It is done, and what came of it."""

    result = _text(
        "办理结果", 1000, rows=4, help_text="办成了什么、怎样可以看到；佐证可先在下面上传附件。"
    )


class PlainForm(RevisedForm):
    """An act that asks for nothing."""


class VerifyForm(RevisedForm):
    """Another person has seen that it is done."""

    note = _text("核验意见", 300, required=False, help_text="看了什么，怎样认定办成。")
    cause = forms.ChoiceField(
        label="原因",
        choices=Cause.choices,
        help_text="现在看来，是什么造成的；用来找反复发生的事。",
    )


class SendBackForm(RevisedForm):
    """It is not done yet."""

    reason = _text("还差什么", 300)
    due_on = _day("新的期限", required=False, help_text="留空为原来的期限。")


class AskForm(forms.Form):
    """A wish for more time."""

    wanted_on = _day("申请延至")
    reason = _text("理由", 300)


class GrantForm(forms.Form):
    """More time."""

    due_on = _day("延至", required=False, help_text="留空为申请的日期。")
    answer = _text("答复", 300, required=False)


class RefuseForm(forms.Form):
    """No more time."""

    answer = _text("不同意的理由", 300)


class TransferForm(RevisedForm):
    """The item goes to another organisation."""

    owner = PlaceField(label="转给", queryset=Organization.objects.none(), empty_label="请选择")
    responsible_name = forms.CharField(label="责任人", max_length=50, required=False)
    due_on = _day("新的期限", required=False, help_text="留空为原来的期限。")
    reason = _text("转办理由", 300)

    def __init__(self, *args: Any, places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ModelChoiceField, self.fields["owner"]).queryset = places


class CancelForm(RevisedForm):
    """The item is cancelled."""

    reason = _text("作废理由", 300)


class LookForm(forms.Form):
    """What somebody else found 60 to 90 days later."""

    lasting = forms.ChoiceField(
        label="现在看",
        choices=[("yes", "没有反复，长效"), ("no", "又出现了，重新交办")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选择看到的情况。"},
    )
    note = _text("看到的情况", 300, help_text="去看了什么，现在怎样。")

    def clean_lasting(self) -> bool:
        """Whether it has lasted."""
        return bool(self.cleaned_data["lasting"] == "yes")


class LineReportForm(forms.Form):
    """A line is done, and how that can be seen."""

    evidence = forms.CharField(
        label="佐证", max_length=300, help_text="看什么可以知道办成了，如：台账 9 页。"
    )
    measure = forms.CharField(label="措施", max_length=300, required=False)


class LineReturnForm(forms.Form):
    """A line is not done yet."""

    reason = forms.CharField(label="还差什么", max_length=300)
