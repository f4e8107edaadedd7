"""限期整改: findings proposed from a sealed result, issued as lists, put right, booked, raised."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.cycles.enums import PostingKind
from assessments.cycles.models import Cycle, Posting, Score
from assessments.rectifications.actions import causes, closing, proposing
from assessments.rectifications.enums import Closing, Stage
from assessments.rectifications.models import CommonCause, Finding, Rectification
from assessments.rectifications.queries.lists import commons_of, list_of, lists_of
from assessments.rectifications.rules import common_from, is_weighty
from core import effects, worklist
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Effect
from core.states import Stale
from orgs.models import OfficeHolding
from schedules.action_items.actions import checking, handling
from schedules.action_items.actions import lines as item_lines
from schedules.action_items.models import ActionItem, ActionLine, NumberSeries
from schedules.action_items.queries.boards import this_moment
from tests.rectification_world import JULY, fill_offices, finding, issued, scheme, sealed, sheets_of
from tests.scheme_world import figure, leaf
from tests.world import Zone, actor, grant, make_organizations, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(JULY, tick=True):
        yield


def over(zone: Zone, **more: Any) -> Cycle:
    return sealed(zone.root, by=zone.actor("zone"), decider=zone.actor("committee"), **more)


def given_out(zone: Zone, **more: Any) -> tuple[Cycle, Rectification]:
    """The cycle, and the street's list."""
    cycle = over(zone, **more)
    rows = issued(cycle, by=zone.actor("zone"))
    return cycle, next(row for row in rows if row.assessed.organization_id == zone.street.pk)


def received(row: Rectification, zone: Zone) -> ActionItem:
    return handling.receive(item=row.item, by=zone.actor("dahuangshan"))


def run_effects() -> None:
    for effect in Effect.objects.filter(state="pending"):
        effects.handlers()[effect.kind].function(effect)
        effect.delete()


# --- proposed -------------------------------------------------------------------------------------


def test_one_finding_for_each_indicator_that_lost(zone: Zone) -> None:
    cycle = over(zone)
    assert proposing.propose(cycle=cycle, by=zone.actor("zone")) == 6
    row = Rectification.objects.get(assessed__organization=zone.street)
    said = [
        (one.name, one.problem, f"{one.lost:.2f}", one.repair, one.closing, one.is_weighty)
        for one in row.findings.order_by("number")
    ]
    assert said == [
        ("班子配备", "班子配备：书记空缺 4 个", "4.00", "2", Closing.MADE_UP, False),
        ("督办按期办结", "督办按期办结：销号中曾逾期 1 项", "1.00", "0.5", Closing.MONTHS, False),
        ("特色做法", "特色做法：大黄山街道做法照做的少", "32.00", "16", Closing.PERSON, True),
    ]
    # What they lost is what the page of the score says was lost.
    score = Score.objects.get(assessed=row.assessed, run=cycle.run)
    assert sum(one.lost for one in row.findings.all()) == score.full - score.points
    # Nobody but who holds the cycle reads a proposal.
    assert Rectification.objects.visible_to(zone.actor("zone")).count() == 2
    for name in ("dahuangshan", "jinshanqiao", "huzhuang1", "reviewer"):
        assert not Rectification.objects.visible_to(zone.actor(name)).exists(), name
        assert not Finding.objects.visible_to(zone.actor(name)).exists(), name


