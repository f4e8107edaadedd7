"""Rows that are never changed: what is put right is written beside them, and they stay with the
moment at which they stopped counting (ADR 49)."""

import datetime as dt
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from core.states import GIVEN, Machine, Move

M = TypeVar("M", bound=models.Model)


class VersionedQuerySet(models.QuerySet[M]):
    """Rows that count from the moment in `written` until the one in `ended`, if there is any."""

    written = "written_at"
    ended = "superseded_at"

    def current(self) -> Self:
        """Those that count now."""
        return self.filter(**{self.ended: None})

    def known(self, at: dt.datetime | None = None) -> Self:
        """Those that counted at the moment, or count now. At most one row for each thing."""
        if at is None:
            return self.current()
        later = Q(**{self.ended: None}) | Q(**{f"{self.ended}__gt": at})
        return self.filter(later, **{f"{self.written}__lte": at})


def superseding(refusal: str) -> Machine:
    """The machine of rows that a newer one replaces: `supersede`, open once. `refusal` is for
    whoever wrote from a row that somebody else has replaced meanwhile."""
    return Machine(
        state="superseded_at",
        moves={
            "supersede": Move("修改", from_=[None], to=GIVEN, refusal=refusal, code="stale"),
        },
    )
