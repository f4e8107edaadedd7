"""The ladder above an overdue report, how each wants to hear, and deputies by dates."""

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.db import connection
from django.http import Http404, QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actor import system
from core.documents import making
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Effect, Notification
from members import packs
from members.access import narrowed
from orgs.access import SESSION_GRANT, actor_from_grant, current_grants, who_may
from orgs.actions import accounts, administrators, deputies, grants
from orgs.models import DeputyRequest, OfficeHolding, RoleGrant, User
from orgs.permissions import Permission
from schedules.rounds.actions import calendar, opening
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, ReminderMark
from schedules.rounds.queries import escalation
from tests.world import Zone, make_user

# Due on Monday the 6th of July: overdue by 1 working day on the 7th, by 3 on the 9th, 5 on the 13th.


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{text}+08:00")


def tick(text: str) -> None:
    call_command("tick", now=f"{text}+08:00", stdout=io.StringIO())


def digest(user: User, day: str) -> Notification | None:
    return Notification.objects.filter(key=f"digest:{day}:{user.pk}").first()


@pytest.fixture
def june(zone: Zone) -> Zone:
    """June is open; the street has an organisation commissioner, a section chief and a deputy
    secretary, none of whom holds a role in the portal."""
    with clock.at(moment("2026-06-26T00:30")):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    for username, post in (
        ("commissioner", "organization_commissioner"),
        ("chief", "organization_section_chief"),
        ("deputy_secretary", "deputy_secretary"),
    ):
        zone.users[username] = make_user(username, email=f"{username}@example.org")
        OfficeHolding.objects.create(
            organization=zone.street, post=post, person_name=username, user=zone.users[username]
        )
    return zone


def days_told(zone: Zone, username: str) -> list[str]:
    rows = Notification.objects.filter(user=zone.users[username], key__startswith="digest:")
    return [row.key.split(":")[1] for row in rows.order_by("key")]


def test_each_rung_hears_at_its_day_and_once(june: Zone) -> None:
    day = dt.date(2026, 7, 1)
    while day < dt.date(2026, 7, 25):
        tick(f"{day}T09:00")
        day += dt.timedelta(days=1)
    assert days_told(june, "commissioner") == ["20260707"]
    assert days_told(june, "chief") == ["20260709"]
    assert days_told(june, "deputy_secretary") == ["20260713"]


def test_digest_counts_and_names_what_is_overdue_there_and_nowhere_else(june: Zone) -> None:
    Duty.objects.filter(organization=june.branch2).update(state=DutyState.SUBMITTED)
    tick("2026-07-07T09:00")
    row = digest(june.users["commissioner"], "20260707")
    assert row is not None
    count = Duty.objects.overdue(moment("2026-07-07T09:00")).filter(
        organization__path__startswith=june.street.path
    )
    assert row.title == f"有 {count.count()} 个组织逾期未报，请督促"
    assert "逾期未报2026年6月" in row.body
    assert "湖庄村第一支部" in row.body
    assert "湖庄村第二支部" not in row.body
    assert "桃园" not in row.body


def test_post_nobody_holds_falls_to_those_who_check_there(june: Zone) -> None:
    tick("2026-07-07T09:00")
    checker = digest(june.users["jinshanqiao"], "20260707")
    assert checker is not None
    assert "桃园社区第一支部" in checker.body
    # one message for his own report and for the ladder
    assert "；" in checker.title
    assert days_told(june, "jinshanqiao") == ["20260707"]


def test_done_and_abolished_are_brought_before_nobody(june: Zone) -> None:
    Duty.objects.filter(organization__path__startswith=june.street.path).exclude(
        organization=june.branch
    ).update(state=DutyState.SUBMITTED)
    june.branch.abolished_on = dt.date(2026, 7, 6)
    june.branch.save()
    for day in ("07", "09", "13"):
        tick(f"2026-07-{day}T09:00")
    for username in ("commissioner", "chief", "deputy_secretary"):
        assert days_told(june, username) == []


def test_ladder_costs_the_same_for_many(june: Zone, django_assert_num_queries: object) -> None:
    table = calendar_table()
    one = list(Duty.objects.filter(organization=june.branch).select_related("plan", "organization"))
    many = list(Duty.objects.select_related("plan", "organization"))
    today = dt.date(2026, 7, 13)
    for duties in (one, many):
        with django_assert_num_queries(5):  # type: ignore[operator]
            assert escalation.brought_before(duties, today, table)


def calendar_table() -> object:
    from schedules.rounds.queries.calendar import load

    return load()


