"""Figures: as of any day, for any period, and their addresses open exactly the rows counted."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock, figures
from core.actor import system
from core.crypto import blind_index
from core.figures import Figure, Place, Window
from members.actions import members, standings
from members.actions.members import MemberChange
from members.models import Member, MemberStanding
from members.models.member import column
from orgs.actions import offices, structure
from orgs.actions.history import Decision
from orgs.models import Organization
from schedules.rounds.actions import calendar, definitions, opening, records, reports
from schedules.rounds.definitions import PLAN_KINDS
from schedules.rounds.models import Duty, Plan, Report, ReportDefinition
from tests.world import Zone, make_organization

CHINA = ZoneInfo("Asia/Shanghai")
JULY_20 = dt.datetime(2026, 7, 20, 10, tzinfo=CHINA)
TYPED = {"highlights": ["带岗带责进网格"], "problems": "屋顶渗水", "next_plan": "七一主题党日"}
OF_MEMBERS = [
    *("members_on_roll", "members_probationary", "members_expected", "members_joined"),
    *("members_became_full", "members_mobile", "members_left"),
]
D = dt.date


def on(month: int, day: int, hour: int = 9) -> Any:
    """Within the block it is that day of 2026."""
    return clock.at(dt.datetime(2026, month, day, hour, tzinfo=CHINA))


class Register:
    """Members by name, written through the actions on the day that the clock says; and what the
    figures of a place said at moments."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.seen: list[tuple[Window, Organization, dict[str, int | None]]] = []

    def look(self, *places: Organization) -> None:
        """Keeps what figures of members say now."""
        now = Window(f"{clock.today():%Y-%m}", clock.today())
        for place in places:
            place.refresh_from_db()
        found = figures.values(OF_MEMBERS, places, now)
        frozen = Window(now.period, now.day, clock.now())
        for place in places:
            values = {key: found[key][place.pk] for key in OF_MEMBERS}
            self.seen.append((frozen, place, values))

    def add(self, place: Organization, *names: str, **values: Any) -> None:
        usual = {
            "category": "full_member",
            "joined_on": D(2010, 7, 1),
            "full_member_on": D(2011, 7, 1),
            "organization_id": place.pk,
        }
        changes = [MemberChange({**usual, "name": name, **values}) for name in names]
        saved = members.save_members(changes=changes, by=system())
        self.ids |= dict(zip(names, saved.created, strict=True))

    def __getitem__(self, name: str) -> Member:
        return Member.objects.get(pk=self.ids[name])

    def change(self, name: str, **values: Any) -> None:
        change = MemberChange(values, member_id=self.ids[name])
        members.save_members(changes=[change], by=system())

    def move(self, name: str, to: Organization) -> None:
        members.move(member=self[name], to=to, by=system())

    def leave(self, name: str, day: dt.date, reason: str = "transferred") -> None:
        members.record_exit(member=self[name], reason=reason, happened_on=day, by=system())


