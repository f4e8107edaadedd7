"""Half-years that were submitted are decided on, each on the day of its meeting, those of a street's branches
by the street; of the newest one an objection was right, another was not, and its grades are published. All by the real acts."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils import timezone

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle, Score
from assessments.schemes.definitions import Leaf, leaves
from assessments.schemes.demo.streets import street_of
from assessments.schemes.enums import Level
from core import clock, periods
from core.actor import Actor
from core.demo import Seeding
from core.errors import DomainError
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.models import Organization

from ..actions import decisions, objections, publications
from ..enums import Audience, Outcome, Shown
from ..models import Decision, Objection, Publication

SEALED_AFTER = 24  # days after the half-year's end
RAISED_AFTER, ANSWERED_AFTER, CONFIRMED_AFTER, PUBLISHED_AFTER = 4, 11, 13, 17  # after the decision
MINUTES = "徐开工委纪要〔{year}〕{number}号"
STAFF, DECIDER, CHECKER = "zone", "committee", "reviewer"
NEIGHBOURS = 2  # the two streets that the checker belongs to come first


def build(seeding: Seeding) -> Mapping[str, int]:
    """Those that lie before the committee; then what followed the newest of them."""
    if seeding.is_again:
        return {}
    _decide(seeding)
    newest = (
        Cycle.objects.filter(state=CycleState.SEALED, level=Level.DIRECT)
        .select_related("organization", "run")
        .order_by("-period")
        .first()
    )
    if newest is not None and newest.sealed_at is not None:
        _object(seeding, newest)
        _publish(seeding, newest)
    return {"decisions": Decision.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """What the part before has submitted of an older half-year."""
    _decide(seeding)


def _decide(seeding: Seeding) -> None:
    rows = Cycle.objects.filter(state=CycleState.SUBMITTED)
    for cycle in rows.select_related("organization").order_by("period"):
        day = periods.last_day(cycle.period) + dt.timedelta(days=SEALED_AFTER)
        if _at(day) > seeding.now:
            continue
        minutes, decider = MINUTES, DECIDER
        if cycle.level == Level.BRANCH:
            street = street_of(cycle.organization)
            minutes, decider = street.minutes, street.second
        with seeding.step(), clock.at(_at(day)):
            decisions.decide(
                cycle=cycle,
                revision=cycle.revision,
                met_on=day,
                minutes_number=minutes.format(year=day.year, number=8 if day.month < 7 else 15),
                by=_person(seeding, decider),
            )


def _at(day: dt.date, hour: int = 18) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour)))


def _person(seeding: Seeding, name: str) -> Actor:
    user = seeding.of(Accounts).by_username[name]
    grant = user.grants.select_related("organization").order_by("pk").first()
    return actor_of(user, grant)


def _of_place(seeding: Seeding, place: Organization) -> Actor | None:
    user = seeding.of(Accounts).responsible.get(place.pk)
    grant = user.grants.filter(organization=place).first() if user is not None else None
    return actor_of(user, grant) if user is not None and grant is not None else None


# --- objections ----------------------------------------------------------------------------------


def _object(seeding: Seeding, cycle: Cycle) -> None:
    """One that was right and one that was not, of two who lost points where people marked."""
    if Objection.objects.filter(assessed__cycle=cycle).exists():
        return
    found = list(_cases(seeding, cycle))
    if len(found) < 2:
        return
    (first, by_first), (second, by_second) = found[0], found[-1]
    _course(seeding, cycle, first, by_first, is_right=True)
    _course(seeding, cycle, second, by_second, is_right=False)


def _cases(seeding: Seeding, cycle: Cycle) -> Iterator[tuple[Assessed, Actor]]:
    rows = Assessed.objects.filter(cycle=cycle, is_out=False).select_related(
        "organization", "version", "cycle__organization", "cycle__run"
    )
    for one in rows.order_by("path")[NEIGHBOURS:]:
        by = _of_place(seeding, one.organization)
        if by is not None and _discretion(one) is not None:
            yield one, by


def _discretion(one: Assessed) -> Leaf | None:
    """The indicator of 酌情 at which it lost points."""
    score = Score.objects.get(run=one.cycle.run_id, assessed=one)
    for leaf in leaves(one.version.content):
        rules = leaf.node["rules"]
        told = score.result["indicators"].get(leaf.key) or {}
        is_lost = told.get("points") not in (None, str(leaf.node["full"]))
        if is_lost and len(rules) == 1 and rules[0]["rule"] == "discretion":
            return leaf
    return None


def _course(seeding: Seeding, cycle: Cycle, one: Assessed, by: Actor, *, is_right: bool) -> None:
    leaf, sealed = _discretion(one), timezone.localdate(cycle.sealed_at)
    moments = [
        _at(sealed + dt.timedelta(days=days), 10)
        for days in (RAISED_AFTER, RAISED_AFTER + 1, ANSWERED_AFTER, CONFIRMED_AFTER)
    ]
    if leaf is None or moments[-1] > seeding.now:
        return
    bound = str(leaf.node["rules"][0]["params"]["bound"])
    checker = seeding.of(Accounts).by_username[CHECKER]
    try:
        with seeding.step(), clock.at(moments[0]):
            row = objections.raise_objection(
                assessed=one, indicator=leaf.key, reason=_reason(leaf, is_right), by=by
            )
    except DomainError:
        return  # its five working days were over: a long holiday lay between
    with seeding.step(), clock.at(moments[1]):
        objections.name_rechecker(
            objection=row,
            revision=row.revision,
            user_id=checker.pk,
            by=_person(seeding, STAFF),
        )
    given: dict[str, Any] = {
        "outcome": Outcome.REJECTED,
        "answer": "查阅了台账和现场记录，评分依据充分，原评分适当。",
    }
    if is_right:
        given = {
            "outcome": Outcome.UPHELD,
            "answer": "经查，佐证材料在截止日前已经登记，评分时没有看到，应按满分计。",
            "facts": {0: {"points": bound, "reason": "佐证材料齐全"}},
        }
    with seeding.step(), clock.at(moments[2]):
        objections.answer(
            objection=row,
            revision=row.revision,
            by=_person(seeding, CHECKER),
            **given,
        )
    if is_right:
        with seeding.step(), clock.at(moments[3]):
            objections.confirm(objection=row, revision=row.revision, by=_person(seeding, DECIDER))


def _reason(leaf: Leaf, is_right: bool) -> str:
    if is_right:
        return f"“{leaf.name}”的佐证材料6月底前已登记，评分时没有计入，应得满分。"
    return f"“{leaf.name}”本单位做法与得分高的单位相当，认为给分偏低。"


# --- published -----------------------------------------------------------------------------------


def _publish(seeding: Seeding, cycle: Cycle) -> None:
    moment = _at(timezone.localdate(cycle.sealed_at) + dt.timedelta(days=PUBLISHED_AFTER), 9)
    if moment > seeding.now or Publication.objects.filter(cycle=cycle).exists():
        return
    until = min(
        seeding.today + dt.timedelta(days=30),
        timezone.localdate(moment) + dt.timedelta(days=publications.MOST_DAYS),
    )
    with seeding.step(), clock.at(moment):
        publications.publish(
            cycle=cycle,
            audience=Audience.ASSESSED,
            shown=Shown.GRADES,
            reason="党工委会议决定，等次在被考核单位间公布",
            since=timezone.localdate(moment),
            until=until,
            by=_person(seeding, STAFF),
        )