def test_a_proposal_says_what_is_wrong_and_not_who_marked_what(zone: Zone) -> None:
    said = scheme()
    parts = said["root"]["parts"][0]["parts"]
    parts[2] |= {"full": "40", "rules": [{"rule": "discretion", "params": {"bound": "40"}}]}
    parts.append(leaf("grade", "10", "levels", {"levels": {"好": "10", "一般": "4"}}, name="定级"))
    overdue = leaf(
        *("x", "1", "deduct_each", {"points": "1"}), source=figure("terms_overdue", "count")
    )
    parts[0]["rules"] = [*overdue["rules"], *parts[0]["rules"]]
    seats = {"grade": [{"level": "一般"}, {"level": "好"}]}
    proposing.propose(cycle=over(zone, said=said, seats=seats), by=zone.actor("zone"))
    row = Rectification.objects.get(assessed__organization=zone.street)
    found = {one.indicator: one.problem for one in row.findings.all()}
    assert found["grade"] == "定级：评为“一般”、评为“好”"
    assert found["vacant"] == "班子配备：书记空缺 4 个"  # not: 逾期未换届 0 个
    assert found["work"] == "特色做法：大黄山街道做法照做的少"


def test_proposed_again_leaves_what_was_written(zone: Zone) -> None:
    cycle, by = over(zone), zone.actor("zone")
    proposing.propose(cycle=cycle, by=by)
    Finding.objects.filter(indicator="late").delete()
    first = Finding.objects.filter(indicator="work").first()
    assert first is not None
    Finding.objects.filter(pk=first.pk).update(problem="改过的话")
    assert proposing.propose(cycle=cycle, by=by) == 2
    assert proposing.propose(cycle=cycle, by=by) == 0
    first.refresh_from_db()
    assert first.problem == "改过的话"
    assert AuditEntry.objects.filter(verb="rectifications.finding.propose").count() == 2


def test_only_of_what_is_sealed_and_by_who_holds_it(zone: Zone) -> None:
    cycle = over(zone)
    for name in ("committee", "dahuangshan", "huzhuang1"):
        with pytest.raises(NotAllowed):
            proposing.propose(cycle=cycle, by=zone.actor(name))
    Cycle.objects.filter(pk=cycle.pk).update(state="submitted")
    with pytest.raises(Conflict, match="还没有审定"):
        proposing.propose(cycle=cycle, by=zone.actor("zone"))


def test_what_is_of_weight_and_what_is_common() -> None:
    from fractions import Fraction as F

    assert is_weighty(F(2), F(10))
    assert not is_weighty(F("1.99"), F(10))
    assert not is_weighty(F(0), F(0))
    assert [common_from(n) for n in (1, 2, 6, 7, 18)] == [2, 2, 2, 3, 6]


# --- written over and issued ----------------------------------------------------------------------


def test_issued_is_one_item_for_each_with_a_line_for_each_ticked(zone: Zone) -> None:
    cycle, by = over(zone), zone.actor("zone")
    proposing.propose(cycle=cycle, by=by)
    late = Finding.objects.get(indicator="late", rectification__assessed__organization=zone.street)
    sheets = [
        proposing.Sheet(
            one.rectification,
            one.revision,
            [
                proposing.Line(
                    x.finding,
                    x.finding != late.pk,
                    x.problem.replace("书记", "党组织书记"),
                    x.due_on,
                )
                for x in one.lines
            ],
        )
        for one in sheets_of(cycle)
    ]
    rows = proposing.issue(cycle=cycle, sheets=sheets, by=by)
    assert [row.assessed.organization_id for row in rows] == [
        zone.street.pk,
        zone.neighbour_street.pk,
    ]
    item = rows[0].item
    assert item is not None
    assert (item.number, item.shape, item.state) == ("〔2026〕1号", "list", "issued")
    assert item.owner == zone.street
    assert item.issuer == zone.root
    assert item.due_on == item.original_due_on == dt.date(2026, 8, 31)
    assert item.receipt_due_on == dt.date(2026, 7, 22)
    assert item.standings.get().state == "issued"
    assert NumberSeries.objects.get(organization=zone.root, year=2026).last == 2
    problems = [line.problem for line in item.lines.all()]
    assert problems == ["班子配备：党组织书记空缺 4 个", "特色做法：大黄山街道做法照做的少"]
    assert [line.by_fact for line in item.lines.all()] == [True, False]
    link = item.links.get()
    assert (link.source_kind, link.source_id) == ("rectification", rows[0].pk)
    late.refresh_from_db()
    assert late.line is None
    # The own list is there for the assessed now, without what was left out; the neighbour's is not.
    actor = zone.actor("dahuangshan")
    assert list(Rectification.objects.visible_to(actor)) == [rows[0]]
    assert Finding.objects.visible_to(actor).count() == 2
    assert item.steps.get().kind == "issued"
    # Pressed again.
    with pytest.raises(Conflict):
        proposing.issue(cycle=cycle, sheets=sheets, by=by)
    assert ActionItem.objects.filter(source_kind="rectification").count() == 2


