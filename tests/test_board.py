"""The board of a month: its figures, the rows behind them, the sheet."""

import datetime as dt
import io
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from core import clock, effects
from core.actor import system
from core.documents import making
from core.figures import moment_word
from core.models import MadeDocument
from orgs.lifecycle import run_move_steps
from orgs.models import Organization, OrganizationPlacement
from schedules.rounds.actions import opening, rollups
from schedules.rounds.enums import DutyState
from schedules.rounds.models import Duty, Plan, Rollup
from schedules.rounds.queries.boards import board_of, listed, newest_moment
from schedules.rounds.queries.cells import cell_of
from schedules.rounds.queries.rollups import rate
from schedules.rounds.views.rows_address import shortened
from tests.world import Zone, make_organization

PERIOD = "2026-06"


@pytest.fixture
def round_(zone: Zone) -> Plan:
    """Two months: one branch late and returned twice, one accepted, the others missing."""
    plan = opening.install_defaults(by=system())
    Plan.objects.filter(pk=plan.pk).update(starts_on=dt.date(2026, 1, 1))
    plan.refresh_from_db()
    for period in ("2026-05", PERIOD):
        opening.open_period(plan=plan, period=period, by=system())
    for duty in Duty.objects.filter(organization__in=[zone.branch, zone.branch2], period=PERIOD):
        is_late = duty.organization_id == zone.branch.pk
        duty.submitted_at = duty.late_after + dt.timedelta(hours=3 if is_late else -3)
        duty.state = DutyState.RETURNED if is_late else DutyState.ACCEPTED
        duty.returned_count = 2 if is_late else 0
        duty.save()
    rollups.fill(by=system())
    return plan


def now() -> dt.datetime:
    """What the newest figures are as of."""
    moment = newest_moment(Plan.objects.get())
    assert moment is not None
    return moment


def address(zone: Zone, **more: Any) -> dict[str, Any]:
    return {"organization": zone.street.pk, "period": PERIOD, **more}


def test_board_shows_the_figures_and_every_mark_opens_its_rows(zone: Zone, round_: Plan) -> None:
    client = zone.client("dahuangshan")
    page = client.get("/board/", address(zone))
    text = page.content.decode()
    expected = Duty.objects.filter(
        period=PERIOD, organization__path__startswith=zone.street.path
    ).count()
    assert f"2 / {expected}" in text
    assert "数据截至" in text
    assert "<svg" in text
    assert "<details" in text
    urls = {unescape(url) for url in re.findall(r'href="(/board/rows/[^"]+)"', text)}
    assert len(urls) >= 6
    for url in urls:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize(
    ("shown", "names"),
    [
        ("late", {"湖庄村第一支部"}),
        ("twice", {"湖庄村第一支部"}),
        ("returned", {"湖庄村第一支部"}),
        ("on_time", {"湖庄村第二支部"}),
        ("accepted", {"湖庄村第二支部"}),
        ("submitted", {"湖庄村第一支部", "湖庄村第二支部"}),
        ("own", {"大黄山街道"}),
    ],
)
def test_rows_are_those_of_the_figure(
    zone: Zone, round_: Plan, shown: str, names: set[str]
) -> None:
    found = listed(
        zone.actor("dahuangshan"),
        round_,
        zone.street,
        PERIOD,
        moment=now(),
        shown=shown,
        organization_class="",
    )
    assert {str(one.organization) for one in found.standings} == names
    row = Rollup.objects.get(organization=zone.street, period=PERIOD)
    figure = {"twice": "returned_twice"}.get(shown, shown)
    if shown != "own":
        assert getattr(row, figure) == len(names)


