"""The zone's dispatch meetings: what was decided in them, and the draft of the one to come."""

import datetime as dt
import uuid
from collections.abc import Mapping
from itertools import groupby

from django.utils import timezone

from core import periods
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from schedules.action_items.demo.items import OPENS
from schedules.action_items.demo.phrases import SOURCES
from schedules.action_items.models import ActionItem
from schedules.rounds.queries.calendar import load

from ..actions import drafting
from ..actions.meetings import POSTS
from ..enums import MeetingState, OutcomeKind, Presence, Section, Topic
from ..models import AgendaCard, Attendance, DispatchMeeting, MeetingSeries, Outcome
from ..queries.called import Called, called_by_posts

NAME = "党建工作调度会"
PLACE = "管委会三楼第一会议室"
FULL = 12  # so many of the newest have an agenda and a roll in full; older ones what was decided
BEGINS, ENDS = dt.time(14, 30), dt.time(15, 50)
ABSENT = ("参加区里会议", "外出培训", "病假")
PLANS = ("重点工作安排", "组织生活安排", "发展党员工作安排")
# What waits for a meeting: whose it is, the topic, minutes, how often it was put off.
TOPICS = (
    ("综合保税区党委", "夜班职工党员的组织生活时间怎么排", 6, 0),
    ("大黄山街道", "三个村的活动室能否合用一个场地", 5, 0),
    ("社会组织综合党委", "律所支部书记任职培训由谁组织", 5, 1),
    ("金山桥街道", "城东物流园联合支部撤并", 6, 2),
)
NIL = uuid.UUID("6f1c9f6e-6f0b-4a57-9d2f-2b6d5f0c1b11")


def build(seeding: Seeding) -> Mapping[str, int]:
    """The series, the meetings of the recent months, and the draft."""
    if seeding.is_again:
        return {}
    _series(seeding)
    for month in reversed(seeding.recent):
        _held(seeding, month)
    _draft(seeding)
    return {"meetings": DispatchMeeting.objects.count()}


def fill(seeding: Seeding, month: str) -> None:
    """The meeting of one older month, unless it is there."""
    with seeding.step():
        if not DispatchMeeting.objects.filter(series__name=NAME, period=month).exists():
            _held(seeding, month)


def _series(seeding: Seeding) -> MeetingSeries:
    root = seeding.of(Tree).root
    found = MeetingSeries.objects.filter(organization=root, name=NAME).first()
    if found is not None:
        return found
    series = MeetingSeries(
        organization=root,
        name=NAME,
        cap_minutes=90,
        speech_minutes=8,
        place=PLACE,
        chair_name=_chair(seeding),
        posts=[str(post) for post in POSTS],
    )
    seeding.add([series])
    return MeetingSeries.objects.get(organization=root, name=NAME)


def _chair(seeding: Seeding) -> str:
    tree = seeding.of(Tree)
    return tree.leaders.get(tree.root.pk, {}).get("secretary", ("", ""))[0]


def _moment(month: str) -> dt.datetime:
    """When the month's meeting begins: on the day on which its items are given out."""
    day = load().add_working_days(periods.first_day(month) - dt.timedelta(days=1), OPENS)
    return timezone.make_aware(dt.datetime.combine(day, BEGINS))


def _held(seeding: Seeding, month: str) -> None:
    """A meeting that is over: a card for each thing that was given out in it."""
    series, start = _series(seeding), _moment(month)
    if start + dt.timedelta(hours=2) > seeding.now:
        return
    items = list(
        ActionItem.objects.filter(
            issuer=series.organization_id,
            parent=None,
            source_label=SOURCES[0].format(month=int(month[5:7])),
            issued_at__date=timezone.localdate(start),
        )
        .select_related("owner")
        .order_by("year", "serial")
    )
    if not items:
        return
    closed = timezone.make_aware(dt.datetime.combine(timezone.localdate(start), ENDS))
    meeting = _meeting(seeding, series, month, start)
    meeting.state = MeetingState.CLOSED
    meeting.called_at, meeting.opened_at = start - dt.timedelta(days=3), start
    meeting.closed_at = meeting.changed_at = closed
    seeding.add([meeting])
    meeting = DispatchMeeting.objects.get(uid=meeting.uid)
    is_full = month in seeding.months[-FULL - 1 :]
    rng = seeding.rng("meetings", month)
    cards: list[AgendaCard] = []

    def card(section: Section, topic: Topic, title: str, minutes: int, **more: object) -> None:
        at = sum(one.minutes for one in cards)
        cards.append(
            AgendaCard(
                series=series,
                meeting=meeting,
                position=len(cards) + 1,
                section=section,
                topic=topic,
                title=title[:100],
                minutes=minutes,
                began_at=start + dt.timedelta(minutes=at),
                spent_seconds=minutes * 60 + rng.randrange(-60, 120),
                **more,
            )
        )

    if is_full:
        card(Section.LAST, Topic.DECISIONS, "上次会议的督办办得怎样", 5)
    for item in items:
        owner = item.owner if item.owner_id != series.organization_id else None
        card(
            *(Section.EXCEPTIONS, Topic.PROBLEM, item.title, 8),
            organization=owner,
            speaker_name=_speaker(seeding, item.owner_id),
        )
    if is_full:
        word = rng.choice(PLANS)
        card(
            *(Section.PLANS, Topic.PLAN, f"{periods.short(month)}{word}", 10),
            is_chair=True,
            speaker_name=meeting.chair_name,
        )
    seeding.add(cards)
    stored = {one.title: one for one in AgendaCard.objects.filter(meeting=meeting)}
    seeding.add(
        [
            Outcome(
                uid=uuid.uuid5(NIL, f"{month}:{item.year}:{item.serial}"),
                card=stored[item.title[:100]],
                position=1,
                kind=OutcomeKind.NEW_ITEM,
                text=item.title,
                item=item,
                written_by_name=meeting.recorder_name,
                written_at=closed,
            )
            for _, same in groupby(items, key=lambda one: one.title)
            for item in same
        ]
    )
    if is_full:
        _roll(seeding, meeting)