def test_of_two_who_write_the_second_is_told(zone: Zone) -> None:
    cycle, by = over(zone), zone.actor("zone")
    proposing.propose(cycle=cycle, by=by)
    seen = sheets_of(cycle)
    changed = sheets_of(cycle, zone.street, problem="党建做法没有推开")
    assert proposing.save(cycle=cycle, sheets=changed, by=by) == 1
    assert proposing.save(cycle=cycle, sheets=changed, by=by) == 0  # a second click
    with pytest.raises(Stale):
        proposing.save(cycle=cycle, sheets=seen, by=by)
    assert proposing.save(cycle=cycle, sheets=sheets_of(cycle), by=by) == 0


def test_what_does_not_hold_is_refused_by_name(zone: Zone) -> None:
    cycle, by = over(zone), zone.actor("zone")
    proposing.propose(cycle=cycle, by=by)
    with pytest.raises(DomainError, match="一条问题也没有选"):
        proposing.issue(cycle=cycle, sheets=sheets_of(cycle, is_chosen=False), by=by)
    for day in (None, dt.date(2026, 7, 19)):
        with pytest.raises(DomainError, match=r"大黄山街道.*整改时限") as refused:
            proposing.issue(cycle=cycle, sheets=sheets_of(cycle, due_on=day), by=by)
        assert refused.value.field is not None
    with pytest.raises(DomainError, match="至少 4 个字"):
        proposing.save(cycle=cycle, sheets=sheets_of(cycle, problem="x"), by=by)
    (sheet,) = sheets_of(cycle, zone.street)
    other = proposing.Line(10**6, True, "别家的问题", None)
    with pytest.raises(DomainError, match="已不在清单里"):
        proposing.save(
            cycle=cycle,
            sheets=[proposing.Sheet(sheet.rectification, sheet.revision, [other])],
            by=by,
        )
    assert not ActionItem.objects.filter(source_kind="rectification").exists()


def spent_by(function: Any) -> int:
    with CaptureQueriesContext(connection) as caught:
        function()
    return len(caught)


def more_streets(zone: Zone, count: int) -> list[Any]:
    row = {"kind": "direct_committee", "organization_class": "street"}
    names = [f"第{n}街道" for n in range(count)]
    return make_organizations(
        zone.root, [{"name": f"中共{one}工委", "short_name": one, **row} for one in names]
    )


def test_giving_out_costs_the_same_for_one_and_for_three(zone: Zone) -> None:
    first, *three = more_streets(zone, 4)
    cycle, by = over(zone), zone.actor("zone")
    issued(cycle, zone.neighbour_street, by=by)  # begins the series of numbers

    def issue(*places: Any) -> int:
        sheets = sheets_of(cycle, *places)
        return spent_by(lambda: proposing.issue(cycle=cycle, sheets=sheets, by=by))

    one = issue(first)
    assert issue(*three) == one
    assert one < 40


def test_proposing_costs_the_same_for_two_and_for_five(zone: Zone) -> None:
    by = zone.actor("zone")
    first = over(zone)
    two = spent_by(lambda: proposing.propose(cycle=first, by=by))
    with time_machine.travel(dt.datetime(2027, 1, 20, 9, tzinfo=dt.UTC), tick=True):
        more_streets(zone, 3)
        second = over(zone, period="2026-H2")
        assert spent_by(lambda: proposing.propose(cycle=second, by=by)) == two
    assert Finding.objects.filter(rectification__assessed__cycle=second).count() == 15


