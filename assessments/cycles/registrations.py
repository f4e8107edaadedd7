"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import demo, menu, tones
from core import verbs as core_verbs
from core import worklist as work
from orgs.permissions import Permission

from . import jobs, verbs, worklist  # noqa: F401  (registers jobs)
from .enums import CycleState, RunState

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
    {CycleState.RUNNING: "info", CycleState.FROZEN: "warn", CycleState.SEALED: "ok"},
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
