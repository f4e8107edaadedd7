"""Files that show what was done, and the action items that a project serves."""

from core import attachments
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem

from ..models import Milestone, Project, ProjectAttachment
from ..models.project import KIND, OVER, UNDER_WAY
from . import rights


@action
def attach(
    *, project: Project, position: int | None, file: attachments.Checked, by: Actor
) -> ProjectAttachment:
    """Adds a checked file to a milestone or, without one, to the end of the project. The same one twice
    is one. Raises NotAllowed, Conflict or DomainError."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    _expect_open(project)
    milestone: Milestone | None = None
    if position is not None:
        milestone = project.milestones.filter(position=position).first()
        if milestone is None:
            raise DomainError("没有这个节点，请刷新页面后再选。", field="position")
    found, is_new = attachments.keep(
        ProjectAttachment, file=file, by=by, project=project, milestone=milestone
    )
    if is_new:
        _note(project, "projects.attachment.add", found.name, by)
    return found


@action
def remove(*, attachment: ProjectAttachment, by: Actor) -> None:
    """Takes a file away, while the project is under way. Idempotent. Raises NotAllowed or Conflict."""
    project = rights.locked(attachment.project_id)
    rights.expect_undertaker(project.organization, by)
    _expect_open(project)
    if not ProjectAttachment.objects.filter(pk=attachment.pk).exists():
        return
    _note(project, "projects.attachment.remove", attachment.name, by)
    attachments.discard(attachment)


@action
def link_item(*, project: Project, item: ActionItem, by: Actor) -> bool:
    """Joins the project to an item that its organisation has to do; the item's page says so too. Told
    again, nothing happens. Raises NotAllowed, Conflict, or DomainError for another's item."""
    project = _joinable(project, by)
    if item.owner_id != project.organization_id:
        raise DomainError("请选本单位承办的督办。", field="item")
    origin = issuing.Origin(KIND, project.pk, str(project))
    is_new = issuing.link(item=item, origin=origin, by=by)
    if is_new:
        rights.note(project, "projects.item.link", by=by, changes={"item": [None, item.number]})
    return is_new


@action
def unlink_item(*, project: Project, item: ActionItem, by: Actor) -> bool:
    """Parts the project from an item again, by whom and as long as it can be joined, whoever has to do
    the item by now. Told again, nothing happens. Raises NotAllowed or Conflict."""
    project = _joinable(project, by)
    is_gone = issuing.unlink(
        item=item, origin=issuing.Origin(KIND, project.pk, str(project)), by=by
    )
    if is_gone:
        rights.note(project, "projects.item.unlink", by=by, changes={"item": [item.number, None]})
    return is_gone


def _joinable(project: Project, by: Actor) -> Project:
    """The project, held, of which the actor may say what it is joined to."""
    project = rights.locked(project.pk)
    rights.expect_undertaker(project.organization, by)
    if project.is_written or project.state in OVER:
        state = project.get_state_display()
        raise Conflict(f"项目现在是“{state}”，关联的督办不能增减。", code="state")
    return project


def _expect_open(project: Project) -> None:
    if project.state not in UNDER_WAY:
        raise Conflict(f"项目现在是“{project.get_state_display()}”，附件不能增减。", code="state")


def _note(project: Project, verb: str, name: str, by: Actor) -> None:
    rights.note(project, verb, by=by, changes={"attachment": [None, name]})
