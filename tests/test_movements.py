"""Opening + in − out = closing, for every organisation and month, whatever is told when."""

import contextlib
import datetime as dt
import io
import json
import random
from typing import Any

import docx
import pytest
from django.test import Client
from openpyxl import load_workbook

from core import clock, figures
from core.actor import system
from core.errors import DomainError
from core.figures import Window
from members.actions import members
from members.models import Member
from orgs.actions import organizations, structure
from orgs.actions.history import Decision
from orgs.models import Organization
from schedules.rounds.actions import calendar, opening, reports, rollups
from schedules.rounds.models import Report
from tests.test_figures import CHINA, D, Register, rows_shown
from tests.world import Zone

KEYS = ["members_opening", "members_in", "members_out", "members_on_roll"]
KINDS_IN = [
    *("members_joined", "members_transferred_in", "members_restored", "members_moved_in"),
]
KINDS_OUT = [
    *("members_transferred_out", "members_deceased", "members_removed"),
    *("members_suspended_now", "members_moved_out"),
]
TYPED = {"highlights": ["带岗带责进网格"], "problems": "屋顶渗水", "next_plan": "主题党日"}


def at(month: int, day: int, hour: int = 9) -> clock.at:  # type: ignore[valid-type]
    return clock.at(dt.datetime(2026, month, day, hour, tzinfo=CHINA))


def numbers(place: Organization, window: Window) -> dict[str, int]:
    found = figures.values([*KEYS, *KINDS_IN, *KINDS_OUT, "members_told_late"], [place], window)
    return {key: found[key][place.pk] or 0 for key in found}


def balanced(row: dict[str, int]) -> bool:
    return (
        row["members_opening"] + row["members_in"] - row["members_out"] == row["members_on_roll"]
        and row["members_in"] == sum(row[key] for key in KINDS_IN)
        and row["members_out"] == sum(row[key] for key in KINDS_OUT)
    )


class Book:
    """The chain of months of one place: each frozen on some day of its own, as reports are."""

    def __init__(self, place: Organization) -> None:
        self.place = place
        self.frozen: list[tuple[Window, dict[str, int]]] = []

    def freeze(self, period: str) -> None:
        opened = self.frozen[-1][0].closing if self.frozen else None
        window = Window(period, clock.today(), clock.now(), opened)
        self.place.refresh_from_db()
        self.frozen.append((window, numbers(self.place, window)))


def chain_holds(book: Book) -> None:
    before: dict[str, int] | None = None
    for window, row in book.frozen:
        assert balanced(row), (str(book.place), window, row)
        if before is not None:
            assert row["members_opening"] == before["members_on_roll"], (str(book.place), window)
        before = row


# --- random histories -------------------------------------------------------------------------

ACTS = [
    *("admit", "transfer_in", "exit", "exit_late", "move", "move", "restore", "suspend"),
    *("full", "move_branch", "merge", "found", "abolish", "resume"),
]


