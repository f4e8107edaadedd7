"""Work roles given and taken back, and the two persons it takes to make an administrator."""

import datetime as dt
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from core import clock
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs.access import current_grants
from orgs.actions import administrators, grants
from orgs.models import AdministratorProposal, Organization, RoleGrant, User

from .parallel import run_together
from .world import Zone, actor, build_zone, grant, make_user


def give(zone: Zone, **changes: Any) -> RoleGrant:
    values: dict[str, Any] = {
        "by": zone.actor("secadmin"),
        "user_id": zone.users["huzhuang2"].pk,
        "role": "branch_officer",
        "organization_id": zone.branch.pk,
        "valid_from": clock.today(),
    }
    return grants.give(**{**values, **changes})


# --- giving and ending ------------------------------------------------------------------------


def test_given_grant_acts_at_the_next_request_and_ends_so(zone: Zone) -> None:
    client = zone.client("huzhuang2")
    given = give(zone)
    assert given in client.get("/account/").wsgi_request.grants
    grants.end(by=zone.actor("secadmin"), grant_id=given.pk, reason="调整分工")
    assert given not in client.get("/account/").wsgi_request.grants
    verbs = AuditEntry.objects.order_by("sequence").values_list("verb", "organization_path")
    assert list(verbs) == [
        ("orgs.grant.given", zone.branch.path),
        ("orgs.grant.ended", zone.branch.path),
    ]


def test_grant_counts_from_its_first_day_until_before_its_last(zone: Zone) -> None:
    today = clock.today()
    given = give(
        zone, valid_from=today + dt.timedelta(days=2), valid_to=today + dt.timedelta(days=4)
    )
    user, days = zone.users["huzhuang2"], []
    for offset in range(6):
        with clock.at(clock.now() + dt.timedelta(days=offset)):
            days.append(given in current_grants(user))
    assert days == [False, False, True, True, False, False]


@pytest.mark.parametrize(
    ("role", "organization", "is_fit"),
    [
        ("branch_secretary", "branch", True),
        ("branch_secretary", "street", False),
        ("zone_staff", "street", False),
        ("zone_staff", "root", True),
        ("committee_staff", "street", True),
        ("general_branch_staff", "branch", False),
        ("reviewer", "root", True),
        ("system", "root", False),
        ("nonsense", "root", False),
    ],
)
def test_role_must_fit_the_organisation(
    zone: Zone, role: str, organization: str, is_fit: bool
) -> None:
    values = {"role": role, "organization_id": getattr(zone, organization).pk}
    if is_fit:
        assert give(zone, **values).pk
    else:
        with pytest.raises(DomainError):
            give(zone, **values)


def test_grant_is_refused_for_administrators_shut_accounts_and_wrong_dates(zone: Zone) -> None:
    today = clock.today()
    User.objects.filter(username="officer").update(is_active=False)
    for wrong in (
        {"user_id": zone.users["auditor"].pk},
        {"user_id": zone.users["officer"].pk},
        {"user_id": 10**12},
        {"organization_id": 10**12},
        {"valid_to": today},
        {"valid_to": today - dt.timedelta(days=1)},
    ):
        with pytest.raises(DomainError):
            give(zone, **wrong)
    Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=today)
    with pytest.raises(DomainError):
        give(zone)
    assert not AuditEntry.objects.exists()


def test_nobody_gives_or_ends_his_own_grant(zone: Zone) -> None:
    with pytest.raises(NotAllowed):
        give(zone, by=zone.actor("huzhuang2"))
    own = zone.users["huzhuang2"].grants.get()
    with pytest.raises(NotAllowed):
        grants.end(by=zone.actor("huzhuang2"), grant_id=own.pk, reason="x")


def test_same_grant_twice_in_the_same_days_is_refused(zone: Zone) -> None:
    today = clock.today()
    give(zone, valid_to=today + dt.timedelta(days=10))
    with pytest.raises(Conflict):
        give(zone)
    with pytest.raises(Conflict):
        give(zone, valid_from=today + dt.timedelta(days=9), valid_to=today + dt.timedelta(days=20))
    assert give(zone, valid_from=today + dt.timedelta(days=10)).pk


def test_grant_that_has_not_begun_never_does_when_ended(zone: Zone) -> None:
    start = clock.today() + dt.timedelta(days=30)
    given = give(zone, valid_from=start)
    grants.end(by=zone.actor("secadmin"), grant_id=given.pk, reason="改期")
    with clock.at(clock.now() + dt.timedelta(days=31)):
        assert given not in current_grants(zone.users["huzhuang2"])
    with pytest.raises(Conflict):
        grants.end(by=zone.actor("secadmin"), grant_id=given.pk, reason="再次")


