"""Figures: numbers about places of a tree, for a period and as of a day. Apps register theirs.

Who shows a figure (a report, a board, an indicator) knows its key only. Who registers it says what
it is called, how it is counted for many places at once, and at which address the rows that were
counted stand.
"""

import dataclasses
import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from . import clock
from .actor import Actor
from .periods import cadence_of, first_day, last_day, previous_word, this_word
from .text import to_half_width

SPEAKING = 4  # letters of a name that stands for itself in a text
UNKNOWN = "无法回算"  # shown in place of a number that history does not reach back to
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)
NEVER = dt.date.max  # `since` of a figure of which no past is kept


class Place(Protocol):
    """What figures are of: a row with a place in a tree of paths."""

    @property
    def pk(self) -> Any: ...

    @property
    def path(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Cut:
    """Where one period's numbers end and the next one's begin: with the end of a day, by what was
    written down at a moment, or is known now."""

    day: dt.date
    known_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What figures are computed for: a period of any kind, and the day on which it is looked at.

    Rows are read as of the period's last day, or of the day itself while the period still runs.
    With `known_at` only what was written down by that moment counts: so a number that was frozen
    then is found again, with its rows, whatever has been entered or put right since. `opened` is
    where the numbers of the period before were cut off, if they were; `read_on` the day as of
    which rows are read, for numbers frozen under another rule.
    """

    period: str
    day: dt.date
    known_at: dt.datetime | None = None
    opened: Cut | None = None
    read_on: dt.date | None = None

    @property
    def first(self) -> dt.date:
        """First day of the period."""
        return first_day(self.period)

    @property
    def last(self) -> dt.date:
        """Last day of the period."""
        return last_day(self.period)

    @property
    def end(self) -> dt.date:
        """As of which day rows are read: the period's last, or the day while the period runs."""
        return self.read_on or min(self.last, self.day)

    @property
    def opening(self) -> Cut:
        """Where the period before was cut off: at its last day, if nobody froze its numbers."""
        if self.opened is None:
            return Cut(self.first - dt.timedelta(days=1), self.known_at)
        return Cut(self.opened.day, self.opened.known_at or self.known_at)

    @property
    def closing(self) -> Cut:
        """Where this period's numbers are cut off."""
        return Cut(self.end, self.known_at)

    @property
    def is_past(self) -> bool:
        """Whether it asks how things were, and not how they are."""
        return self.known_at is not None or self.end < clock.today()

    @property
    def looks_back(self) -> bool:
        """Whether it is looked at as of a day or a moment before now."""
        return self.known_at is not None or self.day < clock.today()


class Sums(StrEnum):
    """What a figure of a place takes in."""

    BELOW = "below"  # the place and all that lay below it on the day
    ALONE = "alone"  # the place alone
    WHOLE = "whole"  # all below has been taken in by who computes it: moves below are none


Counts = Mapping[str, int] | None
"""Path, as it was on the window's `end` -> value of that place alone (with all below for
`Sums.WHOLE`); None when it cannot be told."""


class Trees(Protocol):
    """Where places stood at cuts. What was asked once is not asked again."""

    def places(self, cut: Cut, pks: Collection[Any]) -> Mapping[Any, str]:
        """Primary key -> path, of those that were there."""

    def below(
        self, cut: Cut, paths: Collection[str], kinds: Collection[str] = ()
    ) -> Mapping[Any, str]:
        """Primary key -> path of all at and below the paths, of some kinds alone if given."""


class Reading:
    """What figures have asked while one page is made: since when a past is kept, and where places
    stood. Made for that page or action and dropped with it, so that it never outlives a change."""

    def __init__(self) -> None:
        self.told: dict[Any, dt.date] = {}
        self.trees: Trees = _trees[0]()


Compute = Callable[[Sequence[str], Collection[str], Window, Trees], Mapping[str, Counts]]
"""(keys, paths, window, trees): the counts of each key at and below the paths, all in one
statement; `trees` are the `Trees` of the reading."""


@dataclass(frozen=True, slots=True)
class Gauge:
    """What makes a figure something to become better at: what its value is called, which way is better,
    and the goal that is usual.

    `lacking` is the address of what is still to be done; without it the figure's own rows are opened.
    `of` is the key of the figure that it is a part of: its value is then for a hundred of that one,
    else the mean of an organisation. `fewer` where less is better. `since_new_year` for one that begins
    again at nothing each January. `lag` is for how many days after it happened a fact can still turn for
    the better: until then a value is told, and neither judged nor compared with the calendar.
    """

    label: str
    goal: int
    of: str = ""
    fewer: bool = False
    unit: str = "%"
    since_new_year: bool = False
    lag: int = 0
    lacking: Callable[[Place, Window], str] | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its words, where it comes from, the address of its rows and who may open it.

    `since` tells from which day on the past of it is kept, at the cost of one query; without it
    all past is. `names` are what people call it when they ask for it (`called`): only what can
    mean nothing else; a name that begins with 本期 is one where the period is said. `group` is the
    head under which those of one matter are chosen, where there are many. `gauge` says how it tells
    whether things are well; without one it only tells how much there is. `only_whole` is for one that
    nobody is to be judged by: offered as that of which others are a share, and in reports.
    """

    key: str
    label: str
    unit: str = ""
    source: str = ""
    address: Callable[[Place, Window], str] | None = None
    permission: str = ""  # what the page behind `address` asks for
    sums: Sums = Sums.BELOW
    from_opening: bool = False  # it tells what came of the window's opening
    since: Callable[[], dt.date] | None = None
    names: tuple[str, ...] = ()
    group: str = ""
    gauge: Gauge | None = None
    only_whole: bool = False

    def label_in(self, period: str) -> str:
        """Its label for a period that is no month: 本季度减少 for 本月减少."""
        return self.label.replace("本月", this_word(cadence_of(period)))

    def kept(self, window: Window, told: dict[Any, dt.date]) -> Window | None:
        """The window as far as history reaches back to it; None when it does not at all.

        What is known only from a day after the period's end, or after its beginning, is read from
        that day on. `told` keeps what a `since` has said, so that each is asked once.
        """
        if self.since is None or not (window.is_past or self.from_opening):
            return window
        if self.since not in told:
            told[self.since] = self.since()
        since = told[self.since]
        if window.known_at is None and window.day >= clock.today():
            since = min(since, window.day)  # as things are they can always be counted
        # Of a moment of the first day nobody can say whether it came before the first row.
        if since > window.day or (window.known_at is not None and since == window.day):
            return None
        if window.end < since:
            window = dataclasses.replace(window, read_on=since)
        opening = window.opening
        if self.from_opening and opening.day < since:
            known = opening.known_at
            if known is not None and timezone.localdate(known) < since:
                known = window.known_at
            window = dataclasses.replace(window, opened=Cut(since, known))
        return window


_figures: dict[str, Figure] = {}
_names: dict[str, Figure] = {}  # by what `_plain` leaves of a name
_providers: dict[str, Compute] = {}
_trees: list[Callable[[], Trees]] = []


def register(*figures: Figure) -> Callable[[Compute], Compute]:
    """Registers figures that one function computes together. Raises ValueError for a key or a name
    that is taken."""

    def decorate(compute: Compute) -> Compute:
        for figure in figures:
            if figure.key in _figures:
                raise ValueError(f"the figure {figure.key} is registered already")
            for name in figure.names:
                if _names.setdefault(_plain(name), figure) is not figure:
                    raise ValueError(f"two figures are called {name}")
            _figures[figure.key] = figure
            _providers[figure.key] = compute
        return compute

    return decorate


def register_tree(trees: Callable[[], Trees]) -> None:
    """Sets who knows where places stood on a past day."""
    _trees[:] = [trees]


def registered() -> Mapping[str, Figure]:
    """All figures by key, for choosing them in a form's definition."""
    return _figures


def gauged() -> dict[str, tuple[Figure, Gauge]]:
    """Those by which things can become better, with their gauge, by key: where a part, with its whole."""
    return {
        key: (one, one.gauge)
        for key, one in _figures.items()
        if one.gauge is not None and (not one.gauge.of or one.gauge.of in _figures)
    }


def choices(text: Callable[[Figure], str], *, judging: bool = False) -> list[tuple[str, Any]]:
    """All figures for a field of a form, with the words that `text` makes: those of a group under
    its head, after the others; `judging` those alone by which somebody may be judged."""
    found: list[tuple[str, Any]] = []
    groups: dict[str, list[tuple[str, str]]] = {}
    for key, one in _figures.items():
        if judging and one.only_whole:
            continue
        (groups.setdefault(one.group, []) if one.group else found).append((key, text(one)))
    return [*found, *groups.items()]


_UNIT_BEHIND = re.compile(r"\((?:单位[::]?)?(?:人|名|位|个|家|份)\)$")
_OURS = re.compile("^(?:本党支部|本支部|全支部|本党总支|本总支|本党委|全党委)(?=.)")
_COUNT_WORD = re.compile("(?<=.)(?:总人数|人数|总数|数量|个数|数)$")
_UNITS = ({"人", "名", "位"}, {"个", "家", "份"})
_THIS = "本期"


def _plain(name: str, cadence: str = "") -> str:
    """A name without what does not tell what is asked for: whose it is, the word for counting, the
    unit; the period of the cadence as 本期 or 上期末, its end left out."""
    text = re.sub(r"\s+", "", to_half_width(name)).strip(":：?。、,，*")
    text = _OURS.sub("", _UNIT_BEHIND.sub("", text))
    if cadence:
        now, before = this_word(cadence), previous_word(cadence)
        ends = [f"{now}末", "期末", *(["月末", "月底", "本月底"] if now == "本月" else [])]
        starts = [now, *(["当月"] if now == "本月" else [])]
        for words, put in ((ends, ""), ([f"{before}末"], "上期末"), (starts, _THIS)):
            begun = next((word for word in words if text.startswith(word)), "")
            if begun:
                text = put + text.removeprefix(begun)
                break
    return _COUNT_WORD.sub("", _OURS.sub("", text))


def called(title: str, cadence: str, unit: str = "") -> Figure | None:
    """The figure that a question with this title asks for, when it can mean nothing else.

    `cadence` is that of who is asked: 本年 is not the period of a monthly form. A unit that the
    figure is not counted in (人次 for 人) makes it another question.
    """
    plain = _plain(title, cadence)
    found = _names.get(plain) or _names.get(plain.removeprefix(_THIS))
    if found is None or not unit or unit == found.unit:
        return found
    return found if any({unit, found.unit} <= units for units in _UNITS) else None


def mentioned(text: str) -> list[Figure]:
    """Figures whose whole name stands in a text that asks for something, the longest name first and
    none that is part of another; names of fewer than four letters mean too much. No query."""
    found: list[Figure] = []
    for one in sorted(_figures.values(), key=lambda one: -len(one.label)):
        is_named = len(one.label) >= SPEAKING and one.label in text
        if is_named and not any(one.label in other.label for other in found):
            found.append(one)
    return found


def together(keys: Iterable[str]) -> list[list[str]]:
    """The registered ones among the keys, those in one list that one statement computes."""
    found: dict[Compute, list[str]] = {}
    for key in dict.fromkeys(keys):
        if key in _providers:
            found.setdefault(_providers[key], []).append(key)
    return list(found.values())


def values(
    keys: Iterable[str], places: Sequence[Place], window: Window, reading: Reading | None = None
) -> dict[str, dict[Any, int | None]]:
    """Key -> primary key of the place -> value; None where history does not reach back to the
    day. Keys that nobody registered are left out.

    One query for all figures that are computed together, however many places; of a past day two
    more for where the places stood and what stood below them, and one for each `since`.
    """
    reading = reading or Reading()
    found: dict[str, dict[Any, int | None]] = {}
    together: dict[tuple[Compute, Window], list[str]] = {}
    for key in dict.fromkeys(keys):
        figure = _figures.get(key)
        if figure is None:
            continue
        if (kept := figure.kept(window, reading.told)) is not None:
            together.setdefault((_providers[key], kept), []).append(key)
        else:
            found[key] = {place.pk: None for place in places}
    paths = _paths(places, window, reading.trees) if together else {}
    for (compute, kept), some in together.items():
        counts = compute(some, set(paths.values()), kept, reading.trees) if paths else {}
        for key in some:
            found[key] = _summed(counts.get(key, {}), places, paths, _figures[key].sums)
    return found


def rows(
    keys: Iterable[str], places: Sequence[Place], window: Window, reading: Reading | None = None
) -> dict[Any, list[dict[str, Any]]]:
    """Primary key of the place -> list of {key, label, value, unit, source} in the order of
    `keys`. Queries as for `values`."""
    keys = [key for key in keys if key in _figures]
    computed = values(keys, places, window, reading)
    return {
        place.pk: [
            {
                "key": key,
                "label": _figures[key].label_in(window.period),
                "value": computed[key][place.pk],
                "unit": _figures[key].unit,
                "source": _figures[key].source.replace(
                    "本月", this_word(cadence_of(window.period))
                ),
            }
            for key in keys
        ]
        for place in places
    }


def addresses(
    keys: Iterable[str],
    place: Place,
    window: Window,
    actor: Actor,
    reading: Reading | None = None,
) -> dict[str, str]:
    """Key -> the address that opens the rows counted; empty when the actor may not open it, or
    when history does not reach back to the window. No query, or one for each `since`."""
    reading = reading or Reading()
    found: dict[str, str] = {}
    for key in keys:
        figure = _figures.get(key)
        found[key] = ""
        if (
            figure is None
            or figure.address is None
            or not actor.may_at(figure.permission, place.path)
        ):
            continue
        if (kept := figure.kept(window, reading.told)) is not None:
            found[key] = figure.address(place, kept)
    return found


def as_shown(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of `rows` as pages and papers show it: words where there is no number."""
    return {**row, "value": UNKNOWN, "unit": ""} if row["value"] is None else dict(row)


def moment_word(moment: dt.datetime) -> str:
    """A moment as addresses name it: microseconds since 1970."""
    return str((moment - _EPOCH) // _MICROSECOND)


def moment_of(word: str) -> dt.datetime:
    """The moment that an address names. Raises ValueError for anything else."""
    if not (word.isascii() and word.isdecimal() and len(word) <= 16):
        raise ValueError(f"not a moment: {word[:20]!r}")
    return _EPOCH + int(word) * _MICROSECOND


def when_words(window: Window) -> dict[str, str]:
    """How an address says as of when a window is looked at; nothing for now."""
    words = {}
    if window.looks_back:
        words["on"] = window.day.isoformat()
    if window.known_at is not None:
        words["at"] = moment_word(window.known_at)
    return words


def rows_at(route: str, key: str) -> Callable[[Place, Window], str]:
    """The address of a figure's rows at the page called `route`, which reads place and window from it."""

    def address(place: Place, window: Window) -> str:
        values = {
            "figure": key,
            "organization": place.pk,
            "period": window.period,
            **when_words(window),
        }
        return f"{reverse(route)}?{urlencode(values)}"

    return address


def when_of(asked: Mapping[str, str]) -> tuple[dt.date, dt.datetime | None]:
    """The day and the moment that `when_words` put into an address; today where there is none, or
    one that is to come. Raises ValueError."""
    on, at = asked.get("on", ""), asked.get("at", "")
    known_at = moment_of(at) if at else None
    day = clock.today()
    if on or known_at:
        told = dt.date.fromisoformat(on) if on else timezone.localdate(known_at)
        day = min(told, day)
    return day, known_at


def roll_up(counts: Mapping[str, int], paths: Iterable[str]) -> dict[str, int]:
    """For each path the sum of `counts` at it and below."""
    wanted = dict.fromkeys(paths, 0)
    lengths = sorted({len(path) for path in wanted})
    for path, count in counts.items():
        for length in lengths:
            if length > len(path):
                break
            head = path[:length]
            if head in wanted:
                wanted[head] += count
    return wanted


def _paths(places: Sequence[Place], window: Window, trees: Trees) -> Mapping[Any, str]:
    """Where the places stood at the window's end: those that were not there yet are missing."""
    if window.end >= clock.today():
        return {place.pk: place.path for place in places}
    return trees.places(window.closing, [place.pk for place in places])


def _summed(
    counts: Counts, places: Sequence[Place], paths: Mapping[Any, str], sums: Sums
) -> dict[Any, int | None]:
    if counts is None:
        return {place.pk: None for place in places}
    totals = roll_up(counts, paths.values()) if sums == Sums.BELOW else counts
    return {place.pk: totals.get(paths.get(place.pk, ""), 0) for place in places}
