"""Accounts, grants and first passwords in bulk, from the offices that people hold; and what becomes
of a grant when its office ends."""

import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import system
from core.crypto import seal
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from orgs.access import actor_of
from orgs.actions import grants, offices, openings, slips
from orgs.backends import PHONE_COLUMN, phone_index
from orgs.models import OfficeHolding, Organization, RoleGrant, User
from orgs.queries import account_plans
from orgs.queries.rosters import sealed_phone
from orgs.queries.slips import committees, print_mark
from schedules.rounds.queries.recipients import holders_of

from .parallel import run_together
from .test_access_matrix import undone
from .test_accounts import sign_in
from .world import Zone, build_zone, make_member, make_user

NEW = "Blue-Kettle-77-Moon"
NUMBER = "32039919740315003X"


def hold(
    organization: Organization, name: str, post: str = "secretary", *, phone: str = "", **more: Any
) -> OfficeHolding:
    """An office; with `phone` the holder is the organisation's contact, as rosters have it."""
    if phone:
        organization.contact_name = name
        organization.contact_phone_sealed = sealed_phone(organization, phone)
        organization.save()
    return OfficeHolding.objects.create(
        organization=organization, post=post, person_name=name, **more
    )


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def opened(zone: Zone, name: str, organization: Organization, phone: str = "10000001234") -> User:
    """An account opened from an office and granted; nobody has printed its slip."""
    hold(organization, name, phone=phone)
    openings.open_accounts(by=zone.actor("sysadmin"))
    grants.give_for_offices(by=zone.actor("secadmin"))
    return User.objects.get(name=name)


def slip_of(zone: Zone, user: User) -> str:
    made = slips.print_slips(by=zone.actor("secadmin"), organization=zone.street, again=True)
    return next(slip.secret for slip in made if slip.user == user)


# --- accounts -----------------------------------------------------------------------------------


def test_login_names_come_from_pinyin_then_from_the_organization(zone: Zone) -> None:
    hold(zone.branch, "王弘志")
    hold(zone.branch2, "王弘志")
    hold(zone.general, "李")
    hold(zone.neighbour_branch, "汪洪之")
    plan = account_plans.opening_plan()
    names = {row.holdings[0].organization_id: row.username for row in plan.rows}
    assert names[zone.branch.pk] == "wanghongzhi"
    assert names[zone.branch2.pk] == "wanghongzhi.hzcdezb"
    assert names[zone.general.pk] == "li.hzcdzz"
    assert names[zone.neighbour_branch.pk] == "wanghongzhi.tysqdyzb"
    namesakes = [row for row in plan.rows if "namesake" in row.notes]
    assert {row.name for row in namesakes} == {"王弘志"}


def test_one_person_of_several_offices_gets_one_account(zone: Zone) -> None:
    hold(zone.general, "康红涛", phone="10000001111")
    hold(zone.branch, "康红涛", phone="10000001111")
    hold(zone.branch, "康红涛", "organization_commissioner")
    made = openings.open_accounts(by=zone.actor("sysadmin"), everybody=True)
    assert (made.accounts, made.tied) == (1, 0)
    user = User.objects.get(name="康红涛")
    assert user.offices.count() == 3
    assert user.phone_index == phone_index("10000001111")
    assert not user.has_usable_password()


def test_who_has_an_account_is_tied_to_it_and_gets_no_second(zone: Zone) -> None:
    secretary = zone.users["huzhuang1"]
    User.objects.filter(pk=secretary.pk).update(name="蔡航国")
    held = hold(zone.branch, "蔡航国")
    made = openings.open_accounts(by=zone.actor("sysadmin"))
    assert (made.accounts, made.tied) == (0, 1)
    held.refresh_from_db()
    assert held.user_id == secretary.pk
    count = AuditEntry.objects.count()
    again = openings.open_accounts(by=zone.actor("sysadmin"))
    assert (again.accounts, again.tied, AuditEntry.objects.count()) == (0, 0, count)


def test_a_taken_phone_is_left_out_and_said(zone: Zone) -> None:
    other = make_user("other", phone_index=phone_index("10000002222"))
    hold(zone.branch, "钱裕胜", phone="10000002222")
    (row,) = account_plans.opening_plan().rows
    assert row.notes == ["phone_taken"]
    openings.open_accounts(by=zone.actor("sysadmin"))
    assert User.objects.get(name="钱裕胜").phone_index is None
    other.refresh_from_db()
    assert other.phone_index


