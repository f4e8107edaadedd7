"""A cycle is computed from facts: by steps that can be interrupted, and again when facts change."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from assessments.cycles.actions import changes, cycles, marks, runs
from assessments.cycles.models import Assessed, Cycle, Reading, Run, Score, ScoreMark
from assessments.cycles.queries import recount
from core import audit, clock, derived, figures
from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from orgs.actions import organizations
from orgs.actions.history import Decision
from orgs.models import OfficeHolding, Organization
from tests.scheme_world import computed, content, figure, group_of, leaf, opened, published
from tests.world import Zone

pytestmark = pytest.mark.django_db


def marked(cycle: Cycle, zone: Zone, points: str = "18") -> Cycle:
    for one in Assessed.objects.filter(cycle=cycle):
        marks.give(
            assessed=one,
            indicator="work",
            facts={"points": points, "reason": "看过现场"},
            by=zone.actor("zone"),
        )
    derived.registered()["scores"].refresh_all()
    return Cycle.objects.get(pk=cycle.pk)


def of_organizations() -> dict[str, Any]:
    """A scheme that reads organisations alone, whose past is known from the beginning."""
    said = content()
    said["root"]["parts"][0]["parts"][2]["rules"][0]["source"] = figure(
        "branches", "ratio", of="branches"
    )
    return said


def frozen(cycle: Cycle, zone: Zone) -> Cycle:
    """On a later day: of the day on which a history begins nobody can tell a moment."""
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        cycles.freeze(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
        return computed(cycle)


def score_of(cycle: Cycle, organization: Organization) -> Score:
    return Score.objects.current().get(assessed__cycle=cycle, assessed__organization=organization)


def test_scores_come_from_figures_and_marks(zone: Zone) -> None:
    published(zone.root)
    group_of(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    street = score_of(cycle, zone.street)
    assert street.total is None
    assert street.waiting == ["work"]
    # Two branches without a secretary, two branches, nobody on the roll: 0 + 10 + 20 of 80.
    assert (street.points, street.full_known) == (30, 80)
    assert street.facts["read"]["expected"][0]["empty"] == "full"

    cycle = marked(cycle, zone)
    street, neighbour = score_of(cycle, zone.street), score_of(cycle, zone.neighbour_street)
    assert str(street.total) == "48.0000"
    assert str(neighbour.total) == "43.0000"
    assert (street.rank, neighbour.rank) == (1, 2)
    assert street.grade == "差"
    (group,) = Run.objects.get(pk=cycle.run_id).summary["groups"].values()
    assert (group["count"], group["mean"]) == (2, "45.50")


def test_one_of_whom_nothing_is_left_keeps_nobody_else_waiting(zone: Zone) -> None:
    """All its indicators are out: it has no total, and the cycle is computed all the same."""
    said = of_organizations()
    parts = said["root"]["parts"][0]["parts"]
    parts[2]["rules"][0]["source"] = figure(
        "members_expected", "ratio", of="members_on_roll", empty="rescale"
    )
    parts[2]["full"] = said["root"]["full"] = said["root"]["parts"][0]["full"] = "100"
    said["root"]["parts"][0]["parts"] = [parts[2]]
    published(zone.root, said=said)
    cycle = opened(zone.root, by=zone.actor("zone"))
    street = score_of(cycle, zone.street)
    assert (street.total, street.waiting, street.points) == (None, ["expected"], 0)
    assert street.facts["read"]["expected"][0]["refused"] == "all_taken_out"


def test_below_the_least_number_there_is_no_rank(zone: Zone) -> None:
    published(zone.root)
    group_of(zone.root, minimum=5)
    cycle = marked(opened(zone.root, by=zone.actor("zone")), zone)
    assert score_of(cycle, zone.street).rank is None
    assert score_of(cycle, zone.street).grade == "差"


def test_a_computation_killed_anywhere_goes_on(zone: Zone, monkeypatch: Any) -> None:
    published(zone.root)
    cycle = cycles.open_cycle(
        organization=zone.root, level="direct", period="2026-H1", by=zone.actor("zone")
    )
    run = Run.objects.get(cycle=cycle)

    class Killed(Exception):
        pass

    monkeypatch.setattr(runs, "BATCH", 1)
    died = 0
    for _ in range(20):
        allowed = iter([True])

        def beat(left: Any = allowed) -> None:
            if next(left, None) is None:
                raise Killed

        try:
            runs.advance(Run.objects.get(pk=run.pk), beat=beat)
        except Killed:
            died += 1
            assert Cycle.objects.get(pk=cycle.pk).run_id is None  # nobody sees half of it
        else:
            break
    assert died == 3
    assert Cycle.objects.get(pk=cycle.pk).run_id == run.pk
    assert Score.objects.filter(run=run).count() == 2
    assert not Reading.objects.filter(run=run, read_at=None).exists()
    digests = list(Score.objects.filter(run=run).order_by("assessed").values_list("digest"))
    again = runs.order(cycle=Cycle.objects.get(pk=cycle.pk), by=zone.actor("zone"))
    computed(cycle)
    assert again.pk != run.pk
    same = Score.objects.filter(run=again).order_by("assessed").values_list("digest")
    assert list(same) == digests


def test_the_old_one_counts_until_the_new_is_whole(zone: Zone) -> None:
    published(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    old = cycle.run_id
    new = runs.order(cycle=cycle, by=zone.actor("zone"))
    assert runs.order(cycle=cycle, by=zone.actor("zone")) == new  # pressed twice
    assert Cycle.objects.get(pk=cycle.pk).run_id == old
    assert computed(cycle).run_id == new.pk


def test_a_changed_fact_is_found_in_the_audit_trail(zone: Zone) -> None:
    published(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    assert changes.notice(by=system()) == 0
    for place in (zone.neighbour_street, zone.neighbour_branch):
        OfficeHolding.objects.create(
            organization=place, person_name="周永明", post="secretary", started_on="2026-01-05"
        )
    audit.record_now(
        by=zone.actor("jinshanqiao"),
        verb="orgs.office.begin",
        obj=zone.neighbour_branch,
        organization_id=zone.neighbour_branch.pk,
        organization_path=zone.neighbour_branch.path,
    )
    assert changes.notice(by=system()) == 1
    assert changes.notice(by=system()) == 0
    assert [one.assessed.name for one in ScoreMark.objects.all()] == [zone.neighbour_street.name]
    derived.registered()["scores"].refresh_all()
    assert score_of(cycle, zone.neighbour_street).points == 65
    assert not ScoreMark.objects.exists()


def test_what_was_missed_is_found_at_night(zone: Zone) -> None:
    published(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    street = score_of(cycle, zone.street)
    Score.objects.filter(pk=street.pk).update(digest="0" * 64, points=99)
    scores = derived.registered()["scores"]
    assert list(scores.differences().values()) == [1]
    repaired = scores.reconcile(by=system())
    assert list(repaired) == [f"2026-H1 {zone.street.name}"]
    assert score_of(cycle, zone.street).points == 30
    assert scores.reconcile(by=system()) == {}


def test_sealed_results_are_checked_and_never_written(zone: Zone) -> None:
    published(zone.root, said=of_organizations())
    cycle = marked(opened(zone.root, by=zone.actor("zone")), zone)
    by = zone.actor("zone")
    with pytest.raises(Conflict):
        cycles.submit(cycle=cycle, revision=cycle.revision, by=by)
    cycle = frozen(cycle, zone)
    cycle = cycles.submit(cycle=cycle, revision=cycle.revision, by=by)
    with pytest.raises(NotAllowed):
        cycles.seal(cycle=cycle, revision=cycle.revision, by=by)
    cycles.seal(cycle=cycle, revision=cycle.revision, by=zone.actor("committee"))
    assert recount.differing(cycle) == {}
    street = score_of(cycle, zone.street)
    broken = {**street.facts, "facts": {**street.facts["facts"], "branches": [{"count": 3}]}}
    Score.objects.filter(pk=street.pk).update(facts=broken)
    scores = derived.registered()["scores"]
    assert scores.reconcile(by=system()) == {f"2026-H1 {zone.street.name}": 1}
    assert score_of(cycle, zone.street).facts == broken
    with pytest.raises(Conflict):
        runs.order(cycle=cycle, by=by)
    with pytest.raises(Conflict):
        marks.give(assessed=street.assessed, indicator="work", facts={"points": "1"}, by=by)


def test_what_is_of_the_frozen_moment_stays(zone: Zone) -> None:
    published(zone.root, said=of_organizations())
    cycle = marked(opened(zone.root, by=zone.actor("zone")), zone)
    cycle = frozen(cycle, zone)
    before = score_of(cycle, zone.street)
    assert before.facts["read"]["branches"][0]["value"] == 2
    with time_machine.travel(clock.now() + dt.timedelta(days=3)):
        organizations.found(
            parent=zone.general,
            name="中共大黄山街道湖庄村第三支部委员会",
            kind="branch",
            decision=Decision(dt.date(2026, 5, 1), "党工委会议", "徐开工委〔2026〕9号"),
            by=zone.actor("zone"),
        )
    scores = derived.registered()["scores"]
    assert scores.differences() == {}
    assert score_of(computed(cycle), zone.street).digest == before.digest


def test_ranks_among_peers_move_with_anybodys_fact(zone: Zone) -> None:
    said = content()
    said["root"]["parts"][0]["parts"][3] = leaf(
        *("work", "20", "rank_points", {"table": {"1": "20", "2": "15"}}),
        source=figure("branches", "rank"),
    )
    published(zone.root, said=said)
    group_of(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    street, neighbour = score_of(cycle, zone.street), score_of(cycle, zone.neighbour_street)
    assert street.facts["facts"]["work"] == [{"rank": 1, "tied": 1}]
    assert neighbour.facts["facts"]["work"] == [{"rank": 2, "tied": 1}]
    assert (street.total, neighbour.total) == (50, 40)


def test_nobody_else_opens_or_marks(zone: Zone) -> None:
    published(zone.root)
    for name in ("dahuangshan", "huzhuang1", "committee", "reviewer"):
        with pytest.raises(NotAllowed):
            opened(zone.root, by=zone.actor(name))
    cycle = opened(zone.root, by=zone.actor("zone"))
    one = Assessed.objects.filter(cycle=cycle)[0]
    for name in ("dahuangshan", "committee"):
        with pytest.raises(NotAllowed):
            marks.give(assessed=one, indicator="work", facts={"points": "1"}, by=zone.actor(name))


@pytest.mark.parametrize(
    ("indicator", "facts"),
    [
        ("work", {"points": "21", "reason": "好"}),
        ("work", {"points": "5"}),
        ("work", {"points": float("nan"), "reason": "x"}),
        ("work", {"points": "9" * 4000, "reason": "x"}),
        ("nothing", {"points": "5", "reason": "x"}),
        ("work", {"marks": "5"}),
    ],
)
def test_marks_that_the_rule_does_not_take_are_refused(
    zone: Zone, indicator: str, facts: dict[str, Any]
) -> None:
    published(zone.root)
    cycle = opened(zone.root, by=zone.actor("zone"))
    one = Assessed.objects.filter(cycle=cycle)[0]
    with pytest.raises(DomainError):
        marks.give(assessed=one, indicator=indicator, facts=facts, by=zone.actor("zone"))


def test_points_of_a_running_cycle_are_the_units_own(zone: Zone) -> None:
    published(zone.root)
    cycle = marked(opened(zone.root, by=zone.actor("zone")), zone)

    def seen(name: str) -> list[int]:
        rows = Score.objects.visible_to(zone.actor(name)).current()
        return sorted(rows.values_list("assessed__organization_id", flat=True))

    assert seen("dahuangshan") == [zone.street.pk]
    for name in ("zone", "committee", "reviewer", "huzhuang1", "taoyuan1"):
        assert seen(name) == [], name
    frozen(cycle, zone)
    assert seen("zone") == seen("committee") == [zone.street.pk, zone.neighbour_street.pk]
    assert seen("dahuangshan") == [zone.street.pk]
    assert seen("reviewer") == seen("huzhuang1") == []


def test_figures_that_one_statement_computes_are_one_step() -> None:
    keys = ["offices_vacant", "members_on_roll", "branches", "nothing"]
    assert figures.together(keys) == [["offices_vacant", "branches"], ["members_on_roll"]]


def test_facts_are_frozen_from_the_first_hour_after_the_period(zone: Zone) -> None:
    """Of the zone's own day, not of Greenwich: there it is still the last of June at seven."""
    published(zone.root)
    by = zone.actor("zone")
    cycle = opened(zone.root, by=by)
    for hour, is_over in ((15, False), (17, True)):  # 23:00 on 30 June and 01:00 on 1 July
        with clock.at(dt.datetime(2026, 6, 30, hour, tzinfo=dt.UTC)):
            if is_over:
                assert cycles.freeze(cycle=cycle, revision=cycle.revision, by=by).known_at
            else:
                with pytest.raises(DomainError, match="还没有结束"):
                    cycles.freeze(cycle=cycle, revision=cycle.revision, by=by)
