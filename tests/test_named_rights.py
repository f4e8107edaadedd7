"""Rights by being named (指名与回避): what a relation gives appears everywhere, nothing else does."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, derived
from core.actor import Actor, Part, system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Notification
from core.periods import WorkCalendar
from members.actions import standings
from members.models import Member, MembershipDecision, MemberStanding, OwnHeadcount
from orgs import relations
from orgs.access import actor_from_grant, actor_of, current_grants, who_may
from orgs.actions import deputies, namings, tokens
from orgs.models import NamedRight, Organization, User
from orgs.models.organization import below
from orgs.permissions import Permission as P
from orgs.relations import Relation
from schedules.life.models import (
    Appraisal,
    Exemption,
    Invitation,
    Meeting,
    MeetingUnit,
    StudyRecord,
    Talk,
    YearPlan,
)
from schedules.neighbours.models import GridPost
from schedules.rounds.access import rights
from schedules.rounds.actions import reports
from schedules.rounds.models import Duty, DutyStanding, Report, ReportItem, Rollup
from schedules.rounds.models.vocabulary import DUTY
from schedules.rounds.queries.duties import waiting, waiting_for_second_look
from schedules.rounds.queries.escalation import brought_before
from schedules.themes.models import ThemePlace, ThemeStanding
from showcase.brands.models import Highlight
from tests.parallel import run_together
from tests.theme_world import published as published_theme
from tests.world import Zone, build_zone, grant, make_member, make_organization, make_user

from .test_reports import JULY_8, open_june, report_of, send

CHECKER = "schedules.checker"
# The models whose rows people see by scope -> what reading them takes, and where a row hangs.
READ_WITH: dict[type[models.Model], tuple[P, str]] = {
    Organization: (P.ORGANIZATION_VIEW, "pk"),
    Member: (P.MEMBER_VIEW, "organization"),
    OwnHeadcount: (P.MEMBER_VIEW, "organization"),
    MemberStanding: (P.MEMBER_VIEW, "organization"),
    MembershipDecision: (P.MEMBER_VIEW, "organization"),
    Duty: (P.REPORT_VIEW, "organization"),
    DutyStanding: (P.REPORT_VIEW, "organization"),
    Report: (P.REPORT_VIEW, "organization"),
    ReportItem: (P.REPORT_VIEW, "report__organization"),
    Rollup: (P.REPORT_VIEW, "organization"),
    MeetingUnit: (P.LIFE_VIEW, "organization"),
    Exemption: (P.LIFE_VIEW, "member__organization"),
    StudyRecord: (P.LIFE_VIEW, "organization"),
    Talk: (P.LIFE_VIEW, "organization"),
    Appraisal: (P.LIFE_VIEW, "organization"),
    Invitation: (P.LIFE_VIEW, "organization"),
    YearPlan: (P.LIFE_VIEW, "organization"),
    GridPost: (P.NEIGHBOUR_VIEW, "organization"),
    Highlight: (P.BRAND_VIEW, "organization"),
    ThemePlace: (P.THEME_VIEW, "organization"),
    ThemeStanding: (P.THEME_VIEW, "place__organization"),
}
OF_A_PERSON = {
    "AccessToken",
    "StoredAnswer",
    "FullExport",
    "ReviewSeat",
    "PanelSeat",
}  # one's own, by whose they are
OF_TWO_PLACES = {
    "ReportMark",  # a committee's, about another's report: tests/test_marks.py
    # Its owner's, its issuer's, whose it waits for: tests/test_action_items.py, test_action_standings.py.
    *("ActionItem", "ActionStanding"),
    "Feedback",  # one's own, and who answers it: tests/test_feedback.py
    "Problem",  # a member's own are for those near him: tests/test_life_appraisals.py
    "Meeting",  # whose units took part, which are walked here: tests/test_life_pages.py
    # Whose rules they are, and whom they measure: tests/test_scheme_pages.py, test_assessment_groups.py,
    # test_exemptions_of_indicators.py.
    *("Scheme", "SchemeVersion", "AssessmentGroup", "IndicatorExemption"),
    # The unit's own, and from the freeze on those above: tests/test_cycle_pages.py, test_score_pages.py.
    *("Cycle", "Assessed", "Score", "Posting", "Correction"),
    # The holder's, whom they are about, and who checks: tests/test_cycle_decisions.py, test_objections.py,
    # test_publications.py.
    *("Decision", "Objection", "Publication"),
    # Who counts, and the unit's own once sealed; its writer's, and who hears it: tests/test_ballots.py,
    # tests/test_secretary_reports.py.
    *("BallotRound", "SecretaryReport"),
    # The unit's own, and above once it was sent: tests/test_self_assessments.py.
    "SelfAssessment",
    "Review",  # who carries the cycle on: tests/test_review_pages.py
    # The holder's, and the organisation's whom they are about: tests/test_rectification_pages.py.
    *("Rectification", "Finding", "CommonCause"),
    # The holder's, and who is called to it or visited; nobody is named for it: tests/test_dispatch.py,
    # tests/test_visits.py.
    *("MeetingSeries", "DispatchMeeting", "AgendaCard", "VisitDraw", "FieldVisit"),
    "Criterion",  # rules of the whole zone, for who may see cases
    "WeakCase",  # the unit's own once decided, and those above: tests/test_weak_cases.py
    # Its undertaker's and those above, and who judges it: tests/test_projects.py.
    *("Project", "Campaign"),
    # Who arranges it; once named, the zone's; both sides': tests/test_panels.py, test_brands.py,
    # test_sites.py, test_neighbours.py.
    *("Panel", "Brand", "BrandCopy", "AwardProgramme", "DemonstrationSite", "Wish", "Partnership"),
    "Concern",  # who deals with it, and who took it in: tests/test_concerns.py
    "Story",  # who writes it, and who publishes it once it is handed in: tests/test_public.py
    "Theme",  # its holder's, and told to all below: tests/test_theme_leaks.py
    # Who has the limit and who took the concern in; told to all below: tests/test_concern_figures.py
    *("ConcernTerm", "Practice", "ReplyTemplate"),
}


@pytest.fixture
def zone(zone: Zone) -> Zone:
    """June is open; the branches of both streets have sent, and have members and figures."""
    other = make_organization("桃园社区第二支部", parent=zone.neighbour_street)
    zone.users["taoyuan2"] = make_user("taoyuan2", "branch_secretary", other)
    open_june(zone)
    for username in ("huzhuang1", "taoyuan1", "taoyuan2"):
        send(zone, username)
    for place in (zone.branch, zone.neighbour_branch, other):
        member = make_member(place, f"{place}的人")
        standings.begin([member])
        MembershipDecision.objects.create(
            member=member,
            organization=place,
            kind="suspended",
            resolved_on=JULY_8.date(),
            resolution_number="1",
            basis="失联超过六个月",
            proposed_by=zone.users["zone"],
            proposed_by_name="zone",
            proposed_at=JULY_8,
        )
        record = Meeting.objects.create(
            organization=place,
            kind="party_day",
            held_on=JULY_8.date(),
            topic=f"{place}的主题党日",
            recorded_at=JULY_8,
            written_at=JULY_8,
        )
        MeetingUnit.objects.create(meeting=record, organization=place)
        StudyRecord.objects.create(
            batch=record.uid,
            member=member,
            organization=place,
            kind="self_study",
            title="学习党章",
            started_on=JULY_8.date(),
            ended_on=JULY_8.date(),
            minutes=60,
            recorded_at=JULY_8,
        )
        Exemption.objects.create(
            member=member,
            reason="abroad",
            since=JULY_8.date(),
            written_at=JULY_8,
            written_by_name="书记",
        )
        written = {"written_at": JULY_8, "written_by_name": "书记"}
        Appraisal.objects.create(record_uid=record.uid, organization=place, year=2026, **written)
        YearPlan.objects.create(organization=place, year=2026, **written)
        Invitation.objects.create(
            record_uid=record.uid, organization=place, invited_at=JULY_8, invited_by_name="书记"
        )
        GridPost.objects.create(
            organization=place,
            member=member,
            grid="第三网格",
            title="楼道长",
            since=JULY_8.date(),
            created_at=JULY_8,
        )
        Highlight.objects.create(
            organization=place, year=2026, title=f"{place}的亮点", noted_at=JULY_8
        )
        Talk.objects.create(
            organization=place,
            held_on=JULY_8.date(),
            pair="across",
            talker=member,
            partner_name="书记",
            recorded_at=JULY_8,
        )
    with clock.at(JULY_8):
        published_theme(zone.root, zone.actor("zone"))
    for derivation in derived.registered().values():
        derivation.fill(by=system())
    return zone


@pytest.fixture(autouse=True)
def at_july_8() -> Iterator[None]:
    with clock.at(JULY_8):
        yield


def again(user: User, place: Organization | None = None) -> Actor:
    """The person at his next request, in his grant (at `place`)."""
    user = User.objects.get(pk=user.pk)
    grants = current_grants(user)
    grant = next((one for one in grants if place is None or one.organization_id == place.pk), None)
    return actor_of(user, grant)


def name(zone: Zone, username: str, organization: Organization, **more: Any) -> NamedRight:
    """`username` is named by the level above the organisation."""
    usual = {"by": zone.actor("zone"), "relation": CHECKER, "first": clock.today()}
    return namings.name(
        **{**usual, **more}, organization_id=organization.pk, username=username, reason="抽调核报"
    )


def recuse(actor: Actor, organization: Organization, relation: str = CHECKER) -> NamedRight:
    return namings.recuse(
        by=actor, relation=relation, organization_id=organization.pk, reason="亲属在该支部"
    )


# --- the guard: every relation, every table that people see by scope ---------------------------


def scoped() -> dict[type[models.Model], Any]:
    """The models whose rows are seen by scope, with their query sets."""
    found = {
        model: model._default_manager.all()
        for model in apps.get_models()
        if hasattr(model._default_manager.all(), "visible_to")
    }
    return {
        model: rows
        for model, rows in found.items()
        if model.__name__ not in OF_A_PERSON | OF_TWO_PLACES
    }


def test_every_model_seen_by_scope_is_known_here() -> None:
    assert set(scoped()) == set(READ_WITH)


def at(model: type[models.Model], organization: Organization) -> set[int]:
    """The model's rows that hang on the organisation itself."""
    lookup = READ_WITH[model][1]
    rows = model._default_manager.filter(**{lookup: organization.pk})
    return set(rows.values_list("pk", flat=True))


