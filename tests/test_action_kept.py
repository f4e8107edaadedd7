"""Every act on items keeps how they stand, by the machine alone, also when several act at once."""

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest

from core.actor import system
from schedules.action_items.actions import (
    checking,
    extensions,
    gathering,
    handling,
    issuing,
    succession,
)
from schedules.action_items.models import ActionItem, ActionStanding

from .item_standings import wrong_standings
from .parallel import run_together
from .state_writes import columns, writes
from .test_action_items import day, give, receive, report, verify
from .world import Zone, build_zone

Say = Callable[..., Any]


def _edit(zone: Zone, item: ActionItem) -> None:
    issuing.edit(
        item=item,
        given=issuing.Given(title="改过的事项", due_on=dt.date(2026, 8, 7)),
        revision=item.revision,
        by=zone.actor("dahuangshan"),
    )


def _wait(zone: Zone, item: ActionItem) -> None:
    handling.wait(
        item=receive(zone, item),
        name="区住建局",
        note="等它出具检测报告",
        due_on=dt.date(2026, 7, 20),
        revision=ActionItem.objects.get(pk=item.pk).revision,
        by=zone.actor("huzhuang1"),
    )


def _resume(zone: Zone, item: ActionItem) -> None:
    _wait(zone, item)
    with day(3):
        item.refresh_from_db()
        handling.resume(item=item, revision=item.revision, by=zone.actor("huzhuang1"))


def _report(zone: Zone, item: ActionItem) -> None:
    report(zone, receive(zone, item))


def _withdraw(zone: Zone, item: ActionItem) -> None:
    _report(zone, item)
    item.refresh_from_db()
    handling.withdraw(item=item, revision=item.revision, by=zone.actor("huzhuang1"))


def _verify(zone: Zone, item: ActionItem) -> None:
    _report(zone, item)
    verify(zone, item)


def _return(zone: Zone, item: ActionItem) -> None:
    _report(zone, item)
    item.refresh_from_db()
    checking.send_back(
        item=item,
        reason="还差照片",
        due_on=dt.date(2026, 7, 24),
        revision=item.revision,
        by=zone.actor("dahuangshan"),
    )


def _extend(zone: Zone, item: ActionItem) -> None:
    wish = extensions.ask(
        item=item,
        wanted_on=dt.date(2026, 8, 31),
        reason="场地还没有腾出来",
        by=zone.actor("huzhuang1"),
    )
    extensions.grant(extension=wish, by=zone.actor("dahuangshan"))


def _transfer(zone: Zone, item: ActionItem) -> None:
    issuing.transfer(
        item=item,
        owner=zone.general,
        reason="由总支统一办",
        due_on=dt.date(2026, 8, 1),
        revision=item.revision,
        by=zone.actor("dahuangshan"),
    )


def _cancel(zone: Zone, item: ActionItem) -> None:
    issuing.cancel(
        item=item, reason="重复交办", revision=item.revision, by=zone.actor("dahuangshan")
    )


def _inherit(zone: Zone, item: ActionItem) -> None:
    succession.follow(source=zone.branch, target=zone.general, by=system())


def _gather(zone: Zone, item: ActionItem) -> None:
    gathering.gather(
        items=[item, give(zone)],
        issuer=zone.street,
        given=issuing.Given(title="同类事项并成一件"),
        by=zone.actor("dahuangshan"),
    )


def _progress(zone: Zone, item: ActionItem) -> None:
    receive(zone, item)
    item.refresh_from_db()
    handling.progress(
        item=item, text="已补两次", revision=item.revision, by=zone.actor("huzhuang1")
    )


def _many(zone: Zone, item: ActionItem) -> None:
    give(zone, [zone.branch, zone.general])


def _complete(zone: Zone, item: ActionItem) -> None:
    whole = give(zone, [zone.branch, zone.general])
    for part in whole.children.all():
        handling.receive(item=part, by=zone.actor("dahuangshan"))
        part.refresh_from_db()
        report(zone, part, "dahuangshan")
        verify(zone, part, "zone")


