"""Panels: who is named, what each gives alone, what it comes to, what becomes of it."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry, Effect, Notification
from core.worklist import Worklist
from orgs.actions import structure
from orgs.actions.history import Decision
from orgs.models import User
from showcase.panels import lifecycle, worklist
from showcase.panels.actions import panels, seats
from showcase.panels.models import Panel, PanelSeat
from showcase.panels.queries.people import candidates
from showcase.panels.queries.seats import judged_by, latest, own_seat, result, results, seats_of
from showcase.panels.rules import Criterion, Opinion, result_of

from .panel_world import CRITERIA, TRIAL, ended, give, opened
from .world import Zone, actor, grant, make_user

NOW = dt.datetime.fromisoformat("2026-07-06T10:00+08:00")
DUE = dt.date(2026, 7, 20)
NAMES = ("dahuangshan", "zone", "committee")


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def street_panel(zone: Zone, *names: str) -> Panel:
    people = [zone.users[name] for name in names or NAMES]
    return opened(zone.street, zone.branch, people, zone.actor("dahuangshan"), DUE)


def seat(panel: Panel, zone: Zone, name: str) -> PanelSeat:
    return PanelSeat.objects.get(panel=panel, user=zone.users[name])


def people(panel: Panel, zone: Zone, *names: str, revision: int = 1) -> Panel:
    return panels.change_people(
        panel=panel,
        revision=revision,
        people=[zone.users[name].pk for name in names],
        due_on=DUE,
        by=zone.actor("dahuangshan"),
    )


# --- arithmetic ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "mean", "parts"),
    [
        (["1", "1", "2"], "1.33", "1.33"),
        (["1", "2", "2"], "1.67", "1.67"),
        (["0.5", "0.6", "0.6", "0.8"], "0.63", "0.63"),  # 0.625
        (["0", "0", "0"], "0.00", "0.00"),
    ],
)
def test_means_are_rounded_half_up(given: list[str], mean: str, parts: str) -> None:
    criteria = [Criterion("one", "一", Decimal(2))]
    found = result_of(criteria, [Opinion(True, {"one": Decimal(one)}) for one in given])
    assert (str(found.mean), str(found.by_criterion["one"])) == (mean, parts)


def test_mean_of_totals_is_not_the_sum_of_rounded_parts() -> None:
    criteria = [Criterion("a", "甲", Decimal(1)), Criterion("b", "乙", Decimal(1))]
    rows = [Opinion(True, {"a": Decimal("0.1"), "b": Decimal("0.1")})]
    rows += [Opinion(False, {"a": Decimal(0), "b": Decimal(0)})] * 5
    found = result_of(criteria, rows)
    assert (found.given, found.agreed) == (6, 1)
    assert found.by_criterion == {"a": Decimal("0.02"), "b": Decimal("0.02")}
    assert found.mean == Decimal("0.03")


def test_yes_and_no_alone_have_no_mean() -> None:
    assert result_of([], [Opinion(True), Opinion(False)]).mean is None
    assert result_of(CRITERIA, []).mean is None


# --- who is named -------------------------------------------------------------------------------


def test_who_belongs_to_the_judged_is_neither_offered_nor_named(zone: Zone) -> None:
    grant(zone.users["reviewer"], "branch_officer", zone.branch)  # of the street, and of the branch
    offered = {one.name for one in candidates(zone.street, zone.branch)}
    assert offered == set(NAMES)
    with pytest.raises(DomainError, match="要回避") as found:
        street_panel(zone, *NAMES, "reviewer")
    assert found.value.field == "people"
    with pytest.raises(DomainError, match="不能参加"):
        street_panel(zone, *NAMES, "jinshanqiao")
    with pytest.raises(DomainError, match="请选 3 至"):
        street_panel(zone, "zone", "committee")


def test_who_arranges_for_another_street_is_refused(zone: Zone) -> None:
    wanted = [zone.users[name] for name in NAMES]
    with pytest.raises(NotAllowed):
        opened(zone.street, zone.branch, wanted, zone.actor("jinshanqiao"), DUE)
    with pytest.raises(NotAllowed):
        opened(zone.street, zone.branch, wanted, zone.actor("huzhuang1"), DUE)


def test_a_subject_has_one_open_panel(zone: Zone) -> None:
    panel, by = street_panel(zone), zone.actor("dahuangshan")
    wanted = [zone.users[name] for name in NAMES]
    with pytest.raises(Conflict, match="正在评审"):
        opened(zone.street, zone.branch, wanted, by, DUE, subject=panel.subject)
    panels.cancel(panel=panel, revision=1, reason="材料撤回了", by=by)
    again = opened(zone.street, zone.branch, wanted, by, DUE, subject=panel.subject)
    assert latest(TRIAL, [panel.subject]) == {panel.subject: again}


def test_people_change_and_who_keeps_out_stays_out(zone: Zone) -> None:
    zone.users["second"] = make_user("second", "committee_staff", zone.street)
    panel = street_panel(zone, *NAMES, "second")
    give(panel, zone.users["committee"])
    seats.declare_conflict(seat=seat(panel, zone, "zone"), reason="亲属", by=zone.actor("zone"))
    with pytest.raises(DomainError, match="zone已回避"):
        people(panel, zone, *NAMES)
    zone.users["third"] = make_user("third", "zone_staff", zone.root)
    people(panel, zone, "dahuangshan", "second", "third")
    states = dict(PanelSeat.objects.filter(panel=panel).values_list("name", "state"))
    assert states == {
        "dahuangshan": "sits",
        "zone": "out",
        "committee": "left",
        "second": "sits",
        "third": "sits",
    }
    assert not PanelSeat.objects.visible_to(zone.actor("committee"))
    people(panel, zone, "dahuangshan", "second", "committee", revision=2)
    assert own_seat(panel, zone.actor("committee")) is not None
    assert Notification.objects.filter(about=f"panel:{panel.pk}").count() == 5, "each told once"


# --- each alone ---------------------------------------------------------------------------------


def test_nothing_of_others_before_it_is_closed(zone: Zone) -> None:
    panel = street_panel(zone)
    for name in NAMES:
        give(panel, zone.users[name], effect="37", agrees=name != "zone")
    for name in NAMES:
        rows = seats_of(panel, zone.actor(name))
        assert [row.opens for row in rows] == [row.seat.name == name for row in rows]
    assert result(panel).given == 0
    for name in ("huzhuang1", "jinshanqiao", "taoyuan1", "reviewer"):
        assert not seats_of(panel, zone.actor(name)), name
        url = reverse("panels:seat-edit", args=[seat(panel, zone, "zone").uid])
        assert zone.client(name).get(url).status_code == 404
    # The page by which it is closed says who has given, and nothing of what.
    page = zone.client("dahuangshan").get(reverse("panels:panel-close", args=[panel.uid]))
    assert "已评" in page.content.decode()
    assert "有人看过现场" not in page.content.decode()
    trail = " ".join(map(str, AuditEntry.objects.values_list("changes", "note")))
    assert "37" not in trail
    assert "有人看过现场" not in trail


def test_opinion_is_given_again_and_counted_once(zone: Zone) -> None:
    panel = street_panel(zone)
    for name in NAMES:
        give(panel, zone.users[name])
    give(panel, zone.users["zone"], effect="10", spread="0.5", agrees=False)
    panel = panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan"))
    with CaptureQueriesContext(connection) as asked:
        found = results([panel])[panel.pk]
    assert len(asked) == 1
    assert (found.given, found.agreed, found.mean) == (3, 2, Decimal("56.83"))
    assert found.by_criterion == {"effect": Decimal("36.67"), "spread": Decimal("20.17")}
    assert ended[-1] == ("closed", panel.title)
    assert all(row.opens for row in seats_of(panel, zone.actor("committee")))
    with pytest.raises(Conflict, match="评审结束"):
        give(panel, zone.users["zone"])
    page = zone.client("zone").get(
        reverse("panels:seat-edit", args=[seat(panel, zone, "zone").uid])
    )
    assert "我的意见" in page.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scores": {"effect": Decimal(61), "spread": Decimal(1)}}, "评 0 至 60 分"),
        ({"scores": {"effect": Decimal("1.25"), "spread": Decimal(1)}}, "最多一位小数"),
        ({"scores": {"effect": Decimal("NaN"), "spread": Decimal(1)}}, "评 0 至 60 分"),
        ({"scores": {"effect": Decimal("Infinity"), "spread": Decimal(1)}}, "评 0 至 60 分"),
        ({"scores": {"effect": Decimal(1)}}, "请给“可推广”评分"),
        ({"agrees": False, "opinion": ""}, "请写明理由"),
        ({"opinion": "长" * 1001}, "限 1000 字"),
    ],
)
def test_what_does_not_hold_is_said(zone: Zone, changes: dict[str, Any], words: str) -> None:
    panel = street_panel(zone)
    usual: dict[str, Any] = {
        "agrees": True,
        "opinion": "",
        "scores": {"effect": Decimal(1), "spread": Decimal(1)},
    }
    with pytest.raises(DomainError, match=words):
        seats.give(
            seat=seat(panel, zone, "zone"), revision=1, by=zone.actor("zone"), **usual | changes
        )


def test_nobody_gives_for_another(zone: Zone) -> None:
    panel = street_panel(zone)
    with pytest.raises(NotAllowed):
        seats.declare_conflict(
            seat=seat(panel, zone, "zone"), reason="代为回避", by=zone.actor("dahuangshan")
        )


def test_who_comes_to_belong_gives_nothing_and_is_out_when_it_is_closed(zone: Zone) -> None:
    zone.users["fourth"] = make_user("fourth", "committee_staff", zone.street)
    panel = street_panel(zone, *NAMES, "fourth")
    for name in NAMES:
        give(panel, zone.users[name])
    grant(zone.users["fourth"], "branch_secretary", zone.branch)
    with pytest.raises(DomainError, match="要回避"):
        give(panel, zone.users["fourth"])
    panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan"))
    found = seat(panel, zone, "fourth")
    assert (found.state, found.reason) == ("out", panels.FOUND)


def test_closed_with_three_and_the_silent_are_noted(zone: Zone) -> None:
    zone.users["fourth"] = make_user("fourth", "committee_staff", zone.street)
    panel = street_panel(zone, *NAMES, "fourth")
    for name in NAMES[:2]:
        give(panel, zone.users[name])
    with pytest.raises(DomainError, match="要有 3 人评过才能结束，现在评了 2 人"):
        panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan"))
    give(panel, zone.users["committee"])
    panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan"))
    entry = AuditEntry.objects.get(verb="panels.panel.close")
    assert entry.changes == {"given": [None, 3], "silent": [None, ["fourth"]]}


def test_what_asked_somebody_to_judge_ends_with_its_reason(zone: Zone) -> None:
    """Given, kept out, closed: the message is unread no more and a mail that waits is not sent."""
    zone.users["fourth"] = make_user("fourth", "committee_staff", zone.street)
    User.objects.filter(pk=zone.users["fourth"].pk).update(email="fourth@example.org")
    panel = street_panel(zone, *NAMES, "fourth")
    told = Notification.objects.filter(about=f"panel:{panel.pk}")

    def unread() -> set[str]:
        return set(told.unread().values_list("user__username", flat=True))

    mails = Effect.objects.filter(kind="core.mail", key__contains=":named")
    assert unread() == {*NAMES, "fourth"}
    assert mails.count() == 1
    give(panel, zone.users["zone"])
    assert unread() == {*NAMES, "fourth"} - {"zone"}
    for name in NAMES:
        give(panel, zone.users[name])
    assert unread() == {"fourth"}
    panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan"))
    assert (unread(), mails.count()) == (set(), 0)


def test_cancelled_panel_is_gone_for_who_judged(zone: Zone) -> None:
    panel = street_panel(zone)
    give(panel, zone.users["zone"])
    panels.cancel(panel=panel, revision=1, reason="材料撤回了", by=zone.actor("dahuangshan"))
    assert not PanelSeat.objects.visible_to(zone.actor("zone"))
    assert ended[-1] == ("cancelled", panel.title)
    assert latest(TRIAL, [panel.subject]) == {}


def test_a_subject_is_open_to_who_judges_it(zone: Zone) -> None:
    panel = street_panel(zone)
    assert list(judged_by(zone.actor("committee"), TRIAL)) == [panel.subject]
    assert not judged_by(zone.actor("committee"), "another")
    assert not judged_by(zone.actor("huzhuang1"), TRIAL)


# --- pages and home -----------------------------------------------------------------------------


def test_home_asks_until_it_is_given(zone: Zone) -> None:
    panel, work = street_panel(zone), Worklist()
    worklist.provide(zone.actor("committee"), work)
    assert [one.title for one in work.items] == [f"要评审的：{panel.title}"]
    give(panel, zone.users["committee"])
    empty = Worklist()
    worklist.provide(zone.actor("committee"), empty)
    assert not empty.items


@pytest.mark.parametrize(
    ("name", "user", "queries"),
    [
        ("people-edit", "dahuangshan", 10),
        ("panel-close", "dahuangshan", 6),
        ("seat-edit", "zone", 5),
    ],
)
def test_pages_cost_the_same_for_more_people(
    zone: Zone, name: str, user: str, queries: int
) -> None:
    counts = []
    for more in (0, 4):
        names = [f"n{more}{n}" for n in range(more)]
        for one in names:
            zone.users[one] = make_user(one, "committee_staff", zone.street)
        panel = street_panel(zone, *NAMES, *names)
        row = seat(panel, zone, "zone") if name == "seat-edit" else panel
        client, url = zone.client(user), reverse(f"panels:{name}", args=[row.uid])
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        counts.append(len(asked))
    assert counts == [queries, queries]


# --- organisations ------------------------------------------------------------------------------


def test_open_panels_follow_a_merger(zone: Zone) -> None:
    panel = street_panel(zone)
    decision = Decision(on=dt.date(2026, 7, 6), approved_by="区工委")
    assert lifecycle.foresee(zone.branch, zone.branch2) == [
        "评它的 1 次评审接着评，在湖庄村第二支部任职的评审人要回避。"
    ]
    structure.merge(
        source=zone.branch, target=zone.branch2, decision=decision, by=zone.actor("zone")
    )
    panel.refresh_from_db()
    assert panel.judged == zone.branch2
    grant(zone.users["committee"], "branch_officer", zone.branch2)
    with pytest.raises(DomainError, match="要回避"):
        give(panel, zone.users["committee"])


def test_open_panels_keep_an_organisation_from_being_abolished(zone: Zone) -> None:
    panel = street_panel(zone)
    assert len(lifecycle.object_to_abolishing(zone.branch)) == 1
    assert len(lifecycle.object_to_abolishing(zone.street)) == 1
    panels.cancel(panel=panel, revision=1, reason="材料撤回了", by=actor(zone.users["zone"]))
    assert lifecycle.object_to_abolishing(zone.branch) == []