def seen(actor: Actor, model: type[models.Model], *permission: P) -> set[int]:
    rows: Any = model._default_manager.all()
    return set(rows.visible_to(actor, *permission).values_list("pk", flat=True))


MODELS = pytest.mark.parametrize("model", READ_WITH, ids=lambda model: model.__name__)


@MODELS
@pytest.mark.parametrize("relation", ["schedules.checker", "reviews.reviewer"])
def test_rows_come_with_the_permission_of_the_relation_and_go_with_it(
    zone: Zone, model: type[models.Model], relation: str
) -> None:
    kind, person = relations.registered()[relation], zone.users["dahuangshan"]
    place, beside = zone.neighbour_branch, Organization.objects.get(name="桃园社区第二支部")
    assert at(model, place), "nothing is planted that could leak"
    assert at(model, beside)
    own, read = at(model, zone.branch), READ_WITH[model][0]
    before = seen(again(person), model)
    assert own <= before
    assert not before & (at(model, place) | at(model, beside))
    right = name(zone, "dahuangshan", place, relation=relation, includes_below=True)
    for permission in P:
        gained = seen(again(person), model, permission) - seen(
            zone.actor("dahuangshan"), model, permission
        )
        wanted = at(model, place) if permission in kind.permissions else set()
        assert gained == wanted, permission
    assert again(person).may(read)
    # Recused, he loses what the relation's recusal takes, there alone.
    recusal = recuse(again(person), place, relation)
    for permission in P:
        found = seen(again(person), model, permission)
        assert own <= found or permission not in zone.actor("dahuangshan").permissions
        is_given = permission in kind.permissions - kind.recusal
        assert (found & at(model, place)) == (at(model, place) if is_given else set()), permission
    namings.take_back(by=again(person), right_id=recusal.pk)
    namings.end(by=zone.actor("zone"), right_id=right.pk)
    for permission in P:
        assert seen(again(person), model, permission) == seen(
            zone.actor("dahuangshan"), model, permission
        )
    assert User.objects.get(pk=person.pk).named_until is None