def test_officers_are_opened_only_when_asked_for(zone: Zone) -> None:
    hold(zone.branch, "文伦", "publicity_commissioner")
    hold(zone.branch, "文理", "commissioner")
    hold(zone.general, "副手", "deputy_secretary")
    hold(zone.root, "王弘志")
    assert account_plans.opening_plan().rows == []
    found = account_plans.opening_plan(everybody=True).rows
    assert {row.name for row in found} == {"文伦", "文理", "副手"}


def test_preview_that_changed_opens_nobody(zone: Zone) -> None:
    hold(zone.branch, "蔡航国")
    mark = account_plans.opening_plan().mark
    hold(zone.branch2, "钱裕胜")
    with pytest.raises(Conflict):
        openings.open_accounts(by=zone.actor("sysadmin"), seen=mark)
    assert not User.objects.filter(name="蔡航国").exists()


def test_range_narrows_to_a_committee(zone: Zone) -> None:
    hold(zone.branch, "蔡航国")
    hold(zone.neighbour_branch, "钱裕胜")
    client = zone.client("sysadmin")
    page = text_of(client.get(reverse("orgs:user-open"), {"within": zone.street.pk}))
    assert "蔡航国" in page
    assert "钱裕胜" not in page
    openings.open_accounts(by=zone.actor("sysadmin"), within=zone.street.path)
    assert not User.objects.filter(name="钱裕胜").exists()


def test_queries_do_not_grow_with_the_people(zone: Zone) -> None:
    def counted(call: Any) -> int:
        with undone(), CaptureQueriesContext(connection) as queries:
            call()
        return len(queries)

    def everything() -> None:
        openings.open_accounts(by=zone.actor("sysadmin"))
        grants.give_for_offices(by=zone.actor("secadmin"))
        slips.print_slips(by=zone.actor("secadmin"), organization=zone.street)
        zone.users["secadmin"].refresh_from_db()

    hold(zone.branch, "甲一", phone="10000000001")
    one = counted(everything)
    hold(zone.branch2, "乙二", phone="10000000002")
    hold(zone.general, "丙三", phone="10000000003")
    assert counted(everything) == one
    assert one < 75


# --- grants -------------------------------------------------------------------------------------


def test_offices_bring_their_roles_once(zone: Zone) -> None:
    hold(zone.branch, "蔡航国")
    hold(zone.branch, "文伦", "organization_commissioner")
    hold(zone.general, "潘榕轮")
    hold(zone.street, "康红涛")
    hold(zone.street, "组织人", "organization_commissioner")
    hold(zone.root, "王弘志")
    openings.open_accounts(by=zone.actor("sysadmin"), everybody=True)
    assert grants.give_for_offices(by=zone.actor("secadmin")) == 5
    assert grants.give_for_offices(by=zone.actor("secadmin")) == 0
    found = {
        grant.user.name: grant.role
        for grant in RoleGrant.objects.filter(user__proof_due=True).select_related("user")
    }
    assert found == {
        "蔡航国": "branch_secretary",
        "文伦": "branch_officer",
        "潘榕轮": "general_branch_staff",
        "康红涛": "committee_staff",
        "组织人": "committee_staff",
    }


def test_no_administrator_is_granted_by_an_office(zone: Zone) -> None:
    hold(zone.branch, "甲", user=zone.users["auditor"])
    assert account_plans.grant_plan().rows == []


