"""A cycle is opened, its facts are frozen, its results sealed."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.utils import timezone

from assessments.schemes.actions import telling
from assessments.schemes.enums import Level
from core import clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.enums import OrganizationKind
from orgs.models import Organization
from orgs.permissions import Permission

from .. import offers
from ..models import Cycle, Run, Score, ScoreMark
from ..queries.enrolled import enrolled
from . import postings, runs

MOST_REASON = 300


@action
def open_cycle(*, organization: Organization, level: str, period: str, by: Actor) -> Cycle:
    """Begins the assessment of a half-year by the versions in force, and has it computed; the cycle
    that there is when there is one. Raises NotAllowed, DomainError for a period that is none, lies
    ahead, or for which nobody is measured by a published version."""
    if not by.may_at(Permission.ASSESSMENT_RUN, organization.path):
        raise NotAllowed("只有组织考核的党委可以开始一期考核。")
    if not periods.is_period(period) or periods.cadence_of(period) != periods.HALF_YEAR:
        raise DomainError("请选择半年。", field="period")
    if periods.first_day(period) > clock.today():
        raise DomainError(f"{periods.label(period)}还没有开始。", field="period")
    if level not in Level.values:
        raise DomainError("请选择考核对象。", field="level")
    if level == Level.DIRECT and organization.kind != OrganizationKind.WORK_COMMITTEE:
        raise DomainError("直属党委由党工委考核。", field="level")
    there = Cycle.objects.filter(organization=organization, level=level, period=period).first()
    if there is not None:
        return there
    cycle = Cycle(organization=organization, level=level, period=period, opened_at=clock.now())
    if not enrolled(cycle)[0]:
        raise DomainError("没有已发布、自这一期起适用的细则，无法开始考核。", field="period")
    try:
        with transaction.atomic():
            cycle.save(force_insert=True)
    except IntegrityError:
        return Cycle.objects.get(organization=organization, level=level, period=period)
    telling.note(
        cycle,
        "cycles.cycle.open",
        holder=cycle.organization,
        by=by,
        changes={"period": [None, period]},
    )
    runs.order(cycle=cycle, by=by)
    return cycle


@action
def freeze(*, cycle: Cycle, revision: int, by: Actor, known_at: dt.datetime | None = None) -> Cycle:
    """Ends the time in which facts still change: what is known now (or was at a moment after the
    period's end) counts, and the whole is computed by it. Raises NotAllowed, Stale, MovedOn, or
    DomainError while the period runs."""
    runs.expect_holder(cycle, by)
    moment = known_at or clock.now()
    day = timezone.localdate(moment)
    if moment > clock.now() or periods.last_day(cycle.period) >= day:
        raise DomainError(f"{periods.label(cycle.period)}还没有结束，不能冻结。")
    Cycle.machine.move(cycle, "freeze", revision=revision, known_at=moment)
    # What was begun with facts that still changed does not count any more.
    for run in cycle.runs.going():
        why = "事实已冻结，按冻结的事实重新计算。"
        Run.machine.move(run, "fail", finished_at=clock.now(), failure=why)
    told = {"known_at": [None, moment.isoformat()]}
    telling.note(cycle, "cycles.cycle.freeze", holder=cycle.organization, by=by, changes=told)
    runs.order(cycle=cycle, by=by)
    return cycle


@action
def begin_review(*, cycle: Cycle, revision: int, by: Actor) -> Cycle:
    """The reviewers begin: from now on the assessed see nothing of their score until the feedback.
    Raises NotAllowed, Stale, MovedOn, or DomainError for what higher apps hold against it."""
    runs.expect_holder(cycle, by)
    Cycle.objects.locked().get(pk=cycle.pk)
    _expect_nothing_against(cycle, "review")
    Cycle.machine.move(cycle, "review", revision=revision)
    telling.note(cycle, "cycles.cycle.review", holder=cycle.organization, by=by)
    return cycle


@action
def submit(*, cycle: Cycle, revision: int, by: Actor) -> Cycle:
    """Asks for the decision: nothing is marked or computed any more. Raises NotAllowed, Stale,
    MovedOn, Conflict while something is still to be marked or computed, and DomainError for what
    higher apps hold against it."""
    runs.expect_holder(cycle, by)
    # Held: what is marked or written now is either in what is submitted, or finds it submitted.
    if Cycle.objects.locked().get(pk=cycle.pk).is_computed:
        _expect_nothing_against(cycle, "submit")
        waiting = ScoreMark.objects.filter(cycle=cycle).exists()
        going = waiting or cycle.runs.going().exists()
        scores = Score.objects.filter(run=cycle.run_id, assessed__is_out=False)
        if going or cycle.run_id is None or not scores.exists():
            raise Conflict("还在计算，请稍后再审定。", code="computing")
        left = scores.filter(total=None).count()
        if left:
            raise Conflict(f"还有 {left} 家单位有指标没有评分。", code="waiting")
    Cycle.machine.move(
        cycle, "submit", revision=revision, submitted_by_id=by.user_id, submitted_at=clock.now()
    )
    telling.note(cycle, "cycles.cycle.submit", holder=cycle.organization, by=by)
    return cycle


@action
def send_back(*, cycle: Cycle, revision: int, reason: str, by: Actor) -> Cycle:
    """What was submitted is looked at once more. Raises NotAllowed, Stale, MovedOn, DomainError for
    want of a reason."""
    expect_decider(cycle, by)
    text = clean(reason)
    if not 2 <= len(text) <= MOST_REASON:
        raise DomainError(f"请写明退回的理由，{MOST_REASON} 字以内。", field="reason")
    Cycle.machine.move(
        cycle, "send_back", revision=revision, submitted_by_id=None, submitted_at=None
    )
    telling.note(cycle, "cycles.cycle.send_back", holder=cycle.organization, by=by, text=text)
    return cycle


@action
def seal(*, cycle: Cycle, revision: int, by: Actor) -> Cycle:
    """The decision: results stand, with their digests, nothing computes them anew, and they are
    booked to the year's account. Raises NotAllowed, also for whoever submitted them, Stale and
    MovedOn."""
    expect_decider(cycle, by)
    if cycle.submitted_by_id is not None and cycle.submitted_by_id in by.persons:
        raise NotAllowed("提请审定的人不能自己审定，请由另一人办理。")
    Cycle.machine.move(cycle, "seal", revision=revision, sealed_at=clock.now())
    postings.post_sealed(cycle)
    telling.note(cycle, "cycles.cycle.seal", holder=cycle.organization, by=by)
    return cycle


def expect_decider(cycle: Cycle, by: Actor) -> None:
    """Raises NotAllowed for whoever does not decide on the cycle's results."""
    if not by.may_at(Permission.ASSESSMENT_DECIDE, cycle.organization.path):
        raise NotAllowed("只有考核委员会或组织这期考核的党委可以审定。")


def _expect_nothing_against(cycle: Cycle, step: offers.Step) -> None:
    if said := offers.against(cycle, step):
        raise DomainError("；".join(said), code="against")
