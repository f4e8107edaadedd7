"""Whom the digest of a day tells of which item, and why. Reads, and holds what it speaks of."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from django.db.models import Max
from django.utils import timezone

from orgs.models import Organization
from orgs.permissions import Permission
from orgs.queries import namings
from orgs.queries.namings import ByName
from schedules.rounds.digests import Morning
from schedules.rounds.queries.recipients import Holders, Rung, committees_of, holders_of, rungs
from schedules.rounds.queries.reminding import stage_by

from ..enums import ActionState, ActionStepKind, ExtensionState
from ..models import ActionItem, ActionLine, ActionNotice, ActionStep, Extension
from ..rules import CHECK_WITHIN_WORKING_DAYS, days_late, is_answered
from .people import people_at

NEAR = dt.timedelta(days=10)  # past the longest holidays
AFTER = ("T+1", "T+3", "T+8", "T+15")
LAST_DAYS_TO_LOOK = 5  # working days before the last one


class Why(IntEnum):
    """Why somebody is told of an item; the smaller, the more urgent."""

    OVERDUE = 0
    RECEIPT_OVERDUE = 1
    OTHER_OVERDUE = 2  # the unit that is waited for, to itself
    RAISED = 3  # overdue, to who stands above by the ladder
    HELD_UP = 4  # the same, to who waits and who gave the item out
    TO_RECEIVE = 5
    TO_VERIFY = 6
    TO_DECIDE = 7  # on more time
    DUE = 8
    WAITED_FOR = 9
    TO_LOOK = 10


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one person is told of one item now. `stage` is how it is remembered; `day` the day that
    it is counted from, `late` the working days since; `rung` who is told by the ladder."""

    item: ActionItem
    why: Why
    stage: str
    day: dt.date | None = None
    late: int = 0
    rung: Rung | None = None


@dataclass(slots=True)
class Heard:
    """What one person is to be told: all reasons, and those of them that are new to him."""

    reasons: list[Reason] = field(default_factory=list)
    fresh: list[Reason] = field(default_factory=list)


def to_hear(morning: Morning) -> dict[int, Heard]:
    """User id -> what he is to be told, of those to whom something is new or who are `weekly`.

    Holds the items until the transaction ends, so that what is told is the item as it is: whoever
    transfers one at this moment comes before or after. One that somebody holds is left out until
    the next digest. Thirteen queries; one when there is nothing.
    """
    items = list(
        ActionItem.objects.to_tell(morning.today, morning.today + NEAR)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
    )
    if not items:
        return {}
    # Read after the lock, and not joined to it: a row whose owner has just changed would be lost.
    places = Organization.objects.in_bulk(
        {pk for item in items for pk in (item.owner_id, item.issuer_id, item.waiting_for_id) if pk}
    )
    for item in items:
        item.owner, item.issuer = places[item.owner_id], places[item.issuer_id]
        item.waiting_for = places[item.waiting_for_id] if item.waiting_for_id else None
    people = _People(items)
    words = _Words(items)
    found: dict[int, Heard] = defaultdict(Heard)
    known = set(
        ActionNotice.objects.filter(item__in=[item.pk for item in items]).values_list(
            "item_id", "user_id", "stage"
        )
    )
    told = _told_below(items, people, words, morning)
    raised = _told_above(items, words, morning)
    for user_id, reason in (*told, *raised):
        is_new = (reason.item.pk, user_id, reason.stage) not in known
        # What rises is said once; of his own a person may want a summary.
        if is_new or (user_id in morning.weekly and reason.why != Why.RAISED):
            found[user_id].reasons.append(reason)
        if is_new:
            found[user_id].fresh.append(reason)
    return dict(found)


