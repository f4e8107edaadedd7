"""A meeting is drafted, called, held, closed; a series says what its meetings have in common."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from core import audit, clock, periods
from core.actions import action
from core.actor import Actor
from core.errors import Conflict, DomainError, NotAllowed
from core.text import clean
from orgs.enums import Post
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.action_items.actions import issuing
from schedules.action_items.actions import rights as items

from ..enums import MeetingForm, MeetingState, Presence
from ..models import AgendaCard, Amendment, Attendance, DispatchMeeting, MeetingSeries
from ..queries.called import called_by_posts, planned_minutes
from ..queries.room import drafted_in, reached_by
from . import cards as agenda
from . import rights, telling

POSTS = (Post.DEPUTY_SECRETARY, Post.ORGANIZATION_COMMISSIONER, Post.ORGANIZATION_SECTION_CHIEF)
"""Who comes to the month's dispatch of each direct committee, as the seed says."""


@action
def create_series(
    *,
    organization: Organization,
    name: str,
    by: Actor,
    form: str = MeetingForm.GROUP_REPORT,
    cap_minutes: int = 90,
    speech_minutes: int = 8,
    place: str = "",
    chair_name: str = "",
    posts: Collection[str] = POSTS,
) -> MeetingSeries:
    """A series that the organisation holds. Raises NotAllowed, DomainError, or Conflict for a name
    that it has already."""
    rights.expect_holder(organization, by)
    values = _series_values(name, form, cap_minutes, speech_minutes, place, chair_name, posts)
    try:
        with transaction.atomic():
            series = MeetingSeries.objects.create(organization=organization, **values)
    except IntegrityError as error:
        raise Conflict("已有同名的系列。", field="name") from error
    telling.note(series, "dispatch.series.create", by=by)
    return series


@action
def edit_series(*, series: MeetingSeries, revision: int, by: Actor, **values: Any) -> MeetingSeries:
    """Changes what later meetings of the series begin with; those that there are stay. Raises
    NotAllowed, Stale, DomainError or Conflict."""
    rights.expect_holder(series.organization, by)
    is_ended = bool(values.pop("is_ended", series.is_ended))
    changed = _series_values(**values)
    before = {name: getattr(series, name) for name in changed}
    try:
        with transaction.atomic():
            MeetingSeries.machine.move(
                series, "edit", revision=revision, is_ended=is_ended, **changed
            )
    except IntegrityError as error:
        raise Conflict("已有同名的系列。", field="name") from error
    told = audit.changed(before, changed)
    telling.note(series, "dispatch.series.edit", by=by, changes=_named(told))
    return series


@action
def draft(
    *,
    series: MeetingSeries,
    period: str,
    starts_at: dt.datetime,
    by: Actor,
    form: str = "",
    title: str = "",
    place: str = "",
    recorder_name: str = "",
) -> DispatchMeeting:
    """Drafts the meeting of a month with what its series says; nobody is told.

    Raises NotAllowed, or DomainError for a month that is none or a day that has passed.
    """
    rights.expect_holder(series.organization, by)
    if series.is_ended:
        raise DomainError("这个系列不再召开。")
    if not periods.is_period(period) or periods.cadence_of(period) != "month":
        raise DomainError("请选择月份。", field="period")
    _check_start(starts_at)
    # Two who draft at once: the row of the series is their lock.
    MeetingSeries.objects.select_for_update(of=("self",)).get(pk=series.pk)
    others = series.meetings.filter(period=period).exclude(state=MeetingState.CANCELLED)
    if others.exists():
        raise DomainError("这个系列在这个月已有一次会议。", field="period")
    chosen = MeetingForm(form) if form else MeetingForm(series.form)
    meeting = DispatchMeeting.objects.create(
        series=series,
        organization=series.organization,
        period=period,
        title=clean(title)[:80] or f"{periods.label(period)} {series.name}",
        form=chosen,
        starts_at=starts_at,
        place=clean(place)[:100] or series.place,
        chair_name=series.chair_name,
        recorder_name=clean(recorder_name)[:50] or by.name[:50],
        cap_minutes=series.cap_minutes,
        speech_minutes=series.speech_minutes,
        changed_at=clock.now(),
    )
    telling.note(meeting, "dispatch.meeting.draft", meeting=meeting, by=by)
    return meeting


