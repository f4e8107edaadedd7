"""What a board says of corrections, of how it was reviewed, and of how far it is put right."""

import datetime as dt
import io
import re
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.boards import packs
from assessments.boards.access import get_board_cycle
from assessments.cycles.actions import corrections, cycles
from assessments.cycles.models import Cycle, Score
from assessments.decisions.actions import decisions
from assessments.rectifications.queries.lists import lists_of
from assessments.reviews.models import TeamMember
from core import clock
from schedules.action_items.queries.boards import this_moment
from schedules.rounds.actions import opening
from tests import rectification_world
from tests.decision_world import MEETING, NOW, decided, fresh, street_of
from tests.review_world import reviewing
from tests.test_boards import content_of, page, text_of, url
from tests.world import Zone, make_organizations

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def follow(cycle: Cycle, more: str = "") -> str:
    return reverse("boards:board-follow", args=[cycle.uid]) + more


# --- corrections ---------------------------------------------------------------------------------


def test_correction_is_said_and_the_board_before_it_stays_the_same_bytes(zone: Zone) -> None:
    cycle = decided(zone, "18", "17")
    number = cycle.run.number
    old, address = street_of(zone, cycle), url(cycle, f"?run={number}")
    was = Score.objects.get(run=cycle.run, assessed=old).total
    with clock.at(NOW + dt.timedelta(hours=1)):
        before = content_of(page(zone, "committee", address))
        assert "更正后" not in text_of(page(zone, "committee", url(cycle))).split("“更正后”")[0]
    with time_machine.travel(NOW + dt.timedelta(days=3), tick=True):
        corrections.correct(
            assessed=old,
            indicator="work",
            facts={0: {"points": "19.5", "reason": "漏看了一份材料"}},
            reason="复核成立",
            key="board",
            by=zone.actor("committee"),
        )
        after = page(zone, "committee", url(cycle))
        again = content_of(page(zone, "committee", address))
    new = Score.objects.current().get(assessed=old).total
    assert new == was + Decimal("1.5")
    assert again == before
    assert f"{was:.2f}" in before
    told = text_of(after)
    assert f"更正：{was:.2f}→{new:.2f}" in told
    assert "复核成立" in told
    assert "2026年7月23日更正" in told
    assert "更正后" in told.split("“更正后”")[0]
    assert address.split("/")[-1] in after
    rows = summary_rows(zone, fresh(cycle))
    assert "更正后" in rows[old.name]
    told = zone.client("zone").get(f"/api/v1/assessments/{cycle.uid}/board/").json()
    marks = {
        row["organization_name"]: row["is_corrected"]
        for group in told["groups"]
        for row in group["rows"]
    }
    assert marks.pop(old.name) is True
    assert set(marks.values()) == {False}


def summary_rows(zone: Zone, cycle: Cycle) -> dict[str, str]:
    """Organisation -> what 得分汇总表 notes of it."""
    answer = zone.client("zone").get(url(cycle, "summary/xlsx/"))
    tab = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    return {str(row[1].value): str(row[-1].value) for row in tab.iter_rows()}


@pytest.mark.parametrize("number", ["0", "99", "abc", "-1", "１", "9" * 40, "1 ", "²"])
def test_only_a_computation_that_counted_has_a_board(zone: Zone, number: str) -> None:
    cycle = decided(zone)
    for more in ("", "indicators/work/"):
        answer = zone.client("committee").get(url(cycle, f"{more}?run={number}"))
        assert answer.status_code == 404, more
    assert zone.client("dahuangshan").get(url(cycle, f"?run={cycle.run.number}")).status_code == 404


# --- how it was reviewed -------------------------------------------------------------------------


def test_review_is_told_when_it_is_over(zone: Zone) -> None:
    found = reviewing(zone)
    found.give("gao", zone.street, "18")
    told = text_of(page(zone, "committee", follow(found.cycle)))
    assert "考核组正在复核" in told
    assert "审定以后才有整改清单" in told
    found.give("lin", zone.street, "8")
    third = found.item(zone.street).seats.get(number=3).user.username
    found.give(third, zone.street, "12")
    found.give("gao", zone.neighbour_street, "15")
    found.give("lin", zone.neighbour_street, "14")
    cycle = fresh(found.cycle)
    cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    text = page(zone, "committee", follow(cycle))
    told = text_of(text)
    # (18 − 8) ÷ 20 and (15 − 14) ÷ 20: 50 % and 5 %, on the average 27.5 %.
    assert "评出两个分数的2项，平均相差27.5%" in told
    assert "请第三人评的1项" in told
    assert "50.0%已评" in told
    assert "看了2项" in told
    assert (
        zone.neighbour_street.short_name
        not in text[text.index('id="pairs"') :].split("</table>")[0]
    )
    step = text_of(page(zone, "committee", follow(cycle, "?step=1")))
    assert "相差5%至不足10%的项" in step
    assert f"{zone.neighbour_street.short_name}work5.0%—" in step
    for odd in ("99", "-1", "x", "１", "²"):
        assert zone.client("committee").get(follow(cycle, f"?step={odd}")).status_code == 200


