"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import demo, tones
from core import verbs as core_verbs

from . import jobs, verbs  # noqa: F401  (registers jobs)
from .enums import CycleState, RunState

demo.register("assessments.cycles.demo.results", order=85)
core_verbs.register("cycles", verbs.VERBS, verbs.FIELDS)
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