def test_one_digest_a_day_though_a_duty_is_new_in_the_afternoon(june: Zone) -> None:
    tick("2026-07-06T09:00")
    Duty.objects.filter(organization=june.branch).update(due_on=dt.date(2026, 7, 3))
    tick("2026-07-06T15:00")
    assert days_told(june, "huzhuang1") == ["20260706"]
    assert not ReminderMark.objects.filter(stage="T+1").exists()  # still to be told
    tick("2026-07-07T09:00")
    assert days_told(june, "huzhuang1") == ["20260706", "20260707"]


# --- preferences ------------------------------------------------------------------------------
def prefer(zone: Zone, username: str, **chosen: object) -> None:
    wanted = {"reminders_by_mail": True, "reminder_hour": 8, "weekly_summary": False, **chosen}
    accounts.edit_own_reminders(by=zone.actor(username), **wanted)  # type: ignore[arg-type]


def test_reminder_comes_at_the_hour_chosen(june: Zone) -> None:
    prefer(june, "huzhuang1", reminder_hour=14)
    tick("2026-07-06T09:00")
    assert days_told(june, "huzhuang1") == []
    assert days_told(june, "huzhuang2") == ["20260706"]
    tick("2026-07-06T14:30")
    assert days_told(june, "huzhuang1") == ["20260706"]


def test_mail_may_be_off_but_not_for_what_is_overdue(june: Zone) -> None:
    User.objects.filter(username="huzhuang1").update(email="h@example.org")
    prefer(june, "huzhuang1", reminders_by_mail=False)
    user = june.users["huzhuang1"]
    tick("2026-07-06T09:00")
    assert digest(user, "20260706") is not None
    assert not Effect.objects.filter(key=f"mail:digest:20260706:{user.pk}").exists()
    tick("2026-07-07T09:00")
    assert Effect.objects.filter(key=f"mail:digest:20260707:{user.pk}").exists()


def test_weekly_summary_names_all_on_the_first_working_day(june: Zone) -> None:
    prefer(june, "huzhuang1", weekly_summary=True)
    for day in ("10", "13", "14"):  # Friday, Monday, Tuesday: T+3 was made up for on the 10th
        tick(f"2026-07-{day}T09:00")
    assert days_told(june, "huzhuang1") == ["20260710", "20260713"]
    assert days_told(june, "huzhuang2") == ["20260710"]


def test_preferences_page_keeps_them_and_refuses_the_night(june: Zone) -> None:
    client = june.client("huzhuang1")
    answer = client.post("/account/preferences/", {"reminder_hour": "22"})
    assert answer.status_code == 422
    answer = client.post("/account/preferences/", {"reminder_hour": "10", "weekly_summary": "on"})
    assert answer.status_code == 302
    user = User.objects.get(username="huzhuang1")
    assert (user.reminder_hour, user.weekly_summary, user.reminders_by_mail) == (10, True, False)
    entry = AuditEntry.objects.filter(verb="orgs.user.edited").latest("pk")
    assert set(entry.changes) == {"reminder_hour", "weekly_summary", "reminders_by_mail"}


# --- deputies ---------------------------------------------------------------------------------
def name(zone: Zone, first: str = "2026-07-01", last: str = "2026-07-10") -> RoleGrant:
    return deputies.name_deputy(
        by=zone.actor("huzhuang1"),
        grant_id=zone.users["huzhuang1"].grants.get().pk,
        username="huzhuang2",
        first=dt.date.fromisoformat(first),
        last=dt.date.fromisoformat(last),
    )


def roles_of(user: User) -> list[str]:
    return sorted(f"{grant.label} {grant.organization}" for grant in current_grants(user))


def test_deputy_acts_within_the_dates_and_no_longer(june: Zone) -> None:
    user = june.users["huzhuang2"]
    with clock.at(moment("2026-06-30T09:00")):
        name(june)
        assert len(roles_of(user)) == 1
    for day, acts in (("2026-07-01", True), ("2026-07-10", True), ("2026-07-11", False)):
        with clock.at(moment(f"{day}T09:00")):
            assert ("支部书记（代） 湖庄村第一支部" in roles_of(user)) is acts
            people = who_may(Permission.REPORT_SEND, june.branch, nearest=True)
            assert (user in people) is acts
    assert AuditEntry.objects.filter(verb="orgs.deputy.named").count() == 1


def test_deputy_is_reminded_beside_the_person(june: Zone) -> None:
    with clock.at(moment("2026-07-01T07:00")):
        name(june)
    tick("2026-07-06T09:00")
    row = digest(june.users["huzhuang2"], "20260706")
    assert row is not None
    assert "湖庄村第一支部" in row.body
    assert "湖庄村第二支部" in row.body
    assert days_told(june, "huzhuang1") == ["20260706"]


