"""A 考核细则 as a sheet of staff: workbook in, indicators with what was understood of them out.

Pure: knows no row of the database. A merged cell, a name left blank and one that is repeated belong
to the line above; a line without marks of its own goes on with the indicator above it.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from assessments.scoring.numbers import plain
from core.tabular.addresses import column_letter
from core.tabular.errors import CellError, SheetRefused
from core.tabular.headers import Header, find_all
from core.tabular.parsed import NOTHING, Cells, ParsedSheet, as_text, file_notes
from core.tabular.reading import Sheet, Value, read_sheets
from core.tabular.rows import data_rows
from core.text import clean, match_key, to_half_width

from .columns import COLUMNS, FILLED_LATER, LEVELS, LONGEST_TEXT, TITLES
from .standards import Reading, read_standard

MOST_ROWS = 300
MOST_MARKS = 1000
_SHORT = 40  # characters of a name that is made of 考核内容

_NUMBER = re.compile(r"\d{1,6}(?:\.\d{1,12})?", re.ASCII)
_PARTIAL = re.compile(r"(?:本页|本项|分项)?小计(?:[:(\d].*)?|本页(?:合计|计)")
_WHOLE = re.compile(r"(?:总|合|共|总合)计(?:分值?|得分)?(?:[:(\d].*)?|总分值?(?:[:(\d].*)?|满分")
_STATED = re.compile(r"(?:[(\[](?:共|计|满分)?(\d{1,4}(?:\.\d{1,2})?)分[)\]]|(?<=\D)(\d{1,4})分)$")
# Rows of these are no marks of the whole: they are written on the page of the scheme.
_BESIDE = re.compile(
    r"(?:加分|减分|扣分|加减分|加扣分|附加|附加分|奖惩|奖励|奖励加分|惩处扣分|一票否决|否决|负面清单)(?:项|类|指标|事项|项目)*(?:\(.*\))?"
)
_SIGNED = re.compile("签字|签名|盖章|日期")
_CLAUSE = re.compile(r"[,，;；。:：\n]")


@dataclass(frozen=True, slots=True)
class SheetRow:
    """An indicator of the sheet. `cells`: the columns that the sheet has -> letter and title."""

    sheet: str
    row: int
    cells: Mapping[str, tuple[str, str]]
    above: tuple[str, ...]
    name: str
    full: Fraction
    text: str
    standard: str
    evidence: str
    reading: Reading
    named_in: str = "name"
    """The column that its name stands in."""

    @property
    def path(self) -> tuple[str, ...]:
        """The names from above down to its own."""
        return (*self.above, self.name)

    def error(self, key: str, code: str, wanted: str, *, found: str = "") -> CellError:
        """What is wrong with a cell of the row."""
        letter, title = self.cells.get(key, ("", TITLES[key]))
        return CellError(self.sheet, self.row, letter, title, code, found[:40], wanted)


@dataclass(slots=True)
class _Entry:
    """Lines that make one indicator, while they are read. `repeats`: it goes on with the name above
    it and has marks of its own."""

    row: int
    path: tuple[str, ...]
    repeats: bool
    full: Fraction | None
    typed: str  # the column of the deepest name
    texts: dict[str, list[str]] = field(default_factory=dict)

    def joined(self, key: str) -> str:
        """What all its lines say in a column."""
        return "\n".join(filter(None, self.texts.get(key, [])))


def read_scheme(path: str | Path, *, name: str | None = None) -> ParsedSheet[SheetRow]:
    """Reads a sheet and checks its cells, names and sums. Raises SheetRefused, also for more than
    300 rows and for a workbook with several schemes."""
    found, hidden = find_all(read_sheets(path, name=name), COLUMNS)
    found = [(sheet, header) for sheet, header in found if len(sheet.rows) > header.last_row]
    if not found:
        raise SheetRefused("no_rows", "表头下面没有内容，请填好后重新上传。")
    if len(found) > 1:
        names = "、".join(sheet.name for sheet, _ in found[:5])
        raise SheetRefused(
            "several_sheets",
            f"这个文件里有 {len(found)} 张细则：{names}。一次导入一张，请只留下要导入的那张工作表。",
        )
    sheet, header = found[0]
    if not any(key in header.columns for key in (*LEVELS, "text")):
        raise SheetRefused("missing_column", "没有一级指标、二级指标或考核内容列，看不出考什么。")
    read = _Reader(sheet, header)
    read.lines()
    rows = read.indicators()
    notes = file_notes(found, hidden, {}, COLUMNS)
    return ParsedSheet(
        rows=tuple(rows),
        errors=_once(read.cells.errors),
        warnings=tuple(read.cells.warnings),
        row_count=read.count,
        sheets=(sheet.name,),
        unknown_columns=tuple((sheet.name, letter, title) for letter, title in header.unknown),
        notes=(*notes, *read.notes()),
        saved_at=sheet.saved_at,
    )


class _Reader:
    """Goes down one sheet."""

    def __init__(self, sheet: Sheet, header: Header) -> None:
        self.sheet, self.header = sheet, header
        self.cells = Cells(sheet, header, COLUMNS)
        self.count = 0
        self._entries: list[_Entry] = []
        self._last = ["", "", ""]
        self._joined = _joined(sheet, header)
        self._stated: list[tuple[int, str, tuple[str, ...], Fraction]] = []
        self._closed: set[str] = set()
        self._is_beside = False
        self._left_out: list[int] = []
        self._below: list[int] = []
        self._is_scored = False
        self._places = {
            key: (column_letter(place), header.titles.get(key, TITLES[key]))
            for key, place in header.columns.items()
        }

    def lines(self) -> None:
        """Takes every line; sums are checked where they stand."""
        sums = self._sums()
        bare: list[list[Value]] = [
            list[Value]([""] * len(row)) if number in sums and not sums[number][1] else row
            for number, row in enumerate(self.sheet.rows, 1)
        ]
        wanted = iter(sorted(sums))
        following = next(wanted, None)
        taken = self.header.last_row
        for number, row in data_rows(replace(self.sheet, rows=bare), self.header, COLUMNS):
            while following is not None and following < number:
                self._sum(following, *sums[following])
                following = next(wanted, None)
            if number in sums:
                continue
            self.count += 1
            if self.count > MOST_ROWS:
                raise SheetRefused(
                    "too_many_rows",
                    f"一份细则最多 {MOST_ROWS} 行。请检查是不是选错了文件，或者删去下面多余的行。",
                )
            self.cells.open(number, row)
            self._line(number, row)
            taken = number
        while following is not None:
            self._sum(following, *sums[following])
            following = next(wanted, None)
        self._look_below(taken, sums)

    def _sums(self) -> dict[int, tuple[str, bool]]:
        """Row -> (the cell that calls it a sum, whether of the whole)."""
        places = [
            self.header.columns[key]
            for key in ("number", *LEVELS, "text")
            if key in self.header.columns
        ]
        found = {}
        for number, row in enumerate(self.sheet.rows, 1):
            if number <= self.header.last_row:
                continue
            for place in places:
                value = row[place]
                if not isinstance(value, str) or len(value) > 40:
                    continue
                key = match_key(value)
                if _PARTIAL.fullmatch(key) or _WHOLE.fullmatch(key):
                    found[number] = (value, bool(_WHOLE.fullmatch(key)))
                    break
        return found

    def _line(self, number: int, row: Sequence[Value]) -> None:
        names = [self._name(key) for key in LEVELS]
        own = [
            bool(text) and not self._is_joined(number, key)
            for text, key in zip(names, LEVELS, strict=True)
        ]
        above = self._last[0]
        if own[0] and match_key(names[0]) != match_key(above):
            self._last = names
            is_new, typed = True, max(place for place in range(3) if names[place])
            self._open_group(names[0], above)
        elif own[1]:
            self._last = [above or names[0], names[1], names[2]]
            is_new, typed = True, 2 if names[2] else 1
        elif own[2]:
            self._last[2] = names[2]
            is_new, typed = True, 2
        else:
            is_new, typed = False, 0
        if self._is_beside:
            self._left_out.append(number)
            return
        texts = {key: self._text(number, key) for key in ("text", "standard", "evidence")}
        self._is_scored = self._is_scored or any(
            as_text(self.cells.raw(key)) not in NOTHING for key in FILLED_LATER
        )
        marks = self.cells.raw("marks")
        has_marks = as_text(marks) not in ("",) and not self._is_joined(number, "marks")
        current = self._entries[-1] if self._entries else None
        path = tuple(filter(None, self._last))
        if not has_marks and not is_new and current is not None and current.path == path:
            for key, text in texts.items():
                if text and not self._is_joined(number, key):
                    current.texts.setdefault(key, []).append(text)
            return
        full = self._marks(marks) if has_marks else None
        if not has_marks:
            self.cells.fail("marks", "missing_required", "请填这项指标的分值")
        entry = _Entry(number, path, not is_new, full, LEVELS[typed])
        entry.texts = {key: [text] for key, text in texts.items()}
        self._entries.append(entry)

    def _open_group(self, name: str, above: str) -> None:
        if above:
            self._closed.add(match_key(above))
        self._is_beside = bool(_BESIDE.fullmatch(match_key(name)))
        if match_key(name) in self._closed and not self._is_beside:
            self.cells.fail("group", "duplicate_name", "前面已有这个名称，请把它的各行放在一起")

    def _name(self, key: str) -> str:
        """A name without the marks that stand behind it, which are checked."""
        text = self.cells.text(key)
        stated = _STATED.search(to_half_width(text))
        if stated is None or stated.start() == 0:
            return text
        name = text[: stated.start()].strip(" (（[【")
        marks = Fraction(stated[1] or stated[2])
        place = LEVELS.index(key)
        if not self._is_joined(self.cells.number, key):
            path = (*filter(None, self._last[:place]), name)
            self._stated.append((self.cells.number, key, path, marks))
        return name

    def _text(self, number: int, key: str) -> str:
        value = self.cells.raw(key)
        text = clean(value, multiline=True) if isinstance(value, str) else as_text(value)
        text = "\n".join(line.strip() for line in text.split("\n") if line.strip())
        if text in NOTHING:
            return ""
        if len(text) > LONGEST_TEXT:
            self.cells.fail(key, "too_long", f"最多 {LONGEST_TEXT} 个字")
        return text

    def _marks(self, value: Value) -> Fraction | None:
        found = _number(value)
        if found is None:
            self.cells.fail("marks", "not_a_number", "分值请填数字，如 5 或 2.5")
        elif not 0 < found <= MOST_MARKS:
            self.cells.fail("marks", "out_of_bounds", f"分值要大于 0，不超过 {MOST_MARKS}")
        elif (found * 100).denominator != 1:
            self.cells.fail("marks", "too_exact", "分值最多两位小数")
        else:
            return found
        return None

    def _is_joined(self, number: int, key: str) -> bool:
        """Whether the cell is the lower part of a merged one."""
        place = self.header.columns.get(key)
        return place is not None and (number, place) in self._joined

    # --- sums ------------------------------------------------------------------------------------

    def _sum(self, number: int, word: str, is_whole: bool) -> None:
        """Compares a line of a sum with what stands above it."""
        self.cells.open(number, self.sheet.rows[number - 1])
        value = self.cells.raw("marks")
        stated = _number(value)
        if as_text(value) in NOTHING:
            inline = re.search(r"\d{1,4}(?:\.\d{1,2})?", to_half_width(word))
            stated = Fraction(inline[0]) if inline else None
            if stated is None:
                return
        if stated is None:
            self.cells.fail("marks", "not_a_number", "合计请填数字，或留空")
            return
        if any(entry.full is None for entry in self._entries):
            return  # said at the marks themselves
        if is_whole:
            sums = [_total(self._entries)]
        else:
            of_group = [one for one in self._entries if one.path[:1] == tuple(self._last[:1])]
            of_name = [one for one in of_group if one.path[:2] == tuple(self._last[:2])]
            sums = [_total(of_group), _total(of_name)]
        if stated not in sums and not (is_whole and self._is_sum_of_group(stated)):
            self._uneven("marks", stated, sums[0])

    def _is_sum_of_group(self, stated: Fraction) -> bool:
        """合计 is written below a group as well, where more follows."""
        of_group = [one for one in self._entries if one.path[:1] == tuple(self._last[:1])]
        last = self._entries[-1].row if self._entries else 0
        later = len(self.sheet.rows) > self.cells.number and any(
            number > self.cells.number for number in self._sums()
        )
        return later and last > 0 and stated == _total(of_group)

    def _uneven(self, key: str, stated: Fraction, found: Fraction) -> None:
        word = "多" if found > stated else "少"
        difference = plain(abs(found - stated))
        where = "下面" if key in LEVELS else "上面"
        wanted = f"{where}各项相加是 {plain(found)} 分，{word} {difference} 分，请核对各项分值"
        self.cells.fail(key, "sum_differs", wanted, found=plain(stated))

    def _look_below(self, taken: int, sums: Mapping[int, object]) -> None:
        """Says which rows below the last one were no data and have something in them."""
        used = [place for key, place in self.header.columns.items() if key not in FILLED_LATER]
        left = [
            number
            for number, row in enumerate(self.sheet.rows[taken:], taken + 1)
            if number not in sums
            and sum(as_text(row[place]) not in NOTHING for place in used) > 1
            and not any(isinstance(value, str) and _SIGNED.search(value) for value in row)
        ]
        self._below = left

    # --- indicators ------------------------------------------------------------------------------

    def indicators(self) -> list[SheetRow]:
        """The good ones, in order; names that cannot be told apart are errors."""
        entries = self._entries
        repeated = {_keys(one.path) for one in entries if one.repeats}
        inner = {_keys(one.path)[:end] for one in entries for end in range(1, len(one.path))}
        bad = {error.row for error in self.cells.errors}
        seen: set[tuple[str, ...]] = set()
        rows = []
        for entry in entries:
            row = self.sheet.rows[entry.row - 1]
            self.cells.open(entry.row, row)
            key = _keys(entry.path)
            if key and not entry.repeats and key in seen:
                self._duplicate(entry.typed, entry)
                continue
            seen.add(key)
            if key in repeated or key in inner or not key:
                name = _short(entry.joined("text"))
                if not name:
                    wanted = "同一指标下有几行分值，请写明二级指标或考核内容"
                    self.cells.fail("text", "missing_name", wanted)
                    continue
                entry.path, entry.typed = (*entry.path, name), "text"
                if _keys(entry.path) in seen:
                    self._duplicate("text", entry)
                    continue
                seen.add(_keys(entry.path))
            if entry.full is None or entry.row in bad or not entry.path:
                continue
            rows.append(self._row(entry, entry.full))
        if not entries and not self.cells.errors:
            raise SheetRefused("no_rows", "表头下面没有指标，请填好后重新上传。")
        self._check_stated(entries)
        return rows

    def _duplicate(self, key: str, entry: _Entry) -> None:
        wanted = "这一组里已有同名的指标，请改名，或合并成一行"
        self.cells.fail(key, "duplicate_name", wanted, found=entry.path[-1])

    def _row(self, entry: _Entry, full: Fraction) -> SheetRow:
        standard = entry.joined("standard")
        return SheetRow(
            sheet=self.sheet.name,
            row=entry.row,
            cells=self._places,
            above=entry.path[:-1],
            name=entry.path[-1],
            full=full,
            text=entry.joined("text"),
            standard=standard,
            evidence=entry.joined("evidence"),
            reading=read_standard(standard, full),
            named_in=entry.typed,
        )

    def _check_stated(self, entries: Iterable[_Entry]) -> None:
        """组织建设（32分）: what stands behind a name is what stands below it."""
        entries = list(entries)
        for number, key, path, stated in self._stated:
            keys = _keys(path)
            below = [one for one in entries if _keys(one.path)[: len(keys)] == keys]
            if below and all(one.full is not None for one in below) and _total(below) != stated:
                self.cells.open(number, self.sheet.rows[number - 1])
                self._uneven(key, stated, _total(below))

    def notes(self) -> list[str]:
        """What of the sheet was not read."""
        told = []
        if self._left_out:
            told.append(
                f"加分、扣分和一票否决的 {len(self._left_out)} 行没有读取（首行：第 {self._left_out[0]} 行），"
                "请在细则页面上填写"
            )
        if self._below:
            told.append(f"合计之后还有内容没有读取（首行：第 {self._below[0]} 行）")
        if self._is_scored:
            told.append("自评分、考核得分、扣分原因是打分时填的，没有读取")
        return told


def _once(errors: Iterable[CellError]) -> tuple[CellError, ...]:
    """In the order of the rows, one of each cell: the first that was found."""
    first: dict[str, CellError] = {}
    for error in errors:
        first.setdefault(error.cell, error)
    return tuple(sorted(first.values(), key=lambda error: error.row))


def _joined(sheet: Sheet, header: Header) -> set[tuple[int, int]]:
    """(row from 1, column from 0) of the lower parts of merged cells, in the known columns."""
    known = set(header.columns.values())
    return {
        (row + 1, left)
        for (top, left), (bottom, _) in sheet.merges
        if left in known
        for row in range(top + 1, min(bottom, len(sheet.rows) - 1) + 1)
    }


def _number(value: Value) -> Fraction | None:
    """5, 5分, ５ 分, 2.5; a number that a formula has left a hair beside is what it stands for."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, float):
        if not abs(value) < 10**9:
            return None
        value = f"{value:.6f}".rstrip("0").rstrip(".")
    text = "".join(to_half_width(str(value)).split()).removesuffix("分")
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def _total(entries: Iterable[_Entry]) -> Fraction:
    return sum((one.full or Fraction(0) for one in entries), Fraction(0))


def _keys(path: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(match_key, path))


def _short(text: str) -> str:
    """A name for an indicator that has only its 考核内容: the first clause."""
    first = next((one for one in map(clean, _CLAUSE.split(text)) if one), "")
    return first[:_SHORT]
