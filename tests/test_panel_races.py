"""Panels acted on by several at the same moment."""

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine

from core.errors import Conflict
from core.models import AuditEntry
from showcase.panels.actions import panels, seats
from showcase.panels.models import Panel, PanelSeat

from .panel_world import give, opened
from .parallel import run_together
from .world import Zone, build_zone

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

NOW = dt.datetime.fromisoformat("2026-07-06T10:00+08:00")
DUE = dt.date(2026, 7, 20)


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def begun(*, is_given: bool) -> tuple[Zone, Panel]:
    zone = build_zone()
    people = [zone.users[name] for name in ("dahuangshan", "zone", "committee")]
    panel = opened(zone.street, zone.branch, people, zone.actor("dahuangshan"), DUE)
    for one in people if is_given else people[:2]:
        give(panel, one)
    return zone, panel


def test_eight_open_a_panel_over_one_thing() -> None:
    zone = build_zone()
    people = [zone.users[name] for name in ("dahuangshan", "zone", "committee")]
    by, subject = zone.actor("dahuangshan"), uuid.uuid4()
    found = run_together(
        [lambda: opened(zone.street, zone.branch, people, by, DUE, subject=subject)] * 8
    )
    errors = [one.error for one in found if one.error]
    assert len(errors) == 7
    assert all(isinstance(one, Conflict) and "正在评审" in str(one) for one in errors), errors
    assert (Panel.objects.count(), PanelSeat.objects.count()) == (1, 3)
    assert AuditEntry.objects.filter(verb="panels.panel.open").count() == 1


def test_closed_and_given_again_at_once() -> None:
    """Either the opinion counts as it was given again, or it is refused and the old one counts."""
    zone, panel = begun(is_given=True)
    user = zone.users["zone"]
    found = run_together(
        [
            lambda: panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan")),
            lambda: give(panel, user, effect="1"),
        ]
    )
    closed, again = found
    assert closed.error is None
    seat = PanelSeat.objects.get(panel=panel, user=user)
    assert isinstance(again.error, Conflict | None), again
    assert seat.scores["effect"] == ("50" if again.error else "1")


def test_closed_and_kept_out_of_at_once() -> None:
    """It is never closed with fewer than it takes."""
    zone, panel = begun(is_given=True)
    row = PanelSeat.objects.get(panel=panel, user=zone.users["zone"])
    closed, out = run_together(
        [
            lambda: panels.close(panel=panel, revision=1, by=zone.actor("dahuangshan")),
            lambda: seats.declare_conflict(seat=row, reason="亲属", by=zone.actor("zone")),
        ]
    )
    assert (closed.error is None) != (out.error is None), (closed, out)
    given = PanelSeat.objects.given().filter(panel=panel).count()
    assert given == (3 if closed.error is None else 2)
