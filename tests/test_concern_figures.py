"""Concerns in figures, passed up, answered by templates, and what was solved twice the same way."""

import datetime as dt
import io
import re
import uuid
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, figures
from core.actor import system
from core.errors import Conflict, DomainError
from core.figures import Window
from orgs.models import Organization
from schedules.concerns.actions import concerns, practices, templates
from schedules.concerns.actions.concerns import Told
from schedules.concerns.enums import ConcernState, PracticeState
from schedules.concerns.models import Concern, ConcernKind, ConcernTerm, Practice
from schedules.concerns.queries.counted import ANSWERED, CALLED, DUE, KEYS, ON_TIME, SATISFIED
from schedules.concerns.queries.practices import proposals_for

from .access_objects import NOW, concern_of, own, solved_alike, street_practice
from .parallel import run_together
from .said import page, sheet, stats
from .world import Zone, actor, build_zone

JULY = "2026-07"


def at(day: int, hour: int = 10) -> Any:
    return clock.at(NOW.replace(day=day, hour=hour))


def taken(zone: Zone, day: int, due: int) -> Concern:
    told = Told(text="路灯坏了四盏", source="branch", due_at=NOW.replace(day=due, hour=18))
    with at(day):
        return concerns.take(
            uid=uuid.uuid4(), told=told, intake=zone.branch, by=actor(zone.users["huzhuang1"])
        )


def answered(zone: Zone, row: Concern, day: int) -> Concern:
    with at(day):
        return concerns.answer(
            concern=row,
            text="已换好四盏灯",
            revision=Concern.objects.get(pk=row.pk).revision,
            by=actor(zone.users["huzhuang1"]),
        )


def called(zone: Zone, row: Concern, day: int, result: str) -> Concern:
    with at(day):
        return concerns.call_back(
            concern=row,
            result=result,
            note="说了情况",
            revision=row.revision,
            by=actor(zone.users["dahuangshan"]),
        )


@pytest.fixture
def july(zone: Zone) -> Zone:
    """Seven limits: in time and solved; in time, not solved and begun anew; in time, nobody could be
    reached; late and nobody has called; shown elsewhere in time; run out; to come."""
    called(zone, answered(zone, taken(zone, 1, 6), 3), 4, "solved")
    called(zone, answered(zone, taken(zone, 1, 6), 3), 4, "unsolved")
    called(zone, answered(zone, taken(zone, 1, 6), 3), 4, "unreached")
    answered(zone, taken(zone, 1, 6), 7)
    row = taken(zone, 1, 7)
    with at(2):
        concerns.refuse(
            concern=row,
            reason="不归社区管",
            redirect="供电所",
            revision=1,
            by=actor(zone.users["huzhuang1"]),
        )
    late = taken(zone, 1, 8)
    with at(9):  # given to another when it was too late: it stays with who had it
        concerns.assign(
            concern=late,
            organization=zone.neighbour_branch,
            revision=late.revision,
            by=actor(zone.users["zone"]),
        )
    taken(zone, 8, 20)
    return zone


def values(place: Organization, window: Window) -> list[int | None]:
    found = figures.values(KEYS, [place], window)
    return [found[key][place.pk] for key in (DUE, ON_TIME, ANSWERED, CALLED, SATISFIED)]


def test_nobody_gains_by_not_calling_and_not_ours_is_a_good_end(july: Zone) -> None:
    with at(9, 12):
        window = Window(JULY, clock.today())
        # The second of what was not solved is due on the 11th, and not yet counted.
        assert values(july.street, window) == [6, 4, 4, 2, 1]
        assert values(july.branch, window) == [6, 4, 4, 2, 1]
        assert values(july.neighbour_street, window) == [0, 0, 0, 0, 0]
        known, keys = figures.registered(), figures.gauged()
        assert [known[key].gauge is None for key in (DUE, ANSWERED)] == [True, True]
        groups = [
            dict(some)
            for _, some in figures.choices(lambda one: one.label, judging=True)
            if isinstance(some, list)
        ]
        offered = {key for one in groups for key in one}
        assert offered & set(KEYS) == {ON_TIME, CALLED, SATISFIED}
        satisfied = keys[SATISFIED][1]
        assert satisfied.of == ANSWERED  # of all answers, never of those called back alone
    with at(9, 13):
        past = Window(JULY, dt.date(2026, 7, 5))
        assert values(july.street, past) == [0, 0, 3, 2, 1]  # due on the 6th
    with clock.at(NOW.replace(month=8, day=3)):
        assert values(july.street, Window(JULY, clock.today())) == [8, 4, 4, 2, 1]


