"""What somebody signed in was refused to see, written down."""

from core import audit
from core.actions import action
from core.actor import Actor


@action
def note(*, by: Actor, address: str, route: str, object_id: str, is_last: bool) -> None:
    """Writes down one refusal; with `is_last` also that looking is stopped after it."""
    audit.record(
        by=by, verb="orgs.access.refused", object_type=route, object_id=object_id, label=address
    )
    if is_last:
        audit.record(
            by=by, verb="orgs.access.braked", object_type=route, object_id=object_id, label=address
        )
