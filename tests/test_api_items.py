"""Action items over the API: the whole loop, who may, revisions, keys, and what lists cost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from schedules.action_items.actions import issuing
from schedules.action_items.models import ActionItem

from .test_action_items import day, give, receive
from .test_api_resources import caller, secret_of
from .world import Zone


def post(client: Client, name: str, body: dict[str, Any], *args: int, **headers: str) -> Any:
    return client.post(
        reverse(f"api:{name}", args=args), body, content_type="application/json", headers=headers
    )


def programs(zone: Zone) -> tuple[Client, Client]:
    """The street's program and the branch's."""
    return caller(secret_of(zone, "dahuangshan")), caller(secret_of(zone, "huzhuang1"))


def test_loop_from_giving_out_to_closing(zone: Zone) -> None:
    with day(0):
        street, branch = programs(zone)
        made = post(
            street,
            "item-list",
            {
                "owners": [zone.branch.pk],
                "title": "整改党务台账",
                "due_on": "2026-07-10",
                "lines": [{"problem": "台账缺九个月", "responsible_name": "董海勤"}],
            },
        )
        assert made.status_code == 201, made.content
        item = made.json()
        assert (item["number"], item["shape"], item["state"]) == ("〔2026〕1号", "list", "issued")
        assert made["ETag"] == f'"{item["revision"]}"'
        pk, line = item["id"], item["lines"][0]["id"]
        taken = post(branch, "item-receive", {"responsible_name": "董海勤"}, pk).json()
        assert (taken["state"], taken["responsible"]) == ("doing", "董海勤")
        early = post(
            branch,
            "item-report",
            {"result": "都补齐了"},
            pk,
            **{"If-Match": f'"{taken["revision"]}"'},
        )
        assert early.status_code == 400
        assert "清单还有 1 条" in early.json()["detail"]
        assert post(branch, "line-report", {"evidence": "台账九页"}, pk, line).status_code == 200
        assert post(branch, "line-verify", {}, pk, line).status_code == 404, "no right to check"
        done = post(street, "line-verify", {}, pk, line).json()
        assert done["lines"][0]["state"] == "done"
        etag = f'"{done["revision"]}"'
        assert post(branch, "item-report", {"result": "都补齐了"}, pk).status_code == 428
    with day(7):
        told = post(branch, "item-report", {"result": "都补齐了"}, pk, **{"If-Match": etag})
        assert (told.json()["state"], told.json()["late_days"]) == ("reported", 1)
        stale = post(street, "item-verify", {"note": "看过"}, pk, **{"If-Match": etag})
        assert stale.status_code == 412
        closed = post(street, "item-verify", {"note": "看过"}, pk, **{"If-Match": told["ETag"]})
    assert closed.json()["state"] == "closed"
    assert closed.json()["late_days"] == 1, "what was late stays"
    assert [step["kind"] for step in closed.json()["steps"]] == [
        *("issued", "received", "line", "line", "reported", "closed"),
    ]


def test_same_key_gives_out_once(zone: Zone) -> None:
    body = {"owners": [zone.branch.pk, zone.general.pk], "title": "核对流动党员名册"}
    with day(0):
        street, branch = programs(zone)
        answers = [post(street, "item-list", body, **{"Idempotency-Key": "a"}) for _ in range(2)]
        assert [one.status_code for one in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert ActionItem.objects.counted().count() == 2
        whole = answers[0].json()
        assert [part["number"] for part in whole["parts"]] == ["〔2026〕1号之1", "〔2026〕1号之2"]
        detail = reverse("api:item-detail", args=[whole["id"]])
        assert branch.get(detail).status_code == 404, "the whole is the street's"
        listed = branch.get(reverse("api:item-list")).json()["results"]
        assert [row["whole"] for row in listed] == [whole["id"]]


def test_refused_with_the_reason(zone: Zone) -> None:
    with day(0):
        street, branch = programs(zone)
        given = {"owners": [zone.branch.pk], "title": "补齐党课记录"}
        assert post(branch, "item-list", given).status_code == 404, "gives nothing out"
        for body, field in [
            ({**given, "owners": [zone.neighbour_branch.pk]}, "owners"),
            ({**given, "owners": []}, "owners"),
            ({**given, "due_on": "2026-07-01"}, "due_on"),
            ({**given, "due_on": "9999-12-31"}, "due_on"),
            ({**given, "lines": [{"problem": "迟报", "figure_key": "no"}]}, "lines[0].figure_key"),
            (
                {**given, "lines": [{"problem": "迟报", "figure_key": "reports_sent"}]},
                "lines[0].goal",
            ),
            ({**given, "number": 7}, "number"),
        ]:
            answer = post(street, "item-list", body)
            assert answer.status_code in (400, 422), body
            assert [one["field"] for one in answer.json()["errors"]] == [field], answer.content
        item = give(zone)
        other = give(zone, lines=[issuing.LineGiven("台账缺九个月")])
        line = other.lines.get().pk
        answer = post(branch, "line-report", {"evidence": "台账九页"}, item.pk, line)
        assert answer.status_code == 404, "a line of another item"
        stranger = caller(secret_of(zone, "jinshanqiao"))
        assert post(stranger, "item-comment", {"text": "看看"}, item.pk).status_code == 404
        receive(zone, item)
        again = post(branch, "item-receive", {}, item.pk)
        assert (again.status_code, "办理中" in again.json()["detail"]) == (409, True)


def test_overdue_is_what_the_board_calls_so(zone: Zone) -> None:
    with day(0):
        street, _ = programs(zone)
        late, quick, endless = give(zone), give(zone), give(zone, due_on=None)
        for item in (late, quick, endless):
            receive(zone, item)
        issuing.issue(
            item=issuing.draft(
                issuer=zone.street,
                owners=[zone.branch],
                given=issuing.Given(title="还没有签收的事"),
                by=zone.actor("dahuangshan"),
            ),
            by=zone.actor("dahuangshan"),
        )
        revision = ActionItem.objects.get(pk=quick.pk).revision
        branch = caller(secret_of(zone, "huzhuang1"))
        post(
            branch, "item-report", {"result": "都已办好"}, quick.pk, **{"If-Match": f'"{revision}"'}
        )
    with day(5):  # a Saturday: nothing that was due on the Friday is overdue
        rows = street.get(reverse("api:item-list"), {"state": "overdue"}).json()["results"]
        assert [row["title"] for row in rows] == ["还没有签收的事"]
        assert rows[0]["is_receipt_overdue"]
    with day(7):
        rows = street.get(reverse("api:item-list"), {"state": "overdue"}).json()["results"]
        assert {row["id"] for row in rows if row["is_completion_overdue"]} == {late.pk}
        assert len(rows) == 2


@pytest.mark.parametrize("count", [1, 3])
def test_lists_and_items_cost_the_same(zone: Zone, count: int) -> None:
    with day(0):
        street, _ = programs(zone)
        lines = [issuing.LineGiven("台账缺九个月")] * count
        items = [give(zone, lines=lines) for _ in range(count)]
        street.get(reverse("api:item-list"))
        costs = []
        for address in (
            reverse("api:item-list"),
            reverse("api:item-list") + "?state=overdue&q=党课&order=number",
            reverse("api:item-detail", args=[items[0].pk]),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert street.get(address).status_code == 200
            costs.append(len(queries))
    assert costs == [6, 5, 10]
