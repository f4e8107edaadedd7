"""Who may act on a project, and its row, which is everybody's lock."""

from collections.abc import Mapping
from typing import Any

from core import audit
from core.actor import Actor
from core.errors import NotAllowed
from orgs.models import Organization

from ..enums import StepKind
from ..models import Project, ProjectStep
from ..relations import decides, undertakes


def expect_undertaker(organization: Organization, by: Actor) -> None:
    """Raises NotAllowed unless the actor writes the projects of the organisation."""
    if not undertakes(by, organization):
        raise NotAllowed("项目由承担单位自己办理。")


def expect_decider(project: Project, by: Actor) -> None:
    """Raises NotAllowed unless the actor decides on the project: from above, nobody on his own."""
    if not decides(by, project.organization):
        raise NotAllowed("项目由上级审批，不能自己批自己的。")


def locked(pk: int) -> Project:
    """The project as it is stored, held until the transaction ends. One query."""
    rows = Project.objects.select_for_update(of=("self",)).select_related("organization")
    return rows.get(pk=pk)


def note(
    project: Project, verb: str, *, by: Actor, changes: Mapping[str, Any] | None = None
) -> None:
    """One audit entry, at the place of who undertakes the project."""
    audit.record(
        by=by,
        verb=verb,
        obj=project,
        organization_id=project.organization_id,
        organization_path=project.organization.path,
        changes=changes or {},
    )


def step(project: Project, kind: StepKind, text: str = "") -> ProjectStep:
    """A step of its timeline, which the move that is told of it writes."""
    return ProjectStep(project=project, kind=kind, text=text[:400])