def test_every_relation_is_walked() -> None:
    assert list(relations.registered()) == ["schedules.checker", "reviews.reviewer"]


@MODELS
def test_a_recusal_takes_rows_of_the_own_subtree(zone: Zone, model: type[models.Model]) -> None:
    own = at(model, zone.branch)
    recuse(zone.actor("dahuangshan"), zone.branch)
    actor = again(zone.users["dahuangshan"])
    for permission in relations.registered()[CHECKER].recusal:
        assert not seen(actor, model, permission) & own
        assert at(model, zone.branch2) <= seen(actor, model, permission)
    assert own <= seen(actor, model)


@MODELS
def test_a_part_names_rows_of_any_table_that_is_seen_by_scope(
    zone: Zone, model: type[models.Model]
) -> None:
    """Also of tables that no relation gives yet."""
    read = READ_WITH[model][0]
    place = zone.neighbour_street
    actor = replace(zone.actor("reviewer"), permissions=frozenset())
    assert not seen(actor, model)
    alone = replace(actor, named=(Part(place.path, False, frozenset({read})),))
    sums = model is Rollup  # what is not given whole is not summed up
    assert seen(alone, model) == (set() if sums else at(model, place))
    whole = replace(actor, named=(Part(place.path, True, frozenset({read})),))
    below = [place, *place.children.all()]
    assert seen(whole, model) == set().union(*(at(model, one) for one in below))
    kept_out = replace(whole, recused=(Part(zone.neighbour_branch.path, False, frozenset({read})),))
    assert seen(kept_out, model) == seen(whole, model) - at(model, zone.neighbour_branch)
    other = replace(actor, named=(Part(place.path, True, frozenset({P.PLAN_VIEW})),))
    assert not seen(other, model)