# What is done -> how many standings there are then of the item, and how many of all are in force.
ACTS: dict[str, tuple[Say, int, int]] = {
    "edit": (_edit, 0, 0),
    "issue": (lambda zone, item: None, 1, 1),
    "issue_shared": (_many, 1, 3),
    "receive": (receive, 2, 1),
    "progress": (_progress, 2, 1),
    "wait": (_wait, 3, 1),
    "resume": (_resume, 4, 1),
    "report": (_report, 3, 1),
    "withdraw": (_withdraw, 4, 1),
    "verify": (_verify, 3, 0),
    "return": (_return, 4, 1),
    "complete": (_complete, 1, 1),
    "extend": (_extend, 2, 1),
    "transfer": (_transfer, 2, 1),
    "cancel": (_cancel, 1, 0),
    "inherit": (_inherit, 2, 1),
    "gather": (_gather, 1, 2),
}


@pytest.mark.parametrize("act", ACTS)
def test_each_act_leaves_what_is_kept_as_the_items_stand(zone: Zone, act: str) -> None:
    do, own, in_force = ACTS[act]
    with day(0):
        if act == "edit":
            item = issuing.draft(
                issuer=zone.street,
                owners=[zone.branch],
                given=issuing.Given(title="补齐支部党课记录"),
                by=zone.actor("dahuangshan"),
            )
        else:
            item = give(zone)
        do(zone, item)
    assert not wrong_standings()
    rows = list(item.standings.order_by("since", "pk"))
    assert len(rows) == own
    assert ActionStanding.objects.filter(until=None).count() == in_force
    assert not ActionStanding.objects.filter(item__shape="shared").exists()
    for before, after in itertools.pairwise(rows):
        assert before.until == after.since, "one stretch begins where the other ends"


def test_no_act_is_left_out() -> None:
    assert set(ACTS) == set(ActionItem.machine.moves)


def test_write_around_the_machine_is_found(zone: Zone) -> None:
    """By its source, and by what it leaves behind."""
    known = columns()
    for source in (
        "ActionItem.objects.filter(pk=1).update(due_on=day)",
        "ActionItem.objects.bulk_update(rows, ['receipt_due_on'])",
        "whole.children.update(owner=place)",
        "item.save(update_fields=['owner'])",
    ):
        assert len(writes(source, known)) == 1, source
    with day(0):
        item = give(zone)
    ActionItem.objects.filter(pk=item.pk).update(due_on=dt.date(2026, 8, 1))
    assert wrong_standings()
    ActionItem.objects.filter(pk=item.pk).update(due_on=dt.date(2026, 7, 10))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_standings_follow_whoever_comes_first() -> None:
    """The branch takes on what the street hands on, cancels and puts off at the same moment."""
    zone = build_zone()
    with day(0):
        items = [give(zone) for _ in range(4)]
        wishes = [
            extensions.ask(
                item=item,
                wanted_on=dt.date(2026, 8, 31),
                reason="场地还没有腾出来",
                by=zone.actor("huzhuang1"),
            )
            for item in items
        ]
    street, branch = zone.actor("dahuangshan"), zone.actor("huzhuang1")

    def at_once(act: Say) -> Say:
        def run() -> Any:
            with day(1):
                return act()

        return run

    for item, wish in zip(items, wishes, strict=True):
        revision = item.revision
        run_together(
            [
                at_once(lambda item=item: handling.receive(item=item, by=branch)),
                at_once(lambda wish=wish: extensions.grant(extension=wish, by=street)),
                at_once(
                    lambda item=item, revision=revision: issuing.transfer(
                        item=item,
                        owner=zone.general,
                        reason="由总支统一办",
                        revision=revision,
                        by=street,
                    )
                ),
                at_once(
                    lambda item=item, revision=revision: issuing.cancel(
                        item=item, reason="重复交办", revision=revision, by=street
                    )
                ),
            ]
        )
    assert not wrong_standings()
    for item in items:
        rows = list(item.standings.order_by("pk"))
        assert len(rows) > 1 or rows[0].until is not None, "somebody was the first"
        assert sum(row.until is None for row in rows) <= 1
        for before, after in itertools.pairwise(rows):
            assert before.until == after.since