def test_who_left_no_address_is_nobody_to_call_back(zone: Zone) -> None:
    row = answered(zone, taken(zone, 1, 6), 3)
    with at(3, 12):
        assert values(zone.street, Window(JULY, clock.today())) == [0, 0, 1, 0, 0]
    called(zone, row, 4, "no_contact")
    with at(9):
        assert values(zone.street, Window(JULY, clock.today())) == [1, 1, 0, 0, 0]
        assert values(zone.street, Window(JULY, dt.date(2026, 7, 3))) == [0, 0, 1, 0, 0]


def test_list_sheet_api_and_rows_say_the_same(july: Zone) -> None:
    client = july.client("dahuangshan")
    with at(9, 12):
        wanted = dict(zip(KEYS, values(july.street, Window(JULY, clock.today())), strict=True))
        labels = {key: figures.registered()[key].label for key in KEYS}
        shown = list(stats(page(client, "/concerns/")))
        assert {word: int(number) for word, number, *_ in shown} == {
            labels[key]: wanted[key] for key in KEYS
        }
        assert "占全部答复 25%" in {note for _, _, note, _ in shown}
        above = " ".join(str(row[0]) for row in sheet(client, "/concerns/sheet/")[:4])
        told = client.get("/api/v1/concern-rates/").json()["figures"]
        assert {one["key"]: one["value"] for one in told} == wanted
        assert {one["key"]: one["share"] for one in told}[SATISFIED] == 25
        by = july.actor("dahuangshan")
        urls = figures.addresses(KEYS, july.street, Window(JULY, clock.today()), by)
        for key in KEYS:
            assert f"{labels[key]} {wanted[key]} 件" in above
            found = client.get(urls[key]).content.decode()
            assert re.search(rf"共 {wanted[key]} 件", found), key
    with at(20):
        asked = Window(JULY, dt.date(2026, 7, 9), known_at=NOW.replace(day=4, hour=8))
        found = client.get(figures.addresses([ANSWERED], july.street, asked, by)[ANSWERED])
        assert "共 3 件" in found.content.decode()


@pytest.mark.once
@pytest.mark.parametrize(
    "asked",
    [
        *("figure=x", "period=2026-13", "on=x", "at=x", "organization=0"),
        f"organization={'9' * 30}",
    ],
)
def test_odd_addresses_of_figures_are_not_there(zone: Zone, asked: str) -> None:
    assert zone.client("zone").get(f"/concerns/rows/?{asked}").status_code == 404


def test_a_branch_passes_up_and_the_limit_goes_on(zone: Zone) -> None:
    with clock.at(NOW):
        row = concern_of(own(zone))
        client, url = zone.client("huzhuang1"), reverse("concerns:concern-pass-up", args=[row.uid])
        assert str(zone.general) in client.get(url).content.decode()
        body = {"reason": "要几个单位一起修", "revision": row.revision}
        assert client.post(url, body).status_code == 302
        assert client.post(url, body).status_code == 403
        due, row = row.due_at, Concern.objects.get(pk=row.pk)
        assert (row.organization, row.state, row.due_at) == (
            zone.general,
            ConcernState.WAITING,
            due,
        )
        assert ConcernTerm.objects.get(concern=row).organization == zone.general
        assert client.get(row.get_absolute_url()).status_code == 200  # it took it in
        assert "待分派 1 件" in zone.client("huzhuang").get("/").content.decode()
        top = concerns.assign(
            concern=row, organization=zone.root, revision=2, by=actor(zone.users["zone"])
        )
        with pytest.raises(DomainError, match="没有可以报送"):
            concerns.pass_up(
                concern=top, reason="还是办不了", revision=3, by=actor(zone.users["zone"])
            )


