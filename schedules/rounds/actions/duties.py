"""What every act on a duty has in common: it is locked, told and written into the trail alike."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from core import audit, notifications
from core.actor import Actor
from orgs.access import who_may

from .. import fulfilment
from ..models import Duty
from ..queries.recipients import writers_of
from . import rollups


def count_above(*duties: Duty) -> None:
    """Has the figures of the duties' organisations and of those above them counted again."""
    rollups.mark_each((duty.plan_id, duty.period, duty.organization_id) for duty in duties)


def tell_writers(duty: Duty, *, by: Actor, key: str, title: str, text: str, url: str = "") -> None:
    """Tells those who write there what was done and by whom, once for each `key`. It opens where
    the duty does, or at `url`."""
    people = who_may(
        fulfilment.of(duty.plan).write, duty.organization, nearest=True, about=duty.as_thing
    )
    notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"{key}:{user_id}",
            title=title,
            body=f"{by.organization_name or by.name}：{text}",
            url=url or fulfilment.url_of(duty),
        )
        for user_id in people.values_list("pk", flat=True)
    )


def tell_writers_of_many(
    duties: Collection[Duty], *, by: Actor, key: str, title: Callable[[Duty], str], text: str
) -> None:
    """The same for many duties, one message each; `key` is completed by the duty's id and revision.
    A fixed number of queries for any number."""
    people = writers_of(duties)
    notifications.tell(
        notifications.Message(
            user_id=user_id,
            key=f"{key}:{duty.pk}:{duty.revision}:{user_id}",
            title=title(duty),
            body=f"{by.organization_name or by.name}：{text}",
            url=fulfilment.url_of(duty),
        )
        for duty in duties
        for user_id in people.get(duty.pk, ())
    )


def record(duty: Duty, act: str, by: Actor, changes: Mapping[str, Any] | None = None) -> None:
    """Writes the act into the audit trail."""
    audit.record(
        by=by,
        verb=f"schedules.duty.{act}",
        obj=duty,
        organization_id=duty.organization_id,
        organization_path=duty.organization.path,
        changes=changes,
    )
