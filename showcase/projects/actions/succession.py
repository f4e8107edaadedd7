"""Projects of an organisation that becomes part of another go on there."""

from core import clock
from core.actions import action
from core.actor import Actor
from orgs.models import Organization

from ..enums import StepKind
from ..models import Campaign, Project, ProjectStep
from . import asking, rights


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> None:
    """What the source undertakes and leads goes over, finished or not: its file stays whole. Raises
    nothing; two queries, some more for each project."""
    rows = Project.objects.filter(organization=source).select_for_update(of=("self",))
    for project in list(rows.select_related("organization").order_by("pk")):
        Project.objects.filter(pk=project.pk).update(organization=target)
        project.organization = target
        ProjectStep.objects.create(
            project=project,
            kind=StepKind.MOVE,
            at=clock.now(),
            by_name=by.name[:100],
            text=f"{source} → {target}"[:400],
        )
        rights.note(
            project,
            "projects.project.take_over",
            by=by,
            changes={"organization": [str(source), str(target)]},
        )
        asking.follow(project=project, by=by)
    for campaign in Campaign.objects.filter(organization=source):
        taken = Campaign.objects.filter(
            organization=target, year=campaign.year, title=campaign.title
        ).exists()
        title = f"{campaign.title}（{source.short_name}）"[:40] if taken else campaign.title
        Campaign.objects.filter(pk=campaign.pk).update(organization=target, title=title)