def test_a_template_is_filled_in_and_nothing_typed_is_lost(zone: Zone) -> None:
    kind = ConcernKind.objects.create(name="设施维修")
    given = {"kind": kind, "title": "当天换灯", "text": "已报供电所换灯。", "is_used": True}
    mine = templates.create(organization=zone.street, by=actor(zone.users["dahuangshan"]), **given)
    theirs = templates.create(
        organization=zone.neighbour_street,
        by=actor(zone.users["jinshanqiao"]),
        **{**given, "title": "别处的模板"},
    )
    with pytest.raises(Conflict, match="已有"):
        templates.create(organization=zone.street, by=actor(zone.users["zone"]), **given)
    with clock.at(NOW):
        row = concern_of(own(zone))
        Concern.objects.filter(pk=row.pk).update(kind=kind)
        client, url = zone.client("huzhuang1"), reverse("concerns:concern-answer", args=[row.uid])
        shown = client.get(url).content.decode()
        assert "当天换灯" in shown
        assert "别处的模板" not in shown
        body = {"text": "我去看过。", "way": "", "revision": "1", "fill": "1"}
        filled = client.post(url, {**body, "begin": f"t{mine.pk}"})
        assert filled.status_code == 200
        text = filled.content.decode()
        assert "我去看过。\n已报供电所换灯。" in text
        assert 'value="当天换灯"' in text
        other = client.post(url, {**body, "begin": f"t{theirs.pk}"}).content.decode()
        assert "我去看过。</textarea>" in other
        assert Concern.objects.get(pk=row.pk).state == ConcernState.DOING
        del body["fill"]
        assert client.post(url, {**body, "way": "当天换灯", "begin": ""}).status_code == 302
        assert Concern.objects.get(pk=row.pk).way == "当天换灯"


def test_what_was_solved_twice_is_decided_once_by_each_committee(zone: Zone) -> None:
    with clock.at(NOW):
        row = solved_alike(own(zone))
        alone = concern_of(own(zone), "closed")
        Concern.objects.filter(pk=alone.pk).update(kind=row.kind, way="先围后修")
        assert [one.way for one in proposals_for(zone.street)] == ["当天换灯"]
        assert proposals_for(zone.neighbour_street) == []
        shown = zone.client("dahuangshan").get("/concerns/practices/").content.decode()
        assert "去确定" in shown
        assert "去确定" not in zone.client("huzhuang1").get("/concerns/practices/").content.decode()
        by = actor(zone.users["dahuangshan"])
        declined = practices.decide(
            concern=row, place=zone.street, is_adopted=False, reason="窗口都这样办", by=by
        )
        assert declined.basis.count() == 2
        with pytest.raises(Conflict, match="已经定过"):
            practices.decide(
                concern=row, place=zone.street, is_adopted=False, reason="窗口都这样办", by=by
            )
        assert proposals_for(zone.street) == []
        assert proposals_for(zone.root) != []  # what the street left, the zone may take up
        fresh = concern_of(own(zone))
        Concern.objects.filter(pk=fresh.pk).update(kind=row.kind)
        url = reverse("concerns:concern-answer", args=[fresh.uid])
        branch = zone.client("huzhuang1")
        assert "路灯当天换" not in branch.get(url).content.decode()
        practices.keep(
            practice=declined,
            is_adopted=True,
            revision=1,
            by=by,
            title="路灯当天换",
            text="接到就报供电所。",
        )
        assert "路灯当天换" in branch.get(url).content.decode()
        assert zone.client("jinshanqiao").get(declined.get_absolute_url()).status_code == 404
        answer = zone.client("dahuangshan").get("/concerns/practices/sheet/")
        book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
        assert "路灯当天换" in {cell for line in book.active.values for cell in line}
    with clock.at(NOW + dt.timedelta(days=366)):
        assert proposals_for(zone.root) == []


