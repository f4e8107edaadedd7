"""Weak organisations that are put right: who sees what when, acceptance, the year after, mergers."""

import datetime as dt
import html
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.worklist import Worklist
from orgs import lifecycle
from schedules.action_items.models import ActionItem
from schedules.weak_cases import worklist
from schedules.weak_cases.actions import cases
from schedules.weak_cases.models import CaseMeasure, WeakCase
from schedules.weak_cases.rules import months_after

from .access_objects import NOW, Place, weak_case, weak_criterion
from .world import Zone


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def place(zone: Zone) -> Place:
    return Place(zone, zone.branch, zone.users["huzhuang1"])


def followed(place: Place) -> WeakCase:
    case: WeakCase = weak_case(place, "followed")
    return case


def test_before_the_decision_the_organisation_sees_nothing(place: Place) -> None:
    zone, case = place.zone, weak_case(place, "proposed")
    seen = {
        name: WeakCase.objects.visible_to(zone.actor(name)).exists()
        for name in ("zone", "dahuangshan", "committee", "huzhuang", "huzhuang1", "jinshanqiao")
    }
    assert [name for name, sees in seen.items() if sees] == ["zone", "dahuangshan"]
    case = cases.decide(
        case=case,
        finding="not_weak",
        reason="代理书记已到位",
        revision=case.revision,
        by=zone.actor("zone"),
    )
    assert case.state == "declined"
    assert not WeakCase.objects.visible_to(zone.actor("huzhuang1")).exists()


def test_after_it_those_who_work_for_it_see_it_and_no_neighbour(place: Place) -> None:
    zone = place.zone
    weak_case(place, "decided")
    for name in ("committee", "huzhuang", "huzhuang1", "dahuangshan"):
        assert WeakCase.objects.visible_to(zone.actor(name)).exists(), name
    page = reverse("orgs:organization-detail", args=[place.branch.pk])
    for name, told in (("huzhuang1", True), ("jinshanqiao", False), ("taoyuan1", False)):
        assert WeakCase.objects.visible_to(zone.actor(name)).exists() is told
        shown = html.unescape(zone.client(name).get(page).content.decode())
        assert ("软弱涣散整顿" in shown.partition("<main")[2]) is told, name


def test_nobody_decides_on_his_own_and_branches_on_nobody(place: Place) -> None:
    zone = place.zone
    facts = {weak_criterion().pk: "书记空缺五个月"}
    for name, of in (
        ("dahuangshan", zone.street),
        ("huzhuang1", place.branch),
        ("jinshanqiao", place.branch),
        ("huzhuang", place.branch),
        ("zone", zone.root),
    ):
        with pytest.raises(NotAllowed):
            cases.open_case(organization=of, facts=facts, by=zone.actor(name))
    with pytest.raises(NotAllowed):
        cases.accept(
            case=weak_case(place),
            acceptance="passed",
            note="都办完了",
            revision=3,
            by=zone.actor("dahuangshan"),
        )


def test_an_ended_criterion_is_met_by_nobody(place: Place) -> None:
    row = weak_criterion()
    type(row).objects.filter(pk=row.pk).update(in_force_to=NOW.date() - dt.timedelta(days=1))
    with pytest.raises(DomainError, match="停用"):
        cases.open_case(
            organization=place.branch,
            facts={row.pk: "书记空缺五个月"},
            by=place.zone.actor("dahuangshan"),
        )


def test_measures_are_action_items_of_the_committee(place: Place) -> None:
    case = weak_case(place)
    item = CaseMeasure.objects.get(case=case).item
    assert (item.issuer, item.owner) == (place.zone.street, place.branch)
    assert (item.source_kind, item.source_id, item.leader_name) == ("weak_case", case.pk, "刘建军")
    page = place.zone.client("huzhuang1").get(item.get_absolute_url())
    assert case.get_absolute_url() in page.content.decode()


def test_open_items_are_accepted_only_with_a_written_reason(place: Place) -> None:
    by = place.zone.actor("zone")
    case = weak_case(place)
    typed: dict[str, Any] = {"acceptance": "passed", "note": "访了群众", "by": by}
    with pytest.raises(DomainError, match="1 件督办没有销号"):
        cases.accept(case=case, revision=case.revision, **typed)
    case = cases.accept(case=case, revision=case.revision, override_reason="选举排在八月", **typed)
    entry = AuditEntry.objects.filter(verb="weak_cases.case.accept").get()
    assert entry.changes["open_items"] == [None, 1]
    assert entry.changes["override_reason"] == [None, "选举排在八月"]
    assert (case.state, case.accepted_on) == ("followed", NOW.date())


def test_closed_items_need_no_reason_and_none_is_kept(place: Place) -> None:
    case = weak_case(place)
    ActionItem.objects.filter(source_kind="weak_case").update(state="closed")
    case = cases.accept(
        case=case,
        acceptance="passed",
        note="访了群众",
        override_reason="不用写的",
        revision=case.revision,
        by=place.zone.actor("zone"),
    )
    assert case.override_reason == ""


