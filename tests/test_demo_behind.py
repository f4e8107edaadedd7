"""The demo zone is the same whether its months come at once or behind the newest ones."""

import datetime as dt
import re
from collections import Counter
from typing import Any

import pytest
from django.db import transaction

from core import actor, clock, demo, effects
from core.models import Effect
from members.models import Member, MembershipExit
from orgs.enums import OrganizationClass
from orgs.models import (
    OfficeHolding,
    Organization,
    OrganizationEvent,
    RoleGrant,
    User,
)
from orgs.roles import WORK_ROLES
from schedules.action_items.enums import (
    ActionState,
    ActionStepKind,
    ExtensionState,
    FeedbackKind,
    FeedbackState,
    LineState,
    Look,
    Priority,
    Shape,
)
from schedules.action_items.models import (
    ActionItem,
    ActionLine,
    ActionLink,
    ActionStanding,
    ActionStep,
    Extension,
    Feedback,
    NumberSeries,
)
from schedules.dispatch.enums import VisitState
from schedules.dispatch.models import (
    FieldVisit,
    TourNote,
    TourStop,
    VisitDraw,
    VisitFinding,
)
from schedules.life.demo import meetings as life
from schedules.life.enums import (
    MAKE_UP_KINDS,
    AbsenceReason,
    MeetingKind,
    Presence,
    StudyKind,
)
from schedules.life.enums import MeetingState as RecordState
from schedules.life.models import (
    Appraisal,
    AppraisalResult,
    Attendance,
    Exemption,
    GroupMembership,
    LifeStep,
    Meeting,
    MeetingUnit,
    PlannedMeeting,
    Problem,
    ProblemList,
    StudyRecord,
    Talk,
    Vote,
    YearPlan,
)
from schedules.life.rules import RULES
from schedules.rounds.actions import opening
from schedules.rounds.enums import DutyState, ItemKind
from schedules.rounds.models import (
    Duty,
    DutyStanding,
    Report,
    ReportItem,
    ReportMark,
    ReportMarkStep,
    ReportStep,
    ReportVersion,
    Rollup,
)
from schedules.themes.models import FinderFigure, FinderMonth

from .standing import Standing

PASSWORD = "Correct-Horse-9-demo"


