"""What of a member's record differs from what somebody wants to write. Reads only what is given."""

from collections.abc import Mapping
from typing import Any

from core import crypto

from ..items import PLAIN_ITEMS, SEALED_ITEMS, shown
from ..models import Member
from ..models.member import column

SEALED_COLUMN = {"identity_number": "identity", "phone": "phone", "address": "address"}


def difference(
    member: Member,
    values: Mapping[str, Any],
    organizations: Mapping[int, str] | None = None,
) -> dict[str, list[Any]]:
    """The items of `values` that differ from the record, as `{item: [before, after]}`, masked.

    Sealed values are compared in full. No query.
    """
    found = {}
    for item in differing(member, values):
        before = plain(member, item) if item in SEALED_ITEMS else getattr(member, item)
        found[item] = [
            shown(item, before, organizations),
            shown(item, values[item], organizations),
        ]
    return found


def differing(member: Member, values: Mapping[str, Any]) -> list[str]:
    """Names of the items of `values` that differ from the record. No query."""
    items = [
        item for item in PLAIN_ITEMS if item in values and getattr(member, item) != values[item]
    ]
    for item in SEALED_ITEMS:
        if item in values and not _is_same(member, item, values[item]):
            items.append(item)
    return items


def _is_same(member: Member, item: str, text: str) -> bool:
    if item == "address":
        return plain(member, item) == text
    index = getattr(member, f"{SEALED_COLUMN[item]}_index") or ""
    return bool(index == crypto.blind_index(text, column=column(item)))


def plain(member: Member, item: str) -> str:
    """A sealed item in plain text, for comparing; empty when it cannot be read."""
    sealed = getattr(member, f"{SEALED_COLUMN[item]}_sealed")
    try:
        return crypto.unseal(sealed, column=column(item), row=member.uid)
    except crypto.Unreadable:
        return ""
