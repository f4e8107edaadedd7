"""Writing the register by several at once, and what it counts."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import audit, clock
from core.errors import Conflict, DomainError
from core.models import AuditEntry
from members.actions import members, reveals
from members.actions.members import MemberChange
from members.models import Member
from members.queries.headcounts import Ages, ages, headcount, headcounts
from members.registrations import members_remain, move_members
from orgs import headcounts as orgs_headcounts

from .parallel import run_together
from .test_members import number
from .world import Zone, build_zone, make_member


def values(zone: Zone, serial: int, **more: object) -> dict[str, object]:
    return {
        "name": "王五",
        "identity_number": number(serial),
        "sex": "1",
        "category": "full_member",
        "organization_id": zone.branch.pk,
        "joined_on": dt.date(2010, 7, 1),
        "phone": f"100{serial:08d}",
        "address": f"江苏省徐州市云龙区青年路{serial}号",
    } | more


def test_saving_costs_the_same_for_one_and_for_twenty(zone: Zone) -> None:
    by, counts = zone.actor("zone"), []
    audit.record_now(by=by, verb="test.start")  # the chain has a head from here on
    for size, start in ((1, 0), (20, 1)):
        changes = [MemberChange(values(zone, start + n)) for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            members.save_members(changes=changes, by=by)
        counts.append(len(queries))
    # Of one that is typed it is asked first how many numbers its person tried in vain.
    assert counts[0] == counts[1] + 1
    rows = [
        MemberChange({"job": "教师"}, member_id=pk)
        for pk in Member.objects.values_list("pk", flat=True)
    ]
    with CaptureQueriesContext(connection) as queries:
        saved = members.save_members(changes=rows, by=by)
    assert len(saved.changed) == 21
    assert len(queries) <= 12
    assert set(Member.objects.values_list("job", "revision")) == {("教师", 2)}


def test_nothing_is_written_when_one_row_is_outside_the_scope(zone: Zone) -> None:
    own, foreign = make_member(zone.branch, "张三"), make_member(zone.neighbour_branch, "章杉")
    by = zone.actor("dahuangshan")
    for bad in (
        MemberChange({"job": "x"}, member_id=foreign.pk),
        MemberChange({"organization_id": zone.branch.pk}, member_id=foreign.pk),
        MemberChange({"organization_id": zone.neighbour_branch.pk}, member_id=own.pk),
        MemberChange(values(zone, 1, organization_id=zone.neighbour_branch.pk)),
        MemberChange({"job": "x"}, member_id=10**9),
    ):
        with pytest.raises(DomainError):
            members.save_members(
                changes=[MemberChange({"job": "教师"}, member_id=own.pk), bad], by=by
            )
    assert set(Member.objects.values_list("job", flat=True)) == {""}
    assert Member.objects.count() == 2
    assert not AuditEntry.objects.exists()


def test_sealed_values_are_bound_to_their_row(zone: Zone) -> None:
    members.save_members(
        changes=[MemberChange(values(zone, n)) for n in (1, 2)], by=zone.actor("zone")
    )
    first, second = Member.objects.order_by("pk")
    Member.objects.filter(pk=first.pk).update(phone_sealed=second.phone_sealed)
    first.refresh_from_db()
    assert first.phone_masked == "无法读取"
    assert second.phone_masked == "100******02"


@pytest.mark.parametrize(
    ("items", "field"),
    [
        ({"name": "张" * 51}, "name"),
        ({"name": "  "}, "name"),
        ({"name": "张\x00三"}, "name"),
        ({"note": "字" * 501}, "note"),
        ({"identity_number": "123"}, "identity_number"),
        ({"category": "x"}, "category"),
        ({"address": "字" * 201}, "address"),
    ],
)
def test_a_value_that_cannot_be_kept_names_its_field(
    zone: Zone, items: dict[str, object], field: str
) -> None:
    with pytest.raises(DomainError) as refused:
        members.save_members(changes=[MemberChange(values(zone, 1) | items)], by=zone.actor("zone"))
    assert refused.value.field == field
    assert not Member.objects.exists()


def test_longest_address_of_rare_characters_fits(zone: Zone) -> None:
    address = "\U00020bb7" * 200
    members.save_members(
        changes=[MemberChange(values(zone, 1, address=address))], by=zone.actor("zone")
    )
    member = Member.objects.get()
    assert member.unsealed("address") == address  # type: ignore[arg-type]
    assert len(member.address_sealed) <= 1200


# --- counting ------------------------------------------------------------------------------


def test_headcounts_by_subtree_in_one_query(zone: Zone) -> None:
    born = dt.date(1999, 1, 1)
    make_member(zone.branch, "甲", sex="2", birth_on=born, ethnicity="03", education="21")
    make_member(
        zone.branch, "乙", category="probationary_member", full_member_on=None, education="61"
    )
    make_member(zone.branch2, "丙", is_mobile=True, birth_on=dt.date(1950, 1, 1), ethnicity="01")
    make_member(zone.branch2, "丁", state="left")
    make_member(zone.branch2, "戊", state="suspended")
    make_member(zone.neighbour_branch, "己", is_on_party_probation=True, is_lost_contact=False)
    paths = [
        zone.root.path,
        zone.street.path,
        zone.general.path,
        zone.branch.path,
        zone.neighbour_branch.path,
    ]
    with (
        clock.at(dt.datetime(2026, 7, 6, tzinfo=dt.UTC)),
        CaptureQueriesContext(connection) as queries,
    ):
        found = headcounts(paths)
        assert len(queries) == 1
        by_age = {path: ages(path) for path in paths}
    street = found[zone.street.path]
    assert (street.on_roll, street.left, street.suspended) == (3, 1, 1)
    assert (street.expected, street.entitled_to_vote) == (2, 2)
    assert (street.full, street.probationary, street.female) == (2, 1, 1)
    assert (street.minority, street.college, street.mobile) == (1, 1, 1)
    assert by_age[zone.street.path] == Ages(young=1, senior=1)
    assert by_age[zone.root.path] == Ages(young=1, senior=1)
    assert found[zone.root.path].on_roll == 4
    assert found[zone.branch.path].on_roll == 2
    assert found[zone.neighbour_branch.path].entitled_to_vote == 0
    for path in paths:
        assert headcount(path) == found[path]
    # The figures agree with the filters of the model and with the single member's answers.
    rows = Member.objects.filter(organization__path__startswith=zone.street.path)
    assert rows.expected().count() == sum(m.is_expected for m in rows) == street.expected
    assert rows.entitled_to_vote().count() == sum(m.is_entitled_to_vote for m in rows) == 2
    assert orgs_headcounts.of([zone.street.path])[zone.street.path].entitled == 2


def test_seniority_counts_from_becoming_a_full_member(zone: Zone) -> None:
    member = make_member(zone.branch, "甲", full_member_on=dt.date(2011, 7, 2))
    assert member.seniority_years(dt.date(2026, 7, 1)) == 14
    assert member.seniority_years(dt.date(2026, 7, 2)) == 15
    member.seniority_correction_days = -400
    assert member.seniority_years(dt.date(2026, 7, 2)) == 13
    member.category = "probationary_member"
    assert member.seniority_years(dt.date(2026, 7, 2)) is None


def test_merging_moves_everybody_set_based(zone: Zone) -> None:
    by, counts = zone.actor("zone"), []
    audit.record_now(by=by, verb="test.start")  # the chain has a head from here on
    for size in (1, 3):
        for n in range(size):
            make_member(zone.branch, "张三", number(10 * size + n))
        with CaptureQueriesContext(connection) as queries, audit.unit_of_work():
            move_members(zone.branch, zone.branch2, dt.date(2026, 7, 1), by)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Member.objects.filter(organization=zone.branch2).count() == 4
    assert AuditEntry.objects.filter(verb="members.member.move").count() == 4


def test_branch_with_members_on_the_roll_cannot_cease(zone: Zone) -> None:
    member = make_member(zone.branch, "张三")
    assert members_remain(zone.branch) == ["还有党员 1 名（含停止党籍），请先调整到其他党支部"]
    members.record_exit(
        member=member, reason="deceased", happened_on=dt.date(2026, 1, 1), by=zone.actor("zone")
    )
    assert members_remain(zone.branch) == []


# --- several at once -----------------------------------------------------------------------


@pytest.fixture
def lasting_zone(transactional_db: None) -> Zone:
    return build_zone()


def test_eight_parallel_edits_of_one_revision_have_one_effect(lasting_zone: Zone) -> None:
    zone = lasting_zone
    member = make_member(zone.branch, "张三", number(1))
    by = zone.actor("huzhuang1")

    def edit(n: int) -> None:
        change = MemberChange({"job": f"岗位{n}"}, member_id=member.pk, revision=1)
        members.save_members(changes=[change], by=by)

    outcomes = run_together([lambda n=n: edit(n) for n in range(8)])
    errors = [outcome.error for outcome in outcomes if outcome.error]
    assert len(errors) == 7
    assert all(isinstance(error, Conflict) for error in errors)
    member.refresh_from_db()
    assert member.revision == 2
    assert AuditEntry.objects.filter(verb="members.member.change").count() == 1


def test_eight_parallel_registrations_make_one_member(lasting_zone: Zone) -> None:
    zone = lasting_zone
    by = zone.actor("zone")
    outcomes = run_together(
        [
            lambda: members.save_members(changes=[MemberChange(values(zone, 1))], by=by)
            for _ in range(8)
        ]
    )
    errors = [outcome.error for outcome in outcomes if outcome.error]
    assert len(errors) == 7
    assert {getattr(error, "code", repr(error)) for error in errors} == {
        "duplicate_identity_number"
    }
    assert Member.objects.count() == 1
    assert AuditEntry.objects.filter(verb="members.member.create").count() == 1


def test_eight_parallel_exits_leave_one_record(lasting_zone: Zone) -> None:
    zone = lasting_zone
    member = make_member(zone.branch, "张三", number(1))
    by = zone.actor("huzhuang1")
    outcomes = run_together(
        [
            lambda: members.record_exit(
                member=member, reason="deceased", happened_on=dt.date(2026, 1, 1), by=by
            )
            for _ in range(8)
        ]
    )
    assert sum(outcome.error is None for outcome in outcomes) == 1
    assert all(
        isinstance(outcome.error, Conflict) for outcome in outcomes if outcome.error is not None
    )
    assert member.exits.count() == 1


def test_parallel_reveals_cannot_pass_the_cap(
    lasting_zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reveals, "HOURLY_CAP", 3)
    zone = lasting_zone
    member = make_member(zone.branch, "张三", number(1))
    by = zone.actor("huzhuang1")
    member = Member.objects.select_related("organization").get(pk=member.pk)
    outcomes = run_together(
        [
            lambda: reveals.reveal(
                member=member, item="identity_number", reason="办理组织关系", by=by
            )
            for _ in range(8)
        ]
    )
    assert sum(outcome.value == number(1) for outcome in outcomes) == 3
    assert AuditEntry.objects.filter(verb=reveals.VERB).count() == 3


def test_seniority_ends_with_death_and_not_with_a_transfer(zone: Zone) -> None:
    by = zone.actor("zone")
    for reason, years in (("deceased", 8), ("transferred", 15)):
        member = make_member(zone.branch, "甲", full_member_on=dt.date(2011, 7, 1))
        members.record_exit(member=member, reason=reason, happened_on=dt.date(2020, 6, 30), by=by)
        member.refresh_from_db()
        assert member.seniority_years(dt.date(2026, 7, 2)) == years


def test_suspended_are_on_no_roll_and_kept_apart(zone: Zone) -> None:
    member = make_member(zone.branch, "停", state="suspended")
    assert not Member.objects.on_roll().exists()
    assert list(Member.objects.here()) == [member]
    assert not member.is_on_roll
    page = zone.client("zone").get(f"/members/?organization={zone.branch.pk}")
    assert not page.context["page"].object_list
    apart = zone.client("zone").get(f"/members/?organization={zone.branch.pk}&state=suspended")
    assert [row.name for row in apart.context["page"]] == ["停"]
