"""Lists of the API: one serializer makes the page, in the bytes that one a row would make."""

import inspect
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.serializers import Serializer

from assessments.cycles.models import Assessed, Cycle, Run, Score
from assessments.decisions.models import Decision, Objection, Publication
from assessments.reviews.models import ReviewItem, ReviewSeat
from core import attachments as files
from core import clock, import_files, importing, periods
from core.actor import system
from core.api.views import Pages, PortalView
from core.models import Notification
from members.actions import standings
from members.models import MemberImport
from orgs.models import NamedRight, User
from schedules.action_items.actions import feedback
from schedules.dispatch.actions import meetings
from schedules.rounds.actions import attachments, calendar, opening, rollups
from schedules.rounds.models import Plan, Report
from tests import site_world
from tests.access_objects import (
    NOW,
    PERIOD,
    arguments,
    concern_of,
    given_out,
    life_record,
    life_talk,
    own,
    street_lists,
    study_record,
    zone_programme,
)
from tests.brand_world import brand_in
from tests.project_world import on_its_way
from tests.scheme_world import published
from tests.test_attachments import PDF
from tests.test_twice import BOOK
from tests.world import START, Zone, make_member


@pytest.fixture
def filled(zone: Zone) -> Any:
    """Three rows or more of every list, an absent value or more in each."""
    with clock.at(NOW):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        for number in range(2):
            Plan.objects.create(
                **{**_copied(plan), "key": f"other-{number}", "name": f"另一计划{number}"}
            )
        for period in (PERIOD, periods.shift(PERIOD, -1)):
            opening.open_period(plan=plan, period=period, by=system())
        rollups.refresh(plan_id=plan.pk)
        for name in ("甲", "乙", "丙"):
            make_member(zone.branch, name)
        actor = zone.actor("huzhuang1")
        Notification.objects.bulk_create(
            Notification(
                user=zone.users["huzhuang1"], key=f"k{number}", title="消息", created_at=NOW
            )
            for number in range(3)
        )
        report = Report.objects.get(organization=zone.branch, period=PERIOD)
        for number in range(3):
            upload = SimpleUploadedFile("签到表.pdf", PDF + b"\n%" + str(number).encode())
            file = files.check(upload, f"{number}.pdf")
            attachments.attach(report=report, file=file, by=actor)
        for number in range(3):
            book = SimpleUploadedFile(f"花名册{number}.xlsx", BOOK)
            importing.receive(
                model=MemberImport, workbook=import_files.check(book), by=zone.actor("dahuangshan")
            )
            MemberImport.objects.update(state="cancelled")
        for _ in range(3):
            given_out(own(zone))
        for _ in range(3):
            life_talk(own(zone))
        for number in range(3):
            feedback.write(kind="work", text=f"第{number}条意见建议", by=actor)
        holder = zone.actor("zone")
        series = meetings.create_series(organization=zone.root, name="调度会", by=holder)
        for month in (7, 8, 9):
            meetings.draft(
                series=series,
                period=f"2026-{month:02}",
                starts_at=NOW + timedelta(days=month),
                by=holder,
            )
        standings.fill(since=START)
        for _ in range(3):
            life_record(own(zone))
            study_record(own(zone))
        assessed(zone)
        street_lists(own(zone))
        own_reviews(zone)
        for _ in range(3):
            arguments("api:theme-detail", own(zone))
        three_sites(zone)
        for _ in range(3):
            concern_of(own(zone))
        for name in ("甲", "乙", "丙"):
            brand_in(zone.branch, actor, holder, "cultivating", f"邻里{name}")
            on_its_way(
                zone.branch, actor, zone.actor("dahuangshan"), "draft", title=f"亮灯项目{name}"
            )
        yield zone


def three_sites(zone: Zone) -> None:
    """Three sites in force, of the street and what is below it."""
    programme, by = zone_programme(own(zone)), zone.actor("zone")
    for place in (zone.street, zone.general, zone.branch):
        site_world.named(site_world.applied(programme, place, zone.actor("dahuangshan")), by)


def own_reviews(zone: Zone) -> None:
    """Three items of one organisation that the street's officer reviews."""
    version = Assessed.objects.filter(cycle__organization=zone.root)[0].version
    cycle = Cycle.objects.get(organization=zone.root, period="2025-H1")
    Cycle.objects.filter(pk=cycle.pk).update(state="reviewing")
    place = zone.neighbour_street
    one = Assessed.objects.create(
        cycle=cycle, organization=place, path=place.path, name=place.name, version=version
    )
    user = zone.users["dahuangshan"]
    for key in ("vacant", "branches", "work"):
        item = ReviewItem.objects.create(assessed=one, indicator=key, why="sample", wanted=1)
        ReviewSeat.objects.create(item=item, number=1, user=user, name=user.name)
    NamedRight.objects.create(
        user=user,
        relation="reviews.reviewer",
        organization=one.organization,
        subject_kind="assessed",
        subject_id=one.pk,
        valid_from=clock.today(),
        reason="复核",
        named_by_name="zone",
        named_at=NOW,
    )
    User.objects.filter(pk=user.pk).update(named_until=date.max)


