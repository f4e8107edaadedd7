"""Stored headcounts: equal to a plain count at every moment, before and after they are written."""

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import asdict
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import audit, clock, effects, paging
from core.actor import system
from core.models import AuditEntry, Effect
from members.actions import headcounts as writing
from members.actions import members
from members.actions.members import MemberChange
from members.enums import MembershipState
from members.models import HeadcountLedger, HeadcountMark, Member, OwnHeadcount, TotalHeadcount
from members.queries import headcounts as reading
from members.queries.headcounts import Headcount, headcount, headcounts
from members.queries.roster import MemberFilters, roster
from orgs.actions import organizations, structure
from orgs.actions.history import Decision
from orgs.models import Organization

from .parallel import run_together
from .world import Zone, make_member, make_organization

DAY = dt.date(2026, 7, 1)


def naive(path: str) -> Headcount:
    """Counted one member at a time, in Python."""
    rows = [
        row
        for row in Member.objects.select_related("organization")
        if row.organization.path.startswith(path)
    ]
    here = [row for row in rows if row.is_on_roll]
    return Headcount(
        on_roll=len(here),
        expected=sum(row.is_expected for row in here),
        entitled_to_vote=sum(row.is_entitled_to_vote for row in here),
        full=sum(row.category == "full_member" for row in here),
        probationary=sum(row.category == "probationary_member" for row in here),
        female=sum(row.sex == "2" for row in here),
        minority=sum(row.ethnicity not in ("", "01") for row in here),
        college=sum("1" <= row.education < "4" for row in here),
        mobile=sum(row.is_mobile for row in here),
        lost_contact=sum(row.is_lost_contact for row in here),
        suspended=sum(row.state == "suspended" for row in rows),
        left=sum(not row.is_here for row in rows),
    )


def assert_exact() -> None:
    """Every organisation's figures are those of this moment, alone and all together."""
    paths = list(Organization.objects.values_list("path", flat=True))
    wanted = {path: naive(path) for path in paths}
    assert headcounts(paths) == wanted
    assert {path: headcount(path) for path in paths} == wanted


def draw(organization: Organization, rng: random.Random) -> Member:
    """A member of any kind."""
    return make_member(
        organization,
        category=rng.choice(["full_member", "probationary_member"]),
        state=rng.choice(["normal", "normal", "suspended", "left"]),
        sex=rng.choice(["1", "2"]),
        ethnicity=rng.choice(["", "01", "03"]),
        education=rng.choice(["", "11", "31", "41", "61"]),
        is_mobile=rng.random() < 0.3,
        is_lost_contact=rng.random() < 0.3,
        is_excused=rng.random() < 0.3,
        is_on_party_probation=rng.random() < 0.3,
    )


@pytest.fixture
def people(zone: Zone) -> list[Member]:
    """Members of every kind in three branches, all figures written."""
    rng = random.Random(3)
    places = (zone.branch, zone.branch2, zone.neighbour_branch)
    rows = [draw(rng.choice(places), rng) for _ in range(40)]
    writing.fill(by=system())
    return rows


def changes_of(zone: Zone, people: list[Member]) -> list[Callable[[], object]]:
    """Every way in which figures can change, in an order that works."""
    by = zone.actor("zone")
    here = next(row for row in people if row.is_on_roll and row.organization == zone.branch)
    decision = Decision(on=DAY)

    def save(pk: int | None = None, **values: object) -> object:
        return members.save_members(changes=[MemberChange(values, member_id=pk)], by=by)

    return [
        lambda: save(name="王五", category="full_member", organization_id=zone.branch.pk),
        lambda: save(here.pk, sex="1" if here.sex == "2" else "2"),
        lambda: save(here.pk, is_mobile=not here.is_mobile),
        lambda: save(here.pk, organization_id=zone.branch2.pk),
        lambda: members.move(member=here, to=zone.neighbour_branch, by=by),
        lambda: members.record_exit(member=here, reason="transferred", happened_on=DAY, by=by),
        lambda: members.restore(member=here, reason="登记有误，予以恢复", by=by),
        lambda: structure.move(
            organization=zone.general, parent=zone.neighbour_street, decision=decision, by=by
        ),
        lambda: structure.merge(source=zone.branch2, target=zone.branch, decision=decision, by=by),
        lambda: organizations.found(
            name="中共大黄山街道新设支部委员会",
            kind="branch",
            parent=zone.street,
            decision=decision,
            by=by,
        ),
        lambda: save(
            name="赵六",
            category="probationary_member",
            organization_id=Organization.objects.get(name__contains="新设").pk,
        ),
    ]


def test_every_change_is_seen_at_once_and_after_it_is_written(
    zone: Zone, people: list[Member]
) -> None:
    with clock.at(dt.datetime(2026, 7, 6, tzinfo=dt.UTC)):
        assert_exact()
        for change in changes_of(zone, people):
            before = headcount(zone.root.path)
            change()
            assert_exact()
            effects.run_due()
            assert not HeadcountMark.objects.exists()
            assert not Effect.objects.exclude(state=Effect.State.DONE).exists()
            assert_exact()
            assert writing.reconcile(by=system()) == {}, "what was written is right by itself"
        assert before.on_roll + 1 == headcount(zone.root.path).on_roll


