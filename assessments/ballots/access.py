"""Ballots and secretaries' reports, fetched and authorised at once."""

import uuid

from django.http import Http404

from assessments.cycles.access import holds, looks_over
from assessments.cycles.enums import CycleState
from assessments.cycles.models import ASSESSED, Assessed, Cycle
from core.actor import Actor
from orgs.permissions import Permission as P

from .enums import ReportState, RoundState
from .models import BallotRound, CountScan, ReportFile, SecretaryReport
from .models.ballot import BallotRoundQuerySet
from .queries.reports import followed, is_asked
from .queries.rounds import Ballot, ballot_of

WRITTEN_IN = (CycleState.RUNNING, CycleState.FROZEN, CycleState.REVIEWING)


def get_cycle(actor: Actor, uid: uuid.UUID) -> Cycle:
    """A cycle whose ballots the actor follows: as who stands with its holder, or is named for one of
    the assessed. Raises Http404."""
    found = Cycle.objects.select_related("organization").filter(uid=uid).first()
    if found is None:
        raise Http404
    if not looks_over(actor, found) and not followed(actor, found).exists():
        raise Http404
    return found


def get_ballot(actor: Actor, uid: uuid.UUID, key: str) -> tuple[Cycle, Ballot]:
    """A ballot of such a cycle. Raises Http404."""
    cycle = get_cycle(actor, uid)
    found = ballot_of(cycle, key)
    if found is None:
        raise Http404
    return cycle, found


def get_held_ballot(actor: Actor, uid: uuid.UUID, key: str) -> tuple[Cycle, Ballot]:
    """A ballot of a cycle that the actor carries on. Raises Http404."""
    cycle, found = get_ballot(actor, uid, key)
    if not holds(actor, cycle):
        raise Http404
    return cycle, found


def _rounds() -> BallotRoundQuerySet:
    return BallotRound.objects.select_related(
        "assessed__cycle__organization", "assessed__organization", "assessed__version__scheme"
    )


def get_round(actor: Actor, uid: uuid.UUID) -> BallotRound:
    """A round that the actor may read. Raises Http404."""
    found = _rounds().visible_to(actor).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_round_to_count(actor: Actor, uid: uuid.UUID) -> BallotRound:
    """A round that the actor may count. Raises Http404."""
    found = _rounds().to_count(actor).filter(uid=uid).first()
    if found is None:
        raise Http404
    return found


def get_scan(actor: Actor, uid: uuid.UUID) -> CountScan:
    """A scan of a round that the actor follows and that two have counted. Raises Http404."""
    rows = CountScan.objects.exclude(round__state=RoundState.OPEN).select_related("round")
    found = rows.filter(uid=uid, state="ready").first()
    if found is None or not may_see_scans(actor, get_round(actor, found.round.uid)):
        raise Http404
    return found


def may_see_scans(actor: Actor, found: BallotRound) -> bool:
    """Whether the signed sheets are his to read: not those of the own organisation. No query."""
    one = found.assessed
    named = actor.may_at(P.ASSESSMENT_REVIEW, one.path, about=(ASSESSED, one.pk))
    return looks_over(actor, one.cycle) or named


def get_scan_to_remove(actor: Actor, uid: uuid.UUID) -> CountScan:
    """A scan of a round that the actor may count. Raises Http404."""
    rows = CountScan.objects.exclude(round__state=RoundState.OPEN).select_related("round")
    found = rows.filter(uid=uid, state="ready").first()
    if found is None:
        raise Http404
    found.round = get_round_to_count(actor, found.round.uid)
    return found


# --- reports -------------------------------------------------------------------------------------


def get_asked(actor: Actor, uid: uuid.UUID) -> Assessed:
    """One of whom a report is asked: the own organisation, or one that the actor follows. Raises
    Http404."""
    rows = Assessed.objects.select_related(
        "cycle__organization", "organization", "version__scheme"
    ).defer("version__content")
    found = rows.filter(uid=uid, is_out=False).first()
    if found is None:
        raise Http404
    own = Assessed.objects.own(actor).filter(pk=found.pk)
    if not own.exists() and not followed(actor, found.cycle).filter(pk=found.pk).exists():
        raise Http404
    if not is_asked(found):
        raise Http404
    return found


def writes(actor: Actor, assessed: Assessed) -> bool:
    """Whether the actor writes the report of the assessed. No query."""
    own = actor.organization_path == assessed.organization.path
    return own and actor.may_at(P.ASSESSMENT_ANSWER, assessed.organization.path)


def get_asked_to_write(actor: Actor, uid: uuid.UUID) -> Assessed:
    """One whose report the actor writes, while its cycle is not submitted. Raises Http404."""
    found = get_asked(actor, uid)
    if not writes(actor, found):
        raise Http404
    return found


def report_of(actor: Actor, assessed: Assessed) -> SecretaryReport | None:
    """The report, as far as the actor may read it. One query."""
    rows = SecretaryReport.objects.visible_to(actor).filter(assessed=assessed)
    return rows.select_related("assessed__cycle__organization", "assessed__organization").first()


def get_report_to_judge(actor: Actor, uid: uuid.UUID) -> SecretaryReport:
    """A report that was sent to the actor's cycle (uid of the assessed). Raises Http404."""
    assessed = get_asked(actor, uid)
    report = report_of(actor, assessed)
    if report is None or report.state == ReportState.DRAFT or not holds(actor, assessed.cycle):
        raise Http404
    if actor.keeps_out(P.ASSESSMENT_RUN, assessed.path, (ASSESSED, assessed.pk)):
        raise Http404
    return report


def get_file(actor: Actor, uid: uuid.UUID) -> ReportFile:
    """A file of a report that the actor may read. Raises Http404."""
    found = ReportFile.objects.select_related("report").filter(uid=uid, state="ready").first()
    if found is None or not (
        SecretaryReport.objects.visible_to(actor).filter(pk=found.report_id).exists()
    ):
        raise Http404
    return found


def get_file_to_remove(actor: Actor, uid: uuid.UUID) -> ReportFile:
    """A file of a report that the actor writes. Raises Http404."""
    found = get_file(actor, uid)
    report = SecretaryReport.objects.select_related("assessed__organization").get(
        pk=found.report_id
    )
    if not writes(actor, report.assessed):
        raise Http404
    found.report = report
    return found
