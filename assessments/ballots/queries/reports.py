"""Secretaries' reports of a cycle: of whom one is asked, and how far each is."""

from dataclasses import dataclass

from django.db.models import QuerySet

from assessments.cycles.models import ASSESSED, Assessed, Cycle
from core.actor import Actor
from orgs.access import in_scope, not_recused
from orgs.enums import Post
from orgs.models import OfficeHolding
from orgs.permissions import Permission

from ..models import BallotRound, SecretaryReport
from .rounds import Ballot, asked, ballots_of

SECOND = "H2"


def report_ballot(cycle: Cycle) -> Ballot | None:
    """The ballot after the secretaries' reports, in a cycle of a second half-year; None where the
    schemes have none. One query; none in a first half-year."""
    if not cycle.period.endswith(SECOND):
        return None
    return next((one for one in ballots_of(cycle) if one.is_report), None)


def is_asked(assessed: Assessed) -> bool:
    """Whether a report is asked of the assessed: by his version, in a second half-year. One query
    at most."""
    ballot = report_ballot(assessed.cycle)
    if ballot is None or assessed.is_out:
        return False
    leaf = ballot.leaf_of.get(assessed.version_id)
    return leaf is not None and leaf.is_report


def secretary_of(assessed: Assessed) -> str:
    """Who is its secretary now; "" where none is recorded. One query."""
    held = OfficeHolding.objects.current().filter(
        organization=assessed.organization_id, post=Post.SECRETARY
    )
    return str(held.values_list("person_name", flat=True).first() or "")


@dataclass(frozen=True, slots=True)
class Reported:
    """One of those of whom a report is asked, with what the actor may see of it."""

    assessed: Assessed
    report: SecretaryReport | None
    round: BallotRound | None


def reported(cycle: Cycle, ballot: Ballot, actor: Actor) -> list[Reported]:
    """All of whom a report is asked and whom the actor may look at. Five queries."""
    rows = asked(cycle, ballot)
    named = {one.pk for one in rows if ballot.leaf_of[one.version_id].is_report}
    seen = SecretaryReport.objects.visible_to(actor).filter(assessed__in=named)
    reports = {one.assessed_id: one for one in seen}
    rounds = {
        one.assessed_id: one
        for one in BallotRound.objects.visible_to(actor).filter(
            assessed__in=named, indicator=ballot.key
        )
    }
    may = set(followed(actor, cycle).values_list("pk", flat=True))
    return [
        Reported(one, reports.get(one.pk), rounds.get(one.pk))
        for one in rows
        if one.pk in named and one.pk in may
    ]


def followed(actor: Actor, cycle: Cycle) -> QuerySet[Assessed]:
    """The assessed whose ballots and reports the actor may follow: of a cycle that he looks over, or
    for whom he is named."""
    about = {ASSESSED: "pk"}
    held = in_scope(actor, Permission.ASSESSMENT_VIEW, "cycle__organization")
    held &= not_recused(actor, Permission.ASSESSMENT_VIEW, subjects=about)
    named = in_scope(actor, Permission.ASSESSMENT_REVIEW, subjects=about)
    return Assessed.objects.filter(held | named, cycle=cycle, is_out=False)