@pytest.fixture
def spring(zone: Zone) -> Zone:
    """From May to July: people come, move, become full, leave early and late, come back; a branch
    moves to the neighbour, one is abolished, one merged; reports are sent, on time and late."""
    zone.register = register = Register()  # type: ignore[attr-defined]
    probationary = {"category": "probationary_member", "full_member_on": None}
    with on(5, 4):
        moving = make_organization("机动支部", parent=zone.general)
        closing = make_organization("项目支部", parent=zone.general)
        merging = make_organization("合并支部", parent=zone.general)
        watched = (zone.general, zone.branch, zone.branch2, zone.neighbour_street, merging)
        register.add(zone.branch, "甲", "乙", "丙", "丁", "戊")
        register.add(zone.branch, "预", joined_on=D(2025, 6, 9), **probationary)
        register.add(zone.branch2, "己", "庚", is_mobile=True)
        register.add(zone.neighbour_branch, "邻")
        register.add(moving, "机一", "机二", is_excused=True)
        register.add(closing, "项")
        register.add(merging, "合一", "合二")
    with on(5, 10):
        holding = offices.take_up(
            organization=zone.branch,
            post="secretary",
            person_name="甲",
            started_on=D(2026, 5, 10),
            by=system(),
        )
    with on(5, 20):
        register.leave("乙", D(2026, 5, 19))  # in another month
        register.look(*watched)
    with on(6, 3):
        register.add(zone.branch, "新", joined_on=D(2026, 6, 2), **probationary)
    with on(6, 5):
        register.move("丙", zone.branch2)
        register.move("丁", zone.neighbour_branch)
    with on(6, 11):
        register.change("预", category="full_member", full_member_on=D(2026, 6, 9))
        register.change("庚", is_mobile=False)
        register.look(*watched)
    with on(6, 15):
        register.leave("戊", D(2026, 6, 12), "deceased")
        register.leave("合二", D(2026, 6, 14))
        register.look(*watched)
    with on(6, 18):
        offices.leave(holding=holding, ended_on=D(2026, 6, 18), by=system())
    with on(6, 20):
        structure.move(
            organization=moving,
            parent=zone.neighbour_street,
            decision=Decision(on=D(2026, 6, 20)),
            by=system(),
        )
    with on(6, 25):
        register.leave("项", D(2026, 6, 24))
        structure.abolish(organization=closing, decision=Decision(on=D(2026, 6, 25)), by=system())
    with on(6, 29):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
        opening.open_period(plan=plan, period="2026-06", by=system())
    with on(7, 3):
        register.leave("新", D(2026, 7, 2))
        register.look(*watched)
    with on(7, 5):
        structure.merge(
            source=merging, target=zone.branch2, decision=Decision(on=D(2026, 7, 4)), by=system()
        )
    _send(zone, "huzhuang1", 6)
    with on(7, 7):
        register.leave("己", D(2026, 6, 28))  # told late
        register.look(*watched)
    with on(7, 8):
        members.restore(member=register["戊"], reason="登记有误，人还在", by=system())
    _send(zone, "huzhuang2", 9)
    zone.places = [  # type: ignore[attr-defined]
        *(zone.root, zone.street, zone.general, zone.branch, zone.branch2),
        *(zone.neighbour_street, moving, merging),
    ]
    for place in zone.places:  # type: ignore[attr-defined]
        place.refresh_from_db()
    return zone


def _send(zone: Zone, username: str, day: int) -> Report:
    actor = zone.actor(username)
    report = Report.objects.get(organization=actor.organization_id or 0, period="2026-06")
    with on(7, day, 17):
        return reports.submit(
            report=report, revision=report.revision, typed=TYPED, explanations={}, by=actor
        )


@pytest.fixture
def july(spring: Zone) -> Iterator[Zone]:
    with clock.at(JULY_20):
        yield spring


def value(key: str, place: Place, window: Window) -> int | None:
    return figures.values([key], [place], window)[key][place.pk]


def rows_shown(client: Client, address: str) -> int:
    page = client.get(address)
    assert page.status_code == 200, address
    # A figure that is a sum is said by its page in so many words.
    return int(page.context.get("counted", page.context["page"].paginator.count))


WINDOWS = [
    Window("2026-06", D(2026, 7, 20)),
    Window("2026-06", D(2026, 6, 16)),
    Window("2026-H1", D(2026, 7, 4)),
    Window("2026-06", D(2026, 7, 6), dt.datetime(2026, 7, 6, 17, tzinfo=CHINA)),
]


