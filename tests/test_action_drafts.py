"""A draft's owners chosen anew on its own page: as for a new item, one or many, nothing lost."""

import datetime as dt
import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.models import AuditEntry
from orgs.models import Organization
from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem

from .test_action_item_pages import CHOSEN, text_of
from .test_action_items import day
from .world import Zone, make_organization


def draft(zone: Zone, owners: list[Organization], **more: Any) -> ActionItem:
    return issuing.draft(
        issuer=zone.street,
        owners=owners,
        given=issuing.Given(
            **{"title": "补齐支部党课记录", "due_on": dt.date(2026, 7, 10), **more}
        ),
        by=zone.actor("dahuangshan"),
    )


def edit(item: ActionItem) -> str:
    return reverse("action_items:item-edit", args=[item.pk])


def typed(item: ActionItem, **more: Any) -> dict[str, Any]:
    return {
        **CHOSEN,
        "title": "补齐支部党课记录",
        "due_on": "2026-07-10",
        "revision": item.revision,
        "named": "",
        **more,
    }


def ticked(page: str) -> list[tuple[str, int]]:
    return [
        (name, int(pk))
        for name, pk in re.findall(
            r'<input type="checkbox" name="(owners|under)" value="(\d+)" checked>', page
        )
    ]


def test_page_shows_whom_the_draft_is_for(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        one, many = draft(zone, [zone.general]), draft(zone, [zone.general, zone.branch])
        own = draft(zone, [zone.street])
        page = text_of(client.get(edit(one)))
        assert ticked(page) == [("owners", zone.general.pk)]
        assert "责任单位也可以重选" in page
        assert ticked(text_of(client.get(edit(many)))) == [
            ("owners", zone.general.pk),
            ("under", zone.branch.pk),
        ]
        page = text_of(client.get(edit(own)))
        assert ticked(page) == []
        assert re.search(rf'name="named"[^>]*>\s*{zone.street.name}<', page), "itself, by name"
        assert text_of(client.get(one.get_absolute_url())).count(edit(one)) == 1


def test_one_becomes_many_and_many_one(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        item = draft(zone, [zone.branch])
        answer = client.post(
            edit(item), typed(item, owners=[zone.general.pk], named=zone.branch2.name)
        )
        assert answer.status_code == 302
        item.refresh_from_db()
        assert (item.shape, item.owner, item.number) == ("shared", zone.street, "〔2026〕1号")
        parts = list(item.children.order_by("part"))
        assert [(part.owner, part.part, part.state) for part in parts] == [
            (zone.general, 1, "draft"),
            (zone.branch2, 2, "draft"),
        ]
        assert {(part.title, part.due_on) for part in parts} == {
            ("补齐支部党课记录", dt.date(2026, 7, 10))
        }
        entry = AuditEntry.objects.filter(verb="action_items.item.edit").latest("pk")
        assert entry.changes["owner"] == [str(zone.branch), f"{zone.general}、{zone.branch2}"]
        client.post(edit(item), typed(item, under=[zone.branch2.pk], responsible_name="某某"))
        item.refresh_from_db()
        assert (item.shape, item.owner, item.children.count()) == ("single", zone.branch2, 0)
        item = issuing.issue(item=item, by=zone.actor("dahuangshan"), revision=item.revision)
        assert item.standings.get().owner == zone.branch2


def test_saved_with_the_same_owners_nothing_is_made_anew(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        item = draft(zone, [zone.general, zone.branch])
        before = set(item.children.values_list("pk", flat=True))
        values = typed(item, title="补齐党课记录（改）")
        values |= {"owners": [zone.general.pk], "under": [zone.branch.pk]}
        client.post(edit(item), values)
        item.refresh_from_db()
        assert item.title == "补齐党课记录（改）"
        assert set(item.children.values_list("pk", flat=True)) == before
        entry = AuditEntry.objects.filter(verb="action_items.item.edit").latest("pk")
        assert "owner" not in entry.changes
        # A program that says nothing of owners changes none.
        values = {name: value for name, value in typed(item).items() if name != "named"}
        client.post(edit(item), {**values, "title": "再改一次标题"})
        item.refresh_from_db()
        assert item.title == "再改一次标题"
        assert set(item.children.values_list("pk", flat=True)) == before


def test_what_is_wrong_is_said_and_all_that_was_typed_stays(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        item = draft(zone, [zone.branch], lines=[issuing.LineGiven("台账缺九个月")])
        for changes, words in (
            ({"named": ""}, "请勾选责任单位"),
            ({"named": "没有这个支部", "owners": [zone.general.pk]}, "没有找到“没有这个支部”"),
            ({"named": zone.neighbour_branch.name}, "没有找到"),
            ({"owners": [zone.neighbour_street.pk]}, "选择"),
            ({"owners": [zone.general.pk], "under": [zone.branch.pk]}, "清单一次只交给一个单位"),
            ({"owners": [zone.general.pk], "title": "短"}, "至少 4 个字"),
        ):
            answer = client.post(edit(item), typed(item, demand="要有签到表", **changes))
            page = text_of(answer)
            assert answer.status_code == 422, words
            assert words in page
            assert "要有签到表" in page
            if "owners" in changes and changes["owners"] == [zone.general.pk]:
                assert ("owners", zone.general.pk) in ticked(page)
            item.refresh_from_db()
            assert (item.owner, item.revision, item.demand) == (zone.branch, 1, "")


def test_second_tab_is_told_and_decides(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        item = draft(zone, [zone.branch])
        first, second = (
            typed(item, owners=[zone.general.pk]),
            typed(item, under=[zone.branch2.pk], demand="第二个页面写的"),
        )
        assert client.post(edit(item), first).status_code == 302
        answer = client.post(edit(item), second)
        page = text_of(answer)
        assert answer.status_code == 409
        assert "另一人刚刚改过这项督办" in page
        assert ("under", zone.branch2.pk) in ticked(page), "as it was ticked"
        assert "第二个页面写的" in page
        assert re.search(rf"责任单位</h3>.*{zone.general}.*{zone.branch2}", page, re.DOTALL)
        item.refresh_from_db()
        assert item.owner == zone.general, "the first one stands"
        client.post(edit(item), {**second, "revision": item.revision})
        item.refresh_from_db()
        assert item.owner == zone.branch2


def test_what_was_given_out_keeps_its_owner(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        item = draft(zone, [zone.branch])
        seen = typed(item, owners=[zone.general.pk])
        issuing.issue(item=item, by=zone.actor("dahuangshan"), revision=item.revision)
        answer = client.post(edit(item), seen)
        assert answer.status_code == 409
        item.refresh_from_db()
        assert (item.owner, item.state) == (zone.branch, "issued")
        for username in ("huzhuang1", "jinshanqiao", "officer"):
            assert zone.client(username).get(edit(item)).status_code == 404, username


def test_owner_that_is_gone_is_said_and_another_chosen(zone: Zone) -> None:
    with day(0):
        client = zone.client("dahuangshan")
        item = draft(zone, [zone.branch])
        Organization.objects.filter(pk=zone.branch.pk).update(abolished_on=clock.today())
        page = text_of(client.get(edit(item)))
        assert "已撤销或划出" in page
        assert ticked(page) == []
        client.post(edit(item), typed(item, owners=[zone.general.pk]))
        item.refresh_from_db()
        assert item.owner == zone.general


@pytest.mark.parametrize("count", [1, 3])
def test_page_costs_the_same_for_many(zone: Zone, count: int) -> None:
    with day(0):
        places = [
            make_organization(f"第{number}支部", parent=zone.general) for number in range(count)
        ]
        item = draft(zone, [zone.general, *places])
        client = zone.client("dahuangshan")
        client.get(edit(item))
        with CaptureQueriesContext(connection) as queries:
            client.get(edit(item))
        assert len(queries) == 12
