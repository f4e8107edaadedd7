"""Bright spots and brands: who reads what, what each act needs, what a named brand is told to."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, periods
from core.errors import Conflict, DomainError, NotAllowed
from core.figures import gauged
from orgs import lifecycle
from showcase.brands import jobs
from showcase.brands.actions import copies, cultivating, deciding, highlights, marks, succession
from showcase.brands.actions.highlights import Spot
from showcase.brands.models import Brand, BrandCopy, BrandFigure, BrandMonth, Highlight
from showcase.brands.queries.files import lacking_of
from showcase.brands.queries.listing import branches_of_year, spots_of

from .access_objects import NOW
from .brand_world import (
    brand_in,
    copied,
    decided,
    fresh,
    judged,
    mark_of,
    picture,
    spot_of,
    write,
)
from .world import Zone, actor


@pytest.fixture
def now() -> Any:
    with clock.at(NOW):
        yield


@pytest.fixture
def by(zone: Zone) -> Any:
    return actor(zone.users["huzhuang1"])


@pytest.fixture
def staff(zone: Zone) -> Any:
    return actor(zone.users["zone"])


def page(zone: Zone, who: str, brand: Brand) -> Any:
    return zone.client(who).get(brand.get_absolute_url())


def test_a_bright_spot_becomes_a_named_brand(zone: Zone, by: Any, staff: Any, now: None) -> None:
    brand = brand_in(zone.branch, by, staff)
    assert brand.state == "named"
    assert brand.named_on == NOW.date()
    assert brand.recheck_on == dt.date(2028, 7, 6)
    kinds = list(brand.passages.values_list("kind", flat=True))
    assert kinds == ["take", "begin", "submit", "name"]
    assert Highlight.objects.get(pk=brand.highlight_id).state == "taken"
    with pytest.raises(Conflict):
        cultivating.take(highlight=brand.highlight, name="又一个", by=staff)


@pytest.mark.parametrize("state", ["candidate", "cultivating", "reviewing", "withdrawn"])
def test_before_it_is_named_a_brand_is_its_own(
    zone: Zone, by: Any, staff: Any, now: None, state: str
) -> None:
    """A neighbour finds nothing of it: not on its page, in the list, the sheet, by searching."""
    brand = brand_in(zone.branch, by, staff, state, "独门秘籍")
    assert page(zone, "huzhuang1", brand).status_code == 200
    assert page(zone, "dahuangshan", brand).status_code == 200
    assert page(zone, "taoyuan1", brand).status_code == 404
    client = zone.client("taoyuan1")
    for address in (
        reverse("brands:brand-list"),
        f"{reverse('brands:brand-list')}?q=独门",
        reverse("brands:highlight-list"),
        "/search/?q=独门秘籍",
    ):
        body = client.get(address).content.decode()
        assert "独门秘籍的亮点" not in body
        assert brand.get_absolute_url() not in body
    assert client.get(reverse("brands:brand-paper", args=[brand.uid, "docx"])).status_code == 404


def test_a_named_brand_is_told_to_the_zone_without_what_is_inside(
    zone: Zone, by: Any, staff: Any, now: None
) -> None:
    brand = brand_in(zone.branch, by, staff)
    body = page(zone, "taoyuan1", brand).content.decode()
    assert "听、议、办三步" in body
    assert "登记学用" in body
    for inner in ("评审意见一致", "写好档案", "在两个楼栋试", "的亮点", "看成效的数"):
        assert inner not in body
    assert "评审意见一致" in page(zone, "huzhuang1", brand).content.decode()


def test_what_is_lacking_is_said_before_it_is_sent(
    zone: Zone, by: Any, staff: Any, now: None
) -> None:
    brand = brand_in(zone.branch, by, staff, "bare")
    lacking = ["meaning", "carriers", "results"]
    lacking += ["step_practice", "step_summary", "step_refinement"]
    assert lacking_of(brand) == lacking
    with pytest.raises(DomainError, match="内涵、载体、成效、办成的“实践”步骤"):
        cultivating.submit(brand=brand, by=by)
    write(brand, by)
    assert lacking_of(fresh(brand)) == []
    cultivating.submit(brand=brand, by=by)
    with pytest.raises(Conflict):
        write(brand, by)


def test_nobody_decides_without_a_panel_or_about_his_own(
    zone: Zone, by: Any, staff: Any, now: None
) -> None:
    brand = brand_in(zone.branch, by, staff, "reviewing")
    with pytest.raises(DomainError, match="评审还没有结束"):
        decided(brand, staff)
    judged(brand)
    with pytest.raises(NotAllowed):
        decided(brand, by)
    Brand.objects.filter(pk=brand.pk).update(submitted_by=staff.user_id)
    with pytest.raises(NotAllowed, match="提交的人"):
        decided(brand, staff)
    Brand.objects.filter(pk=brand.pk).update(submitted_by=by.user_id)
    assert decided(brand, staff, "no").state == "cultivating"
    cultivating.submit(brand=brand, by=by)
    assert fresh(brand).panel_id is None, "what was judged before does not count again"


def test_looked_at_again_it_keeps_its_name_or_loses_it(
    zone: Zone, by: Any, staff: Any, now: None
) -> None:
    kept, lost = (
        brand_in(zone.branch, by, staff, "rechecking", one) for one in ("留得住", "留不住")
    )
    for brand, verdict, state in ((kept, "yes", "named"), (lost, "no", "withdrawn")):
        assert page(zone, "taoyuan1", brand).status_code == 200, "the name stays meanwhile"
        judged(brand)
        assert decided(brand, staff, verdict).state == state
    assert page(zone, "taoyuan1", lost).status_code == 404


def test_copied_once_by_an_organization_with_its_result(
    zone: Zone, by: Any, staff: Any, now: None
) -> None:
    brand = brand_in(zone.branch, by, staff)
    other = actor(zone.users["taoyuan1"])
    row = copied(brand, zone.neighbour_branch, other)
    assert copied(brand, zone.neighbour_branch, other) == row
    with pytest.raises(Conflict):
        copies.begin(
            brand=brand,
            organization=zone.neighbour_branch,
            what="换一句话来学",
            begun_on=NOW.date(),
            by=other,
        )
    with pytest.raises(DomainError, match="本单位的品牌"):
        copied(brand, zone.branch, by)
    with pytest.raises(NotAllowed):
        copies.tell(copy=row, revision=1, what=row.what, result="冒名", by=by)
    copies.tell(copy=row, revision=1, what=row.what, result="办成 3 件", by=other)
    for who in ("huzhuang1", "taoyuan1", "zone"):
        assert "办成 3 件" in page(zone, who, brand).content.decode()


def test_a_picture_is_one_and_a_picture(zone: Zone, by: Any, staff: Any, now: None) -> None:
    brand = brand_in(zone.branch, by, staff, "cultivating")
    mark_of(brand, by)
    marks.add(brand=brand, file=picture("blue"), by=by)
    assert brand.marks.count() == 1
    paper = type(picture())("说明.pdf", "application/pdf", b"%PDF-1.4")
    with pytest.raises(DomainError, match="JPG 或 PNG"):
        marks.add(brand=brand, file=paper, by=by)
    mark = brand.marks.get()
    address = reverse("brands:mark-open", args=[mark.uid])
    assert zone.client("taoyuan1").get(address).status_code == 404
    assert zone.client("huzhuang1").get(address).status_code == 200


def test_every_branch_stands_on_the_page_of_the_year(
    zone: Zone, by: Any, staff: Any, now: None
) -> None:
    spot = spot_of(zone.branch, by, "夜校开到车间")
    gone = spot_of(zone.branch, by, "收回的一条")
    highlights.drop(highlight=gone, by=by)
    rows = spots_of(list(branches_of_year(staff, 2026)), 2026)
    assert {one.place for one in rows} >= {zone.branch, zone.neighbour_branch}
    assert [one.rows for one in rows if one.place == zone.branch] == [[spot]]
    without = branches_of_year(staff, 2026, showing="without")
    assert zone.branch not in without
    assert zone.neighbour_branch in without
    body = zone.client("zone").get(reverse("brands:highlight-list")).content.decode()
    assert "夜校开到车间" in body
    assert "收回的一条" not in body
    assert "夜校开到车间" not in (
        zone.client("taoyuan1").get(reverse("brands:highlight-list")).content.decode()
    )


def test_only_this_year_and_the_last_are_written_down(zone: Zone, by: Any, now: None) -> None:
    with pytest.raises(DomainError, match="今年和去年"):
        highlights.note(organization=zone.branch, spot=Spot(2024, "太早的", "太早的一件事"), by=by)
    first = spot_of(zone.branch, by)
    assert spot_of(zone.branch, by) == first, "a double click"


# --- its own figures -----------------------------------------------------------------------------


def test_recheck_is_proposed_when_its_own_figure_leaves_its_limits(
    zone: Zone, by: Any, staff: Any, now: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand = brand_in(zone.branch, by, staff)
    Brand.objects.filter(pk=brand.pk).update(named_on=dt.date(2026, 3, 1))
    brand.figures.all().delete()
    key = next(
        key
        for key, (_, gauge) in gauged().items()
        if gauge.of and not gauge.fewer and not gauge.since_new_year and not gauge.lag
    )
    figure = BrandFigure.objects.create(brand=brand, position=1, key=key)
    months = periods.ending("2026-06", 24)
    values = [90 + number % 3 for number in range(24)]
    BrandMonth.objects.bulk_create(
        BrandMonth(figure=figure, period=month, part=value, whole=100, is_settled=True, read_at=NOW)
        for month, value in zip(months, values, strict=True)
    )
    jobs.read_one(fresh(brand))
    assert fresh(brand).wanted_on is None, "within its limits nothing is said"
    BrandMonth.objects.filter(figure=figure, period="2026-06").update(part=60)
    jobs.read_one(fresh(brand))
    told = fresh(brand)
    assert told.wanted_on == NOW.date()
    assert "低于下界" in told.wanted_why
    assert "建议复审" in page(zone, "zone", told).content.decode()
    assert "低于下界" not in page(zone, "taoyuan1", told).content.decode()
    deciding.recheck(brand=told, reason="数离开了界限", by=staff)
    assert fresh(brand).wanted_on is None


def test_a_better_figure_proposes_nothing(zone: Zone, by: Any, staff: Any, now: None) -> None:
    brand = brand_in(zone.branch, by, staff)
    brand.figures.all().delete()
    key = next(
        key
        for key, (_, gauge) in gauged().items()
        if gauge.of and not gauge.fewer and not gauge.since_new_year and not gauge.lag
    )
    figure = BrandFigure.objects.create(brand=brand, position=1, key=key)
    for number, month in enumerate(periods.ending("2026-06", 24)):
        part = 99 if month == "2026-06" else 60 + number % 3
        BrandMonth.objects.create(
            figure=figure, period=month, part=part, whole=100, is_settled=True, read_at=NOW
        )
    jobs.read_one(fresh(brand))
    assert fresh(brand).wanted_on is None


# --- organisations change ------------------------------------------------------------------------


def test_brands_follow_their_organization(zone: Zone, by: Any, staff: Any, now: None) -> None:
    live = brand_in(zone.branch, by, staff, name="还在做")
    over = brand_in(zone.branch, by, staff, "withdrawn", "不做了")
    said = lifecycle.foreseen(zone.branch, zone.neighbour_branch)
    assert any("1 个党建品牌转由" in line and "还在做" in line for line in said)
    assert any("党建品牌 1 个" in one for one in lifecycle.objections_to_abolishing(zone.branch))
    assert succession.follow(source=zone.branch, target=zone.neighbour_branch, by=staff) == 1
    assert fresh(live).organization == zone.neighbour_branch
    assert fresh(over).organization == zone.branch
    assert not lifecycle.objections_to_abolishing(zone.branch)


# --- what pages cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["brand-list", "highlight-list", "brand-sheet", "highlight-sheet"])
def test_lists_cost_the_same_for_one_and_for_three(
    zone: Zone, by: Any, staff: Any, now: None, name: str
) -> None:
    client, url = zone.client("zone"), reverse(f"brands:{name}")
    brand_in(zone.branch, by, staff, name="头一个")
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for number in range(2):
        brand_in(zone.branch, by, staff, name=f"再一个{number}")
    with CaptureQueriesContext(connection) as three:
        client.get(url)
    assert len(one) == len(three)


def test_page_costs_the_same_however_many_copy(zone: Zone, by: Any, staff: Any, now: None) -> None:
    brand = brand_in(zone.branch, by, staff)
    copied(brand, zone.neighbour_branch, actor(zone.users["taoyuan1"]))
    client = zone.client("zone")
    client.get(brand.get_absolute_url())
    with CaptureQueriesContext(connection) as one:
        client.get(brand.get_absolute_url())
    for place in (zone.street, zone.neighbour_street):
        BrandCopy.objects.create(
            brand=brand, organization=place, what="学三步", begun_on=NOW.date(), by_name="某人"
        )
    with CaptureQueriesContext(connection) as three:
        client.get(brand.get_absolute_url())
    assert len(one) == len(three)