MOMENT = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
# What makes two zones the same: all but primary keys, sealed texts and the moments of counting.
COMPARED: dict[Any, tuple[str, ...]] = {
    FinderFigure: ("key", "period", "part", "whole", "reached", "short", "none", "unknown"),
    FinderMonth: ("figure__key", "period", "part", "whole", "known"),
    Talk: (
        *("uid", "organization__path", "held_on", "place", "pair", "talker__uid"),
        *("partner__uid", "is_on_paper", "recorded_at", "written_by_name"),
    ),
    Organization: ("path", "name", "founded_on", "term_ends_on", "contact_name"),
    Member: ("uid", "name", "identity_index", "organization__path", "state"),
    User: ("username", "name", "uid"),
    OfficeHolding: (
        *("organization__path", "post", "person_name", "user__username", "started_on", "ended_on"),
    ),
    Duty: (
        *("plan__key", "period", "organization__path", "state", "due_at", "submitted_at"),
        *("finished_at", "opened_at", "done_count", "phase", "revision"),
    ),
    Report: (
        *("period", "organization__path", "state", "revision"),
        *("submitted_by_name", "checked_by_path", "definition__key"),
    ),
    ReportItem: (
        *(
            "report__period",
            "report__organization__path",
            "key",
            "state",
            "value",
            "use",
            "sent_text",
        ),
        *("return_reason", "checked_by_name", "checked_at"),
    ),
    ReportMark: (
        *("report__period", "organization__path", "committee__path", "text", "note", "state"),
        *("answer", "marked_by_name", "answered_by_name", "answered_at", "revision"),
    ),
    ReportMarkStep: ("mark__report__period", "mark__organization__path", "kind", "at", "text"),
    ReportStep: ("report__period", "report__organization__path", "kind", "at", "by_name", "text"),
    ReportVersion: ("report__period", "report__organization__path", "revision", "values"),
    DutyStanding: ("plan__key", "period", "path", "state", "submitted_at"),
    ActionItem: (
        *("issuer__path", "year", "serial", "part", "owner__path", "title", "state", "shape"),
        *("drafted_at", "due_on", "late_days", "verified_at", "look", "revision"),
        *("parent__serial", "relapse_of__serial", "reported_by_name", "verified_by_name"),
    ),
    ActionLine: ("item__serial", "item__year", "position", "problem", "state", "late_days"),
    ActionStep: ("item__serial", "item__year", "item__part", "kind", "at", "by_name", "text"),
    ActionStanding: (
        *("item__serial", "item__year", "item__part", "owner__path", "state", "receipt_due_on"),
        *("due_on", "since", "until"),
    ),
    Extension: ("item__serial", "item__year", "due_before", "wanted_on", "state", "asked_at"),
    NumberSeries: ("organization__path", "year", "last"),
    Feedback: ("written_by_name", "written_at", "text", "state", "answer", "late_days"),
    # Not who visits: lots of people go by the numbers of their accounts, other ones in each database.
    VisitDraw: ("title", "seed", "state", "count", "drawn_at", "published_at"),
    FieldVisit: (
        *("holder__path", "organization__path", "draw__seed", "state", "visit_on", "notes"),
        *("conclusion", "done_at", "cancel_reason"),
    ),
    VisitFinding: ("uid", "text", "item__issuer__path", "item__year", "item__serial"),
    ActionLink: ("item__issuer__path", "item__year", "item__serial", "source_kind", "label"),
    Meeting: (
        *("uid", "version", "organization__path", "kind", "held_on", "starts_at", "topic"),
        *("agenda", "summary", "resolutions", "state", "return_reason", "text_digest"),
        *("recorded_at", "written_at", "superseded_at", "written_by_name", "chair_name"),
    ),
    MeetingUnit: (
        *("meeting__uid", "meeting__version", "organization__path", "expected_count"),
        *("present_count", "absent_count", "extra_count", "unexcused_count"),
    ),
    Attendance: (
        *("meeting__uid", "meeting__version", "member__uid", "organization__path"),
        *("is_expected", "presence", "reason", "approver_name"),
    ),
    Vote: ("meeting__uid", "number", "subject", "entitled", "present", "for_count"),
    LifeStep: ("meeting__uid", "meeting__version", "kind", "at", "by_name", "text"),
    GroupMembership: ("group__path", "member__uid", "is_leader", "since", "until"),
    Exemption: ("member__uid", "reason", "since", "until", "written_at"),
    StudyRecord: (
        *("uid", "batch", "member__uid", "organization__path", "kind", "title", "started_on"),
        *("ended_on", "minutes", "half_days", "is_central_course", "makes_up", "recorded_at"),
        *("confirmed_by_name", "written_by_name"),
    ),
    ProblemList: ("record_uid", "organization__path", "year", "written_at", "written_by_name"),
    Problem: (
        *("list__record_uid", "uid", "member__uid", "number", "text", "measure", "state"),
        *("responsible_name", "due_text", "due_on", "outcome", "carried_from", "written_at"),
    ),
    Appraisal: (
        *("record_uid", "organization__path", "year", "given_count", "returned_count"),
        *("valid_count", "written_at", "written_by_name"),
    ),
    AppraisalResult: (
        *("appraisal__record_uid", "member__uid", "is_probationary", "excellent_count"),
        *("qualified_count", "basic_count", "failed_count", "grade"),
    ),
    YearPlan: ("organization__path", "year", "party_day", "written_at", "written_by_name"),
    PlannedMeeting: (
        *("plan__organization__path", "plan__year", "number", "month", "kind", "theme", "place"),
        "preparer_name",
    ),
    TourStop: ("meeting__uid", "organization__path", "arrives_at", "shows"),
    TourNote: ("uid", "text", "written_by_name", "item__year", "item__serial"),
    Rollup: (
        "plan__key",
        "period",
        "path",
        "expected",
        "submitted",
        "on_time",
        "late",
        "returned",
        "accepted",
    ),
}


