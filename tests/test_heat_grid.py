"""The grid in one hue: how much was on time, and which organisation stands where."""

import datetime as dt
import io
import re
from html import unescape
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from core.actor import system
from orgs.enums import OrganizationKind as K
from schedules.rounds import fulfilment
from schedules.rounds.actions import opening, rollups
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, Rollup
from schedules.rounds.queries.cells import heat_class
from schedules.rounds.queries.matrix import Row
from schedules.rounds.views.ordering import matrix_rows_in, worst_first
from schedules.rounds.words import HEAT_WORDS, GridOrder, cell_note, signs
from tests.world import Zone, make_organization

PERIOD = "2026-06"
NOW = timezone.make_aware(dt.datetime(2026, 7, 8, 9))
PAST = NOW - dt.timedelta(days=1)


def figures(expected: int, on_time: int, late: int = 0, **more: int) -> Rollup:
    """Figures of a period; what is neither on time nor late was never sent."""
    unsent = expected - on_time - late
    usual = {"missing": unsent, "locked": 0, "returned": 0, "accepted": 0}
    return Rollup(
        period=PERIOD,
        expected=expected,
        submitted=on_time + late,
        on_time=on_time,
        late=late,
        missing_due_at=PAST if unsent else None,
        **(usual | more),
    )


def test_one_late_does_not_look_like_twelve_late() -> None:
    assert heat_class(figures(27, 27), NOW) == 0
    assert heat_class(figures(27, 26, 1), NOW) == 1
    assert heat_class(figures(27, 15, 12), NOW) == 4
    # 199 of 200 is no hundred: the palest is for who has everything on time.
    assert heat_class(figures(200, 199, 1), NOW) == 1


@pytest.mark.parametrize(
    ("on_time", "step"), [(100, 0), (95, 1), (94, 2), (85, 2), (84, 3), (70, 3), (69, 4), (0, 4)]
)
def test_classes_meet_without_a_gap(on_time: int, step: int) -> None:
    assert heat_class(figures(100, on_time, 100 - on_time), NOW) == step


def test_what_was_never_sent_weighs_as_what_came_late() -> None:
    assert heat_class(figures(20, 15, 5), NOW) == heat_class(figures(20, 15), NOW)


def test_nothing_due_yet_has_no_colour() -> None:
    waiting = figures(5, 0, missing=0)
    waiting.missing_due_at = NOW + dt.timedelta(days=3)
    assert heat_class(waiting, NOW) is None


@pytest.mark.django_db
def test_cell_says_what_its_colour_is_for(zone: Zone) -> None:
    kind = fulfilment.of(opening.install_defaults(by=system()))
    assert cell_note(figures(27, 27), kind) == ""
    assert cell_note(figures(27, 15, 12), kind) == "迟12"
    assert cell_note(figures(27, 20, 2, returned=1), kind) == "未5 迟2 退1"
    assert cell_note(figures(27, 20, 2, missing=0, locked=5), kind) == "锁5 迟2"
    assert cell_note(figures(27, 20, missing=0), kind) == "待7"
    assert signs(kind, locks=False) == "未＝未报、迟＝迟报、退＝退回待补、待＝待报"
    assert len(HEAT_WORDS) == 5


def test_worst_is_the_least_on_time_then_the_more_behind() -> None:
    rows = {
        "一个不缺": figures(9, 9),
        "退回一个": figures(9, 9, returned=1),
        "十分之一": figures(10, 1),
        "百分之十": figures(100, 10),
        "没有应报": None,
        "未到期": figures(3, 0, missing=0),
    }
    rows["未到期"].missing_due_at = NOW + dt.timedelta(days=1)  # type: ignore[union-attr]
    found = sorted(rows, key=lambda name: worst_first(rows[name], NOW))
    assert found == ["百分之十", "十分之一", "退回一个", "一个不缺", "未到期", "没有应报"]


# --- the pages -------------------------------------------------------------------------------


