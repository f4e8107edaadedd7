"""Finds what the recorder means by a few letters: an organisation, an item."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from core.actor import Actor
from orgs.models import Organization
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem
from schedules.action_items.queries.places import called, to_give_to

from ..models import DispatchMeeting

MOST = 8


def places_called(
    meeting: DispatchMeeting, text: str, *, exact: bool = False
) -> list[Organization]:
    """The organisations that the holder can give items to and that are called so: the one whose
    name it is, else those like it. Two queries at most."""
    return called(to_give_to(meeting.organization), text, exact=exact)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A number as somebody typed it, and the words behind it."""

    year: int | None
    serial: int
    part: int
    rest: str = ""


def items_called(
    actor: Actor, meeting: DispatchMeeting, text: str, number: Numbered | None
) -> list[ActionItem]:
    """The items that the actor sees, by number or by words, newest first: of a number those of the
    holder before others, by words those under way before what is closed. Two queries at most."""
    rows = (
        ActionItem.objects.visible_to(actor)
        .exclude(state__in=[ActionState.DRAFT, ActionState.CANCELLED])
        .select_related("owner", "issuer")
        .order_by("-year", "-serial", "part")
    )
    if number is not None:
        numbered = rows.filter(serial=number.serial, part=number.part)
        if number.year:
            numbered = numbered.filter(year=number.year)
        rest = number.rest[:100]
        same = [one for one in numbered[:MOST] if not rest or one.title.startswith(rest)]
        if same:
            own = [one for one in same if one.issuer_id == meeting.organization_id] or same
            return own if number.year else [one for one in own if one.year == own[0].year]
    return _by_words(rows, text)


def _by_words(rows: QuerySet[ActionItem], text: str) -> list[ActionItem]:
    for word in text.split()[:4]:
        rows = rows.filter(Q(title__icontains=word) | Q(demand__icontains=word))
    whole = rows.filter(Q(part=0) | Q(parent=None))
    return list(whole.under_way()[:MOST]) or list(whole[:MOST])  # type: ignore[attr-defined]