def _meeting(
    seeding: Seeding, series: MeetingSeries, month: str, start: dt.datetime
) -> DispatchMeeting:
    return DispatchMeeting(
        uid=uuid.uuid5(NIL, month),
        series=series,
        organization=seeding.of(Tree).root,
        period=month,
        title=f"{periods.label(month)} {NAME}",
        form=series.form,
        starts_at=start,
        place=series.place,
        chair_name=series.chair_name,
        recorder_name=seeding.of(Accounts).by_username["zone"].name,
        cap_minutes=series.cap_minutes,
        speech_minutes=series.speech_minutes,
        changed_at=min(start, seeding.now),
    )


def _speaker(seeding: Seeding, organization_id: int) -> str:
    leaders = seeding.of(Tree).leaders.get(organization_id, {})
    return leaders.get("deputy_secretary", leaders.get("secretary", ("", "")))[0]


def _roll(seeding: Seeding, meeting: DispatchMeeting) -> None:
    """Who came: nearly all, some by a deputy."""
    rng = seeding.rng("roll", meeting.period)
    rows = []
    called: list[Called] = called_by_posts(meeting.organization, meeting.series.posts)
    for one in called:
        row = Attendance(
            meeting=meeting,
            organization=one.organization,
            post=one.post,
            person_name=one.person_name,
            user_id=one.user_id,
        )
        rolled = rng.random()
        if one.person_name:
            row.presence = Presence.PRESENT
        if one.person_name and rolled < 0.06:
            row.presence, row.reason = Presence.ABSENT, rng.choice(ABSENT)
        elif one.person_name and rolled < 0.12:
            row.presence, row.reason = Presence.DEPUTY, rng.choice(ABSENT)
            row.deputy_name = rng.choice(called).person_name or "组织干事"
        rows.append(row)
    seeding.add(rows)


def _draft(seeding: Seeding) -> None:
    """The meeting to come, drafted from what the portal shows: of this month, or of the next one
    when this month's is over."""
    current = periods.containing(seeding.today, periods.MONTH)
    if seeding.months[-1] != current:
        return
    month = current if _moment(current) > seeding.now else periods.shift(current, 1)
    series = _series(seeding)
    if series.meetings.filter(period=month).exists():
        return
    seeding.add([_meeting(seeding, series, month, _moment(month))])
    seeding.add(_topics(seeding, series))
    user = seeding.of(Accounts).by_username["zone"]
    grant = user.grants.select_related("organization").first()
    if grant is not None:
        meeting = DispatchMeeting.objects.get(series=series, period=month)
        drafting.draft_agenda(meeting=meeting, by=actor_of(user, grant))


def _topics(seeding: Seeding, series: MeetingSeries) -> list[AgendaCard]:
    """What committees have proposed, and what was put off."""
    tree, rows = seeding.of(Tree), []
    for days, (name, title, minutes, deferred) in enumerate(TOPICS, start=6):
        place = tree.by_short_name.get(name)
        if place is None:
            continue
        rows.append(
            AgendaCard(
                series=series,
                section=Section.EXCEPTIONS,
                topic=Topic.PROPOSED,
                title=title,
                minutes=minutes,
                organization=place,
                speaker_name=_speaker(seeding, place.pk),
                proposer=place,
                proposed_by_name=_speaker(seeding, place.pk) or str(place),
                proposed_at=seeding.now - dt.timedelta(days=days + 30 * deferred),
                deferred_count=deferred,
            )
        )
    return rows
