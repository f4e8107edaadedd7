"""What the kinds of organisation life are by the rules, and the arithmetic of votes and hours.

Frequencies are those of the regulation on branches (《中国共产党支部工作条例（试行）》, 2018) and of
the education regulation of 2019, as reference §3.1 lists them. They are where plans begin; what an
organisation owes is said by the plan.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

from schedules.rounds.enums import Cadence

from .enums import MeetingKind, Roll

HOURS_OF_MEMBERS = Decimal(32)  # 学时 a year, 《2019—2023年全国党员教育培训工作规划》 and after
HOURS_OF_COMMITTEES = Decimal(56)
QUARTER = Decimal("0.25")
MOST_HOURS_OF_ONE = Decimal(16)  # two full-time days
HALF_DAY_HOURS = Decimal(4)


@dataclass(frozen=True, slots=True)
class KindRule:
    """`cadence` and `count`: how often it is owed where it applies; no cadence: nobody owes it.
    `has_votes`: whether something can be put to the vote there."""

    kind: MeetingKind
    roll: Roll
    cadence: Cadence | None
    count: int = 1
    has_votes: bool = False
    is_study: bool = False  # whether its time counts as 学时
    minutes: int = 3  # what writing it down costs


RULES: dict[MeetingKind, KindRule] = {
    rule.kind: rule
    for rule in (
        KindRule(MeetingKind.GENERAL_MEETING, Roll.MEMBERS, Cadence.QUARTER, has_votes=True),
        KindRule(MeetingKind.COMMITTEE_MEETING, Roll.COMMITTEE, Cadence.MONTH, has_votes=True),
        KindRule(MeetingKind.GROUP_MEETING, Roll.GROUP, Cadence.MONTH, is_study=True),
        KindRule(MeetingKind.LESSON, Roll.MEMBERS, Cadence.QUARTER, is_study=True),
        KindRule(MeetingKind.PARTY_DAY, Roll.MEMBERS, Cadence.MONTH, is_study=True),
        KindRule(MeetingKind.LIFE_MEETING, Roll.MEMBERS, Cadence.YEAR),
        KindRule(MeetingKind.APPRAISAL, Roll.MEMBERS, Cadence.YEAR, has_votes=True, minutes=8),
        KindRule(MeetingKind.DUAL_LIFE, Roll.CHOSEN, None),
        KindRule(MeetingKind.VOLUNTEERING, Roll.CHOSEN, None),
    )
}


def key_of(kind: MeetingKind) -> str:
    """The key of the kind in the registry of what fulfils duties."""
    return f"life.{kind}"


def kind_of(key: str) -> MeetingKind | None:
    """The kind of organisation life that fulfils duties under the key; none under another's."""
    name = key.removeprefix("life.")
    return MeetingKind(name) if key != name and name in MeetingKind.values else None


def offered_topic(kind: MeetingKind, day: dt.date) -> str:
    """What a record of the kind is called when nobody says otherwise: 第四季度支部党员大会."""
    cadence = RULES[kind].cadence
    if cadence == Cadence.QUARTER:
        return f"第{'一二三四'[(day.month - 1) // 3]}季度{kind.label}"
    if cadence == Cadence.MONTH:
        return f"{day.month}月{kind.label}"
    if cadence == Cadence.YEAR:
        # One in the first half of a year is about the year before.
        return f"{day.year - (day.month <= 6)}年度{kind.label}"
    return f"{day.month}月{day.day}日{kind.label}"


def hours(minutes: int) -> Decimal:
    """学时 of so many minutes of study: whole quarters of an hour, at most four in a half day of
    one meeting (reference §3.1, counting example [S29])."""
    exact = (Decimal(minutes) / 60 / QUARTER).to_integral_value(ROUND_FLOOR) * QUARTER
    return min(exact, HALF_DAY_HOURS)


def minutes_between(first: dt.time | None, last: dt.time | None) -> int:
    """How long it lasted; 0 when that is not known."""
    if first is None or last is None or last <= first:
        return 0
    return (last.hour - first.hour) * 60 + last.minute - first.minute


@dataclass(frozen=True, slots=True)
class Tally:
    """One vote: who may vote there, who of them was present when it was taken, and how they voted."""

    entitled: int
    present: int
    for_: int
    against: int
    abstained: int

    @property
    def has_quorum(self) -> bool:
        """Whether more than half of those entitled were present."""
        return self.present * 2 > self.entitled

    @property
    def is_carried(self) -> bool:
        """Whether more than half of all who are entitled voted for it, which is what admission and
        becoming a full member ask for; with a quorum."""
        return self.has_quorum and self.for_ * 2 > self.entitled

    def objections(self) -> Sequence[tuple[str, str]]:
        """(field, what is wrong) for figures that cannot be."""
        found = []
        if self.present > self.entitled:
            found.append(
                ("present", f"到会有表决权 {self.present} 人，多于有表决权的 {self.entitled} 人。")
            )
        cast = self.for_ + self.against + self.abstained
        if cast > self.present:
            found.append(
                ("for_", f"赞成、反对、弃权合计 {cast} 票，多于到会有表决权的 {self.present} 人。")
            )
        return found
