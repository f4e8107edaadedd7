"""Organisation life of the demo zone: its records keep the rules that people's records keep."""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

import pytest

from core import actor, clock, demo, periods
from core.models import AuditEntry
from members.models import MemberStanding
from members.models.member import ENTITLED
from orgs.enums import OrganizationKind
from orgs.models import Organization
from schedules.life.demo import meetings as life
from schedules.life.demo.counted import KEYS
from schedules.life.enums import HELD, LifeStepKind, MeetingKind, MeetingState, Presence
from schedules.life.models import (
    Attendance,
    Exemption,
    GroupMembership,
    LifeStep,
    Meeting,
    MeetingUnit,
    Vote,
)
from schedules.life.queries.done import days_of
from schedules.life.queries.rolls import roll_of
from schedules.life.rules import RULES, kind_of
from schedules.rounds.actions import opening
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, ReportDefinition
from schedules.rounds.queries.calendar import noon_of

from .demo_world import MOMENT, MONTHS

pytestmark = pytest.mark.usefixtures("demo_months")


def _records() -> Any:
    return Meeting.objects.select_related("organization__parent").order_by("pk")


def test_all_who_are_expected_have_a_row() -> None:
    units = list(MeetingUnit.objects.select_related("meeting", "organization__parent"))
    rows: dict[tuple[int, int], dict[int, bool]] = defaultdict(dict)
    for meeting, place, member, is_expected in Attendance.objects.values_list(
        "meeting_id", "organization_id", "member_id", "is_expected"
    ):
        rows[meeting, place][member] = is_expected
    looked_at = Counter[str]()
    for unit in units[::6]:
        kind = MeetingKind(unit.meeting.kind)
        roll = roll_of(unit.organization, kind, unit.meeting.held_on)
        marked = rows[unit.meeting_id, unit.organization_id]
        expected = {one.member_id for one in roll.expected}
        assert expected == {pk for pk, is_expected in marked.items() if is_expected}, unit.meeting
        assert marked.keys() <= {one.member_id for one in roll.people}
        looked_at[kind] += 1
    assert set(looked_at) >= {"party_day", "committee_meeting", "group_meeting", "lesson"}


def test_counts_are_those_of_the_rolls() -> None:
    found: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    for row in Attendance.objects.all():
        count = found[row.meeting_id, row.organization_id]
        count["expected"] += row.is_expected
        count[f"{row.presence} {row.is_expected}"] += 1
        count[row.reason] += 1
    for unit in MeetingUnit.objects.select_related("meeting"):
        count = found[unit.meeting_id, unit.organization_id]
        assert unit.expected_count == count["expected"], unit.meeting
        is_chosen = unit.meeting.kind == MeetingKind.VOLUNTEERING
        assert is_chosen == (unit.expected_count == 0), "nobody is expected at 志愿服务"
        assert unit.present_count + unit.extra_count > 0, unit.meeting
        assert unit.present_count == count["present True"]
        assert unit.absent_count == count["absent True"]
        assert unit.extra_count == count["present False"]
        assert unit.unexcused_count == count["none"]
    assert not Attendance.objects.filter(presence=Presence.ABSENT, is_expected=False).exists()
    assert not Attendance.objects.filter(presence=Presence.GUEST, is_expected=True).exists()


def test_records_lie_where_their_organisations_were() -> None:
    now = clock.now()
    first = periods.first_day(demo.months_of(until="", count=MONTHS)[0])
    for record in _records().prefetch_related("units__organization"):
        assert first <= record.held_on <= clock.today()
        assert record.held_on <= record.recorded_at.date() <= record.written_at.date()
        assert record.written_at < now
        units = [unit.organization for unit in record.units.all()]
        assert units[0] == record.organization
        for place in units:
            assert place.founded_on is None or place.founded_on <= record.held_on
            assert place.abolished_on is None or record.held_on < place.abolished_on
    for record in Meeting.objects.filter(version=2):
        before = Meeting.objects.get(uid=record.uid, version=1)
        assert before.superseded_at == record.written_at
        assert before.recorded_at == record.recorded_at
        assert list(before.attendances.values_list("member_id", "presence")) == list(
            record.attendances.values_list("member_id", "presence")
        )


def test_zone_has_every_kind_of_record() -> None:
    owed = {kind for kind, rule in RULES.items() if rule.cadence is not None}
    assert set(Meeting.objects.values_list("kind", flat=True)) == {
        *owed,
        MeetingKind.VOLUNTEERING,
    }
    assert set(Meeting.objects.values_list("state", flat=True)) == set(MeetingState)
    by_hand = {LifeStepKind.IMPORTED, LifeStepKind.JOINED}  # done by people alone
    assert set(LifeStep.objects.values_list("kind", flat=True)) == set(LifeStepKind) - by_hand
    assert set(Attendance.objects.values_list("presence", flat=True)) == set(Presence)
    assert Meeting.objects.filter(version=2).exists()
    assert Meeting.objects.filter(is_on_paper=True).exists()
    assert Meeting.objects.filter(units__organization__isnull=False).count() > (
        Meeting.objects.count()
    ), "some are held together"
    copied = Meeting.objects.current().exclude(text_digest="").values_list("text_digest", flat=True)
    assert len(set(copied)) < len(copied), "some words are copied"
    assert Exemption.objects.exists()
    groups = Organization.objects.filter(kind=OrganizationKind.PARTY_GROUP)
    assert groups.exists()
    for group in groups:
        assert GroupMembership.objects.filter(group=group, is_leader=True).count() == 1
        assert group.parent is not None
        assert group.group_members.exclude(member__organization=group.parent).count() == 0