def test_database_refuses_a_work_role_for_an_administrator(zone: Zone) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        grant(zone.users["sysadmin"], "zone_staff", zone.root)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(username="zone").update(admin_kind="system")


@pytest.mark.django_db(transaction=True)
def test_eight_grants_at_once_make_one() -> None:
    zone = build_zone()
    outcomes = run_together([lambda: give(zone)] * 8)
    assert sum(one.error is None for one in outcomes) == 1
    assert all(isinstance(one.error, Conflict) for one in outcomes if one.error)
    assert RoleGrant.objects.filter(role="branch_officer", user__username="huzhuang2").count() == 1
    assert AuditEntry.objects.filter(verb="orgs.grant.given").count() == 1


# --- pages ------------------------------------------------------------------------------------


def test_grant_page_finds_chooses_and_gives(zone: Zone) -> None:
    client = zone.client("secadmin")
    url = reverse("orgs:grant-create")
    query = "?person=huzhuang2&role=branch_officer&organization=第一支部"
    page = client.get(url + query).content.decode()
    assert "湖庄村第一支部委员会" in page
    assert "中共大黄山街道工作委员会" not in page
    data = {
        "user": zone.users["huzhuang2"].pk,
        "organization": zone.branch.pk,
        "role": "branch_officer",
        "valid_from": clock.today().isoformat(),
    }
    refused = client.post(url + query, {**data, "user": zone.users["auditor"].pk})
    assert refused.status_code == 422
    assert client.post(url + query, data).status_code == 302
    again = client.post(url + query, data)
    assert again.status_code == 422
    assert "已有这项授权" in again.content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"user": "x", "organization": "y", "role": "z", "valid_from": "gestern"},
        {"user": "9" * 40, "organization": "-1", "role": "zone_staff", "valid_from": "0001-01-01"},
        {"user": "\x00", "organization": "1", "role": "zone_staff", "valid_from": "9999-12-31"},
    ],
)
def test_odd_grant_data_is_refused_with_a_message(zone: Zone, data: dict[str, str]) -> None:
    response = zone.client("secadmin").post(reverse("orgs:grant-create"), data)
    assert response.status_code in (400, 422)
    assert not AuditEntry.objects.exists()


def test_grant_list_filters_and_costs_the_same_for_many(
    zone: Zone, django_assert_num_queries: Any
) -> None:
    client = zone.client("secadmin")
    url = reverse("orgs:grant-list")
    client.get(url)
    page = client.get(url, {"organization": "金山桥", "state": "current"}).content.decode()
    assert "jinshanqiao" in page
    assert "dahuangshan" not in page
    with django_assert_num_queries(5):
        client.get(url, {"person": "taoyuan1"})
    with django_assert_num_queries(5):
        client.get(url)
    assert "没有符合条件" in client.get(url, {"state": "over"}).content.decode()
    assert client.get(url, {"state": "zzz", "role": "\ud7ff", "page": "-3"}).status_code == 200


def test_grant_is_ended_with_a_reason(zone: Zone) -> None:
    client = zone.client("secadmin")
    pk = zone.users["taoyuan1"].grants.get().pk
    url = reverse("orgs:grant-end", args=[pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "换届"}).status_code == 302
    assert client.post(url, {"reason": "换届"}).status_code == 409
    assert AuditEntry.objects.get().note == "换届"


# --- administrators ---------------------------------------------------------------------------


def propose(zone: Zone, name: str, kind: str = "security", by: str = "secadmin") -> Any:
    return administrators.propose(
        by=zone.actor(by), user_id=zone.users[name].pk, admin_kind=kind, reason="工作需要"
    )


@pytest.fixture
def candidate(zone: Zone) -> User:
    zone.users["new"] = make_user("new")
    return zone.users["new"]


