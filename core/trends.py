"""A line of periods and values, and what it says: the one place that decides whether a change is told.
Two points are no trend. Limits and rules are those of `core.limits`. Pure: no database, no clock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from . import periods
from .charts import Drawing, Limits, small_line
from .charts.numbers import Value, exact, written
from .limits import HALVES, MONTHS, Natural, Rule, Signal, natural_limits, told

# Values below which a line has no limits. Where twelve would be six or twelve years, it is as many as
# a run needs to be seen at all.
LEAST = {
    periods.MONTH: MONTHS,
    periods.QUARTER: MONTHS,
    periods.HALF_YEAR: HALVES,
    periods.YEAR: HALVES,
}
MOST = 24  # values of a line: what is older tells of other times
SHORT = "历史太短，不画界限"
NOT_PROVED = "信号只说明与这条线平常的起伏不同，不说明是什么原因，也不说明谁做得好、谁做得差。"
_COUNTED = {
    periods.MONTH: "个月",
    periods.QUARTER: "个季度",
    periods.HALF_YEAR: "个半年",
    periods.YEAR: "年",
}
_SIDES = {True: ("上界", "高于", "以上"), False: ("下界", "低于", "以下")}


@dataclass(frozen=True, slots=True)
class Trend:
    """A line up to its last period. `values` stand beside `span`; None where there is none.
    `signals` count by `known`, the places in `span` that have a value."""

    name: str
    span: tuple[str, ...]
    values: tuple[Fraction | None, ...]
    unit: str
    places: int
    limits: Natural | None
    signals: tuple[Signal, ...]

    @property
    def cadence(self) -> str:
        """Of the periods."""
        return periods.cadence_of(self.span[-1]) if self.span else periods.MONTH

    @property
    def known(self) -> list[int]:
        """The places in `span` that have a value."""
        return [at for at, value in enumerate(self.values) if value is not None]

    @property
    def newest(self) -> Signal | None:
        """The first signal that the value of the last period is part of. None too where that period
        has no value: what is not over yet is not judged."""
        if not self.values or self.values[-1] is None:
            return None
        last = len(self.known) - 1
        return next((one for one in self.signals if last in one.slots), None)

    @property
    def said(self) -> str:
        """The rule by which the newest value is a signal, in words: 高于上界 67.8. Empty where it is
        none, so that the drawing speaks."""
        newest = self.newest
        return "" if newest is None else self._rule(newest)

    @property
    def note(self) -> str:
        """The same; where the line is too short for limits that."""
        return SHORT if self.limits is None else self.said

    def tone(self, *, is_more_better: bool = True) -> str:
        """Of the newest signal, not of a difference: ok or warn; empty where it is none."""
        newest = self.newest
        if newest is None:
            return ""
        return "ok" if newest.is_above == is_more_better else "warn"

    @property
    def sentences(self) -> list[str]:
        """All signals, one sentence each with its rule and the limit's value, periods put together:
        10月、11月 高于上界 67.8; 3月起连续 9 个月在平均 59.2 以上. What lies near a limit is not said
        again where another rule has named all of it."""
        named = {
            (one.is_above, slot)
            for one in self.signals
            if one.rule != Rule.NEAR
            for slot in one.slots
        }
        return [
            self._sentence(one)
            for one in self.signals
            if one.rule != Rule.NEAR or any((one.is_above, slot) not in named for slot in one.slots)
        ]

    @property
    def summary(self) -> str:
        """The line in one paragraph: its limits, its signals, or that there are none."""
        if self.limits is None:
            return f"{SHORT}：不足 {LEAST[self.cadence]} {_counted(self.cadence)}。"
        between = (
            f"自身界限 {self._shown(self.limits.lower)} 至 {self._shown(self.limits.upper)}，"
            f"平均 {self._shown(self.limits.mean)}"
        )
        if not self.sentences:
            return f"{between}；各期的高低是平常的起伏，不是信号。"
        return f"{between}。{'；'.join(self.sentences)}。{NOT_PROVED}"

    @property
    def drawing(self) -> Drawing | None:
        """The line within its limits, small; None of fewer than two values."""
        if len(self.known) < 2:
            return None
        found = self.limits
        return small_line(
            self.values,
            name=self.name,
            labels=[periods.label(one) for one in self.span],
            limits=None if found is None else Limits(found.lower, found.mean, found.upper),
            unit=self.unit,
            digits=self.places,
            is_signal=self.newest is not None,
        )

    def is_signal(self, period: str) -> bool:
        """Whether the value of the period is part of a signal."""
        marked = {slot for one in self.signals for slot in one.slots}
        return any(self.span[at] == period for n, at in enumerate(self.known) if n in marked)

    # --- words -----------------------------------------------------------------------------------

    def _rule(self, one: Signal) -> str:
        """The rule as it holds for the newest value, which is named by where it stands."""
        if self.limits is None:
            return ""
        bound, past, side = _SIDES[one.is_above]
        limit = self._shown(self.limits.upper if one.is_above else self.limits.lower)
        if one.rule == Rule.BEYOND:
            return f"{past}{bound} {limit}"
        many = one.last - one.first + 1
        if one.rule == Rule.RUN:
            return f"{self._running(one)}在平均 {self._shown(self.limits.mean)} {side}"
        return (
            f"{many} {_counted(self.cadence)}里有 {len(one.slots)} {_counted(self.cadence)}"
            f"离{bound} {limit} 比离平均 {self._shown(self.limits.mean)} 近"
        )

    def _sentence(self, one: Signal) -> str:
        if one.rule == Rule.BEYOND:
            return f"{self._named(one.slots)} {self._rule(one)}"
        first, last = self._named((one.first,)), self._named((one.last,), beside=one.first)
        is_on = one.last == len(self.known) - 1
        return f"{first}起{self._rule(one)}" if is_on else f"{first}至{last} {self._rule(one)}"

    def _running(self, one: Signal) -> str:
        """连续 9 个月; where some periods between have no value that is said."""
        many, word = one.last - one.first + 1, _counted(self.cadence)
        has_gap = self.known[one.last] - self.known[one.first] + 1 != many
        return f"有数的 {many} {word}都" if has_gap else f"连续 {many} {word}"

    def _named(self, slots: Iterable[int], *, beside: int | None = None) -> str:
        """The periods of values, a year before each that is not of the year named last; what needs
        no name is the year that the line ends in."""
        year = self.span[-1][:4] if beside is None else self.span[self.known[beside]][:4]
        found = []
        for slot in slots:
            period = self.span[self.known[slot]]
            found.append(periods.short(period) if period[:4] == year else periods.label(period))
            year = period[:4]
        return "、".join(found)

    def _shown(self, value: Fraction) -> str:
        return f"{written(value, self.places)}{self.unit}"


def _counted(cadence: str) -> str:
    return _COUNTED[cadence]


def trend_of(
    line: Sequence[tuple[str, Value]],
    *,
    name: str,
    unit: str = "",
    low: Value = None,
    high: Value = None,
    places: int = 1,
    least: int | None = None,
) -> Trend:
    """What a line says, oldest period first and all of one cadence, its last period the one looked at;
    None is a period without a value. Of a long line the last `MOST` count. `low` and `high` are what
    the figure cannot pass (a share: 0 and 100); `least` is for who has a reason of its own."""
    kept = list(line)[-MOST:]
    span = tuple(period for period, _ in kept)
    values = tuple(exact(value) for _, value in kept)
    known = [value for value in values if value is not None]
    cadence = periods.cadence_of(span[-1]) if span else periods.MONTH
    least = LEAST[cadence] if least is None else least
    limits = natural_limits(known, least=least, low=exact(low), high=exact(high), places=places)
    return Trend(
        *(name, span, values, unit, places, limits),
        tuple(told(known, least=least)) if limits is not None else (),
    )


def change(period: str, now: int, before: int, unit: str = "") -> str:
    """How a figure moved against the period before: 较上月 −3 个百分点; empty when it did not. To be
    said beside a signal only."""
    if now == before:
        return ""
    word = periods.previous_word(periods.cadence_of(period))
    return f"较{word} {now - before:+d}{unit}".replace("-", "−")
