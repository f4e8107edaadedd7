"""What becomes of items when the organisation that has to do them becomes part of another."""

from core.actions import action
from core.actor import Actor
from core.states import tell_many
from orgs.models import Organization

from ..enums import ActionState, ActionStepKind
from ..models import ActionItem, ActionStep
from . import telling


@action
def follow(*, source: Organization, target: Organization, by: Actor) -> int:
    """What `source` has to do goes over to `target`, as it stands and with its clocks; who waits
    for the one waits for the other. What is closed stays under its name, and what it gave out keeps
    its number: the level above closes that. Returns how many went over."""
    rows = list(
        ActionItem.objects.held_by(source)
        .select_for_update(of=("self",))
        .select_related("owner", "issuer")
        .order_by("pk")
    )
    moved = ActionItem.objects.filter(pk__in=[row.pk for row in rows])
    ActionItem.machine.move_many(moved, "inherit", owner=target)
    waiting = ActionItem.objects.filter(state=ActionState.WAITING, waiting_for=source)
    ActionItem.machine.move_many(waiting, "inherit", waiting_for=target, waiting_name=target.name)
    text = f"随合并由{source}转{target}"
    tell_many(
        [ActionStep(item=row, kind=ActionStepKind.TRANSFERRED, text=text) for row in rows], by=by
    )
    for row in rows:
        row.owner = target
        telling.note(
            row,
            "action_items.item.inherit",
            by=by,
            changes={"owner": [str(source), str(target)]},
        )
    telling.tell_owners(
        [row for row in rows if row.issued_at is not None],
        f"inherited:{source.pk}",
        title="督办{item}",
        body=f"{source}并入后由本单位继续办理，期限不变。",
    )
    return len(rows)
