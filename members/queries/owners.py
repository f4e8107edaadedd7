"""What only a member knows of himself, asked when his account is used first (orgs/proofs.py)."""

from collections.abc import Collection

from core.crypto import blind_index
from orgs.models.organization import STEP
from orgs.proofs import Owner

from ..models import Member
from ..models.member import column

COMMITTEE = 2 * STEP  # how long the path of a direct committee is


class IdentityTail:
    """The last four of the identity number: of the one member of that name at or under a place of
    the person, else of the one under his committee. Namesakes there are not asked."""

    def known(self, owners: Collection[Owner]) -> set[int]:
        """Accounts whose owner is found in the register. One query."""
        tails = _tails(owners)
        return set(tails)

    def holds(self, owner: Owner, answer: str) -> bool:
        """Whether the answer is the end of his identity number. One query."""
        tail = _tails([owner]).get(owner.user.pk)
        return tail is not None and tail == blind_index(answer, column=column("identity_tail"))


def _tails(owners: Collection[Owner]) -> dict[int, str]:
    """Account id -> blind index of the last four. One query, for none nothing."""
    if not owners:
        return {}
    named: dict[str, list[tuple[str, str]]] = {}
    rows = (
        Member.objects.on_roll()
        .filter(name__in={owner.user.name for owner in owners})
        .exclude(identity_tail_index="")
        .values_list("name", "organization__path", "identity_tail_index")
    )
    for name, path, tail in rows:
        named.setdefault(name, []).append((path, tail))
    found = {}
    for owner in owners:
        people = named.get(owner.user.name, [])
        for places in (owner.paths, tuple(path[:COMMITTEE] for path in owner.paths)):
            here = {(path, tail) for path, tail in people if path.startswith(places or ("-",))}
            if len(here) == 1:
                found[owner.user.pk] = next(iter(here))[1]
            if here:
                break
    return found
