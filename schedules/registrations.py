"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import worklist
from orgs import verbs as orgs_verbs

from . import figures, jobs, verbs  # noqa: F401  (register figures and periodic jobs)
from .worklist import provide

worklist.register(provide)
orgs_verbs.VERBS.update(verbs.VERBS)
orgs_verbs.FIELDS.update(verbs.FIELDS)