def test_past_month_keeps_its_list_after_a_move_and_names_nobody_outside(
    zone: Zone, round_: Plan
) -> None:
    path = f"{zone.neighbour_street.path}00077"
    day = dt.date(2026, 7, 20)
    OrganizationPlacement.objects.filter(organization=zone.branch, valid_to=None).update(
        valid_to=day
    )
    OrganizationPlacement.objects.create(
        organization=zone.branch,
        parent=zone.neighbour_street,
        path=path,
        name="湖庄村第一支部",
        kind=zone.branch.kind,
        valid_from=day,
    )
    Organization.objects.filter(pk=zone.branch.pk).update(parent=zone.neighbour_street, path=path)
    rows = "/board/rows/"
    above = zone.client("zone").get(rows, address(zone, show="late"), follow=True).content.decode()
    assert "湖庄村第一支部" in above
    old = (
        zone.client("dahuangshan")
        .get(rows, address(zone, show="late"), follow=True)
        .content.decode()
    )
    assert "湖庄村第一支部" not in old
    assert "另有 1 个组织已划出" in old
    board = zone.client("dahuangshan").get(
        "/board/", {"organization": zone.general.pk, "period": PERIOD}
    )
    assert "湖庄村第一支部" not in board.content.decode()
    assert "已划出的组织" in board.content.decode()


def links(zone: Zone, username: str = "dahuangshan") -> dict[str, list[str]]:
    """Address of each mark on the street's board -> the organisations listed there."""
    client = zone.client(username)
    page = client.get("/board/", address(zone)).content.decode()
    urls = {unescape(url) for url in re.findall(r'href="(/board/rows/[^"]+)"', page)}
    return {url: names_on(client, url) for url in urls}


def names_on(client: Any, url: str) -> list[str]:
    page = client.get(url)
    assert page.status_code == 200
    return [str(row["standing"].organization) for row in page.context["rows"]]


def test_address_of_a_mark_opens_the_same_list_for_ever(zone: Zone, round_: Plan) -> None:
    before = links(zone)
    assert ["湖庄村第一支部"] in before.values()
    # The late and returned report is accepted, a missing one comes in, one is waived, and the
    # branch turns out to have stood elsewhere all the month.
    Duty.objects.filter(organization=zone.branch, period=PERIOD).update(state=DutyState.ACCEPTED)
    missing = Duty.objects.get(organization=zone.general, period=PERIOD)
    Duty.objects.filter(pk=missing.pk).update(
        state=DutyState.SUBMITTED, submitted_at=missing.late_after
    )
    Duty.objects.filter(organization=zone.street, period=PERIOD).update(state=DutyState.WAIVED)
    day = dt.date(2026, 6, 2)
    path = f"{zone.street.path}00078"
    OrganizationPlacement.objects.filter(organization=zone.branch).update(path=path)
    Organization.objects.filter(pk=zone.branch.pk).update(parent=zone.street, path=path)
    run_move_steps([zone.branch], day)
    for one in (zone.general, zone.street):
        rollups.mark(plan_id=round_.pk, period=PERIOD, organization_ids=[one.pk])
    rollups.refresh_all()
    after = links(zone)
    client = zone.client("dahuangshan")
    assert {url: names_on(client, url) for url in before} == before
    assert sorted(map(sorted, after.values())) != sorted(map(sorted, before.values()))
    late = next(url for url, names in before.items() if ".returned." in url and names)
    page = client.get(late).content.decode()
    assert "已通过" in page, "how it stands today is said beside"
    for url, names in after.items():
        assert names_on(client, url) == names


def test_every_figure_equals_the_number_of_rows_behind_it(zone: Zone, round_: Plan) -> None:
    for row in Rollup.objects.select_related("organization"):
        for shown, figure in (
            ("", "expected"),
            ("submitted", "submitted"),
            ("on_time", "on_time"),
            ("late", "late"),
            ("returned", "returned"),
            ("twice", "returned_twice"),
            ("accepted", "accepted"),
        ):
            found = listed(
                zone.actor("zone"),
                round_,
                row.organization,
                row.period,
                moment=row.as_of,
                shown=shown,
                organization_class="",
            )
            assert found.standings.count() + found.elsewhere == getattr(row, figure)


def test_list_without_a_moment_leads_to_one_with_it(zone: Zone, round_: Plan) -> None:
    answer = zone.client("dahuangshan").get("/board/rows/", address(zone, show="late"))
    assert answer.status_code == 302
    assert answer["Location"] == f"/board/rows/?{shortened(zone.street.pk, PERIOD, now(), 'late')}"


