"""A bright spot as it is written down."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms

from core import clock
from core.layouts import Columns, fields_helper
from orgs.models import Organization
from schedules.themes.forms.themes import RevisedForm

from .. import sources
from ..actions.highlights import Spot
from ..models import Highlight
from ..rules import TEXT, TITLE


class HighlightForm(RevisedForm):
    """A few lines, and the record that tells of it already, so that nothing is written twice."""

    year = forms.TypedChoiceField(label="年度", coerce=int)
    title = forms.CharField(
        label="亮点", min_length=2, max_length=TITLE, help_text="一句话，如 夜校开到车间。"
    )
    text = forms.CharField(
        label="怎么做的",
        min_length=4,
        max_length=TEXT,
        widget=forms.Textarea({"rows": 4}),
        help_text="几句就够，不另要材料和照片。",
    )
    source = forms.ChoiceField(
        label="出处",
        required=False,
        help_text="已有的月报、会议记录里写过的，选上就行。",
    )

    def __init__(
        self,
        *args: Any,
        offered: list[tuple[str, Any]],
        begun: sources.Found | None = None,
        row: Highlight | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = dict(self.fields)
        now = clock.today().year
        fields["year"].choices = [(one, f"{one}年") for one in (now, now - 1)]
        groups = [(label, [(one.word, one.label) for one in rows]) for label, rows in offered]
        listed = {word for _, rows in groups for word, _ in rows}
        first: list[Any] = [("", "没有")]
        if begun is not None and begun.word not in listed:
            first.append((begun.word, begun.label))
        if row is not None and row.source_kind:
            word = f"{row.source_kind}:{row.source_key}"
            if word not in listed:
                first.append((word, row.source_label))
        fields["source"].choices = [*first, *groups]

    @property
    def helper(self) -> FormHelper:
        return fields_helper(Columns("year", "title"), "text", "source", "revision")

    def spot(self) -> Spot:
        """What was typed."""
        given = self.cleaned_data
        return Spot(
            year=given["year"],
            title=given["title"],
            text=given["text"],
            source=sources.reference_of(given["source"]),
        )

    @staticmethod
    def values_of(row: Highlight) -> dict[str, Any]:
        """What stands in the form of a highlight. No query."""
        return {
            "year": row.year,
            "title": row.title,
            "text": row.text,
            "source": f"{row.source_kind}:{row.source_key}" if row.source_kind else "",
            "revision": row.revision,
        }

    @staticmethod
    def begun_with(place: Organization, found: sources.Found | None) -> dict[str, Any]:
        """What stands in a new form. No query."""
        values: dict[str, Any] = {"year": clock.today().year}
        if found is not None:
            values |= {"title": found.title, "text": found.text, "source": found.word}
        return values