# What the full zone has, beside what nobody counts.
KINDS: dict[tuple[Any, str], set[Any]] = {
    (Feedback, "kind"): set(FeedbackKind.values),
    (Feedback, "state"): set(FeedbackState.values),
    (Organization, "kind"): {
        *("work_committee", "direct_committee", "general_branch", "branch", "joint_branch"),
        "party_group",
    },
    (Organization, "organization_class"): set(OrganizationClass.values) - {"other"},
    (Organization, "has_committee"): {True, False},
    (OrganizationEvent, "kind"): {"founded", "re_elected", "extended", "abolished"},
    (OfficeHolding, "post"): {
        *("secretary", "deputy_secretary", "organization_commissioner"),
        *("publicity_commissioner", "discipline_commissioner", "organization_section_chief"),
    },
    (OfficeHolding, "appointment"): {"elected", "appointed"},
    (User, "admin_kind"): {"", "system", "security", "audit"},
    (RoleGrant, "role"): set(WORK_ROLES),
    (Member, "state"): {"normal", "suspended", "left"},
    (Member, "category"): {"full_member", "probationary_member"},
    (Member, "is_mobile"): {True, False},
    (Member, "is_lost_contact"): {True, False},
    (Member, "is_excused"): {True, False},
    (Member, "is_on_party_probation"): {True, False},
    (MembershipExit, "reason"): {
        *("transferred", "deceased", "resigned", "probation_cancelled", "expelled"),
    },
    (Duty, "state"): {"open", "submitted", "returned", "accepted"},
    (DutyStanding, "is_late"): {True, False},
    (Meeting, "kind"): {
        *(kind for kind, rule in RULES.items() if rule.cadence is not None),
        MeetingKind.VOLUNTEERING,
    },
    (StudyRecord, "kind"): {
        *MAKE_UP_KINDS,
        *(StudyKind.FULL_TIME, StudyKind.LECTURE, StudyKind.ONLINE, StudyKind.PRACTICE),
    },
    (StudyRecord, "is_central_course"): {True, False},
    (PlannedMeeting, "kind"): set(MeetingKind)
    - {MeetingKind.COMMITTEE_MEETING, MeetingKind.GROUP_MEETING, MeetingKind.DUAL_LIFE},
    (Meeting, "state"): set(RecordState.values),
    (Meeting, "version"): {1, 2},
    (Meeting, "is_on_paper"): {True, False},
    (Attendance, "presence"): set(Presence.values),
    (Attendance, "reason"): {"", *AbsenceReason.values},
    (LifeStep, "kind"): {"recorded", "changed", "thanked", "returned", "withdrawn"},
    (ReportItem, "kind"): set(ItemKind.values),
    (ReportItem, "state"): {"draft", "submitted", "returned", "accepted"},
    (ReportMark, "state"): {"marked", "unmarked"},
    (ReportMarkStep, "kind"): {"marked", "unmarked", "answered"},
    (ReportStep, "kind"): {"submitted", "returned", "resubmitted", "accepted"},
    (ReportVersion, "is_submission"): {True},
    (ActionItem, "state"): set(ActionState.values),
    (ActionItem, "shape"): set(Shape.values),
    (ActionItem, "priority"): set(Priority.values),
    (ActionItem, "look"): set(Look.values),
    (ActionItem, "source_kind"): {"by_hand", "relapse", "visit", "tour", "weak_case"},
    (ActionLink, "source_kind"): {"visit", "tour", "weak_case", "project"},
    (VisitDraw, "state"): {"seeded", "drawn"},
    (FieldVisit, "state"): set(VisitState.values),
    (ActionLine, "state"): set(LineState.values),
    (Extension, "state"): set(ExtensionState.values),
    (ActionStep, "kind"): set(ActionStepKind.values)
    - {"withdrawn", "unlinked", "gathered", "escalated"},
}


def _reports() -> Any:
    return Duty.objects.filter(plan__fulfilment="report")


def _seed(months: int, at_once: int = 0) -> None:
    demo.seed(
        months=demo.months_of(until="", count=months),
        password=PASSWORD,
        by=actor.system(),
        small=True,
        at_once=at_once,
    )


def _rows() -> dict[str, list[Any]]:
    """Every row as a text; addresses within it name organisations by their paths."""
    paths = dict(Organization.objects.values_list("pk", "path"))

    def told(row: tuple[Any, ...]) -> str:
        return re.sub(
            r"(organizations/|organization=)(\d+)",
            lambda found: found[1] + paths[int(found[2])],
            repr(row),
        )

    return {
        model.__name__: sorted(map(told, model.objects.values_list(*fields)))
        for model, fields in COMPARED.items()
    }


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "LONGEST_PAUSE", 0.0)


@pytest.fixture(scope="module")
def at_once(
    django_db_setup: None, django_db_blocker: Any, worlds: Standing
) -> dict[str, list[Any]]:
    """Four months of the small zone, written at once; the database is empty again."""
    with django_db_blocker.unblock():
        worlds.reach([])  # nothing of the tests before stands there
    with django_db_blocker.unblock(), clock.at(MOMENT), transaction.atomic():
        _seed(4)
        rows = _rows()
        rows["kinds"] = [
            (model.__name__, field, frozenset(model.objects.values_list(field, flat=True)))
            for model, field in KINDS
        ]
        transaction.set_rollback(True)
    return rows


def test_months_filled_behind_are_the_same(db: None, no_pauses: None, at_once: Any) -> None:
    with clock.at(MOMENT):
        _seed(4, at_once=2)
        assert set(_reports().values_list("period", flat=True)) == {"2026-10", "2026-11"}
        assert demo.progress() == "演示数据正在补齐较早的月份（已到2026年10月）…"
        effects.run_due()
        assert demo.progress() == ""
        for name, rows in _rows().items():
            assert rows == at_once[name], name