@pytest.mark.parametrize("model", [Duty, Report, DutyStanding])
def test_one_can_be_named_for_one_thing_alone(zone: Zone, model: type[models.Model]) -> None:
    duty = Duty.objects.get(organization=zone.neighbour_branch)
    part = Part(zone.neighbour_branch.path, False, frozenset({P.REPORT_VIEW}), (DUTY, duty.pk))
    actor = zone.actor("huzhuang2")
    before = seen(actor, model)
    assert seen(replace(actor, named=(part,)), model) == before | at(model, zone.neighbour_branch)
    assert seen(replace(actor, named=(part,)), Organization) == seen(actor, Organization)
    own = Duty.objects.get(organization=zone.branch2)
    part = Part(zone.branch2.path, False, frozenset({P.REPORT_VIEW}), (DUTY, own.pk))
    assert seen(replace(actor, recused=(part,)), model) == before - at(model, zone.branch2)


def test_who_is_named_for_one_report_checks_that_and_no_other(zone: Zone) -> None:
    """On the pages that act on one row as in the lists, which ask the rows."""
    report, other = report_of(zone.neighbour_branch), report_of(zone.branch2)
    client = zone.client("huzhuang")
    user = zone.users["huzhuang"]
    check = reverse("schedules:report-check", args=[report.pk])
    body = {"version": report.revision}
    assert client.post(check, body).status_code == 404
    right = NamedRight.objects.create(
        user=user,
        relation=CHECKER,
        organization=zone.neighbour_branch,
        subject_kind=DUTY,
        subject_id=report.duty_id,
        valid_from=clock.today(),
        reason="抽调核报",
        named_by=zone.users["zone"],
        named_by_name="zone",
        named_at=clock.now(),
    )
    User.objects.filter(pk=user.pk).update(named_until=dt.date.max)
    elsewhere = Duty.objects.get(organization__name="桃园社区第二支部")
    assert client.get(reverse("schedules:duty-open", args=[elsewhere.pk])).status_code == 404
    assert user in who_may(P.REPORT_CHECK, zone.neighbour_branch, about=report.duty.as_thing)
    assert user not in who_may(P.REPORT_CHECK, zone.neighbour_branch)
    assert "完成核报" in client.get(report.get_absolute_url()).content.decode()
    assert client.post(check, body).status_code == 302
    assert report_of(zone.neighbour_branch).state == "accepted"
    # Who keeps out of one thing goes on with the rest.
    NamedRight.objects.filter(pk=right.pk).update(
        is_recusal=True, organization=zone.branch2, subject_id=other.duty_id
    )
    send(zone, "huzhuang2")
    assert "完成核报" not in client.get(other.get_absolute_url()).content.decode()
    assert client.post(reverse("schedules:report-check", args=[other.pk])).status_code == 404
    mine = report_of(zone.branch)
    assert "完成核报" in client.get(mine.get_absolute_url()).content.decode()


@MODELS
def test_whom_nothing_names_has_the_range_of_his_role(
    zone: Zone, model: type[models.Model]
) -> None:
    """Plans on many rows depend on it."""
    prefix = "" if model is Organization else f"{READ_WITH[model][1]}__"
    for username, wanted in (
        ("zone", below(zone.root.path, prefix)),
        ("huzhuang1", below(zone.branch.path, prefix)),  # with its 党小组
    ):
        rows: Any = model._default_manager.all()
        mine = str(rows.visible_to(zone.actor(username)).query)
        assert mine == str(rows.filter(wanted).query)


# --- everywhere that a person meets reports -----------------------------------------------------