def test_every_figure_opens_as_many_rows_as_it_counts(july: Zone) -> None:
    """By construction for whatever is registered: a figure whose address opens other rows than it
    counts fails here, whoever registered it."""
    zone, keys = july, list(figures.registered())
    places = [zone.general, zone.neighbour_street]
    actor, client = zone.actor("zone"), zone.client("zone")
    for window in WINDOWS:
        counted = figures.values(keys, places, window)
        opened = 0
        for place in places:
            addresses = figures.addresses(keys, place, window, actor)
            for key in keys:
                number = counted[key][place.pk]
                if number is None:
                    assert not addresses[key], f"{key} is not kept and leads somewhere"
                    continue
                assert addresses[key], f"{key} leads nowhere"
                assert rows_shown(client, addresses[key]) == number, (key, place, window)
                opened += number
        assert opened > 20, "a world without rows shows nothing"


END_OF_MAY, END_OF_JUNE = Window("2026-05", D(2026, 5, 31)), Window("2026-06", D(2026, 6, 30))
IN_JUNE, TODAY = Window("2026-06", D(2026, 6, 16)), Window("2026-06", D(2026, 7, 20))
SENT = Window("2026-06", D(2026, 7, 6), dt.datetime(2026, 7, 6, 17, tzinfo=CHINA))


VALUES: list[tuple[str, Window, tuple[int | None, ...]]] = [
    # general, branch, branch2, neighbour_street
    ("members_on_roll", END_OF_MAY, (12, 5, 2, 1)),
    ("members_on_roll", IN_JUNE, (11, 4, 3, 2)),
    ("members_on_roll", END_OF_JUNE, (7, 4, 2, 4)),
    ("members_on_roll", SENT, (7, 3, 3, 4)),  # the dead man not yet back, the leaver not told
    ("members_on_roll", TODAY, (7, 4, 2, 4)),  # of June, whatever July brought
    ("members_opening", END_OF_JUNE, (12, 5, 2, 1)),
    ("members_opening", Window("2026-07", D(2026, 7, 20)), (7, 4, 2, 4)),
    ("members_in", END_OF_JUNE, (1, 1, 1, 3)),  # with the branch that moved to the neighbour
    ("members_out", END_OF_JUNE, (6, 2, 1, 0)),
    ("members_moved_in", END_OF_JUNE, (0, 0, 1, 3)),
    ("members_moved_out", END_OF_JUNE, (3, 2, 0, 0)),
    ("members_probationary", END_OF_MAY, (1, 1, 0, 0)),
    ("members_probationary", END_OF_JUNE, (1, 1, 0, 0)),  # another one
    ("members_mobile", END_OF_MAY, (2, 0, 2, 0)),
    ("members_mobile", IN_JUNE, (1, 0, 1, 0)),
    ("members_mobile", END_OF_JUNE, (0, 0, 0, 0)),
    ("members_expected", END_OF_JUNE, (7, 4, 2, 2)),
    ("members_joined", END_OF_JUNE, (1, 1, 0, 0)),
    ("members_joined", TODAY, (1, 1, 0, 0)),  # though he has left since
    ("members_joined", END_OF_MAY, (0, 0, 0, 0)),
    ("members_became_full", END_OF_JUNE, (1, 1, 0, 0)),
    ("members_left", END_OF_MAY, (1, 1, 0, 0)),
    ("members_left", TODAY, (3, 0, 1, 0)),
    ("members_left", SENT, (3, 1, 0, 0)),
    ("members_left", IN_JUNE, (1, 0, 0, 0)),
    ("members_left", Window("2026-Q2", D(2026, 7, 20)), (4, 1, 1, 0)),
    ("branches", END_OF_MAY, (5, 1, 1, 1)),
    ("branches", END_OF_JUNE, (3, 1, 1, 2)),
    ("branches", TODAY, (3, 1, 1, 2)),  # the one merged in July existed
    ("branches", Window("2026-07", D(2026, 7, 20)), (2, 1, 1, 2)),
    ("offices_vacant", END_OF_MAY, (5, 0, 1, 2)),
    ("offices_vacant", END_OF_JUNE, (4, 1, 1, 3)),
    ("reports_sent", Window("2026-06", D(2026, 7, 5)), (0, 0, 0, 0)),
    ("reports_sent", Window("2026-06", D(2026, 7, 6)), (1, 1, 0, 0)),
    ("reports_sent", TODAY, (2, 1, 1, 0)),
    ("reports_sent", Window("2026", D(2026, 7, 20)), (0, 0, 0, 0)),  # no plan is owed once a year
    ("reports_on_time", TODAY, (1, 1, 0, 0)),
    # Of all months of a longer period; before its day nothing is owed.
    ("monthly_reports_due", Window("2026-H1", D(2026, 7, 20)), (3, 1, 1, 2)),
    ("monthly_reports_on_time", Window("2026-H1", D(2026, 7, 20)), (1, 1, 0, 0)),
    ("monthly_reports_unsent", Window("2026-H1", D(2026, 7, 20)), (1, 0, 0, 2)),
    ("monthly_reports_due", TODAY, (3, 1, 1, 2)),
    ("monthly_reports_due", Window("2026-H1", D(2026, 6, 30)), (0, 0, 0, 0)),
    ("monthly_reports_unsent", Window("2026-H1", D(2026, 7, 6)), (0, 0, 0, 0)),
    ("members_on_roll", Window("2026-05", D(2026, 5, 3)), (None, None, None, None)),
    ("members_left", Window("2026-05", D(2026, 5, 3)), (None, None, None, None)),
    ("terms_ending", END_OF_JUNE, (0, 0, 0, 0)),
]