def test_addresses_that_people_have_kept_open_the_same_rows(zone: Zone, round_: Plan) -> None:
    at = int(moment_word(now()))
    kind = zone.branch.organization_class
    client = zone.client("dahuangshan")
    for shown, of_class in (("late", ""), ("", kind), ("", "")):
        long = {**address(zone, at=at), "show": shown, "class": of_class}
        query = urlencode({key: value for key, value in long.items() if value})
        short = shortened(zone.street.pk, PERIOD, now(), shown, of_class)
        assert len(short) < len(query) * 0.7
        names = names_on(client, f"/board/rows/?{query}")
        assert names == names_on(client, f"/board/rows/?{short}")
        assert names
        sheets = [client.get(f"/board/rows/export/?{form}") for form in (query, short)]
        assert len({sheet["Content-Disposition"] for sheet in sheets}) == 1


def test_figures_have_a_moment_of_their_own_whatever_the_clock(
    zone: Zone, round_: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = now()
    monkeypatch.setattr(clock, "now", lambda: before - dt.timedelta(hours=2))
    Duty.objects.filter(organization=zone.branch, period=PERIOD).update(state=DutyState.ACCEPTED)
    rollups.mark(plan_id=round_.pk, period=PERIOD, organization_ids=[zone.branch.pk])
    rollups.refresh_all()
    assert now() == before + dt.timedelta(microseconds=1)
    one = {"shown": "returned", "organization_class": ""}
    then = listed(zone.actor("zone"), round_, zone.street, PERIOD, moment=before, **one)
    since = listed(zone.actor("zone"), round_, zone.street, PERIOD, moment=now(), **one)
    assert (then.standings.count(), since.standings.count()) == (1, 0)


def test_foreign_node_and_senseless_addresses_are_not_there(zone: Zone, round_: Plan) -> None:
    client = zone.client("dahuangshan")
    foreign = {"organization": zone.neighbour_street.pk, "period": PERIOD}
    for page in ("/board/", "/board/rows/", "/board/export/"):
        assert client.get(page, foreign).status_code == 404
    for wrong in ({"period": "2026-13"}, {"period": "2026-06", "show": "x"}):
        assert client.get("/board/rows/", wrong).status_code == 404
    assert client.get("/board/rows/", address(zone) | {"class": "x"}).status_code == 404
    later = int(moment_word(now())) + 1
    for short in (
        "",
        "1",
        "1.2026-06.late.!",
        "1.2026-06.x",
        f"{zone.street.pk}.2026-06.....",
    ):
        assert client.get("/board/rows/", {"r": short}).status_code == 404
    foreign_short = shortened(zone.neighbour_street.pk, PERIOD, now())
    assert client.get(f"/board/rows/?{foreign_short}").status_code == 404
    for at in ("1", "x" * 16, "９" * 16, str(later), "9" * 16):
        assert client.get("/board/rows/", address(zone, at=at)).status_code == 404


def test_slowest_twice_and_classes_are_of_the_month(zone: Zone, round_: Plan) -> None:
    found = board_of(zone.actor("zone"), round_, zone.general, PERIOD)
    assert [str(row.organization) for row in found.slowest] == ["湖庄村第一支部", "湖庄村第二支部"]
    assert [duty.organization_id for duty in found.twice] == [zone.branch.pk]
    assert found.current is not None
    assert sum(share.expected for share in found.classes) == found.current.expected
    assert sum(share.on_time for share in found.classes) == found.current.on_time
    own = next(row for row in found.rows if row.is_own)
    below = [row.current for row in found.rows if not row.is_own and row.current]
    assert own.current is not None
    assert own.current.expected + sum(row.expected for row in below) == found.current.expected


def test_queries_do_not_grow_with_organizations(zone: Zone, round_: Plan) -> None:
    client = zone.client("dahuangshan")
    client.get("/board/", address(zone))
    counts = []
    for number in range(2):
        for page in ("/board/", "/board/rows/"):
            with CaptureQueriesContext(connection) as found:
                assert client.get(page, address(zone), follow=True).status_code == 200
            counts.append(len(found))
        for other in range(4):
            make_organization(f"新{number}{other}", parent=zone.general)
            make_organization(f"新直属{number}{other}", parent=zone.street)
        opening.open_period(plan=round_, period=PERIOD, by=system())
        rollups.refresh_all()
    assert counts[:2] == counts[2:]
    assert counts[0] <= 20


def test_sheet_holds_the_figures_of_the_board(zone: Zone, round_: Plan) -> None:
    answer = zone.client("dahuangshan").get("/board/export/", address(zone))
    assert answer.status_code == 200
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    total = next(line for line in lines if "合计" in line)
    row = Rollup.objects.get(organization=zone.street, period=PERIOD)
    assert [int(str(value)) for value in total[2:6]] == [
        row.expected,
        row.submitted,
        row.on_time,
        row.late,
    ]


def test_sheet_of_rows_holds_those_of_the_page(zone: Zone, round_: Plan) -> None:
    client = zone.client("dahuangshan")
    at = int(moment_word(now()))
    asked = address(zone, show="submitted", at=at)
    Duty.objects.filter(organization=zone.branch, period=PERIOD).update(state=DutyState.ACCEPTED)
    answer = client.get("/board/rows/export/", asked)
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    first = next(line for line in lines if "湖庄村第一支部" in line)
    assert (first[2], first[3], first[7]) == ("退回", "迟报", "已通过")
    listed_there = [line[1] for line in lines if isinstance(line[0], int | float)]
    page = client.get("/board/rows/", asked)
    assert listed_there == [str(row["standing"].organization) for row in page.context["rows"]]
    assert "金山桥街道" not in listed_there
    foreign = asked | {"organization": zone.neighbour_street.pk}
    assert client.get("/board/rows/export/", foreign).status_code == 404


def test_long_sheet_of_rows_is_made_behind_as_they_stood_then(
    zone: Zone, round_: Plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    client, url = zone.client("dahuangshan"), "/board/rows/export/"
    asked = address(zone, show="submitted", at=int(moment_word(now())))
    count = client.get("/board/rows/", asked).context["page"].paginator.count
    Duty.objects.filter(organization=zone.branch, period=PERIOD).update(state=DutyState.ACCEPTED)

    def lines(answer: Any) -> list[list[Any]]:
        page = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
        assert page is not None
        return [list(line) for line in page.iter_rows(values_only=True)]

    monkeypatch.setattr(making, "LONG_SHEET", count)
    short = lines(client.get(url, asked))
    monkeypatch.setattr(making, "LONG_SHEET", count - 1)
    page = client.get(url, asked).content.decode()
    assert f"共 {count} 行" in page
    given = dict(re.findall('type="hidden" name="([a-z]+)" value="([^"]*)"', page))
    assert not MadeDocument.objects.exists()
    foreign = given | {"organization": zone.neighbour_street.pk}
    assert client.post(url, foreign).status_code == 404
    answer = client.post(url, given)
    row = MadeDocument.objects.get()
    assert answer["Location"] == f"/documents/{row.uid}/"
    effects.run_due()
    long = lines(client.get(f"/documents/{row.uid}/file/"))
    assert [one for one in long if "导出 编号" not in str(one[0])] == [
        one for one in short if "导出 编号" not in str(one[0])
    ]
    assert row.uid.hex[:16] in str(long)


def test_board_without_figures_says_so(zone: Zone) -> None:
    page = zone.client("zone").get("/board/")
    assert "没有报送数据" in page.content.decode()
    assert zone.client("zone").get("/board/export/").status_code == 302


@pytest.mark.parametrize(
    ("figures", "tone"),
    [
        ({"submitted": 1, "missing": 1}, "m"),
        ({"submitted": 1, "locked": 1}, "k"),
        ({"submitted": 1}, "d"),  # what is not due yet is nothing bad
        ({"submitted": 2, "returned": 1}, "r"),
        ({"submitted": 2, "late": 1}, "l"),
        ({"submitted": 2, "accepted": 2}, "a"),
        ({"submitted": 2, "accepted": 1}, "s"),
    ],
)
def test_cell_takes_the_worst_tone(figures: dict[str, int], tone: str) -> None:
    due = clock.now() - dt.timedelta(days=1)
    row = Rollup(
        expected=2,
        missing_due_at=due if figures["submitted"] < 2 else None,
        **{"late": 0, "returned": 0, "accepted": 0, **figures},
    )
    assert cell_of(PERIOD, row).mark == tone


def test_rate_is_full_only_when_all_is_there() -> None:
    assert (rate(999, 1000), rate(5, 5), rate(0, 0)) == (99, 100, None)
