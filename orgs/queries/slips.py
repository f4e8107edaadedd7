"""Whose first password is to be printed: accounts that have a role and were never used since they
were opened or reset. Read by the security administrator, who sees no member."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Prefetch

from core import clock

from .. import proofs
from ..models import OfficeHolding, Organization, RoleGrant, User
from ..models.organization import STEP

COMMITTEE = 2 * STEP  # how long the path of a direct committee is


@dataclass(slots=True)
class Waiting:
    """An account whose owner has not come yet. `is_askable` says whether anything is known that
    only he knows; without that no slip is printed."""

    user: User
    grants: list[RoleGrant]
    is_askable: bool = True

    @property
    def is_out(self) -> bool:
        """Whether a slip was printed for him that he can still use."""
        until = self.user.secret_expires_at
        return self.user.slip_printed_at is not None and until is not None and until > clock.now()


@dataclass(slots=True)
class Committee:
    """A direct committee with the accounts at and under it, or the work committee with its own."""

    organization: Organization
    people: list[Waiting] = field(default_factory=list)

    @property
    def due(self) -> list[Waiting]:
        """Those for whom a slip can be printed."""
        return [one for one in self.people if one.is_askable and not one.is_out]

    @property
    def out(self) -> list[Waiting]:
        """Those whose slip runs."""
        return [one for one in self.people if one.is_out]

    @property
    def unknown(self) -> list[Waiting]:
        """Those of whom nothing is known that could be asked."""
        return [one for one in self.people if not one.is_askable and not one.is_out]


def owners(users: Iterable[User]) -> list[proofs.Owner]:
    """The people with the places they work for or hold an office in. Two queries."""
    people = list(users)
    paths: dict[int, set[str]] = {user.pk: set() for user in people}
    for rows in (RoleGrant.objects.current(), OfficeHolding.objects.current()):
        found = rows.filter(user__in=list(paths)).values_list("user", "organization__path")
        for user, path in found:
            paths[user].add(path)
    return [proofs.Owner(user, tuple(sorted(paths[user.pk]))) for user in people]


def committees(path: str = "") -> list[Committee]:
    """The committees of whose people any has a role and has not signed in since his account was
    opened or reset, in the order of the tree; with `path` that one alone. Four queries, and what
    higher apps ask."""
    current = RoleGrant.objects.current().select_related("organization")
    users = (
        User.objects.filter(is_active=True, admin_kind="", proof_due=True, grants__in=current)
        .distinct()
        .order_by("name", "pk")
        .prefetch_related(Prefetch("grants", queryset=current, to_attr="running"))
    )
    by_path: dict[str, list[Waiting]] = {}
    for user in users:
        grants = sorted(user.running, key=lambda grant: grant.organization.path)  # type: ignore[attr-defined]
        by_path.setdefault(grants[0].organization.path[:COMMITTEE], []).append(
            Waiting(user, grants)
        )
    if path:
        by_path = {path: by_path.get(path, [])}
    known = proofs.known(owners(one.user for people in by_path.values() for one in people))
    for people in by_path.values():
        people.sort(key=lambda one: (one.grants[0].organization.path, one.user.name, one.user.pk))
        for one in people:
            one.is_askable = one.user.pk in known
    rows = Organization.objects.filter(path__in=by_path).order_by("path")
    return [Committee(row, by_path[row.path]) for row in rows]


def print_mark(people: Iterable[Waiting]) -> str:
    """A mark of whose slips stand how, to see whether they were printed meanwhile."""
    words = "\n".join(f"{one.user.pk}:{one.user.slip_printed_at}" for one in people)
    return hashlib.sha256(words.encode()).hexdigest()[:32]
