"""Ballots of the half-years that are over, counted by two alike as their marks say, and the
secretaries' reports of each second half-year; of the one that runs, some are on their way."""

import datetime as dt
from collections.abc import Mapping

from django.utils import timezone

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle, HandMark
from core import periods
from core.demo import Seeding
from orgs.demo.tree import Tree

from ..enums import ReportState, RoundState
from ..models import BallotCount, BallotRound, SecretaryReport
from ..queries.rounds import Ballot, asked, ballots_of

HELD_AFTER, SENT_AFTER = 12, 8  # days after the half-year's end
COUNTERS = ("何志强", "沈建华")
PLACES = {"H1": "党员群众代表评议会", "H2": "年终书记述职评议会"}
SURNAMES = "王李张刘陈杨赵黄周吴徐孙朱马胡郭林何高罗"
GIVEN = ("建军", "晓燕", "志远", "海涛", "秀英", "文博", "立新", "春梅")
WORK = (
    "抓班子，每月听取一次支部书记汇报，班子成员各联系两个支部。\n"
    "抓支部，“三会一课”和主题党日按月开展，软弱的支部由班子成员包着改。\n"
    "抓队伍，支部书记集中培训两次，新发展党员全部先经过一线岗位。\n"
    "抓服务，群众反映的事在支部议、在现场办，办不了的当天报街道党工委。"
)
PROBLEMS = (
    "到支部去得不够匀，偏远的两个支部全年只去了三次。\n"
    "两新组织覆盖还有空白，新开的企业没有及时摸清党员。",
    "支部之间差距还大，靠后的支部主题党日内容单薄。\n党员学时年底才补齐，平时抓得不紧。",
    "书记项目进度前松后紧，材料准备多、现场推得少。\n年轻党员参与组织生活的办法不多。",
)
MEASURES = (
    "每个支部每季度至少到一次，问题当场记、当月回访。\n新设企业一个月内摸清党员，三个月内明确归属。",
    "按月看支部的记录，连续两个月单薄的到场帮着开。\n学时按季度排，不等到年底。",
)
COMMENTS = (
    "讲得实，问题找得准；两新组织覆盖要在上半年见到变化。",
    "工作抓得细，支部之间的差距要用办法补，不要只靠催。",
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """Ballots and reports of all half-years that are over, and reports of the one that runs."""
    if seeding.is_again:
        return {}
    for cycle in Cycle.objects.filter(state=CycleState.SEALED).order_by("period"):
        _complete(seeding, cycle)
    for cycle in Cycle.objects.running().order_by("period"):
        _begin(seeding, cycle)
    return {
        "ballots": BallotRound.objects.count(),
        "secretary_reports": SecretaryReport.objects.count(),
    }


def fill(seeding: Seeding, month: str) -> None:
    """The half-year that begins with the month is over and assessed by then."""
    half = periods.containing(periods.first_day(month), periods.HALF_YEAR)
    if periods.first_day(half) != periods.first_day(month):
        return
    for cycle in Cycle.objects.filter(period=half, state=CycleState.SEALED):
        _complete(seeding, cycle)


def _complete(seeding: Seeding, cycle: Cycle) -> None:
    for ballot in ballots_of(cycle):
        _rounds(cycle, ballot)
        if ballot.is_report and cycle.period.endswith("H2"):
            _reports(seeding, cycle, ballot)


def _rounds(cycle: Cycle, ballot: Ballot) -> None:
    """A round for each mark that stands there, with the two counts that led to it."""
    there = set(
        BallotRound.objects.filter(assessed__cycle=cycle, indicator=ballot.key).values_list(
            "assessed_id", flat=True
        )
    )
    marks = HandMark.objects.filter(
        assessed__cycle=cycle, assessed__is_out=False, indicator=ballot.key, rule=0, seat=1
    )
    rows = []
    for mark in marks.exclude(assessed__in=there).order_by("assessed__path"):
        votes, invalid = mark.facts["votes"], mark.facts.get("invalid", 0)
        collected = sum(votes.values()) + invalid
        rows.append(
            BallotRound(
                assessed_id=mark.assessed_id,
                indicator=ballot.key,
                held_on=periods.last_day(cycle.period) + dt.timedelta(days=HELD_AFTER),
                place=PLACES[cycle.period[-2:]],
                state=RoundState.DONE,
                issued=collected + mark.assessed_id % 3,
                collected=collected,
                votes=votes,
                invalid=invalid,
            )
        )
    BallotRound.objects.bulk_create(rows)
    BallotCount.objects.bulk_create(
        BallotCount(
            round=row,
            take=1,
            seat=seat,
            by_name=name,
            issued=row.issued or 0,
            collected=row.collected or 0,
            votes=row.votes,
            invalid=row.invalid or 0,
        )
        for row in rows
        for seat, name in enumerate(COUNTERS, start=1)
    )


def _asked(cycle: Cycle, ballot: Ballot) -> list[Assessed]:
    there = set(SecretaryReport.objects.values_list("assessed_id", flat=True))
    return [one for one in asked(cycle, ballot) if one.pk not in there]


def _reports(seeding: Seeding, cycle: Cycle, ballot: Ballot) -> None:
    day = periods.last_day(cycle.period) + dt.timedelta(days=SENT_AFTER)
    sent = timezone.make_aware(dt.datetime.combine(day, dt.time(10, 20)))
    rows = []
    for one in _asked(cycle, ballot):
        row = _report(seeding, one)
        row.state, row.sent_at, row.sent_by_name = ReportState.SENT, sent, row.secretary
        rng = seeding.rng("comments", cycle.period, seeding.of(Tree).number(one.organization_id))
        row.comment, row.comment_by_name = rng.choice(COMMENTS), COUNTERS[0]
        rows.append(row)
    SecretaryReport.objects.bulk_create(rows)


def _begin(seeding: Seeding, cycle: Cycle) -> None:
    """The half-year runs: some have begun to write, one has sent."""
    if not cycle.period.endswith("H2"):
        return
    for ballot in ballots_of(cycle):
        if not ballot.is_report:
            continue
        rows = [_report(seeding, one) for one in _asked(cycle, ballot)[:3]]
        for row in rows[1:]:
            row.measures = ""
        for row in rows[:1]:
            row.state, row.sent_at = ReportState.SENT, seeding.now
            row.sent_by_name = row.secretary
        SecretaryReport.objects.bulk_create(rows)


def _report(seeding: Seeding, one: Assessed) -> SecretaryReport:
    rng = seeding.rng("secretary", seeding.of(Tree).number(one.organization_id))
    return SecretaryReport(
        assessed=one,
        secretary=rng.choice(SURNAMES) + rng.choice(GIVEN),
        work=WORK,
        problems=rng.choice(PROBLEMS),
        measures=rng.choice(MEASURES),
    )