def test_administrator_is_made_by_two_and_signs_in_anew(zone: Zone, candidate: User) -> None:
    client = zone.client("new")
    proposal = propose(zone, "new")
    with pytest.raises(NotAllowed):
        administrators.confirm(by=zone.actor("secadmin"), proposal_id=proposal.pk)
    candidate.refresh_from_db()
    assert candidate.admin_kind == ""
    administrators.confirm(by=zone.actor("sysadmin"), proposal_id=proposal.pk)
    candidate.refresh_from_db()
    assert (candidate.admin_kind, candidate.must_change_password) == ("security", True)
    assert client.get("/account/").status_code == 302
    verbs = list(AuditEntry.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["orgs.administrator.proposed", "orgs.administrator.confirmed"]


def test_database_refuses_one_person_as_both(zone: Zone, candidate: User) -> None:
    proposal = propose(zone, "new")
    with pytest.raises(IntegrityError), transaction.atomic():
        AdministratorProposal.objects.filter(pk=proposal.pk).update(
            decided_by=zone.users["secadmin"]
        )


def test_nobody_is_proposed_by_himself_or_decides_about_himself(
    zone: Zone, candidate: User
) -> None:
    with pytest.raises(NotAllowed):
        propose(zone, "secadmin", "system")
    proposal = propose(zone, "sysadmin", "audit")
    with pytest.raises(NotAllowed):
        administrators.confirm(by=zone.actor("sysadmin"), proposal_id=proposal.pk)
    with pytest.raises(NotAllowed):
        administrators.refuse(by=zone.actor("sysadmin"), proposal_id=proposal.pk)


def test_who_proposed_takes_it_back(zone: Zone, candidate: User) -> None:
    proposal = propose(zone, "new")
    with pytest.raises(NotAllowed):
        administrators.withdraw(by=zone.actor("sysadmin"), proposal=proposal)
    client = zone.client("secadmin")
    url = reverse("orgs:administrator-withdraw", args=[proposal.pk])
    assert url in client.get(reverse("orgs:administrator-list")).content.decode()
    asked = client.post(url)
    client.post(url, {"agreed": "yes", "seen": asked.context["question"].seen})
    proposal.refresh_from_db()
    assert (proposal.state, proposal.decided_by_id) == ("withdrawn", None)
    assert "已撤回" in client.get(reverse("orgs:administrator-list")).content.decode()
    assert AuditEntry.objects.filter(verb="orgs.administrator.withdrawn").count() == 1
    with pytest.raises(Conflict):
        administrators.confirm(by=zone.actor("sysadmin"), proposal_id=proposal.pk)
    confirmed = propose(zone, "new")
    administrators.confirm(by=zone.actor("sysadmin"), proposal_id=confirmed.pk)
    with pytest.raises(Conflict):
        administrators.withdraw(by=zone.actor("secadmin"), proposal=confirmed)


def test_who_holds_a_work_role_is_not_made_administrator(zone: Zone, candidate: User) -> None:
    with pytest.raises(DomainError, match="未结束的授权"):
        propose(zone, "huzhuang1")
    proposal = propose(zone, "new")
    grant(candidate, "branch_officer", zone.branch)
    with pytest.raises(DomainError, match="未结束的授权"):
        administrators.confirm(by=zone.actor("sysadmin"), proposal_id=proposal.pk)
    proposal.refresh_from_db()
    assert proposal.state == "proposed"


def test_last_of_a_kind_stays(zone: Zone, candidate: User) -> None:
    proposal = propose(zone, "auditor", "")
    with pytest.raises(DomainError, match="至少保留一名"):
        administrators.confirm(by=zone.actor("sysadmin"), proposal_id=proposal.pk)
    administrators.refuse(by=zone.actor("sysadmin"), proposal_id=proposal.pk)
    with pytest.raises(Conflict):
        administrators.confirm(by=zone.actor("sysadmin"), proposal_id=proposal.pk)


def test_one_open_proposal_for_a_person(zone: Zone, candidate: User) -> None:
    propose(zone, "new")
    with pytest.raises(Conflict):
        propose(zone, "new", "audit", by="sysadmin")


def test_administrator_pages_propose_and_confirm(zone: Zone, candidate: User) -> None:
    first, second = zone.client("secadmin"), zone.client("sysadmin")
    url = reverse("orgs:administrator-propose") + "?q=new"
    assert "new" in first.get(url).content.decode()
    data = {"user": candidate.pk, "admin_kind": "audit", "reason": "轮岗"}
    assert first.post(url, {**data, "admin_kind": "root"}).status_code == 422
    assert first.post(url, data).status_code == 302
    mine = first.get(reverse("orgs:administrator-list")).content.decode()
    assert "须由另一名管理员办理" in mine
    proposal = AdministratorProposal.objects.get()
    confirm = reverse("orgs:administrator-confirm", args=[proposal.pk])
    assert first.post(confirm).status_code == 403
    assert zone.client("auditor").post(confirm).status_code == 404
    assert zone.client("zone").post(confirm).status_code == 404
    assert second.post(confirm).status_code == 302
    assert second.post(confirm).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_eight_confirmations_at_once_make_one() -> None:
    zone = build_zone()
    zone.users["new"] = make_user("new")
    deciders = [make_user(f"decider{n}", admin_kind="system") for n in range(8)]
    proposal = propose(zone, "new")
    outcomes = run_together(
        [
            partial(administrators.confirm, by=actor(user), proposal_id=proposal.pk)
            for user in deciders
        ]
    )
    errors = [one.error for one in outcomes if one.error]
    assert len(errors) == 7, errors
    assert all(isinstance(error, Conflict) for error in errors)
    assert AuditEntry.objects.filter(verb="orgs.administrator.confirmed").count() == 1
