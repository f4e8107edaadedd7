"""The figures this slice knows: projects under way, closed in a period, closed well, late milestones."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse

from core import figures
from core.figures import NEVER, Counts, Figure, Gauge, Place, Trees, Window
from orgs.permissions import Permission
from orgs.queries.places import counted

from .enums import ProjectState
from .models import Milestone, Project

RUNNING, CLOSED, EXCELLENT, LATE = (
    *("projects_running", "projects_closed"),
    *("projects_excellent", "project_milestones_late"),
)


def _list(place: Place, window: Window) -> str:
    return f"{reverse('projects:project-list')}?{urlencode({'state': ProjectState.RUNNING})}"


