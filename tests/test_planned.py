"""What was planned before is asked about, thing by thing; suggestions never make paper."""

import datetime as dt

import pytest

from core import clock
from core.actor import system
from schedules.rounds.actions import opening, reports
from schedules.rounds.actions.reports import NotReady
from schedules.rounds.models import Plan, Report
from schedules.rounds.planned import names_a_dead_day, planned, things_of
from schedules.rounds.queries.books import neighbours
from schedules.rounds.queries.reports import findings, previous_report, values_of
from schedules.rounds.suggestions import suggestions
from tests.test_reports import CHINA, open_june, send
from tests.world import Zone

AUGUST_3 = dt.datetime(2026, 8, 3, 9, tzinfo=CHINA)
PLAN = "1. 走访困难党员；2、修缮活动室。\n谈心谈话"


@pytest.fixture
def july(zone: Zone) -> Zone:
    """June is sent with three things planned; July is open."""
    open_june(zone)
    send(zone, next_plan=PLAN, problems="活动室屋顶渗水，牵头人王某，7月20日前完成")
    with clock.at(dt.datetime(2026, 7, 30, 9, tzinfo=CHINA)):
        opening.open_period(plan=Plan.objects.get(), period="2026-07", by=system())
    return zone


def report(zone: Zone, period: str = "2026-07") -> Report:
    return Report.objects.get(organization=zone.branch, period=period)


def fields(zone: Zone, **more: str) -> dict[str, str]:
    found = report(zone)
    said = {f"planned-{n}": text for n, text in enumerate(things_of(PLAN), start=1)}
    return {"version": str(found.revision), "text-problems": "无", **said, **more}


def test_plans_are_taken_apart_into_things() -> None:
    assert things_of(PLAN) == ["走访困难党员", "修缮活动室", "谈心谈话"]
    assert things_of("无。") == []
    carried = [{"text": "修缮活动室", "outcome": "continued", "until": "2026-08-31"}]
    assert [one.text for one in planned("无", carried)] == ["修缮活动室"]


@pytest.mark.parametrize(
    ("text", "is_dead"),
    [
        ("7月20日前完成", True),
        ("8月20日前完成", False),
        ("2025年12月1日", True),
        ("1月5日前", False),  # of the next year
        ("9月40日", False),
        ("无日期", False),
    ],
)
def test_days_that_are_over_are_seen(text: str, is_dead: bool) -> None:
    assert names_a_dead_day(text, dt.date(2026, 8, 3)) is is_dead


def test_each_thing_is_asked_about_and_the_rest_carried_with_a_new_day(july: Zone) -> None:
    client = july.client("huzhuang1")
    url = report(july).get_absolute_url()
    with clock.at(AUGUST_3):
        page = client.get(url).content.decode()
        for thing in things_of(PLAN):
            assert f'value="{thing}"' in page
        said = {"outcome-1": "done", "outcome-2": "continued", "until-2": "2026-08-31"}
        client.post(f"{url}save/", fields(july, **said))
        kept = report(july).outcomes
        assert [(one["outcome"], one["until"]) for one in kept] == [
            ("done", ""),
            ("continued", "2026-08-31"),
        ]
        # What goes on is a plan enough: nothing has to be written again.
        answer = client.post(f"{url}submit/", fields(july, **said), follow=True)
        assert "已报送" in answer.content.decode()
        above = july.client("huzhuang").get(url).content.decode()
        assert "修缮活动室 — <b>继续</b>，2026年8月31日前" in above
        paper = july.client("huzhuang").get(f"{url}print/").content.decode()
        assert "继续：修缮活动室（8月31日前）" in paper
        opening.open_period(plan=Plan.objects.get(), period="2026-08", by=system())
        august = client.get(report(july, "2026-08").get_absolute_url()).content.decode()
    assert 'value="修缮活动室"' in august
    assert 'value="走访困难党员"' not in august


@pytest.mark.parametrize("until", ["", "2026-08-03", "2025-01-01", "不是日子", "9" * 50])
def test_what_goes_on_wants_a_day_to_come(july: Zone, until: str) -> None:
    with clock.at(AUGUST_3):
        given = fields(july, **{"outcome-2": "continued", "until-2": until})
        answer = july.client("huzhuang1").post(f"{report(july).get_absolute_url()}submit/", given)
    assert answer.status_code == 422
    assert "“修缮活动室”继续办理，请写明新的完成日期" in answer.content.decode()
    assert report(july).outcomes[0]["outcome"] == "continued", "nothing chosen is lost"


def test_things_that_nobody_planned_are_not_kept(july: Zone) -> None:
    with clock.at(AUGUST_3):
        given = fields(july, **{"planned-9": "没有打算过", "outcome-9": "done", "outcome-1": "x"})
        july.client("huzhuang1").post(f"{report(july).get_absolute_url()}save/", given)
    assert report(july).outcomes == []


def test_nothing_is_offered_that_the_check_refuses(july: Zone) -> None:
    with clock.at(AUGUST_3):
        found = report(july)
        before = values_of(previous_report(found))
        offers = suggestions(found, {}, before)
        texts = [offer.text for offer in offers]
        assert not any("渗水" in text or "走访困难党员" in text for text in texts)
        assert not any(offer.item_key == "problems" for offer in offers)
        for offer in offers:
            values = values_of(found) | {
                offer.item_key: {"entries": [offer.text]}
                if offer.item_key == "highlights"
                else {"text": offer.text}
            }
            copied = [
                one
                for one in findings(found, values, neighbours(found))
                if "一字不差" in one.message
            ]
            assert copied == []
        general = Report.objects.get(organization=july.general, period="2026-06")
        below = suggestions(general, {}, {})
        assert not any("7月20日" in offer.text for offer in below), "that day is over"


def test_copy_of_the_month_before_is_still_asked_about(july: Zone) -> None:
    with clock.at(AUGUST_3), pytest.raises(NotReady):
        reports.submit(
            report=report(july),
            revision=1,
            typed={
                "problems": "活动室屋顶渗水，牵头人王某，7月20日前完成",
                "next_plan": "八一慰问",
            },
            explanations={},
            by=july.actor("huzhuang1"),
        )
