"""A panel is arranged, changed and ended, by who shows things off for the organisation."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock, notifications
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError
from core.text import clean
from orgs.models import Organization

from .. import subjects
from ..enums import SeatState
from ..models import Panel, PanelSeat
from ..queries.people import Candidate, barred, candidates, seated
from ..rules import MOST_PEOPLE, MOST_TITLE, Criterion, checked_reason, frozen
from . import rights

AHEAD = dt.timedelta(days=180)
FOUND = "是被评单位的人"


@action
def open_panel(
    *,
    kind: str,
    subject: uuid.UUID,
    organization: Organization,
    judged: Organization,
    title: str,
    people: Collection[int],
    due_on: dt.date,
    by: Actor,
    criteria: Sequence[Criterion] | None = None,
) -> Panel:
    """Names people (user ids) who judge the subject, each alone; part of an act of the slice whose it
    is. Raises NotAllowed, DomainError, Conflict where it is judged already."""
    rights.expect_arranger(organization, by)
    about = subjects.of_kind(kind)
    _expect_due(due_on)
    named = _named(organization, judged, people, about.least)
    given = about.criteria if criteria is None else criteria
    text = clean(title)[:MOST_TITLE]
    try:
        with transaction.atomic():
            panel = Panel.objects.create(
                kind=kind,
                subject=subject,
                organization=organization,
                judged=judged,
                title=text,
                criteria=frozen(given),
                least=about.least,
                due_on=due_on,
                opened_at=clock.now(),
                opened_by_name=by.name[:100],
            )
    except IntegrityError as error:
        raise Conflict(f"“{text}”正在评审，不用再安排一次。", code="open") from error
    _seat(panel, named)
    rights.note(panel, "panels.panel.open", by=by, changes={"people": [None, _names(named)]})
    return panel


@action
def change_people(
    *, panel: Panel, revision: int, people: Collection[int], due_on: dt.date, by: Actor
) -> Panel:
    """Puts these people (user ids) in the place of those who judge. Who is left out judges no more, and
    his opinion does not count; who keeps out stays out. Raises NotAllowed, MovedOn, Stale or
    DomainError."""
    panel = rights.locked(panel.pk)
    rights.expect_arranger(panel.organization, by)
    Panel.machine.expect(panel, "arrange", revision)
    if due_on != panel.due_on:
        _expect_due(due_on)
    before = seated(panel)
    sitting = {pk for pk, one in before.items() if one.state == SeatState.SITS}
    out = [one for one in before.values() if one.state == SeatState.OUT]
    if wrong := [one.name for one in out if one.user_id in set(people)]:
        raise DomainError(
            f"{'、'.join(wrong)}已回避，不能再参加。", field="people", code="conflict"
        )
    # Who sits already is asked nothing anew but whether a conflict has come up.
    named = _named(panel.organization, panel.judged, people, panel.least, before)
    wanted = {one.user_id for one in named}
    Panel.machine.move(panel, "arrange", revision=revision, due_on=due_on)
    left = PanelSeat.objects.filter(panel=panel, user__in=sitting - wanted)
    notifications.settle(one.asked_key for one in left)
    PanelSeat.machine.move_many(left, "leave")
    PanelSeat.machine.move_many(PanelSeat.objects.filter(panel=panel, user__in=wanted), "come_back")
    _seat(panel, [one for one in named if one.user_id not in before])
    names = sorted(before[pk].name for pk in sitting)
    rights.note(panel, "panels.panel.arrange", by=by, changes={"people": [names, _names(named)]})
    return panel


@action
def close(*, panel: Panel, revision: int, by: Actor) -> Panel:
    """Ends the panel with what was given; who has not given is noted, and who turns out to belong to
    the judged by now and gave nothing is out. The subject's slice is told, and its refusal undoes it.
    Raises NotAllowed, MovedOn, Stale or DomainError."""
    panel = rights.locked(panel.pk)
    rights.expect_arranger(panel.organization, by)
    Panel.machine.expect(panel, "close", revision)
    seats = list(PanelSeat.objects.filter(panel=panel).sitting())
    silent = [one for one in seats if not one.is_given]
    if (given := len(seats) - len(silent)) < panel.least:
        raise DomainError(f"要有 {panel.least} 人评过才能结束，现在评了 {given} 人。", code="least")
    found = barred([one.user_id for one in silent], panel.judged)
    PanelSeat.machine.move_many(
        PanelSeat.objects.filter(panel=panel, user__in=found), "step_out", reason=FOUND
    )
    told: dict[str, Any] = {"ended_at": clock.now(), "ended_by_name": by.name[:100]}
    Panel.machine.move(panel, "close", revision=revision, **told)
    names = sorted(one.name for one in silent if one.user_id not in found)
    rights.note(
        panel,
        "panels.panel.close",
        by=by,
        changes={"given": [None, given]} | ({"silent": [None, names]} if names else {}),
    )
    notifications.settle(one.asked_key for one in seats)
    subjects.of_kind(panel.kind).closed(panel, by)
    return panel


@action
def cancel(*, panel: Panel, revision: int, reason: str, by: Actor) -> Panel:
    """Ends the panel without a result; nobody reads what was given. Raises NotAllowed, MovedOn, Stale
    or DomainError."""
    panel = rights.locked(panel.pk)
    rights.expect_arranger(panel.organization, by)
    Panel.machine.expect(panel, "cancel", revision)
    text = checked_reason(reason)
    told: dict[str, Any] = {"ended_at": clock.now(), "ended_by_name": by.name[:100]}
    Panel.machine.move(panel, "cancel", revision=revision, reason=text, **told)
    rights.note(panel, "panels.panel.cancel", by=by, text=text)
    seats = PanelSeat.objects.filter(panel=panel)
    notifications.settle(one.asked_key for one in seats)
    subjects.of_kind(panel.kind).cancelled(panel, by)
    return panel


def _named(
    organization: Organization,
    judged: Organization,
    people: Collection[int],
    least: int,
    before: Collection[int] = (),
) -> list[Candidate]:
    """The people as they can be named. Those of `before` need not work there any more."""
    wanted = set(people)
    if not least <= len(wanted) <= MOST_PEOPLE:
        raise DomainError(f"请选 {least} 至 {MOST_PEOPLE} 人。", field="people")
    known = {one.user_id: one for one in candidates(organization, judged)}
    missing = wanted - set(known)
    if out := barred(missing, judged):
        raise DomainError(
            f"有 {len(out)} 人是{judged.short_name}的人，要回避，请换人。",
            field="people",
            code="conflict",
        )
    kept = {
        one.user_id: Candidate(one.user_id, one.name, "", "", "")
        for one in PanelSeat.objects.filter(user__in=missing & set(before))
    }
    if missing - set(kept):
        raise DomainError("其中有人不能参加评审，请刷新页面后重选。", field="people")
    return [(known | kept)[pk] for pk in sorted(wanted)]


def _seat(panel: Panel, named: Sequence[Candidate]) -> None:
    """Seats for people who had none, who are told."""
    rows = PanelSeat.objects.bulk_create(
        [PanelSeat(panel=panel, user_id=one.user_id, name=one.name[:100]) for one in named]
    )
    label = subjects.of_kind(panel.kind).label
    notifications.tell(
        [
            notifications.Message(
                user_id=row.user_id,
                key=row.asked_key,
                title=f"请你评审{label}：{panel.title}",
                body=f"{panel.due_on:%-m月%-d日} 前，单独评，别人看不到。",
                url=reverse("panels:seat-edit", args=[row.uid]),
                about=f"panel:{panel.pk}",
            )
            for row in rows
        ]
    )


def _names(named: Sequence[Candidate]) -> list[str]:
    return sorted(one.name for one in named)


def _expect_due(due_on: dt.date) -> None:
    if due_on < clock.today():
        raise DomainError("评审截止不能早于今天。", field="due_on")
    if due_on - clock.today() > AHEAD:
        raise DomainError("评审截止最多到半年以后。", field="due_on")