def test_closing_costs_the_same_for_one_line_and_for_three(zone: Zone) -> None:
    three = more_streets(zone, 3)
    cycle, by = over(zone), zone.actor("zone")
    issued(cycle, by=by)

    def close(*places: Any) -> int:
        for place in places:
            fill_offices(place)
        before = ActionLine.objects.filter(state="done").count()
        spent = spent_by(lambda: closing.close_turned_good(by=system()))
        assert ActionLine.objects.filter(state="done").count() == before + len(places)
        return spent

    one = close(zone.street)
    assert close(*three) == one


# --- put right ------------------------------------------------------------------------------------


def test_a_fact_closes_its_line_once_and_says_by_which_value(zone: Zone) -> None:
    _, row = given_out(zone)
    assert closing.close_turned_good(by=system()) == 0
    fill_offices(zone.street)
    OfficeHolding.objects.filter(organization=zone.branch2).delete()
    assert closing.close_turned_good(by=system()) == 0  # one is vacant still
    fill_offices(zone.street)
    with time_machine.travel(JULY + dt.timedelta(days=10), tick=True):
        assert closing.close_turned_good(by=system()) == 1
        assert closing.close_turned_good(by=system()) == 0
    line = finding(row, "vacant").line
    assert line is not None
    assert (line.state, line.verified_by_name, line.late_days) == ("done", "系统", 0)
    assert line.evidence == "2026年上半年 书记空缺 0 个（2026年7月30日取数）"
    step = line.item.steps.get(kind="line")
    assert step.text.startswith("第 1 条随数据销号：2026年上半年 书记空缺 0 个")
    assert finding(row, "late").line.state == "open"  # type: ignore[union-attr]


def test_nobody_reports_what_a_fact_closes_but_what_was_sent_back(zone: Zone) -> None:
    _, row = given_out(zone)
    received(row, zone)
    line, by = finding(row, "vacant").line, zone.actor("dahuangshan")
    assert line is not None
    with pytest.raises(DomainError, match="随数据自动销号"):
        item_lines.report_line(line=line, evidence="都配齐了", by=by)
    ActionLine.objects.filter(pk=line.pk).update(is_weighty=True)
    fill_offices(zone.street)
    assert closing.close_turned_good(by=system()) == 1
    line.refresh_from_db()
    assert (line.state, line.reported_by_name, line.verified_at) == ("reported", "系统", None)
    assert not Effect.objects.filter(kind=closing.CREDIT).exists()
    # Of weight: another person looks, and may send it back; then the owner reports it.
    item_lines.return_line(line=line, reason="两个是代理的", by=zone.actor("zone"))
    assert closing.close_turned_good(by=system()) == 0
    line.refresh_from_db()
    item_lines.report_line(line=line, evidence="任命文件两份", by=by)
    item_lines.verify_line(line=line, by=zone.actor("zone"))
    run_effects()
    assert finding(row, "vacant").credited_at is not None


def test_what_is_over_closes_when_two_whole_months_since_are_good(zone: Zone) -> None:
    _, row = given_out(zone)
    made = {"issuer": zone.root, "owner": zone.street, "year": 2026, "title": "又一件"}
    at = dt.datetime(2026, 9, 3, 4, tzinfo=dt.UTC)
    ActionItem.objects.create(
        **made, serial=77, state="closed", source_kind="by_hand", late_days=1,
        drafted_at=at, issued_at=at, verified_at=at,
    )  # fmt: skip
    for day, count in (((9, 2), 0), ((10, 2), 0), ((11, 2), 0), ((12, 2), 1)):
        with time_machine.travel(dt.datetime(2026, *day, 9, tzinfo=dt.UTC), tick=True):
            found = closing.close_turned_good(by=system())
            done = finding(row, "late").line
            assert done is not None
            assert (done.state == "done") is bool(count), (day, found)
    assert done.evidence.startswith("2026年10月 销号中曾逾期 0 项；2026年11月 销号中曾逾期 0 项")
    assert done.late_days > 0
    run_effects()
    assert not Posting.objects.filter(kind=PostingKind.CREDIT, organization=zone.street).exists()


