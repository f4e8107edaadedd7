"""Milestones are asked for as duties."""

from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from schedules.rounds.actions import opening, plans
from schedules.rounds.queries.cases import plans_about_cases

from ..enums import ProjectState
from ..models import Project
from ..rules import MILESTONE


@action
def begin(*, by: Actor) -> bool:
    """Begins to ask for milestones once a project runs; returns whether it did. What staff have switched
    off (到期事项) stays off. Where no plan can be made, the digest tells of milestones as without one."""
    if MILESTONE in plans_about_cases():
        return False
    if not Project.objects.filter(state=ProjectState.RUNNING).exists():
        return False
    try:
        plans.start_cases(kind=MILESTONE, by=by)
    except DomainError:  # another was faster, or staff have a plan of this name
        return False
    return True


@action
def follow(*, project: Project, by: Actor) -> int:
    """Brings the duties of the project's milestones to where these stand now; returns how many have
    changed. Two queries where nothing is asked for."""
    subjects = list(project.milestones.values_list("pk", flat=True))
    return opening.follow_subjects(kind=MILESTONE, subjects=subjects, by=by)
