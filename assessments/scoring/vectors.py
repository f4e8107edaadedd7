"""Published tables as cases: each is computed and held against what it says.

A file has sections of the form of `vectors/scoring.json`. What is not understood — a section, a key,
a rule — is a failure of its own and never passed over. Keys `about` and `published` are for people.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Protocol

from . import grading, measuring, rules, totals
from .grading import Band, Quota
from .numbers import number, plain, rounded
from .reading import Given
from .refusals import Refused
from .rules import LOWEST
from .totals import Component, Marked

FOR_PEOPLE = ("about", "published")
MOST_CASES = 20_000
MOST_DAYS = 1_000  # working days added to a day
_DEADLINES = re.compile(r"deadlines_(20[0-9]{2})", re.ASCII)


class Calendar(Protocol):
    """Working days, for the section of deadlines."""

    def is_decreed(self, day: dt.date) -> bool:
        """Whether the arrangement of the day's year is known."""

    def nth_of_month(self, period: str, day: int) -> dt.date:
        """The day of the month (`2026-04`), moved to the next working day."""

    def add_working_days(self, day: dt.date, count: int) -> dt.date:
        """So many working days after the day."""

    def working_days(self, first: dt.date, last: dt.date) -> int:
        """How many working days there are from the first to the last."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One thing that a case expects, beside what was computed; `problem` when it could not be."""

    section: str
    case: str
    what: str
    expected: str = ""
    computed: str = ""
    problem: str = ""

    @property
    def is_right(self) -> bool:
        """Whether what was computed is what was expected."""
        return not self.problem and self.expected == self.computed


class Run:
    """One run over a file: `outcomes` are in the order of the file."""

    def __init__(self, calendar: Calendar | None = None) -> None:
        self.calendar = calendar
        self.outcomes: list[Outcome] = []
        self.section = ""
        self._assessments: dict[str, Mapping[str, Any]] = {}

    def file(self, content: Any) -> list[Outcome]:
        """All cases of a file. Never raises for what it says."""
        if not isinstance(content, Mapping) or not content:
            self._problem("", "", "文件应是按名称给出的若干组案例，不能为空")
            return self.outcomes
        for section, cases in content.items():
            if section in FOR_PEOPLE:
                continue
            if _DEADLINES.fullmatch(section):
                self._case(section, section, cases, _deadlines)
            elif section not in _SECTIONS:
                self._problem(section, "", "不认识这一组")
            elif not isinstance(cases, list | tuple) or not cases or len(cases) > MOST_CASES:
                self._problem(section, "", f"这一组应是 1 到 {MOST_CASES} 个案例")
            else:
                for place, case in enumerate(cases, start=1):
                    name = case.get("name") if isinstance(case, Mapping) else None
                    self._case(section, str(name or f"第 {place} 个"), case, _SECTIONS[section])
        if not self.outcomes:
            self._problem("", "", "文件里没有案例")
        return self.outcomes

    def _case(
        self, section: str, name: str, case: Any, compute: "Callable[[Given, Run], Iterator[Check]]"
    ) -> None:
        """One case: each value that it expects is held against the one computed."""
        try:
            given = Given(case, "")
            self.section = section
            for key in (*FOR_PEOPLE, "name"):
                given.take(key, None)
            checks = list(compute(given, self))
            given.done()
            if not checks:
                raise Refused("missing_key", "没有写明应得的结果")
        except Refused as refusal:
            self._problem(section, name, str(refusal))
            return
        for what, expected, computed in checks:
            self.outcomes.append(Outcome(section, name, what, expected, computed))

    def _problem(self, section: str, name: str, text: str) -> None:
        self.outcomes.append(Outcome(section, name, "", problem=text))


Check = tuple[str, str, str]  # what, expected, computed


def run(content: Any, calendar: Calendar | None = None) -> list[Outcome]:
    """Every case of a file of vectors, computed and held against what it expects."""
    return Run(calendar).file(content)


# --- sections ------------------------------------------------------------------------------------


def _refusing(given: Given, compute: Callable[[], Iterator[Check]]) -> Iterator[Check]:
    """The checks of a case; of one that expects an `error`, whether that is its code."""
    expected = given.take("error", None)
    if expected is None:
        yield from compute()
        return
    try:
        found = list(compute())
    except Refused as refusal:
        yield "error", str(expected), refusal.code
    else:
        yield "error", str(expected), "；".join(computed for _, _, computed in found) or "无"