def test_figures_are_those_of_the_day(july: Zone) -> None:
    places = [july.general, july.branch, july.branch2, july.neighbour_street]
    wrong = []
    for key, window, expected in VALUES:
        found = figures.values([key], places, window)[key]
        values = tuple(found[place.pk] for place in places)
        if values != expected:
            wrong.append((key, window, values, expected))
    assert not wrong


def test_quarter_counts_the_first_plan_owed_by_the_quarter(july: Zone) -> None:
    """Not the months within it, and not what another plan of the quarter asks for."""
    zone = july
    for position, key in ((2, "talks"), (3, "visits")):
        plan = Plan.objects.create(
            key=key,
            name=key,
            position=position,
            cadence="quarter",
            fulfilment="record",
            kinds=PLAN_KINDS,
            starts_on=D(2026, 4, 1),
        )
        opening.open_period(plan=plan, period="2026-Q2", by=system())
    for key, username in (("talks", "huzhuang1"), ("visits", "huzhuang2"), ("talks", "huzhuang")):
        actor = zone.actor(username)
        duty = Duty.objects.get(plan__key=key, organization=actor.organization_id or 0)
        records.add(duty=duty, done_on=D(2026, 6, 2), text="谈了一次", by=actor)
    window = Window("2026-Q2", D(2026, 7, 20))
    found = figures.values(["reports_sent"], [zone.general, zone.branch2], window)["reports_sent"]
    assert found == {zone.general.pk: 1, zone.branch2.pk: 0}  # the committee's own is no branch's
    address = figures.addresses(["reports_sent"], zone.general, window, zone.actor("zone"))
    page = zone.client("zone").get(address["reports_sent"])
    assert [row["duty"].organization for row in page.context["rows"]] == [zone.branch]
    assert zone.client("zone").get(page.context["rows"][0]["url"]).status_code == 200
    assert value("reports_sent", zone.general, TODAY) == 2


def test_what_was_known_at_a_moment_is_found_again_exactly(july: Zone) -> None:
    seen = july.register.seen  # type: ignore[attr-defined]
    assert len(seen) == 25
    for frozen, place, values in seen:
        now = figures.values(OF_MEMBERS, [place], frozen)
        assert {key: now[key][place.pk] for key in OF_MEMBERS} == values, (str(place), frozen)