def answers(client: Client, zone: Zone, place: Organization) -> dict[str, Any]:
    """What the pages and the API say about the June report of `place`."""
    report = report_of(place)
    ids = [report.duty_id]
    member = reverse("members:member-detail", args=[Member.objects.get(organization=place).pk])

    def text(path: str, **query: Any) -> str:
        answer = client.get(path, query)
        return answer.content.decode() if answer.status_code == 200 else str(answer.status_code)

    def rows(path: str, key: str) -> bool:
        found = client.get(path, {"period": "2026-06"}).json()
        if "count" not in found:
            return False
        assert found["count"] == len(found["results"])
        return any(one[key] in ids for one in found["results"])

    one = client.get(f"/api/v1/monthly-reports/{report.pk}/")
    return {
        "home": "1 份" in text("/"),
        "queue": str(place) in text(reverse("schedules:report-queue")),
        "page": client.get(reverse("schedules:report-detail", args=[report.pk])).status_code == 200,
        "form": "完成核报" in text(reverse("schedules:report-detail", args=[report.pk])),
        "print": client.get(reverse("schedules:report-docx", args=[report.pk])).status_code == 200,
        "year": str(place)
        in text(reverse("schedules:report-matrix"), organization=place.pk, period="2026-06"),
        "reports": rows("/api/v1/monthly-reports/", "duty"),
        "duties": rows("/api/v1/duties/", "id"),
        "may": one.json()["may"]["check"] if one.status_code == 200 else False,
        "told": who_may(P.REPORT_CHECK, place).filter(username=client.username).exists(),
        # What the naming does not give.
        "organization": text(place.get_absolute_url()) != "404",
        "member": f'"{member}"' in text("/search/", q=f"{place}的人"),
        "found": f'"{place.get_absolute_url()}"' in text("/search/", q=place.name),
        "roster": f'"{member}"' in text(reverse("members:member-list")),
        "remind": client.get(
            reverse("schedules:report-remind"), {"organization": place.pk, "period": "2026-06"}
        ).status_code
        == 200,
    }


CHECKS = {"home", "queue", "form", "may", "told"}
READS = {"page", "print", "year", "reports", "duties"}


def browser(zone: Zone, username: str) -> Any:
    client: Any = zone.client(username)
    client.username = username
    return client


@pytest.mark.parametrize("username", ["huzhuang2", "reviewer", "nobody"])
def test_named_checker_meets_the_report_everywhere_and_nothing_else(
    zone: Zone, username: str
) -> None:
    """A role without checking, one that reads its own street, and somebody without any role."""
    zone.users["nobody"] = make_user("nobody")
    client, place = browser(zone, username), zone.neighbour_branch
    beside = Organization.objects.get(name="桃园社区第二支部")
    assert not any(answers(client, zone, place).values())
    right = name(zone, username, place)
    found = answers(client, zone, place)
    assert {key for key, shown in found.items() if shown} == CHECKS | READS
    others = {key for key, shown in answers(client, zone, beside).items() if shown}
    assert others <= {"home"}  # that counts the other one
    person = zone.users[username]
    mine = recuse(again(person), place)
    found = answers(client, zone, place)
    assert {key for key, shown in found.items() if shown} == READS
    namings.take_back(by=again(person), right_id=mine.pk)
    assert answers(client, zone, place)["queue"]
    namings.end(by=zone.actor("zone"), right_id=right.pk)
    assert not any(answers(client, zone, place).values())


def test_recused_checker_of_the_level_above_has_no_queue_of_it_any_more(zone: Zone) -> None:
    client, place = browser(zone, "huzhuang"), zone.branch
    before = {key for key, shown in answers(client, zone, place).items() if shown}
    assert before >= CHECKS
    mine = recuse(zone.actor("huzhuang"), place)
    found = {key for key, shown in answers(client, zone, place).items() if shown}
    assert found == before - CHECKS
    report = report_of(place)
    url = reverse("schedules:report-check", args=[report.pk])
    assert client.post(url, {"version": report.revision}).status_code == 404
    with pytest.raises(NotAllowed, match="回避"):  # past the page
        reports.check(
            report=report, revision=report.revision, returned={}, by=again(zone.users["huzhuang"])
        )
    namings.take_back(by=again(zone.users["huzhuang"]), right_id=mine.pk)
    assert {key for key, shown in answers(client, zone, place).items() if shown} == before
    assert client.post(url, {"version": report.revision}).status_code == 302


