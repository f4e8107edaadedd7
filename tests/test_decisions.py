"""党籍处理: exclusion, suspension and the ways back take the branch's resolution and a committee's
approval by another person; until then nothing counts."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Effect, Notification
from members.actions import decisions
from members.actions import members as acts
from members.enums import EXCLUSIONS, DecisionKind, ExitReason
from members.models import Member, MembershipDecision
from members.queries.headcounts import headcount
from orgs.models import User

from .access_objects import NOW
from .parallel import run_together
from .world import Zone, build_zone, grant, make_member, make_user

RESOLVED = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def propose(
    zone: Zone, member: Member, kind: str = "lapsed", username: str = "huzhuang1"
) -> MembershipDecision:
    return decisions.propose(
        member=member,
        kind=kind,
        resolved_on=RESOLVED,
        resolution_number="湖支〔2026〕3号",
        basis="支部大会决议",
        by=zone.actor(username),
    )


def approve(
    zone: Zone, decision: MembershipDecision, username: str = "dahuangshan"
) -> MembershipDecision:
    return decisions.approve(
        decision=decision,
        document_number="徐开委〔2026〕5号",
        approved_on=dt.date(2026, 6, 20),
        by=zone.actor(username),
    )


def on_roll(zone: Zone) -> int:
    return headcount(zone.branch.path, below=True).on_roll


def test_the_values_of_exclusions_are_those_of_leavings() -> None:
    assert {kind.value for kind in DecisionKind} > {reason.value for reason in EXCLUSIONS}
    assert all(DecisionKind(one.value).label == one.label for one in EXCLUSIONS)


def test_nobody_alone_takes_membership_away(zone: Zone) -> None:
    """By no page and no action that writes at once, whoever he is."""
    member = make_member(zone.branch)
    for username in ("huzhuang1", "huzhuang", "dahuangshan", "zone"):
        by = zone.actor(username)
        for reason in EXCLUSIONS:
            with pytest.raises(DomainError, match="党籍处理"):
                acts.record_exit(member=member, reason=reason, happened_on=RESOLVED, by=by)
        with pytest.raises(DomainError, match="党籍处理"):
            acts.save_members(changes=[acts.MemberChange({"state": "suspended"}, member.pk)], by=by)
        page = zone.client(username).post(
            reverse("members:member-exit", args=[member.pk]),
            {"reason": "expelled", "happened_on": "2026-07-01", "agreed": "1"},
        )
        assert page.status_code == 422
    member.refresh_from_db()
    assert member.state == "normal"


def test_until_it_is_approved_nothing_counts(zone: Zone) -> None:
    member = make_member(zone.branch)
    before = on_roll(zone)
    decision = propose(zone, member)
    member.refresh_from_db()
    assert (member.state, on_roll(zone)) == ("normal", before)
    page = zone.client("huzhuang1").get(member.get_absolute_url()).content.decode()
    assert "已提请，待批准" in page
    approve(zone, decision)
    member.refresh_from_db()
    assert (member.state, on_roll(zone)) == ("left", before - 1)
    leaving = member.exits.get()
    assert leaving.reason == ExitReason.LAPSED
    assert leaving.happened_on == dt.date(2026, 6, 20)
    assert leaving.document_number == "徐开委〔2026〕5号"


def test_who_may_decide(zone: Zone) -> None:
    """A committee above, never the proposer; expulsion the work committee alone."""
    member = make_member(zone.branch)
    decision = propose(zone, member, "expelled")
    assert decision.is_highest
    for username in ("huzhuang1", "huzhuang", "dahuangshan", "jinshanqiao", "committee", "officer"):
        with pytest.raises(NotAllowed):
            approve(zone, decision, username)
    approve(zone, decision, "zone")
    other = propose(zone, make_member(zone.branch), "lapsed", "dahuangshan")
    with pytest.raises(NotAllowed):
        approve(zone, other)  # his own
    zone.users["second"] = make_user("second", "committee_staff", zone.street)
    approve(zone, other, "second")
    # Who proposes in one role does not approve in another.
    third = propose(zone, make_member(zone.branch))
    secretary = zone.users["huzhuang1"]
    right = grant(secretary, "committee_staff", zone.street)
    from orgs.access import actor_of

    with pytest.raises(NotAllowed):
        decisions.approve(
            decision=third,
            document_number="5",
            approved_on=RESOLVED,
            by=actor_of(secretary, right),
        )


def test_document_dates_and_ground_are_asked(zone: Zone) -> None:
    member = make_member(zone.branch)
    good = {"resolved_on": RESOLVED, "resolution_number": "3", "basis": "支部大会决议"}
    bad: list[tuple[str, Any]] = [
        ("resolution_number", " "),
        ("basis", "无"),
        ("resolved_on", dt.date(2027, 1, 1)),
        ("resolved_on", dt.date(2001, 1, 1)),
    ]
    for name, value in bad:
        with pytest.raises(DomainError) as refused:
            decisions.propose(
                member=member, kind="lapsed", by=zone.actor("huzhuang1"), **(good | {name: value})
            )
        assert refused.value.field == name
    decision = propose(zone, member)
    by = zone.actor("dahuangshan")
    for number, day in (("", RESOLVED), ("5", dt.date(2026, 5, 31)), ("5", dt.date(2026, 7, 9))):
        with pytest.raises(DomainError):
            decisions.approve(decision=decision, document_number=number, approved_on=day, by=by)
    assert MembershipDecision.objects.get().state == "proposed"


def test_the_way_back_takes_as_much(zone: Zone) -> None:
    member = make_member(zone.branch)
    approve(zone, propose(zone, member, "expelled"), "zone")
    for username in ("huzhuang1", "dahuangshan", "zone"):
        with pytest.raises(DomainError, match="党籍处理"):
            acts.restore(member=member, reason="登记有误", by=zone.actor(username))
    member.refresh_from_db()
    back = propose(zone, member, "restored")
    assert back.is_highest
    with pytest.raises(NotAllowed):
        approve(zone, back)
    approve(zone, back, "zone")
    member.refresh_from_db()
    assert member.state == "normal"
    assert member.exits.get().undone_at is not None


def test_who_comes_back_goes_into_a_branch_that_there_is(zone: Zone) -> None:
    """His own was abolished after he had been removed: who approves says which branch takes him."""
    User.objects.filter(username="huzhuang").update(email="huzhuang@example.org")
    member = make_member(zone.branch)
    approve(zone, propose(zone, member, "lapsed"))
    zone.branch.abolished_on = clock.today()
    zone.branch.save(update_fields=["abolished_on"])
    member = Member.objects.select_related("organization").get()
    back = propose(zone, member, "restored", "huzhuang")
    url = reverse("members:decision-approve", args=[back.pk])
    sent = {"document_number": "徐开委〔2026〕6号", "approved_on": "2026-06-25"}
    client = zone.client("dahuangshan")
    asked = client.post(url, sent)
    assert asked.status_code == 422
    assert "编入党支部" in asked.content.decode()
    foreign = client.post(url, sent | {"organization": zone.neighbour_branch.pk})
    assert foreign.status_code == 422
    done = client.post(url, sent | {"organization": zone.branch2.pk})
    assert done.status_code == 302, done.content.decode()
    member.refresh_from_db()
    assert (member.state, member.organization) == ("normal", zone.branch2)
    assert Notification.objects.filter(title__endswith="已批准").exists()
    assert not Effect.objects.filter(kind="core.mail").exists()


def test_a_transfer_written_down_by_mistake_is_undone_at_once(zone: Zone) -> None:
    member = make_member(zone.branch)
    by = zone.actor("huzhuang1")
    acts.record_exit(member=member, reason="transferred", happened_on=RESOLVED, by=by)
    with pytest.raises(DomainError):
        propose(zone, Member.objects.get(pk=member.pk), "restored")
    acts.restore(member=member, reason="登记有误", by=by)


def test_suspension_and_its_end(zone: Zone) -> None:
    member = make_member(zone.branch)
    before = on_roll(zone)
    approve(zone, propose(zone, member, "suspended"))
    member.refresh_from_db()
    assert (member.state, on_roll(zone)) == ("suspended", before - 1)
    approve(zone, propose(zone, member, "resumed"))
    member.refresh_from_db()
    assert (member.state, on_roll(zone)) == ("normal", before)


def test_one_at_a_time_and_a_reason_for_a_no(zone: Zone) -> None:
    member = make_member(zone.branch)
    decision = propose(zone, member)
    with pytest.raises(Conflict, match="待批准"):
        propose(zone, member, "suspended")
    by = zone.actor("dahuangshan")
    decisions.refuse(decision=decision, reason="事实不清", by=by)
    with pytest.raises(Conflict, match="未批准"):
        approve(zone, decision)
    propose(zone, member, "suspended")


def test_it_waits_on_the_home_of_who_decides(zone: Zone) -> None:
    propose(zone, make_member(zone.branch))
    highest = propose(zone, make_member(zone.branch), "expelled")
    home = zone.client("dahuangshan").get("/", follow=True).content.decode()
    assert "1 项党籍处理等待批准" in home
    assert "2 项党籍处理等待批准" in zone.client("zone").get("/", follow=True).content.decode()
    assert "党籍处理等待" not in zone.client("jinshanqiao").get("/", follow=True).content.decode()
    zone.client("zone").post(
        reverse("members:decision-approve", args=[highest.pk]),
        {"document_number": "徐开委〔2026〕5号", "approved_on": "2026-06-20"},
    )
    highest.refresh_from_db()
    assert (highest.state, highest.decided_at_place) == ("approved", "党工委")


def test_lists_ask_as_much_for_three_as_for_one(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    url = reverse("members:decision-list")
    counts = []
    for wanted in (1, 2):
        for _ in range(wanted):
            propose(zone, make_member(zone.branch))
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            client.get(url)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_deciders_one_decides() -> None:
    zone = build_zone()
    member = make_member(zone.branch)
    decision = propose(zone, member)
    zone.users["second"] = User.objects.get(
        pk=make_user("second", "committee_staff", zone.street).pk
    )

    def fresh() -> MembershipDecision:
        rows = MembershipDecision.objects.select_related("member", "organization")
        return rows.get(pk=decision.pk)

    def yes() -> Any:
        return approve(zone, fresh())

    def no() -> Any:
        return decisions.refuse(decision=fresh(), reason="事实不清", by=zone.actor("second"))

    found = run_together([yes, no] * 4)
    assert sum(one.error is None for one in found) == 1, found
    decision.refresh_from_db()
    member.refresh_from_db()
    assert (member.state == "left") is (decision.state == "approved")
    assert member.exits.count() == (decision.state == "approved")


# --- taken back ----------------------------------------------------------------------------------


def withdraw(zone: Zone, decision: MembershipDecision, username: str) -> MembershipDecision:
    return decisions.withdraw(decision=decision, by=zone.actor(username))


def test_where_it_was_proposed_it_is_taken_back(zone: Zone) -> None:
    """By who proposed it or another who may propose there: not from above, beside or without the
    right; and he who proposed is told."""
    member = make_member(zone.branch)
    decision = propose(zone, member)
    for username in ("huzhuang", "dahuangshan", "jinshanqiao", "zone", "officer", "taoyuan1"):
        with pytest.raises(NotAllowed):
            withdraw(zone, decision, username)
    zone.users["second"] = make_user("second", "branch_secretary", zone.branch)
    withdraw(zone, decision, "second")
    decision.refresh_from_db()
    assert (decision.state, decision.decided_by_name) == ("withdrawn", "second")
    entry = AuditEntry.objects.get(verb="members.decision.withdraw")
    assert entry.changes["decision"] == [None, "除名（自行脱党）"]
    told = Notification.objects.get(user=zone.users["huzhuang1"])
    assert "已撤回" in told.title
    with pytest.raises(Conflict, match="已撤回"):
        approve(zone, decision)
    member.refresh_from_db()
    assert member.state == "normal"
    propose(zone, member, "suspended")  # the way is free again


def test_a_branch_does_not_take_back_what_its_committee_proposed(zone: Zone) -> None:
    decision = propose(zone, make_member(zone.branch), "lapsed", "dahuangshan")
    with pytest.raises(NotAllowed):
        withdraw(zone, decision, "huzhuang1")
    withdraw(zone, decision, "dahuangshan")


def test_what_is_decided_is_not_taken_back(zone: Zone) -> None:
    member = make_member(zone.branch)
    decision = propose(zone, member)
    client = zone.client("huzhuang1")
    assert "撤回提请" in client.get(decision.get_absolute_url()).content.decode()
    approve(zone, decision)
    with pytest.raises(Conflict, match="已批准"):
        withdraw(zone, MembershipDecision.objects.get(), "huzhuang1")
    url = reverse("members:decision-withdraw", args=[decision.pk])
    late = client.post(url, follow=True).content.decode()
    assert "这项党籍处理已批准，不用再办理" in late
    assert "撤回提请" not in late
    assert not AuditEntry.objects.filter(verb="members.decision.withdraw").exists()


def test_taking_back_asks_first_and_going_back_changes_nothing(zone: Zone) -> None:
    decision = propose(zone, make_member(zone.branch))
    client = zone.client("huzhuang1")
    url = reverse("members:decision-withdraw", args=[decision.pk])
    asked = client.post(url)
    assert "上级不再办理" in asked.content.decode()
    decision.refresh_from_db()
    assert decision.state == "proposed"
    back = client.post(url, {"agreed": "back"}, follow=True)
    assert back.redirect_chain == [(decision.get_absolute_url(), 302)]
    assert not list(back.context["messages"])
    seen = asked.context["question"].seen
    done = client.post(url, {"agreed": "yes", "seen": seen}, follow=True).content.decode()
    assert "已撤回" in done
    assert "撤回提请" not in done
    assert "党籍处理等待" not in zone.client("dahuangshan").get("/", follow=True).content.decode()
    assert zone.client("dahuangshan").post(url).status_code == 404


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_taking_back_and_deciding_one_happens() -> None:
    zone = build_zone()
    member = make_member(zone.branch)
    decision = propose(zone, member)

    def fresh() -> MembershipDecision:
        rows = MembershipDecision.objects.select_related("member", "organization")
        return rows.get(pk=decision.pk)

    def yes() -> Any:
        return approve(zone, fresh())

    def back() -> Any:
        return withdraw(zone, fresh(), "huzhuang1")

    found = run_together([yes, back] * 4)
    assert sum(one.error is None for one in found) == 1, found
    decision.refresh_from_db()
    member.refresh_from_db()
    assert (member.state == "left") is (decision.state == "approved")