class World:
    """Random acts on a small zone, day by day."""

    def __init__(self, zone: Zone, seed: int) -> None:
        self.rng, self.zone, self.register = random.Random(seed), zone, Register()
        self.count = 0
        self.branches = [zone.branch, zone.branch2, zone.neighbour_branch]

    def name(self) -> str:
        self.count += 1
        return f"员{self.count}"

    def open_branches(self) -> list[Organization]:
        pks = [one.pk for one in self.branches]
        return list(Organization.objects.filter(pk__in=pks).active())

    def act(self, what: str) -> None:
        with contextlib.suppress(DomainError, IndexError):  # not possible now: nothing happens
            getattr(self, f"_{what}")()

    def _any(self, **where: object) -> Member:
        return self.rng.choice(list(Member.objects.filter(**where).order_by("pk")))

    def _branch(self) -> Organization:
        return self.rng.choice(self.open_branches())

    def _back(self, most: int) -> dt.date:
        return clock.today() - dt.timedelta(days=self.rng.randrange(most))

    def _admit(self) -> None:
        values = {"category": "probationary_member", "full_member_on": None}
        self.register.add(self._branch(), self.name(), joined_on=self._back(60), **values)

    def _transfer_in(self) -> None:
        self.register.add(self._branch(), self.name())

    def _exit(self, most: int = 5) -> None:
        member = self._any(state="normal")
        reason = self.rng.choice(["transferred", "deceased", "resigned"])
        members.record_exit(member=member, reason=reason, happened_on=self._back(most), by=system())

    def _exit_late(self) -> None:
        self._exit(70)

    def _move(self) -> None:
        members.move(member=self._any(state="normal"), to=self._branch(), by=system())

    def _restore(self) -> None:
        members.restore(member=self._any(state="left"), reason="登记有误，人还在", by=system())

    def _state(self, before: str, after: str) -> None:
        member = self._any(state=before)
        change = members.MemberChange({"state": after}, member_id=member.pk)
        members.save_members(changes=[change], by=system())

    def _suspend(self) -> None:
        self._state("normal", "suspended")

    def _resume(self) -> None:
        self._state("suspended", "normal")

    def _full(self) -> None:
        member = self._any(category="probationary_member", state="normal")
        values = {"category": "full_member", "full_member_on": self._back(40)}
        if member.joined_on and values["full_member_on"] >= member.joined_on:
            change = members.MemberChange(values, member_id=member.pk)
            members.save_members(changes=[change], by=system())

    def _move_branch(self) -> None:
        branch = self._branch()
        parents = [self.zone.general, self.zone.neighbour_street]
        parent = self.rng.choice([one for one in parents if one.pk != branch.parent_id])
        structure.move(
            organization=branch, parent=parent, decision=Decision(on=self._back(40)), by=system()
        )

    def _merge(self) -> None:
        source, target = self.rng.sample(self.open_branches(), 2)
        if len(self.open_branches()) > 2:
            structure.merge(
                source=source, target=target, decision=Decision(on=self._back(20)), by=system()
            )

    def _found(self) -> None:
        parent = self.rng.choice([self.zone.general, self.zone.neighbour_street])
        founded = organizations.found(
            name=f"中共新{self.name()}支部委员会",
            kind="branch",
            parent=parent,
            decision=Decision(on=self._back(30)),
            by=system(),
        )
        self.branches.append(founded)

    def _abolish(self) -> None:
        branch = self._branch()
        if len(self.open_branches()) > 2:
            decision = Decision(on=clock.today())
            structure.abolish(organization=branch, decision=decision, by=system())


@pytest.mark.parametrize("seed", range(6))
def test_books_balance_over_any_history(zone: Zone, seed: int) -> None:
    """A year of acts told on the day and late; each place freezes its months on days of its own,
    early, on time and late. Every month balances, begins where the last one ended, opens its
    rows, and says the same when it is looked at at the end of the year."""
    world, rng = World(zone, seed), random.Random(seed * 7 + 1)
    with at(1, 2):
        world.register.add(zone.branch, *(world.name() for _ in range(6)))
        world.register.add(zone.branch2, *(world.name() for _ in range(4)))
        world.register.add(zone.neighbour_branch, *(world.name() for _ in range(3)))
    places = [zone.root, zone.street, zone.general, zone.branch, zone.branch2]
    places += [zone.neighbour_street, zone.neighbour_branch]
    books = [Book(place) for place in places]
    due: list[tuple[dt.date, Book, str]] = []
    for month in range(1, 8):
        last = D(2026, month + 1, 1) - dt.timedelta(days=1)
        due += [
            (last + dt.timedelta(days=rng.randint(-4, 5)), one, f"2026-{month:02d}")
            for one in books
        ]
    day = D(2026, 1, 5)
    while day <= D(2026, 8, 8):
        with clock.at(dt.datetime(day.year, day.month, day.day, 9, tzinfo=CHINA)):
            for _ in range(rng.choice([0, 0, 1, 2])):
                world.act(rng.choice(ACTS))
        with clock.at(dt.datetime(day.year, day.month, day.day, 17, tzinfo=CHINA)):
            for _, book, period in [one for one in due if one[0] == day]:
                book.freeze(period)
        day += dt.timedelta(days=1)
    moved = 0
    with at(12, 20):
        for book in books:
            assert len(book.frozen) == 7
            chain_holds(book)
            for window, row in book.frozen:
                again = numbers(Organization.objects.get(pk=book.place.pk), window)
                assert again == row, (str(book.place), window)
                moved += row["members_in"] + row["members_out"]
    assert moved > 20, "a history in which nothing happens shows nothing"


# --- reports ----------------------------------------------------------------------------------


@pytest.fixture
def months(zone: Zone) -> Zone:
    """A branch from June on, with the reports of June, July and August opened."""
    zone.register = register = Register()  # type: ignore[attr-defined]
    with at(5, 20):
        calendar.fill_from_package(years=[2026], by=system())
        register.add(zone.branch, "甲", "乙", "丙", "丁", "戊", "己")
        register.add(zone.branch2, "庚")
        plan = opening.install_defaults(by=system())
    for month in (6, 7, 8):
        with at(month, 28):
            opening.open_period(plan=plan, period=f"2026-{month:02d}", by=system())
    return zone


