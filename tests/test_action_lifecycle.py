"""督办 when organisations merge, cease and move: nothing is left to nobody."""

import datetime as dt

import pytest

from core.errors import DomainError
from core.models import Notification
from orgs.actions import structure
from orgs.actions.history import Decision
from schedules.action_items.actions import handling, issuing
from schedules.action_items.models import ActionItem

from .test_action_items import day, give, receive, report, verify
from .test_action_reminding import every_day, fill_posts, heard
from .test_ceasing import asked
from .world import Zone, make_user

DECISION = Decision(on=dt.date(2026, 7, 7), document_number="徐开委〔2026〕9号")


def test_items_go_over_to_the_organisation_that_takes_it_in(zone: Zone) -> None:
    with day(0):
        closed = give(zone, title="已经办完的一件")
        receive(zone, closed)
        report(zone, closed)
        verify(zone, closed)
        running = give(zone, title="还在办的一件事")
        receive(zone, running)
        part = give(zone, [zone.branch, zone.general], title="两个单位都要办").children.get(part=1)
        waits = give(zone, [zone.general], title="等支部的一件事")
        handling.receive(item=waits, by=zone.actor("dahuangshan"))
        waits.refresh_from_db()
        handling.wait(
            item=waits, name="", organization=zone.branch, note="等支部送材料",
            due_on=dt.date(2026, 7, 9), revision=waits.revision, by=zone.actor("dahuangshan"),
        )  # fmt: skip
    with day(1):
        text, _ = asked(zone, "merge", zone.branch, target=str(zone.branch2.pk), on="2026-07-07")
        assert "2 件没有销号的督办转由" in text
        assert "〔2026〕2号、〔2026〕3号之1。" in text
        structure.merge(
            source=zone.branch, target=zone.branch2, decision=DECISION, by=zone.actor("zone")
        )
    for item in (closed, running, part, waits):
        item.refresh_from_db()
    assert closed.owner == zone.branch, "what is closed stays under its name"
    assert running.owner == part.owner == zone.branch2
    assert (running.state, running.due_on) == ("doing", dt.date(2026, 7, 10))
    assert running.steps.last().text == "随合并由湖庄村第一支部转湖庄村第二支部"
    assert part.parent.owner == zone.street
    assert (waits.waiting_for, waits.waiting_name) == (zone.branch2, zone.branch2.name)
    told = Notification.objects.filter(about=f"action:{running.pk}", user=zone.users["huzhuang2"])
    assert "期限不变" in told.get().body
    with day(2):
        handling.progress(
            item=running, text="接着办", by=zone.actor("huzhuang2"), revision=running.revision
        )


def test_nothing_is_abolished_that_still_has_to_do_or_to_check(zone: Zone) -> None:
    with day(0):
        item = give(zone)
    with day(1), pytest.raises(DomainError, match="还有没有销号的督办 1 件"):
        structure.abolish(organization=zone.branch, decision=DECISION, by=zone.actor("zone"))
    with day(1):
        issuing.cancel(
            item=item, reason="不再需要", revision=item.revision, by=zone.actor("dahuangshan")
        )
        structure.abolish(organization=zone.branch, decision=DECISION, by=zone.actor("zone"))
        zone.branch.refresh_from_db()
    assert zone.branch.abolished_on == dt.date(2026, 7, 7)


def test_branch_with_items_may_become_another_kind(zone: Zone) -> None:
    from orgs import lifecycle

    with day(0):
        give(zone)
        assert lifecycle.objections(zone.branch) == []
        assert len(lifecycle.objections_to_abolishing(zone.branch)) == 1


def test_moving_changes_nothing_but_to_whom_it_rises(zone: Zone) -> None:
    fill_posts(zone)
    zone.users["other"] = make_user("other")
    with day(0):
        item = give(zone)
        receive(zone, item)
    before = ActionItem.objects.filter(pk=item.pk).values().get()
    with day(1):
        structure.move(
            organization=zone.branch,
            parent=zone.neighbour_street,
            decision=DECISION,
            by=zone.actor("zone"),
        )
    assert ActionItem.objects.filter(pk=item.pk).values().get() == before
    every_day(7, 7)
    assert heard(zone, "commissioner") == {}
    assert "下级有 1 件督办逾期" in heard(zone, "jinshanqiao")["0713"]
