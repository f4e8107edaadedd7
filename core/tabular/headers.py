"""Finding a sheet's header by its words, wherever it stands and however its columns are ordered."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from core.tabular.addresses import column_letter
from core.tabular.errors import SheetRefused
from core.tabular.reading import Sheet, Value
from core.text import clean, match_key

SEARCHED_ROWS = 60
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_DECORATION = re.compile(r"[*:：、。.]+$|^[*]+")


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """A column an importer knows.

    `synonyms` are other titles for it; one that only counts under a group title is written as
    group + title ("党员数女"). `is_ignored` columns are known but carry nothing (序号): a row
    with nothing else in it is blank. `is_own` columns belong to one row alone, as a name or a
    telephone number does: what stands in the others may be filled down ahead of the rows. `mask`
    hides personal values in error messages.
    """

    key: str
    title: str
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    is_ignored: bool = False
    is_own: bool = False
    max_length: int = 255
    mask: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Header:
    """Where a sheet's header stands. Rows count from 1, column indexes from 0."""

    first_row: int
    last_row: int
    columns: dict[str, int]
    titles: dict[str, str]
    unknown: tuple[tuple[str, str], ...] = ()
    """(column letter, title) of columns that nobody knows; they are not read."""
    doubled: tuple[tuple[str, str], ...] = ()
    """(column letter, key) of those among them that mean the same as one that is read."""
    texts: frozenset[str] = field(default_factory=frozenset)


def find(rows: Sequence[Sequence[Value]], columns: Sequence[ColumnSpec]) -> Header | None:
    """The header among the first rows, of one row or of two (groups above titles), or None.

    It is the place where most known columns are named, at least three of them and at least half
    of the required ones. Of two columns of one meaning that with the exact title is read, else
    the first; the other is among the unknown. Raises `SheetRefused` `missing_column` when a
    required one is not there.
    """
    names = _names(columns)
    keyed = [[_title_key(value) for value in row] for row in rows[:SEARCHED_ROWS]]
    best: tuple[int, int, int] | None = None  # how many columns, first row, how many rows
    for index, row in enumerate(keyed):
        single = _match([""] * len(row), row, names)
        count, height = len(set(single.values())), 1
        if index + 1 < len(keyed):
            below = keyed[index + 1]
            pair = len(set(_match(row, below, names).values()))
            # A title or 填报时间 above the header is no row of groups: it makes nothing clearer.
            alone = len(set(_match([""] * len(below), below, names).values()))
            if pair > max(count, alone):
                count, height = pair, 2
        if best is None or count > best[0]:
            best = (count, index, height)
    required = [spec for spec in columns if spec.is_required]
    if best is None or best[0] < 3:
        return None
    count, index, height = best
    lower = keyed[index + height - 1]
    matched = _match(keyed[index] if height == 2 else [""] * len(lower), lower, names)
    missing = [spec.title for spec in required if spec.key not in matched.values()]
    if len(missing) * 2 > len(required):
        return None
    if missing:
        raise SheetRefused(
            "missing_column",
            f"表头（第 {index + height} 行）缺少列：{'、'.join(missing)}。请补上后重新上传",
        )
    return _header(rows, columns, index, height, matched)


def _header(
    rows: Sequence[Sequence[Value]],
    columns: Sequence[ColumnSpec],
    index: int,
    height: int,
    matched: dict[int, str],
) -> Header:
    shown = []
    for column in range(len(rows[index])):
        words = [_shown(rows[row][column]) for row in range(index, index + height)]
        shown.append(next((word for word in reversed(words) if word), ""))
    places: dict[str, int] = {}
    exact = {spec.key: _title_key(spec.title) for spec in columns}
    for column, key in matched.items():
        known = places.setdefault(key, column)
        if exact[key] == _title_key(shown[column]) != _title_key(shown[known]):
            places[key] = column
    unknown = []
    doubled = []
    found_titles = {}
    for column, title in enumerate(shown):
        key = matched.get(column, "")
        if places.get(key) == column:
            found_titles[key] = title
        elif title:
            if key:
                doubled.append((column_letter(column), key))
            unknown.append((column_letter(column), title))
    # Merged-down headers match in their lower row alone; the row above belongs to them, too.
    texts = {
        _title_key(value)
        for row in rows[max(index - 1, 0) : index + height]
        for value in row
        if value != ""
    }
    return Header(
        first_row=index + 1,
        last_row=index + height,
        columns=places,
        titles=found_titles,
        unknown=tuple(unknown),
        doubled=tuple(doubled),
        texts=frozenset(texts - {""}),
    )


def find_all(
    sheets: Iterable[Sheet], columns: Sequence[ColumnSpec]
) -> tuple[list[tuple[Sheet, Header]], list[Sheet]]:
    """The visible sheets that carry the header, and those filled but hidden.

    Raises `SheetRefused` `header_not_found` when no visible sheet has one.
    """
    found = []
    hidden = []
    for sheet in sheets:
        if not sheet.is_visible:
            if sheet.rows:
                hidden.append(sheet)
            continue
        header = find(sheet.rows, columns)
        if header is not None:
            found.append((sheet, header))
    if not found:
        wanted = "、".join(spec.title for spec in columns if spec.is_required)
        raise SheetRefused(
            "header_not_found",
            f"没有找到表头。前 {SEARCHED_ROWS} 行里应有一行写着：{wanted}。请对照模板检查后重新上传",
        )
    return found, hidden


def _names(columns: Sequence[ColumnSpec]) -> dict[str, str]:
    names: dict[str, str] = {}
    for spec in columns:
        for title in (spec.title, *spec.synonyms):
            key = _title_key(title)
            if names.setdefault(key, spec.key) != spec.key:
                raise ValueError(f"{title} names both {names[key]} and {spec.key}")
    return names


def _match(groups: Sequence[str], titles: Sequence[str], names: dict[str, str]) -> dict[int, str]:
    """Column index -> spec key, for titles that stand under groups ("" where there is none)."""
    matched = {}
    group = ""
    for column, title in enumerate(titles):
        group = groups[column] or (group if title else "")
        for candidate in (group + title, title) if title else (group,):
            key = names.get(candidate) or names.get(_IN_BRACKETS.sub("", candidate))
            if key:
                matched[column] = key
                break
    return matched


def _title_key(value: Value) -> str:
    if not isinstance(value, str) or len(value) > 60:
        return ""
    return _DECORATION.sub("", match_key(value))


def _shown(value: Value) -> str:
    return clean(value)[:40] if isinstance(value, str) else ""


def is_header_text(header: Header, value: Value) -> bool:
    """Whether the cell repeats a word of the header, as on later printed pages."""
    return isinstance(value, str) and _title_key(value) in header.texts
