"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.cycles import offers
from assessments.cycles.access import decides
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from assessments.cycles.offers import Link
from core import tones
from core import verbs as core_verbs
from core.actor import Actor

from . import verbs
from .enums import ObjectionState, PublicationState

core_verbs.register("decisions", verbs.VERBS, verbs.FIELDS)
tones.register(
    ObjectionState,
    {
        ObjectionState.RAISED: "warn",
        ObjectionState.RECHECKING: "info",
        ObjectionState.PROPOSED: "warn",
        ObjectionState.CLOSED: "ok",
        ObjectionState.WITHDRAWN: "mute",
    },
)
tones.register(
    PublicationState, {PublicationState.OPEN: "info", PublicationState.WITHDRAWN: "mute"}
)


@offers.register_links
def _deciding(actor: Actor, cycle: Cycle) -> Sequence[Link]:
    """Those who decide are led to what lies before them. No query."""
    if not decides(actor, cycle) or cycle.state not in (CycleState.SUBMITTED, CycleState.SEALED):
        return ()
    url = reverse("decisions:decision", args=[cycle.uid])
    if cycle.state == CycleState.SEALED:
        return [Link("审定情况", url)]
    if cycle.submitted_by_id in actor.persons:
        return [Link("提请审定的结果", url)]
    return [Link("审定", url, is_step=True)]
