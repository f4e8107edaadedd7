"""How items stood is kept by their machine: of every past day the number of those under way and
overdue, and the list behind it, is what was shown on that day."""

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import figures, periods
from core.actor import system
from core.figures import Window
from orgs.models import Organization
from schedules.action_items.actions import (
    checking,
    extensions,
    gathering,
    handling,
    issuing,
    succession,
)
from schedules.action_items.models import ActionItem, ActionStanding
from schedules.action_items.queries.boards import Showing, Tab, board, counts, this_moment
from schedules.action_items.queries.counted import OPEN, OVERDUE, kept_since

from .item_standings import wrong_standings
from .state_writes import columns, writes
from .test_action_items import MONDAY, day, give, receive, report, verify
from .world import Zone, grant, make_user

JULY, AUGUST, SEPTEMBER = "2026-07", "2026-08", "2026-09"
Say = Callable[..., Any]


def number_of(month: int, date: int) -> int:
    """How many days after that Monday."""
    return (dt.date(2026, month, date) - dt.date(2026, 7, 6)).days


def on(month: int, date: int) -> Any:
    return day(number_of(month, date))


def told(place: Organization, period: str, date: dt.date, known_at: Any = None) -> list[Any]:
    place = Organization.objects.get(pk=place.pk)
    found = figures.values([OPEN, OVERDUE], [place], Window(period, date, known_at))
    return [found[key][place.pk] for key in (OPEN, OVERDUE)]


@dataclass
class Summer:
    """Three months of the street's items, and what was shown on each of the days."""

    zone: Zone
    items: dict[str, ActionItem] = field(default_factory=dict)
    shown: dict[dt.date, list[int]] = field(default_factory=dict)

    def fresh(self, name: str) -> ActionItem:
        self.items[name].refresh_from_db()
        return self.items[name]

    def ids(self, *names: str) -> set[int]:
        return {self.items[name].pk for name in names}

    def look(self, month: int, date: int) -> None:
        """Takes down what the board of the street says in the evening."""
        with on(month, date):
            at = this_moment()
            actor = self.zone.actor("dahuangshan")
            rows = board(actor, Tab.ALL, at, place=Organization.objects.get(pk=self.zone.street.pk))
            found = counts(rows, at).of
            values = [found[Showing.OPEN], found[Showing.OVERDUE]]
            today = dt.date(2026, month, date)
            assert told(self.zone.street, f"{today:%Y-%m}", today) == values, "of today"
            self.shown[today] = values


@pytest.fixture
def summer(zone: Zone) -> Summer:
    told = Summer(zone)
    street, branch, other = zone.actor("dahuangshan"), zone.actor("huzhuang1"), make_user("other")
    grant(other, "committee_staff", zone.street)
    zone.users["other"] = other
    general = zone.actor("huzhuang")
    with on(7, 6):
        for name, due_on in (
            ("extended", dt.date(2026, 7, 10)),
            ("transferred", dt.date(2026, 7, 31)),
            ("waiting", dt.date(2026, 7, 10)),
            ("relapsed", dt.date(2026, 7, 10)),
        ):
            told.items[name] = receive(zone, give(zone, title=f"督办 {name}", due_on=due_on))
        told.items["cancelled"] = give(zone, title="督办 cancelled")
        whole = give(zone, [zone.branch, zone.general], due_on=dt.date(2026, 8, 14))
        for name, part in zip(("part", "other_part"), whole.children.order_by("part"), strict=True):
            told.items[name] = part
        receive(zone, told.items["part"])
    told.look(7, 6)
    with on(7, 7):
        report(zone, told.items["relapsed"])
        verify(zone, told.items["relapsed"])
    with on(7, 9):
        item = told.fresh("waiting")
        handling.wait(
            item=item,
            name="区住建局",
            note="等它出具检测报告",
            due_on=dt.date(2026, 7, 20),
            revision=item.revision,
            by=branch,
        )
    for one in (10, 11, 12, 13, 31):
        told.look(7, one)
    told.look(8, 1)
    told.look(8, 2)
    with on(8, 3):
        item = told.fresh("waiting")
        handling.resume(item=item, revision=item.revision, by=branch)
    told.look(8, 3)
    with on(8, 5):
        wish = extensions.ask(
            item=told.fresh("extended"),
            wanted_on=dt.date(2026, 8, 31),
            reason="场地还没有腾出来",
            by=branch,
        )
        extensions.grant(extension=wish, by=street)
    told.look(8, 5)
    with on(8, 10):
        item = told.fresh("transferred")
        issuing.transfer(
            item=item, owner=zone.general, reason="由总支统一办", revision=item.revision, by=street
        )
    told.look(8, 10)
    with on(8, 13):
        report(zone, told.items["part"])
    with on(8, 14):
        verify(zone, told.items["part"])
    with on(8, 20):
        item = told.fresh("cancelled")
        issuing.cancel(item=item, reason="重复交办", revision=item.revision, by=street)
    told.look(8, 20)
    told.look(8, 31)
    with on(9, 1):
        report(zone, told.items["waiting"])
    told.look(9, 1)
    with on(9, 8):
        report(zone, told.items["extended"])
    with on(9, 9):
        verify(zone, told.items["extended"])
    with on(9, 14):
        _, again = checking.look(
            item=told.fresh("relapsed"),
            lasting=False,
            note="九月又没有记录",
            by=zone.actor("other"),
        )
    told.look(9, 14)
    with on(9, 15):
        told.items["again"] = issuing.issue(item=again, by=street, revision=again.revision)
    told.look(9, 30)
    assert general.organization_id == zone.general.pk
    return told