def test_who_marked_in_it_waits_for_the_decision(zone: Zone) -> None:
    """It may be sent back, and he may have to mark again."""
    found = reviewing(zone)
    for place in (zone.street, zone.neighbour_street):
        for name in ("gao", "lin"):
            found.give(name, place, "18" if name == "gao" else "15")
    cycle = fresh(found.cycle)
    cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    assert "平均相差15.0%" in text_of(page(zone, "committee", follow(cycle)))
    TeamMember.objects.filter(name="lin").update(user=zone.users["committee"])
    told = text_of(page(zone, "committee", follow(cycle)))
    assert "平均相差" not in told
    assert "你在这一期评过分" in told
    cycle = fresh(cycle)
    decisions.decide(cycle=cycle, revision=cycle.revision, by=zone.actor("committee"), **MEETING)
    assert "平均相差15.0%" in text_of(page(zone, "committee", follow(cycle)))


# --- how far it is put right ---------------------------------------------------------------------


def test_lists_of_rectification_are_those_of_their_own_page(zone: Zone) -> None:
    with time_machine.travel(rectification_world.JULY, tick=True):
        by, decider = zone.actor("zone"), zone.actor("committee")
        cycle = rectification_world.sealed(zone.root, by=by, decider=decider)
        assert "还没有下发整改清单" in text_of(page(zone, "committee", follow(cycle)))
        rectification_world.issued(cycle, by=by)
        text = page(zone, "committee", follow(cycle))
        lists = lists_of(by, cycle, this_moment())
        lines = sum(one.count.lines for one in lists)
        assert f"0/{lines}条问题已销号" in text_of(text)
        for one in lists:
            assert one.row.get_absolute_url() in text
        (stat,) = re.findall(
            r"<b>(\d+)</b><span>条问题</span>",
            page(zone, "zone", reverse("rectifications:cycle", args=[cycle.uid])),
        )
        assert int(stat) == lines
        assert zone.client("dahuangshan").get(follow(cycle)).status_code == 404


def test_page_costs_the_same_for_two_and_for_five(zone: Zone) -> None:
    def cost() -> int:
        by, decider = zone.actor("zone"), zone.actor("committee")
        cycle = rectification_world.sealed(zone.root, by=by, decider=decider, period=period)
        rectification_world.issued(cycle, by=by)
        client = zone.client("committee")
        client.get(follow(cycle))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(follow(cycle)).status_code == 200
        return len(queries)

    period = "2026-H1"
    with time_machine.travel(rectification_world.JULY, tick=True):
        few = cost()
    make_organizations(
        zone.root,
        [
            {"name": name, "organization_class": "street", "kind": "direct_committee"}
            for name in ("街道甲", "街道乙", "街道丙")
        ],
    )
    period = "2026-H2"
    with time_machine.travel(rectification_world.JULY + dt.timedelta(days=190), tick=True):
        assert cost() == few


# --- papers, and the way there -------------------------------------------------------------------


def test_pack_as_a_workbook_has_a_tab_for_each(zone: Zone) -> None:
    cycle = get_board_cycle(zone.actor("zone"), decided(zone, "18.37", "7.31").uid)
    target, told = io.BytesIO(), list[tuple[int, int]]()
    wanted = packs.wanted(cycle, "xlsx")
    packs.make(target, wanted.what, zone.actor("zone"), lambda done, of: told.append((done, of)))
    book = openpyxl.load_workbook(target)
    assert told == [(1, 2), (2, 2)]
    for score in Score.objects.filter(run=cycle.run).select_related("assessed__organization"):
        cells = [cell.value for row in book[score.assessed.short_name].iter_rows() for cell in row]
        assert float(score.total) in cells
        assert f"等次：{score.grade}" in cells
        assert any(str(one).startswith(score.assessed.name) for one in cells)


def test_overview_leads_to_the_newest_board_of_its_node(zone: Zone) -> None:
    opening.install_defaults(by=zone.actor("zone"))
    cycle = decided(zone)
    at = reverse("schedules:board")
    assert url(cycle) in page(zone, "committee", at)
    assert url(cycle) not in page(zone, "committee", f"{at}?organization={zone.street.pk}")
    assert url(cycle) not in page(zone, "dahuangshan", at)
