"""党建项目: who decides, days first approved, money once, requests, what merging and leaking must not do."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.states import Stale
from orgs import lifecycle
from showcase.panels.models import Panel
from showcase.projects.actions import deciding, proposals, succession, work
from showcase.projects.models import Campaign, Project
from showcase.projects.queries.board import waiting_above
from tests.project_world import NOW, fresh, on_its_way, planned
from tests.world import Zone


@pytest.fixture
def zone(zone_in_june: Zone) -> Zone:
    return zone_in_june


def made(zone: Zone, state: str = "running", **more: Any) -> Project:
    own, above = zone.actor("huzhuang1"), zone.actor("dahuangshan")
    return on_its_way(zone.branch, own, above, state, **more)


def test_whole_way_keeps_the_first_days_and_says_each_step(zone: Zone) -> None:
    project = made(zone, "asked")
    own, above = zone.actor("huzhuang1"), zone.actor("dahuangshan")
    with clock.at(NOW):
        with pytest.raises(Conflict, match="还没有批"):
            work.ask(
                project=project,
                revision=project.revision,
                kind="termination",
                position=None,
                due_on=None,
                reason="不办了也行",
                by=own,
            )
        deciding.answer(
            request=project.requests.get(),
            revision=project.revision,
            outcome="grant",
            answer="",
            by=above,
        )
        first = project.milestones.get(position=1)
        assert (first.baseline_on, first.due_on) == (dt.date(2026, 7, 20), dt.date(2026, 8, 10))
        with pytest.raises(Conflict, match="2 个节点没有完成"):
            work.close(
                project=project,
                revision=fresh(project).revision,
                closing="都做完了",
                satisfaction=90,
                by=own,
            )
    kinds = list(project.steps.values_list("kind", flat=True))
    assert kinds == ["submit", "pass", "approve", "ask", "grant"]


def test_nobody_decides_on_his_own(zone: Zone) -> None:
    own, above = zone.actor("dahuangshan"), zone.actor("zone")
    with clock.at(NOW):
        project = on_its_way(zone.street, own, above, "submitted")
        with pytest.raises(NotAllowed):
            deciding.check(
                project=project,
                revision=project.revision,
                outcome="reject",
                opinion="不批自己的",
                people=[],
                due_on=None,
                by=own,
            )
    assert fresh(project).state == "submitted"


def test_what_waits_above_leads_to_those_it_counts(zone: Zone) -> None:
    """A panel that has ended waits for the decision; one that judges still does not."""
    own, above = zone.actor("huzhuang1"), zone.actor("dahuangshan")
    on_its_way(zone.branch, own, above, "judged", title="评审已经结束的")
    going = on_its_way(zone.branch, own, above, "judged", title="评审还在进行的")
    Panel.objects.filter(subject=going.uid).update(state="open")
    on_its_way(zone.branch, own, above, "asked", title="申请延期的")
    on_its_way(zone.branch, own, above, "running", title="照常实施的")
    with clock.at(NOW):
        counts = waiting_above(above)
        assert {key: counts[key] for key in ("judged", "asked")} == {"judged": 1, "asked": 1}
        client = zone.client("dahuangshan")
        home = client.get("/").content.decode()
        pages = {}
        for state in ("judged", "asked"):
            url = f"{reverse('projects:project-list')}?state={state}"
            assert url in home
            pages[state] = client.get(url).content.decode()
    titles = ("评审已经结束的", "评审还在进行的", "申请延期的", "照常实施的")
    shown = {state: [one for one in titles if one in page] for state, page in pages.items()}
    assert shown == {"judged": ["评审已经结束的"], "asked": ["申请延期的"]}


def test_money_is_written_once_and_by_its_own(zone: Zone) -> None:
    project = made(zone)
    given: dict[str, Any] = {
        "revision": project.revision,
        "on": NOW.date(),
        "amount": Decimal("120.50"),
        "what": "买灯",
    }
    with clock.at(NOW):
        with pytest.raises(NotAllowed):
            work.spend(project=project, by=zone.actor("dahuangshan"), **given)
        work.spend(project=project, by=zone.actor("huzhuang1"), **given)
        with pytest.raises(Stale):
            work.spend(project=project, by=zone.actor("huzhuang1"), **given)
        ahead = {**given, "on": NOW.date() + dt.timedelta(days=1)}
        ahead["revision"] = fresh(project).revision
        with pytest.raises(DomainError):
            work.spend(project=project, by=zone.actor("huzhuang1"), **ahead)
    assert list(project.spendings.values_list("amount", flat=True)) == [Decimal("120.50")]


def test_reopened_once_with_one_entry(zone: Zone) -> None:
    project = made(zone, "done")
    one = project.milestones.get(position=1)
    entries = AuditEntry.objects.filter(verb="projects.milestone.reopen")
    with clock.at(NOW):
        work.reopen(milestone=one, by=zone.actor("huzhuang1"))
        with pytest.raises(Conflict):
            work.reopen(milestone=one, by=zone.actor("huzhuang1"))
    assert entries.count() == 1


def test_a_neighbour_and_a_draft_are_seen_by_nobody_else(zone: Zone) -> None:
    draft, running = made(zone, "draft", title="还在写的项目"), made(zone)

    def seen(who: str) -> set[int]:
        return set(Project.objects.visible_to(zone.actor(who)).values_list("pk", flat=True))

    assert seen("huzhuang1") == {draft.pk, running.pk}
    assert seen("dahuangshan") == {running.pk} == seen("zone")
    assert seen("taoyuan1") == set() == seen("jinshanqiao")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": "灯"}, "title"),
        ({"year": 2024}, "year"),
        ({"stages": ()}, "stage_0"),
        ({"figure": "nothing"}, "figure"),
        ({"figure": "life_present"}, "figure_goal"),
        ({"budget": Decimal("NaN")}, "budget"),
        ({"campaign": 999_999}, "campaign"),
        ({"stages": (proposals.Stage("装完", dt.date(2027, 1, 1)),)}, "due_0"),
    ],
)
def test_a_proposal_that_does_not_hold_says_where(zone: Zone, more: Any, field: str) -> None:
    with clock.at(NOW), pytest.raises(DomainError) as refused:
        proposals.create(
            organization=zone.branch, proposal=planned(**more), by=zone.actor("huzhuang1")
        )
    assert refused.value.field == field


def test_what_a_merged_organisation_undertakes_goes_on(zone: Zone) -> None:
    project, by = made(zone), zone.actor("zone")
    Campaign.objects.create(
        organization=zone.branch,
        year=2026,
        kind="land",
        title="盘活",
        goal="两块地",
        created_at=NOW,
    )
    said = lifecycle.foreseen(zone.branch, zone.branch2)
    assert any("1 个没有办完的党建项目" in one for one in said)
    assert any("党建项目 1 个" in one for one in lifecycle.objections_to_abolishing(zone.branch))
    with clock.at(NOW):
        succession.follow(source=zone.branch, target=zone.branch2, by=by)
    assert fresh(project).organization == zone.branch2
    assert Campaign.objects.get().organization == zone.branch2


def test_pages_cost_the_same_with_more_rows(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    counted = []
    with clock.at(NOW):
        for number in range(3):
            made(zone, title=f"老楼道亮起来{number}")
            if number in (0, 2):
                some = []
                for address in ("", "?view=board", "?view=timeline", "campaigns/"):
                    client.get(f"/projects/{address}")
                    with CaptureQueriesContext(connection) as caught:
                        assert client.get(f"/projects/{address}").status_code == 200
                    some.append(len(caught))
                counted.append(some)
    assert counted[0] == counted[1]