@pytest.mark.parametrize("how", ["grant ended", "account shut", "taken back"])
def test_deputy_ends_with_what_he_stands_on(june: Zone, how: str) -> None:
    user, principal = june.users["huzhuang2"], june.users["huzhuang1"]
    with clock.at(moment("2026-07-01T09:00")):
        right = name(june)
        assert len(roles_of(user)) == 2
        if how == "grant ended":
            own = principal.grants.get()
            grants.end(by=june.actor("secadmin"), grant_id=own.pk, reason="轮岗")
        elif how == "account shut":
            User.objects.filter(pk=principal.pk).update(is_active=False)
        else:
            deputies.end_deputy(by=june.actor("huzhuang1"), right_id=right.pk)
        assert len(roles_of(user)) == 1


def test_deputy_does_not_pass_it_on(june: Zone) -> None:
    with clock.at(moment("2026-07-01T09:00")):
        right = name(june)
        with pytest.raises(DomainError, match="不能再委托"):
            deputies.name_deputy(
                by=june.actor("huzhuang2"),
                grant_id=right.pk,
                username="officer",
                first=dt.date(2026, 7, 1),
                last=dt.date(2026, 7, 2),
            )
    client = june.client("huzhuang2")
    assert client.get(f"/account/grants/{right.pk}/deputy/").status_code == 404
    assert client.post(f"/account/deputies/{right.pk}/end/").status_code == 404


@pytest.mark.parametrize(
    ("username", "first", "last"),
    [
        ("huzhuang1", "2026-07-01", "2026-07-02"),  # oneself
        ("sysadmin", "2026-07-01", "2026-07-02"),
        ("nobody-of-that-name", "2026-07-01", "2026-07-02"),
        ("huzhuang2", "2026-06-30", "2026-07-02"),  # begins yesterday
        ("huzhuang2", "2026-07-03", "2026-07-02"),
        ("huzhuang2", "2026-07-01", "2026-08-30"),  # 61 days
    ],
)
def test_deputy_that_does_not_fit_is_refused(
    june: Zone, username: str, first: str, last: str
) -> None:
    own = june.users["huzhuang1"].grants.get()
    with clock.at(moment("2026-07-01T09:00")), pytest.raises(DomainError):
        deputies.name_deputy(
            by=june.actor("huzhuang1"),
            grant_id=own.pk,
            username=username,
            first=dt.date.fromisoformat(first),
            last=dt.date.fromisoformat(last),
        )
    assert RoleGrant.objects.filter(deputy_for=own).count() == 0


def test_deputy_is_named_on_the_page_and_acts_marked(june: Zone) -> None:
    client = june.client("huzhuang1")
    own = june.users["huzhuang1"].grants.get()
    today = clock.today().isoformat()
    answer = client.post(
        f"/account/grants/{own.pk}/deputy/",
        {"username": "Huzhuang2", "first": today, "last": today},
        follow=True,
    )
    assert "已委托huzhuang2代理" in answer.content.decode()
    right = RoleGrant.objects.get(deputy_for=own)
    other = june.client("huzhuang2")
    page = other.post("/account/acting/", {"grant": str(right.pk)}, follow=True).content.decode()
    assert "支部书记（代）" in page
    assert client.post(f"/account/deputies/{right.pk}/end/").status_code == 302
    assert not RoleGrant.objects.current().filter(pk=right.pk).exists()


def ask_outside(zone: Zone) -> DeputyRequest:
    """The branch secretary wants somebody of the neighbouring street to act for him."""
    made = deputies.name_deputy(
        by=zone.actor("huzhuang1"),
        grant_id=zone.users["huzhuang1"].grants.get().pk,
        username="taoyuan1",
        first=dt.date(2026, 7, 1),
        last=dt.date(2026, 7, 10),
    )
    assert isinstance(made, DeputyRequest)
    return made


def test_sixty_days_are_the_most(june: Zone) -> None:
    with clock.at(moment("2026-07-01T09:00")):
        assert name(june, "2026-07-01", "2026-08-29").valid_to == dt.date(2026, 8, 30)


