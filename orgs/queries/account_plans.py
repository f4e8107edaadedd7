"""What opening accounts and granting in bulk would do: previews, and what the acts then do.

Words for the notes are made in the views.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import Q

from core import clock, pinyin

from ..backends import phone_index
from ..models import OfficeHolding, Organization, RoleGrant, User
from ..models.organization import below
from ..roles import answers, role_of_office
from .rosters import phone_of

_MOBILE = re.compile(r"1[0-9]{10}")
NAME_LENGTH = 40


@dataclass(slots=True)
class Opening:
    """One person who gets an account (`username`), or whose office is tied to the account that he
    has (`account`). `notes` are codes: no_phone, phone_taken, namesake."""

    name: str
    holdings: list[OfficeHolding]
    phone: str = ""
    username: str = ""
    account: User | None = None
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class OpeningPlan:
    """Everybody concerned, in the order of the tree. `mark` names exactly this."""

    rows: list[Opening]
    mark: str

    @property
    def fresh(self) -> list[Opening]:
        """Those who get an account."""
        return [row for row in self.rows if row.account is None]


def offices_with_role(within: str = "", *, everybody: bool = True) -> list[OfficeHolding]:
    """Offices held today that bring a work role, at or under `within`, with their organisation and
    account, in the order of the tree; without `everybody` only of those who answer for it: officers
    of branches and deputies of general branches are left out. One query."""
    rows = OfficeHolding.objects.current().filter(
        Q(organization__abolished_on=None) | Q(organization__abolished_on__gt=clock.today())
    )
    if within:
        rows = rows.filter(below(within, "organization__"))
    return [
        row
        for row in rows.select_related("organization", "user").order_by("organization__path", "pk")
        if (everybody and role_of_office(row.organization.kind, row.post))
        or answers(row.organization.kind, row.post)
    ]


def opening_plan(*, within: str = "", everybody: bool = False) -> OpeningPlan:
    """Who holds an office without an account, and which he gets. Six queries.

    Offices of one name are one person's at one organisation, and elsewhere where the telephone
    number is the same too; namesakes get an account each.
    """
    people: dict[tuple[str, str], Opening] = {}
    for holding in offices_with_role(within, everybody=everybody):
        if holding.user_id is not None:
            continue
        contact = holding.organization
        phone = phone_of(contact) if contact.contact_name == holding.person_name else ""
        phone = phone if _MOBILE.fullmatch(phone) else ""
        key = (holding.person_name, phone or f"@{holding.organization_id}")
        here = people.get((holding.person_name, f"@{holding.organization_id}"))
        row = here or people.setdefault(key, Opening(holding.person_name, [], phone))
        row.holdings.append(holding)
        people.setdefault((holding.person_name, f"@{holding.organization_id}"), row)
    rows = list({id(row): row for row in people.values()}.values())
    if rows:
        _tie(rows)
        _name(rows)
    return OpeningPlan(rows, _mark(_words(rows)))


def _tie(rows: list[Opening]) -> None:
    """Finds the accounts that people have already, and says what is in doubt. Four queries."""
    names = {row.name for row in rows}
    known: dict[str, list[User]] = defaultdict(list)
    for user in User.objects.filter(name__in=names, is_active=True, admin_kind=""):
        known[user.name].append(user)
    ids = [user.pk for users in known.values() for user in users]
    places = {
        *RoleGrant.objects.current().filter(user__in=ids).values_list("user", "organization"),
        *OfficeHolding.objects.current().filter(user__in=ids).values_list("user", "organization"),
    }
    indexes = {row.phone: phone_index(row.phone) for row in rows if row.phone}
    taken = dict(
        User.objects.filter(phone_index__in=indexes.values()).values_list("phone_index", "name")
    )
    count: dict[str, int] = defaultdict(int)
    for row in rows:
        count[row.name] += 1
    for row in rows:
        here = {holding.organization_id for holding in row.holdings}
        index = indexes.get(row.phone)
        mine = [
            user
            for user in known[row.name]
            if (index and user.phone_index == index)
            or any((user.pk, place) in places for place in here)
        ]
        row.account = mine[0] if len(mine) == 1 else None
        if row.account is not None:
            continue
        if not row.phone:
            row.notes.append("no_phone")
        elif index in taken:
            row.notes.append("phone_taken")
            row.phone = ""
        if known[row.name] or count[row.name] > 1:
            row.notes.append("namesake")


def _name(rows: Iterable[Opening]) -> None:
    """Login names by pinyin; where one is taken, with the initials of the organisation, then with
    a number. One query."""
    taken = set(User.objects.values_list("username", flat=True))
    for row in rows:
        if row.account is not None:
            continue
        row.username = next(one for one in _names(row) if one not in taken)
        taken.add(row.username)


def _names(row: Opening) -> Iterator[str]:
    organization = row.holdings[0].organization
    spelled = re.sub(r"[^a-z]", "", pinyin.full(row.name, is_name=True))[:NAME_LENGTH]
    place = re.sub(r"[^a-z0-9]", "", pinyin.initials(str(organization)))[:8]
    if len(spelled) < 3:
        spelled = f"{spelled or 'u'}.{place or organization.code.lower()}"
    else:
        yield spelled
    longer = f"{spelled}.{place}" if place and "." not in spelled else spelled
    yield longer
    number = 2
    while True:
        yield f"{longer}{number}"
        number += 1


def _words(rows: Iterable[Opening]) -> Iterator[str]:
    for row in rows:
        places = ",".join(str(holding.pk) for holding in row.holdings)
        account = row.account.pk if row.account else ""
        yield f"{row.name}:{places}:{row.username}:{account}:{row.phone}"


@dataclass(frozen=True, slots=True)
class Giving:
    """A role that a holder of offices gets at his organisation."""

    user: User
    role: str
    organization: Organization
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GrantPlan:
    """Roles to be given, in the order of the tree. `mark` names exactly these."""

    rows: list[Giving]
    mark: str


def grant_plan(*, within: str = "", but: int | None = None) -> GrantPlan:
    """Who holds an office, has an account and has not yet the role that the office brings; nothing
    for the account `but`. Two queries."""
    wanted: dict[tuple[int, str, int], tuple[User, Organization, list[str]]] = {}
    for holding in offices_with_role(within):
        user = holding.user
        if user is None or not user.is_active or user.admin_kind or user.pk == but:
            continue
        role = role_of_office(holding.organization.kind, holding.post)
        key = (user.pk, role, holding.organization_id)
        wanted.setdefault(key, (user, holding.organization, []))[2].append(holding.post)
    held = set(
        RoleGrant.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=clock.today()), deputy_for=None
        ).values_list("user", "role", "organization")
    )
    rows = [
        Giving(user, key[1], organization, tuple(posts))
        for key, (user, organization, posts) in wanted.items()
        if key not in held
    ]
    words = (f"{row.user.pk}:{row.role}:{row.organization.pk}" for row in rows)
    return GrantPlan(rows, _mark(words))


def _mark(words: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:32]