def assessed(zone: Zone) -> None:
    """Three schemes, three half-years that are over, three scores of the newest."""
    versions = [
        published(zone.root, classes=(kind,), name=f"{kind}类")
        for kind in ("street", "town", "organ")
    ]
    for period in ("2025-H1", "2025-H2", "2026-H1"):
        cycle = Cycle.objects.create(
            organization=zone.root, period=period, opened_at=NOW, state="frozen", known_at=NOW
        )
    run = Run.objects.create(cycle=cycle, number=1, started_at=NOW, state="done")
    Cycle.objects.filter(pk=cycle.pk).update(run=run)
    for place in (zone.street, zone.neighbour_street, zone.general):
        one = Assessed.objects.create(
            cycle=cycle,
            organization=place,
            path=place.path,
            name=place.name,
            organization_class="street",
            version=versions[0],
        )
        Score.objects.create(
            run=run,
            assessed=one,
            points=30,
            full_known=80,
            full=100,
            waiting=["work"],
            result={"total": None, "indicators": {}, "steps": [], "limits": []},
            digest="0" * 64,
            computed_at=NOW,
        )
        Objection.objects.create(
            assessed=one,
            reason="会议记录齐全",
            raised_by_name="孙广强",
            raised_at=NOW,
            due_on=NOW.date(),
        )
    for cycle in Cycle.objects.all():
        Decision.objects.create(
            cycle=cycle,
            met_on=NOW.date(),
            minutes_number="纪要〔2026〕15号",
            by_name="committee",
            decided_at=NOW,
            digest="0" * 64,
        )
        Publication.objects.create(
            cycle=cycle,
            audience="zone",
            shown="grades",
            reason="会议决定公布",
            since=NOW.date() - timedelta(days=1),
            until=date(2099, 1, 1),
            by_name="zone",
            published_at=NOW,
        )


def _copied(plan: Plan) -> dict[str, Any]:
    fields = [field.attname for field in Plan._meta.concrete_fields if not field.primary_key]
    return {name: getattr(plan, name) for name in fields}


def one_serializer_a_row(
    view: PortalView,
    rows: Any,
    kind: type[Serializer[Any]],
    prepared: Callable[[Any], Any] = lambda row: row,
) -> Any:
    pages = Pages()
    found = pages.paginate_queryset(rows, view.request, view=view) or []
    context = {"actor": view.actor}
    return pages.get_paginated_response(
        [kind(prepared(row), context=context).data for row in found]
    )


LISTS = {
    "organization-list": "zone",
    "feedback-list": "huzhuang1",
    "item-list": "dahuangshan",
    "member-list": "huzhuang1",
    "import-list": "dahuangshan",
    "plan-list": "zone",
    "duty-list": "zone",
    "report-list": "zone",
    "attachment-list": "huzhuang1",
    "ask-list": "zone",
    "burden-year-list": "zone",
    "rate-list": "zone",
    "meeting-list": "zone",
    "study-list": "huzhuang1",
    "talk-list": "huzhuang1",
    "life-meeting-list": "zone",
    "life-attendance-list": "zone",
    "notification-list": "huzhuang1",
    "scheme-list": "zone",
    "cycle-list": "zone",
    "decision-list": "zone",
    "objection-list": "zone",
    "publication-list": "zone",
    "score-list": "zone",
    "finding-list": "dahuangshan",
    "review-list": "dahuangshan",
    "theme-list": "dahuangshan",
    "site-list": "zone",
    "brand-list": "dahuangshan",
    "project-list": "huzhuang1",
    "concern-list": "huzhuang1",
}


@pytest.mark.parametrize("name", sorted(LISTS))
def test_page_of_three_is_made_by_one_serializer_and_the_same_to_the_byte(
    filled: Zone, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    args = (
        [Report.objects.get(organization=filled.branch, period=PERIOD).pk]
        if "attach" in name
        else [Cycle.objects.get(period="2026-H1", organization=filled.root).uid]
        if name == "score-list"
        else []
    )
    client, url = filled.client(LISTS[name]), reverse(f"api:{name}", args=args)
    made: list[str] = []
    copied = Serializer.get_fields

    def counted(self: Serializer[Any]) -> Any:
        made.append(type(self).__name__)
        return copied(self)

    monkeypatch.setattr(Serializer, "get_fields", counted)
    answer = client.get(f"{url}?page_size=3")
    assert answer.status_code == 200
    assert len(answer.json()["results"]) == 3
    assert len([one for one in made if not one.endswith("Query")]) == 1, made
    monkeypatch.setattr(PortalView, "page", one_serializer_a_row)
    assert client.get(f"{url}?page_size=3").content == answer.content


def test_every_list_of_the_api_is_compared() -> None:
    from config import api_urls

    assert {one.name for one in api_urls.urlpatterns if str(one.name).endswith("-list")} == set(
        LISTS
    )


def test_every_post_of_the_api_goes_through_the_gate_of_acts() -> None:
    from config import api_urls

    ungated = {
        "token": "checks a password; there is no actor before it",
    }
    views = {
        one.name: one.callback.view_class
        for one in api_urls.urlpatterns
        if hasattr(getattr(one.callback, "view_class", None), "post")
    }
    sources = {
        str(name): "".join(
            inspect.getsource(kind) for kind in view.__mro__ if issubclass(kind, PortalView)
        )
        for name, view in views.items()
    }
    assert len(sources) > 10
    assert {name for name, text in sources.items() if "acts.carry_out(" not in text} == set(ungated)
