"""Forms of concerns."""

from collections.abc import Sequence
from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core.layouts import Columns, fields_helper
from core.privacy import OFF_THE_DEVICE
from orgs.enums import BRANCH_KINDS
from orgs.models import Organization
from schedules.action_items.forms.handing import PlaceField

from ..actions.concerns import Told
from ..enums import CallBack, ConcernSource, ConcernState, Urgency
from ..models import Concern, ConcernKind, Practice, ReplyTemplate
from ..queries.listing import OVERDUE, UNDER_WAY, kinds_used, places_below
from ..rules import WAY

NOT_BY_HAND = (ConcernSource.HOTLINE, ConcernSource.PUBLIC)
_BY_HAND = [(one.value, one.label) for one in ConcernSource if one not in NOT_BY_HAND]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class _Revised(forms.Form):
    """With the revision of the row that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0

    @classmethod
    def of(cls, data: Any, row: Any, **more: Any) -> Any:
        """The form on the page of the row as it is."""
        return cls(data, initial={"revision": row.revision, **more.pop("initial", {})}, **more)


class TakeForm(forms.Form):
    """What a resident asks for: three things are needed, the rest can be left out."""

    uid = forms.UUIDField(widget=forms.HiddenInput({"data-draft-keep": True}))
    text = forms.CharField(
        label="群众原话",
        min_length=4,
        max_length=1000,
        widget=_area(4),
        help_text="怎么说的就怎么记。不要写身份证号。",
    )
    place = forms.CharField(
        label="在哪里", max_length=100, required=False, help_text="小区、楼栋、路口，可不填。"
    )
    kind = forms.ModelChoiceField(
        label="类别", queryset=ConcernKind.objects.none(), required=False, empty_label="没有分类"
    )
    urgency = forms.ChoiceField(
        label="缓急", choices=Urgency.choices, initial=Urgency.NORMAL, widget=forms.RadioSelect
    )
    source = forms.ChoiceField(label="从哪里来", choices=_BY_HAND, widget=forms.RadioSelect)
    organization = PlaceField(
        label="由谁办",
        queryset=Organization.objects.none(),
        required=False,
        empty_label="先不分派",
    )
    person = forms.CharField(
        label="怎么称呼", max_length=50, required=False, widget=forms.TextInput(OFF_THE_DEVICE)
    )
    phone = forms.CharField(
        label="电话",
        max_length=30,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", **OFF_THE_DEVICE}),
        help_text="可不留；只给办理和回访的人看，办结半年后自动删去。",
    )

    def __init__(self, *args: Any, place: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        fields["kind"].queryset = kinds_used()
        if place.kind in BRANCH_KINDS:
            del self.fields["organization"]
        else:
            fields["organization"].queryset = places_below(place)

    @property
    def helper(self) -> FormHelper:
        whom = ["organization"] if "organization" in self.fields else []
        return fields_helper(
            "text",
            Columns("place", "kind"),
            Columns("urgency", "source"),
            *whom,
            Columns("person", "phone"),
            "uid",
        )

    def told(self) -> Told:
        """What was typed, for the action."""
        names = ("text", "source", "kind", "urgency", "place", "person", "phone")
        return Told(**{name: self.cleaned_data[name] for name in names})


class AssignForm(_Revised):
    """Who is to deal with it."""

    organization = PlaceField(
        label="由谁办", queryset=Organization.objects.none(), empty_label="请选择"
    )
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, place: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organization: Any = self.fields["organization"]
        organization.queryset = places_below(place)


class AnswerForm(_Revised):
    """What was done, and what the resident was told; begun with a template where there is one."""

    begin = forms.ChoiceField(
        label="答复模板", required=False, help_text="选一个，点下面的“填入模板”，再按实际改。"
    )
    text = forms.CharField(
        label="怎么办的，怎么答复的",
        min_length=4,
        max_length=1000,
        widget=_area(4),
        help_text="有模板的类别已带出开头，按实际改。",
    )
    way = forms.CharField(
        label="用的什么办法",
        max_length=WAY,
        required=False,
        help_text="几个字，如“物业早晚巡查”。同类诉求两次用同一办法办好，可上升为常态做法。",
    )

    def __init__(
        self,
        *args: Any,
        templates: Sequence[ReplyTemplate] = (),
        practices: Sequence[Practice] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.practices = practices
        self.begins = {f"t{one.pk}": (one.title, one.text) for one in templates}
        self.begins |= {f"p{one.pk}": (one.way, one.text) for one in practices}
        groups = (
            ("答复模板", [(f"t{one.pk}", one.title) for one in templates]),
            ("常态做法", [(f"p{one.pk}", one.title) for one in practices]),
        )
        begin: Any = self.fields["begin"]
        begin.choices = [("", "不用模板"), *(group for group in groups if group[1])]
        if not self.begins:
            del self.fields["begin"]

    def filled(self) -> "AnswerForm":
        """The form as typed, the chosen template added to it; nothing is checked yet."""
        given = {name: self[name].data or "" for name in self.fields}
        way, text = self.begins.get(given.get("begin", ""), ("", ""))
        if text and text not in given["text"]:
            typed = given["text"].rstrip()
            given["text"] = f"{typed}\n{text}" if typed else text
        given["way"] = given["way"] or way
        fresh = type(self)(initial=given)
        fresh.practices, fresh.begins, fresh.fields = self.practices, self.begins, self.fields
        return fresh


class PassUpForm(_Revised):
    """Why it cannot be solved here."""

    reason = forms.CharField(
        label="为什么这里办不了", min_length=4, max_length=200, widget=_area(2)
    )


class TemplateForm(_Revised):
    """A reply template of a category."""

    kind = forms.ModelChoiceField(
        label="类别", queryset=ConcernKind.objects.none(), empty_label="请选择"
    )
    title = forms.CharField(
        label="办法", min_length=2, max_length=WAY, help_text="几个字，答复时按它挑选。"
    )
    text = forms.CharField(label="答复内容", min_length=4, max_length=500, widget=_area(4))
    is_used = forms.BooleanField(label="答复时可选", required=False, initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        kind.queryset = ConcernKind.objects.all()


class DecideForm(forms.Form):
    """Whether what was solved twice the same way becomes the usual way."""

    verdict = forms.ChoiceField(
        label="怎么定",
        choices=[("yes", "上升为常态做法"), ("no", "不上升")],
        widget=forms.RadioSelect,
        initial="yes",
    )
    title = forms.CharField(label="名称", max_length=WAY, required=False, help_text="上升的要写。")
    text = forms.CharField(
        label="怎么做",
        max_length=1000,
        required=False,
        widget=_area(4),
        help_text="上升的要写。以后同类诉求答复时排在旁边，下级也看得到。不要写居民姓名。",
    )
    reason = forms.CharField(
        label="不上升的理由", max_length=200, required=False, help_text="不上升的要写。"
    )


class PracticeForm(_Revised):
    """A practice said anew, or that it holds no longer."""

    is_adopted = forms.BooleanField(label="在用", required=False)
    title = forms.CharField(label="名称", min_length=2, max_length=WAY)
    text = forms.CharField(label="怎么做", min_length=4, max_length=1000, widget=_area(5))


class RefuseForm(_Revised):
    """Why it is not ours, and where to go."""

    reason = forms.CharField(label="为什么不属本级", min_length=4, max_length=200)
    redirect = forms.CharField(
        label="该找哪里",
        min_length=2,
        max_length=100,
        help_text="单位和电话，已告诉群众的写在这里。",
    )


class CallForm(_Revised):
    """What the resident said when somebody else called."""

    result = forms.ChoiceField(label="回访结果", choices=CallBack.choices, widget=forms.RadioSelect)
    note = forms.CharField(label="群众怎么说", max_length=300, required=False, widget=_area(2))


class ReopenForm(_Revised):
    """Why it is dealt with once more."""

    reason = forms.CharField(label="为什么重新办理", min_length=4, max_length=200)


class KindForm(forms.ModelForm):
    """A category with its time limits and template."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    class Meta:
        model = ConcernKind
        fields = ("name", "hours", "days", "template", "is_used")
        widgets = {"template": _area(3)}

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0

    def validate_unique(self) -> None:
        """Left to the action, which says it in words also for two at once."""

    @property
    def helper(self) -> FormHelper:
        return fields_helper("name", Columns("hours", "days"), "template", "is_used", "revision")


class ConcernFilter(forms.Form):
    """Which concerns a list shows. What makes no sense is as if it were not there."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "全部"),
            (UNDER_WAY, "没有答复的"),
            (OVERDUE, "逾期"),
            *ConcernState.choices,
        ],
    )
    source = forms.ChoiceField(
        label="来源", required=False, choices=[("", "全部来源"), *ConcernSource.choices]
    )
    kind = forms.ChoiceField(label="类别", required=False)
    q = forms.CharField(
        label="查找",
        required=False,
        max_length=50,
        widget=forms.TextInput({"placeholder": "原话、地点、工单编号"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = ConcernKind.objects.values_list("pk", "name")
        kind: Any = self.fields["kind"]
        kind.choices = [("", "全部类别"), *((str(pk), name) for pk, name in rows)]


def answer_begun(concern: Concern) -> str:
    """The words with which an answer begins: those of the category."""
    return concern.kind.template if concern.kind else ""


__all__ = [
    "AnswerForm",
    "AssignForm",
    "CallForm",
    "ConcernFilter",
    "DecideForm",
    "KindForm",
    "PassUpForm",
    "PracticeForm",
    "RefuseForm",
    "ReopenForm",
    "TakeForm",
    "TemplateForm",
    "answer_begun",
]
