"""What is held together: with whom, and an organisation that calls its own roll there."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse

from core import acts
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_part, get_released, split_scope
from ..actions import invitations
from ..actions import joint as acting
from ..actions.rows import Mark, mark_of
from ..enums import MeetingKind, Roll
from ..forms import FindForm, PartForm
from ..models import Meeting, MeetingUnit
from ..queries import records
from ..queries.rolls import DayRoll, leaders_on, rolls_together
from ..rules import RULES

FORM, POST = ("GET", "HEAD", "POST"), ("POST",)
MOST = 19  # beside the organisation that holds it
Pair = tuple[Meeting, Organization]


@dataclass(frozen=True, slots=True)
class Together:
    """The branches named in the address: whose rolls the person calls, and the others."""

    ours: list[Organization] = field(default_factory=list)
    others: list[Organization] = field(default_factory=list)

    @property
    def all(self) -> list[Organization]:
        return [*self.ours, *self.others]


def asked(request: PortalRequest) -> Together:
    """With whom it is held, as the address says. One query, none where it names nobody."""
    found = [whole_number(text) for text in request.GET.getlist("with")[:MOST]]
    return Together(*split_scope(request.actor, {pk for pk in found if pk}))


def rolls(
    units: Sequence[Organization], kind: MeetingKind, day: dt.date
) -> list[tuple[Organization, DayRoll]]:
    """Each organisation once, with its roll of the day."""
    once = list({unit.pk: unit for unit in units}.values())
    found = rolls_together(once, kind, day)
    return [(unit, found[unit.pk]) for unit in once]


def units_to_mark(actor: Actor, record: Meeting, together: Together) -> list[Organization]:
    """Whose rolls who writes the record anew calls: its holder's, and others' within his scope."""
    there = [part.organization for part in record.units.select_related("organization")]
    rest = [one for one in there if one.pk != record.organization_id]
    ours = [one for one in rest if actor.may_at(P.LIFE_RECORD, one.path)]
    return [record.organization, *ours, *together.ours]


def marks_of(record: Meeting) -> dict[int, Mark]:
    """How the record marks everybody."""
    return {row.member_id: mark_of(row) for row in records.attendances_of(record)}


def finder(
    request: PortalRequest,
    kind: MeetingKind,
    units: Sequence[Organization],
    together: Together,
    record: Meeting | None = None,
) -> dict[str, Any] | None:
    """With whom it is held, and the search for more; none for kinds that are never held together.
    Two queries at most."""
    if RULES[kind].roll in (Roll.COMMITTEE, Roll.GROUP):
        return None
    text = request.GET.get("find", "")[:60]
    chosen = {one.pk for one in [*units, *together.all]}
    found = records.to_join(text, chosen) if len(chosen) <= MOST else []
    return {
        "form": FindForm({"find": text}),
        "text": text.strip(),
        "chosen": [(one, _without(request, one)) for one in together.all],
        "others": together.others,
        "found": [(one, _with(request, one)) for one in found],
        "waiting": records.waiting_for(record) if record is not None else [],
        "is_open": bool(text or together.all),
    }


def shown(
    actor: Actor, record: Meeting
) -> tuple[list[tuple[MeetingUnit, str]], list[tuple[Organization, str, str]]]:
    """The parts of the record, and the organisations that have not called their rolls yet, each
    with the address at which the actor calls that roll, where it is his; the last, the address at
    which he says that it took no part. Two queries."""
    parts = [
        (part, _address(actor, record, part.organization))
        for part in record.units.select_related("organization")
    ]
    waiting = [
        (
            one,
            _address(actor, record, one),
            reverse("life:part-release", args=[record.uid, one.pk]),
        )
        for one in records.waiting_for(record)
    ]
    return parts, waiting


@needs(P.LIFE_RECORD, methods=FORM)
def part_edit(request: PortalRequest, uid: UUID, pk: int) -> HttpResponse:
    """我方点名: an organisation says who of it was there, in a record that another one holds."""

    def form(pair: Pair) -> PartForm:
        record, unit = pair
        there = record.units.filter(organization=unit).exists()
        return PartForm(
            acts.typed(request),
            rolls=rolls([unit], MeetingKind(record.kind), record.held_on),
            approvers=leaders_on(unit, record.held_on),
            marks=marks_of(record) if there else None,
            initial={"version": record.version},
        )

    return acts.perform(
        request,
        load=lambda: get_part(request.actor, uid, pk),
        form=form,
        act=lambda attempt: acting.mark(
            meeting=attempt.subject[0],
            version=attempt.given["version"] or 0,
            unit=attempt.subject[1],
            marks=attempt.form.marks(),
            by=request.actor,
        ),
        done=lambda attempt, record: acts.said(request, "已点名，这次会也记到你们单位。", record),
        show=_part_page,
    )


@needs(P.LIFE_RECORD, methods=POST)
def part_release(request: PortalRequest, uid: UUID, pk: int) -> HttpResponse:
    """It took no part after all."""
    return acts.press(
        request,
        load=lambda: get_released(request.actor, uid, pk),
        act=lambda pair: invitations.release(meeting=pair[0], unit=pair[1], by=request.actor),
        done=lambda pair, nothing: acts.said(
            request,
            f"已取消，{pair[1]}不算参加。",
            pair[0] if _still_sees(request.actor, pair[0]) else "life:meeting-list",
        ),
    )


# --- private -----------------------------------------------------------------------------------


def _still_sees(actor: Actor, record: Meeting) -> bool:
    return Meeting.objects.visible_to(actor).filter(pk=record.pk).exists()


def _address(actor: Actor, record: Meeting, unit: Organization) -> str:
    if unit.pk == record.organization_id or not actor.may_at(P.LIFE_RECORD, unit.path):
        return ""
    return reverse("life:part-edit", args=[record.uid, unit.pk])


def _with(request: PortalRequest, one: Organization) -> str:
    """The address with one branch more; the search is over."""
    given = [(name, text) for name, text in _given(request) if name != "find"]
    return f"?{urlencode([*given, ('with', str(one.pk))])}"


def _without(request: PortalRequest, one: Organization) -> str:
    given = [pair for pair in _given(request) if pair != ("with", str(one.pk))]
    return f"?{urlencode(given)}"


def _given(request: PortalRequest) -> list[tuple[str, str]]:
    return [(name, text) for name in request.GET for text in request.GET.getlist(name)]


def _part_page(attempt: acts.Attempt[Pair, PartForm]) -> HttpResponse:
    """The form; after somebody else of the organisation was faster, with what differs."""
    (record, unit), form = attempt.subject, attempt.form
    different: list[tuple[str, str, str]] = []
    if attempt.conflict:
        different = acts.differences(form, form.stored_marks(marks_of(record)))
        data: Any = attempt.request.POST.copy()
        data["version"] = str(record.version)
        form.data = data
    same = records.same_day(unit, record.kind, record.held_on, uid=record.uid)
    return attempt.page(
        "life/part_form.html",
        record=record,
        place=unit,
        conflict=attempt.conflict,
        different=different,
        same=same,
    )
