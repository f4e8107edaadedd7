"""What ledgers are looked at for: of which year, of which organisation; in the address."""

from typing import Any

from django import forms

from core import clock
from core.text import whole_number
from orgs.forms.organizations import CleanCharField

YEARS = 5  # that are offered, the latest first


def offered_years() -> list[int]:
    """The years that a ledger can be of."""
    this = clock.today().year
    return [this - back for back in range(YEARS)]


def year_in(text: str) -> int:
    """The year that the address names; this year when it names none that is offered."""
    year = whole_number(text)
    offered = offered_years()
    return year if year in offered else offered[0]


class YearFilter(forms.Form):
    """Of which year."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(one, f"{one}年") for one in offered_years()]  # type: ignore[attr-defined]


class PlaceFilter(YearFilter):
    """Of which year, and what the organisation is called."""

    q = CleanCharField(label="单位", required=False, max_length=60)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs["placeholder"] = "名称、拼音或首字母"
