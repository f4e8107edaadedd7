"""调度会: a draft nobody hears of, a cap that holds, outcomes typed live, minutes that stay whole."""

import datetime as dt
import uuid
from typing import Any

import pytest

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import Notification
from core.states import MovedOn, Stale
from orgs.enums import Post
from orgs.models import OfficeHolding
from schedules.action_items.enums import ActionState
from schedules.action_items.models import ActionItem
from schedules.dispatch.actions import cards, meetings, outcomes
from schedules.dispatch.actions.cards import Content
from schedules.dispatch.actions.outcomes import Typed
from schedules.dispatch.enums import MeetingState, OutcomeKind, Presence, Section, Topic
from schedules.dispatch.models import AgendaCard, Attendance, DispatchMeeting, MeetingSeries

from .parallel import run_together
from .world import Zone, build_zone

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
START = dt.datetime(2026, 7, 20, 6, 30, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def content(title: str = "装备制造产业园按期率", **more: Any) -> Content:
    return Content(**{"section": Section.EXCEPTIONS, "topic": Topic.LIMITS, "title": title} | more)


def drafted(zone: Zone) -> DispatchMeeting:
    series = meetings.create_series(
        organization=zone.root, name="党建工作调度会", by=zone.actor("zone"), cap_minutes=20
    )
    return meetings.draft(series=series, period="2026-07", starts_at=START, by=zone.actor("zone"))


def called(zone: Zone) -> DispatchMeeting:
    meeting = drafted(zone)
    cards.add(meeting=meeting, content=content(), by=zone.actor("zone"))
    meeting.refresh_from_db()
    return meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))


def opened(zone: Zone) -> tuple[DispatchMeeting, AgendaCard]:
    meeting = meetings.open_meeting(meeting=called(zone), by=zone.actor("zone"))
    return meeting, AgendaCard.objects.select_related("meeting__organization").get()


def deputy_secretary(zone: Zone) -> None:
    OfficeHolding.objects.create(
        organization=zone.street,
        post=Post.DEPUTY_SECRETARY,
        person_name="康红涛",
        user=zone.users["dahuangshan"],
    )


def test_draft_is_told_to_nobody_and_the_call_to_those_whose_posts_are_called(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = drafted(zone)
    assert DispatchMeeting.objects.visible_to(zone.actor("zone")).exists()
    assert not DispatchMeeting.objects.visible_to(zone.actor("dahuangshan")).exists()
    assert not Notification.objects.filter(about__startswith="meeting:").exists()
    with pytest.raises(DomainError, match="议程还是空的"):
        meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    for minutes in (8, 8, 8):
        cards.add(meeting=meeting, content=content(minutes=minutes), by=zone.actor("zone"))
    meeting.refresh_from_db()
    with pytest.raises(DomainError, match="超 4 分钟"):
        meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    card = AgendaCard.objects.first()
    assert card is not None
    cards.set_minutes(card=card, minutes=4, by=zone.actor("zone"))
    meeting.refresh_from_db()
    with pytest.raises(NotAllowed):
        meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("dahuangshan"))
    meetings.call(meeting=meeting, revision=meeting.revision, by=zone.actor("zone"))
    rows = Attendance.objects.filter(meeting=meeting)
    assert rows.count() == 6, "three posts of two committees, vacant ones too"
    assert {one.person_name for one in rows} == {"康红涛", ""}
    told = Notification.objects.get(about=f"meeting:{meeting.pk}")
    assert told.user == zone.users["dahuangshan"]
    assert "14:30" in told.body
    assert DispatchMeeting.objects.visible_to(zone.actor("dahuangshan")).get() == meeting
    assert not DispatchMeeting.objects.visible_to(zone.actor("huzhuang1")).exists()


