"""The panel that judges a project."""

from showcase.panels.models import Panel
from showcase.panels.queries.seats import latest

from ..models import Project
from ..models.project import KIND


def review_of(project: Project) -> Panel | None:
    """The newest that was not cancelled. One query."""
    return latest(KIND, [project.uid]).get(project.uid)