class _People:
    """Who works on the items, who checks them and who decides on more time. Three queries."""

    def __init__(self, items: Collection[ActionItem]) -> None:
        owners = {item.owner_id for item in items} | {item.waiting_for_id for item in items}
        issuers = {pk for item in items for pk in (item.issuer_id, item.issuer.parent_id) if pk}
        self._workers = people_at({pk for pk in owners if pk}, Permission.ACTION_HANDLE)
        self._checkers = people_at(issuers, Permission.ACTION_VERIFY)
        self._issuers = people_at(issuers, Permission.ACTION_ISSUE)

    def workers(self, organization_id: int | None) -> Collection[int]:
        """Users who do what the organisation has to do."""
        return self._workers.get(organization_id or 0, ())

    def checkers(self, item: ActionItem, *done_by: int | None) -> Collection[int]:
        """Users who check the item, without those who did it; a level above where there is nobody
        else."""
        return self._others(self._checkers, item, {item.responsible_id, *done_by})

    def issuers(self, item: ActionItem, *done_by: int | None) -> Collection[int]:
        """Users who decide for who gave the item out; as `checkers`."""
        return self._others(self._issuers, item, {*done_by})

    def _others(
        self, people: Mapping[int, list[int]], item: ActionItem, but: set[int | None]
    ) -> Collection[int]:
        here = [user for user in people.get(item.issuer_id, ()) if user not in but]
        above = people.get(item.issuer.parent_id or 0, ())
        return here or [user for user in above if user not in but]


class _Words:
    """What owners have said lately: wishes for more time that wait, progress, and lines reported.
    Three queries."""

    def __init__(self, items: Collection[ActionItem]) -> None:
        ids = [item.pk for item in items]
        self.wishes = {
            wish.item_id: wish
            for wish in Extension.objects.filter(item__in=ids, state=ExtensionState.ASKED)
        }
        progress = ActionStep.objects.filter(item__in=ids, kind=ActionStepKind.PROGRESS)
        reported = ActionLine.objects.filter(item__in=ids).exclude(reported_at=None)
        self._last: dict[int, dt.datetime] = {}
        for rows, moment in ((progress, "at"), (reported, "reported_at")):
            found = rows.values_list("item_id").annotate(last=Max(moment)).order_by()
            for item_id, last in found:
                self._last[item_id] = max(last, self._last.get(item_id, last))

    def is_answered(self, item: ActionItem, due_on: dt.date, morning: Morning) -> bool:
        """Whether the owner has answered that the item is overdue: asked for more time, or written
        how far it is (see `rules.is_answered`)."""
        last = self._last.get(item.pk)
        words_on = timezone.localdate(last) if last else None
        return item.pk in self.wishes or is_answered(
            due_on, words_on, morning.today, morning.calendar
        )


def _told_below(
    items: Iterable[ActionItem], people: _People, words: _Words, morning: Morning
) -> Iterator[tuple[int, Reason]]:
    """User and reason, for who works on the items and who checks them. No query."""
    for item in items:
        if item.state in (ActionState.ISSUED, ActionState.DOING):
            mine = [*_receipt(item, morning), *_completion(item, words, morning)]
            yield from ((user, one) for user in people.workers(item.owner_id) for one in mine)
        elif item.state == ActionState.WAITING:
            yield from _waiting(item, people, morning)
        elif item.state == ActionState.REPORTED:
            yield from _to_verify(item, people, morning)
        else:
            yield from _to_look(item, people, morning)
        if item.pk in words.wishes and ActionItem.machine.may(item, "extend"):
            yield from _to_decide(item, words.wishes[item.pk], people, morning)


def _receipt(item: ActionItem, morning: Morning) -> Iterator[Reason]:
    day = item.receipt_due_on
    if item.state != ActionState.ISSUED or day is None:
        return
    if late := days_late(day, morning.today, morning.calendar):
        stage = stage_by(day, morning.today, morning.calendar, AFTER)
        yield Reason(item, Why.RECEIPT_OVERDUE, f"R{day:%y%m%d}{stage}", day, late)
    # Who was told at the moment of giving out is not told again on the same day.
    elif item.issued_at and timezone.localdate(item.issued_at) < morning.today:
        yield Reason(item, Why.TO_RECEIVE, f"R{day:%y%m%d}N", day)


def _completion(item: ActionItem, words: _Words, morning: Morning) -> Iterator[Reason]:
    day = item.due_on
    if day is None:
        return
    late = days_late(day, morning.today, morning.calendar)
    stage = stage_by(day, morning.today, morning.calendar)
    if stage and not (late and words.is_answered(item, day, morning)):
        yield Reason(item, Why.OVERDUE if late else Why.DUE, f"C{day:%y%m%d}{stage}", day, late)


