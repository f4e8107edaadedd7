"""How often somebody signed in was refused to see something."""

import datetime as dt

from django.conf import settings

from core import clock
from core.actor import Actor
from core.models import AuditEntry


def window() -> dt.timedelta:
    """How long refusals count, and how long looking is stopped."""
    return dt.timedelta(seconds=settings.REFUSALS_WINDOW)


def refusals_of(by: Actor) -> int:
    """How often the person was refused within the window. One query."""
    recent = AuditEntry.objects.filter(
        user_id=by.user_id, verb="orgs.access.refused", at__gt=clock.now() - window()
    )
    return recent.count()