def report_of(zone: Zone, period: str) -> Report:
    return Report.objects.get(organization=zone.branch, period=period)


def send(zone: Zone, period: str) -> dict[str, int]:
    report = report_of(zone, period)
    reports.submit(
        report=report,
        revision=report.revision,
        typed=TYPED,
        explanations=dict.fromkeys(("figures", "problems", "next_plan"), "已核对"),
        by=zone.actor("huzhuang1"),
    )
    return told(zone, period)


def told(zone: Zone, period: str) -> dict[str, int]:
    value = report_of(zone, period).items.get(key="figures").value
    return {row["key"]: row["value"] for row in value["figures"]}


def shown(client: Client, zone: Zone, period: str) -> dict[str, int]:
    page = client.get(f"/reports/{report_of(zone, period).pk}/")
    return {row["key"]: row["value"] for row in page.context["items"][0].figures}


def four(row: dict[str, int]) -> tuple[int, ...]:
    return tuple(row[key] for key in KEYS)


def test_exit_of_a_month_leaves_the_one_before_as_it_was(months: Zone) -> None:
    client = months.client("huzhuang1")
    with at(8, 3):
        assert four(shown(client, months, "2026-07")) == (6, 0, 0, 6)
    with at(8, 22):
        months.register.leave("乙", D(2026, 8, 20), "deceased")  # type: ignore[attr-defined]
        assert four(shown(client, months, "2026-07")) == (6, 0, 0, 6), "still open"
        assert four(shown(client, months, "2026-08")) == (6, 0, 1, 5)


def test_nothing_counts_nowhere_or_twice_over_the_months(months: Zone) -> None:
    """June on time, July early with its last days left to August, and what was told
    late counts in the month in which it was told."""
    zone, register = months, months.register  # type: ignore[attr-defined]
    with at(7, 4):
        assert four(send(zone, "2026-06")) == (6, 0, 0, 6)
    with at(7, 10):
        register.leave("乙", D(2026, 6, 29))  # of June, told when that had been sent
    with at(7, 29):
        assert four(send(zone, "2026-07")) == (6, 0, 1, 5)
        assert numbers_of_page(zone, "2026-07", "late") == 1
    with at(7, 31):
        register.leave("丙", D(2026, 7, 30), "deceased")
        register.move("庚", zone.branch)
    with at(8, 12):
        register.leave("丁", D(2026, 8, 10))
    with at(9, 2):
        assert four(send(zone, "2026-08")) == (5, 1, 2, 4)
        assert numbers_of_page(zone, "2026-08", "deceased") == 1
        months_sent = [told(zone, f"2026-{month:02d}") for month in (6, 7, 8)]
    assert [row["members_opening"] for row in months_sent[1:]] == [
        row["members_on_roll"] for row in months_sent[:-1]
    ]
    with at(9, 28):  # months later, after more has been told late
        register.leave("戊", D(2026, 6, 15))
        client = zone.client("huzhuang1")
        for period, row in zip(("2026-06", "2026-07", "2026-08"), months_sent, strict=True):
            page = client.get(f"/reports/{report_of(zone, period).pk}/")
            for figure in page.context["items"][0].figures:
                assert figure["value"] == row[figure["key"]]
                assert rows_shown(client, figure["url"]) == figure["value"], figure


def numbers_of_page(zone: Zone, period: str, kind: str) -> int:
    """How many rows of a kind the account of the report's period lists."""
    client = zone.client("huzhuang1")
    page = client.get(f"/reports/{report_of(zone, period).pk}/")
    figures_shown = page.context["items"][0].figures
    url = next(row["url"] for row in figures_shown if row["key"] == "members_out")
    return rows_shown(client, url.replace("kind=out", f"kind={kind}"))


def test_late_report_ends_where_the_next_one_began(months: Zone) -> None:
    """August was sent before July: what was told in between counts in July's late report
    no more than August has said."""
    zone, register = months, months.register  # type: ignore[attr-defined]
    with at(7, 4):
        send(zone, "2026-06")
    with at(9, 1):
        assert four(send(zone, "2026-08")) == (6, 0, 0, 6)
    with at(9, 2):
        register.leave("乙", D(2026, 7, 12))
        assert four(send(zone, "2026-07")) == (6, 0, 0, 6)