@action
def edit(
    *,
    meeting: DispatchMeeting,
    revision: int,
    by: Actor,
    title: str,
    form: str,
    starts_at: dt.datetime,
    place: str,
    chair_name: str,
    recorder_name: str,
    cap_minutes: int,
    speech_minutes: int,
) -> DispatchMeeting:
    """Changes a meeting to come. Where it has been called, who is called hears of another time or
    place, and calendars get the next version. Raises NotAllowed, MovedOn, Stale or DomainError."""
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    if starts_at != meeting.starts_at:
        _check_start(starts_at)
    _check_minutes(cap_minutes, speech_minutes)
    title = clean(title)
    if not title:
        raise DomainError("请填写会议名称。", field="title")
    values: dict[str, Any] = {
        "title": title[:80],
        "form": MeetingForm(form),
        "starts_at": starts_at,
        "place": clean(place)[:100],
        "chair_name": clean(chair_name)[:50],
        "recorder_name": clean(recorder_name)[:50],
        "cap_minutes": cap_minutes,
        "speech_minutes": speech_minutes,
    }
    changed = audit.changed({name: getattr(meeting, name) for name in values}, values)
    moved = meeting.state == MeetingState.CALLED and changed.keys() & {
        "starts_at",
        "place",
        "title",
        "cap_minutes",
    }
    if moved:
        values["sequence"] = meeting.sequence + 1
    DispatchMeeting.machine.move(meeting, "edit", revision=revision, **values)
    telling.note(meeting, "dispatch.meeting.edit", meeting=meeting, by=by, changes=_named(changed))
    if moved:
        telling.tell_called(
            meeting,
            f"changed:{values['sequence']}",
            title=f"会议有变动：{meeting}",
            body=_when(meeting),
        )
    return meeting


