"""The register of what is asked for: numbers and expiry, minutes from histories, the year, the rules."""

import html
from typing import Any

import pytest

from core import clock
from core.actor import system
from schedules.rounds.actions import measuring
from tests.test_reports import JULY_6, open_june
from tests.world import Zone


@pytest.fixture
def june(zone: Zone) -> Zone:
    open_june(zone)
    return zone


def text_of(response: Any) -> str:
    return html.unescape(response.content.decode())


def test_page_opens(june: Zone) -> None:
    with clock.at(JULY_6):
        measuring.estimate_minutes(by=system())
        measuring.count_months(by=system())
        measuring.look_behind(by=system())
        for who in ("zone", "huzhuang1", "huzhuang", "reviewer", "sysadmin", "auditor"):
            for page in ("/burden/", "/burden/rules/", "/burden/export/"):
                answer = june.client(who).get(page)
                assert answer.status_code == 200, (who, page)
