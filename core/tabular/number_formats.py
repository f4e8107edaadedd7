"""What a cell's number format shows of a date: only its year and month, or only its year."""

import re

from core.dates import Precision

# Formats of Chinese versions of Excel and WPS that a workbook names by number alone (年月), and
# mmm-yy of all.
_BUILT_IN: dict[int, Precision] = dict.fromkeys((17, 27, 36, 50, 52, 57), "month")
_TEXTS = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]')


def precision_of(code: str) -> Precision:
    """How much of a date the format code shows; "day" for what is no format of dates, too."""
    shown = _TEXTS.sub("", code[:1000]).split(";")[0].casefold()
    if "general" in shown or re.search(r"[dhs0#?]", shown) or not re.search(r"[ye]", shown):
        return "day"
    return "month" if "m" in shown else "year"


class Styles:
    """The styles of a workbook, told as they are read: cells name them by their place."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}
        self._cell_formats: list[str] = []
        self._found: dict[str, Precision] | None = None

    def start(self, name: str, pairs: dict[str, str], *, is_cell_format: bool) -> None:
        """One element of the style sheet."""
        if name == "numFmt":
            self._codes[pairs.get("numFmtId", "")] = pairs.get("formatCode", "")
        elif name == "xf" and is_cell_format:
            self._cell_formats.append(pairs.get("numFmtId", "0"))

    def precisions(self) -> dict[str, Precision]:
        """Style of a cell -> what it shows, for styles that do not show the day."""
        if self._found is None:
            self._found = {
                str(place): precision
                for place, number in enumerate(self._cell_formats)
                if (precision := self._precision(number)) != "day"
            }
        return self._found

    def _precision(self, number: str) -> Precision:
        if number in self._codes:
            return precision_of(self._codes[number])
        return (
            _BUILT_IN.get(int(number), "day") if number.isdecimal() and len(number) < 5 else "day"
        )