def _deadlines(given: Given, run: Run) -> Iterator[Check]:
    calendar, year = run.calendar, int(_DEADLINES.fullmatch(run.section)[1])  # type: ignore[index]
    if calendar is None or not calendar.is_decreed(dt.date(year, 1, 1)):
        raise Refused("form", f"没有 {year} 年的放假安排，无法核对")
    for key in list(given.left()):
        if key == "add_working_days":
            for start, days, end in _rows(given.rows(key), 3, key):
                count = number(days, key)
                if count.denominator != 1 or abs(count) > MOST_DAYS:
                    raise Refused("number", f"工作日数应在 {MOST_DAYS} 以内", key)
                found = calendar.add_working_days(_day(start, key), int(count))
                yield f"{start} + {days}", str(end), found.isoformat()
        elif key == "working_days_by_month":
            months = [dt.date(year, month, 1) for month in range(1, 13)]
            ends = [one - dt.timedelta(days=1) for one in (*months[1:], dt.date(year + 1, 1, 1))]
            counts = map(calendar.working_days, months, ends)
            yield key, _list(given.rows(key)), _list(counts)
        elif re.fullmatch("day_([1-9]|[12][0-9]|3[01])", key):
            days = [
                calendar.nth_of_month(f"{year}-{month:02d}", int(key[4:])) for month in range(1, 13)
            ]
            yield key, _list(given.rows(key)), _list(day.isoformat() for day in days)


def _rule(given: Given, _: Run) -> Iterator[Check]:
    rule, full = given.words("rule"), given.take("full", None)
    params, facts = given.take("params", {}), given.take("facts", {})
    expects = {key: given.take(key) for key in ("points", "grade_limit") if key in given}

    def compute() -> Iterator[Check]:
        result = rules.evaluate(rule, full, params, facts)
        if "points" in expects:
            yield "points", _exact(expects["points"]), _exact(result.points)
        if "grade_limit" in expects:
            yield "grade_limit", _word(expects["grade_limit"]), _word(result.grade_limit)
        if not expects:
            yield "points", "", _exact(result.points)

    return _refusing(given, compute)


def _assessment(given: Given, run: Run) -> Iterator[Check]:
    own = {key: given.take(key) for key in list(given.left()) if key != "error"}
    base = own.pop("same_as", None)
    if base is not None:
        if not isinstance(base, str) or base not in run._assessments:
            raise Refused("unknown_item", f"前面没有“{str(base)[:40]}”这个案例", "same_as")
        own = {**run._assessments[base], **own}
    name = given.take("name", None)
    if name is not None:
        run._assessments[str(name)] = own
    case = Given(own, "")

    def compute() -> Iterator[Check]:
        yield from _assessed(case)
        case.done()

    return _refusing(given, compute)


def _assessed(case: Given) -> Iterator[Check]:
    expects = {key: case.take(key) for key in ("total", "grade") if key in case}
    total = _sum_of(case)
    for key, sign in (("bonus", 1), ("deductions", -1)):
        total += sign * _capped(case, key)
    stands = rounded(total, case.count("places", 2))
    bands = _bands(case) if "bands" in case else []
    veto = case.take("veto", None)
    if "total" in expects:
        yield "total", _exact(expects["total"]), _exact(stands)
    if "grade" in expects:
        grade = grading.band_of(Fraction(stands), bands)
        yield "grade", str(expects["grade"]), grading.limited(grade, _limit(veto), bands)


def _sum_of(case: Given) -> Fraction:
    """The sum of one of the three forms: items with deductions, points, components."""
    full = number(case.take("full"), "full") if "full" in case else None
    marks = []
    if "items" in case:
        for name, most, lost in _rows(case.rows("items"), 3, "items"):
            whole = number(most, "items")
            points = max(Fraction(0), min(whole, whole - number(lost, "items")))
            marks.append(Marked(str(name), whole, points))
    elif "points" in case:
        for name, most, points in _rows(case.rows("points"), 3, "points"):
            kept = None if points is None else number(points, "points")
            marks.append(Marked(str(name), number(most, "points"), kept))
    else:
        parts = [
            Component(str(name), number(score, "components"), number(weight, "components"))
            for name, score, weight in _rows(case.rows("components"), 3, "components")
        ]
        return totals.combined(parts)[0]
    return totals.summed(marks, full)[0]


def _capped(case: Given, key: str) -> Fraction:
    """Points of a bonus or of deductions, plain or with their cap."""
    if key not in case:
        return Fraction(0)
    value = case.take(key)
    if not isinstance(value, Mapping):
        return number(value, key)
    given = Given(value, key)
    found = totals.capped(given.not_negative("points"), given.number_or_none("cap", None))
    given.done()
    return found


def _limit(veto: Any) -> str | None:
    if veto is None or veto == LOWEST:
        return veto
    given = Given(veto, "veto")
    effect = given.one_of("effect", ("not_above", LOWEST))
    limit = given.words("grade", LOWEST) if effect == LOWEST else given.words("grade")
    given.done()
    return limit


def _ranks(given: Given, _: Run) -> Iterator[Check]:
    expected = given.rows("ranks")
    yield "ranks", _list(expected), _list(grading.ranks(_numbers(given, "totals")))


