"""Who may write a record of organisation life and who looks at it, asked alike by every act."""

from core.actor import Actor
from core.errors import NotAllowed
from orgs.access import expect_still
from orgs.models import Organization
from orgs.permissions import Permission

from ..models import Meeting
from ..queries.writers import may_change

WRITES = "组织生活由召开的党组织自己登记。"
CHANGES = "记录由召开的党组织自己改；要补什么，请退回并写明。"


def expect_writer(organization: Organization, by: Actor, refusal: str = WRITES) -> None:
    """Raises NotAllowed unless the actor writes for the organisation."""
    if not by.may_at(Permission.LIFE_RECORD, organization.path):
        raise NotAllowed(refusal, code="holder")
    expect_still(by, Permission.LIFE_RECORD, organization)


def expect_changer(meeting: Meeting, by: Actor, refusal: str = CHANGES) -> None:
    """Raises NotAllowed unless the actor may write the record anew."""
    if not may_change(by, meeting):
        raise NotAllowed(refusal, code="holder")
    expect_still(by, Permission.LIFE_RECORD, meeting.organization)


def expect_checker(meeting: Meeting, by: Actor) -> None:
    """Raises NotAllowed unless the actor stands above, and has not written it himself."""
    if not by.may_at(Permission.LIFE_CHECK, meeting.organization.path):
        raise NotAllowed("记录由上级党组织查看。", code="holder")
    expect_still(by, Permission.LIFE_CHECK, meeting.organization)
    if meeting.written_by_id in by.persons:
        raise NotAllowed("登记和查看须由不同的人办理。", code="own_record")