def test_frozen_figures_of_a_report_open_their_rows_weeks_later(july: Zone) -> None:
    zone, report = july, Report.objects.get(organization=july.branch)
    assert value("members_on_roll", zone.branch, Window("2026-07", D(2026, 7, 20))) == 3
    for username in ("huzhuang1", "huzhuang"):
        client = zone.client(username)
        item = client.get(f"/reports/{report.pk}/").context["items"][0]
        numbers = {row["key"]: row["value"] for row in item.figures}
        assert numbers["members_on_roll"] == 3
        assert numbers["members_opening"] + numbers["members_in"] - numbers["members_out"] == 3
        assert (numbers["members_in"], numbers["members_out"]) == (1, 3)
        for row in item.figures:
            assert rows_shown(client, row["url"]) == row["value"], row


def test_figures_stay_of_the_moment_when_another_item_is_sent_again(july: Zone) -> None:
    zone, report = july, Report.objects.get(organization=july.branch)
    reports.check(
        report=report,
        revision=report.revision,
        returned={"problems": "写明时间"},
        by=zone.actor("huzhuang"),
    )
    report.refresh_from_db()
    reports.submit(
        report=report,
        revision=report.revision,
        typed={**TYPED, "problems": "7月底前修好屋顶"},
        explanations={},
        by=zone.actor("huzhuang1"),
    )
    report.refresh_from_db()
    assert report.submitted_at == JULY_20
    assert report.figures_at == dt.datetime(2026, 7, 6, 17, tzinfo=CHINA)
    page = zone.client("huzhuang").get(f"/reports/{report.pk}/").content.decode()
    assert "数据截至 2026年7月6日 17:00" in page


def test_past_list_shows_who_is_gone_by_name_alone(july: Zone) -> None:
    zone = july
    address = f"/members/?organization={zone.general.pk}&as_of=2026-05-31"
    page = zone.client("huzhuang").get(address)
    rows = {row.name: row for row in page.context["rows"]}
    assert set(rows) == set("甲丙丁戊预己庚项") | {"机一", "机二", "合一", "合二"}
    text = page.content.decode()
    assert "截至 2026年5月31日" in text
    ids = zone.register.ids  # type: ignore[attr-defined]
    assert f"/members/{ids['丙']}/" in text  # in the scope, elsewhere
    assert rows["丙"].place == zone.branch
    assert f"/members/{ids['丁']}/" not in text  # gone to the neighbour
    assert "邻" not in rows
    # He was still on probation; the day on which that ended is known today only.
    assert (rows["预"].category, rows["预"].full_member_on) == ("预备党员", None)
    assert rows["甲"].full_member_on == D(2011, 7, 1)


def test_past_list_finds_nobody_by_his_identity_number(july: Zone) -> None:
    gone = july.register.ids["丁"]  # type: ignore[attr-defined]
    tail = blind_index("4418", column=column("identity_tail"))
    Member.objects.filter(pk=gone).update(identity_tail_index=tail)
    client = july.client("dahuangshan")
    assert client.get("/members/?as_of=2026-05-31&q=丁").context["rows"]
    assert not client.get("/members/?as_of=2026-05-31&q=4418").context["rows"]


def test_past_list_is_closed_to_others(july: Zone) -> None:
    query = f"organization={july.neighbour_branch.pk}&as_of=2026-05-31"
    assert july.client("huzhuang").get(f"/members/?{query}").status_code == 404
    own = july.client("huzhuang1").get("/members/?as_of=2026-05-31")
    assert {row.name for row in own.context["rows"]} == set("甲丙丁戊预")
    assert july.client("auditor").get("/members/?as_of=2026-05-31").status_code == 404
    past = f"/organizations/?below={july.neighbour_street.pk}&only=branches&on=2026-05-31"
    assert july.client("huzhuang").get(past).status_code == 404
    sent = f"/reports/sent/?organization={july.neighbour_street.pk}&period=2026-06"
    assert july.client("huzhuang").get(sent).status_code == 404


def test_past_list_is_not_exported_as_if_it_were_of_today(july: Zone) -> None:
    page = july.client("huzhuang").get("/members/export/?as_of=2026-05-31", follow=True)
    assert page.redirect_chain == [("/members/?as_of=2026-05-31", 302)]
    assert "不能导出" in page.content.decode()


