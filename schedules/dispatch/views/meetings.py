"""Meetings: which there are, drafted, set, called and cancelled; and the series they belong to."""

import calendar
import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.periods import MONTH, WorkCalendar
from core.text import whole_number
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from ..access import get_held_meeting, get_holder, get_series, keeps
from ..actions import drafting, meetings
from ..enums import MeetingState
from ..forms import CancelForm, MeetingForm, NewMeetingForm, SeriesForm
from ..models import AgendaCard, DispatchMeeting, MeetingSeries
from ..queries.called import called_by_posts

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 24
MONTHS_AHEAD = 6
Attempt = acts.Attempt[Any, Any]
WEEKDAYS = "一二三四五六日"


@needs(P.DISPATCH_VIEW, methods=READ)
def meeting_list(request: PortalRequest) -> HttpResponse:
    """Meetings, newest first; the series that the actor keeps; what his committee has proposed.
    Five queries."""
    actor = request.actor
    number = max(1, whole_number(request.GET.get("page", "")) or 1)
    rows = (
        DispatchMeeting.objects.visible_to(actor)
        .select_related("organization", "series")
        .with_counts()
        .order_by("-starts_at", "-pk")
    )
    start = (min(number, 1000) - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    may_propose = actor.may(P.DISPATCH_PROPOSE)
    own = (
        AgendaCard.objects.filter(proposer=actor.organization_id)
        .visible_to(actor)
        .filter(is_removed=False)
        .select_related("series", "meeting")
        .order_by("-proposed_at", "-pk")[:PAGE]
        if may_propose
        else []
    )
    context = {
        "rows": found[:PAGE],
        "series": MeetingSeries.objects.visible_to(actor).order_by("is_ended", "name")
        if actor.may(P.DISPATCH_EDIT)
        else [],
        "may_edit": actor.may(P.DISPATCH_EDIT),
        "may_propose": may_propose and MeetingSeries.objects.open_to(actor).exists(),
        "proposals": own,
        "before": number - 1,
        "after": number + 1 if len(found) > PAGE else 0,
        "actor": actor,
    }
    return render(request, "dispatch/meeting_list.html", context)


# --- series ----------------------------------------------------------------------------------


@needs(P.DISPATCH_EDIT, methods=FORM)
def series_create(request: PortalRequest) -> HttpResponse:
    """A series that the actor's organisation holds."""
    initial = {
        "form": "group_report",
        "cap_minutes": 90,
        "speech_minutes": 8,
        "posts": [str(post) for post in meetings.POSTS],
    }
    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=lambda place: SeriesForm(acts.typed(request), is_new=True, initial=initial),
        act=lambda attempt: meetings.create_series(
            organization=attempt.subject, by=request.actor, **attempt.form.values()
        ),
        done=lambda attempt, series: acts.said(
            request, f"“{series}”已建立，可以起草会议了。", "dispatch:meeting-create"
        ),
        show=lambda attempt: attempt.page("dispatch/series_edit.html", series=None),
    )


@needs(P.DISPATCH_EDIT, methods=FORM)
def series_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """What later meetings of the series begin with."""
    return acts.perform(
        request,
        load=lambda: get_series(request.actor, pk),
        form=lambda series: SeriesForm(acts.typed(request), initial=SeriesForm.values_of(series)),
        act=lambda attempt: meetings.edit_series(
            series=attempt.subject,
            revision=attempt.given["revision"],
            by=request.actor,
            **attempt.form.values(),
        ),
        done=lambda attempt, series: acts.said(
            request, f"“{series}”已保存，已有的会议不变。", "dispatch:meeting-list"
        ),
        show=lambda attempt: attempt.page(
            "dispatch/series_edit.html",
            series=attempt.subject,
            conflict=attempt.conflict,
            different=_different(attempt, SeriesForm.values_of(attempt.subject)),
        ),
    )


# --- a meeting -------------------------------------------------------------------------------


@needs(P.DISPATCH_EDIT, methods=FORM)
def meeting_create(request: PortalRequest) -> HttpResponse:
    """The meeting of a month is drafted, and its agenda from what the month shows."""
    days = load()

    def form(place: Any) -> NewMeetingForm:
        today = clock.today()
        now = periods.containing(today, MONTH)
        day = _usual_day(today, days)
        series = list(
            MeetingSeries.objects.filter(organization=place, is_ended=False).order_by("name")
        )
        first = series[0].pk if series else ""
        return NewMeetingForm(
            acts.typed(request),
            series=series,
            months=[
                (one, periods.label(one))
                for one in (periods.shift(now, step) for step in range(-1, MONTHS_AHEAD))
            ],
            hint=f"{day_words(day, days)}是本月以内最后第二个工作日。"
            if day > today
            else "请选工作日；休息日会再问一次。",
            initial={"series": first, "period": now, "day": day, "time": "14:30"},
        )

    def act(attempt: Attempt) -> DispatchMeeting:
        given = attempt.given
        meeting = meetings.draft(
            series=attempt.form.chosen(),
            period=given["period"],
            starts_at=attempt.form.starts_at(),
            form=given["form"],
            place=given["place"],
            recorder_name=given["recorder_name"],
            by=request.actor,
        )
        drafting.draft_agenda(meeting=meeting, by=request.actor)
        return meeting

    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=form,
        act=act,
        done=lambda attempt, meeting: acts.said(
            request,
            "已起草，接着排观摩路线；还没有通知任何人。"
            if meeting.is_tour
            else "已起草，议程按本月的异常排好；还没有通知任何人。",
            meeting,
        ),
        show=lambda attempt: attempt.page("dispatch/meeting_create.html", place=attempt.subject),
        ask=lambda attempt: _on_working_day(attempt, days, "起草"),
    )


