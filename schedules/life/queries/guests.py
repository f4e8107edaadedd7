"""Who comes from another branch: found by his name and his whole telephone number, or not at all."""

import datetime as dt
from dataclasses import dataclass

from core import phones
from core.crypto import blind_index
from core.text import clean
from members.models import MemberStanding
from members.models.member import ON_ROLL, column


@dataclass(frozen=True, slots=True)
class Guest:
    """One who came, as he says who he is."""

    name: str
    phone: str
    number: int = 0  # the line on which it was typed


def guest_on(day: dt.date, guest: Guest) -> MemberStanding | None:
    """How the guest stood on the day, where he belongs. Name and number must both be his, and say
    nothing of anybody else: whoever tries names learns nothing. One query."""
    name, phone = clean(guest.name), clean(guest.phone)
    if not name or not phones.is_phone(phone):
        return None
    index = blind_index(phones.keys(phone)[0], column=column("phone"))
    rows = list(
        MemberStanding.objects.on(day)
        .filter(
            ON_ROLL,
            is_lost_contact=False,
            member__name=name,
            member__phone_index__contains=index,
        )
        .select_related("member", "organization")[:2]
    )
    return rows[0] if len(rows) == 1 else None