def test_the_owner_plans_all_lines_on_one_page(zone: Zone) -> None:
    _, row = given_out(zone)
    item, by = received(row, zone), zone.actor("dahuangshan")
    lines = list(item.lines.all())
    plans = [item_lines.Plan(line.pk, "补选", "李明", "王芳") for line in lines]
    assert item_lines.plan_lines(item=item, plans=plans, revision=item.revision, by=by)
    # The same from an older page is nothing new; something else is told to be.
    item_lines.plan_lines(item=item, plans=plans, revision=1, by=by)
    with pytest.raises(Stale):
        item_lines.plan_lines(
            item=item, plans=[item_lines.Plan(lines[0].pk, "另一个措施")], revision=1, by=by
        )
    item.refresh_from_db()
    revision = item.revision
    item_lines.plan_lines(item=item, plans=plans, revision=revision, by=by)
    item.refresh_from_db()
    assert item.revision == revision  # nothing new
    line = item.lines.first()
    assert (line.measure, line.leader_name, line.responsible_name) == ("补选", "李明", "王芳")
    for name in ("jinshanqiao", "huzhuang1"):
        with pytest.raises(NotAllowed):
            item_lines.plan_lines(
                item=item, plans=plans, revision=item.revision, by=zone.actor(name)
            )
    with pytest.raises(DomainError):
        item_lines.plan_lines(
            item=item, plans=[item_lines.Plan(10**7)], revision=item.revision, by=by
        )


# --- booked ---------------------------------------------------------------------------------------


def test_put_right_in_time_gives_back_a_share_once_and_late_nothing(zone: Zone) -> None:
    cycle, row = given_out(zone)
    before = Score.objects.get(assessed=row.assessed, run=cycle.run).digest
    received(row, zone)
    fill_offices(zone.street)
    closing.close_turned_good(by=system())
    work = finding(row, "work").line
    assert work is not None
    with time_machine.travel(dt.datetime(2026, 9, 30, 9, tzinfo=dt.UTC), tick=True):
        item_lines.report_line(line=work, evidence="台账", by=zone.actor("dahuangshan"))
        item_lines.verify_line(line=work, by=zone.actor("zone"))
        run_effects()
        one = finding(row, "vacant")
        assert closing.book(finding_id=one.pk, by=system()) is False
        closing.line_done(lines=[one.line], by=system())
        run_effects()
    (booked,) = Posting.objects.filter(kind=PostingKind.CREDIT)
    assert (booked.organization, booked.points) == (zone.street, "0.8")  # 4 × 1/2 × 0.4
    assert booked.about == "整改：班子配备：2 × 0.4"
    assert one.credited_at is not None
    assert finding(row, "work").credited_at is None
    assert Score.objects.get(assessed=row.assessed, run=cycle.run).digest == before
    with time_machine.travel(dt.datetime(2026, 10, 8, 9, tzinfo=dt.UTC), tick=True):
        page = zone.client("dahuangshan").get(row.assessed.get_absolute_url()).content.decode()
    assert "整改：班子配备" in page
    assert row.get_absolute_url() in page


def test_a_second_half_gives_nothing_back(zone: Zone) -> None:
    with time_machine.travel(dt.datetime(2027, 1, 20, 9, tzinfo=dt.UTC), tick=True):
        _, row = given_out(zone, period="2026-H2")
        assert {one.repair for one in row.findings.all()} == {""}
        fill_offices(zone.street)
        assert closing.close_turned_good(by=system()) == 1
        assert not Effect.objects.filter(kind=closing.CREDIT).exists()


# --- closed, looked at, come back -----------------------------------------------------------------