# In July nobody of the general branch received its part. The one extended in August was overdue
# until then; 31 August is its new day. What waits is not overdue; taken up again on 3 August it was
# due on the 4th. What was handed on counts where it lay on the day.
STOOD = {
    (7, 31): (
        {"extended", "transferred", "waiting", "cancelled", "part", "other_part"},
        {"extended", "cancelled", "other_part"},
        [(5, 2), (6, 3), (6, 3)],
    ),
    (8, 31): (
        {"extended", "transferred", "waiting", "other_part"},
        {"transferred", "waiting", "other_part"},
        [(2, 1), (4, 3), (4, 3)],
    ),
    (9, 30): (
        {"transferred", "waiting", "other_part", "again"},
        {"transferred", "other_part", "again"},
        [(2, 1), (4, 3), (4, 3)],
    ),
}


def test_months_are_as_they_were_counted_by_hand(summer: Summer) -> None:
    zone = summer.zone
    with on(10, 12):
        client = zone.client("dahuangshan")
        for (month, date), (is_open, is_overdue, numbers) in STOOD.items():
            period = f"2026-{month:02}"
            for today in (dt.date(2026, 10, 12), dt.date(2026, month, date)):
                found = [
                    told(place, period, today) for place in (zone.branch, zone.general, zone.street)
                ]
                assert found == [list(pair) for pair in numbers], (period, today)
                window = Window(period, today)
                addresses = figures.addresses(
                    [OPEN, OVERDUE], zone.street, window, zone.actor("dahuangshan")
                )
                for key, names in ((OPEN, is_open), (OVERDUE, is_overdue)):
                    page = client.get(addresses[key])
                    listed = {row["item"].pk for row in page.context["rows"]}
                    assert listed == summer.ids(*names), (period, key)
                    assert page.context["elsewhere"] == 0
        assert told(zone.neighbour_street, JULY, dt.date(2026, 7, 31)) == [0, 0]


def test_every_day_is_told_later_as_it_was_shown(summer: Summer) -> None:
    """Days of rest among them: due on Friday the 10th is overdue on Monday the 13th."""
    assert summer.shown[dt.date(2026, 7, 12)][1] < summer.shown[dt.date(2026, 7, 13)][1]
    with on(10, 12):
        for date, shown in summer.shown.items():
            assert told(summer.zone.street, f"{date:%Y-%m}", date) == shown, date


