"""Fills the registries of core with what this app has to say. Imported once, by the app config."""

from core import worklist

from . import figures, jobs  # noqa: F401  (register figures and periodic jobs)
from .worklist import provide

worklist.register(provide)
