"""Reads of how members stand, for what takes it down."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import DateField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Coalesce

from core import clock

from ..enums import Category
from ..models import Member, MemberStanding
from ..models.standing import FACTS, STATE


def since_when(member: Member, items: Iterable[str]) -> dt.date:
    """From which day a change of `items` of the register holds: becoming a full member from that
    day, everything else from today."""
    changed = set(items) & set(STATE)
    today = clock.today()
    if changed == {"category"} and member.category == Category.FULL and member.full_member_on:
        return min(today, member.full_member_on)
    return today


def astray() -> QuerySet[Member]:
    """Members whose standing of today is missing or says otherwise than the register."""
    never = Value(dt.date(1, 1, 1), output_field=DateField())
    same: dict[str, Any] = {name: OuterRef(name) for name in STATE}
    for name in FACTS:
        same[f"day_{name}"] = Coalesce(OuterRef(name), never)
    standing = (
        MemberStanding.objects.in_force()
        .filter(valid_to=None, member=OuterRef("pk"))
        .annotate(**{f"day_{name}": Coalesce(name, never) for name in FACTS})
    )
    return Member.objects.filter(~Exists(standing.filter(**same)))
