"""What every act on an item leaves behind: its entry in the audit trail, and messages."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from core import audit, notifications
from core.actor import Actor
from orgs.permissions import Permission

from ..models import ActionItem
from ..queries.people import people_at


def note(
    item: ActionItem,
    verb: str,
    *,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """One audit entry about the item, at its owner's place."""
    audit.record(
        by=by,
        verb=verb,
        obj=item,
        organization_id=item.owner_id,
        organization_path=item.owner.path,
        changes=changes or {},
        note=text,
    )


def tell_owners(
    items: Collection[ActionItem],
    what: str,
    *,
    title: str,
    body: str,
    by_mail: bool = False,
    but: Collection[int] = (),
) -> int:
    """Tells those who handle items at their owners. `{item}` in the texts is the item; `what` makes
    the message unique. Five queries, however many items."""
    people = people_at({item.owner_id for item in items}, Permission.ACTION_HANDLE)
    return _tell(
        ((item, people.get(item.owner_id, ())) for item in items), what, title, body, by_mail, but
    )


def tell_issuers(
    items: Collection[ActionItem], what: str, *, title: str, body: str, but: Collection[int] = ()
) -> int:
    """Tells those who check at the issuers of the items. As `tell_owners`."""
    people = people_at({item.issuer_id for item in items}, Permission.ACTION_VERIFY)
    return _tell(
        ((item, people.get(item.issuer_id, ())) for item in items), what, title, body, False, but
    )


def _tell(
    found: Iterable[tuple[ActionItem, Collection[int]]],
    what: str,
    title: str,
    body: str,
    by_mail: bool,
    but: Collection[int],
) -> int:
    return notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"action:{item.pk}:{what}:{user_id}",
            title=title.replace("{item}", str(item)),
            body=body,
            url=item.get_absolute_url(),
            about=f"action:{item.pk}",
            by_mail=by_mail,
        )
        for item, users in found
        for user_id in users
        if user_id not in but
    )
