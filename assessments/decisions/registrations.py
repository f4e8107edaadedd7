"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.cycles import offers
from assessments.cycles.access import decides
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Cycle
from assessments.cycles.offers import Link
from core import demo, health, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from core.models import AuditEntry
from orgs.permissions import Permission
from schedules.rounds import digests

from . import digest, jobs, verbs, worklist  # noqa: F401  (registers jobs)
from . import offers as own_offers
from .access import publishes
from .actions import reminding, verifying
from .enums import ObjectionState, PublicationState

demo.register("assessments.decisions.demo.decisions", order=86)
core_verbs.register("decisions", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
work.register(worklist.provide_feedback)
digests.register(
    digests.Contributor(
        "objections", digest.parts, lambda parts, by: reminding.told(parts=parts, by=by)
    )
)
menu.register_parts(
    "schemes:scheme-list",
    menu.Part(
        "考核异议",
        "decisions:objection-list",
        8,
        permission=Permission.ASSESSMENT_VIEW,
        marks=("decisions:",),
    ),
)
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
def _of_cycle(actor: Actor, cycle: Cycle) -> Sequence[Link]:
    """Those who decide are led to what lies before them, those who hold it to objections and to
    publishing. Two queries of a sealed cycle."""
    sealed = cycle.state == CycleState.SEALED
    found = []
    if decides(actor, cycle) and (sealed or cycle.state == CycleState.SUBMITTED):
        url = reverse("decisions:decision", args=[cycle.uid])
        if sealed:
            found.append(Link("审定情况", url))
        elif cycle.submitted_by_id in actor.persons:
            found.append(Link("提请审定的结果", url))
        else:
            found.append(Link("审定", url, is_step=True))
    if sealed and publishes(actor, cycle):
        found += own_offers.of_holder(actor, cycle)
    return found


@health.register
def _sealed_results() -> health.Comparison:
    """How the last look at sealed results ended. One query."""
    last = (
        AuditEntry.objects.filter(verb=verifying.VERB)
        .order_by("-sequence")
        .values_list("at", "changes")
        .first()
    )
    at, changes = last if last is not None else (None, {})
    differing = int((changes.get("differences") or [None, 0])[1])
    return health.Comparison("sealed results", "已审定的考核结果", at, differing, is_repaired=False)


offers.register_links_of_assessed(own_offers.of_assessed)
offers.register_links_of_list(own_offers.published)