def test_what_does_not_pass_begins_another_round(place: Place) -> None:
    zone = place.zone
    case = weak_case(place)
    case = cases.accept(
        case=case,
        acceptance="again",
        note="群众还有意见",
        revision=case.revision,
        by=zone.actor("zone"),
    )
    assert (case.state, case.round) == ("decided", 2)
    case = cases.plan(
        case=case,
        leader_name="孙丽华",
        measures=[cases.Measure("逐户听意见", NOW.date() + dt.timedelta(days=20))],
        revision=case.revision,
        by=zone.actor("zone"),
    )
    assert list(case.measures.values_list("round", flat=True)) == [1, 2]


def looked(case: WeakCase, day: dt.datetime, zone: Zone, found: str = "lasting") -> WeakCase:
    with clock.at(day):
        return cases.follow_up(
            case=case,
            found=found,
            note="看过，稳住了",
            revision=case.revision,
            by=zone.actor("zone"),
        )


def test_the_year_has_two_looks_and_the_second_ends_it(place: Place) -> None:
    zone, case = place.zone, followed(place)
    with pytest.raises(DomainError, match="2027年1月6日"):
        looked(case, NOW + dt.timedelta(days=100), zone)
    case = looked(case, NOW.replace(year=2027, month=1, day=6), zone)
    assert (case.state, case.look_due_on) == ("followed", dt.date(2027, 7, 6))
    case = looked(case, NOW.replace(year=2027, month=7, day=6), zone)
    assert (case.state, case.ended_on) == ("ended", dt.date(2027, 7, 6))


def test_a_missed_half_year_is_not_asked_for_again(place: Place) -> None:
    case = looked(followed(place), NOW.replace(year=2027, month=8), place.zone)
    assert case.state == "ended"


def test_a_relapse_opens_it_again_on_any_day(place: Place) -> None:
    case = looked(followed(place), NOW + dt.timedelta(days=9), place.zone, "relapsed")
    assert (case.state, case.round, case.accepted_on) == ("decided", 2, None)


def test_looks_stand_on_the_zones_list_when_they_are_due(place: Place) -> None:
    zone = place.zone
    followed(place)

    def told(name: str, day: dt.datetime) -> list[str]:
        work = Worklist()
        with clock.at(day):
            worklist.provide(zone.actor(name), work)
        return [one.title for one in work.items]

    assert told("zone", NOW + dt.timedelta(days=100)) == []
    january = NOW.replace(year=2027, month=1, day=2)
    assert told("zone", january) == [f"整顿半年回访：{place.branch}"]
    assert told("dahuangshan", january) == []
    assert told("huzhuang1", january) == []


@pytest.mark.parametrize("day", [(2026, 8, 31), (2027, 12, 31), (2028, 2, 29)])
def test_months_after_stay_within_the_month(day: tuple[int, int, int]) -> None:
    for months in range(25):
        found = months_after(dt.date(*day), months)
        assert (found.year * 12 + found.month) - (day[0] * 12 + day[1]) == months
        assert found.day == day[2] or (found + dt.timedelta(days=1)).day == 1


def test_a_merger_takes_the_case_over(place: Place) -> None:
    zone, case = place.zone, weak_case(place)
    target = zone.branch2
    assert any("软弱涣散" in line for line in lifecycle.foreseen(place.branch, target))
    assert any("软弱涣散" in line for line in lifecycle.objections_to_abolishing(place.branch))
    cases.follow(source=place.branch, target=target, by=zone.actor("zone"))
    case.refresh_from_db()
    assert (case.organization, case.state) == (target, "righting")
    left = lifecycle.objections_to_abolishing(place.branch)
    assert not any("软弱涣散" in line for line in left)


def test_two_cases_become_one_when_both_are_merged(place: Place) -> None:
    zone, case = place.zone, weak_case(place)
    target = weak_case(Place(zone, zone.branch2, place.secretary))
    cases.follow(source=place.branch, target=zone.branch2, by=zone.actor("zone"))
    case.refresh_from_db()
    assert case.state == "ended"
    assert CaseMeasure.objects.filter(case=target).count() == 2


def test_one_organisation_has_one_case_that_runs(place: Place) -> None:
    weak_case(place)
    with pytest.raises(Conflict, match="正在整顿"):
        weak_case(place)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_for_more_rows(
    place: Place, django_assert_num_queries: Any, count: int
) -> None:
    zone = place.zone
    branches = [place.branch, zone.branch2, zone.neighbour_branch][:count]
    for one in branches:
        last = weak_case(Place(zone, one, place.secretary))
    client: Client = zone.client("zone")
    client.get(reverse("weak_cases:case-list"))
    for url, wanted in (
        (reverse("weak_cases:case-list"), LIST),
        (reverse("weak_cases:criterion-list"), CRITERIA),
        (last.get_absolute_url(), DETAIL),
    ):
        with django_assert_num_queries(wanted):
            assert client.get(url).status_code == 200


LIST, CRITERIA, DETAIL = 7, 5, 8