@needs(P.DISPATCH_EDIT, methods=FORM)
def meeting_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """When, where, how long; where it has been called, who is called hears of it."""
    days = load()
    return acts.perform(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        form=lambda meeting: MeetingForm(
            acts.typed(request), initial=MeetingForm.values_of(meeting)
        ),
        act=lambda attempt: meetings.edit(
            meeting=attempt.subject,
            revision=attempt.given["revision"],
            by=request.actor,
            **attempt.form.values(),
        ),
        done=lambda attempt, meeting: acts.said(request, "会议设置已保存。", meeting),
        show=lambda attempt: attempt.page(
            "dispatch/meeting_edit.html",
            meeting=attempt.subject,
            conflict=attempt.conflict,
            different=_different(attempt, MeetingForm.values_of(attempt.subject)),
        ),
        ask=lambda attempt: _on_working_day(attempt, days, "保存"),
    )


@needs(P.DISPATCH_EDIT, methods=ACT)
def meeting_call(request: PortalRequest, pk: int) -> HttpResponse:
    """Tells everybody whose post is called, after it was said how many."""

    def ask(meeting: DispatchMeeting) -> acts.Question:
        called = called_by_posts(meeting.organization, meeting.series.posts)
        people = [one for one in called if one.person_name]
        told = {one.user_id for one in people if one.user_id is not None}
        start = timezone.localtime(meeting.starts_at)
        lines = [
            f"{meeting}：{day_words(start.date(), load())} {start:%H:%M}，{meeting.place or '地点未定'}",
            f"应到 {len(people)} 人，其中 {len(told)} 人有账号，立即收到消息",
        ]
        silent = len(people) - len({one.user_id for one in people if one.user_id}) if people else 0
        if silent:
            lines.append(f"{silent} 人没有账号，请另行通知，名单在“应到”里")
        vacant = len(called) - len(people)
        if vacant:
            lines.append(f"{vacant} 个职务空缺，没有通知对象")
        return acts.Question("通知开会", lines, f"通知 {len(people)} 人")

    return acts.press(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        act=lambda meeting: meetings.call(
            meeting=meeting, revision=meeting.revision, by=request.actor
        ),
        done=lambda meeting, result: acts.said(request, "已通知。", result),
        ask=ask,
        back=lambda meeting: meeting,
    )


@needs(P.DISPATCH_EDIT, methods=FORM)
def meeting_cancel(request: PortalRequest, pk: int) -> HttpResponse:
    """The meeting is not held; what was proposed waits for the next one."""

    def ask(attempt: Attempt) -> acts.Question:
        meeting: DispatchMeeting = attempt.subject
        lines = ["议题回到备选，自动列入的不留"]
        if meeting.state == MeetingState.CALLED:
            people = meeting.attendances.exclude(user_id=None).values("user_id").distinct()
            lines.insert(0, f"{people.count()} 人收到取消通知，日历里的会议删去")
        return acts.Question(f"取消{meeting}", lines, "取消会议")

    return acts.perform(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        form=lambda meeting: CancelForm(
            acts.typed(request), initial={"revision": meeting.revision}
        ),
        act=lambda attempt: meetings.cancel(
            meeting=attempt.subject,
            reason=attempt.given["reason"],
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, meeting: acts.said(
            request, "会议已取消，议题回到备选。", "dispatch:meeting-list"
        ),
        show=lambda attempt: attempt.page("dispatch/meeting_cancel.html", meeting=attempt.subject),
        ask=ask,
    )


@needs(P.DISPATCH_EDIT, methods=ACT)
def meeting_draft(request: PortalRequest, pk: int) -> HttpResponse:
    """The agenda is drafted again from the newest figures; what people wrote stays."""
    return acts.press(
        request,
        load=lambda: get_held_meeting(request.actor, pk),
        act=lambda meeting: drafting.draft_agenda(meeting=meeting, by=request.actor),
        done=lambda meeting, told: acts.said(
            request,
            f"异常已重新算过：新列入 {told.added} 项，更新 {told.refreshed} 项，人改过的没有动。",
            meeting,
        ),
        back=lambda meeting: meeting,
    )


def day_words(day: dt.date, days: WorkCalendar) -> str:
    """A day with its weekday, and whether one works on it."""
    word = "工作日" if days.is_working(day) else "休息日"
    return f"{day.month}月{day.day}日 星期{WEEKDAYS[day.weekday()]}（{word}）"


def _usual_day(today: dt.date, days: WorkCalendar) -> dt.date:
    """The last working day but one of the month, if it is still to come, else today."""
    day = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    left = 2
    while day > today:
        left -= days.is_working(day)
        if not left:
            return day
        day -= dt.timedelta(days=1)
    return today


def _on_working_day(attempt: Attempt, days: WorkCalendar, button: str) -> acts.Question:
    """Asks where the meeting would be on a day off, and the day was not so before."""
    day = attempt.given["day"]
    before = getattr(attempt.subject, "starts_at", None)
    if days.is_working(day) or (before and timezone.localtime(before).date() == day):
        return acts.Question("", (), "")
    return acts.Question("在休息日开会", [f"{day_words(day, days)}，确定在这一天开吗"], button)


def _different(attempt: Attempt, stored: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What was typed against what is stored now, where somebody else was faster."""
    if not attempt.conflict or not hasattr(attempt.form, "cleaned_data"):
        return []
    return [row for row in acts.differences(attempt.form, stored) if row[0] != "Revision"]


def may_keep(request: PortalRequest, meeting: DispatchMeeting) -> bool:
    """Whether the actor keeps the meeting. No query."""
    return keeps(request.actor, meeting.organization)