def test_list_says_how_each_stood_and_how_it_stands(summer: Summer) -> None:
    zone = summer.zone
    with on(10, 12):
        page = zone.client("dahuangshan").get(
            f"/action-items/rows/?figure={OPEN}&period={JULY}&organization={zone.street.pk}"
        )
    text = page.content.decode()
    assert "截至 2026年7月31日" in text
    rows = {row["item"].pk: row for row in page.context["rows"]}
    extended = rows[summer.items["extended"].pk]
    assert (extended["then"]["word"], extended["word"]) == ("逾期", "已销号")
    assert extended["then"]["row"].due_on == dt.date(2026, 7, 10)
    moved = rows[summer.items["transferred"].pk]
    assert moved["then"]["row"].owner == zone.branch
    assert moved["item"].owner == zone.general
    waiting = rows[summer.items["waiting"].pk]
    assert waiting["then"]["word"] == "等别的单位"
    with on(10, 12):
        own = zone.client("huzhuang1").get(f"/action-items/rows/?figure={OPEN}&period={JULY}")
    assert own.context["elsewhere"] == 1, "what the branch has handed on it does not read"
    assert "督办 transferred" not in own.content.decode()


def test_moment_of_a_day_is_told_by_what_was_known_then(summer: Summer) -> None:
    cancelled_at = MONDAY + dt.timedelta(days=number_of(8, 20))
    before, date = cancelled_at - dt.timedelta(seconds=1), dt.date(2026, 8, 20)
    with on(10, 12):
        assert told(summer.zone.branch, AUGUST, date, before) == [3, 2]
        assert told(summer.zone.branch, AUGUST, date, cancelled_at) == [2, 1]
        assert told(summer.zone.branch, AUGUST, date) == [2, 1]


def test_days_before_standings_were_kept_cannot_be_told(summer: Summer) -> None:
    """As after an upgrade in the middle of August."""
    assert kept_since() == dt.date.min
    upgraded = MONDAY + dt.timedelta(days=number_of(8, 15))
    ActionStanding.objects.create(
        item=summer.items["extended"],
        owner=summer.zone.branch,
        state="",
        since=MONDAY,
        until=upgraded,
    )
    with on(10, 12):
        assert told(summer.zone.street, JULY, dt.date(2026, 7, 31)) == [None, None]
        assert told(summer.zone.street, AUGUST, dt.date(2026, 8, 14)) == [None, None]
        assert told(summer.zone.street, AUGUST, dt.date(2026, 8, 31)) == [4, 3]
        address = f"/action-items/rows/?figure={OPEN}&period={JULY}&on=2026-07-31"
        assert "无法回算" in summer.zone.client("dahuangshan").get(address).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_past_costs_the_same(zone: Zone, count: int) -> None:
    with on(7, 6):
        for _ in range(count):
            give(zone, [zone.branch, zone.general])
    places = list(Organization.objects.filter(pk__in=[zone.street.pk, zone.branch.pk]))[:count]
    with on(9, 1):
        with CaptureQueriesContext(connection) as queries:
            figures.values([OPEN, OVERDUE], places, Window(JULY, dt.date(2026, 9, 1)))
        assert len(queries) == 6  # since when, places, tree, two for the calendar, the count
        client = zone.client("dahuangshan")
        address = f"/action-items/rows/?figure={OVERDUE}&period={JULY}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert len(client.get(address).context["rows"]) == 2 * count
        assert len(queries) == 16


# --- nobody goes around the machine --------------------------------------------------------------


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
def test_past_is_counted_by_index(zone: Zone) -> None:
    from .test_query_plans import plans

    with on(7, 6):
        items = [give(zone) for _ in range(3)]
    begun = MONDAY - dt.timedelta(days=900)
    ActionStanding.objects.bulk_create(
        [
            ActionStanding(
                item=items[number % 3],
                owner=zone.branch if number % 20 else zone.neighbour_branch,
                state="doing",
                due_on=dt.date(2026, 7, 1),
                since=begun + dt.timedelta(hours=number),
                until=begun + dt.timedelta(hours=number + 40),
            )
            for number in range(20_000)
        ],
        batch_size=2000,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE action_items_actionstanding")
    table = ActionStanding._meta.db_table
    with on(9, 1):
        month = periods.shift(JULY, -1)
        with CaptureQueriesContext(connection) as queries:
            figures.values(
                [OPEN, OVERDUE],
                list(Organization.objects.filter(pk=zone.street.pk)),
                Window(month, dt.date(2026, 9, 1)),
            )
        reads = [one["sql"] for one in queries if table in one["sql"]]
        assert len(reads) == 2  # since when; how many
        for sql in reads:
            found = [one for one in plans(sql) if one.get("Relation Name") == table]
            assert found, sql
            assert all(one["Node Type"] != "Seq Scan" for one in found), sql