def test_practices_go_over_with_a_merger_but_for_those_alike(zone: Zone) -> None:
    practice = street_practice(own(zone))
    target = zone.neighbour_street
    assert practices.follow(source=zone.street, target=target, by=system()) == 1
    practice.refresh_from_db()
    assert practice.organization == target
    twin = Practice.objects.create(
        organization=zone.street,
        kind=practice.kind,
        way=practice.way,
        title="同样",
        decided_at=NOW,
        state=PracticeState.ADOPTED,
    )
    assert practices.follow(source=zone.street, target=target, by=system()) == 0
    twin.refresh_from_db()
    assert twin.organization == zone.street


def test_programs_never_learn_who_asked_or_what_was_said(zone: Zone) -> None:
    with clock.at(NOW):
        row = concern_of(own(zone), "closed")
        client = zone.client("zone")
        for url in ("/api/v1/concerns/", f"/api/v1/concerns/{row.uid}/"):
            said = client.get(url).content.decode()
            assert str(row.uid) in said
            for word in ("王建国", "13900000000", "路灯", zone.users["huzhuang1"].name):
                assert word not in said
        assert client.get("/api/v1/concerns/?state=overdue").json()["count"] == 0
        assert zone.client("jinshanqiao").get("/api/v1/concerns/").json()["count"] == 0
        assert zone.client("jinshanqiao").get(f"/api/v1/concerns/{row.uid}/").status_code == 404


def test_pages_of_figures_and_practices_cost_the_same_with_more_rows(zone: Zone) -> None:
    client = zone.client("dahuangshan")
    urls = [
        *("/concerns/", "/concerns/rows/", "/concerns/practices/", "/concerns/templates/"),
        *("/api/v1/concern-rates/", "/api/v1/concerns/", "/concerns/practices/sheet/"),
    ]
    costs = []
    with clock.at(NOW):
        for number in (1, 3):
            for n in range(number):
                row = solved_alike(own(zone))
                alike = Concern.objects.filter(kind=row.kind, way=row.way)
                alike.update(way=f"办法{number}{n}")
                practices.decide(
                    concern=Concern.objects.get(pk=row.pk),
                    place=zone.street,
                    is_adopted=True,
                    title=f"做法{number}{n}",
                    text="接到就报供电所。",
                    by=actor(zone.users["dahuangshan"]),
                )
                templates.create(
                    organization=zone.street,
                    by=actor(zone.users["dahuangshan"]),
                    kind=row.kind,
                    title=f"模板{number}{n}",
                    text="已报供电所。",
                    is_used=True,
                )
                solved_alike(own(zone))  # proposed
            counted = []
            for url in urls:
                client.get(url)
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(url).status_code == 200
                counted.append(len(queries))
            costs.append(counted)
    assert costs[0] == costs[1]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_passed_up_and_answered_at_once_is_one_of_both() -> None:
    zone = build_zone()
    row = concern_of(own(zone))
    by = actor(zone.users["huzhuang1"])
    results = run_together(
        [
            lambda: concerns.pass_up(concern=row, reason="支部办不了", revision=1, by=by),
            lambda: concerns.answer(concern=row, text="已经修好了", revision=1, by=by),
        ]
    )
    assert sum(one.error is not None for one in results) == 1
    row.refresh_from_db()
    assert (row.revision, row.steps.count()) == (2, 2)
    assert row.terms.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_eight_who_decide_at_once_decide_once() -> None:
    zone = build_zone()
    with clock.at(NOW):
        row = solved_alike(own(zone))
        by = actor(zone.users["dahuangshan"])

        def decide() -> Any:
            with clock.at(NOW):
                return practices.decide(
                    concern=row,
                    place=zone.street,
                    is_adopted=True,
                    title="路灯当天换",
                    text="当天换好。",
                    by=by,
                )

        results = run_together([decide] * 8)
    assert Practice.objects.count() == 1
    assert sum(isinstance(one.error, Conflict) for one in results) == 7
