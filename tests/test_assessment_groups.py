"""考核分组: who is compared with whom, and the places of a quota, as arithmetic anybody can check."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.cycles.models import Assessed, Cycle
from assessments.cycles.queries import enrolled
from assessments.schemes.actions import groups
from assessments.schemes.models import AssessmentGroup, GroupPlace, Scheme, SchemeVersion
from assessments.schemes.queries.groups import (
    Compared,
    Filled,
    Kept,
    Quota,
    grouping,
    placed_in,
    places_for,
)
from assessments.schemes.words.groups import mixed, places_words, quota_words
from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.states import Stale
from orgs.enums import OrganizationKind
from orgs.models import Organization

from .parallel import run_together
from .scheme_world import published
from .world import Zone, build_zone, make_organizations

NOW = dt.datetime(2026, 7, 6, 1, tzinfo=dt.UTC)
LIST, PRINT, DETAIL = 10, 10, 8  # queries of a page
DIRECT = OrganizationKind.DIRECT_COMMITTEE


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def made(zone: Zone, name: str = "街道组", who: str = "zone", **more: Any) -> AssessmentGroup:
    given = {"classes": ["street"], "places": [], "year": 2026, "level": "direct"} | more
    return groups.create(organization=zone.root, name=name, by=zone.actor(who), **given)


def committees(zone: Zone, count: int, class_: str = "school") -> list[Organization]:
    return make_organizations(
        zone.root,
        [
            {"name": f"{class_}{number}党委", "kind": DIRECT, "organization_class": class_}
            for number in range(count)
        ],
    )


# --- who is in which -----------------------------------------------------------------------------


def test_named_place_wins_over_class_and_nothing_else_is_placed() -> None:
    rules = [Kept(1, frozenset({"street", "town"}), frozenset()), Kept(2, frozenset(), {7})]  # type: ignore[arg-type]
    places = [(5, "street"), (6, "town"), (7, "street"), (8, "school")]
    assert placed_in(rules, places) == {5: 1, 6: 1, 7: 2}
    assert placed_in(rules[::-1], places[::-1]) == {5: 1, 6: 1, 7: 2}
    assert placed_in([], places) == {}


def test_groups_hold_direct_committees_alone_and_say_who_is_in_none(zone: Zone) -> None:
    committees(zone, 2)
    gone = committees(zone, 1, "street")[0]
    Organization.objects.filter(pk=gone.pk).update(abolished_on=dt.date(2026, 7, 6))
    made(zone)
    made(zone, "点名组", classes=[], places=[zone.neighbour_street.pk])
    found = grouping(zone.root, 2026, "direct", clock.today())
    assert [[one.name for one in row.organizations] for row in found.filled] == [
        ["大黄山街道"],
        ["金山桥街道"],
    ]
    assert [one.name for one in found.loose] == ["school0党委", "school1党委"]
    assert found.total == 4
    assert not any(row.is_big_enough for row in found.filled)
    # On the day before it was there still.
    before = grouping(zone.root, 2026, "direct", dt.date(2026, 7, 5))
    assert "street0党委" in [one.name for one in before.filled[0].organizations]


def test_a_cycle_and_the_page_put_everybody_into_the_same_group(zone: Zone) -> None:
    committees(zone, 2)
    made(zone)
    made(zone, "点名组", classes=["school"], places=[zone.neighbour_street.pk])
    published(zone.root, classes=("street", "school"))
    cycle = Cycle(organization=zone.root, level="direct", period="2026-H2")
    assessed, _ = enrolled.enrolled(cycle)
    group_of = {one.organization_id: one.group_id for one in assessed}
    assert len(set(group_of.values())) == 2
    found = grouping(zone.root, 2026, "direct", clock.today())
    for filled_ in found.filled:
        for one in filled_.organizations:
            assert group_of[one.pk] == filled_.group.pk


def test_a_branch_group_holds_branches_of_its_committee(zone: Zone) -> None:
    group = groups.create(
        organization=zone.street,
        year=2026,
        level="branch",
        name="村组",
        classes=["other"],
        places=[],
        by=zone.actor("dahuangshan"),
    )
    found = grouping(zone.street, 2026, "branch", clock.today())
    assert {one.pk for one in found.filled[0].organizations} == {zone.branch.pk, zone.branch2.pk}
    with pytest.raises(DomainError):
        made(zone, "支部组", level="branch")
    with pytest.raises(DomainError):
        groups.edit(
            group=group,
            revision=1,
            name="村组",
            classes=[],
            places=[zone.neighbour_branch.pk],
            minimum=5,
            order=0,
            by=zone.actor("dahuangshan"),
        )


# --- places of a quota ---------------------------------------------------------------------------


def filled(*sizes: int, minimum: int = 5) -> list[Filled]:
    return [
        Filled(
            AssessmentGroup(name=f"{number}组", minimum=minimum),
            [Compared(n, str(n), "street", "", str(n)) for n in range(size)],
        )
        for number, size in enumerate(sizes, start=1)
    ]


def test_places_are_given_by_largest_remainder_and_told_as_arithmetic() -> None:
    rows = filled(11, 7)
    places = places_for(Quota("好", Fraction(1, 3), "upper"), rows)
    assert (places.total, list(places.of_groups)) == (6, [4, 2])
    assert places_words(places, rows) == (
        "18 × 1/3 = 6，按最大余数分：1组 11 × 1/3 = 3 又 2/3，得 4；2组 7 × 1/3 = 2 又 1/3，得 2。"
    )
    assert quota_words(places.quota) == "“好”不超过 1/3"


def test_a_small_group_takes_no_part_by_its_own_minimum() -> None:
    rows = [*filled(11), *filled(4), *filled(4, minimum=4)]
    places = places_for(Quota("较好", Fraction(15, 100), "lower"), rows)
    assert places.taking == 15
    assert places.total == 3
    assert places.of_groups[1] is None
    assert "15 × 15% = 2.25，进一得 3" in places_words(places, rows)
    assert quota_words(places.quota) == "“较好”及以下不少于 15%"
    none = filled(4, 3)
    assert "没有一组够数" in places_words(places_for(places.quota, none), none)
    assert places_for(places.quota, []).total == 0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Fraction(2, 3), "2/3"),
        (Fraction(11, 3), "3 又 2/3"),
        (Fraction(6), "6"),
        (Fraction(27, 10), "2.7"),
    ],
)
def test_numbers_are_written_as_people_write_them(value: Fraction, text: str) -> None:
    assert mixed(value) == text


# --- acts ----------------------------------------------------------------------------------------


def test_a_class_or_an_organisation_has_one_group_of_a_year_and_level(zone: Zone) -> None:
    made(zone, classes=["street"], places=[zone.street.pk])
    for given in ({"classes": ["street"]}, {"classes": [], "places": [zone.street.pk]}):
        with pytest.raises(DomainError, match="只能在一组"):
            made(zone, "另一组", **given)
    made(zone, "上年组", year=2025)
    with pytest.raises(Conflict):
        made(zone, classes=["school"])
    assert AssessmentGroup.objects.count() == 2


@pytest.mark.parametrize(
    "given",
    [
        {"name": " \x00\ud800 "},
        {"name": ""},
        {"classes": [], "places": []},
        {"classes": ["nothing"]},
        {"classes": [], "places": [10**15]},
        {"minimum": 1},
        {"minimum": 10**9},
        {"order": -1},
        {"year": 1999},
        {"year": 10**6},
        {"level": "x\x00"},
    ],
)
def test_odd_input_is_refused_in_words(zone: Zone, given: dict[str, Any]) -> None:
    with pytest.raises(DomainError) as refused:
        made(zone, **{"name": "街道组"} | given)
    assert refused.value.message
    assert not AssessmentGroup.objects.exists()


def test_only_who_writes_schemes_there_sets_groups(zone: Zone) -> None:
    for who in ("committee", "dahuangshan", "huzhuang1", "reviewer"):
        with pytest.raises(NotAllowed):
            made(zone, who=who)
    group = made(zone)
    with pytest.raises(NotAllowed):
        groups.remove(group=group, by=zone.actor("dahuangshan"))
    with pytest.raises(NotAllowed):
        groups.copy_last_year(
            organization=zone.root, year=2027, level="direct", by=zone.actor("dahuangshan")
        )


def edited(zone: Zone, group: AssessmentGroup, revision: int, **more: Any) -> AssessmentGroup:
    given = {"name": "街道组", "classes": ["street"], "places": [], "minimum": 5, "order": 0}
    return groups.edit(group=group, revision=revision, by=zone.actor("zone"), **given | more)


def test_editing_takes_the_revision_seen_and_is_told(zone: Zone) -> None:
    group = made(zone)
    edited(zone, group, 1, name="街道、镇组", places=[zone.neighbour_street.pk], minimum=2)
    with pytest.raises(Stale):
        edited(zone, AssessmentGroup.objects.get(), 1)
    stored = AssessmentGroup.objects.get()
    assert (stored.name, stored.minimum, stored.revision) == ("街道、镇组", 2, 2)
    entry = AuditEntry.objects.get(verb="schemes.group.edit")
    assert entry.changes["places"] == [[], [zone.neighbour_street.pk]]
    edited(zone, stored, 2, name="街道、镇组", places=[], minimum=2)
    assert not GroupPlace.objects.exists()
    # A place that has been dissolved since does no harm.
    edited(zone, stored, 3, places=[zone.street.pk])
    Organization.objects.filter(pk=zone.street.pk).update(abolished_on=dt.date(2026, 7, 1))
    edited(zone, stored, 4, places=[zone.street.pk], minimum=3)


def used(zone: Zone, group: AssessmentGroup) -> None:
    scheme = Scheme.objects.create(
        organization=zone.root, year=2026, name="街道", classes=["street"], created_at=NOW
    )
    version = SchemeVersion.objects.create(scheme=scheme, number=1, changed_at=NOW)
    cycle = Cycle.objects.create(organization=zone.root, period="2026-H1", opened_at=NOW)
    Assessed.objects.create(
        cycle=cycle,
        organization=zone.street,
        path=zone.street.path,
        name="大黄山街道",
        organization_class="street",
        version=version,
        group=group,
    )


def test_a_group_in_which_somebody_was_measured_stays(zone: Zone) -> None:
    group, other = made(zone, places=[zone.street.pk]), made(zone, "学校组", classes=["school"])
    used(zone, group)
    with pytest.raises(Conflict, match="不能删除"):
        groups.remove(group=group, by=zone.actor("zone"))
    groups.remove(group=other, by=zone.actor("zone"))
    groups.remove(group=other, by=zone.actor("zone"))  # twice is once
    assert list(AssessmentGroup.objects.values_list("pk", flat=True)) == [group.pk]
    assert GroupPlace.objects.count() == 1
    assert AuditEntry.objects.filter(verb="schemes.group.remove").count() == 1


def test_last_years_groups_are_taken_over_once(zone: Zone) -> None:
    gone = committees(zone, 1)[0]
    made(zone, year=2025, places=[zone.street.pk, gone.pk], minimum=2, order=3)
    Organization.objects.filter(pk=gone.pk).update(abolished_on=dt.date(2026, 7, 1))
    given: dict[str, Any] = {"organization": zone.root, "level": "direct", "by": zone.actor("zone")}
    (copied,) = groups.copy_last_year(year=2026, **given)
    assert (copied.name, copied.minimum, copied.order, copied.year) == ("街道组", 2, 3, 2026)
    assert [one.organization_id for one in copied.places.all()] == [zone.street.pk]
    with pytest.raises(Conflict):
        groups.copy_last_year(year=2026, **given)
    with pytest.raises(DomainError):
        groups.copy_last_year(year=2028, **given)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_one_class_at_once_one_does() -> None:
    zone = build_zone()
    by = zone.actor("zone")

    def take(name: str) -> Any:
        with clock.at(NOW):
            return groups.create(
                organization=zone.root,
                year=2026,
                level="direct",
                name=name,
                classes=["street"],
                places=[zone.street.pk],
                by=by,
            )

    outcomes = run_together([lambda: take("甲组"), lambda: take("乙组")])
    assert sum(one.error is None for one in outcomes) == 1
    assert AssessmentGroup.objects.count() == 1
    assert GroupPlace.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_edit_at_once_one_does() -> None:
    zone = build_zone()
    by = zone.actor("zone")
    with clock.at(NOW):
        group = made(zone)

    def rename(name: str) -> Any:
        with clock.at(NOW):
            return groups.edit(
                group=AssessmentGroup.objects.get(pk=group.pk),
                revision=1,
                name=name,
                classes=["street"],
                places=[],
                minimum=5,
                order=0,
                by=by,
            )

    outcomes = run_together([lambda: rename("甲组"), lambda: rename("乙组")])
    assert sum(one.error is None for one in outcomes) == 1
    assert AssessmentGroup.objects.get().revision == 2


# --- pages ---------------------------------------------------------------------------------------


def asked(zone: Zone, who: str, url: str) -> tuple[Any, int]:
    client = zone.client(who)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(url)
    return response, len(queries)


def test_pages_cost_the_same_with_one_group_and_with_three(zone: Zone) -> None:
    group = made(zone)
    urls = ["/schemes/groups/", "/schemes/groups/print/", group.get_absolute_url()]
    one = [asked(zone, "zone", url)[1] for url in urls]
    committees(zone, 6)
    made(zone, "学校组", classes=["school"])
    made(zone, "点名组", classes=[], places=[zone.neighbour_street.pk])
    three = [asked(zone, "zone", url)[1] for url in urls]
    assert one == three == [LIST, PRINT, DETAIL]


def test_the_list_says_who_is_in_none_and_what_each_group_gets(zone: Zone) -> None:
    committees(zone, 7)
    committees(zone, 1, "other")
    made(zone, "学校组", classes=["school"])
    made(zone)
    text = asked(zone, "zone", "/schemes/groups/?share=1/3&kind=upper")[0].content.decode()
    assert "7 × 1/3 = 2 又 1/3，舍去零头得 2" in text
    assert "other0党委" in text
    assert "还差 3 家到 5 家" in text
    for odd in ("x", "1/0", "9" * 40, "-1", "2", "%00", "１５％"):
        response = zone.client("zone").get("/schemes/groups/", {"share": odd})
        assert response.status_code == 200
    for odd in ("year=9999999999", "year=x", "of=1-x", "of=99999999999999999999-direct"):
        assert zone.client("zone").get(f"/schemes/groups/?{odd}").status_code == 200


def test_the_measured_read_their_groups_and_neighbours_groups_stay_closed(zone: Zone) -> None:
    made(zone)
    groups.create(
        organization=zone.neighbour_street,
        year=2026,
        level="branch",
        name="桃园的组",
        classes=["other"],
        places=[],
        by=zone.actor("jinshanqiao"),
    )
    text = asked(zone, "huzhuang1", "/schemes/groups/")[0].content.decode()
    assert "街道组" in text
    assert "桃园的组" not in text
    assert "新建分组" not in text
    of = f"{zone.neighbour_street.pk}-branch"
    assert (
        "桃园的组"
        not in asked(zone, "dahuangshan", f"/schemes/groups/?of={of}")[0].content.decode()
    )
    made_for = f"/schemes/groups/new/?of={zone.root.pk}-direct"
    assert zone.client("dahuangshan").get(made_for).status_code == 404


def test_a_second_editor_sees_both_and_loses_nothing(zone: Zone) -> None:
    group = made(zone)
    edited(zone, group, 1, name="街道、镇组")
    url = f"/schemes/groups/{group.uid}/edit/"
    given = {"revision": 1, "name": "我的名称", "classes": ["street"], "minimum": 5, "order": 0}
    response = zone.client("zone").post(url, given)
    text = response.content.decode()
    assert response.status_code == 409
    assert "街道、镇组" in text
    assert "我的名称" in text
    again = zone.client("zone").post(url, given | {"revision": 2})
    assert again.status_code == 302
    assert AssessmentGroup.objects.get().name == "我的名称"