@action
def call(*, meeting: DispatchMeeting, revision: int, by: Actor) -> DispatchMeeting:
    """Tells everybody whose post is called (通知开会); vacant posts are noted, not called.

    Raises NotAllowed, MovedOn, Stale, or DomainError while the agenda is empty or longer than the
    meeting may last.
    """
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    on_agenda = list(AgendaCard.objects.on_agenda().filter(meeting=meeting))
    if not on_agenda:
        raise DomainError("议程还是空的，先加议题再通知。")
    over = planned_minutes(on_agenda) - meeting.cap_minutes
    if over > 0:
        raise DomainError(
            f"议程超 {over} 分钟，减到 {meeting.cap_minutes} 分钟以内才能通知。", code="too_long"
        )
    if meeting.starts_at < clock.now():
        raise DomainError("开会时间已经过去，请先改时间。", field="starts_at")
    called = called_by_posts(meeting.organization, meeting.series.posts)
    Attendance.objects.bulk_create(
        [
            Attendance(
                meeting=meeting,
                organization=one.organization,
                post=one.post,
                person_name=one.person_name,
                user_id=one.user_id,
            )
            for one in called
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    DispatchMeeting.machine.move(meeting, "call", revision=revision, called_at=clock.now())
    people = sum(bool(one.person_name) for one in called)
    telling.note(
        meeting, "dispatch.meeting.call", meeting=meeting, by=by, changes={"called": [None, people]}
    )
    telling.tell_called(meeting, "called", title=f"开会通知：{meeting}", body=_when(meeting))
    return meeting


@action
def open_meeting(*, meeting: DispatchMeeting, by: Actor) -> DispatchMeeting:
    """The meeting begins: from now outcomes are written. Raises NotAllowed or MovedOn."""
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    DispatchMeeting.machine.move(meeting, "open", opened_at=clock.now())
    telling.note(meeting, "dispatch.meeting.open", meeting=meeting, by=by)
    return meeting


@action
def close(*, meeting: DispatchMeeting, by: Actor, seen: bool = False) -> DispatchMeeting:
    """The meeting is over and locked: the items drafted in it are given out, cards that were not
    come to stand in the backlog again. `seen`: the person has looked at what those owe already to
    whom something goes, which is asked where there are many.

    Raises NotAllowed, MovedOn, or DomainError where a drafted item cannot be given out: then
    nothing is, and the card says which.
    """
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    DispatchMeeting.machine.move(meeting, "close", closed_at=clock.now())
    agenda.rest(meeting=meeting)
    items.expect_seen(reached_by(meeting), by, seen)
    issued = 0
    for item in drafted_in(meeting):
        try:
            issuing.issue(item=item, by=by, seen=seen)
        except DomainError as error:
            told = f"“{item}”没有交办：{error.message}"
            raise DomainError(told, field=error.field, code=error.code) from error
        issued += 1
    deferred = agenda.carry_over(meeting=meeting)
    telling.note(
        meeting,
        "dispatch.meeting.close",
        meeting=meeting,
        by=by,
        changes={"issued": [None, issued], "deferred": [None, deferred]},
    )
    return meeting


@action
def cancel(*, meeting: DispatchMeeting, reason: str, revision: int, by: Actor) -> DispatchMeeting:
    """The meeting is not held; its cards go back to the backlog. Who was called is told, and
    calendars take it out. Raises NotAllowed, MovedOn, Stale or DomainError."""
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    reason = clean(reason)
    if len(reason) < 2:
        raise DomainError("请写明取消的原因。", field="reason")
    was_called = meeting.state == MeetingState.CALLED
    DispatchMeeting.machine.move(
        meeting,
        "cancel",
        revision=revision,
        cancel_reason=reason[:300],
        sequence=meeting.sequence + 1,
    )
    agenda.release(meeting=meeting)
    telling.note(meeting, "dispatch.meeting.cancel", meeting=meeting, by=by, text=reason)
    if was_called:
        telling.tell_called(meeting, "cancelled", title=f"会议取消：{meeting}", body=reason)
    return meeting


@action
def amend(
    *, meeting: DispatchMeeting, text: str, by: Actor, card: AgendaCard | None = None
) -> Amendment:
    """Corrects the minutes of a closed meeting, with the name of who does. Raises NotAllowed,
    MovedOn or DomainError."""
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    text = clean(text)
    if len(text) < 4:
        raise DomainError("请写明更正的内容（至少 4 个字）。", field="text")
    if card is not None and card.meeting_id != meeting.pk:
        raise DomainError("这个议题不在这次会议上。")
    same = meeting.amendments.filter(card=card, text=text[:500], by_name=by.name[:100])
    if same.exists():
        raise Conflict("同样的更正已经记下。", field="text")
    DispatchMeeting.machine.move(meeting, "amend")
    amendment = Amendment.objects.create(
        meeting=meeting, card=card, text=text[:500], by_name=by.name[:100], at=clock.now()
    )
    telling.note(meeting, "dispatch.meeting.amend", meeting=meeting, by=by, text=text)
    return amendment


_ACTS = {
    Presence.PRESENT: "come",
    Presence.DEPUTY: "deputy",
    Presence.ABSENT: "miss",
    Presence.UNRECORDED: "clear",
}


@action
def record_attendance(
    *, meeting: DispatchMeeting, given: Mapping[int, tuple[str, str, str]], by: Actor
) -> int:
    """The recorder writes down who came: id of the row -> presence, deputy's name, reason. What is
    not given stays as it is; returns how many changed. Four queries.

    Raises NotAllowed, MovedOn when the meeting is closed, or DomainError.
    """
    meeting = rights.locked(meeting.pk)
    rights.expect_holder(meeting.organization, by)
    DispatchMeeting.machine.expect(meeting, "attend")
    rows = list(
        meeting.attendances.select_for_update(of=("self",)).filter(pk__in=given).order_by("pk")
    )
    moves: dict[Attendance, str] = {}
    for row in rows:
        presence, deputy, reason = given[row.pk]
        deputy, reason = clean(deputy)[:50], clean(reason)[:100]
        if (row.presence, row.deputy_name, row.reason) == (presence, deputy, reason):
            continue
        if presence == Presence.DEPUTY and not deputy:
            raise DomainError(f"请写明谁代{row.person_name or row.organization}到会。")
        row.deputy_name, row.reason = deputy, reason
        moves[row] = _ACTS[Presence(presence)]
    if moves:
        DispatchMeeting.machine.move(meeting, "attend")
        Attendance.machine.write(moves, ["deputy_name", "reason"])
        telling.note(
            meeting,
            "dispatch.attendance.record",
            meeting=meeting,
            by=by,
            changes={"presence": [None, len(moves)]},
        )
    return len(moves)


@action
def send_deputy(*, attendance: Attendance, deputy_name: str, reason: str, by: Actor) -> Attendance:
    """A committee says who comes in somebody's stead, before the meeting. Raises NotAllowed,
    MovedOn or DomainError."""
    meeting = rights.locked(attendance.meeting_id)
    if not by.may_at(Permission.DISPATCH_PROPOSE, attendance.organization.path):
        raise NotAllowed("代会人由本党委指定。")
    deputy, reason = clean(deputy_name), clean(reason)
    if not deputy:
        raise DomainError("请填写代会人姓名。", field="deputy_name")
    if not reason:
        raise DomainError("请写明原因。", field="reason")
    if meeting.state != MeetingState.CALLED:
        DispatchMeeting.machine.expect(meeting, "edit")
    said = (Presence.DEPUTY, deputy[:50], reason[:100])
    attendance.refresh_from_db(fields=["presence", "deputy_name", "reason"])  # under the lock
    if (attendance.presence, attendance.deputy_name, attendance.reason) == said:
        return attendance  # said twice
    Attendance.machine.move(attendance, "deputy", deputy_name=deputy[:50], reason=reason[:100])
    telling.note(meeting, "dispatch.attendance.send_deputy", meeting=meeting, by=by)
    return attendance


def _series_values(
    name: str,
    form: str,
    cap_minutes: int,
    speech_minutes: int,
    place: str,
    chair_name: str,
    posts: Collection[str],
) -> dict[str, Any]:
    name = clean(name)
    if not name:
        raise DomainError("请填写名称。", field="name")
    _check_minutes(cap_minutes, speech_minutes)
    if not posts:
        raise DomainError("请选择应到的职务。", field="posts")
    return {
        "name": name[:60],
        "form": MeetingForm(form),
        "cap_minutes": cap_minutes,
        "speech_minutes": speech_minutes,
        "place": clean(place)[:100],
        "chair_name": clean(chair_name)[:50],
        "posts": [Post(post) for post in posts],
    }


def _check_minutes(cap_minutes: int, speech_minutes: int) -> None:
    if not 10 <= cap_minutes <= 480:
        raise DomainError("全程请填 10 到 480 分钟。", field="cap_minutes")
    if not 1 <= speech_minutes <= cap_minutes:
        raise DomainError("发言时间请填 1 分钟以上、不超过全程。", field="speech_minutes")


def _check_start(starts_at: dt.datetime) -> None:
    now = clock.now()
    if starts_at < now:
        raise DomainError("开会时间不能早于现在。", field="starts_at")
    if starts_at > now + dt.timedelta(days=366):
        raise DomainError("开会时间请在一年以内。", field="starts_at")


def _when(meeting: DispatchMeeting) -> str:
    start = timezone.localtime(meeting.starts_at)
    place = f"，{meeting.place}" if meeting.place else ""
    return f"{start:%Y年%-m月%-d日 %H:%M}，全程不超过 {meeting.cap_minutes} 分钟{place}。"


def _named(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: pair for name, pair in changes.items() if name in {"starts_at", "place"}}