def test_returned_figures_never_open_a_gap_to_the_next_month(months: Zone) -> None:
    zone, register = months, months.register  # type: ignore[attr-defined]
    with at(8, 2):
        send(zone, "2026-07")
        report = report_of(zone, "2026-07")
        reports.check(
            report=report,
            revision=report.revision,
            returned={"figures": "人数不对，请核对名册"},
            by=zone.actor("huzhuang"),
        )
    with at(8, 3):
        register.leave("乙", D(2026, 7, 12))
        assert four(send(zone, "2026-07")) == (6, 0, 1, 5), "not yet frozen by a later one"
    with at(9, 1):
        assert four(send(zone, "2026-08")) == (5, 0, 0, 5)


def test_page_of_movements_adds_up_in_words(months: Zone) -> None:
    zone, register = months, months.register  # type: ignore[attr-defined]
    with at(8, 5):
        register.leave("乙", D(2026, 8, 4), "deceased")
        register.change("丙", state="suspended")
        register.move("庚", zone.branch)
    with at(8, 6):
        page = zone.client("huzhuang").get(
            f"/members/movements/?organization={zone.branch.pk}&period=2026-08"
        )
        lines = {line.label: line.value for line in page.context["lines"]}
        assert (lines["上期末在册"], lines["期末在册"]) == (6, 5)
        assert (lines["＋ 区内调入"], lines["－ 去世"], lines["－ 停止党籍"]) == (1, 1, 1)
        assert {row.name for row in page.context["rows"]} == {"乙", "丙", "庚"}
        assert all(row.is_here for row in page.context["rows"])
        assert f'href="/members/{register.ids["乙"]}/"' in page.content.decode()
        # Nobody crossed the border of the general branch but the dead and the suspended.
        above = zone.client("huzhuang").get(f"/members/movements/?organization={zone.general.pk}")
        assert {row.name for row in above.context["rows"]} == {"乙", "丙"}
        assert (
            zone.client("huzhuang2")
            .get(f"/members/movements/?organization={zone.branch.pk}")
            .status_code
            == 404
        )


def test_one_number_on_every_page_before_and_after_a_move(months: Zone) -> None:
    """The branch's month on its page, on the page of those above, printed, as Word, as a sheet
    and by the programs' way: the same numbers, and a later move of the branch changes none."""
    zone, register = months, months.register  # type: ignore[attr-defined]
    with at(7, 20):
        register.leave("乙", D(2026, 7, 14), "deceased")
        register.move("庚", zone.branch)
    with at(8, 2):
        sent = send(zone, "2026-07")
        rollups.refresh_all()
    assert four(sent) == (6, 1, 1, 6)
    report = report_of(zone, "2026-07")
    label = {key: figures.registered()[key].label for key in KEYS}
    for day, moved in ((3, False), (5, True)):
        with at(8, day):
            if moved:
                structure.move(
                    organization=zone.branch,
                    parent=zone.neighbour_street,
                    decision=Decision(on=D(2026, 8, 4)),
                    by=system(),
                )
            client = zone.client("zone")
            page = client.get(f"/reports/{report.pk}/").context["items"][0].figures
            assert {row["key"]: row["value"] for row in page} == sent
            for row in page:
                assert rows_shown(client, row["url"]) == row["value"], (moved, row)
            printed = client.get(f"/reports/{report.pk}/print/").content.decode()
            for key in KEYS:
                cell = f'{label[key]}</th><td class="n">{sent[key]}人</td>'
                assert cell in printed, (moved, key)
            month = client.get(f"/reports/month/print/?period=2026-07&organization={zone.root.pk}")
            told_api = client.get(f"/api/v1/monthly-reports/{report.pk}/").json()
            assert f'"value": {sent["members_on_roll"]}' in json.dumps(told_api)
            assert f"<b>{sent['members_out']}</b>人" in month.content.decode()
            word = texts_of(client.get(f"/reports/{report.pk}/docx/"))
            sheet = cells_of(client.get(f"/reports/{report.pk}/xlsx/"))
            for key in KEYS:
                assert f"{label[key]} {sent[key]}人" in word, (moved, key)
                assert sheet[label[key]] == str(sent[key]), (moved, key)


def texts_of(answer: Any) -> list[str]:
    """The first two cells of each table row of a Word document, as one text."""
    document = docx.Document(io.BytesIO(b"".join(answer) if answer.streaming else answer.content))
    return [
        f"{row.cells[0].text} {row.cells[1].text}"
        for one in document.tables
        for row in one.rows
        if len(row.cells) > 1
    ]


def cells_of(answer: Any) -> dict[str, str]:
    """Second column -> third column of a sheet."""
    body = b"".join(answer) if answer.streaming else answer.content
    rows = load_workbook(io.BytesIO(body)).active.iter_rows(values_only=True)
    return {str(row[1]): str(row[2]) for row in rows if len(row) > 2}
