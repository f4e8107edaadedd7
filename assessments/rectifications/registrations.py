"""Fills the registries of lower apps with what this app has to say. Imported once, by the app config."""

from collections.abc import Collection, Sequence

from django.urls import reverse

from assessments.cycles import offers
from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from core import demo, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs.permissions import Permission
from schedules.action_items import sources
from schedules.action_items.models import ActionLine

from . import jobs, packs, verbs, worklist  # noqa: F401  (registers jobs and what is made behind)
from .actions import closing
from .actions.causes import COMMON
from .actions.proposing import SOURCE
from .enums import Stage
from .queries import lists

demo.register("assessments.rectifications.demo.lists", order=95)
core_verbs.register("rectifications", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
tones.register(Stage, {Stage.PROPOSED: "mute", Stage.ISSUED: "info"})


def _done(lines: Collection[ActionLine], by: Actor) -> None:
    closing.line_done(lines=lines, by=by)


sources.register(sources.Source(SOURCE, "考核整改", lists.addresses, _done, sheet="整改清单"))
sources.register(sources.Source(COMMON, "共性问题", lists.cause_addresses))


@offers.register_links
def _lists(actor: Actor, cycle: Cycle) -> Sequence[offers.Link]:
    """The lists of a sealed cycle, with how many lines are closed. One query."""
    if cycle.state != CycleState.SEALED:
        return ()
    done, count = lists.closed_of(cycle)
    if not count and not actor.may_at(Permission.ASSESSMENT_RUN, cycle.organization.path):
        return ()
    note = f"{done} / {count} 条已销号" if count else "还没有下发"
    return [offers.Link("限期整改", reverse("rectifications:cycle", args=[cycle.uid]), note)]


@offers.register_links_of_assessed
def _list(actor: Actor, assessed: Assessed) -> Sequence[offers.Link]:
    """The list of one of the assessed, once it was issued. One query; none before the decision."""
    if assessed.cycle.state != CycleState.SEALED:
        return ()
    row = lists.issued_of(actor, assessed)
    if row is None:
        return ()
    return [offers.Link("整改清单", row.get_absolute_url(), row.item.number if row.item else "")]


menu.register_marks("schemes:scheme-list", "rectifications:")
