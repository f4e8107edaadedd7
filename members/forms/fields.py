"""Fields that the forms of the register share."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.dates import read_date
from core.text import clean

NOTHING = ("无", "—", "-", "/")


def options(choices: dict[str, str], empty: str = "不限") -> list[tuple[str, str]]:
    """What a select box offers: nothing chosen first, in the words of `empty`."""
    return [("", empty), *((key, label) for key, label in choices.items() if key)]


class DayField(forms.DateField):
    """A day, picked or typed in any style that the sheets know."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def to_python(self, value: Any) -> dt.date | None:
        if value in self.empty_values or isinstance(value, dt.date):
            return value or None
        try:
            return read_date(str(value)).value
        except (ValueError, OverflowError) as error:
            raise ValidationError("请写成 1999-07-01 这样的日期。", code="invalid") from error


class LineField(forms.CharField):
    """One line of text without characters nobody can see."""

    def to_python(self, value: Any) -> str:
        return clean(super().to_python(value) or "")
