"""A secretary's report is written, sent, given back, and commented on."""

from typing import Any

from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed, Cycle
from assessments.schemes.actions import telling
from core import attachments, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.permissions import Permission

from ..models import ReportFile, SecretaryReport

MOST_TEXT = 6_000  # characters of one part
MOST_REASON = 300
MOST_COMMENT = 600
PARTS = {"work": "履职情况", "problems": "存在问题", "measures": "努力方向"}
OPEN_IN = (CycleState.RUNNING, CycleState.FROZEN, CycleState.REVIEWING)


@action
def save(
    *,
    assessed: Assessed,
    secretary: str,
    work: str,
    problems: str,
    measures: str,
    revision: int,
    by: Actor,
) -> SecretaryReport:
    """Writes the report, as far as it is; the first time it is made. What is there already changes
    nothing. Raises NotAllowed, Stale, MovedOn, Conflict once results are submitted, DomainError."""
    report = _written(assessed, by)
    given: dict[str, Any] = {
        "secretary": clean(secretary)[:60],
        "work": clean(work, multiline=True),
        "problems": clean(problems, multiline=True),
        "measures": clean(measures, multiline=True),
    }
    for name, label in PARTS.items():
        if len(given[name]) > MOST_TEXT:
            raise DomainError(f"{label}最多 {MOST_TEXT} 字。", field=name)
    SecretaryReport.machine.expect(report, "edit")
    if all(getattr(report, name) == text for name, text in given.items()):
        return report
    SecretaryReport.machine.move(report, "edit", revision=revision, **given)
    _note(report, assessed, "ballots.report.save", by)
    return report


@action
def send(*, assessed: Assessed, revision: int, by: Actor) -> SecretaryReport:
    """Sends the report to who holds the cycle. Raises NotAllowed, Stale, MovedOn, Conflict, and
    DomainError that names the parts that are empty."""
    report = _written(assessed, by)
    missing = [label for name, label in PARTS.items() if not getattr(report, name)]
    if not report.secretary:
        missing.insert(0, "述职人")
    SecretaryReport.machine.expect(report, "send")
    if missing:
        raise DomainError(f"还没有写{'、'.join(missing)}，写完再报送。")
    SecretaryReport.machine.move(
        report,
        "send",
        revision=revision,
        sent_at=clock.now(),
        sent_by_name=by.name[:100],
        return_reason="",
    )
    _note(report, assessed, "ballots.report.send", by)
    return report


@action
def give_back(*, report: SecretaryReport, reason: str, revision: int, by: Actor) -> SecretaryReport:
    """Asks for another report, and says why. Raises NotAllowed, Stale, MovedOn, Conflict,
    DomainError."""
    _expect_judges(report, by)
    _expect_open(report.assessed)
    reason = clean(reason)[:MOST_REASON]
    if len(reason) < 4:
        raise DomainError("请写明退回的理由（至少四个字）。", field="reason")
    SecretaryReport.machine.move(report, "return", revision=revision, return_reason=reason)
    _note(report, report.assessed, "ballots.report.return", by, reason)
    return report


@action
def comment(*, report: SecretaryReport, comment: str, revision: int, by: Actor) -> SecretaryReport:
    """What the holder says of the report, in a paragraph; empty takes it back. Raises NotAllowed,
    Stale, MovedOn, Conflict."""
    _expect_judges(report, by)
    _expect_open(report.assessed)
    text = clean(comment)[:MOST_COMMENT]
    SecretaryReport.machine.expect(report, "comment")
    if report.comment == text:
        return report
    SecretaryReport.machine.move(
        report, "comment", revision=revision, comment=text, comment_by_name=by.name[:100]
    )
    _note(report, report.assessed, "ballots.report.comment", by)
    return report


@action
def attach(*, assessed: Assessed, file: attachments.Checked, by: Actor) -> ReportFile:
    """Adds a checked file to a report that is still written; the same twice is one. Raises
    NotAllowed, MovedOn, Conflict, DomainError."""
    report = _written(assessed, by)
    SecretaryReport.machine.expect(report, "edit")
    row, is_new = attachments.keep(ReportFile, file=file, by=by, report=report)
    if is_new:
        _note(report, assessed, "ballots.report.attach", by)
    return row


@action
def detach(*, file: ReportFile, by: Actor) -> None:
    """Takes a file away from a report that is still written. Idempotent. Raises NotAllowed, MovedOn,
    Conflict."""
    report = _written(file.report.assessed, by)
    SecretaryReport.machine.expect(report, "edit")
    if not report.files.filter(pk=file.pk).exists():
        return
    _note(report, report.assessed, "ballots.report.detach", by)
    attachments.discard(file)


def _written(assessed: Assessed, by: Actor) -> SecretaryReport:
    """The report under its lock, made where there is none, if the actor writes it."""
    path = assessed.organization.path
    if by.organization_path != path or not by.may_at(Permission.ASSESSMENT_ANSWER, path):
        raise NotAllowed("述职报告由本单位填写。")
    _expect_open(assessed)
    SecretaryReport.objects.get_or_create(assessed=assessed)
    rows = SecretaryReport.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("assessed__cycle").get(assessed=assessed)


def _expect_open(assessed: Assessed) -> None:
    stored = Cycle.objects.locked().get(pk=assessed.cycle_id)
    if stored.state not in OPEN_IN:
        state = stored.get_state_display()
        raise Conflict(f"这期考核{state}，述职报告不能再改。", code="state")


def _expect_judges(report: SecretaryReport, by: Actor) -> None:
    path = report.assessed.cycle.organization.path
    if not by.may_at(Permission.ASSESSMENT_RUN, path):
        raise NotAllowed("由组织这期考核的党委退回或点评。")
    about = ASSESSED, report.assessed_id
    if by.keeps_out(Permission.ASSESSMENT_RUN, report.assessed.path, about):
        raise NotAllowed("已登记回避的单位，由别人退回或点评。")


def _note(
    report: SecretaryReport, assessed: Assessed, verb: str, by: Actor, text: str = ""
) -> None:
    telling.note(report, verb, holder=assessed.cycle.organization, by=by, text=text)
