"""Many items alike become one, whose parts they are."""

from collections.abc import Collection

from core import clock
from core.actions import action
from core.actor import Actor
from core.errors import DomainError
from core.states import tell_many
from orgs.models import Organization

from ..enums import ActionStepKind, Shape
from ..models import ActionItem, ActionStep
from ..sources import BY_HAND
from . import numbers, rights, telling
from .issuing import Given


@action
def gather(
    *, items: Collection[ActionItem], issuer: Organization, given: Given, by: Actor
) -> ActionItem:
    """Makes one item of `issuer` out of many alike, which go on as its parts with the numbers they
    have; it closes with the last of them.

    Raises NotAllowed for those that do not stand below the issuer, DomainError for fewer than two
    or such as belong to another already.
    """
    wanted = ActionItem.objects.filter(pk__in=[item.pk for item in items]).order_by("pk")
    list(wanted.select_for_update().values_list("pk"))  # without joins: see `rights.locked`
    rows = list(wanted.select_related("owner", "issuer"))
    if len(rows) < 2:
        raise DomainError("请至少选两件。")
    rights.expect_can_issue(issuer, [row.owner for row in rows], by)
    unfit = [
        row for row in rows if row.parent_id or row.shape == Shape.SHARED or not row.is_under_way
    ]
    if unfit:
        raise DomainError(f"{unfit[0]}已经并入别的督办，或不在办理中。")
    now = clock.now()
    whole = ActionItem.objects.create(
        **given.values(),
        issuer=issuer,
        owner=issuer,
        year=clock.today().year,
        serial=numbers.take(issuer=issuer, year=clock.today().year, by=by),
        shape=Shape.SHARED,
        source_kind=BY_HAND,
        source_label="同类事项并成",
        drafted_at=now,
        drafted_by_id=by.user_id,
    )
    ActionItem.machine.move(
        whole,
        "issue_shared",
        step=ActionStep(item=whole, kind=ActionStepKind.ISSUED, text=f"由 {len(rows)} 件并成"),
        by=by,
        issued_at=now,
        issued_by_id=by.user_id,
        issued_by_name=by.name[:100],
        original_due_on=whole.due_on,
    )
    ActionItem.machine.move_many(
        ActionItem.objects.filter(pk__in=[row.pk for row in rows]), "gather", parent=whole
    )
    tell_many(
        [ActionStep(item=row, kind=ActionStepKind.GATHERED, text=f"并入{whole}") for row in rows],
        by=by,
    )
    telling.note(whole, "action_items.item.gather", by=by, changes={"owners": [None, len(rows)]})
    return whole