@pytest.fixture
def june(zone: Zone) -> Plan:
    """One street is all there, one is all missing; of a third one of two came late. The order of
    the tree, of the names and of the need are three."""
    third = make_organization("安平街道", K.DIRECT_COMMITTEE, zone.root, name_pinyin="anpingjiedao")
    make_organization("安平支部", parent=third)
    plan = opening.install_defaults(by=system())
    Plan.objects.filter(pk=plan.pk).update(starts_on=dt.date(2026, 1, 1))
    plan.refresh_from_db()
    opening.open_period(plan=plan, period=PERIOD, by=system())
    for street, hours in ((zone.street, {-3}), (third, {-3, 3})):
        owed = Duty.objects.filter(organization__path__startswith=street.path, period=PERIOD)
        for number, duty in enumerate(owed.order_by("organization__path")):
            late = sorted(hours)[number % len(hours)]
            duty.submitted_at = duty.late_after + dt.timedelta(hours=late)
            duty.state = DutyState.ACCEPTED
            duty.save()
    for one, spelling in ((zone.street, "dahuangshan"), (zone.neighbour_street, "jinshanqiao")):
        type(one).objects.filter(pk=one.pk).update(name_pinyin=spelling)
    rollups.fill(by=system())
    return plan


TREE = ["大黄山街道", "金山桥街道", "安平街道"]
WORST = ["金山桥街道", "安平街道", "大黄山街道"]
NAME = ["安平街道", "大黄山街道", "金山桥街道"]


@pytest.mark.parametrize(
    ("given", "wanted"),
    [("", WORST), ("worst", WORST), ("x", WORST), ("tree", TREE), ("name", NAME)],
)
def test_board_stands_in_the_order_of_its_address(
    zone: Zone, june: Plan, given: str, wanted: list[str]
) -> None:
    asked = {"organization": zone.root.pk, "period": PERIOD, "sort": given}
    client = zone.client("zone")
    page = client.get("/board/", asked)
    assert [row["name"] for row in page.context["rows"]] == wanted
    # Going down and up again keeps it, and the sheet has it.
    assert all(
        ("sort=" in row["url"]) == (given in ("tree", "name")) for row in page.context["rows"]
    )
    sheet = load_workbook(
        io.BytesIO(b"".join(client.get("/board/export/", asked).streaming_content))
    ).active
    assert sheet is not None
    names = [line[1] for line in sheet.iter_rows(values_only=True)]
    assert [name for name in names if name in wanted] == wanted


@pytest.mark.parametrize(
    ("given", "wanted"), [("", WORST), ("x", WORST), ("tree", TREE), ("name", NAME)]
)
def test_matrix_orders_by_need_and_keeps_everybody_below_his_own(
    zone: Zone, june: Plan, given: str, wanted: list[str]
) -> None:
    asked: dict[str, Any] = {"organization": zone.root.pk, "period": PERIOD, "sort": given}
    page = zone.client("zone").get("/reports/", asked)
    rows = page.context["rows"]
    assert [row["name"] for row in rows if not row["indent"]] == wanted
    above: list[str] = []
    parents = {}
    for row in rows:
        above[row["indent"] :] = [row["name"]]
        parents[row["name"]] = above[-2] if len(above) > 1 else ""
    assert parents["湖庄村党总支"] == "大黄山街道"
    assert parents["湖庄村第一支部"] == "湖庄村党总支"
    assert parents["安平支部"] == "安平街道"


def test_row_whose_parent_was_filtered_out_hangs_on_the_next_above() -> None:
    def row(name: str, indent: int, on_time: int) -> Row:
        return Row(None, name, "", indent, has_children=False, on_time_rate=on_time)

    rows = [row("甲", 0, 90), row("甲一", 2, 80), row("甲二", 1, 70), row("乙", 0, 10)]
    found = matrix_rows_in(GridOrder.WORST, rows, NOW)
    assert [one.name for one in found] == ["乙", "甲", "甲二", "甲一"]


def test_every_coloured_cell_has_its_count_and_opens_its_rows(zone: Zone, june: Plan) -> None:
    client = zone.client("zone")
    text = client.get("/board/", {"organization": zone.root.pk, "period": PERIOD}).content.decode()
    cells = re.findall(r'<td class="c heat depth-(\d)">(.*?)</td>', text, re.S)
    assert sorted(step for step, _ in cells) == ["0", "4", "4"]
    for step, inner in cells:
        assert re.search(r"<span>\d+/\d+</span>", inner)
        assert ("<small>" in inner) == (step != "0"), "said without the colour too"
        url = re.search(r'href="([^"]+)"', inner)
        assert url is not None
        page = client.get(unescape(url[1]))
        assert page.status_code == 200
        assert page.context["rows"]
    assert "heat-key" in text
    matrix = client.get("/reports/", {"organization": zone.root.pk, "period": PERIOD})
    sums = re.findall(r'<td class="c heat[^"]*">(.*?)</td>', matrix.content.decode(), re.S)
    assert sums
    for inner in sums:
        url = re.search(r'href="([^"]+)"', inner)
        assert url is not None
        assert client.get(f"/reports/{unescape(url[1])}").status_code == 200
