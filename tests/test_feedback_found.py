"""意见建议 over the API and in the search: exactly what the pages show to the same person."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import searching
from core.actor import Actor
from orgs.access import actor_of
from schedules.action_items.actions import feedback as feedbacks
from schedules.action_items.actions import issuing
from schedules.action_items.actions.handing import Handed
from schedules.action_items.models import Feedback

from .test_action_items import day
from .test_api_resources import caller, secret_of
from .test_feedback import write
from .world import Zone, make_user

SECRET = "张书记要求补签名"  # words that must not be found by others


@pytest.fixture
def written(zone: Zone) -> dict[str, Feedback]:
    """What the branch, its neighbour, the zone itself and an administrator wrote; the branch's
    first one is answered, its second became an item, its third was taken back."""
    admin = make_user("sys", admin_kind="system")
    zone.users["sys"] = admin
    with day(0):
        rows = {
            "answered": write(zone, text="台账表格太多，能不能合并"),
            "handed": write(zone, text=f"{SECRET}，能不能不补"),
            "withdrawn": write(zone, text="这一条台账写错了"),
            "neighbour": write(zone, "taoyuan1", "邻支部的台账也太多"),
            "zone": write(zone, "zone", "党工委自己的台账一条"),
            "admin": feedbacks.write(
                kind="system", text="备份页面打不开台账", by=actor_of(admin, None)
            ),
        }
        feedbacks.answer(
            feedback=rows["answered"], text="七月起并成一张总表", by=zone.actor("zone")
        )
        feedbacks.withdraw(feedback=rows["withdrawn"], by=zone.actor("huzhuang1"))
        feedbacks.make_item(
            feedback=rows["handed"],
            handed=Handed(zone.root, (zone.street,), issuing.Given(title="补签名的做法要停")),
            by=zone.actor("zone"),
        )
    return rows


SEEN = {
    "huzhuang1": {"answered", "handed", "withdrawn"},
    "taoyuan1": {"neighbour"},
    "zone": {"answered", "handed", "withdrawn", "neighbour", "zone", "admin"},
    "officer": set(),
    "huzhuang": set(),
    "dahuangshan": set(),
    "committee": set(),
    "reviewer": set(),
    "jinshanqiao": set(),
}


def names(rows: dict[str, Feedback], ids: set[int]) -> set[str]:
    return {name for name, row in rows.items() if row.pk in ids}


def test_api_shows_each_what_the_pages_show_him(zone: Zone, written: dict[str, Feedback]) -> None:
    with day(0):
        for username, seen in SEEN.items():
            program = caller(secret_of(zone, username))
            listed = program.get(reverse("api:feedback-list")).json()
            assert listed["count"] == len(seen), username
            assert names(written, {row["id"] for row in listed["results"]}) == seen, username
            client = zone.client(username)
            for name, row in written.items():
                wanted = 200 if name in seen else 404
                found = program.get(reverse("api:feedback-detail", args=[row.pk]))
                page = client.get(row.get_absolute_url())
                assert found.status_code == page.status_code == wanted, (username, name)
                if wanted == 404:
                    assert row.text not in found.content.decode()
        assert caller("").get(reverse("api:feedback-list")).status_code == 401


def test_lists_of_the_api_are_those_of_the_page(zone: Zone, written: dict[str, Feedback]) -> None:
    with day(16):
        program, client = caller(secret_of(zone, "zone")), zone.client("zone")
        for show, seen in {
            "waiting": {"handed", "neighbour", "admin"},
            "answered": {"answered"},
            "mine": {"zone"},
        }.items():
            listed = program.get(reverse("api:feedback-list"), {"show": show}).json()["results"]
            page = client.get(reverse("action_items:feedback-list"), {"show": show})
            assert [row["id"] for row in listed] == [row.pk for row in page.context["page"]], show
            assert names(written, {row["id"] for row in listed}) == seen
        late = program.get(reverse("api:feedback-list"), {"show": "waiting"}).json()["results"]
        assert all(row["is_overdue"] for row in late)
        other = caller(secret_of(zone, "taoyuan1"))
        for show in ("waiting", "answered"):
            rows = other.get(reverse("api:feedback-list"), {"show": show}).json()["results"]
            assert rows == [], "only who answers has any waiting for him"
        assert program.get(reverse("api:feedback-list"), {"show": "all"}).status_code == 400
        assert program.get(reverse("api:feedback-list"), {"text": "x"}).status_code == 400


def test_words_are_looked_for_in_what_one_sees_alone(
    zone: Zone, written: dict[str, Feedback]
) -> None:
    with day(0):
        for username, query, seen in (
            ("huzhuang1", "台账", {"answered", "withdrawn"}),
            ("huzhuang1", "总表", {"answered"}),  # words of the answer
            ("taoyuan1", "台账", {"neighbour"}),
            ("taoyuan1", SECRET, set()),
            ("dahuangshan", SECRET, set()),
            ("zone", SECRET, {"handed"}),
        ):
            program = caller(secret_of(zone, username))
            rows = program.get(reverse("api:feedback-list"), {"q": query}).json()["results"]
            assert names(written, {row["id"] for row in rows}) == seen, (username, query)


def test_one_says_all_that_was_answered_and_made_of_it(
    zone: Zone, written: dict[str, Feedback]
) -> None:
    with day(0):
        branch, top = (caller(secret_of(zone, name)) for name in ("huzhuang1", "zone"))
        answered = branch.get(reverse("api:feedback-detail", args=[written["answered"].pk])).json()
        assert answered["answer"] == "七月起并成一张总表"
        assert (answered["organization"], answered["items"]) == (zone.branch.pk, [])
        handed = reverse("api:feedback-detail", args=[written["handed"].pk])
        (item,) = top.get(handed).json()["items"]
        assert (item["title"], item["state"]) == ("补签名的做法要停", "issued")
        assert branch.get(handed).json()["items"] == [], "the item is not the branch's to see"
        admin = top.get(reverse("api:feedback-detail", args=[written["admin"].pk])).json()
        assert (admin["organization"], admin["organization_name"]) == (None, None)


def found(actor: Actor, query: str) -> list[str]:
    return [
        hit.url
        for hits in searching.find(actor, query)
        if hits.label == "意见建议"
        for hit in hits.items
    ]


def test_search_finds_what_one_may_read(zone: Zone, written: dict[str, Feedback]) -> None:
    for username, seen in SEEN.items():
        urls = set(found(zone.actor(username), "台账"))
        wanted = {written[name].get_absolute_url() for name in seen - {"handed"}}
        assert urls == wanted, username
    assert found(zone.actor("zone"), SECRET) == [written["handed"].get_absolute_url()]
    for username in ("officer", "dahuangshan", "taoyuan1", "committee"):
        assert found(zone.actor(username), SECRET) == [], username
        page = zone.client(username).get("/search/", {"q": SECRET}).content.decode()
        assert "能不能不补" not in page, username
    assert found(zone.actor("zone"), "账") == [], "of one sign too much would be found"
    assert found(actor_of(zone.users["sys"], None), "台账") == [written["admin"].get_absolute_url()]
    page = zone.client("huzhuang1").get("/search/", {"q": "总表"}).content.decode()
    assert written["answered"].get_absolute_url() in page


@pytest.mark.parametrize("count", [1, 3])
def test_api_and_search_cost_the_same(zone: Zone, count: int) -> None:
    with day(0):
        rows = [write(zone, text=f"第{number}条台账") for number in range(count)]
        program: Any = caller(secret_of(zone, "zone"))
        program.get(reverse("api:feedback-list"))
        costs = []
        for address in (
            reverse("api:feedback-list"),
            reverse("api:feedback-list") + "?show=waiting&q=台账",
            reverse("api:feedback-detail", args=[rows[0].pk]),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert program.get(address).status_code == 200
            costs.append(len(queries))
        actor = zone.actor("zone")
        with CaptureQueriesContext(connection) as queries:
            assert len(found(actor, "台账")) == count
        own = [one for one in queries if "action_items_feedback" in one["sql"]]
    assert len(own) == 1
    assert costs == [6, 6, 6]
