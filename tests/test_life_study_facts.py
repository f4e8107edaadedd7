"""Figures, ledger and API of make-up study and study hours."""

import datetime as dt
import html
import re
import uuid
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core import clock, figures
from core.figures import Window
from orgs.actions import tokens
from schedules.life import ledgers
from schedules.life.actions import meetings, study
from schedules.life.enums import MeetingKind, StudyKind
from schedules.life.ledgers.meetings import made_up_words
from schedules.life.models import StudyRecord
from schedules.life.queries.made_up import made_up_of

from .test_life_study import DAY, HERE, ILL, enter, held, in_july, people  # noqa: F401
from .world import Zone

KEYS = ("study_missed", "study_made_up", "study_reached", "study_hours")
FIGURES, PAST_FIGURES, LEDGER = 8, 9, 7  # queries
LIST = 4  # queries of a page of the API


def june(known_at: dt.datetime | None = None) -> Window:
    return Window("2026-06", clock.today(), known_at)


def told(place: Any, window: Window) -> list[int | None]:
    found = figures.values(KEYS, [place], window)
    return [found[key][place.pk] for key in KEYS]


def shown(client: Any, place: Any, window: Window, actor: Any) -> list[int]:
    """What the pages behind the figures show: rows, rows, people, hours."""
    found = []
    for key, address in figures.addresses(KEYS, place, window, actor).items():
        page = client.get(address)
        text = html.unescape(page.content.decode())
        if key == "study_hours":
            total = re.search(r"<b>([\d.]+)</b><span>学时合计", text)
            assert total is not None
            found.append(int(float(total.group(1))))
        else:
            found.append(page.context["page"].paginator.count)
    return found


def test_figures_are_those_of_the_pages_behind_them(zone: Zone) -> None:
    here, ill, away = people(zone.branch, "甲", "乙", "丙")
    lesson = held(zone, {ill: ILL, away: ILL}, held_on=dt.date(2026, 6, 1))
    held(zone, {ill: ILL}, kind=MeetingKind.LIFE_MEETING)  # nobody makes that up
    enter(zone, ill, makes_up=lesson, started_on=dt.date(2026, 7, 1), ended_on=dt.date(2026, 7, 1))
    late = {"started_on": dt.date(2026, 7, 2), "ended_on": dt.date(2026, 7, 2)}
    enter(zone, away, makes_up=lesson, **late)  # on the thirty-first day
    course = {"kind": StudyKind.FULL_TIME, "half_days": 8}
    enter(zone, here, started_on=dt.date(2026, 6, 2), ended_on=dt.date(2026, 6, 5), **course)
    window = june()
    expected = [2, 1, 1, 33]
    for place, who in ((zone.branch, "huzhuang1"), (zone.street, "dahuangshan")):
        assert told(place, window) == expected
        assert shown(zone.client(who), place, window, zone.actor(who)) == expected
    assert told(zone.neighbour_street, window) == [0, 0, 0, 0]


def test_frozen_figures_are_found_again(zone: Zone) -> None:
    ill, here = people(zone.branch, "甲", "乙")
    lesson = held(zone, {ill: ILL})
    (row,) = enter(zone, here, minutes=480)
    with clock.at(clock.now() + dt.timedelta(hours=1)):
        at = clock.now()
        frozen = told(zone.branch, june(at))
        assert frozen == [1, 0, 0, 8]
    with clock.at(at + dt.timedelta(days=1)):
        enter(zone, ill, makes_up=lesson)
        study.withdraw(rows=[row], place=zone.branch, by=zone.actor("huzhuang1"))
        assert told(zone.branch, june()) == [1, 1, 0, 2]
        assert told(zone.branch, june(at)) == frozen
        client, actor = zone.client("huzhuang1"), zone.actor("huzhuang1")
        assert shown(client, zone.branch, june(at), actor) == frozen
        # Nor does it matter that the record itself was taken back since.
        meetings.withdraw(meeting=lesson, reason="登错了", by=actor)
        assert told(zone.branch, june()) == [0, 0, 0, 1]  # what was studied stays
        assert told(zone.branch, june(at)) == frozen


def test_figures_cost_the_same_for_one_and_three(zone: Zone) -> None:
    def cost(count: int) -> tuple[int, int]:
        crowd = people(zone.branch, *(f"人{count}{number}" for number in range(count)))
        lesson = held(zone, dict.fromkeys(crowd, ILL), topic=f"第{count}课")
        enter(zone, *crowd, makes_up=lesson)
        places = [zone.branch, zone.street, zone.root][:count]
        now = Window("2026", clock.today())
        with CaptureQueriesContext(connection) as today:
            figures.values(KEYS, places, now)
        with CaptureQueriesContext(connection) as past:
            figures.values(KEYS, places, june())
        return len(today), len(past)

    assert cost(1) == cost(3) == (FIGURES, PAST_FIGURES)


def test_ledger_has_a_line_for_everybody_seen(zone: Zone) -> None:
    (here,) = people(zone.branch, "甲", name_pinyin="jia")
    people(zone.branch, "乙", name_pinyin="yi")
    people(zone.neighbour_branch, "邻人")
    enter(zone, here, kind=StudyKind.LECTURE, half_days=1, is_central_course=True)
    ledger = ledgers.registered()["study"]
    with CaptureQueriesContext(connection) as queries:
        lines = ledger.rows(zone.actor("huzhuang1"), zone.branch, 2026)
    assert len(queries) == LEDGER
    assert [line.values[1:8] for line in lines] == [
        ("甲", str(zone.branch), "党员", 4, 32, 28, "已参加"),
        ("乙", str(zone.branch), "党员", 0, 32, 32, None),
    ]
    assert all(len(line.values) == len(ledger.columns) for line in lines)
    everywhere = ledger.rows(zone.actor("huzhuang1"), zone.root, 2026)
    assert "邻人" not in {line.values[1] for line in everywhere}