def test_votes_have_a_quorum_of_those_entitled() -> None:
    votes = list(Vote.objects.select_related("meeting"))
    assert votes
    for vote in votes:
        record = vote.meeting
        assert record.kind == MeetingKind.GENERAL_MEETING
        entitled = MemberStanding.objects.on(record.held_on).filter(
            ENTITLED, organization=record.organization_id
        )
        assert vote.entitled == entitled.count()
        assert vote.tally.has_quorum
        assert not vote.tally.objections()
        assert vote.present == vote.for_count + vote.against_count + vote.abstained_count


def test_duties_agree_with_the_records() -> None:
    duties = list(Duty.objects.filter(plan__fulfilment__startswith="life.").select_related("plan"))
    by_kind: dict[MeetingKind, list[Duty]] = defaultdict(list)
    for duty in duties:
        kind = kind_of(duty.plan.fulfilment)
        assert kind is not None
        by_kind[kind].append(duty)
    states = Counter[tuple[str, str]]()
    for kind, some in by_kind.items():
        done = days_of(kind)(some)
        for duty in some:
            days = done[duty.pk]
            assert duty.done_count == len(days), (kind, duty.organization, duty.period)
            assert (duty.state == DutyState.ACCEPTED) == bool(days)
            assert duty.submitted_at == (noon_of(days[0]) if days else None)
            assert duty.phase == duty.phase_at(clock.now())
            states[duty.state, duty.phase] += 1
    assert set(by_kind) == {kind for kind, rule in RULES.items() if rule.cadence is not None}
    assert {state for state, _ in states} == {"open", "accepted"}
    assert {phase for _, phase in states} >= {"running", "due"}


def test_plans_ask_for_what_the_portal_would_open() -> None:
    """Opened by the schedule, nothing is missing and nothing comes twice."""
    plans = list(Plan.objects.filter(fulfilment__startswith="life."))
    assert len(plans) == 7
    before = Duty.objects.filter(plan__in=plans).count()
    for plan in plans:
        newest = Duty.objects.filter(plan=plan).order_by("-due_on").values_list("period")[0][0]
        assert newest == periods.containing(clock.today(), plan.cadence)
        assert opening.open_period(plan=plan, period=newest, by=actor.system()) == 0
    opening.open_due_periods(by=actor.system())
    assert Duty.objects.filter(plan__in=plans).count() == before
    assert not AuditEntry.objects.filter(verb="schedules.duty.settle").exists()


def test_reports_say_what_the_records_said_then() -> None:
    """What the demo tells of its figures is what the rows give that were known at the moment."""
    told = life.counted.Counted().tell
    month = demo.months_of(until="", count=MONTHS)[1]
    first, last = periods.first_day(month), periods.last_day(month)
    for moment in (MOMENT, noon_of(last), noon_of(first + dt.timedelta(days=14))):
        units = MeetingUnit.objects.filter(
            meeting__in=Meeting.objects.known(moment).filter(state__in=HELD),
            meeting__held_on__range=(first, last),
        ).select_related("organization", "meeting")
        for place in Organization.objects.filter(depth__lte=2):
            below = [one for one in units if one.organization.path.startswith(place.path)]
            assert told("life_held", place, month, moment) == len(below)
            assert told("life_present", place, month, moment) == sum(
                one.present_count for one in below
            )
            days = [one for one in below if one.meeting.kind == MeetingKind.PARTY_DAY]
            assert told("life_party_day", place, month, moment) == len(days)
    root = Organization.objects.get(depth=1)
    assert told("life_held", root, month, MOMENT) > 100  # type: ignore[operator]
    assert told("members_on_roll", root, month, MOMENT) is None
    asked = {
        key
        for form in ReportDefinition.objects.all()
        for item in form.items
        for key in item.get("figures", ())
        if key.startswith("life_")
    }
    assert asked
    assert asked <= set(KEYS)


def test_words_name_nobody_and_fit_their_columns() -> None:
    for record in Meeting.objects.all():
        record.full_clean(
            exclude=["organization", "uid", "state", "superseded_at", "written_by_id"]
        )
        assert "{" not in record.summary + record.topic + record.agenda + record.resolutions
        assert len(record.topic) >= 2


def test_seeding_is_kept_for_parts_to_come() -> None:
    seeding = demo.Seeding(
        now=MOMENT, months=demo.months_of(until="", count=MONTHS), small=True, is_again=True
    )
    for part in demo.parts()[:4]:
        part.code.build(seeding)
    kept = seeding.of(life.Life)
    month = seeding.months[1]
    stored = set(
        Meeting.objects.filter(
            held_on__range=(periods.first_day(month), periods.last_day(month))
        ).values_list("uid", flat=True)
    )
    assert {held.uid for held in kept.draws.of(month)} <= stored
    assert len(stored) > 100
