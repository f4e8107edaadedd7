"""What somebody signed in was refused to see: written down, counted, and stopped for a while."""

import datetime as dt

from django.conf import settings

from core import audit, clock
from core.actor import Actor
from core.models import AuditEntry

REFUSED, BRAKED = "orgs.access.refused", "orgs.access.braked"


def window() -> dt.timedelta:
    """How long refusals count, and how long looking is stopped."""
    return dt.timedelta(seconds=settings.REFUSALS_WINDOW)


def count(by: Actor) -> int:
    """How often the person was refused within the window. One query."""
    recent = AuditEntry.objects.filter(
        user_id=by.user_id, verb=REFUSED, at__gt=clock.now() - window()
    )
    return recent.count()


def note(*, by: Actor, address: str, route: str, object_id: str, is_last: bool) -> None:
    """Writes down one refusal, in a transaction of its own; with `is_last` that it was the one
    after which looking is stopped."""
    with audit.unit_of_work():
        for verb in (REFUSED, BRAKED) if is_last else (REFUSED,):
            audit.record(
                by=by, verb=verb, object_type=route, object_id=object_id, label=address
            )