def _quota(given: Given, _: Run) -> Iterator[Check]:
    kind, share, of = given.words("kind"), given.number("share"), given.count("of")
    expected = given.count("count")
    yield "count", str(expected), str(grading.places(kind, share, of))


def _quota_groups(given: Given, _: Run) -> Iterator[Check]:
    kind, share = given.words("kind"), given.number("share")
    sizes = [int(one) for one in _numbers(given, "sizes")]
    total, found = grading.places_of_groups(kind, share, sizes, given.count("minimum"))
    if "total" in given:
        yield "total", str(given.count("total")), str(total)
    yield "counts", _list(given.rows("counts")), _list(found)


def _grades(given: Given, _: Run) -> Iterator[Check]:
    bands, values = _bands(given), _numbers(given, "totals")
    tie_break = _numbers(given, "tie_break") if "tie_break" in given else None
    limits = [_limit_word(one) for one in given.rows("limits")] if "limits" in given else None
    quota = None
    if "quota" in given:
        asked = Given(given.take("quota"), "quota")
        kind = asked.one_of("kind", ("upper", "lower"), "upper")
        quota = Quota(asked.words("grade"), asked.count("places"), kind)
        asked.done()
    found = grading.grades(values, bands, quota=quota, tie_break=tie_break, limits=limits)
    yield "grades", _list(given.rows("grades")), _list(one.grade for one in found)
    if "by_quota" in given:
        fell = [number for number, one in enumerate(found) if one.by_quota]
        yield "by_quota", _list(given.rows("by_quota")), _list(fell)


def _account(given: Given, _: Run) -> Iterator[Check]:
    repairs = _numbers(given, "credits") if "credits" in given else []
    total, postings = totals.year(
        given.number("mid_year"), given.number("second_half"), given.number("weight"), repairs
    )
    if "postings" in given:
        expected = [_exact(one) for one in given.rows("postings")]
        found = [one for one in postings if one.kind != "credits" or repairs]
        yield "postings", _list(expected), _list(_exact(rounded(one.points)) for one in found)
    yield "year", _exact(given.take("year")), _exact(rounded(total))


def _measuring_error(given: Given, _: Run) -> Iterator[Check]:
    differences = _numbers(given, "differences")
    items = [
        (number(full, "items"), int(number(reviewers, "items")))
        for full, reviewers in _rows(given.rows("items"), 2, "items")
    ]
    expects = {
        key: given.words(key) for key in ("one_mark", "total", "interval_95") if key in given
    }

    def compute() -> Iterator[Check]:
        found = measuring.measuring_error(differences, items)
        for key, expected in expects.items():
            yield key, _exact(expected), _to_places_of(expected, getattr(found, key))
        if not expects:
            yield "total", "", _to_places_of("0.0000", found.total)

    return _refusing(given, compute)


def _distribution(given: Given, _: Run) -> Iterator[Check]:
    counts, of = [int(one) for one in _numbers(given, "counts")], given.count("of")
    yield "percent", _list(given.rows("percent")), _list(totals.percents(counts, of))


_SECTIONS: dict[str, Callable[[Given, Run], Iterator[Check]]] = {
    "rules": _rule,
    "assessments": _assessment,
    "ranks": _ranks,
    "quotas": _quota,
    "quota_groups": _quota_groups,
    "grades": _grades,
    "accounts": _account,
    "measuring_error": _measuring_error,
    "distribution": _distribution,
}


# --- values --------------------------------------------------------------------------------------


def _rows(rows: Sequence[Any], width: int, where: str) -> Iterator[Sequence[Any]]:
    for row in rows:
        if not isinstance(row, list | tuple) or len(row) != width:
            raise Refused("form", f"每一行应有 {width} 个值", where)
        yield row


def _bands(given: Given) -> list[Band]:
    return [
        Band(str(grade), number(least, "bands"))
        for grade, least in _rows(given.rows("bands"), 2, "bands")
    ]


def _numbers(given: Given, key: str) -> list[Fraction]:
    return [number(one, given.at(key)) for one in given.rows(key)]


def _limit_word(value: Any) -> str | None:
    return None if value is None else str(value)


def _day(value: Any, where: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        raise Refused("form", f"“{str(value)[:40]}”不是日期", where) from None


def _exact(value: Any) -> str:
    """A number in one way of writing, so that 2.6 is 2.60; no number as ·."""
    if value is None:
        return "·"
    return plain(Fraction(value) if isinstance(value, Decimal) else number(value))


def _to_places_of(expected: str, found: Decimal) -> str:
    """The number rounded half up to as many places as were printed."""
    _, _, decimals = expected.partition(".")
    return _exact(rounded(Fraction(found), len(decimals)))


def _word(value: Any) -> str:
    return "·" if value is None else str(value)


def _list(values: Any) -> str:
    return "、".join(_word(value) for value in values)