def test_day_before_anything_was_kept_says_so(july: Zone) -> None:
    page = july.client("huzhuang").get("/members/?as_of=2026-05-03").content.decode()
    assert "无法回算" in page
    assert "自 2026年5月4日 起逐日留存" in page


def test_odd_addresses_of_lists_are_answered(july: Zone) -> None:
    client = july.client("huzhuang")
    for address in (
        "/members/?as_of=2026-13-45",
        "/members/?as_of=2026-05-31&known=99999999999999999999",
        "/members/?left_from=x&left_to=2026-06-30",
        "/members/?as_of=2026-05-31&q=甲&age=young&post=书记&denominator=entitled&sort=-name",
        "/members/?left_from=2026-05-01&q=乙&age=senior&presence=mobile&state=all",
        "/organizations/?below=99999999999&only=branches",
        "/organizations/?below=x&only=none&on=2026-02-30",
    ):
        assert client.get(address).status_code == 200, address


def test_odd_addresses_of_sent_reports_are_not_found(zone: Zone) -> None:
    client = zone.client("huzhuang")
    for query in ("period=x", "period=2026-06&on=x", "period=2026-06&at=-1"):
        assert client.get(f"/reports/sent/?{query}").status_code == 404, query


def test_queries_do_not_depend_on_organizations(july: Zone) -> None:
    keys = list(figures.registered())
    for window, queries in ((TODAY, 39), (END_OF_JUNE, 39), (SENT, 39)):
        for places in ([july.branch], [july.root, july.branch2, july.neighbour_street]):
            with CaptureQueriesContext(connection) as captured:
                figures.values(keys, places, window)
            assert len(captured) == queries, [query["sql"] for query in captured]


def test_queries_of_a_past_list_do_not_depend_on_rows(july: Zone) -> None:
    client, counts = july.client("huzhuang"), []
    for name in ("戊", ""):
        with CaptureQueriesContext(connection) as captured:
            page = client.get(f"/members/?as_of=2026-05-31&q={name}")
        counts.append((len(page.context["rows"]), len(captured)))
    assert [rows for rows, _ in counts] == [1, 12]
    assert counts[0][1] == counts[1][1] <= 12


# --- how members stand ------------------------------------------------------------------------


def test_every_act_takes_down_how_members_stand(july: Zone) -> None:
    assert not standings.astray().exists()


def test_members_written_past_the_actions_are_settled(july: Zone) -> None:
    register = july.register  # type: ignore[attr-defined]
    Member.objects.filter(pk=register.ids["甲"]).update(is_mobile=True)
    MemberStanding.objects.filter(member_id=register.ids["邻"]).delete()
    Member.objects.filter(pk=register.ids["庚"]).update(full_member_on=None)
    assert standings.settle(by=system()) == 3
    assert not standings.astray().exists()
    assert standings.settle(by=system()) == 0
    yesterday = Window("2026-07", D(2026, 7, 19))
    assert value("members_mobile", july.branch, yesterday) == 0


def test_saving_what_is_not_counted_writes_no_standing(july: Zone) -> None:
    before = MemberStanding.objects.count()
    july.register.change("甲", note="老党员")  # type: ignore[attr-defined]
    assert MemberStanding.objects.count() == before


def test_date_put_right_was_never_otherwise(july: Zone) -> None:
    july.register.change("新", joined_on=D(2025, 6, 2))  # type: ignore[attr-defined]
    assert value("members_joined", july.branch, END_OF_JUNE) == 0
    assert value("members_joined", july.branch, SENT) == 1  # as it was written then


