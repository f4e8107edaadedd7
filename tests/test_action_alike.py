"""What comes up again: by category, cause and place; likeness of text only suggests."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schedules.action_items.actions import gathering, handling, issuing
from schedules.action_items.models import ActionItem
from schedules.action_items.queries import alike
from schedules.action_items.rules import likeness

from .test_action_items import day, give, receive, report, verify
from .world import Zone

ALIKE: dict[str, Any] = {"category": "life", "cause": "duty", "due_on": None}


def neighbours(zone: Zone, title: str = "补齐桃园支部党课记录") -> ActionItem:
    item = issuing.draft(
        issuer=zone.neighbour_street,
        owners=[zone.neighbour_branch],
        given=issuing.Given(title=title, category="life", cause="duty"),
        by=zone.actor("jinshanqiao"),
    )
    return issuing.issue(item=item, by=zone.actor("jinshanqiao"))


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [
        ("补齐三季度党课记录", "补齐二季度党课记录", 80, 100),
        ("补齐支部党课记录", "党课记录不齐，请补", 60, 80),
        ("按期换届", "发展党员材料不齐", 0, 20),
        ("2026 年 1 月", "2026 年 1 月", 100, 100),
        ("123", "456", 0, 0),
        ("", "党课", 0, 0),
    ],
)
def test_likeness(one: str, other: str, low: int, high: int) -> None:
    assert low <= likeness(one, other) <= high


def test_groups_count_organisations_repeats_and_nothing_too_old(zone: Zone) -> None:
    with day(-1000):
        give(zone, **ALIKE)  # more than 24 months ago
    with day(-20):
        first = give(zone, **ALIKE)
        receive(zone, first)
        report(zone, first)
        verify(zone, first)
    with day(0):
        give(zone, **ALIKE)
        give(zone, [zone.branch2, zone.general], **ALIKE)  # for many: by its parts
        give(zone, category="term", cause="people")
        cancelled = give(zone, **ALIKE)
        issuing.cancel(
            item=cancelled, reason="重了", revision=cancelled.revision, by=zone.actor("dahuangshan")
        )
        neighbours(zone)
        (one, other) = alike.groups(zone.actor("dahuangshan"))
        assert (one.category, one.cause) == ("life", "duty")
        assert (one.items, one.organizations, one.repeats, one.under_way) == (4, 3, 1, 3)
        assert (other.category, other.items) == ("term", 1)
        assert alike.groups(zone.actor("zone"))[0].organizations == 4
        (own,) = (g for g in alike.groups(zone.actor("huzhuang1")) if g.category == "life")
        assert own.organizations == 1
        places = alike.in_places(zone.actor("zone"), "life", "duty")
        assert [(one.place, one.items, one.repeats) for one in places] == [
            (zone.street, 4, 1),
            (zone.neighbour_street, 1, 0),
        ]


def test_earlier_items_like_one(zone: Zone) -> None:
    with day(0):
        same = give(zone, title="支部活动室屋顶漏水", category="premises", cause="means")
        words = give(zone, [zone.branch2], title="补齐二季度党课记录", category="other")
        give(zone, title="按期换届", category="term")
        neighbours(zone, "补齐三季度的党课记录")
        item = give(zone, title="补齐三季度党课记录", category="premises", cause="duty")
        found = alike.before(zone.actor("dahuangshan"), item)
        assert [one.item.pk for one in found] == [same.pk, words.pk]
        assert (found[0].is_same_owner, found[0].is_same_category) == (True, True)
        assert not found[0].is_same_cause
        assert (found[1].is_same_category, found[1].score >= 60) == (False, True)
        # The zone sees the neighbour's as well; the branch only its own.
        assert len(alike.before(zone.actor("zone"), item)) == 3
        assert [one.item.pk for one in alike.before(zone.actor("huzhuang1"), item)] == [same.pk]
        text = render_to_string("action_items/parts/alike.html", {"alike": found, "item": item})
        assert "本单位 · 同类别" in text
        assert f"文字相近 {found[1].score}" in text
        assert (
            render_to_string("action_items/parts/alike.html", {"alike": [], "item": item}).strip()
            == ""
        )


def test_many_are_made_one_after_a_preview(zone: Zone) -> None:
    with day(0):
        items = [
            give(zone, [owner], **ALIKE) for owner in (zone.branch, zone.branch2, zone.general)
        ]
        foreign = neighbours(zone)
        client = zone.client("dahuangshan")
        args = ["life", "duty"]
        page = client.get(reverse("action_items:alike-list")).content.decode()
        assert reverse("action_items:alike-detail", args=args) in page
        page = client.get(reverse("action_items:alike-detail", args=args)).content.decode()
        assert page.count('name="items"') == 3
        assert "桃园" not in page
        like = client.get(f"{reverse('action_items:alike-detail', args=args)}?like={items[0].pk}")
        assert like.content.decode().count("checked") == 2
        missing = f"{reverse('action_items:alike-detail', args=args)}?like={foreign.pk}"
        assert client.get(missing).status_code == 404
        url = reverse("action_items:alike-gather", args=args)
        chosen = {"items": [item.pk for item in [*items[:2], foreign]]}
        preview = client.get(url, chosen).content.decode()
        assert "勾选的有 1 件已不在办理中" in preview
        assert items[2].number not in preview
        typed = {"items": [str(item.pk) for item in items[:2]], "priority": "normal"}
        asked = client.post(url, {**typed, "title": "集中补齐党课记录"})
        assert "把 2 件并成一件" in asked.content.decode()
        assert "各件保留原文号" in asked.content.decode()
        assert ActionItem.objects.count() == 4
        done = client.post(url, {**typed, "title": "集中补齐党课记录", "agreed": "yes"})
        assert done.status_code == 302, done.content.decode()
        whole = ActionItem.objects.get(title="集中补齐党课记录")
        assert (whole.issuer, whole.category, whole.cause) == (zone.street, "life", "duty")
        assert set(whole.children.values_list("pk", flat=True)) == {one.pk for one in items[:2]}
        again = client.post(url, {**typed, "title": "再并一次", "agreed": "yes"})
        assert again.status_code == 422
        assert ActionItem.objects.count() == 5
        only = zone.client("huzhuang1").get(reverse("action_items:alike-detail", args=args))
        assert 'name="items"' not in only.content.decode()
        assert zone.client("huzhuang1").get(url).status_code == 404


def test_costs_the_same_for_many(zone: Zone) -> None:
    costs, pages = [], []
    for owners in ([zone.branch], [zone.branch, zone.branch2, zone.general]):
        with day(0):
            for owner in owners:
                item = give(zone, [owner], **ALIKE)
            with CaptureQueriesContext(connection) as queries:
                alike.before(zone.actor("zone"), give_nothing(item))
            costs.append(len(queries))
            client = zone.client("zone")
            address = reverse("action_items:alike-detail", args=["life", "duty"])
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
                client.get(reverse("action_items:alike-list"))
                client.get(
                    reverse("action_items:alike-gather", args=["life", "duty"]),
                    {"items": list(ActionItem.objects.values_list("pk", flat=True)[:1])},
                )
            pages.append(len(queries))
    assert costs[0] <= costs[1] <= costs[0] + 1, costs  # where nothing is alike nothing is fetched
    assert pages[0] == pages[1], pages


def give_nothing(item: ActionItem) -> ActionItem:
    return ActionItem.objects.select_related("owner").get(pk=item.pk)


def test_gathered_goes_on_by_its_owner(zone: Zone) -> None:
    with day(0):
        items = [give(zone, [owner], **ALIKE) for owner in (zone.branch, zone.branch2)]
        gathering.gather(
            items=items,
            issuer=zone.street,
            given=issuing.Given(title="集中补齐党课记录", due_on=dt.date(2026, 8, 1)),
            by=zone.actor("dahuangshan"),
        )
        item = ActionItem.objects.get(pk=items[0].pk)
        assert handling.receive(item=item, by=zone.actor("huzhuang1")).state == "doing"
