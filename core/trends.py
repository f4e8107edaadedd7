"""A line of periods and values, and what it says: the one place that decides whether a change is told.
Two points are no trend. Limits and rules are those of `core.limits`. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from . import limits as rules
from . import periods
from .charts import Drawing, Limits, small_line
from .charts.numbers import Value, exact, written
from .limits import HALVES, MONTHS, Natural, Rule, Signal, natural_limits

# Values below which a line has no limits. Where twelve would be six or twelve years, it is as many as
# a run needs to be seen at all.
LEAST = {
    periods.MONTH: MONTHS,
    periods.QUARTER: MONTHS,
    periods.HALF_YEAR: HALVES,
    periods.YEAR: HALVES,
}
MOST = 24  # values of a line: what is older tells of other times
SINGLY = 2  # periods in a row that are named one by one
SHORT = "历史太短，不画界限"
COARSE = "变动太小，不画界限"
GRAINS = Fraction(1128, 1000)  # steps of the measure below whose mean a line is all grain
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
    least: int
    limits: Natural | None
    lacking: str  # why there are no limits
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
        return "" if newest is None else self._rule(newest, is_lately=True)

    @property
    def note(self) -> str:
        """The same; where the line is too short for limits that. Of counts that hardly move nothing: the
        drawing without a band is enough beside a figure."""
        return SHORT if self.lacking == SHORT else self.said

    def told(self, now: Value, before: Value, unit: str = "") -> str:
        """The same with the step from the period before (as the page shows both) in front of it: 较上月
        −3 个百分点，低于下界 91.3%. Only where the step is the signal: it has led beyond the limit. A run and
        values near a limit are about many periods, and the last step may have gone the other way."""
        newest, here, there = self.newest, exact(now), exact(before)
        if newest is None or newest.rule != Rule.BEYOND or here is None or there is None:
            return self.note
        step, was_beyond = here - there, len(self.known) - 2 in newest.slots
        if was_beyond or not step or (step > 0) != newest.is_above:
            return self.note
        sign = "+" if step > 0 else ""
        return f"较{periods.previous_word(self.cadence)} {sign}{written(step)}{unit}，{self.note}"

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
            least = (
                f"（不足 {self.least} {_COUNTED[self.cadence]}）" if self.lacking == SHORT else ""
            )
            return f"{self.name}：{self.lacking}{least}。"
        lower, mean, upper = (
            self._shown(one) for one in (self.limits.lower, self.limits.mean, self.limits.upper)
        )
        between = f"{self.name}自{periods.label(self.span[0])}以来自身界限 {lower} 至 {upper}，平均 {mean}"
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

    def _rule(self, one: Signal, *, is_lately: bool = False) -> str:
        """The rule with its value; `is_lately` where no period is named beside it."""
        if self.limits is None:
            return ""
        bound, past, side = _SIDES[one.is_above]
        limit = self._shown(self.limits.upper if one.is_above else self.limits.lower)
        if one.rule == Rule.BEYOND:
            return f"{past}{bound} {limit}"
        many = one.last - one.first + 1
        if one.rule == Rule.RUN:
            return f"{self._running(one)}在平均 {self._shown(self.limits.mean)} {side}"
        word, share = _COUNTED[self.cadence], self._running(one)
        if len(one.slots) < many:
            share = f"{'近 ' if is_lately else ''}{many} {word}里有 {len(one.slots)} {word}"
        return f"{share}离{bound} {limit} 比离平均 {self._shown(self.limits.mean)} 近"

    def _sentence(self, one: Signal) -> str:
        if one.rule == Rule.BEYOND:
            return f"{self._named(one.slots)} {self._rule(one)}"
        if one.last == len(self.known) - 1:
            rule = self._rule(one)
            gap = " " if rule[0].isdigit() else ""
            return f"{self._named((one.first,))}起{gap}{rule}"
        return f"{self._named(range(one.first, one.last + 1))} {self._rule(one)}"

    def _running(self, one: Signal) -> str:
        """连续 9 个月; where some periods between have no value that is said."""
        many, word = one.last - one.first + 1, _COUNTED[self.cadence]
        first, last = (self.span[self.known[slot]] for slot in (one.first, one.last))
        has_gap = periods.shift(first, many - 1) != last
        return f"有数的 {many} {word}都" if has_gap else f"连续 {many} {word}"

    def _named(self, slots: Sequence[int]) -> str:
        """The periods of values: 2025年12月、2026年1月、8月至10月. A year stands before each that is not
        of the year named last, at first the one that the line ends in."""
        year, found = self.span[-1][:4], []
        runs: list[list[str]] = []
        for period in (self.span[self.known[slot]] for slot in slots):
            if runs and periods.shift(runs[-1][-1], 1) == period:
                runs[-1].append(period)
            else:
                runs.append([period])
        for run in runs:
            ends = run if len(run) <= SINGLY else [run[0], run[-1]]
            words = []
            for period in ends:
                is_same = period[:4] == year
                words.append(periods.short(period) if is_same else periods.label(period))
                year = period[:4]
            found.append(("、" if len(run) <= SINGLY else "至").join(words))
        return "、".join(found)

    def _shown(self, value: Fraction) -> str:
        return f"{written(value, self.places)}{self.unit}"


def trend_of(
    line: Sequence[tuple[str, Value]],
    *,
    name: str,
    unit: str = "",
    low: Value = None,
    high: Value = None,
    places: int = 1,
    least: int | None = None,
    grain: int = 0,
    since: str = "",
) -> Trend:
    """What a line says, oldest period first and all of one cadence, its last period the one looked at;
    None is a period without a value; those before the first value are left out. Of a long line the last
    `MOST` count. `low` and `high` are what
    the figure cannot pass (a share: 0 and 100); `least` is for who has a reason of its own. `grain` is the
    step of a count (1): of a line that hardly moves by a step, limits would call every step a signal.
    From the period `since` on something is different on purpose: the limits are drawn from what was
    before it, of which `MOST` count."""
    kept, after = list(line), list[tuple[str, Value]]()
    while since and kept and kept[-1][0] >= since:
        after.insert(0, kept.pop())
    kept = [*kept[-MOST:], *after]
    while len(kept) > 1 and kept[0][1] is None:
        kept.pop(0)
    span = tuple(period for period, _ in kept)
    values = tuple(exact(value) for _, value in kept)
    known = [value for value in values if value is not None]
    cadence = periods.cadence_of(span[-1]) if span else periods.MONTH
    least = LEAST[cadence] if least is None else least
    base = len(known) - sum(exact(value) is not None for _, value in after)
    limits = natural_limits(
        known[:base], least=least, low=exact(low), high=exact(high), places=places
    )
    lacking = SHORT if limits is None else ""
    if limits is not None and grain and _mean_step(known[:base]) < GRAINS * grain:
        limits, lacking = None, COARSE
    return Trend(
        *(name, span, values, unit, places, least, limits, lacking),
        tuple(rules.told(known, least=least, base=base)) if limits is not None else (),
    )


def _mean_step(values: Sequence[Fraction]) -> Fraction:
    """The mean moving range; below 1.128 steps of the measure it is nearer to none than to one."""
    steps = [abs(now - before) for before, now in pairwise(values)]
    return sum(steps, Fraction(0)) / len(steps)
