"""Who is called, and who came."""

from typing import Any

from django.http import HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.enums import Post
from orgs.permissions import Permission as P

from ..access import get_meeting, get_own_attendance, keeps
from ..actions import meetings
from ..enums import MeetingState, Presence
from ..forms import DeputyForm, RollForm
from ..models import Attendance, DispatchMeeting
from ..queries.called import called_by_posts

FORM = ("GET", "HEAD", "POST")
Attempt = acts.Attempt[Any, Any]
RECORDED = (MeetingState.CALLED, MeetingState.OPEN)


@needs(P.DISPATCH_VIEW, methods=FORM)
def meeting_roll(request: PortalRequest, pk: int) -> HttpResponse:
    """Who is called by post, with vacant posts; the recorder writes down who came. Of others, who
    is called sees those of his own organisations."""

    def form(meeting: DispatchMeeting) -> RollForm:
        rows = list(meeting.attendances.select_related("organization"))
        if not keeps(request.actor, meeting.organization):
            may = request.actor.may_at
            rows = [one for one in rows if may(P.DISPATCH_VIEW, one.organization.path)]
        return RollForm(acts.typed(request), rows=rows)

    return acts.perform(
        request,
        load=lambda: get_meeting(request.actor, pk),
        form=form,
        act=lambda attempt: meetings.record_attendance(
            meeting=attempt.subject,
            given=attempt.form.given(rest_came=request.POST.get("rest") == "present"),
            by=request.actor,
        ),
        done=lambda attempt, count: acts.said(
            request,
            f"已登记，改动 {count} 人。" if count else "没有变化。",
            "dispatch:meeting-roll",
            pk=pk,
        ),
        show=lambda attempt: _page(request, attempt),
    )


def _page(request: PortalRequest, attempt: Attempt) -> HttpResponse:
    meeting: DispatchMeeting = attempt.subject
    is_keeper = keeps(request.actor, meeting.organization)
    lines = attempt.form.lines()
    for line in lines:
        row: Attendance = line["row"]
        line["post"] = Post(row.post).label
        line["may_send"] = (
            meeting.state == MeetingState.CALLED
            and request.actor.may_at(P.DISPATCH_PROPOSE, row.organization.path)
            and bool(row.person_name)
        )
    counts = [
        (label, sum(line["row"].presence == value for line in lines if line["row"].person_name))
        for value, label in Presence.choices
    ]
    would = (
        [
            (one, one.post.label)
            for one in called_by_posts(meeting.organization, meeting.series.posts)
        ]
        if meeting.state == MeetingState.DRAFT
        else []
    )
    return attempt.page(
        "dispatch/meeting_roll.html",
        meeting=meeting,
        lines=lines,
        would=would,
        counts=counts,
        people=sum(bool(line["row"].person_name) for line in lines),
        may_record=is_keeper and meeting.state in RECORDED,
        is_keeper=is_keeper,
        choices=Presence.choices,
        error=attempt.error,
    )


@needs(P.DISPATCH_PROPOSE, methods=FORM)
def attendance_deputy(request: PortalRequest, pk: int, record: int) -> HttpResponse:
    """A committee says who comes in somebody's stead, before the meeting."""
    return acts.perform(
        request,
        load=lambda: get_own_attendance(request.actor, pk, record),
        form=lambda row: DeputyForm(
            acts.typed(request),
            initial={"deputy_name": row.deputy_name, "reason": row.reason},
        ),
        act=lambda attempt: meetings.send_deputy(
            attendance=attempt.subject,
            deputy_name=attempt.given["deputy_name"],
            reason=attempt.given["reason"],
            by=request.actor,
        ),
        done=lambda attempt, row: acts.said(
            request, f"由{row.deputy_name}代会，召集单位会看到。", "dispatch:meeting-roll", pk=pk
        ),
        show=lambda attempt: attempt.page(
            "dispatch/attendance_deputy.html",
            row=attempt.subject,
            meeting=attempt.subject.meeting,
            post=Post(attempt.subject.post).label,
        ),
    )