def test_token_and_background_work_carry_what_names_the_person(zone: Zone) -> None:
    person, place = zone.users["huzhuang2"], zone.neighbour_branch
    grant_id = person.grants.get().pk
    secret = tokens.create(
        by=zone.actor("huzhuang2"), grant_id=grant_id, name="试用", scope="read", days=1
    ).secret
    client = Client(headers={"Authorization": f"Token {secret}"})
    address = f"/api/v1/monthly-reports/{report_of(place).pk}/"
    assert client.get(address).status_code == 404
    right = name(zone, "huzhuang2", place)
    assert client.get(address).json()["may"]["check"]
    assert actor_from_grant(person.pk, grant_id).may_at(P.REPORT_CHECK, place.path)
    namings.end(by=zone.actor("zone"), right_id=right.pk)
    assert client.get(address).status_code == 404
    assert not actor_from_grant(person.pk, grant_id).named


# --- the deputy, the second grant, one's own report ---------------------------------------------


def lend(zone: Zone, principal: str, deputy: str) -> None:
    deputies.name_deputy(
        by=zone.actor(principal),
        grant_id=zone.users[principal].grants.get(deputy_for=None).pk,
        username=deputy,
        first=clock.today(),
        last=clock.today(),
    )


def waits(actor: Actor, place: Organization) -> bool:
    return waiting(actor, everything=True).filter(organization=place).exists()


def test_deputy_inherits_no_naming_but_both_recusals(zone: Zone) -> None:
    lend(zone, "dahuangshan", "huzhuang2")
    deputy, principal = zone.users["huzhuang2"], zone.users["dahuangshan"]
    assert waits(again(deputy, zone.street), zone.branch)
    name(zone, "dahuangshan", zone.neighbour_branch)
    assert waits(again(principal), zone.neighbour_branch)
    assert not waits(again(deputy, zone.street), zone.neighbour_branch)
    mine = recuse(again(principal), zone.branch)
    assert not waits(again(deputy, zone.street), zone.branch)
    assert not again(deputy, zone.street).may_at(P.REPORT_CHECK, zone.branch.path)
    assert again(deputy, zone.branch2).principal_id is None
    assert (
        not who_may(P.REPORT_CHECK, zone.branch).filter(pk__in=[deputy.pk, principal.pk]).exists()
    )
    namings.take_back(by=again(principal), right_id=mine.pk)
    assert waits(again(deputy, zone.street), zone.branch)
    recuse(again(deputy, zone.street), zone.branch)
    assert not waits(again(deputy, zone.street), zone.branch)
    assert waits(again(principal), zone.branch)
    told = who_may(P.REPORT_CHECK, zone.branch)
    assert principal in told
    assert deputy not in told


def test_recusal_holds_in_every_grant_and_naming_in_none_of_the_committee(zone: Zone) -> None:
    person = zone.users["huzhuang"]
    grant(person, "committee_staff", zone.street)
    recuse(again(person, zone.general), zone.branch)
    assert not waits(again(person, zone.street), zone.branch)
    name(zone, "huzhuang", zone.neighbour_branch)
    assert waits(again(person, zone.street), zone.neighbour_branch)
    grant(person, "committee", zone.root)  # since then he is of those who only look on
    for place in (zone.general, zone.street, zone.root):
        assert not again(person, place).named
    assert not who_may(P.REPORT_CHECK, zone.neighbour_branch).filter(pk=person.pk).exists()


@pytest.mark.parametrize("as_deputy", [True, False])
def test_who_has_sent_a_report_never_meets_it_as_its_checker(zone: Zone, as_deputy: bool) -> None:
    sender = zone.users["huzhuang1"]
    if as_deputy:
        lend(zone, "huzhuang", "huzhuang1")
    else:
        grant(sender, "general_branch_staff", zone.general)
    actor = again(sender, zone.general)
    report = report_of(zone.branch)
    assert not waits(actor, zone.branch)
    assert waits(zone.actor("huzhuang"), zone.branch)
    with pytest.raises(NotAllowed):
        reports.check(report=report, revision=report.revision, returned={}, by=actor)


def in_second_look(zone: Zone, actor: Actor) -> bool:
    return waiting_for_second_look(actor).filter(organization=zone.branch).exists()


@pytest.mark.parametrize("how", ["another grant", "as a deputy", "sent it"])
def test_second_look_is_another_person_not_another_grant(zone: Zone, how: str) -> None:
    Duty.objects.update(needs_second_look=True)
    who = "huzhuang1" if how == "sent it" else "huzhuang"
    if how == "as a deputy":
        lend(zone, "dahuangshan", who)
    else:
        grant(zone.users[who], "committee_staff", zone.street)
    report = report_of(zone.branch)
    reports.check(report=report, revision=report.revision, returned={}, by=zone.actor("huzhuang"))
    report.refresh_from_db()
    actor = again(zone.users[who], zone.street)
    assert not in_second_look(zone, actor)
    assert not rights(actor, report).may_confirm
    with pytest.raises(NotAllowed, match="另一人"):
        reports.confirm(report=report, revision=report.revision, by=actor)
    other = make_user("otherstaff", "committee_staff", zone.street)
    by = again(other, zone.street)
    assert in_second_look(zone, by)
    assert rights(by, report).may_confirm
    reports.confirm(report=report, revision=report.revision, by=by)


