"""Who may do what about a review, asked under its lock."""

from assessments.cycles.models import ASSESSED, Assessed
from core.actor import Actor
from core.errors import NotAllowed
from orgs.access import expect_still
from orgs.permissions import Permission

from ..queries.people import is_reviewer


def expect_reviewer(assessed: Assessed, by: Actor) -> None:
    """Raises NotAllowed unless the naming of the person is in force, and holds it until the
    transaction ends."""
    if not is_reviewer(by, assessed):
        raise NotAllowed("你不是这家单位的考核组成员，或已回避。", code="recused")
    expect_still(by, Permission.ASSESSMENT_REVIEW, assessed.organization, (ASSESSED, assessed.pk))
