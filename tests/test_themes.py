"""一季一主题: drafted, published with its start taken down, changed while it runs, concluded."""

import dataclasses
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from core import clock, periods
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Effect
from core.states import MovedOn, Stale
from orgs.models import Organization
from schedules.dispatch.models import DispatchMeeting
from schedules.rounds.actions import opening
from schedules.rounds.models import Duty, Plan
from schedules.themes.actions import drafting, readings, running
from schedules.themes.actions.drafting import Aim, KeyDate
from schedules.themes.enums import Outcome
from schedules.themes.models import Theme, ThemeMonth, ThemePlace, ThemeRemark, ThemeStanding
from schedules.themes.queries.steps import step_kinds
from schedules.themes.queries.sums import by_committee, totals_of
from tests.access_objects import dispatch_meeting, own
from tests.theme_world import (
    BEFORE,
    JULY_2,
    QUARTER,
    SHANGHAI,
    Told,
    drafted,
    fresh,
    planned,
    published,
    read_lines,
    standing,
)
from tests.theme_world import told as told  # a fixture
from tests.world import Zone, make_organization

pytestmark = pytest.mark.django_db
OCTOBER = dt.datetime(2026, 10, 9, 9, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(JULY_2):
        yield


def by(zone: Zone) -> Any:
    return zone.actor("zone")


def shares(zone: Zone, told: Told) -> None:
    """Before: 8/10, 9/10 and, next door, 3/6. Now 9/10, nothing yet, 6/6."""
    a, b, c = zone.branch, zone.branch2, zone.neighbour_branch
    told.share(BEFORE, rows={a: (8, 10), b: (9, 10), c: (3, 6)})
    told.share(QUARTER, rows={a: (8, 10), b: (0, 0), c: (6, 6)})


# --- drafted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": "补"}, "title"),
        ({"title": " 　 "}, "title"),
        ({"basis": "细则"}, "basis"),
        ({"classes": ["nothing"]}, "classes"),
        ({"step_kind": "monthly_report"}, "step_kind"),
        ({"aims": []}, "aim_0"),
        ({"committees": [987654321]}, "committees"),
        ({"dates": [KeyDate("launch", dt.date(2026, 7, 5), meeting=987654321)]}, "meeting_launch"),
        ({"dates": [KeyDate("tour", dt.date(9999, 12, 31))]}, "on_tour"),
    ],
)
def test_what_is_wrong_with_a_draft_is_said_beside_it(
    zone: Zone, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        drafted(zone.root, by(zone), **more)
    assert refused.value.field == field
    assert not Theme.objects.exists()


@pytest.mark.parametrize(
    ("aims", "field"),
    [
        (["nothing"], "aim_0"),
        (["members_on_roll"], "aim_0"),  # registered, but nothing to be better at
        (["life_present", "life_present"], "aim_1"),
        ([("life_present", "100.01")], "goal_0"),
        (["life_present", ("items_overdue", "-1")], "goal_1"),
        ([("items_overdue", "100001")], "goal_0"),
        ([("life_present", 90, dt.date(2026, 10, 1))], "due_0"),
        (["life_present", ("items_overdue", 1, dt.date(2026, 6, 30))], "due_1"),
    ],
)
def test_what_is_wrong_with_an_aim_is_said_beside_it(
    zone: Zone, aims: list[Any], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        drafted(zone.root, by(zone), *aims)
    assert refused.value.field == field


def test_an_aim_of_nothing_is_refused_unless_nothing_is_the_best(zone: Zone) -> None:
    last = periods.last_day(QUARTER)
    with pytest.raises(DomainError, match="大于 0"):
        drafted(zone.root, by(zone), aims=[Aim("life_present", Decimal(0), last)])
    assert drafted(zone.root, by(zone), aims=[Aim("items_overdue", Decimal(0), last)]).is_draft


def test_six_figures_are_too_many(zone: Zone) -> None:
    keys = ("life_present", "life_unexcused", "life_on_time", "items_overdue", "study_made_up")
    assert drafted(zone.root, by(zone), *keys).figures.count() == 5
    with pytest.raises(DomainError, match="最多 5 个"):
        drafted(zone.root, by(zone), *keys, "study_reached")


@pytest.mark.parametrize(
    "quarter", ["2026-Q2", "2027-Q4", "2026-H2", "2026-07", "", "x", "9999-Q4"]
)
def test_only_this_quarter_and_the_four_to_come(zone: Zone, quarter: str) -> None:
    plan = dataclasses.replace(planned(("life_present", 90, dt.date(2026, 9, 30))), quarter=quarter)
    with pytest.raises(DomainError) as refused:
        drafting.create(organization=zone.root, plan=plan, by=by(zone))
    assert refused.value.field == "quarter"
    assert drafted(zone.root, by(zone), quarter="2027-Q3").quarter == "2027-Q3"


def test_a_draft_is_the_keepers_and_asked_for_twice_is_one(zone: Zone) -> None:
    first, again = drafted(zone.root, by(zone)), drafted(zone.root, by(zone))
    assert first == again
    # Another figure, day or committee is another draft: nothing that was typed is passed over.
    others = [
        drafted(zone.root, by(zone), "life_present", "items_overdue"),
        drafted(zone.root, by(zone), ("life_present", 91)),
        drafted(zone.root, by(zone), committees=[zone.street.pk]),
        drafted(zone.root, by(zone), dates=[KeyDate("tour", dt.date(2026, 8, 20))]),
    ]
    assert len({first, *others}) == 5
    assert drafted(zone.root, by(zone), title="到会再高一点") != first
    assert not Effect.objects.filter(kind="themes.line").exists()
    for name in ("committee", "reviewer", "dahuangshan", "huzhuang", "huzhuang1", "auditor"):
        assert not Theme.objects.visible_to(zone.actor(name)).exists(), name
    for name in ("dahuangshan", "committee", "huzhuang1"):
        with pytest.raises(NotAllowed):
            drafted(zone.root, zone.actor(name), title="别人的")


def test_a_draft_is_edited_from_the_newest_only_and_dropped_once(zone: Zone) -> None:
    theme = drafted(zone.root, by(zone), "life_present", "items_overdue")
    drafting.edit(
        theme=theme,
        revision=theme.revision,
        plan=planned("study_made_up", title="补课", committees=[zone.street.pk]),
        by=by(zone),
    )
    assert list(theme.figures.values_list("key", flat=True)) == ["study_made_up"]
    with pytest.raises(Stale):
        drafting.edit(theme=theme, revision=1, plan=planned(), by=by(zone))
    assert fresh(theme).title == "补课"
    drafting.drop(theme=theme, by=by(zone))
    for act in (
        lambda: drafting.drop(theme=theme, by=by(zone)),
        lambda: drafting.edit(theme=theme, revision=3, plan=planned(), by=by(zone)),
        lambda: running.publish(theme=theme, revision=3, by=by(zone)),
    ):
        with pytest.raises(MovedOn):
            act()


def test_key_dates_are_those_of_the_holders_meetings(zone: Zone) -> None:
    theirs = dispatch_meeting(own(zone))  # the street's, not the zone's
    assert DispatchMeeting.objects.filter(organization=zone.street).exists()
    with pytest.raises(DomainError, match="没有这次会议"):
        drafted(
            zone.root,
            by(zone),
            dates=[KeyDate("launch", dt.date(2026, 7, 20), meeting=theirs.pk)],
        )
    theme = drafted(zone.root, by(zone), dates=[KeyDate("tour", dt.date(2026, 8, 20), "看" * 50)])
    (row,) = theme.dates.all()
    assert (row.kind, row.note) == ("tour", "看" * 40)
    drafting.arrange(theme=theme, revision=1, dates=[], by=by(zone))
    assert not theme.dates.exists()
    with pytest.raises(Stale):
        drafting.arrange(theme=theme, revision=1, dates=[], by=by(zone))


# --- published ------------------------------------------------------------------------------------


def test_publishing_takes_down_the_start_and_where_each_is_now(zone: Zone, told: Told) -> None:
    shares(zone, told)
    theme = published(zone.root, by(zone), "sample_part")
    assert theme.is_running
    assert theme.published_by_name == "zone"
    rows = {
        one.place.organization_id: (
            *(one.start_part, one.start_whole, one.part, one.whole, one.short, one.outcome),
        )
        for one in ThemeStanding.objects.select_related("place")
    }
    assert rows == {
        zone.branch.pk: (8, 10, 8, 10, 1, Outcome.SHORT),
        zone.branch2.pk: (9, 10, 0, 0, 0, Outcome.NONE),
        zone.neighbour_branch.pk: (3, 6, 6, 6, 0, Outcome.REACHED),
    }
    (sums,) = totals_of(by(zone), theme).values()
    assert (sums.count, sums.measured, sums.reached, sums.short) == (3, 2, 1, 1)
    assert (sums.none, sums.unknown, sums.lacking) == (1, 0, 1)
    gauge = theme_gauge("sample_part")
    # Of all together, not the mean of shares: 20 of 26 and 14 of 16.
    assert (sums.start(gauge), sums.now(gauge)) == (pytest.approx(2000 / 26), 87.5)
    assert Effect.objects.filter(kind="themes.line").count() == 1


def theme_gauge(key: str) -> Any:
    from core.figures import gauged

    return gauged()[key][1]


def test_the_start_stays_whatever_is_put_right_afterwards(zone: Zone, told: Told) -> None:
    shares(zone, told)
    theme = published(zone.root, by(zone), "sample_part")
    told.share(BEFORE, rows={zone.branch: (10, 10)})
    told.share(QUARTER, rows={zone.branch: (9, 10), zone.branch2: (1, 2)})
    with clock.at(JULY_2 + dt.timedelta(days=30)):
        assert readings.read_now(theme=theme, by=system()) == 3
        assert readings.read_now(theme=theme, by=system()) == 0  # nothing is written twice
    row = standing(theme, zone.branch)
    assert (row.start_part, row.start_whole, row.part, row.outcome) == (8, 10, 9, "reached")
    assert standing(theme, zone.branch2).short == 1  # 90 % of two are both
    assert standing(theme, zone.neighbour_branch).outcome == Outcome.NONE


def test_what_nobody_can_tell_is_in_no_sum(zone: Zone, told: Told) -> None:
    told.say("sample_items", BEFORE, None)
    told.say("sample_items", QUARTER, {zone.branch: 4, zone.branch2: 1})
    theme = published(zone.root, by(zone), ("sample_items", 1))
    (sums,) = totals_of(by(zone), theme).values()
    gauge = theme_gauge("sample_items")
    # 4, 1 and none of three branches: two are as good as the goal, one has three too many.
    assert (sums.reached, sums.short, sums.lacking, sums.unknown) == (2, 1, 3, 0)
    assert (sums.start(gauge), sums.now(gauge)) == (None, pytest.approx(5 / 3))
    told.say("sample_items", QUARTER, None)
    assert readings.read_now(theme=theme, by=system()) == 3
    (sums,) = totals_of(by(zone), theme).values()
    assert (sums.unknown, sums.measured, sums.now(gauge)) == (3, 0, None)


def test_a_year_begins_at_nothing(zone: Zone, told: Told) -> None:
    told.say("sample_year", "2026-Q4", {zone.branch: 20})
    told.say("sample_whole", "2026-Q4", {zone.branch: 25})
    told.say("sample_year", "2027-Q1", {zone.branch: 1})
    told.say("sample_whole", "2027-Q1", {zone.branch: 26})
    with clock.at(dt.datetime(2027, 1, 8, 9, tzinfo=SHANGHAI)):
        theme = published(
            zone.root, by(zone), ("sample_year", 90), "sample_part", quarter="2027-Q1"
        )
    row = standing(theme, zone.branch)
    assert (row.start_part, row.start_whole, row.part, row.whole) == (0, 26, 1, 26)
    # What is of the quarter alone begins where the one before ended.
    assert standing(theme, zone.branch, 2).start_whole == 25


def test_a_year_begins_nowhere_else(zone: Zone, told: Told) -> None:
    told.say("sample_year", BEFORE, {zone.branch: 12})
    told.say("sample_whole", BEFORE, {zone.branch: 25})
    row = standing(published(zone.root, by(zone), ("sample_year", 90)), zone.branch)
    assert (row.start_part, row.start_whole) == (12, 25)


def test_a_quarter_has_one_theme(zone: Zone) -> None:
    published(zone.root, by(zone))
    second = drafted(zone.root, by(zone), title="第二个")
    with pytest.raises(Conflict, match="已有一个主题"):
        running.publish(theme=second, revision=1, by=by(zone))
    assert fresh(second).is_draft
    assert ThemePlace.objects.count() == 3
    assert published(zone.root, by(zone), quarter="2026-Q4").is_running


def test_what_cannot_begin_says_why(zone: Zone) -> None:
    none = drafted(zone.root, by(zone), classes=["organ"])
    with pytest.raises(DomainError, match="没有支部"):
        running.publish(theme=none, revision=1, by=by(zone))
    late = drafted(zone.root, by(zone), ("life_present", 90, dt.date(2026, 7, 5)), title="早到期")
    with clock.at(JULY_2 + dt.timedelta(days=6)), pytest.raises(DomainError, match="到期日"):
        running.publish(theme=late, revision=1, by=by(zone))
    with clock.at(OCTOBER), pytest.raises(DomainError, match="本季度"):
        running.publish(theme=late, revision=1, by=by(zone))
    for name in ("committee", "dahuangshan", "huzhuang1"):
        with pytest.raises(NotAllowed):
            running.publish(theme=late, revision=1, by=zone.actor(name))
    assert not ThemePlace.objects.exists()


# --- its scope ------------------------------------------------------------------------------------


def scoped(theme: Theme, zone: Zone, *committees: Organization) -> None:
    running.rescope(
        theme=theme,
        revision=fresh(theme).revision,
        classes=[],
        committees=[one.pk for one in committees],
        by=by(zone),
    )


def test_in_out_and_back_in(zone: Zone, told: Told) -> None:
    shares(zone, told)
    theme = published(zone.root, by(zone), "sample_part", committees=[zone.street.pk])
    assert read_lines() == 1
    assert ThemeMonth.objects.filter(part=None).count() == 0
    told.share("2026-05", rows={zone.branch: (1, 2), zone.neighbour_branch: (5, 6)})
    # The neighbour comes in: his start is that of the day of publication, not of today.
    with clock.at(JULY_2 + dt.timedelta(days=20)):
        scoped(theme, zone)
        assert not ThemeMonth.objects.exists()  # they were of others
        assert read_lines() == 1
    row = standing(theme, zone.neighbour_branch)
    assert (row.start_part, row.start_whole) == (3, 6)
    assert {one.day for one in told.asked if one.period == BEFORE} == {JULY_2.date()}
    may = ThemeMonth.objects.get(period="2026-05")
    assert (may.part, may.whole, may.count) == (6, 8, 3)

    scoped(theme, zone, zone.neighbour_street)
    assert read_lines() == 1
    may = ThemeMonth.objects.get(period="2026-05")
    assert (may.part, may.whole, may.count) == (5, 6, 1)
    (sums,) = totals_of(by(zone), theme).values()
    assert (sums.count, sums.reached) == (1, 1)
    assert [one.committee for one in by_committee(by(zone), theme)] == [zone.neighbour_street]
    told.share(BEFORE, rows={zone.branch: (10, 10)})
    scoped(theme, zone)
    row = standing(theme, zone.branch)
    assert (row.start_part, row.place.is_out) == (8, False)  # as it was taken down then
    assert ThemePlace.objects.count() == 3
    with pytest.raises(Stale):
        running.rescope(theme=theme, revision=1, classes=[], committees=[], by=by(zone))
    with pytest.raises(DomainError, match="没有支部"):
        running.rescope(
            theme=theme,
            revision=fresh(theme).revision,
            classes=["organ"],
            committees=[],
            by=by(zone),
        )
    assert ThemePlace.objects.counted().count() == 3


def test_organisations_end_and_begin_while_it_runs(zone: Zone, told: Told) -> None:
    shares(zone, told)
    theme = published(zone.root, by(zone), "sample_part")
    later = JULY_2 + dt.timedelta(days=10)
    Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=later.date())
    new = make_organization("湖庄村第三支部", parent=zone.general, founded_on=later.date())
    soon = make_organization("湖庄村第四支部", parent=zone.general, founded_on=dt.date(2027, 1, 1))
    told.share(QUARTER, rows={new: (1, 2), soon: (1, 1), zone.neighbour_branch: (6, 6)})
    with clock.at(later):
        readings.read_now(theme=theme, by=system())
        there = set(ThemePlace.objects.counted().values_list("organization", flat=True))
        assert there == {zone.branch2.pk, zone.neighbour_branch.pk, new.pk}
        assert readings.read_now(theme=theme, by=system()) == 0
    assert standing(theme, new).short == 1
    assert (standing(theme, zone.branch).part, standing(theme, zone.branch).start_part) == (8, 8)
    assert AuditEntry.objects.filter(verb="themes.theme.take_in").count() == 2


# --- a step ---------------------------------------------------------------------------------------


def test_a_step_is_a_duty_of_the_quarter_and_never_a_report(zone: Zone) -> None:
    kinds = dict(step_kinds())
    assert kinds
    assert "monthly_report" not in kinds
    assert not [key for key in kinds if "report" in key]
    theme = published(zone.root, by(zone), step_kind=next(iter(kinds)))
    plan = Plan.objects.get(pk=theme.plan_id)
    assert (plan.starts_on, plan.ends_on) == (dt.date(2026, 7, 1), dt.date(2026, 9, 30))
    assert plan.fulfilment == theme.step_kind
    opening.open_period(plan=plan, period=QUARTER, by=system())
    duties = Duty.objects.filter(plan=plan)
    branches = {zone.branch.pk, zone.branch2.pk, zone.neighbour_branch.pk}
    assert branches <= set(duties.values_list("organization", flat=True))
    assert zone.street.pk not in duties.values_list("organization", flat=True)
    # What has been given out is for whom it was given out.
    with pytest.raises(DomainError, match="不能再改"):
        scoped(theme, zone, zone.street)


def test_a_step_is_not_for_some_committees(zone: Zone) -> None:
    kind = step_kinds()[0][0]
    theme = drafted(zone.root, by(zone), step_kind=kind, committees=[zone.street.pk])
    with pytest.raises(DomainError, match="不按党委"):
        running.publish(theme=theme, revision=1, by=by(zone))
    assert not Plan.objects.filter(name__contains="主题").exists()
    assert fresh(theme).is_draft


# --- a sentence -----------------------------------------------------------------------------------


def test_a_committee_says_one_sentence_and_takes_it_back(zone: Zone) -> None:
    theme = published(zone.root, by(zone))
    street = zone.actor("dahuangshan")

    def say(text: str, place: Organization = zone.street, actor: Any = street) -> Any:
        return running.remark(theme=theme, organization=place, text=text, by=actor)

    assert say("") is None
    say("夜班多")
    say("夜班多，分两场开")
    say("夜班多，分两场开")
    assert [one.text for one in ThemeRemark.objects.all()] == ["夜班多，分两场开"]
    assert AuditEntry.objects.filter(verb="themes.remark.say").count() == 2
    with pytest.raises(DomainError) as refused:
        say("字" * 61)
    assert refused.value.field == "text"
    with pytest.raises(NotAllowed):
        say("别人的话", zone.neighbour_street)
    for name in ("huzhuang1", "zone", "committee"):
        with pytest.raises(NotAllowed):
            say("别人的话", actor=zone.actor(name))
    say("")
    assert ThemeRemark.objects.get().text == ""


def test_whom_a_theme_does_not_concern_has_nothing_to_say_of_it(zone: Zone) -> None:
    theme = published(zone.root, by(zone), committees=[zone.neighbour_street.pk])
    with pytest.raises(DomainError, match="不涉及"):
        running.remark(
            theme=theme, organization=zone.street, text="也说一句", by=zone.actor("dahuangshan")
        )
    draft = drafted(zone.root, by(zone), title="还没有发布")
    with pytest.raises(MovedOn):
        running.remark(
            theme=draft, organization=zone.street, text="也说一句", by=zone.actor("dahuangshan")
        )


# --- concluded ------------------------------------------------------------------------------------


def concluded(zone: Zone, theme: Theme, conclusion: str = "reached", **more: Any) -> Theme:
    said = {"revision": fresh(theme).revision, "reason": "照数看已达到", "by": by(zone), **more}
    return running.conclude(theme=theme, conclusion=conclusion, **said)


def test_not_before_the_day_of_its_last_figure_is_over(zone: Zone) -> None:
    theme = published(
        zone.root,
        by(zone),
        ("life_present", 90, dt.date(2026, 8, 10)),
        ("items_overdue", 1, dt.date(2026, 9, 10)),
    )
    last = dt.datetime(2026, 9, 10, 23, 50, tzinfo=SHANGHAI)
    with clock.at(last), pytest.raises(DomainError, match="9月10日以后"):
        concluded(zone, theme)
    with clock.at(last + dt.timedelta(minutes=20)):
        for wrong, field in (({"conclusion": "x"}, "conclusion"), ({"reason": "好"}, "reason")):
            with pytest.raises(DomainError) as refused:
                concluded(zone, theme, **wrong)
            assert refused.value.field == field
        with pytest.raises(NotAllowed):
            concluded(zone, theme, by=zone.actor("dahuangshan"))
        with pytest.raises(Stale):
            concluded(zone, theme, revision=1)
        assert concluded(zone, theme).conclusion == "reached"
        with pytest.raises(MovedOn):
            concluded(zone, theme, "standing")
        with pytest.raises(MovedOn):
            scoped(theme, zone)
        with pytest.raises(MovedOn):
            running.remark(
                theme=theme, organization=zone.street, text="晚了", by=zone.actor("dahuangshan")
            )


def test_its_figures_are_read_a_last_time_and_stay(zone: Zone, told: Told) -> None:
    shares(zone, told)
    theme = published(zone.root, by(zone), "sample_part")
    told.share(QUARTER, rows={zone.branch: (10, 10)})
    with clock.at(OCTOBER):
        concluded(zone, theme)
        assert standing(theme, zone.branch).part == 10
        told.share(QUARTER, rows={zone.branch: (1, 10)})
        assert readings.read_now(theme=theme, by=system()) == 0
        assert readings.read_month(theme=theme, month="2026-09", by=system()) == 0
    assert standing(theme, zone.branch).part == 10


def test_again_drafts_the_next_with_what_there_still_is(
    zone: Zone, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme = published(
        zone.root, by(zone), ("sample_part", 92), "life_present", committees=[zone.street.pk]
    )
    with clock.at(OCTOBER):
        concluded(zone, theme, "again", reason="还差一点")
        (draft,) = Theme.objects.filter(state="draft")
    assert (draft.quarter, draft.title) == ("2026-Q4", theme.title)
    assert draft.origin == "2026年第三季度没有达到：还差一点"
    rows = [(one.key, one.goal, one.due_on) for one in draft.figures.all()]
    last = dt.date(2026, 12, 31)
    assert rows == [("sample_part", 92, last), ("life_present", 90, last)]
    assert [one.organization for one in draft.limits.all()] == [zone.street]
    assert not ThemeStanding.objects.filter(figure__theme=draft).exists()


def test_again_of_what_is_no_more_does_not_stand_in_the_way(zone: Zone, told: Told) -> None:
    """A committee that was abolished and a figure that this release knows no more."""
    theme = published(zone.root, by(zone), "sample_part", committees=[zone.street.pk])
    theme.figures.update(key="gone")
    Organization.objects.filter(pk=zone.street.pk).update(abolished_on=OCTOBER.date())
    with clock.at(OCTOBER):
        assert concluded(zone, theme, "again").conclusion == "again"
    assert not Theme.objects.filter(state="draft").exists()


def test_again_where_the_quarter_has_a_theme_already(zone: Zone) -> None:
    theme = published(zone.root, by(zone))
    with clock.at(OCTOBER):
        published(zone.root, by(zone), quarter="2026-Q4", title="另一个")
        concluded(zone, theme, "again")
    assert Theme.objects.get(state="draft").quarter == "2027-Q1"
