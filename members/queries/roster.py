"""Lists of members: filters, search, order."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Q, QuerySet

from core import clock, phones, pinyin
from core.actor import Actor
from core.crypto import blind_index
from core.identity import normalise
from core.text import search_key
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission
from orgs.queries.organizations import called

from ..enums import SECRETARY, SECRETARY_AMONG_OTHERS, MembershipState
from ..models import Member
from ..models.member import ENTITLED, EXPECTED, ON_ROLL, column
from ..rules import years_after

SORTS = {
    "": ("organization__path", "id"),
    "name": ("name_pinyin", "name", "id"),
    "-name": ("-name_pinyin", "-name", "-id"),
    "birth": ("birth_on", "id"),
    "-birth": ("-birth_on", "-id"),
    "joined": ("joined_on", "id"),
    "-joined": ("-joined_on", "-id"),
}
# What a row of the list shows (members/templatetags/member_row.py): a page reads no other columns.
LISTED = (
    *("uid", "name", "sex", "category", "party_post", "state", "is_lost_contact", "is_mobile"),
    *("birth_on", "joined_on", "phone_sealed"),
    *("organization__name", "organization__short_name"),
)
_PRESENT = {"mobile": "is_mobile", "lost": "is_lost_contact", "excused": "is_excused"}
SEARCH_LENGTH = 50
_TAIL = re.compile(r"[0-9]{3}[0-9X]")
_NUMBER = re.compile(r"[0-9]{17}[0-9X]|[0-9]{15}")


@dataclass(frozen=True, slots=True)
class MemberFilters:
    """What a list is narrowed to; empty text is no narrowing. `state` empty: on the roll."""

    organization: Organization | None = None
    q: str = ""
    category: str = ""
    state: str = ""
    sex: str = ""
    age: str = ""
    presence: str = ""
    post: str = ""
    denominator: str = ""
    joined_from: dt.date | None = None
    joined_to: dt.date | None = None
    full_from: dt.date | None = None
    full_to: dt.date | None = None
    sort: str = ""
    left_from: dt.date | None = None
    left_to: dt.date | None = None
    as_of: dt.date | None = None
    known_at: dt.datetime | None = None

    @property
    def is_history(self) -> bool:
        """Whether it asks for what was, which `queries.past` answers and not the register."""
        return self.as_of is not None or self.left_from is not None or self.left_to is not None


def roster(actor: Actor, filters: MemberFilters) -> QuerySet[Member]:
    """Members the actor may see, narrowed and sorted, with their organisations. One query."""
    rows = Member.objects.visible_to(actor).select_related("organization")
    if filters.organization:
        rows = rows.filter(below(filters.organization.path, "organization__"))
    rows = rows.filter(in_state(filters.state), narrowed(filters, actor, on=clock.today()))
    return rows.order_by(*SORTS.get(filters.sort, SORTS[""]))


def in_state(state: str) -> Q:
    """The members, or their standings, that one of STATES keeps."""
    if state in MembershipState.values:
        return Q(state=state)
    return Q() if state == "all" else ON_ROLL


def narrowed(
    filters: MemberFilters, actor: Actor, *, on: dt.date, person: str = "", standing: str = ""
) -> Q:
    """What the filters keep, but for organisation and state, on the day `on`.

    `person` and `standing` lead from a row to the member, and to how he stands or stood.
    """
    found = Q()
    equal: dict[str, Any] = {
        f"{standing}category": filters.category,
        f"{person}sex": filters.sex,
        f"{standing}joined_on__gte": filters.joined_from,
        f"{standing}joined_on__lte": filters.joined_to,
        f"{standing}full_member_on__gte": filters.full_from,
        f"{standing}full_member_on__lte": filters.full_to,
    }
    found &= Q(**{key: value for key, value in equal.items() if value})
    if filters.age:
        found &= led_by(person, age_band(filters.age, on=on))
    if filters.presence in _PRESENT:
        found &= Q(**{f"{standing}{_PRESENT[filters.presence]}": True})
    if filters.post == "any":
        found &= ~Q(**{f"{person}party_post": ""})
    elif filters.post == "none":
        found &= Q(**{f"{person}party_post": ""})
    elif filters.post:
        found &= led_by(person, _holds(filters.post))
    if filters.denominator == "expected":
        found &= led_by(standing, EXPECTED)
    elif filters.denominator == "entitled":
        found &= led_by(standing, ENTITLED)
    if filters.q:
        found &= led_by(person, matching(filters.q, actor, by_identity=not person))
    return found


def led_by(relation: str, condition: Q) -> Q:
    """The condition for rows that reach what it is about by `relation`, as `member__`."""
    if not relation:
        return condition
    children: list[Any] = [
        led_by(relation, child) if isinstance(child, Q) else (relation + child[0], child[1])
        for child in cast("list[Q | tuple[str, Any]]", condition.children)
    ]
    return Q(*children, _connector=condition.connector, _negated=condition.negated)


def age_band(band: str, *, on: dt.date) -> Q:
    """Members whose age on the day lies in the band; those without a birth date in none."""
    turns_36, turns_60 = years_after(on, -36), years_after(on, -60)
    return {
        "young": Q(birth_on__gt=turns_36),
        "middle": Q(birth_on__lte=turns_36, birth_on__gt=turns_60),
        "senior": Q(birth_on__lte=turns_60),
    }.get(band, Q(pk__in=[]))


def _holds(post: str) -> Q:
    """Members whose 党内职务 names the post: 书记 is not 副书记 or 第一书记."""
    if post != SECRETARY:
        return Q(party_post__contains=post)
    return Q(party_post=SECRETARY) | Q(party_post__regex=SECRETARY_AMONG_OTHERS)


def is_personal_number(text: str) -> bool:
    """Whether `text` is an identity or phone number: such never go into an address."""
    return bool(_NUMBER.fullmatch(normalise(text)) or phones.is_phone(text))


def matching(text: str, actor: Actor, *, by_identity: bool = True) -> Q:
    """Members found by name, pinyin, initials or organisation; by the last four of the identity
    number for those who may, but for lists that reach beyond their scope. Full numbers are for
    `by_number`.
    """
    text = text.strip()[:SEARCH_LENGTH]
    tail = normalise(text)
    if not _TAIL.fullmatch(tail) and pinyin.is_query(text):
        # Two ranges of an index each. A name in Latin letters is its own pinyin.
        key = pinyin.query_key(text)
        # The third has an index of the few names that are read in several ways.
        others = Q(name_readings__gt="", name_readings__contains=f" {key}")
        return Q(name_pinyin__startswith=key) | Q(name_initials__startswith=key) | others
    named = search_key(text)
    found = Q(name_key__contains=named) if named else Q(pk__in=[])
    if _TAIL.fullmatch(tail):
        if by_identity and actor.may(Permission.MEMBER_FIND_BY_IDENTITY):
            found |= Q(identity_tail_index=blind_index(tail, column=column("identity_tail")))
    else:
        # Not over the join: an OR across it would read all members beside their organisations.
        found |= Q(
            organization__in=Organization.objects.visible_to(actor)
            .filter(called(text))
            .order_by()
            .values("pk")
        )
    return found


def by_number(text: str, actor: Actor) -> QuerySet[Member]:
    """Members with exactly this phone number; with this identity number or its last four for
    those who may. Those who left are found too. One query.
    """
    number = normalise(text)
    rows: Any = Member.objects.visible_to(actor).select_related("organization")
    found = Q(pk__in=[])
    if phones.is_phone(text) or number.isdigit():
        for key in phones.sought(text):
            found |= Q(phone_index__contains=blind_index(key, column=column("phone")))
    if actor.may(Permission.MEMBER_FIND_BY_IDENTITY):
        if _NUMBER.fullmatch(number):
            found |= Q(identity_index=blind_index(number, column=column("identity_number")))
        elif _TAIL.fullmatch(number):
            found |= Q(identity_tail_index=blind_index(number, column=column("identity_tail")))
    return rows.filter(found).order_by("organization__path", "id")
