"""The form of a record: its roll, groups, leave, what is held together, guests."""

import datetime as dt
from collections.abc import Iterator

import pytest

from core import clock
from core.errors import NotAllowed
from orgs.models import RoleGrant
from schedules.life.actions import meetings
from schedules.life.models import Meeting

from .test_life_pages import create, typed, url, words, write
from .world import START, Zone

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def in_july(request: pytest.FixtureRequest) -> Iterator[None]:
    with clock.at(NOW):
        yield


def test_without_a_roll_the_page_says_what_to_do(zone: Zone) -> None:
    client = zone.client("huzhuang1")
    page = words(client.get(create()))
    assert "名册上没有党员，不能点名。请先导入名册或登记党员" in page
    assert 'name="topic"' not in page
    refused = client.post(create(), typed(topic="已经写好的主题"))
    assert refused.status_code == 422
    assert 'value="已经写好的主题"' in words(refused)
    assert not Meeting.objects.exists()
    assert client.post(create("volunteering"), typed()).status_code == 302


def test_the_level_above_sends_back_and_writes_only_where_nobody_can(zone: Zone) -> None:
    record, client = write(zone), zone.client("huzhuang")
    body = {"uid": str(record.uid), "version": "1", "topic": "上级改的"}
    assert client.get(url("edit", record)).status_code == 404
    assert client.post(url("edit", record), body).status_code == 404
    assert client.post(url("withdraw", record), {"reason": "上级撤的"}).status_code == 404
    assert url("edit", record) not in words(client.get(url("detail", record)))
    with pytest.raises(NotAllowed, match="请退回并写明"):
        meetings.withdraw(meeting=record, reason="上级撤的", by=zone.actor("huzhuang"))
    assert Meeting.objects.get().version == 1
    # Who has written it for the branch mends it himself, and does not look at it.
    own = write(zone, who="huzhuang", topic="代为补登")
    assert client.get(url("edit", own)).status_code == 200
    assert client.post(url("thank", own)).status_code == 403
    # Nobody there can sign in any more.
    RoleGrant.objects.filter(organization=zone.branch).update(valid_to=START)
    assert client.get(url("edit", record)).status_code == 200
