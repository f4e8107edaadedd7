"""What the kinds of organisation life are by the rules, and the arithmetic of votes and hours.

Frequencies are those of the regulation on branches (《中国共产党支部工作条例（试行）》, 2018) and of
the education regulation of 2019, as reference §3.1 lists them. They are where plans begin; what an
organisation owes is said by the plan.
"""

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from schedules.rounds.enums import Cadence

from .enums import MeetingKind, Roll, StudyGroup, StudyKind, TalkPair


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


# Kinds whose records give a list of problems (问题清单).
LISTED_KINDS = (MeetingKind.LIFE_MEETING, MeetingKind.APPRAISAL)


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
        return f"{year_about(day)}年度{kind.label}"
    return f"{day.month}月{day.day}日{kind.label}"


def year_about(day: dt.date) -> int:
    """The year that a 组织生活会 or 民主评议党员 of the day is about: one in the first half of a year
    is about the year before."""
    return day.year - (day.month <= 6)


def days_about(year: int) -> tuple[dt.date, dt.date]:
    """From which day until which a 组织生活会 or 民主评议党员 is about the year."""
    return dt.date(year, 7, 1), dt.date(year + 1, 6, 30)


def may_be_excellent(graded: int) -> int:
    """How many of so many graded members 优秀 should generally go to: a third at most."""
    return graded // 3


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


# --- 谈心谈话 ---------------------------------------------------------------------------------

TALK = "life.talk"  # what it is called in the registry of what fulfils duties
RECENT_DAYS = 90  # how long after a change of a member a talk with him is suggested


def pair_of(talker_leads: bool, partner_leads: bool) -> TalkPair:
    """What a talk of two is (reference §3.1), by whether each of them sits on a committee."""
    if talker_leads and partner_leads:
        return TalkPair.LEADERS
    return TalkPair.ACROSS if talker_leads or partner_leads else TalkPair.MEMBERS


def spent_hours(first: dt.time | None, last: dt.time | None) -> Decimal | None:
    """How long something lasted, in hours to the tenth; None where it was not said."""
    if first is None or last is None or last <= first:
        return None
    minutes = (last.hour - first.hour) * 60 + last.minute - first.minute
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"))


NOON = dt.time(12)


_HOUR = 60


_QUARTERS = 4  # of an hour: 学时 are counted in whole quarters


def is_made_up(kind: MeetingKind) -> bool:
    """Whether who missed one of the kind makes it up (补课): what is told to and studied by all.
    What a committee decides, and where one has to speak for himself, is not made up."""
    return kind in MADE_UP


MADE_UP = (
    *(MeetingKind.GENERAL_MEETING, MeetingKind.GROUP_MEETING),
    *(MeetingKind.LESSON, MeetingKind.PARTY_DAY),
)


STUDIED = tuple(rule.kind for rule in RULES.values() if rule.is_study)


MAKE_UP_DAYS = 30  # within which it should be made up


@dataclass(frozen=True, slots=True)
class Counting:
    """How study of one kind is counted (StudyRule), in quarters of a 学时: by half days, by hours,
    or by whichever of the two the entry gives; never more than `most_of_half_day` in one."""

    per_half_day: int
    per_hour: int
    most_of_half_day: int

    def quarters(self, *, minutes: int = 0, half_days: int = 0, days: int = 1) -> int:
        """Of so much time on so many days. Rounded down to whole quarters."""
        exact = minutes * self.per_hour // _HOUR + half_days * self.per_half_day
        return min(exact, 2 * days * self.most_of_half_day)


@dataclass(frozen=True, slots=True)
class Norm:
    """What a group of members is to study in a year: quarters of a 学时, courses of the central
    training, courses at all, and within how many months where that runs from a day."""

    quarters: int = 0
    central_courses: int = 0
    courses: int = 0
    within_months: int = 0


_BY_HOUR, _BY_HALF_DAY = Counting(0, 4, 16), Counting(16, 0, 16)
COUNTING: dict[StudyKind, Counting] = {
    **dict.fromkeys(StudyKind, _BY_HOUR),
    StudyKind.FULL_TIME: _BY_HALF_DAY,
    StudyKind.LECTURE: _BY_HALF_DAY,
    StudyKind.PRACTICE: Counting(16, 4, 16),
}


# Reference §3.1 [S28]; the older 16, 24 and 40 are superseded.
NORMS: dict[StudyGroup, Norm] = {
    StudyGroup.MEMBERS: Norm(quarters=128),
    StudyGroup.COMMITTEES: Norm(quarters=224, central_courses=1),
    StudyGroup.BEGINNERS: Norm(courses=1, within_months=12),
    StudyGroup.NEW_SECRETARIES: Norm(courses=1, within_months=6),
}


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, or the last of a shorter month."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return dt.date(year, month, min(day.day, monthrange(year, month)[1]))


def halves(starts_at: dt.time | None, ends_at: dt.time | None, minutes: int) -> tuple[int, int]:
    """The minutes of a meeting before noon and after it. One whose time nobody wrote down lay
    before noon."""
    if starts_at is None or (starts_at < NOON and (ends_at is None or ends_at <= NOON)):
        return minutes, 0
    if starts_at >= NOON:
        return 0, minutes
    before = min(minutes, NOON.hour * _HOUR - starts_at.hour * _HOUR - starts_at.minute)
    return before, minutes - before


def quarters_of_meeting(
    counting: Counting, starts_at: dt.time | None, ends_at: dt.time | None, minutes: int
) -> int:
    """Of the study of one meeting by itself: each half day counted apart. What lies on the same
    half day beside it is not known here (queries/study.py)."""
    most = counting.most_of_half_day
    return sum(
        min(part * counting.per_hour // _HOUR, most) for part in halves(starts_at, ends_at, minutes)
    )


def in_hours(quarters: int) -> Decimal:
    """学时 as they are written, of so many quarters: 1.5, 4."""
    return Decimal(quarters) / _QUARTERS


def quarters_of(hours: Decimal) -> int:
    """So many quarters are the 学时."""
    return int(hours * _QUARTERS)


def split_by_year(
    started_on: dt.date, ended_on: dt.date, amount: int
) -> list[tuple[dt.date, dt.date, int]]:
    """The part of each calendar year of a course: its days, and its share of `amount` by days, the
    rest with the last. A year whose share is nothing is left out."""
    whole, left, found = (ended_on - started_on).days + 1, amount, []
    for year in range(started_on.year, ended_on.year + 1):
        first = max(started_on, dt.date(year, 1, 1))
        last = min(ended_on, dt.date(year, 12, 31))
        share = left if year == ended_on.year else amount * ((last - first).days + 1) // whole
        left -= share
        if share:
            found.append((first, last, share))
    return found