def test_deputy_does_not_check_what_his_principal_has_sent(zone: Zone) -> None:
    sender = zone.users["huzhuang1"]
    grant(sender, "general_branch_staff", zone.general)
    deputies.name_deputy(
        by=again(sender, zone.general),
        grant_id=sender.grants.get(organization=zone.general).pk,
        username="huzhuang2",
        first=clock.today(),
        last=clock.today(),
    )
    actor = again(zone.users["huzhuang2"], zone.general)
    assert actor.principal_id == sender.pk
    assert not waits(actor, zone.branch)
    report = report_of(zone.branch)
    with pytest.raises(NotAllowed):
        reports.check(report=report, revision=report.revision, returned={}, by=actor)


# --- notices ------------------------------------------------------------------------------------


def test_ladder_tells_who_is_named_and_spares_who_keeps_out(zone: Zone) -> None:
    duty = Duty.objects.select_related("organization", "plan").get(organization=zone.branch2)
    calendar = WorkCalendar({})
    late = JULY_8.date() + dt.timedelta(days=20)

    def told() -> set[str]:
        people = brought_before([duty], late, calendar)
        return set(User.objects.filter(pk__in=people).values_list("username", flat=True))

    assert told() == {"dahuangshan"}
    name(zone, "jinshanqiao", zone.branch2)
    assert told() == {"dahuangshan", "jinshanqiao"}
    recuse(zone.actor("dahuangshan"), zone.branch2)
    assert told() == {"jinshanqiao"}
    with CaptureQueriesContext(
        connection,
    ) as few:
        brought_before([duty], late, calendar)
    more = Duty.objects.select_related("organization", "plan")
    with CaptureQueriesContext(connection) as many:
        brought_before(list(more.all()), late, calendar)
    assert len(many) == len(few) + 1  # that of the list here


# --- the acts -----------------------------------------------------------------------------------


def test_named_person_is_told_and_the_trail_says_who_and_why(zone: Zone) -> None:
    right = name(zone, "huzhuang2", zone.neighbour_branch, last=dt.date(2026, 7, 31))
    notice = Notification.objects.get(user=zone.users["huzhuang2"])
    assert "为你办理指名：桃园社区第一支部 核报人" in notice.title
    assert notice.body == "至2026年7月31日。抽调核报"
    entry = AuditEntry.objects.get(verb="orgs.naming.given")
    assert (entry.organization_path, entry.note) == (zone.neighbour_branch.path, "抽调核报")
    assert User.objects.get(username="huzhuang2").named_until == dt.date(2026, 8, 1)
    namings.end(by=zone.actor("zone"), right_id=right.pk)
    assert Notification.objects.filter(user=zone.users["huzhuang2"]).count() == 2
    with pytest.raises(Conflict):
        namings.end(by=zone.actor("zone"), right_id=right.pk)


def test_naming_begins_and_ends_by_itself(zone: Zone) -> None:
    day = dt.timedelta(days=1)
    first = clock.today() + day
    name(zone, "huzhuang2", zone.neighbour_branch, first=first, last=first)
    for days, wanted in ((0, False), (1, True), (2, False)):
        with clock.at(JULY_8 + days * day):
            assert waits(again(zone.users["huzhuang2"]), zone.neighbour_branch) is wanted