def test_leaving_ends_the_grant_and_says_so(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    holding = user.offices.get()
    client = zone.client("dahuangshan")
    url = reverse("orgs:office-end", args=[holding.pk])
    assert "授权同时结束" in text_of(client.get(url))
    said = text_of(client.post(url, {"ended_on": clock.today()}, follow=True))
    assert "蔡航国的支部书记授权同时结束" in said
    assert not RoleGrant.objects.current().filter(user=user).exists()
    assert user.notifications.filter(title__contains="授权已结束").count() == 1
    assert AuditEntry.objects.get(verb="orgs.grant.ended").note == "不再任职"


def test_another_office_there_keeps_the_grant(zone: Zone) -> None:
    user = opened(zone, "康红涛", zone.street)
    hold(zone.street, "康红涛", "organization_commissioner", user=user)
    secretary = user.offices.get(post="secretary")
    assert offices.leave(holding=secretary, ended_on=clock.today(), by=system()) == []
    assert RoleGrant.objects.current().filter(user=user).exists()
    other = user.offices.get(post="organization_commissioner")
    assert len(offices.leave(holding=other, ended_on=clock.today(), by=system())) == 1


def test_grants_elsewhere_and_of_others_stay(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    grants.give(
        by=zone.actor("secadmin"), user_id=user.pk, role="branch_officer",
        organization_id=zone.branch2.pk, valid_from=clock.today(),
    )  # fmt: skip
    offices.leave(holding=user.offices.get(), ended_on=clock.today(), by=system())
    left = RoleGrant.objects.current().filter(user=user)
    assert [grant.organization_id for grant in left] == [zone.branch2.pk]
    assert RoleGrant.objects.current().filter(user=zone.users["huzhuang1"]).exists()


# --- offices ------------------------------------------------------------------------------------


def test_taking_up_an_office_ties_the_account_that_works_there(zone: Zone) -> None:
    User.objects.filter(pk=zone.users["dahuangshan"].pk).update(name="康红涛")
    client = zone.client("zone")
    said = client.post(
        reverse("orgs:office-create", args=[zone.street.pk]),
        {"post": "organization_commissioner", "person_name": "康红涛", "started_on": "2026-06-01"},
        follow=True,
    )
    assert "已关联账号 dahuangshan" in text_of(said)
    held = OfficeHolding.objects.get()
    assert held.user_id == zone.users["dahuangshan"].pk


def test_a_login_name_of_somebody_else_is_refused(zone: Zone) -> None:
    with pytest.raises(DomainError) as refused:
        offices.take_up(
            organization=zone.street, post="secretary", person_name="康红涛",
            started_on=clock.today(), by=system(), username="taoyuan1",
        )  # fmt: skip
    assert refused.value.field == "username"


def test_typing_error_is_put_right_and_audited(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    holding = user.offices.get()
    client = zone.client("dahuangshan")
    url = reverse("orgs:office-correct", args=[holding.pk])
    page = text_of(client.get(url))
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    fields = {
        "post": "secretary", "person_name": "蔡杭国", "username": "", "started_on": "2026-03-01",
        "appointment": "elected", "document_number": "", "seen": seen,
    }  # fmt: skip
    assert client.post(url, fields).status_code == 302
    holding.refresh_from_db()
    assert (holding.person_name, holding.user_id) == ("蔡杭国", user.pk)
    entry = AuditEntry.objects.get(verb="orgs.office.correct")
    assert entry.changes["person_name"] == ["蔡航国", "蔡杭国"]
    assert RoleGrant.objects.current().filter(user=user).exists()
    # The neighbour's office is not there.
    foreign = hold(zone.neighbour_branch, "邻居")
    for name in ("orgs:office-correct", "orgs:office-end"):
        answer = client.get(reverse(name, args=[foreign.pk]))
        assert answer.status_code == 404
        assert "邻居" not in text_of(answer)


def test_correcting_the_post_ends_the_grant_of_the_wrong_one(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    ended = offices.correct(
        holding=user.offices.get(), by=system(), post="commissioner",
        person_name="蔡航国", started_on=None,
    )  # fmt: skip
    assert [grant.role for grant in ended] == ["branch_secretary"]
    assert [row.role for row in account_plans.grant_plan().rows] == ["branch_officer"]


# --- slips --------------------------------------------------------------------------------------


def test_slip_lives_seven_days_and_asks_the_owner(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch, phone="10000001234")
    secret = slip_of(zone, user)
    with clock.at(clock.now() + dt.timedelta(days=7, minutes=1)):
        assert sign_in(Client(), user.username, secret).status_code == 403
    client = Client()
    assert sign_in(client, user.username, secret).status_code == 302
    use = reverse("orgs:slip-use")
    for url in ("/", "/account/", "/account/password/", "/members/"):
        assert client.get(url).url == use
    assert client.post("/account/password/", {"new": NEW, "again": NEW}).url == use
    assert client.get("/api/v1/organizations/").status_code in (401, 403)
    assert client.post(use, {"answer": "9999"}).status_code == 422
    assert client.post(use, {"answer": "１２３４"}).url == reverse("orgs:password-change")
    assert client.post("/account/password/", {"new": NEW, "again": NEW}).status_code == 302
    assert client.get("/").status_code == 200
    assert sign_in(Client(), user.username, secret).status_code == 403
    assert secret not in str(list(AuditEntry.objects.values()))


def test_identity_number_of_the_one_member_there_is_asked(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch, phone="")
    assert committees(zone.street.path)[0].due == []
    make_member(zone.neighbour_branch, name="蔡航国", number=NUMBER[:-4] + "9999")
    assert committees(zone.street.path)[0].due == [], "a namesake elsewhere is nobody's proof"
    make_member(zone.branch, name="蔡航国", number=NUMBER)
    client = Client()
    sign_in(client, user.username, slip_of(zone, user))
    use = reverse("orgs:slip-use")
    assert client.post(use, {"answer": "9999"}).status_code == 422
    assert client.post(use, {"answer": "003x"}).status_code == 302


@pytest.mark.parametrize("answer", ["", "12345", "ab\x00d", "1" * 30, "🙂🙂🙂🙂"])
def test_odd_answers_are_wrong_answers(zone: Zone, answer: str) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    client = Client()
    sign_in(client, user.username, slip_of(zone, user))
    said = client.post(reverse("orgs:slip-use"), {"answer": answer})
    assert said.status_code in (400, 422)


def test_five_wrong_answers_make_the_slip_worthless(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    secret = slip_of(zone, user)
    client = Client()
    sign_in(client, user.username, secret)
    use = reverse("orgs:slip-use")
    for _ in range(4):
        assert client.post(use, {"answer": "0000"}).status_code == 422
    last = client.post(use, {"answer": "0000"}, follow=True)
    assert "密码条已作废" in text_of(last)
    assert client.get("/").status_code == 302
    assert sign_in(Client(), user.username, secret).status_code == 403
    assert AuditEntry.objects.filter(verb="orgs.slip.voided").count() == 1
    # Printed anew, the count begins again.
    client = Client()
    assert sign_in(client, user.username, slip_of(zone, user)).status_code == 302
    assert client.post(use, {"answer": "1234"}).status_code == 302


def test_reprinting_voids_the_slip_before_and_who_came_gets_none(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    by = zone.actor("secadmin")
    first = slip_of(zone, user)
    with pytest.raises(DomainError):
        slips.print_slips(by=by, organization=zone.street)
    second = slip_of(zone, user)
    assert sign_in(Client(), user.username, first).status_code == 403
    client = Client()
    sign_in(client, user.username, second)
    client.post(reverse("orgs:slip-use"), {"answer": "1234"})
    with pytest.raises(DomainError):
        slips.print_slips(by=by, organization=zone.street, again=True)


def test_who_opened_an_account_prints_no_slip_of_it(zone: Zone) -> None:
    user = opened(zone, "蔡航国", zone.branch)
    User.objects.filter(pk=user.pk).update(opened_by=zone.users["secadmin"])
    with pytest.raises(NotAllowed):
        slips.print_slips(by=zone.actor("secadmin"), organization=zone.street)


def test_without_a_grant_there_is_no_slip(zone: Zone) -> None:
    hold(zone.branch, "蔡航国", phone="10000001234")
    openings.open_accounts(by=zone.actor("sysadmin"))
    assert committees() == []


def test_administrators_see_no_member_and_no_secret_twice(zone: Zone) -> None:
    """The register holds data that could leak: nothing of it is on the pages of the opener or of
    whoever prints."""
    make_member(zone.branch, name="蔡航国", number=NUMBER, phone="10098765432")
    make_member(zone.branch, name="无关人", number="110101199003074557")
    user = opened(zone, "蔡航国", zone.branch, phone="10000001234")
    hold(zone.branch2, "钱裕胜", phone="10000005678")
    security, opener = zone.client("secadmin"), zone.client("sysadmin")
    page = reverse("orgs:slip-print", args=[zone.street.pk])
    seen = re.search(r'name="seen" value="(\w+)"', text_of(security.get(page)))[1]
    printed = security.post(page, {"seen": seen})
    secret = re.search(r"data-secret>([^<]+)<", printed.content.decode())[1]  # type: ignore[index]
    assert printed.headers["Cache-Control"] == "no-store"
    pages = [
        text_of(security.get(url))
        for url in (page, reverse("orgs:slip-list"), reverse("orgs:grant-offices"), "/")
    ] + [
        text_of(opener.get(url))
        for url in (
            reverse("orgs:user-open"), reverse("orgs:user-list"), "/",
            reverse("orgs:user-edit", args=[user.pk]),
        )
    ]  # fmt: skip
    for words in (NUMBER, NUMBER[-4:], "10098765432", "无关人"):
        assert not any(words in text for text in [*pages, text_of(printed)]), words
    assert not any(secret in text for text in pages)
    assert "10000001234" not in "".join(pages[:4])
    assert "100******78" in pages[4]
    for stranger in ("zone", "dahuangshan", "auditor", "sysadmin"):
        assert zone.client(stranger).get(page).status_code == 404


def test_printing_a_committee_does_not_take_a_full_hash_for_each(zone: Zone, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    user = opened(zone, "蔡航国", zone.branch)
    secret = slip_of(zone, user)
    user.refresh_from_db()
    assert user.password.startswith("pbkdf2_sha256$20000$")
    assert sign_in(Client(), user.username, secret).status_code == 302
    user.refresh_from_db()
    assert int(user.password.split("$")[1]) >= 1_000_000


def test_phone_is_asked_of_an_account_made_by_hand(zone: Zone) -> None:
    user = make_user("byhand", "zone_staff", zone.root, proof_due=True)
    user.phone_sealed = seal("10000004321", column=PHONE_COLUMN, row=user.uid)
    user.save()
    (slip,) = slips.print_slips(by=zone.actor("secadmin"), organization=zone.root)
    client = Client()
    sign_in(client, "byhand", slip.secret)
    assert client.post(reverse("orgs:slip-use"), {"answer": "4321"}).status_code == 302


# --- at once ------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_open_grant_and_print_once() -> None:
    zone = build_zone()
    hold(zone.branch, "蔡航国", phone="10000001234")
    hold(zone.branch2, "钱裕胜", phone="10000005678")
    opener, security = zone.actor("sysadmin"), zone.actor("secadmin")
    mark = account_plans.opening_plan().mark
    made = run_together([lambda: openings.open_accounts(by=opener, seen=mark) for _ in range(8)])
    assert sum(outcome.error is None for outcome in made) == 1
    assert User.objects.filter(proof_due=True).count() == 2
    mark = account_plans.grant_plan().mark
    given = run_together(
        [lambda: grants.give_for_offices(by=security, seen=mark) for _ in range(8)]
    )
    assert [outcome.value for outcome in given if outcome.error is None] == [2]
    seen = print_mark(committees(zone.street.path)[0].people)
    printed = run_together(
        [
            lambda: slips.print_slips(by=security, organization=zone.street, seen=seen)
            for _ in range(8)
        ]
    )
    assert [len(outcome.value) for outcome in printed if outcome.error is None] == [2]
    assert all(isinstance(o.error, Conflict) for o in [*made, *given, *printed] if o.error)


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted() -> None:
    zone = build_zone()
    user = opened(zone, "蔡航国", zone.branch)
    slip_of(zone, user)
    user.refresh_from_db()
    by = actor_of(user, None)
    run_together([lambda: slips.prove_owner(by=by, answer="0000") for _ in range(8)])
    user.refresh_from_db()
    assert not user.has_usable_password()
    assert user.slip_printed_at is None


def test_a_new_administrator_gets_his_first_secret_from_the_server(zone: Zone) -> None:
    admin, security = zone.client("sysadmin"), zone.client("secadmin")
    admin.post(reverse("orgs:user-create"), {"username": "second", "name": "第二人"})
    user = User.objects.get(username="second")
    fields = {"user": user.pk, "admin_kind": "system", "reason": "增加一名"}
    admin.post(reverse("orgs:administrator-propose") + "?q=second", fields)
    proposal = user.administrator_proposals.get()
    url = reverse("orgs:administrator-confirm", args=[proposal.pk])
    assert "--reset second" in text_of(security.post(url, follow=True))
    out = io.StringIO()
    call_command("create_administrators", "--reset", "second", stdout=out)
    client = Client()
    assert sign_in(client, "second", out.getvalue().split("\t")[1]).status_code == 302
    assert client.get("/").url == reverse("orgs:password-change")


def test_the_ladder_is_filled_by_opening_accounts(zone: Zone) -> None:
    """Whom overdue reports are brought before, without anything that only the demo could do."""
    hold(zone.street, "组织人", "organization_commissioner")
    hold(zone.street, "副手", "deputy_secretary")
    assert not holders_of([zone.street.pk])[zone.street.pk].posts
    openings.open_accounts(by=zone.actor("sysadmin"))
    grants.give_for_offices(by=zone.actor("secadmin"))
    found = holders_of([zone.street.pk])[zone.street.pk].posts
    people = {post: {User.objects.get(pk=pk).name for pk in ids} for post, ids in found.items()}
    assert people == {"organization_commissioner": {"组织人"}, "deputy_secretary": {"副手"}}
