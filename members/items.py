"""The items of a member as people write them, and how they are shown."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core import crypto
from core.identity import mask_address, mask_identity, mask_phone

from .codes import EDUCATION, ETHNICITY
from .models import Member
from .models.member import column

# Items of a member as people write them. The sealed ones are named without their suffix.
PLAIN_ITEMS = (
    "organization_id",
    "name",
    "sex",
    "ethnicity",
    "birth_on",
    "education",
    "category",
    "joined_on",
    "full_member_on",
    "seniority_correction_days",
    "party_post",
    "job",
    "work_unit",
    "native_place",
    "state",
    "is_lost_contact",
    "lost_contact_since",
    "is_mobile",
    "mobile_to",
    "is_excused",
    "is_on_party_probation",
    "note",
)
SEALED_ITEMS = ("identity_number", "phone", "address")
COLUMN = {"identity_number": "identity", "phone": "phone", "address": "address"}
# Where a row came from: written along with a change, no change by itself.
ORIGIN_ITEMS = ("source", "as_of")

_FIELDS: dict[str, Any] = {
    name: Member._meta.get_field(name.removesuffix("_id")) for name in (*PLAIN_ITEMS, *ORIGIN_ITEMS)
}
LABELS = {
    **{name: str(found.verbose_name) for name, found in _FIELDS.items()},
    "identity_number": "公民身份号码",
    "phone": "联系电话",
    "address": "家庭住址",
}
MASKS = {"identity_number": mask_identity, "phone": mask_phone, "address": mask_address}
MAX_LENGTH = {
    name: int(found.max_length)
    for name, found in _FIELDS.items()
    if getattr(found, "max_length", 0)
} | {"phone": 40, "address": 200}


def shown(item: str, value: Any, organizations: Mapping[int, str] | None = None) -> Any:
    """A value as the audit trail and previews show it: labelled, personal numbers masked."""
    if value is None or value == "":
        return None
    if item in MASKS:
        return MASKS[item](value)
    if item == "organization_id":
        return (organizations or {}).get(value, str(value))
    if item == "ethnicity":
        return ETHNICITY.get(value, value)
    if item == "education":
        return EDUCATION.get(value, value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.date):
        return value.isoformat()
    choices = dict(_FIELDS[item].flatchoices)
    return str(choices.get(value, value))


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
    if item in ("address", "phone"):  # as it was written, not only the same number
        return plain(member, item) == text
    index = getattr(member, f"{COLUMN[item]}_index") or ""
    return bool(index == crypto.blind_index(text, column=column(item)))


def plain(member: Member, item: str) -> str:
    """A sealed item in plain text, for comparing; empty when it cannot be read."""
    sealed = getattr(member, f"{COLUMN[item]}_sealed")
    try:
        return crypto.unseal(sealed, column=column(item), row=member.uid)
    except crypto.Unreadable:
        return ""
