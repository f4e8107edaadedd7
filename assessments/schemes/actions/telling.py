"""What every act on a scheme or a cycle leaves behind: its entry in the audit trail."""

from collections.abc import Mapping
from typing import Any

from django.db import models

from core import audit
from core.actor import Actor
from orgs.models import Organization


def note(
    row: models.Model,
    verb: str,
    *,
    holder: Organization,
    by: Actor,
    changes: Mapping[str, Any] | None = None,
    text: str = "",
) -> None:
    """One audit entry, at the place of who made the scheme or holds the cycle."""
    audit.record(
        by=by,
        verb=verb,
        obj=row,
        organization_id=holder.pk,
        organization_path=holder.path,
        changes=changes or {},
        note=text,
    )
