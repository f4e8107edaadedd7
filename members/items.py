"""The items of a member as people write them, and how they are shown."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from core.identity import mask_address, mask_identity, mask_phone

from .codes import EDUCATION, ETHNICITY
from .models import Member

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