def test_words_of_what_is_made_up(zone: Zone) -> None:
    ill, away = people(zone.branch, "甲", "乙")
    lesson, full = held(zone, {ill: ILL, away: ILL}), held(zone, {}, topic="都来了")
    enter(zone, ill, makes_up=lesson)
    part = lesson.uid, zone.branch.pk
    with CaptureQueriesContext(connection) as queries:
        found = made_up_of([lesson.uid, full.uid])
    assert (list(found), len(queries)) == ([part], 1)
    assert made_up_words(found[part]) == "已补 1 / 2 人，还有 1 人没补"
    enter(zone, away, makes_up=lesson)
    assert made_up_words(made_up_of([lesson.uid])[part]) == "已补 2 / 2 人"


# --- API --------------------------------------------------------------------------------------


def caller(zone: Zone, who: str) -> Client:
    made = tokens.create(
        by=zone.actor(who),
        grant_id=zone.users[who].grants.get().pk,
        name="程序",
        scope="write",
        days=1,
    )
    return Client(headers={"Authorization": f"Bearer {made.secret}"})


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(
        f"/api/v1/study-records/{path}", body, content_type="application/json", headers=headers
    )


def test_program_enters_reads_and_withdraws(zone: Zone) -> None:
    ill, here = people(zone.branch, "甲", "乙")
    people(zone.neighbour_branch, "邻")
    lesson = held(zone, {ill: ILL})
    client = caller(zone, "huzhuang1")
    body = {
        "batch": str(uuid.uuid4()),
        "members": [ill.pk],
        "kind": "delivered",
        "title": "补课",
        "started_on": str(DAY),
        "minutes": 90,
        "makes_up": str(lesson.uid),
    }
    answer = post(client, "", body, **{"Idempotency-Key": "k1"})
    assert answer.status_code == 201, answer.json()
    again = post(client, "", body, **{"Idempotency-Key": "k1"})
    assert (again.json(), again["Idempotent-Replayed"]) == (answer.json(), "true")
    assert post(client, "", body).json() == answer.json()  # the batch is the same
    other = {**body, "batch": str(uuid.uuid4())}
    assert post(client, "", other).status_code == 409
    assert post(client, "", {**other, "members": [here.pk]}).status_code == 409
    wrong = {**other, "makes_up": None, "kind": "lecture"}
    refused = post(client, "", wrong)
    assert (refused.status_code, "按半天计" in refused.content.decode()) == (400, True)
    assert post(caller(zone, "taoyuan1"), "", other).status_code == 404

    (row,) = answer.json()
    address = f"/api/v1/study-records/{row['uid']}/"
    assert client.get(address).json()["makes_up"] == str(lesson.uid)
    assert caller(zone, "taoyuan1").get(address).status_code == 404
    assert post(caller(zone, "taoyuan1"), f"{row['uid']}/withdraw/", {}).status_code == 404
    assert post(client, f"{row['uid']}/withdraw/", {}).json()["withdrawn_at"]
    assert post(client, f"{row['uid']}/withdraw/", {}).status_code == 409
    assert StudyRecord.objects.count() == 1


def test_list_is_narrowed_and_costs_the_same(zone: Zone) -> None:
    client = caller(zone, "dahuangshan")
    crowd = people(zone.branch, "甲", "乙", "丙")
    (neighbour,) = people(zone.neighbour_branch, "邻")
    study.record(
        batch=uuid.uuid4(),
        place=zone.neighbour_branch,
        studied=study.Studied(StudyKind.SELF_STUDY, "邻居的学习", DAY, DAY, minutes=60),
        members=[neighbour.pk],
        by=zone.actor("taoyuan1"),
    )

    def listed(query: str = "") -> tuple[set[str], int]:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(f"/api/v1/study-records/?{query}")
        assert answer.status_code == 200, answer.json()
        return {row["member_name"] for row in answer.json()["results"]}, len(queries)

    enter(zone, crowd[0])
    listed()  # the first use of a token is noted
    one = listed()
    (lecture, _) = enter(zone, *crowd[1:], kind=StudyKind.LECTURE, half_days=1)
    assert one[1] == listed()[1] == LIST
    assert (one[0], listed()[0]) == ({"甲"}, {"甲", "乙", "丙"})
    assert listed("kind=lecture")[0] == listed(f"batch={lecture.batch}")[0] == {"乙", "丙"}
    assert listed(f"member={crowd[0].pk}&below={zone.branch.pk}")[0] == {"甲"}
    assert listed("first=2026-06-11")[0] == listed("last=2026-06-09")[0] == set()
    study.withdraw(rows=[lecture], place=zone.branch, by=zone.actor("huzhuang1"))
    assert listed()[0] == {"甲", "丙"}
    assert listed("withdrawn=true")[0] == {"甲", "乙", "丙"}
    for query in (f"below={zone.neighbour_street.pk}", "kind=meeting", "unknown=1"):
        assert client.get(f"/api/v1/study-records/?{query}").status_code in (400, 404)
