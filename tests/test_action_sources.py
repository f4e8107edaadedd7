"""Reports that came back as a source of items: by who checks them, once, seen by who may."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import clock
from core.errors import DomainError, NotAllowed
from schedules.action_items import sources
from schedules.action_items.actions import handing, issuing
from schedules.action_items.models import ActionItem
from schedules.rounds.models import Report

from .access_objects import NOW, own, returned_report
from .world import Zone


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with clock.at(NOW):
        yield


def page(client: Client, report: Report) -> str:
    return client.get(report.get_absolute_url()).content.decode()


def test_report_that_came_back_becomes_an_item_with_its_reasons(zone_in_june: Zone) -> None:
    zone = zone_in_june
    report = Report.objects.get(organization=zone.branch)
    client = zone.client("dahuangshan")
    url = reverse("action_items:item-from-report", args=[report.pk])
    assert "转督办" not in page(client, report)
    assert client.get(url).status_code == 404, "nothing came back"
    returned_report(own(zone))
    assert f'href="{url}"' in page(client, report)
    for username in ("huzhuang1", "officer", "committee", "reviewer"):
        assert "转督办" not in page(zone.client(username), report), username
    form = client.get(url).content.decode()
    assert "补齐2026年6月" in form
    assert "请写明时间地点" in form
    typed = {
        "title": "补齐六月月报", "demand": "写明时间地点", "priority": "normal", "cause": "unknown",
        "category": "reporting",
    }  # fmt: skip
    assert client.post(url, typed).status_code == 302
    item = ActionItem.objects.get()
    assert (item.owner, item.issuer, item.state) == (zone.branch, zone.street, "draft")
    assert item.source_label.startswith("湖庄村第一支部 2026年6月")
    assert f"督办{item.number}" in page(client, report)
    assert client.post(url, typed).status_code == 409
    # The neighbour sees nothing of it, the branch reads its own report.
    known = sources.registered()["report"].addresses
    assert known(zone.actor("huzhuang1"), [report.pk]) == {report.pk: report.get_absolute_url()}
    assert known(zone.actor("jinshanqiao"), [report.pk]) == {}
    assert known(zone.actor("taoyuan1"), [report.pk]) == {}


def test_action_asks_for_itself(zone_in_june: Zone) -> None:
    zone = zone_in_june
    report = Report.objects.get(organization=zone.branch)
    handed = handing.Handed(zone.street, (zone.branch,), issuing.Given("补齐六月月报"))
    with pytest.raises(DomainError, match="没有退回过"):
        handing.from_report(report=report, handed=handed, by=zone.actor("dahuangshan"))
    returned_report(own(zone))
    for username in ("huzhuang1", "jinshanqiao", "committee"):
        with pytest.raises(NotAllowed):
            handing.from_report(report=report, handed=handed, by=zone.actor(username))
    assert not ActionItem.objects.exists()