def test_history_is_filled_for_members_that_came_otherwise(july: Zone) -> None:
    MemberStanding.objects.all().delete()
    standings.fill(since=D(2026, 1, 1))
    assert not standings.astray().exists()
    places = [july.branch, july.branch2]
    found = figures.values(["members_on_roll", "members_probationary"], places, END_OF_MAY)
    # By where they belong now: moves were not kept.
    assert found["members_on_roll"] == {july.branch.pk: 3, july.branch2.pk: 5}
    assert found["members_probationary"] == {july.branch.pk: 1, july.branch2.pk: 0}


# --- the registry -----------------------------------------------------------------------------


@pytest.fixture
def lanterns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an app that nobody knows of registers when it is loaded."""
    monkeypatch.setattr(figures, "_figures", dict(figures._figures))
    monkeypatch.setattr(figures, "_providers", dict(figures._providers))

    @figures.register(
        Figure("lanterns", "本月红灯笼", unit="盏", source="灯笼账"),
        Figure("lanterns_own", "本级红灯笼", unit="盏", sums=figures.Sums.ALONE),
    )
    def count(
        keys: Sequence[str], paths: Collection[str], window: Window, trees: object
    ) -> Mapping[str, figures.Counts]:
        rows = Organization.objects.branches().values_list("path", flat=True)
        return {key: dict.fromkeys(rows, 3) for key in keys}


def test_new_app_registers_a_figure_that_a_form_chooses(zone: Zone, lanterns: None) -> None:
    with on(6, 29):
        calendar.fill_from_package(years=[2026], by=system())
        plan = opening.install_defaults(by=system())
    newest = ReportDefinition.objects.get(key="general_branch")
    draft = definitions.draft_version(newest=newest, by=zone.actor("zone"))
    page = zone.client("zone").get(f"/forms/{draft.pk}/edit/").content.decode()
    assert "本月红灯笼（灯笼账）" in page
    items = [
        {**item, "figures": ["lanterns", "branches"]} if item["kind"] == "figures" else item
        for item in draft.items
    ]
    ReportDefinition.objects.filter(key="general_branch").update(items=items)
    with on(6, 29):
        opening.open_period(plan=plan, period="2026-06", by=system())
        report = Report.objects.get(organization=zone.general)
        shown = zone.client("huzhuang").get(f"/reports/{report.pk}/").context["items"][0].figures
    assert [(row["label"], row["value"], row["url"] != "") for row in shown] == [
        ("本月红灯笼", 6, False),
        ("所属支部", 2, True),
    ]


def test_figure_of_a_place_alone_takes_in_nothing_below(zone: Zone, lanterns: None) -> None:
    places = [zone.general, zone.branch]
    found = figures.values(["lanterns", "lanterns_own"], places, Window("2026", D(2026, 7, 1)))
    assert found["lanterns"] == {zone.general.pk: 6, zone.branch.pk: 3}
    assert found["lanterns_own"] == {zone.general.pk: 0, zone.branch.pk: 3}


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("2026-06", "本月减少"),
        ("2026-Q2", "本季度减少"),
        ("2026-H1", "本半年减少"),
        ("2026", "本年减少"),
    ],
)
def test_label_names_the_kind_of_period(zone: Zone, period: str, label: str) -> None:
    rows = figures.rows(["members_out", "nobody_knows"], [zone.root], Window(period, clock.today()))
    assert [row["label"] for row in rows[zone.root.pk]] == [label]


def test_key_is_registered_once(lanterns: None) -> None:
    with pytest.raises(ValueError, match="lanterns"):
        figures.register(Figure("lanterns", "又一个"))(lambda keys, paths, window, trees: {})


def test_figure_leads_nobody_to_a_page_he_may_not_open(july: Zone) -> None:
    found = figures.addresses(["members_left"], july.street, TODAY, july.actor("reviewer"))
    assert found == {"members_left": ""}


def test_moment_in_an_address_is_read_back_or_refused() -> None:
    assert figures.moment_of(figures.moment_word(JULY_20)) == JULY_20
    for word in ("", "-1", "1.5", "１２", "9" * 17):
        with pytest.raises(ValueError, match="moment"):
            figures.moment_of(word)