@pytest.mark.parametrize(
    ("by", "username", "error"),
    [
        ("zone", "nobody at all", DomainError),
        ("zone", "sysadmin", DomainError),  # an administrator
        ("zone", "committee", DomainError),  # looks on only
        ("zone", "taoyuan1", DomainError),  # would check himself
        ("zone", "zone", NotAllowed),  # oneself
        ("dahuangshan", "huzhuang2", NotAllowed),  # another street's
        ("taoyuan1", "huzhuang2", NotAllowed),  # one's own organisation
        ("committee", "huzhuang2", NotAllowed),
        ("secadmin", "huzhuang2", NotAllowed),
    ],
)
def test_who_may_not_name_or_be_named(
    zone: Zone, by: str, username: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        name(zone, username, zone.neighbour_branch, by=zone.actor(by))
    assert not NamedRight.objects.exists()


def test_named_checker_names_nobody_and_lifts_no_recusal_of_others(zone: Zone) -> None:
    name(zone, "dahuangshan", zone.neighbour_branch)
    with pytest.raises(NotAllowed):
        name(zone, "huzhuang2", zone.neighbour_branch, by=again(zone.users["dahuangshan"]))
    ordered = name(zone, "huzhuang", zone.branch, is_recusal=True)
    for act in (namings.take_back, namings.end):
        with pytest.raises(NotAllowed):
            act(by=again(zone.users["huzhuang"]), right_id=ordered.pk)
    recuse(zone.actor("dahuangshan"), zone.branch)
    with pytest.raises(NotAllowed):  # who keeps out of it does not choose who does not
        name(zone, "huzhuang2", zone.branch, by=again(zone.users["dahuangshan"]))
    with pytest.raises(Conflict):
        recuse(replace(zone.actor("dahuangshan")), zone.branch)


def test_second_look_counts_from_the_level_in_whose_stead_one_checks(zone: Zone) -> None:
    name(zone, "huzhuang2", zone.neighbour_branch)
    report = report_of(zone.neighbour_branch)
    reports.check(
        report=report,
        revision=report.revision,
        returned={},
        by=again(zone.users["huzhuang2"]),
    )
    assert Report.objects.get(pk=report.pk).checked_by_path == zone.neighbour_street.path


def test_naming_ended_while_the_check_is_sent_refuses_it(zone: Zone) -> None:
    right = name(zone, "huzhuang2", zone.neighbour_branch)
    actor = again(zone.users["huzhuang2"])  # as the request began
    namings.end(by=zone.actor("zone"), right_id=right.pk)
    report = report_of(zone.neighbour_branch)
    with pytest.raises(NotAllowed, match="已经结束"):
        reports.check(report=report, revision=report.revision, returned={}, by=actor)


@pytest.mark.django_db(transaction=True)
def test_naming_ended_at_the_moment_of_the_check_comes_before_or_after() -> None:
    zone = build_zone()
    open_june(zone)
    send(zone, "taoyuan1")
    right, report = name(zone, "huzhuang2", zone.neighbour_branch), report_of(zone.neighbour_branch)
    actor = again(zone.users["huzhuang2"])
    checked, ended = run_together(
        [
            lambda: reports.check(report=report, revision=report.revision, returned={}, by=actor),
            lambda: namings.end(by=zone.actor("zone"), right_id=right.pk),
        ]
    )
    assert ended.error is None
    assert checked.error is None or isinstance(checked.error, NotAllowed)
    report.refresh_from_db()
    assert report.state == ("submitted" if checked.error else "accepted")


@pytest.mark.django_db(transaction=True)
def test_eight_namings_at_once_make_one() -> None:
    zone = build_zone()

    def act() -> NamedRight:
        with clock.at(JULY_8):
            return name(zone, "huzhuang2", zone.neighbour_branch)

    outcomes = run_together([act] * 8)
    assert sum(one.error is None for one in outcomes) == 1
    assert all(isinstance(one.error, Conflict) for one in outcomes if one.error)
    assert NamedRight.objects.count() == 1


def test_only_what_is_asked_row_by_row_goes_by_name() -> None:
    kind = relations.registered()[CHECKER]
    for loose in ({"permissions": frozenset({P.MEMBER_EXPORT})}, {"recusal": {P.REPORT_VIEW}}):
        with pytest.raises(ValueError, match="cannot go by name"):
            relations.register(Relation(**{**fields_of(kind), "key": "x", **loose}))
    with pytest.raises(ValueError, match="is registered"):
        relations.register(kind)


def fields_of(kind: Relation) -> dict[str, Any]:
    return {one.name: getattr(kind, one.name) for one in fields(kind)}


# --- what it costs ------------------------------------------------------------------------------


def count(client: Client, url: str) -> int:
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("address", ["schedules:report-queue", "orgs:organization-list"])
def test_one_query_for_whom_something_names_and_none_for_others(zone: Zone, address: str) -> None:
    client, other = zone.client("huzhuang"), zone.client("dahuangshan")
    before = count(client, reverse(address)), count(other, reverse(address))
    name(zone, "huzhuang", zone.neighbour_branch)
    name(zone, "huzhuang", zone.neighbour_street)
    recuse(zone.actor("huzhuang"), zone.branch2)
    after = count(client, reverse(address)), count(other, reverse(address))
    assert after == (before[0] + 1, before[1])
