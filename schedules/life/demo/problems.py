"""问题清单 of the demo zone's 组织生活会: what was found, how it is put right, what came of it. What
was still open a year later went on in the next list, or stands open yet."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from core import periods
from core.demo import Seeding
from members.demo.people import People
from members.enums import MembershipState
from members.models import Member
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import Post

from ..enums import MeetingKind, ProblemState
from ..models import Meeting, Problem, ProblemList
from ..rules import year_about
from . import phrases
from .draws import Held
from .meetings import Life

# Of a hundred lines: put right in their time; of what is left at the next meeting, carried over.
DONE = {"good": 88, "fair": 70, "poor": 40}
EARLY, CARRIED = 35, 75
OF_COMMITTEE, OF_MEMBERS = (2, 3, 3, 4), (2, 3, 4)


@dataclass
class _Lists:
    """All lists with their lines, by the month in which the record was held."""

    is_drawn: bool = False
    of_month: dict[str, list[tuple[ProblemList, list[Problem]]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    keys: dict[uuid.UUID, int] = field(default_factory=dict)  # of members, when drawn again


def build(seeding: Seeding) -> Mapping[str, int]:
    """The lists of the records that are there."""
    lists = _Lists()
    seeding.keep(lists)
    if seeding.is_again:
        return {}
    _draw(seeding, lists)
    _write(seeding, [one for some in lists.of_month.values() for one in some])
    return {"problems": Problem.objects.current().count()}


def fill(seeding: Seeding, month: str) -> None:
    """Those of one older month; a list that is there stays."""
    lists = seeding.of(_Lists)
    if not lists.is_drawn:
        _draw(seeding, lists)
    rows = lists.of_month.get(month)
    if not rows:
        return
    if not lists.keys:
        lists.keys = dict(Member.objects.values_list("uid", "pk"))
    for _, lines in rows:
        for line in lines:
            if line.member is not None:
                line.member.pk = lists.keys[line.member.uid]
                line.member = line.member  # takes the key over
    with seeding.step():
        _write(seeding, rows)


def _write(seeding: Seeding, rows: Sequence[tuple[ProblemList, list[Problem]]]) -> None:
    """The lists of records that are there and have none yet."""
    uids = [whole.record_uid for whole, _ in rows]
    there = set(Meeting.objects.current().held().filter(uid__in=uids).values_list("uid", flat=True))
    there -= set(
        ProblemList.objects.filter(record_uid__in=uids).values_list("record_uid", flat=True)
    )
    some = [one for one in rows if one[0].record_uid in there]
    seeding.add([whole for whole, _ in some])
    for whole, lines in some:
        for line in lines:
            line.list = whole
    seeding.add([line for _, lines in some for line in lines])


def _draw(seeding: Seeding, lists: _Lists) -> None:
    """The lists of all branches, one year after the other."""
    yearly = seeding.of(Life).draws.yearly()
    for branch in seeding.of(Tree).branches:
        by_year: dict[int, Held] = {}  # of two about one year the later one has the list
        for held in yearly.get(branch.pk, ()):
            if held.kind == MeetingKind.LIFE_MEETING and _written_at(held) < seeding.now:
                by_year[year_about(held.day)] = held
        meetings = [by_year[year] for year in sorted(by_year)]
        writer = _Branch(seeding, branch.pk)
        carried: list[Problem] = []
        for held, later in zip(meetings, [*meetings[1:], None], strict=False):
            whole, lines = writer.list_of(held, carried)
            carried = writer.come_out(lines, held, later)
            lists.of_month[periods.containing(held.day, periods.MONTH)].append((whole, lines))
        seeding.breathe()
    lists.is_drawn = True


def _written_at(held: Held) -> dt.datetime:
    return held.recorded_at + dt.timedelta(minutes=held.rng("list").randint(20, 200))


class _Branch:
    """The lists of one branch."""

    def __init__(self, seeding: Seeding, pk: int) -> None:
        self.seeding = seeding
        author = seeding.of(Accounts).responsible.get(pk)
        leaders = seeding.of(Tree).leaders.get(pk, {})
        self.names = [name for name, _ in leaders.values() if name]
        self.secretary = leaders.get(Post.SECRETARY, ("", ""))[0]
        self.writer = author.name if author else self.secretary or "示例数据"
        self.members = [
            row
            for row in seeding.of(People).by_branch.get(pk, ())
            if row.state == MembershipState.NORMAL
            and not (row.is_lost_contact or row.is_mobile or row.is_excused)
        ]

    def list_of(self, held: Held, carried: Sequence[Problem]) -> tuple[ProblemList, list[Problem]]:
        """The list of the record as it was written: what was carried over, then what is new."""
        rng, at = held.rng("problems"), _written_at(held)
        whole = ProblemList(
            record_uid=held.uid,
            organization=held.host,
            year=year_about(held.day),
            written_at=at,
            written_by_name=self.writer,
        )
        lines = [self._again(line, held, at) for line in carried]
        for text, measure in rng.sample(phrases.PROBLEMS, rng.choice(OF_COMMITTEE)):
            who = rng.choice(self.names) if self.names else self.secretary
            lines.append(self._line(held, at, rng, text, measure, who))
        there = [row for row in self.members if row.joined_on and row.joined_on <= held.day]
        said = rng.sample(phrases.PROBLEMS_OF_MEMBERS, len(phrases.PROBLEMS_OF_MEMBERS))
        some = rng.sample(there, min(len(there), rng.choice(OF_MEMBERS)))
        for member, (text, measure) in zip(some, said, strict=False):
            lines.append(self._line(held, at, rng, text, measure, member.name, member))
        for number, line in enumerate(lines, start=1):
            line.number, line.uid = number, uuid.uuid5(held.uid, f"problem {number}")
        return whole, lines

    def come_out(self, lines: Sequence[Problem], held: Held, later: Held | None) -> list[Problem]:
        """Says of each line how it stands by now; returns those carried over into the next list."""
        rng = held.rng("outcome")
        today, carried = self.seeding.today, []
        for line in lines:
            rolled, lag, word = rng.random() * 100, rng.randint(-20, 12), rng.randint(0, 99)
            due = line.due_on or dt.date(held.day.year, 11, 30)
            done = max(due + dt.timedelta(days=lag), held.day + dt.timedelta(days=20))
            if rolled < EARLY:
                done = held.day + (due - held.day) // 2
            if rolled < DONE[held.trait] and done < today:
                line.state = ProblemState.DONE
                line.outcome = phrases.OUTCOMES[word % len(phrases.OUTCOMES)]
                at = held.recorded_at + (done - held.day)
                line.written_at = max(line.written_at, min(at, self.seeding.now))
            elif later is not None and rng.random() * 100 < CARRIED:
                line.state = ProblemState.CARRIED
                line.written_at = max(line.written_at, _written_at(later))
                carried.append(line)
        return carried

    def _again(self, line: Problem, held: Held, at: dt.datetime) -> Problem:
        """A line of the year before that goes on."""
        due = dt.date(held.day.year, 6, 30)
        return Problem(
            organization=held.host,
            member=line.member,
            text=line.text,
            measure=line.measure,
            responsible_name=line.responsible_name,
            due_text=f"{due:%Y-%m-%d}",
            due_on=due,
            carried_from=line.uid,
            written_at=at,
            written_by_name=self.writer,
        )

    def _line(
        self,
        held: Held,
        at: dt.datetime,
        rng: Random,
        text: str,
        measure: str,
        who: str,
        member: Member | None = None,
    ) -> Problem:
        month = rng.choice((3, 4, 6, 6, 9, 12)) if held.day.month < 3 else 12
        due = periods.last_day(f"{held.day.year}-{month:02d}")
        said = rng.choices((f"{due:%Y-%m-%d}", f"{due.month}月底前", "长期坚持"), (60, 30, 10))[0]
        return Problem(
            organization=held.host,
            member=member,
            text=text.format(a=rng.randint(2, 4)),
            measure=measure.format(a=rng.randint(1, 3)),
            responsible_name=who,
            due_text=said,
            due_on=due if said == f"{due:%Y-%m-%d}" else None,
            written_at=at,
            written_by_name=self.writer,
        )