def test_what_was_never_counted_is_counted_when_asked(zone: Zone) -> None:
    draw(zone.branch, random.Random(5))
    assert not OwnHeadcount.objects.exists()
    assert_exact()


def test_settled_figures_are_read_and_not_counted(zone: Zone, people: list[Member]) -> None:
    stored = TotalHeadcount.objects.filter(path=zone.street.path)
    real = naive(zone.street.path).on_roll
    stored.update(on_roll=real + 900)
    assert headcount(zone.street.path).on_roll == real + 900
    draw(zone.branch, random.Random(5))
    writing.mark(organization_ids=[zone.branch.pk])
    now = naive(zone.street.path).on_roll
    assert headcount(zone.street.path).on_roll == now + 900, "what is marked alone is counted"
    assert effects.run_due() == 1
    assert_exact()


def test_sums_are_kept_where_something_is_below(zone: Zone, people: list[Member]) -> None:
    wanted = {zone.root.path, zone.street.path, zone.general.path, zone.neighbour_street.path}
    assert set(TotalHeadcount.objects.values_list("path", flat=True)) == wanted


def test_a_role_without_the_branches_below_counts_its_own(zone: Zone, people: list[Member]) -> None:
    assert headcount(zone.general.path, below=False) == Headcount()
    assert headcount(zone.branch.path, below=False) == naive(zone.branch.path)
    assert headcount(zone.general.path).on_roll > 0


@pytest.mark.parametrize("read", [2000, 3])
def test_any_choice_of_paths_gives_the_plain_count(
    zone: Zone, people: list[Member], read: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATHS_READ", read)
    rng = random.Random(9)
    for number in range(4):
        branch = make_organization(f"再设支部{number}", parent=zone.general)
        draw(branch, rng)
        writing.mark(organization_ids=[branch.pk])
    paths = list(Organization.objects.values_list("path", flat=True))
    for _ in range(20):
        some = rng.sample(paths, rng.randint(1, len(paths)))
        with CaptureQueriesContext(connection) as queries:
            found = headcounts(some)
        assert len(queries) == -(-len(some) // read)
        assert found == {path: naive(path) for path in some}


@pytest.mark.parametrize("listed", [400, 0])
def test_sums_are_the_same_by_list_and_all_at_once(
    zone: Zone, people: list[Member], listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "PATHS_LISTED", listed)
    draw(zone.branch, random.Random(6))
    writing.mark(organization_ids=[zone.branch.pk])
    writing.refresh()
    assert_exact()
    assert reading.wrong_sums() == []


def test_a_change_that_is_undone_leaves_no_mark(zone: Zone, people: list[Member]) -> None:
    with transaction.atomic():
        members.move(member=people[0], to=zone.neighbour_branch, by=system())
        transaction.set_rollback(True)
    assert not HeadcountMark.objects.exists()
    assert_exact()


def test_nightly_comparison_repairs_once_and_says_so(zone: Zone, people: list[Member]) -> None:
    assert writing.reconcile(by=system()) == {}
    OwnHeadcount.objects.filter(organization=zone.branch).update(full=999)
    OwnHeadcount.objects.filter(organization=zone.branch2).update(left=999)
    OwnHeadcount.objects.filter(organization=zone.neighbour_branch).update(path="00009")
    TotalHeadcount.objects.filter(path=zone.root.path).delete()
    TotalHeadcount.objects.create(path="00007", as_of=clock.now(), **asdict(Headcount()))
    with pytest.raises(CommandError, match=r"figures differ: .*headcounts: "):
        call_command("recount_headcounts", check=True)
    # Three branches, and the sums of which none lies above them: the top's is added up anew.
    assert sum(writing.reconcile(by=system()).values()) == 4
    assert_exact()
    assert reading.wrong_sums() == reading.wrong_own() == []
    call_command("recount_headcounts", check=True, stdout=StringIO())
    entry = AuditEntry.objects.get(verb="members.headcount.repair")
    assert entry.changes["differences"] == [4, 0]
    page = zone.client("sysadmin").get("/administration/jobs/").content.decode()
    assert "更正了" in page
    assert "4 处" in page
    said = zone.client("sysadmin").get("/readyz").json()
    assert said["headcounts"]["repaired"] == 4
    assert "headcounts differed from a full recount and were repaired" in said["warnings"]
    assert writing.reconcile(by=system()) == {}
    assert HeadcountLedger.objects.get().differences == 0
    assert "全部一致" in zone.client("sysadmin").get("/administration/jobs/").content.decode()
    assert AuditEntry.objects.filter(verb="members.headcount.repair").count() == 1


def test_the_secretary_sees_the_member_she_has_just_added(zone: Zone, people: list[Member]) -> None:
    client = zone.client("huzhuang1")
    before = client.get("/members/").context["figures"]
    members.save_members(
        changes=[
            MemberChange(
                {"name": "王五", "category": "full_member", "organization_id": zone.branch.pk}
            )
        ],
        by=zone.actor("huzhuang1"),
    )
    for username in ("huzhuang1", "dahuangshan", "zone"):
        page = zone.client(username).get("/members/")
        assert (
            page.context["figures"].on_roll == naive(zone.actor(username).organization_path).on_roll
        )
    assert client.get("/members/").context["figures"].full == before.full + 1


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("category", ["full_member", "probationary_member"]),
        ("sex", ["1", "2"]),
        ("presence", ["mobile", "lost", "excused"]),
        ("state", ["normal", "suspended", "left", "all"]),
        ("denominator", ["expected", "entitled"]),
        ("age", ["young"]),
        ("sort", ["name"]),
    ],
)
def test_the_pager_says_what_a_count_of_the_rows_would(
    zone: Zone, people: list[Member], name: str, values: list[str]
) -> None:
    for username in ("zone", "huzhuang1"):
        for value in values:
            found = zone.client(username).get("/members/", {name: value})
            wanted = roster(zone.actor(username), MemberFilters(**{name: value})).count()
            assert found.context["page"].paginator.found == wanted
    both = zone.client("zone").get("/members/", {name: values[0], "post": "none"})
    filters = MemberFilters(post="none", **{name: values[0]})
    assert both.context["page"].paginator.found == roster(zone.actor("zone"), filters).count()


