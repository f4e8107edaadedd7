"""What only the owner of an account knows, asked at the first sign-in with a printed slip: the last
four of his phone number, or what higher apps know of him (the register: his identity number).

Whoever prints slips is not told any of it, only whether there is something to ask.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from core import crypto
from core.text import to_half_width

from .backends import PHONE_COLUMN
from .models import User

LENGTH = 4


@dataclass(frozen=True, slots=True)
class Owner:
    """A person with the paths of the organisations he works for or holds an office in."""

    user: User
    paths: tuple[str, ...]


class Prover(Protocol):
    """Something that a higher app can ask."""

    def known(self, owners: Collection[Owner]) -> set[int]:
        """Ids of the accounts of whom it knows what to ask. One query, however many."""

    def holds(self, owner: Owner, answer: str) -> bool:
        """Whether the four characters are his."""


_provers: list[Prover] = []


def register(prover: Prover) -> Prover:
    """Adds something to ask."""
    _provers.append(prover)
    return prover


def known(owners: Collection[Owner]) -> set[int]:
    """Ids of the accounts that can be asked something. A query for each app that was registered."""
    found = {owner.user.pk for owner in owners if owner.user.phone_sealed}
    for prover in _provers:
        found |= prover.known([owner for owner in owners if owner.user.pk not in found])
    return found


def normal(answer: str) -> str:
    """The four characters as they are compared; "" when it is something else."""
    text = to_half_width(answer).replace(" ", "").upper()
    return text if len(text) == LENGTH and text.isascii() and text.isalnum() else ""


def holds(owner: Owner, answer: str) -> bool:
    """Whether somebody who answers so is the owner."""
    text = normal(answer)
    if not text:
        return False
    try:
        phone = crypto.unseal(owner.user.phone_sealed, column=PHONE_COLUMN, row=owner.user.uid)
    except crypto.Unreadable:
        phone = ""
    # All are asked, so that the time does not tell which one knows him.
    answers = [bool(phone) and phone[-LENGTH:] == text]
    answers += [prover.holds(owner, text) for prover in _provers]
    return any(answers)
