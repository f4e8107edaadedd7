"""What every act on a cycle leaves behind: its entry in the audit trail."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from core import audit
from core.actor import Actor

from ..models import Cycle


def note(
    row: models.Model,
    verb: str,
    *,
    cycle: Cycle,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """One audit entry, at the place of who holds the cycle."""
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=cycle.organization_id,
        organization_path=cycle.organization.path,
        changes=changes or {},
        note=text,
    )
