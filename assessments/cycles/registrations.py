"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.schemes import offers
from assessments.schemes.models import SchemeVersion
from core import demo, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from core.actor import Actor
from orgs.permissions import Permission

from . import jobs, verbs, worklist  # noqa: F401  (registers jobs)
from .access import may_try
from .enums import CycleState, RunState
from .queries.cases import cases_for

demo.register("assessments.cycles.demo.results", order=85)
core_verbs.register("cycles", verbs.VERBS, verbs.FIELDS)
work.register(worklist.provide)
menu.register_parts(
    "schemes:scheme-list",
    menu.Part(
        "考核结果",
        "cycles:cycle-list",
        5,
        permission=Permission.ASSESSMENT_VIEW,
        marks=("cycles:",),
    ),
)
tones.register(
    CycleState,
    {
        CycleState.RUNNING: "info",
        CycleState.FROZEN: "warn",
        CycleState.REVIEWING: "warn",
        CycleState.SUBMITTED: "warn",
        CycleState.SEALED: "ok",
    },
)
tones.register(
    RunState,
    {
        RunState.PLANNED: "mute",
        RunState.READING: "info",
        RunState.SCORING: "info",
        RunState.DONE: "ok",
        RunState.FAILED: "warn",
    },
)


@offers.register_links
def _what_if(actor: Actor, version: SchemeVersion) -> Sequence[tuple[str, str]]:
    """A draft is tried over past cycles before anybody adopts it."""
    if not may_try(actor, version):
        return ()
    return [("用往期试算", reverse("cycles:what-if", args=[version.uid]))]


offers.register_cases(cases_for)
