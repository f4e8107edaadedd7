"""Demonstration sites: no programme without a basis, each plaque once, warnings to the own line alone."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, figures
from core.errors import Conflict, DomainError, NotAllowed
from core.figures import Window
from core.models import AuditEntry
from orgs import lifecycle as organizations
from orgs.models import Organization
from showcase.panels import subjects
from showcase.panels.models import Panel
from showcase.sites.actions import applying, deciding, programmes, succession
from showcase.sites.models import AwardProgramme, DemonstrationSite, SiteCheck
from showcase.sites.queries.coverage import coverage
from showcase.sites.rules import criteria_of, plaque, years_later

from .parallel import run_together
from .site_world import (
    applied,
    checked,
    drafted,
    fresh,
    judged,
    named,
    opened,
    outline,
    warned,
)
from .test_access_matrix import NOW
from .world import Zone, build_zone, make_user

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def own_site(zone: Zone, state: str = "sent", **more: Any) -> DemonstrationSite:
    """The application of the first branch, or its site."""
    programme = AwardProgramme.objects.first() or opened(zone.root, zone.actor("zone"))
    site = applied(programme, zone.branch, zone.actor("huzhuang1"), **more)
    if state in ("named", "warned"):
        site = named(site, zone.actor("zone"))
    return warned(site, zone.actor("zone")) if state == "warned" else site


# --- programmes --------------------------------------------------------------------------------


def test_criteria_are_read_line_by_line() -> None:
    assert criteria_of(" 1. 班子好\n\n2、队伍好 \n班子好\n") == ["班子好", "队伍好"]


def test_a_plaque_and_the_day_of_the_next_review() -> None:
    assert plaque("开区示范", 2026, 3) == "开区示范〔2026〕03号"
    assert years_later(dt.date(2024, 2, 29), 2) == dt.date(2026, 2, 28)


@pytest.mark.django_db
def test_no_programme_without_a_basis_and_none_of_a_street(zone: Zone) -> None:
    by = zone.actor("zone")
    for basis in ("", "   ", "通知"):
        with pytest.raises(DomainError, match="没有依据文件") as told:
            programmes.create(organization=zone.root, outline=outline(basis=basis), by=by)
        assert told.value.field == "basis"
    with pytest.raises(DomainError, match="街道、镇和部门不得举办"):
        programmes.create(organization=zone.street, outline=outline(), by=by)
    with pytest.raises(NotAllowed):
        programmes.create(organization=zone.street, outline=outline(), by=zone.actor("dahuangshan"))
    assert not AwardProgramme.objects.exists()
    page = zone.client("zone").post(
        reverse("sites:programme-create"), {"title": "示范创建", "criteria": "班子好", "basis": ""}
    )
    assert page.status_code == 422
    assert "没有依据文件" in page.content.decode()
    assert "示范创建" in page.content.decode()  # what was typed is kept


@pytest.mark.django_db
def test_a_draft_is_told_to_nobody_below_and_an_open_one_to_all(zone: Zone) -> None:
    row = drafted(zone.root, zone.actor("zone"))
    below = zone.client("taoyuan1")
    assert below.get(row.get_absolute_url()).status_code == 404
    with pytest.raises(Conflict, match="不受理"):
        applied(row, zone.branch, zone.actor("huzhuang1"))
    programmes.open_for_applications(programme=row, by=zone.actor("zone"))
    assert below.get(row.get_absolute_url()).status_code == 200
    with pytest.raises(Conflict):
        programmes.edit(programme=row, revision=2, outline=outline(), by=zone.actor("zone"))
    programmes.close(programme=row, by=zone.actor("zone"))
    with pytest.raises(Conflict, match="不受理"):
        applied(row, zone.branch, zone.actor("huzhuang1"))


# --- from the application to the plaque ---------------------------------------------------------


@pytest.mark.django_db
def test_an_application_is_one_and_is_whole_when_it_is_sent(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    programme = opened(zone.root, zone.actor("zone"))
    site = applied(programme, zone.branch, by, "draft", result="", title="夜班支部")
    with pytest.raises(DomainError, match="还没有写成效"):
        applying.send(site=site, by=by)
    with pytest.raises(Conflict, match="不用再报"):
        applied(programme, zone.branch, by, "draft", title="另一份")
    with pytest.raises(NotAllowed):
        applied(programme, zone.branch, zone.actor("taoyuan1"), "draft")
    with pytest.raises(DomainError, match="只有下级"):
        applied(programme, zone.root, zone.actor("zone"), "draft") if zone.actor("zone").may(
            "site.apply"
        ) else applying.expect_below(programme, zone.root)


@pytest.mark.django_db
def test_what_is_not_named_is_its_own_lines_and_what_is_named_everybodys(zone: Zone) -> None:
    site = own_site(zone)
    url = site.get_absolute_url()
    stranger, own = zone.client("taoyuan1"), zone.client("dahuangshan")
    assert stranger.get(url).status_code == 404
    assert (
        site.title
        not in stranger.get(reverse("sites:site-list") + "?showing=sent").content.decode()
    )
    assert own.get(url).status_code == 200
    named(site, zone.actor("zone"))
    warned(site, zone.actor("zone"))
    page = stranger.get(url).content.decode()
    assert "开区示范〔2026〕01号" in page
    assert "两场合开，到会率九成五" in page
    for secret in ("展板停在去年", "限期整改", "夜班多，会开不齐", "孙广强", "一月一排班"):
        assert secret not in page, secret
    listed = stranger.get(reverse("sites:site-list")).content.decode()
    assert site.title in listed
    assert "pill warn" not in listed
    paper = reverse("sites:site-paper", args=[site.uid, "docx"])
    assert stranger.get(paper).status_code == 404
    told = own.get(url).content.decode()
    assert "展板停在去年" in told
    assert "限期整改" in told


@pytest.mark.django_db
def test_the_zones_own_is_named_once_a_majority_has_judged_so(zone: Zone) -> None:
    by = zone.actor("zone")
    site = own_site(zone)
    values = {"named_on": TODAY, "public_text": "夜班支部两场合开，会开得齐。", "by": by}
    with pytest.raises(DomainError, match="先安排评审"):
        deciding.name(site=site, revision=2, **values)
    people = [make_user(f"judge{n}", "committee", zone.root).pk for n in range(3)]
    panel = deciding.arrange_review(site=site, people=people, due_on=TODAY, by=by)
    with pytest.raises(Conflict, match="已经安排过评审"):
        deciding.arrange_review(site=site, people=people, due_on=TODAY, by=by)
    for refused in (
        lambda: deciding.name(site=site, revision=fresh(site).revision, **values),
        lambda: applying.withdraw(site=site, by=zone.actor("huzhuang1")),
    ):
        with pytest.raises(DomainError, match="评审"):
            refused()
    Panel.objects.filter(pk=panel.pk).delete()
    judged(site, agreed=1)
    with pytest.raises(DomainError, match="没有过半数同意"):
        deciding.name(site=site, revision=fresh(site).revision, **values)
    row = fresh(site)
    deciding.decline(site=row, revision=row.revision, reason="多数不同意", by=by)
    assert fresh(site).state == "declined"


@pytest.mark.django_db
def test_a_panel_that_is_over_stands_in_the_timeline(zone: Zone) -> None:
    site = own_site(zone)
    panel = judged(site, agreed=2)
    subjects.of_kind(panel.kind).closed(panel, zone.actor("zone"))
    assert "3 人评，2 人同意" in zone.client("zone").get(site.get_absolute_url()).content.decode()


@pytest.mark.django_db
def test_what_the_city_names_is_written_down_without_a_panel(zone: Zone) -> None:
    by = zone.actor("zone")
    programme = opened(zone.root, by, level="city", plaque_prefix="")
    site = applied(programme, zone.branch, zone.actor("huzhuang1"))
    row = deciding.name(
        site=site, revision=2, named_on=TODAY, public_text="夜班支部两场合开，会开得齐。", by=by
    )
    assert (row.state, row.plaque_number) == ("named", "")


@pytest.mark.django_db
def test_numbers_are_given_in_order_once_and_never_again(zone: Zone) -> None:
    by = zone.actor("zone")
    first = own_site(zone, "named")
    programme = first.programme
    assert (first.plaque_number, first.next_review_on) == (
        "开区示范〔2026〕01号",
        years_later(TODAY, 3),
    )
    deciding.remove(site=first, revision=fresh(first).revision, reason="不再开放了", by=by)
    second = named(applied(programme, zone.branch, zone.actor("huzhuang1")), by)
    assert second.plaque_number == "开区示范〔2026〕02号"
    third = applied(programme, zone.general, zone.actor("dahuangshan"))
    with pytest.raises(Conflict, match="已经给过") as told:
        named(third, by, plaque_number="开区示范〔2026〕01号")
    assert told.value.field == "plaque_number"
    assert named(third, by).plaque_number == "开区示范〔2026〕03号"
    with pytest.raises(DomainError, match="命名日期"):
        named(
            applied(programme, zone.street, zone.actor("dahuangshan")),
            by,
            named_on=TODAY + dt.timedelta(days=1),
        )


@pytest.mark.django_db
def test_a_card_is_one_a_day_and_put_right_in_place(zone: Zone) -> None:
    site, by = own_site(zone), zone.actor("zone")
    card = checked(site, by, note="门口好找")
    assert checked(site, by, note="门口好找").pk == card.pk
    assert checked(site, by, "met", "met", "met").pk == card.pk
    assert SiteCheck.objects.get().unmet == 0
    assert AuditEntry.objects.filter(verb="sites.check.fill").count() == 2
    with pytest.raises(DomainError, match="请选一项"):
        checked(site, by, "met", "good", "met")
    with pytest.raises(NotAllowed):
        checked(site, zone.actor("huzhuang1"))


# --- afterwards --------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_warning_is_put_right_or_the_plaque_goes(zone: Zone) -> None:
    by = zone.actor("zone")
    site = own_site(zone, "named")
    for until in (TODAY, TODAY + dt.timedelta(days=181)):
        with pytest.raises(DomainError, match="整改期限"):
            deciding.warn(
                site=site, revision=site.revision, reason="台账没接上", until=until, by=by
            )
    warned(site, by, days=10)
    home = zone.client("huzhuang1").get("/").content.decode()
    assert "示范点限期整改" in home
    assert "示范点限期整改" not in zone.client("taoyuan1").get("/").content.decode()
    assert "示范点要复核" in zone.client("zone").get("/").content.decode()
    row = fresh(site)
    kept = deciding.renew(site=row, revision=row.revision, reason="都补上了", by=by)
    assert (kept.state, kept.warned_until) == ("named", None)
    assert kept.next_review_on == years_later(TODAY, 3)
    assert "示范点要复核" not in zone.client("zone").get("/").content.decode()


@pytest.mark.django_db
def test_a_day_of_review_comes_to_the_holders_home_a_month_before(zone: Zone) -> None:
    own_site(zone, "named")
    client = zone.client("zone")
    due = years_later(TODAY, 3)
    for days, is_told in ((31, False), (30, True), (-1, True)):
        moment = NOW.replace(year=due.year) - dt.timedelta(days=days)
        with clock.at(moment):
            assert (
                DemonstrationSite.objects.to_review(clock.today() + dt.timedelta(days=30)).exists()
                is is_told
            )
    assert client.get("/").status_code == 200


@pytest.mark.django_db
def test_the_figure_counts_what_stood_on_the_day_and_opens_those_rows(zone: Zone) -> None:
    site = named(own_site(zone), zone.actor("zone"), named_on=dt.date(2026, 6, 10))
    row = fresh(site)
    deciding.remove(site=row, revision=row.revision, reason="场所改作他用", by=zone.actor("zone"))
    by, client = zone.actor("dahuangshan"), zone.client("dahuangshan")
    moment = clock.now() - dt.timedelta(hours=1)  # when nobody had written down that it was named
    for period, known_at, wanted in (
        ("2026-05", None, 0),
        ("2026-06", None, 1),
        ("2026-07", None, 0),
        ("2026-06", moment, 0),
    ):
        window = Window(period, clock.today(), known_at)
        found = figures.values(["sites_in_force"], [zone.street], window)
        assert found["sites_in_force"][zone.street.pk] == wanted, period
        told = figures.addresses(["sites_in_force"], zone.street, window, by)
        page = client.get(told["sites_in_force"]).content.decode()
        assert (site.title in page) is bool(wanted), period


@pytest.mark.django_db
def test_coverage_adds_up_and_names_the_gaps(zone: Zone) -> None:
    own_site(zone, "named")
    found = coverage(zone.actor("zone"), zone.root)
    by_name = {row.label: row for row in found.committees}
    assert by_name[str(zone.street)].sites == 1
    assert by_name[str(zone.neighbour_street)].is_gap
    assert found.total.sites == sum(row.sites for row in found.committees) == 1
    assert found.total.units == sum(row.units for row in found.committees)
    page = zone.client("zone").get(reverse("sites:coverage")).content.decode()
    assert "空白" in page
    sheet = zone.client("zone").get(reverse("sites:coverage-sheet"))
    assert sheet.status_code == 200


@pytest.mark.django_db
def test_pages_cost_the_same_with_one_and_three(zone: Zone) -> None:
    programme = own_site(zone, "named").programme
    client = zone.client("zone")
    urls = [
        reverse("sites:site-list"),
        reverse("sites:programme-list"),
        reverse("sites:coverage"),
        programme.get_absolute_url(),
        reverse("sites:site-sheet"),
    ]

    def cost() -> list[int]:
        numbers = []
        for url in urls:
            client.get(url)
            with CaptureQueriesContext(connection) as told:
                assert client.get(url).status_code == 200
            numbers.append(len(told))
        return numbers

    one = cost()
    for place in (zone.general, zone.street):
        named(applied(programme, place, zone.actor("dahuangshan")), zone.actor("zone"))
    assert cost() == one


# --- organisations change -----------------------------------------------------------------------


@pytest.mark.django_db
def test_sites_follow_into_the_target_with_their_plaque(zone: Zone) -> None:
    by = zone.actor("zone")
    site = own_site(zone, "named")
    target = Organization.objects.exclude(pk=zone.branch.pk).get(pk=zone.general.pk)
    assert any("1 个在册示范点" in line for line in organizations.foreseen(zone.branch, target))
    assert any(
        "在册示范点 1 个" in one for one in organizations.objections_to_abolishing(zone.branch)
    )
    assert succession.follow(source=zone.branch, target=target, by=by) == 1
    row = fresh(site)
    assert (row.organization, row.plaque_number) == (target, "开区示范〔2026〕01号")
    # One organisation has one plaque of a programme: what comes second is taken off.
    again = own_site(zone, "named")
    succession.follow(source=zone.branch, target=target, by=by)
    row = fresh(again)
    assert (row.state, row.organization) == ("removed", zone.branch)
    assert "已有一份" in row.reason
    assert not organizations.objections_to_abolishing(zone.branch)


# --- at the same moment --------------------------------------------------------------------------


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_name_one_site_name_it_once_and_two_sites_get_two_numbers() -> None:
    zone = build_zone()
    by = zone.actor("zone")
    programme = opened(zone.root, by)
    first = applied(programme, zone.branch, zone.actor("huzhuang1"))
    second = applied(programme, zone.general, zone.actor("dahuangshan"))
    third = applied(programme, zone.street, zone.actor("dahuangshan"))
    for one in (first, second, third):
        judged(one)

    def naming(site: DemonstrationSite) -> DemonstrationSite:
        return deciding.name(
            site=site,
            revision=2,
            named_on=TODAY,
            public_text="夜班支部两场合开，到会率九成五。",
            by=by,
        )

    found = run_together([lambda row=row: naming(row) for row in (first, first, second, third)])
    assert sum(one.error is None for one in found) == 3
    assert all(isinstance(one.error, Conflict | None) for one in found), found
    numbers = DemonstrationSite.objects.values_list("plaque_number", flat=True)
    assert sorted(numbers) == [plaque("开区示范", 2026, n) for n in (1, 2, 3)]
    assert AuditEntry.objects.filter(verb="sites.site.name").count() == 3
    typed = run_together(
        [
            lambda place=place: deciding.register(
                programme=programme,
                organization=place,
                title="老示范点",
                named_on=TODAY,
                public_text="一直开着的党员服务站。",
                plaque_number="市示范7号",
                by=by,
            )
            for place in (zone.neighbour_street, zone.neighbour_street, zone.neighbour_street)
        ]
    )
    assert sum(one.error is None for one in typed) == 1
    assert all(isinstance(one.error, Conflict | None) for one in typed), typed