@pytest.mark.parametrize("who", ["dahuangshan", "zone"])
def test_deputy_from_outside_the_committee_waits_for_a_level_above(june: Zone, who: str) -> None:
    with clock.at(moment("2026-07-01T09:00")):
        asked = ask_outside(june)
        assert not RoleGrant.objects.filter(deputy_for__isnull=False).exists()
        home = june.client(who).get("/").content.decode()
        assert "项委托代理待确认" in home
        page = june.client(who).get("/deputies/").content.decode()
        assert "huzhuang1委托taoyuan1" in page
        assert "桃园社区第一支部 支部书记" in page
        for other in ("jinshanqiao", "huzhuang", "huzhuang1", "taoyuan1", "secadmin"):
            answer = june.client(other).post(f"/deputies/{asked.pk}/confirm/")
            assert answer.status_code == 404, other
            shown = june.client(other).get("/deputies/").content.decode()
            assert "委托taoyuan1" not in shown, other
        june.client(who).post(f"/deputies/{asked.pk}/confirm/")
        assert "支部书记（代） 湖庄村第一支部" in roles_of(june.users["taoyuan1"])
        for person in ("taoyuan1", "huzhuang1", "secadmin"):
            assert Notification.objects.filter(user=june.users[person]).count() == 1, person


def test_two_who_decide_on_a_deputy_have_one_effect(june: Zone) -> None:
    with clock.at(moment("2026-07-01T09:00")):
        asked = ask_outside(june)
        deputies.refuse_deputy(by=june.actor("dahuangshan"), request_id=asked.pk)
        with pytest.raises(Conflict, match="已经办理过了"):
            deputies.confirm_deputy(by=june.actor("zone"), request_id=asked.pk)
        assert not RoleGrant.objects.filter(deputy_for__isnull=False).exists()
        again = ask_outside(june)
        with pytest.raises(Conflict, match="正在等上级确认"):
            ask_outside(june)
        deputies.withdraw_deputy(by=june.actor("huzhuang1"), request_id=again.pk)
        with pytest.raises(Conflict):
            deputies.confirm_deputy(by=june.actor("dahuangshan"), request_id=again.pk)


def test_a_request_that_nobody_decided_in_time_bars_no_new_one(june: Zone) -> None:
    """It stands on nobody's page any more, so that nobody could take it away."""
    with clock.at(moment("2026-07-01T09:00")):
        old = ask_outside(june)
    with clock.at(moment("2026-07-20T09:00")):
        for who in ("huzhuang1", "dahuangshan"):
            for page in ("/account/preferences/", "/deputies/"):
                assert f"/deputies/{old.pk}/" not in june.client(who).get(page).content.decode()
        new = deputies.name_deputy(
            by=june.actor("huzhuang1"),
            grant_id=june.users["huzhuang1"].grants.get().pk,
            username="taoyuan1",
            first=dt.date(2026, 7, 20),
            last=dt.date(2026, 7, 25),
        )
        assert isinstance(new, DeputyRequest)
        old.refresh_from_db()
        assert (old.state, new.state) == ("withdrawn", "asked")
        verbs = AuditEntry.objects.filter(verb__startswith="orgs.deputy").order_by("sequence")
        assert list(verbs.values_list("verb", flat=True)) == [
            "orgs.deputy.asked",
            "orgs.deputy.withdrawn",
            "orgs.deputy.asked",
        ]


def test_neighbour_named_by_a_street_waits_for_the_zone_and_exports_nothing(june: Zone) -> None:
    """A street named a neighbour for 180 days, who exported the whole street."""
    with clock.at(moment("2026-07-01T09:00")):
        by, own = june.actor("dahuangshan"), june.users["dahuangshan"].grants.get()
        days = {"first": dt.date(2026, 7, 1), "last": dt.date(2026, 7, 30)}
        asked = deputies.name_deputy(by=by, grant_id=own.pk, username="jinshanqiao", **days)
        assert isinstance(asked, DeputyRequest)
        for who in ("dahuangshan", "jinshanqiao"):
            with pytest.raises(NotAllowed):
                deputies.confirm_deputy(by=june.actor(who), request_id=asked.pk)
        right = deputies.confirm_deputy(by=june.actor("zone"), request_id=asked.pk)
        lent = actor_from_grant(june.users["jinshanqiao"].pk, right.pk)
        assert lent.may_at(Permission.MEMBER_VIEW, june.street.path)
        assert lent.may_at(Permission.REPORT_CHECK, june.street.path)
        for permission in (Permission.MEMBER_EXPORT, Permission.ORGANIZATION_EXPORT):
            assert by.may_at(permission, june.street.path)
            assert not lent.may(permission)
        # Not even masked: he looks, and takes nothing with him.
        export, client = reverse("members:member-export"), june.client("jinshanqiao")

        def listed(grant: RoleGrant) -> str:
            session = client.session
            session[SESSION_GRANT] = grant.pk
            session.save()
            return client.get(reverse("members:member-list")).content.decode()

        mine = june.users["jinshanqiao"].grants.get(deputy_for=None)
        assert f'href="{export}' in listed(mine)
        assert client.get(export).status_code == 200
        page = listed(right)
        assert "大黄山" in page
        assert f'href="{export}' not in page
        for answer in (client.get(export), client.post(export, {"scope": "masked"})):
            assert answer.status_code == 404
        wanted = packs.wanted(lent, narrowed(lent, QueryDict()), purpose="", rows=1)
        with pytest.raises(Http404):
            making.ask(wanted=wanted, by=lent)
        assert not AuditEntry.objects.filter(verb="members.member.export").exists()


