"""How items stood is kept by their machine: of every past day the number of those under way and
overdue, and the list behind it, is what was shown on that day."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import figures, periods
from core.figures import Window
from orgs.models import Organization
from schedules.action_items.actions import (
    checking,
    extensions,
    handling,
    issuing,
)
from schedules.action_items.models import ActionItem, ActionStanding
from schedules.action_items.queries.boards import Showing, Tab, board, counts, this_moment
from schedules.action_items.queries.counted import OPEN, OVERDUE, kept_since

from .test_action_items import MONDAY, day, give, receive, report, verify
from .world import Zone, grant, make_user

JULY, AUGUST, SEPTEMBER = "2026-07", "2026-08", "2026-09"


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