def test_a_long_list_is_counted_to_its_limit(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 40)
    for _ in range(45):
        make_member(zone.branch)
    client = zone.client("zone")
    with CaptureQueriesContext(connection) as queries:
        page = client.get("/members/", {"q": "zs", "page": "99"})
    assert any("COUNT(*)" in one["sql"] and "LIMIT 41" in one["sql"] for one in queries)
    assert page.context["page"].number == 2
    assert "共 40+ 名党员" in page.content.decode()
    assert "其余请用筛选缩小范围" in page.content.decode()
    assert "共 45 名党员 · 第 1 / 2 页" in client.get("/members/").content.decode()


def test_statements_do_not_grow_with_the_branches_marked(zone: Zone, people: list[Member]) -> None:
    audit.record_now(by=system(), verb="test.start")  # the chain has a head from here on
    many = [make_organization(f"支部{number}", parent=zone.general).pk for number in range(30)]
    counts = []
    for some in (many[:1], many):
        with CaptureQueriesContext(connection) as marking, transaction.atomic():
            writing.mark(organization_ids=some)
        with CaptureQueriesContext(connection) as refreshing:
            writing.refresh()
        counts.append((len(marking), len(refreshing)))
    assert counts[0] == counts[1]
    assert counts[0][0] <= 6


@pytest.mark.django_db(transaction=True)
def test_figures_hold_while_eight_write_two_count_and_three_read(
    zone: Zone, people: list[Member]
) -> None:
    """Members only go from one branch to another: the sum of all never changes, whoever reads."""
    by = zone.actor("zone")
    places = (zone.branch, zone.branch2, zone.neighbour_branch)
    movers = [row for row in people if row.is_on_roll][:8]
    wanted = headcount(zone.root.path)
    wrong: list[Headcount] = []

    def wander(member: Member) -> None:
        for step in range(4):
            found = Member.objects.get(pk=member.pk)
            to = next(
                place for place in places[step % 3 :] + places if place.pk != found.organization_id
            )
            members.move(member=found, to=to, by=by)

    def write() -> None:
        for _ in range(12):
            writing.refresh()

    def read() -> None:
        for _ in range(30):
            found = headcount(zone.root.path)
            if found != wanted:
                wrong.append(found)

    outcomes = run_together(
        [*(lambda row=row: wander(row) for row in movers), write, write, read, read, read]
    )
    assert [one.error for one in outcomes if one.error] == []
    assert wrong == []
    writing.refresh()
    assert not HeadcountMark.objects.exists()
    assert_exact()
    assert writing.reconcile(by=system()) == {}


@pytest.mark.django_db(transaction=True)
def test_two_comparisons_at_once_repair_once(zone: Zone, people: list[Member]) -> None:
    OwnHeadcount.objects.filter(organization=zone.branch).update(on_roll=999)
    assert reading.wrong_own() == [zone.branch.pk]

    def leave() -> None:
        found = Member.objects.filter(organization=zone.branch2).exclude(
            state=MembershipState.LEFT
        )[0]
        members.record_exit(member=found, reason="deceased", happened_on=DAY, by=zone.actor("zone"))

    outcomes = run_together(
        [lambda: writing.reconcile(by=system()), lambda: writing.reconcile(by=system()), leave]
    )
    assert [one.error for one in outcomes if one.error] == []
    assert sorted(sum(one.value.values()) for one in outcomes[:2]) == [0, 1]
    assert_exact()