def test_other_time_is_told_and_counts_the_calendars_version(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = called(zone)
    same = {
        name: getattr(meeting, name)
        for name in (
            *("title", "form", "place", "chair_name", "recorder_name"),
            *("cap_minutes", "speech_minutes"),
        )
    }
    meetings.edit(
        meeting=meeting,
        revision=meeting.revision,
        by=zone.actor("zone"),
        starts_at=START + dt.timedelta(days=1),
        **same,
    )
    meeting.refresh_from_db()
    assert meeting.sequence == 1
    assert Notification.objects.filter(title__startswith="会议有变动").count() == 1
    meetings.cancel(
        meeting=meeting, reason="改为下月合并召开", revision=meeting.revision, by=zone.actor("zone")
    )
    assert DispatchMeeting.objects.get().sequence == 2
    assert AgendaCard.objects.backlog().count() == 1


def test_outcomes_are_written_only_while_it_is_in_progress(zone: Zone) -> None:
    meeting = called(zone)
    card = AgendaCard.objects.select_related("meeting__organization").get()
    decided = Typed(OutcomeKind.TEXT, "组织生活可按班次分两场开")
    with pytest.raises(MovedOn):
        outcomes.write(card=card, uid=uuid.uuid4(), typed=decided, by=zone.actor("zone"))
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    with pytest.raises(NotAllowed):
        outcomes.write(card=card, uid=uuid.uuid4(), typed=decided, by=zone.actor("dahuangshan"))
    uid = uuid.uuid4()
    first = outcomes.write(card=card, uid=uid, typed=decided, by=zone.actor("zone"))
    # The line broke and it was sent again: one outcome.
    outcomes.write(card=card, uid=uid, typed=decided, by=zone.actor("zone"))
    assert card.outcomes.count() == 1
    again = Typed(OutcomeKind.TEXT, "改过一次的结论")
    outcomes.write(card=card, uid=uid, typed=again, by=zone.actor("zone"), revision=first.revision)
    with pytest.raises(Stale):
        outcomes.write(
            card=card,
            uid=uid,
            typed=Typed(OutcomeKind.TEXT, "另一个记录人写的字"),
            by=zone.actor("zone"),
            revision=first.revision,
        )
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    with pytest.raises(MovedOn):
        outcomes.write(card=card, uid=uuid.uuid4(), typed=decided, by=zone.actor("zone"))
    amendment = meetings.amend(
        meeting=meeting, card=card, text="两场都要有记录", by=zone.actor("zone")
    )
    assert amendment.by_name == zone.users["zone"].name


def test_new_item_has_its_number_while_it_is_typed_and_is_given_out_at_the_end(zone: Zone) -> None:
    meeting, card = opened(zone)
    uid = uuid.uuid4()

    def typed(text: str) -> Typed:
        return Typed(OutcomeKind.NEW_ITEM, text, owners=[zone.street], due_on=dt.date(2026, 7, 31))

    outcome = outcomes.write(card=card, uid=uid, typed=typed("补齐十月的"), by=zone.actor("zone"))
    assert outcome.item is not None
    assert outcome.item.number == "〔2026〕1号"
    assert not ActionItem.objects.visible_to(zone.actor("dahuangshan")).exists()
    outcomes.write(
        card=card,
        uid=uid,
        typed=typed("补齐十月的组织生活"),
        by=zone.actor("zone"),
        revision=outcome.revision,
    )
    other = outcomes.write(
        card=card, uid=uuid.uuid4(), typed=typed("这一条会上又删去"), by=zone.actor("zone")
    )
    outcomes.remove(outcome=other, revision=other.revision, by=zone.actor("zone"))
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    first, second = ActionItem.objects.order_by("serial")
    assert (first.state, first.title) == (ActionState.ISSUED, "补齐十月的组织生活")
    assert second.state == ActionState.CANCELLED, "its number stays its own"
    assert first.links.get().source_kind == "dispatch"
    assert ActionItem.objects.visible_to(zone.actor("dahuangshan")).get() == first


def test_card_goes_to_a_later_meeting_and_these_minutes_stay_whole(zone: Zone) -> None:
    meeting, card = opened(zone)
    outcomes.write(
        card=card,
        uid=uuid.uuid4(),
        typed=Typed(OutcomeKind.TEXT, "下次会再议，先摸清底数"),
        by=zone.actor("zone"),
    )
    later = cards.defer(card=card, by=zone.actor("zone"))
    assert later.copied_from == card
    assert (later.meeting, later.deferred_count) == (None, 1)
    card.refresh_from_db()
    assert (card.meeting, card.is_deferred) == (meeting, True)
    assert cards.defer(card=card, by=zone.actor("zone")) == later, "pressed twice"
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    assert AgendaCard.objects.backlog().get() == later
    following = meetings.draft(
        series=meeting.series,
        period="2026-08",
        starts_at=START + dt.timedelta(days=30),
        by=zone.actor("zone"),
    )
    placed = cards.place(card=later, meeting=following, by=zone.actor("zone"))
    with pytest.raises(Conflict):
        cards.place(card=later, meeting=following, by=zone.actor("zone"))
    again = cards.defer(card=placed, by=zone.actor("zone"))
    assert again.deferred_count == 2
    placed = cards.place(card=again, meeting=following, by=zone.actor("zone"))
    with pytest.raises(DomainError, match="顺延两次"):
        cards.defer(card=placed, by=zone.actor("zone"))
    assert cards.defer(card=placed, by=zone.actor("zone"), reason="等财政批复").deferred_count == 3


def test_what_nobody_came_to_stands_in_the_backlog_again(zone: Zone) -> None:
    meeting, _ = opened(zone)
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    assert AgendaCard.objects.backlog().get().deferred_count == 1


def test_committee_proposes_and_sees_its_own_alone(zone: Zone) -> None:
    meeting = drafted(zone)
    proposed = cards.propose(
        series=meeting.series,
        content=content("夜班职工党员的组织生活时间", topic=Topic.PROPOSED),
        by=zone.actor("dahuangshan"),
    )
    with pytest.raises(NotAllowed):
        cards.propose(series=meeting.series, content=content(), by=zone.actor("huzhuang1"))
    seen = AgendaCard.objects.backlog()
    assert seen.visible_to(zone.actor("dahuangshan")).get() == proposed
    assert not seen.visible_to(zone.actor("jinshanqiao")).exists()
    assert seen.visible_to(zone.actor("zone")).get() == proposed
    with pytest.raises(NotAllowed):
        cards.remove(card=proposed, by=zone.actor("jinshanqiao"))
    with pytest.raises(NotAllowed):
        cards.place(card=proposed, meeting=meeting, by=zone.actor("dahuangshan"))
    assert not MeetingSeries.objects.visible_to(zone.actor("dahuangshan")).exists()


def test_cards_are_arranged_within_their_sections(zone: Zone) -> None:
    meeting = drafted(zone)
    first, second, bright = (
        cards.add(meeting=meeting, content=one, by=zone.actor("zone"))
        for one in (
            content("第一"),
            content("第二"),
            content("亮点", section=Section.HIGHLIGHTS, topic=Topic.HIGHLIGHT),
        )
    )
    cards.arrange(meeting=meeting, order=[bright.pk, second.pk, first.pk], by=zone.actor("zone"))
    assert [card.title for card in AgendaCard.objects.on_agenda()] == ["第二", "第一", "亮点"]
    cards.shift(card=second, steps=1, by=zone.actor("zone"))
    assert [card.title for card in AgendaCard.objects.on_agenda()] == ["第一", "第二", "亮点"]
    same = cards.add(meeting=meeting, content=content(origin="auto:x"), by=zone.actor("zone"))
    assert (
        cards.add(meeting=meeting, content=content(origin="auto:x"), by=zone.actor("zone")) == same
    )


def test_attendance_is_written_by_the_recorder_and_nothing_is_assumed(zone: Zone) -> None:
    deputy_secretary(zone)
    meeting = called(zone)
    row = Attendance.objects.get(person_name="康红涛")
    assert row.presence == Presence.UNRECORDED
    with pytest.raises(NotAllowed):
        meetings.send_deputy(
            attendance=row, deputy_name="李勇", reason="外出", by=zone.actor("jinshanqiao")
        )
    meetings.send_deputy(
        attendance=row, deputy_name="李勇", reason="外出", by=zone.actor("dahuangshan")
    )
    meetings.open_meeting(meeting=meeting, by=zone.actor("zone"))
    given = {row.pk: (Presence.PRESENT, "", "")}
    assert meetings.record_attendance(meeting=meeting, given=given, by=zone.actor("zone")) == 1
    assert meetings.record_attendance(meeting=meeting, given=given, by=zone.actor("zone")) == 0
    with pytest.raises(DomainError):
        meetings.record_attendance(
            meeting=meeting, given={row.pk: (Presence.DEPUTY, "", "")}, by=zone.actor("zone")
        )
    meetings.close(meeting=meeting, by=zone.actor("zone"))
    with pytest.raises(MovedOn):
        meetings.record_attendance(
            meeting=meeting, given={row.pk: (Presence.ABSENT, "", "")}, by=zone.actor("zone")
        )


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_races() -> None:
    """Two recorders on one outcome; one card moved and edited. (Threads have their own clock.)"""
    zone = build_zone()
    meeting, card = opened(zone)
    uid = uuid.uuid4()
    first = outcomes.write(
        card=card, uid=uid, typed=Typed(OutcomeKind.TEXT, "起初的结论"), by=zone.actor("zone")
    )

    card.refresh_from_db()

    def write(text: str) -> Any:
        def run() -> Any:
            with clock.at(NOW):
                return outcomes.write(
                    card=AgendaCard.objects.select_related("meeting__organization").get(pk=card.pk),
                    uid=uid,
                    typed=Typed(OutcomeKind.TEXT, text),
                    by=zone.actor("zone"),
                    revision=first.revision,
                )

        return run

    results = run_together([write("甲写的结论"), write("乙写的结论")])
    assert sorted(type(one.error).__name__ for one in results) == ["NoneType", "Stale"], results

    seen = card.revision  # of the page that both have open; an act moves its own row on

    def theirs() -> AgendaCard:
        return AgendaCard.objects.select_related("meeting__organization").get(pk=card.pk)

    def defer() -> Any:
        with clock.at(NOW):
            return cards.defer(card=theirs(), by=zone.actor("zone"), revision=seen)

    def edit() -> Any:
        with clock.at(NOW):
            return cards.edit(
                card=theirs(),
                content=content("改过的题目"),
                revision=seen,
                by=zone.actor("zone"),
            )

    results = run_together([defer, edit])
    assert sorted(type(one.error).__name__ for one in results) == ["NoneType", "Stale"], results
    assert meeting.state == MeetingState.OPEN