def _waiting(item: ActionItem, people: _People, morning: Morning) -> Iterator[tuple[int, Reason]]:
    day = item.waiting_due_on
    if day is None:
        return
    late = days_late(day, morning.today, morning.calendar)
    stage = stage_by(day, morning.today, morning.calendar) or "N"
    why = Why.OTHER_OVERDUE if late else Why.WAITED_FOR
    others = people.workers(item.waiting_for_id)
    for user in others:
        yield user, Reason(item, why, f"W{day:%y%m%d}{stage}", day, late)
    if late:
        stage = stage_by(day, morning.today, morning.calendar, AFTER)
        for user in {*people.workers(item.owner_id), *people.checkers(item)}.difference(others):
            yield user, Reason(item, Why.HELD_UP, f"H{day:%y%m%d}{stage}", day, late)


def _to_verify(item: ActionItem, people: _People, morning: Morning) -> Iterator[tuple[int, Reason]]:
    if item.reported_at is None:
        return
    day = timezone.localdate(item.reported_at)
    waited = days_late(day, morning.today, morning.calendar)
    passed = [limit for limit in CHECK_WITHIN_WORKING_DAYS if waited > limit]
    if passed:
        reason = Reason(item, Why.TO_VERIFY, f"V{day:%y%m%d}+{passed[-1]}", day, waited)
        yield from ((user, reason) for user in people.checkers(item, item.reported_by_id))


def _to_decide(
    item: ActionItem, wish: Extension, people: _People, morning: Morning
) -> Iterator[tuple[int, Reason]]:
    day = timezone.localdate(wish.asked_at)
    waited = days_late(day, morning.today, morning.calendar)
    if waited > CHECK_WITHIN_WORKING_DAYS[0]:
        reason = Reason(item, Why.TO_DECIDE, f"X{wish.pk}", wish.wanted_on, waited)
        yield from ((user, reason) for user in people.issuers(item, wish.asked_by_id))


def _to_look(item: ActionItem, people: _People, morning: Morning) -> Iterator[tuple[int, Reason]]:
    first, last = item.look_from, item.look_until
    if first is None or last is None:
        return
    late = days_late(last, morning.today, morning.calendar)
    near = morning.calendar.add_working_days(last, -LAST_DAYS_TO_LOOK)
    stage = "+1" if late else "-5" if morning.today >= near else ""
    reason = Reason(item, Why.TO_LOOK, f"L{first:%y%m%d}{stage}", last, late)
    for user in people.checkers(item, item.reported_by_id, item.verified_by_id):
        yield user, reason


def _told_above(
    items: Iterable[ActionItem], words: _Words, morning: Morning
) -> list[tuple[int, Reason]]:
    """User and reason, for whom overdue items rise to: by each clock that runs, the same rungs as
    of duties (settings.ESCALATION), at the committee of whose clock it is. Four queries, none when
    nothing has risen."""
    ladder = rungs()
    late = [
        (item, letter, place, day, days)
        for item in items
        for letter, place, day in _clocks(item, words, morning)
        if (days := days_late(day, morning.today, morning.calendar)) >= ladder[0].working_days
    ]
    if not late:
        return []
    places = {place.pk: place for _, _, place, _, _ in late}
    committees = committees_of(places.values())
    holders: Mapping[int, Holders] = holders_of(
        {one.pk for one in committees.values()}, Permission.ACTION_VERIFY
    )
    named = namings.by_name(Permission.REPORT_CHECK, places.values())
    return [
        (user_id, Reason(item, Why.RAISED, f"{letter}{day:%y%m%d}{rung.key}", day, days, rung))
        for item, letter, place, day, days in late
        if place.pk in committees
        for rung in ladder
        if days >= rung.working_days
        # Who keeps out of an organisation hears nothing of it; who is named to check its reports
        # has nothing to do with its items.
        for user_id in holders[committees[place.pk].pk].told(
            rung, ByName(taken=named[place.pk].taken)
        )
    ]


def _clocks(
    item: ActionItem, words: _Words, morning: Morning
) -> Iterator[tuple[str, Organization, dt.date]]:
    """The clocks of the item that run and that nobody has answered: letter, whose, until when."""
    if item.state == ActionState.WAITING:
        if item.waiting_for is not None and item.waiting_due_on is not None:
            yield "W", item.waiting_for, item.waiting_due_on
        return
    if item.state == ActionState.ISSUED and item.receipt_due_on is not None:
        yield "R", item.owner, item.receipt_due_on
    if item.state not in (ActionState.ISSUED, ActionState.DOING) or item.due_on is None:
        return
    if not words.is_answered(item, item.due_on, morning):
        yield "C", item.owner, item.due_on
