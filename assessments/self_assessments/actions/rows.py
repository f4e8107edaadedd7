"""The row of a self-assessment, held while it is written: who may write what of it."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from core import audit, clock
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from orgs.permissions import Permission

from ..enums import SelfState
from ..models import SelfAssessment, SelfItem
from ..queries import sheet

TOO_LATE = "复核已经开始，自评不再改动；考核组退回的项可以补充后重新报送。"


@action
def held(*, assessed: Assessed, by: Actor) -> tuple[SelfAssessment, bool]:
    """The row, made by the first writing, held until the transaction ends with its cycle as it is
    now; and whether it is new. Raises NotAllowed for whoever does not answer for it."""
    if by.organization_path != assessed.path or not by.may_at(
        Permission.ASSESSMENT_ANSWER, assessed.path
    ):
        raise NotAllowed("自查自评由被考核单位自己填写。")
    return held_by_anybody(assessed)


def held_by_anybody(assessed: Assessed) -> tuple[SelfAssessment, bool]:
    """The same for an act whose rights are asked elsewhere."""
    assessed.cycle = (
        Cycle.objects.locked().select_related("organization", "run").get(pk=assessed.cycle_id)
    )
    _, is_new = SelfAssessment.objects.get_or_create(assessed=assessed)
    row = SelfAssessment.objects.select_for_update(of=("self",)).get(assessed=assessed)
    row.assessed = assessed
    return row, is_new


def expect_open(row: SelfAssessment, item: SelfItem | None) -> None:
    """Raises Conflict where the item cannot be written any more, or not yet."""
    cycle = row.assessed.cycle
    if cycle.state == CycleState.RUNNING:
        raise Conflict("事实还没有冻结，冻结以后才能自评。", code="state")
    if row.state == SelfState.DRAFT and cycle.state == CycleState.FROZEN:
        return
    if sheet.returns_are_taken(row.assessed, row.state) and item is not None and item.is_open:
        return
    if row.state == SelfState.DRAFT or cycle.state not in (
        CycleState.FROZEN,
        CycleState.REVIEWING,
    ):
        raise Conflict(TOO_LATE, code="state")
    text = "这一项已经报送，不能再改；考核组退回以后可以补充。"
    raise Conflict(text, code="state")


def close(row: SelfAssessment, item: SelfItem | None, by: Actor) -> None:
    """Within an action: sends a returned item again; with the last one the whole is sent again.
    Raises Conflict for one that is not open."""
    if item is None or not item.is_open:
        raise Conflict("这一项没有退回，或者已经重新报送。", code="state")
    expect_open(row, item)
    SelfItem.machine.move(item, "edit", answered_at=clock.now())
    left = [one for one in row.items.all() if one.is_open]
    SelfAssessment.machine.move(row, "edit" if left else "send")
    told = {"indicator": [None, sheet.called(row.assessed, item.indicator)]}
    tell(row, "self_assessments.item.answer", row.assessed, by=by, changes=told)


def expect_known(assessed: Assessed, indicator: str) -> None:
    """Raises DomainError for an indicator that the version does not have."""
    if sheet.leaf_of(assessed, indicator) is None:
        raise DomainError("细则里没有这一项。", field="indicator")


def tell(
    row: models.Model,
    verb: str,
    assessed: Assessed,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """One audit entry, at the place of the assessed."""
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=assessed.organization_id,
        organization_path=assessed.path,
        changes=changes or {},
        note=text,
    )
