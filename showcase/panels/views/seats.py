"""One's own seat: the opinion is given, or one keeps out."""

import uuid
from typing import Any

from django.http import HttpResponse

from core import acts
from core.guards import signed_in
from core.http import PortalRequest

from .. import subjects
from ..access import get_seat
from ..actions import seats
from ..forms.seats import ConflictForm, SeatForm
from ..models import PanelSeat
from ..rules import full_marks

FORM = ("GET", "HEAD", "POST")


@signed_in(*FORM)
def seat_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What one thinks of it, until the panel is ended; then as it was given. Nothing of the others."""

    def show(attempt: acts.Attempt[PanelSeat, SeatForm]) -> HttpResponse:
        seat = attempt.subject
        panel = seat.panel
        criteria = panel.judged_by
        points = seat.points
        different: list[tuple[str, str, str]] = []
        if attempt.conflict and hasattr(attempt.form, "cleaned_data"):
            different = acts.differences(attempt.form, SeatForm.values_of(seat))
        return attempt.page(
            "panels/seat_edit.html",
            seat=seat,
            panel=panel,
            about=subjects.told([panel], request.actor)[panel.pk],
            label=subjects.label(panel.kind),
            full=full_marks(criteria) if criteria else None,
            points=[(one, points.get(one.key)) for one in criteria],
            conflict=attempt.conflict,
            different=different,
        )

    def done(attempt: acts.Attempt[PanelSeat, SeatForm], seat: PanelSeat) -> HttpResponse:
        return acts.said(request, "意见已记下，评审结束前可以改。", "panels:seat-edit", seat.uid)

    return acts.perform(
        request,
        load=lambda: get_seat(request.actor, uid),
        form=lambda seat: SeatForm(
            acts.typed(request), panel=seat.panel, initial=SeatForm.values_of(seat)
        ),
        act=lambda attempt: seats.give(
            seat=attempt.subject, by=request.actor, **attempt.form.given()
        ),
        done=done,
        show=show,
    )


@signed_in(*FORM)
def conflict_declare(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One keeps out of it, after it was said what that means."""

    def load() -> PanelSeat:
        seat = get_seat(request.actor, uid)
        if request.method != "POST":
            type(seat.panel).machine.expect(seat.panel, "arrange")
        return seat

    def ask(attempt: acts.Attempt[Any, Any]) -> acts.Question:
        lines = [str(attempt.subject.panel), "你填过的意见不再保留", "以后看不到这次评审"]
        return acts.Question("回避", lines, "回避")

    return acts.perform(
        request,
        load=load,
        form=lambda seat: ConflictForm(acts.typed(request)),
        act=lambda attempt: seats.declare_conflict(
            seat=attempt.subject, reason=attempt.given["reason"], by=request.actor
        ),
        done=lambda attempt, _: acts.said(request, "已回避。", "core:home"),
        show=lambda attempt: attempt.page(
            "panels/conflict_declare.html", seat=attempt.subject, panel=attempt.subject.panel
        ),
        ask=ask,
    )
