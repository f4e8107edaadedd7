"""Whole subtrees get new paths."""

from collections.abc import Iterable

from django.db.models import Case, CharField, F, IntegerField, Max, Value, When
from django.db.models.functions import Concat, Substr

from core.errors import DomainError

from .. import tree
from ..models import Organization
from ..models.organization import below


def relocate(moves: Iterable[tuple[str, str]]) -> None:
    """Gives whole subtrees new paths, `(old, new)` each, in one UPDATE. Joins the
    running action, with the tree locked.

    The old subtrees must not contain each other and the new places must be free.
    """
    whens, depths = [], []
    rows = Organization.objects.none()
    growth = 0
    for old, new in moves:
        inside = below(old)
        steps = (len(new) - len(old)) // tree.STEP
        growth = max(growth, steps)
        whens.append(When(inside, then=Concat(Value(new), Substr("path", len(old) + 1))))
        depths.append(When(inside, then=F("depth") + steps))
        rows = rows | tree.subtree(old)
    if not whens:
        return
    if (rows.aggregate(deepest=Max("depth"))["deepest"] or 0) + growth > tree.MAX_DEPTH:
        raise DomainError("移动后组织层级过深")
    rows.update(
        path=Case(*whens, default=F("path"), output_field=CharField()),
        depth=Case(*depths, default=F("depth"), output_field=IntegerField()),
    )
