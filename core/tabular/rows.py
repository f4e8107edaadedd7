"""Which rows below a header are data: not blank ones, repeated heads, totals or signatures."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from core.tabular.errors import SheetRefused
from core.tabular.facts import MAX_DATA_ROWS
from core.tabular.headers import ColumnSpec, Header, is_header_text
from core.tabular.reading import Sheet, Value
from core.text import clean, match_key

_TOTALS = re.compile(r"(?:本页|本表|全表|总|合|小|共|累){0,2}计(?:[:(\d].*)?")
_SIGNATURE = re.compile(
    r"(?:单位|党组织|党委|支部)?(?:负责人|书记|填报人|填表人|制表人|审核人|经办人|联系人|联系电话"
    r"|填报单位|填表单位|填报时间|填表时间|填报日期|填表日期|制表时间|制表日期|日期|盖章|说明|注|备注|附注"
    r"|填表说明)\d*(?:\([^()]*\))?(?::.*|)"
)

EXAMPLE = "示例"  # what the running number of a template's example rows says
_EXAMPLE = re.compile(EXAMPLE + r"\d{0,2}")


def data_rows(
    sheet: Sheet,
    header: Header,
    columns: Sequence[ColumnSpec],
    prefilled: list[int] | None = None,
    examples: list[int] | None = None,
) -> Iterator[tuple[int, list[Value]]]:
    """(row number from 1, values) of every data row below the header.

    Skips blank rows, rows with nothing but a running number, headers repeated on later pages,
    titles repeated from above the header, totals, and signature lines. Below the totals a row
    is still data when three or more known cells are filled. Skips rows in which somebody only
    filled down what most rows say (是否流动 否) or a formula, and tells their numbers in
    `prefilled`: nothing is lost silently. Where the importer has a template, skips its example rows
    (示例1 in the first cell) and tells their numbers in `examples`. Raises `SheetRefused` `too_many_rows` above 20,000.
    """
    ignored = {spec.key for spec in columns if spec.is_ignored}
    defaults = _Defaults(sheet, header, columns)
    used = [place for key, place in header.columns.items() if key not in ignored]
    above = {
        match_key(value)
        for row in sheet.rows[: header.first_row - 1]
        for value in row
        if isinstance(value, str) and value.strip()
    }
    is_below_totals = False
    count = 0
    for number, row in enumerate(sheet.rows[header.last_row :], header.last_row + 1):
        first = next((value for value in row if not _is_blank(value)), "")
        if first == "":
            continue
        if isinstance(first, str):
            kind = _kind_of_line(first, row, header, above)
            is_below_totals = is_below_totals or kind == "below"
            if kind:
                continue
            if examples is not None and _EXAMPLE.fullmatch(match_key(first)):
                examples.append(number)
                continue
        needed = 3 if is_below_totals else 1
        if not _has_filled(row, used, needed):
            continue
        if defaults.are_all(number, row):
            if prefilled is not None:
                prefilled.append(number)
            continue
        count += 1
        if count > MAX_DATA_ROWS:
            raise SheetRefused(
                "too_many_rows", f"数据超过 {MAX_DATA_ROWS} 行，不能一次导入。请分成几个文件上传"
            )
        yield number, row


class _Defaults:
    """Tells rows of nothing but filled-down values: no cell of the row's own, and each of the
    others says what another row says in its column, or comes from a formula. Between the rows of
    data one that names something required is rather an unfinished row."""

    def __init__(self, sheet: Sheet, header: Header, columns: Sequence[ColumnSpec]) -> None:
        own = {spec.key for spec in columns if spec.is_own}
        known = {spec.key for spec in columns if not spec.is_ignored}
        self._sheet = sheet
        self._own = [place for key, place in header.columns.items() if key in own]
        self._others = [place for key, place in header.columns.items() if key in known - own]
        required = {spec.key for spec in columns if spec.is_required}
        self._required = [place for key, place in header.columns.items() if key in required]
        self._last: int | None = None
        self._first = header.last_row
        self._said: dict[int, Counter[Value]] = {}

    def are_all(self, number: int, row: list[Value]) -> bool:
        if not self._own or any(self._is_filled(number, row, place) for place in self._own):
            return False
        if number < self._last_of_own() and any(
            self._is_filled(number, row, place) for place in self._required
        ):
            return False
        return all(
            self._is_repeated(place, row[place])
            for place in self._others
            if self._is_filled(number, row, place)
        )

    def _last_of_own(self) -> int:
        """The last row with a cell of its own."""
        if self._last is None:
            numbered = enumerate(self._sheet.rows, 1)
            self._last = max(
                (
                    number
                    for number, row in numbered
                    if any(self._is_filled(number, row, place) for place in self._own)
                ),
                default=0,
            )
        return self._last

    def _is_filled(self, number: int, row: list[Value], place: int) -> bool:
        return not _is_blank(row[place]) and (number, place + 1) not in self._sheet.formulas

    def _is_repeated(self, place: int, value: Value) -> bool:
        said = self._said.get(place)
        if said is None:
            said = self._said[place] = Counter(
                row[place] for row in self._sheet.rows[self._first :]
            )
        return said[value] > 1


def _has_filled(row: list[Value], places: list[int], needed: int) -> bool:
    for place in places:
        if not _is_blank(row[place]):
            needed -= 1
            if not needed:
                return True
    return False


def _kind_of_line(first: str, row: list[Value], header: Header, above: set[str]) -> str:
    """ "head", "title" or "below" for a line that is no data, else ""."""
    key = match_key(first)
    if _TOTALS.fullmatch(key) or _SIGNATURE.fullmatch(key):
        # A header may begin with such a word itself.
        return "head" if _repeats_header(row, header) else "below"
    if key in above and all(_is_blank(value) or _key(value) in above for value in row):
        return "title"
    if is_header_text(header, first) and _repeats_header(row, header):
        return "head"
    return ""


def _repeats_header(row: list[Value], header: Header) -> bool:
    filled = [value for value in row if not _is_blank(value)]
    return len(filled) > 1 and all(is_header_text(header, value) for value in filled)


def _key(value: Value) -> str:
    return match_key(value) if isinstance(value, str) else "\0"


def _is_blank(value: Value) -> bool:
    if not isinstance(value, str) or value == "":
        return value == ""
    return value.isspace() or (not value.isprintable() and not clean(value))