def test_filling_goes_on_where_it_was_interrupted(
    db: None, no_pauses: None, at_once: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of the second month: some organisations are written, the others not."""
    from schedules.rounds.demo import rounds

    insert, calls = rounds._Rows.insert, []

    def interrupted(rows: Any, seeding: Any) -> None:
        calls.append(rows.duties[0].period)
        if len(calls) == 4:
            raise RuntimeError("the machine stopped")
        insert(rows, seeding)

    with clock.at(MOMENT):
        _seed(4, at_once=2)
        monkeypatch.setattr(rounds._Rows, "insert", interrupted)
        effects.run_due()
        written = Counter(_reports().values_list("period", flat=True))
        assert 0 < written["2026-08"] < written["2026-09"]
        assert demo.progress() == "演示数据正在补齐较早的月份（已到2026年9月）…"
    with clock.at(MOMENT + dt.timedelta(minutes=5)):
        effects.run_due()
        assert demo.progress() == ""
        assert calls.count("2026-09") == 2  # not drawn a second time
    for name, rows in _rows().items():
        assert rows == at_once[name], name


def test_records_go_on_where_they_were_interrupted(
    db: None, no_pauses: None, at_once: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the middle of a month of organisation life; a record is there with its roll or not at all."""
    write, calls = life._write, []

    def interrupted(seeding: Any, some: Any) -> None:
        if seeding.is_again:
            calls.append(some[0].day.month)
            if len(calls) == 3:
                raise RuntimeError("the machine stopped")
        write(seeding, some)

    monkeypatch.setattr(life, "TOGETHER", 30)
    with clock.at(MOMENT):
        _seed(4, at_once=2)
        monkeypatch.setattr(life, "_write", interrupted)
        older = Meeting.objects.filter(held_on__lt="2026-10-01").exclude(state="withdrawn")
        ahead = older.values("uid").distinct().count()
        effects.run_due()
        assert older.values("uid").distinct().count() == ahead + 60
        assert not older.filter(units=None).exists()
    with clock.at(MOMENT + dt.timedelta(minutes=5)):
        effects.run_due()
        assert demo.progress() == ""
    for name, rows in _rows().items():
        assert rows == at_once[name], name


def test_schedule_finds_last_years_duties_done_before_its_months_are_there(
    db: None,
) -> None:
    """The schedule settles the period before at its first stroke: what was held then is there."""
    with clock.at(MOMENT):
        _seed(24, at_once=2)
        yearly = Duty.objects.filter(plan__key="life_meeting", period="2025")
        done = yearly.filter(state=DutyState.ACCEPTED).count()
        assert done > 30
        assert Meeting.objects.filter(held_on__year=2025).values("kind").distinct().count() == 2
        opening.open_due_periods(by=actor.system())
        assert yearly.filter(state=DutyState.ACCEPTED).count() == done


def test_filling_goes_on_in_another_effect_when_it_takes_long(
    db: None, no_pauses: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "SECONDS", -1.0)
    _seed(3, at_once=1)
    effects.run_due()
    done = Effect.objects.filter(kind=demo.KIND)
    assert [(row.state, row.payload["left"]) for row in done.order_by("pk")] == [
        (Effect.State.DONE, [demo.months_of(until="", count=3)[0]]),
        (Effect.State.DONE, []),
    ]
    assert _reports().values("period").distinct().count() == 3


def test_work_that_somebody_took_over_keeps_no_progress(db: None) -> None:
    given = {"left": ["2024-02", "2024-01"]}
    row = Effect.objects.create(
        key="x",
        kind=demo.KIND,
        payload=given,
        state=Effect.State.LEASED,
        lease_token="a",
        attempts=3,
        not_before=clock.now(),
        created_at=clock.now(),
    )
    mine = Effect.objects.get()
    effects.keep(mine, left=["2024-01"])
    row.refresh_from_db()
    assert (row.payload, row.attempts) == ({"left": ["2024-01"]}, 1)
    Effect.objects.update(lease_token="b")
    with pytest.raises(effects.LeaseLost):
        effects.keep(mine, left=[])
    row.refresh_from_db()
    assert row.payload == {"left": ["2024-01"]}


def test_small_zone_has_every_kind_of_row(at_once: Any) -> None:
    found = {(name, field): values for name, field, values in at_once["kinds"]}
    for (model, field), wanted in KINDS.items():
        assert found[model.__name__, field] == wanted, (model, field)
