"""What ballots and secretaries' reports add to a cycle: what they hold against its submission, which
marks come from them, and where its pages lead."""

from collections.abc import Collection, Sequence

from django.urls import reverse

from assessments.cycles.access import looks_over
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from assessments.cycles.offers import Link, Step
from core.actor import Actor

from .enums import ReportState, RoundState
from .models import BallotRound, SecretaryReport
from .queries import rounds
from .queries.reports import is_asked

MOST_NAMES = 3


def against(cycle: Cycle, step: Step) -> Sequence[str]:
    """Ballots that two have not counted alike, named. Two queries; none against the review."""
    if step != "submit":
        return []
    rows = BallotRound.objects.going().filter(assessed__cycle=cycle, assessed__is_out=False)
    names: dict[str, list[str]] = {}
    for row in rows.select_related("assessed").order_by("assessed__path"):
        names.setdefault(row.indicator, []).append(row.assessed.name)
    if not names:
        return []
    called = {one.key: one.name for one in rounds.ballots_of(cycle)}
    return [
        f"“{called.get(key, key)}”还有 {len(some)} 家没有计完票（{'、'.join(some[:MOST_NAMES])}"
        f"{' 等' if len(some) > MOST_NAMES else ''}）：由两人各自计票，不一致的核对；不测评的，取消测评。"
        for key, some in names.items()
    ]


def claimed(cycle: Cycle, indicator: str) -> Collection[int]:
    """The assessed whose mark comes from a ballot. One query."""
    return rounds.claimed(cycle, indicator)


def links(actor: Actor, cycle: Cycle) -> Sequence[Link]:
    """The ballots and the reports of the cycle, for who looks it over. Four queries."""
    if not looks_over(actor, cycle):
        return []
    found = []
    ballots = rounds.ballots_of(cycle)
    if ballots and cycle.state != CycleState.RUNNING:
        progress = rounds.progress_of(cycle, actor).values()
        done, whole = sum(one.done for one in progress), sum(one.rounds for one in progress)
        note = f"{done} / {whole} 家已计完" if whole else "还没有登记"
        found.append(Link("测评计票", reverse("ballots:ballot-list", args=[cycle.uid]), note))
    if report_ballot_in(cycle, ballots):
        seen = SecretaryReport.objects.visible_to(actor).filter(
            assessed__cycle=cycle, state=ReportState.SENT
        )
        url = reverse("ballots:report-list", args=[cycle.uid])
        found.append(Link("书记述职", url, f"已报送 {seen.count()} 家"))
    return found


def report_ballot_in(cycle: Cycle, ballots: Sequence[rounds.Ballot]) -> bool:
    """Whether reports are asked in the cycle, of whose ballots these are. No query."""
    return cycle.period.endswith("H2") and any(one.is_report for one in ballots)


def links_of_assessed(actor: Actor, assessed: Assessed) -> Sequence[Link]:
    """The own report, and the results of ballots as far as the actor sees them. Three queries at
    most."""
    found = []
    if actor.organization_path == assessed.path and is_asked(assessed):
        url = reverse("ballots:report", args=[assessed.uid])
        report = SecretaryReport.objects.filter(assessed=assessed).first()
        found.append(
            Link("书记述职报告", url, report.get_state_display() if report else "还没有写")
        )
    rows = BallotRound.objects.visible_to(actor).filter(assessed=assessed, state=RoundState.DONE)
    found += [Link("测评结果", row.get_absolute_url()) for row in rows.order_by("pk")]
    return found
