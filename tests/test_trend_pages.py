"""Overview, matrix and sums of numbers tell a change only where it is a signal."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock, periods
from schedules.rounds.actions import rollups
from schedules.rounds.models import Plan, Rollup
from schedules.rounds.queries.totals import Compared, Sum, Totals
from schedules.rounds.words import number_trend
from tests.test_reports import JULY_8, open_june
from tests.world import Zone

LAST = "2026-06"
CALM = [45, 46, 47, 46, 45, 46, 47, 46, 45, 46, 47, 46]
PAGES = ("/board/", "/reports/")


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    rollups.refresh_all()
    return zone


def past(zone: Zone, on_time: list[int], **newest: int) -> None:
    """So many of fifty on time in each month up to June, everything sent, nothing returned."""
    plan = Plan.objects.get()
    Rollup.objects.filter(organization=zone.street).delete()
    as_of = dt.datetime(2026, 7, 8, tzinfo=dt.UTC)
    nothing = dict.fromkeys(("missing", "returned", "returned_twice", "accepted"), 0)
    Rollup.objects.bulk_create(
        Rollup(
            plan=plan, organization=zone.street, path=zone.street.path, period=period,
            as_of=as_of, **({"expected": 50, "submitted": 50, "on_time": count,
                             "late": 50 - count, **nothing} | (newest if period == LAST else {})),
        )
        for period, count in zip(periods.ending(LAST, len(on_time)), on_time, strict=True)
    )  # fmt: skip


def page(zone: Zone, address: str) -> str:
    with clock.at(JULY_8):
        answer = zone.client("dahuangshan").get(
            address, {"organization": zone.street.pk, "period": LAST}
        )
    assert answer.status_code == 200
    return str(answer.content.decode())


def figure(text: str) -> str:
    """The figure of what was on time, without the others."""
    label = "按时率</span>" if ">按时率</span>" in text else "按时</span>"
    start = text.index(label)
    return text[start : text.index("</svg>", start) if "</svg>" in text[start:] else None]


@pytest.mark.parametrize("address", PAGES)
def test_within_the_limits_the_line_speaks(june: Zone, address: str) -> None:
    past(june, [*CALM, 45])
    text = page(june, address)
    assert "较上月" not in text
    assert "持平" not in text
    own = figure(text)
    assert 'class="band"' in own
    assert 'class="signal"' not in own
    assert 'class="warn"' not in own, "one less than in the month before is no judgement"
    assert 'class="ok"' not in own
    assert "各期的高低是平常的起伏，不是信号" in text


@pytest.mark.parametrize("address", PAGES)
def test_beyond_the_limit_the_rule_is_named_and_what_it_does_not_prove(
    june: Zone, address: str
) -> None:
    past(june, [*CALM, 30])
    text = page(june, address)
    own = figure(text)
    assert "低于下界 " in own
    assert '<em class="warn">' in own
    assert 'class="signal"' in own
    assert ("较上月 −32 个百分点，低于下界" in own) == (address == "/board/")
    assert "按时率 60%，低于下界" in own or address == "/board/"
    assert "6月 低于下界 " in text
    assert "不说明谁做得好、谁做得差" in text
    # Better than ever is a signal as well, in the other colour.
    past(june, [*([30, 31, 32, 31] * 3), 50])
    assert '<em class="ok">' in figure(page(june, address))


@pytest.mark.parametrize("address", PAGES)
def test_of_a_short_history_no_limits_are_drawn(june: Zone, address: str) -> None:
    past(june, [*CALM[:10], 30])
    text = page(june, address)
    own = figure(text)
    assert "历史太短，不画界限" in own
    assert "band" not in own
    assert "较上月" not in text
    assert 'class="warn"' not in own
    assert "（不足 12 个月）" in text


@pytest.mark.parametrize("address", PAGES)
def test_a_month_that_may_still_be_sent_is_not_judged(june: Zone, address: str) -> None:
    past(june, [*CALM, 46, 30], submitted=40, late=10)
    own = figure(page(june, address))
    assert "界限" not in own
    assert "下界" not in own
    assert 'class="signal"' not in own


@pytest.mark.parametrize("address", PAGES)
def test_a_line_costs_no_query_however_long(june: Zone, address: str) -> None:
    counts = []
    for months in (1, 3, 24):
        past(june, [46] * months)
        page(june, address)
        with CaptureQueriesContext(connection) as found:
            page(june, address)
        counts.append(len(found))
    assert len(set(counts)) == 1


# --- numbers of reports --------------------------------------------------------------------------


def numbers(values: list[int], **how: Any) -> tuple[str, str, str]:
    """What is said of a number, its tone and its last known period."""
    span = periods.ending(LAST, 13)
    line = dict(zip(span[-len(values) :], map(Decimal, values), strict=True))
    found = Totals(LAST, span[-2], span[0], span)
    one = Compared(Sum(line[LAST], 3), Sum(line.get(span[-2]), 3), line=line)
    trend = number_trend("主题党日", found, one, **{"is_open": False, **how})
    return trend.told(one.now.value, one.before.value), trend.tone(), trend.span[0]


def test_a_number_is_told_by_its_line() -> None:
    calm = [45, 48, 44, 47, 45, 49, 45, 48, 44, 47, 45, 49]
    assert numbers([*calm, 44])[0] == ""
    assert numbers([*calm, 20])[0].startswith("较上月 −29，低于下界 ")
    assert numbers([*calm, 20], is_open=True)[0] == "", "who may still send is not all in"
    assert numbers([*[1] * 12, 0])[0] == "", "one less of one is no signal of a count"
    assert numbers([46, 20])[0] == "历史太短，不画界限"
    assert numbers([46, 20])[2] == "2026-05", "the line begins where its numbers begin"