def test_a_list_closes_with_its_last_line_and_lasts_when_looked_at(zone: Zone) -> None:
    _, row = given_out(zone)
    item, owner, checker = received(row, zone), zone.actor("dahuangshan"), zone.actor("zone")
    with pytest.raises(DomainError, match="3 条没有销号"):
        handling.report(item=item, result="都改好了", by=owner, revision=item.revision)
    ActionLine.objects.filter(item=item).update(by_fact=False)
    for line in item.lines.all():
        item_lines.report_line(line=line, evidence="台账", by=owner)
        with pytest.raises(NotAllowed):
            item_lines.verify_line(line=line, by=owner)
        item_lines.verify_line(line=line, by=checker)
    item.refresh_from_db()
    item = handling.report(item=item, result="都改好了", by=owner, revision=item.revision)
    checking.verify(item=item, note="看过", by=checker, revision=item.revision)
    listed = list_of(row, this_moment())
    assert listed.is_closed
    assert not listed.is_lasting
    assert (listed.count.verified, listed.count.facts) == (3, 0)
    with time_machine.travel(JULY + dt.timedelta(days=61), tick=True):
        item.refresh_from_db()
        looker = actor(grant(make_user("zone2"), "zone_staff", zone.root).user)
        checking.look(item=item, lasting=True, note="没有反复", by=looker)
        assert list_of(row, this_moment()).is_lasting


def test_what_came_back_in_the_next_half_year_is_the_second_time(zone: Zone) -> None:
    given_out(zone)
    with time_machine.travel(dt.datetime(2027, 1, 20, 9, tzinfo=dt.UTC), tick=True):
        second, row = given_out(zone, period="2026-H2")
        by_name = {one.indicator: one.times for one in list_of(row, this_moment()).findings}
        assert by_name == {"vacant": 2, "late": 2, "work": 2}
        page = zone.client("dahuangshan").get(row.get_absolute_url()).content.decode()
        assert page.count("第 2 次") == 3
        listed = lists_of(zone.actor("zone"), second, this_moment())
        assert sum(one.repeats for one in listed) == 6


def test_what_many_have_is_raised_once_with_the_findings_under_it(zone: Zone) -> None:
    cycle, _ = given_out(zone)
    by = zone.actor("zone")
    given = {"title": "解决班子配备", "demand": "", "due_on": dt.date(2026, 9, 30)}
    row = causes.raise_cause(cycle=cycle, indicator="vacant", by=by, **given)
    assert (row.item.owner, row.item.issuer, row.item.shape) == (zone.root, zone.root, "single")
    row.item.refresh_from_db()
    assert row.item.state == "issued"
    assert row.findings.count() == 2
    with pytest.raises(Conflict, match="不用再列"):
        causes.raise_cause(cycle=cycle, indicator="vacant", by=by, **given)
    with pytest.raises(DomainError, match="不够多"):
        causes.raise_cause(cycle=cycle, indicator="nothing", by=by, **given)
    with pytest.raises(NotAllowed):
        causes.raise_cause(cycle=cycle, indicator="late", by=zone.actor("dahuangshan"), **given)
    assert CommonCause.objects.count() == 1
    fill_offices(zone.street)
    closing.close_turned_good(by=system())
    found = {one.indicator: (len(one.findings), one.done) for one in commons_of(cycle)}
    assert found == {"vacant": (2, 1), "late": (2, 0), "work": (2, 0)}


def test_one_finding_of_one_is_not_common(zone: Zone) -> None:
    cycle = over(zone)
    issued(cycle, zone.street, by=zone.actor("zone"))
    assert commons_of(cycle) == []
    assert Rectification.objects.filter(stage=Stage.PROPOSED).count() == 1


def test_home_asks_for_lists_until_some_are_issued(zone: Zone) -> None:
    def asks() -> bool:
        work = worklist.collect(zone.actor("zone"))
        return any("下发整改清单" in one.title for one in work.items)

    cycle = over(zone)
    assert asks()
    issued(cycle, by=zone.actor("zone"))
    assert not asks()
