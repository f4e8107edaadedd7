"""Where pages of a cycle lead to its self-assessments."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.cycles.access import looks_over
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from assessments.cycles.offers import Link
from core.actor import Actor

from .models import SelfAssessment
from .queries.reported import counts_of
from .words import state_words


def of_cycle(actor: Actor, cycle: Cycle) -> Sequence[Link]:
    """Who has sent, once facts are frozen. Two queries."""
    if cycle.state == CycleState.RUNNING or not looks_over(actor, cycle):
        return ()
    sent, whole = counts_of(cycle)
    url = reverse("self_assessments:self-assessment-list", args=[cycle.uid])
    return [Link("自查自评", url, f"{sent} / {whole} 家已报")]


def of_assessed(actor: Actor, assessed: Assessed) -> Sequence[Link]:
    """The self-assessment, for whoever may read it. One query."""
    cycle = assessed.cycle
    if cycle.state == CycleState.RUNNING:
        return ()
    own = SelfAssessment.objects.filter(assessed=assessed).first()
    is_own = actor.organization_path == assessed.path
    if not is_own and (own is None or own.sent_at is None):
        return ()
    url = reverse("self_assessments:self-assessment", args=[assessed.uid])
    return [Link("自查自评", url, state_words(own, cycle.state))]