def test_somebody_who_works_nowhere_acts_for_nobody_at_the_top(june: Zone) -> None:
    make_user("fresh")
    own = june.users["zone"].grants.get()
    today = clock.today()
    with pytest.raises(DomainError, match="没有身份"):
        deputies.name_deputy(
            by=june.actor("zone"), grant_id=own.pk, username="fresh", first=today, last=today
        )


def test_being_named_keeps_nobody_from_an_appointment(june: Zone) -> None:
    user = make_user("candidate")
    right = RoleGrant.objects.create(
        user=user,
        role="branch_secretary",
        organization=june.branch,
        valid_from=clock.today(),
        valid_to=clock.today() + dt.timedelta(days=30),
        granted_by_name="huzhuang1",
        granted_at=clock.now(),
        deputy_for=june.users["huzhuang1"].grants.get(),
    )
    grants.give(
        by=june.actor("secadmin"),
        user_id=user.pk,
        role="branch_secretary",
        organization_id=june.branch.pk,
        valid_from=clock.today(),
        valid_to=clock.today() + dt.timedelta(days=1),
    )
    RoleGrant.objects.filter(user=user, deputy_for=None).delete()
    proposal = administrators.propose(
        by=june.actor("sysadmin"), user_id=user.pk, admin_kind="audit", reason="轮岗"
    )
    administrators.confirm(by=june.actor("secadmin"), proposal_id=proposal.pk)
    right.refresh_from_db()
    assert right.valid_to == clock.today()
    assert User.objects.get(pk=user.pk).admin_kind == "audit"


@pytest.mark.parametrize("typed", ["单青松", "shanqingsong", "sqs", "QINGSONG1"])
def test_colleague_below_is_found_by_name(june: Zone, typed: str) -> None:
    make_user("qingsong1", "branch_officer", june.branch2, name="单青松")
    make_user("elsewhere", "branch_officer", june.neighbour_branch, name="单青松")
    own = june.users["huzhuang"].grants.get()
    today = clock.today().isoformat()
    answer = june.client("huzhuang").post(
        f"/account/grants/{own.pk}/deputy/", {"username": typed, "first": today, "last": today}
    )
    assert answer.status_code == 302
    assert RoleGrant.objects.get(deputy_for=own).user.username == "qingsong1"


def test_name_of_several_is_asked_for_and_strangers_are_not_offered(june: Zone) -> None:
    for username, place in (("one", june.branch), ("two", june.branch2)):
        make_user(username, "branch_officer", place, name="李梅")
    make_user("stranger", "branch_officer", june.neighbour_branch, name="李梅")
    make_user("leimei", "branch_officer", june.neighbour_branch, name="雷美")
    url = f"/account/grants/{june.users['huzhuang'].grants.get().pk}/deputy/"
    client = june.client("huzhuang")
    today = clock.today().isoformat()
    said = client.post(url, {"username": "李梅", "first": today, "last": today})
    page = said.content.decode()
    assert said.status_code == 422
    assert "有 2 位符合" in page
    assert "stranger" not in page
    assert 'value="李梅"' in page, "what was typed stays"
    said = client.post(url, {"username": "雷美", "first": today, "last": today})
    assert said.status_code == 422
    assert "没有可以代理的这个人" in said.content.decode()
    assert "leimei" not in said.content.decode()
    branch = june.client("officer").get(
        f"/account/grants/{june.users['officer'].grants.get().pk}/deputy/"
    )
    offered = {one.username for one in branch.context["known"]}
    assert "huzhuang1" in offered
    assert not offered & {"two", "huzhuang", "stranger", "officer", "secadmin"}


def test_offering_colleagues_takes_one_query_however_many(june: Zone) -> None:
    url = f"/account/grants/{june.users['zone'].grants.get().pk}/deputy/"
    client = june.client("zone")
    client.get(url)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as found:
            client.get(url)
        counts.append(len(found))
        for other in range(3):
            make_user(f"more{number}{other}", "branch_officer", june.branch)
    assert counts[0] == counts[1]
