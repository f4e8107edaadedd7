"""A secretary's report as forms."""

from typing import Any

from django import forms

from ..actions.reports import MOST_COMMENT, MOST_REASON, MOST_TEXT

SOFT = {"work": 2000, "problems": 800, "measures": 600}
_HELP = {
    "work": "这一年抓党建做了什么、做成了什么，用事实说。",
    "problems": "自己抓党建有哪些不足，原因在哪里。",
    "measures": "下一年怎样改。",
}
_LABELS = {"work": "履职情况", "problems": "存在问题", "measures": "努力方向"}


def _part(name: str) -> forms.CharField:
    attrs = {"rows": 12 if name == "work" else 6, "data-soft-max": SOFT[name]}
    return forms.CharField(
        label=_LABELS[name],
        required=False,
        max_length=MOST_TEXT,
        help_text=f"{_HELP[name]}宜在 {SOFT[name]} 字以内。",
        widget=forms.Textarea(attrs),
    )


class RevisedForm(forms.Form):
    """With the revision of the report that the page was made from."""

    revision = forms.IntegerField(
        widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1
    )

    def clean_revision(self) -> int:
        """A form without its revision counts as old."""
        return self.cleaned_data["revision"] or 0


class ReportForm(RevisedForm):
    """The report in its parts; saved as far as it is."""

    secretary = forms.CharField(label="述职人", max_length=60, required=False)
    work, problems, measures = _part("work"), _part("problems"), _part("measures")


class ReturnForm(RevisedForm):
    """Why a report goes back."""

    reason = forms.CharField(
        label="退回的理由",
        max_length=MOST_REASON,
        widget=forms.Textarea({"rows": 2}),
        error_messages={"required": "请写明退回的理由。"},
    )


class CommentForm(RevisedForm):
    """What the holder says of the report."""

    comment = forms.CharField(
        label="点评",
        max_length=MOST_COMMENT,
        required=False,
        help_text="一段话，肯定什么、指出什么。清空即撤回。",
        widget=forms.Textarea({"rows": 4}),
    )


def initial_of(report: Any) -> dict[str, Any]:
    """What a form of a report begins with; of none, nothing."""
    names = ("secretary", "work", "problems", "measures", "revision", "comment")
    return (
        {name: getattr(report, name) for name in names} if report is not None else {"revision": 1}
    )
