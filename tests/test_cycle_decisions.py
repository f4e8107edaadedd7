"""The decision on a cycle: what lies before those who decide, and what follows from it."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.cycles.actions import cycles, marks
from assessments.cycles.models import Assessed, Cycle, Score
from assessments.decisions.actions import decisions
from assessments.decisions.models import Decision
from assessments.decisions.queries.deciding import digest_of, paper_of
from assessments.decisions.words import place_words
from core import derived
from core.errors import DomainError, NotAllowed
from core.models import AuditEntry, Notification
from core.states import MovedOn, Stale
from tests.decision_world import MEETING, NOW, TYPED, decided, fresh, score_of, street_of, submitted
from tests.test_cycle_pages import agree, page
from tests.world import Zone, make_organizations

pytestmark = pytest.mark.django_db
HALF = {
    "quota": {"grade": "好", "share": "1/2", "kind": "upper"},
    "bands": [["好", "40"], ["差", "0"]],
}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


def url_of(cycle: Cycle) -> str:
    return reverse("decisions:decision", args=[cycle.uid])


def test_places_are_shown_as_arithmetic_with_the_last_place(zone: Zone) -> None:
    cycle = submitted(zone, "18", "17", **HALF)
    text = page(zone, "committee", url_of(cycle))
    for said in ("2 × 1/2 = 1", "限额", "相差", "还没有分出", "加分", "一票否决"):
        assert (said in text) == (said != "还没有分出"), said
    assert "审定</button>" in text
    assert "提请审定的人不能自己审定" in page(zone, "zone", url_of(cycle))
    for name in ("dahuangshan", "huzhuang1", "reviewer", "sysadmin"):
        assert zone.client(name).get(url_of(cycle)).status_code == 404, name


@pytest.mark.parametrize(
    ("tie_break", "totals", "grades", "said"),
    [
        ([], (60, 55), ("好", "差"), "下一家"),
        ([], (60, 60), ("差", "差"), "都不占，名额空着"),
        (["work"], (60, 60), ("好", "差"), "按取舍规则比“work”定先后：18.00 分 对 17.00 分"),
        ([], (60, 30), ("好", "差"), "达到“好”的都有名额。"),
    ],
)
def test_who_takes_the_last_place_and_why(
    zone: Zone, tie_break: list[str], totals: tuple[int, int], grades: tuple[str, str], said: str
) -> None:
    cycle = submitted(zone, "18", "17", **{**HALF, "tie_break": tie_break})
    # Two who are equal are made so in the rows: the engine's own arithmetic is tested elsewhere.
    scores = Score.objects.filter(run=cycle.run).order_by("assessed__path")
    for one, total, grade in zip(scores, totals, grades, strict=True):
        band = "好" if total >= 40 else "差"
        Score.objects.filter(pk=one.pk).update(total=total, grade=grade, band=band)
    found = paper_of(cycle, zone.actor("committee"))
    (group,) = found.groups
    told = "".join(place_words(group, found))
    assert said in told
    text = page(zone, "committee", url_of(cycle))
    board = page(zone, "committee", reverse("boards:board", args=[cycle.uid]))
    for sentence in place_words(group, found):
        assert sentence in text
        # The board says it in the same words; that there was room for all it does not say.
        assert (sentence in board) == (group.places.last is not None)


def test_decided_is_this_very_result(zone: Zone) -> None:
    cycle = submitted(zone)
    client = zone.client("committee")
    url = url_of(cycle)
    shown = client.get(url).context["form"]["paper"].value()
    assert shown == digest_of(cycle.run_id)
    typed = TYPED | {"paper": shown}
    asked = client.post(url, typed).context["question"]
    # Sent back, marked otherwise and submitted again while the page stood open.
    cycles.send_back(
        cycle=fresh(cycle), revision=cycle.revision, reason="再看一次", by=zone.actor("committee")
    )
    street = street_of(zone, cycle)
    given = [marks.Given(street.pk, {"points": "11", "reason": "核过"})]
    marks.give_many(cycle=fresh(cycle), indicator="work", given=given, by=zone.actor("zone"))
    derived.registered()["scores"].refresh_all()
    cycle = fresh(cycle)
    cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    answer = client.post(url, typed | {"agreed": "yes", "seen": asked.seen})
    assert answer.status_code == 409
    assert "有变动" in answer.content.decode()
    assert "18 → 11" in answer.content.decode()  # what has changed since it was sent back
    assert "再看一次" in answer.content.decode()
    assert fresh(cycle).state == "submitted"
    with pytest.raises(Stale):
        decisions.decide(
            cycle=fresh(cycle),
            revision=fresh(cycle).revision,
            by=zone.actor("committee"),
            paper=shown,
            **MEETING,
        )
    agree(client, url, TYPED | {"paper": answer.context["form"]["paper"].value()})
    row = Decision.objects.get()
    assert (row.minutes_number, row.digest) == (
        TYPED["minutes_number"],
        digest_of(fresh(cycle).run_id),
    )
    assert "审定人" in page(zone, "committee", url)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"minutes_number": ""}, "纪要文号"),
        ({"met_on": ""}, "会议日期"),
        ({"met_on": "2026-07-21"}, "会后再审定"),
        ({"met_on": "2026-07-19"}, "事实冻结以前"),
    ],
)
def test_meeting_and_minutes_are_asked_for(zone: Zone, typed: dict[str, str], said: str) -> None:
    cycle = submitted(zone)
    answer = zone.client("committee").post(url_of(cycle), TYPED | typed)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert fresh(cycle).state == "submitted"


def test_one_who_submitted_or_does_not_decide_decides_nothing(zone: Zone) -> None:
    cycle = submitted(zone)
    for name in ("zone", "dahuangshan"):
        with pytest.raises(NotAllowed):
            decisions.decide(
                cycle=fresh(cycle), revision=cycle.revision, by=zone.actor(name), **MEETING
            )
    with pytest.raises(DomainError):
        decisions.decide(
            cycle=fresh(cycle),
            revision=cycle.revision,
            by=zone.actor("committee"),
            met_on=dt.date(2026, 7, 20),
            minutes_number=" ",
        )
    assert not Decision.objects.exists()


def test_each_is_told_its_own_result_once(zone: Zone) -> None:
    cycle = decided(zone)
    street = street_of(zone, cycle)
    own = score_of(street)
    (told,) = Notification.objects.filter(
        user=zone.users["dahuangshan"], about=f"assessed:{street.pk}"
    )
    assert f"{own.total:.2f}" in told.title
    assert "2026年7月27日以前" in told.body
    assert told.url == street.get_absolute_url()
    other = Assessed.objects.get(organization=zone.neighbour_street, cycle=cycle)
    theirs = f"{score_of(other).total:.2f}"
    for name in ("dahuangshan", "huzhuang", "huzhuang1", "zone", "committee"):
        rows = Notification.objects.filter(user=zone.users[name], key__startswith="decisions.")
        assert not any(theirs in one.title + one.body for one in rows), name
    assert not Notification.objects.filter(
        user=zone.users["huzhuang1"], key__startswith="decisions."
    ).exists()
    with pytest.raises(MovedOn):
        decisions.decide(
            cycle=fresh(cycle),
            revision=fresh(cycle).revision,
            by=zone.actor("committee"),
            **MEETING,
        )
    assert AuditEntry.objects.filter(verb="decisions.decision.take").count() == 1


def test_the_page_asks_the_same_whatever_the_number(zone: Zone) -> None:
    quota = {"quota": {"grade": "好", "share": "1/2", "kind": "upper"}}
    cycle = submitted(zone, **quota)
    client, url = zone.client("committee"), url_of(cycle)
    client.get(url)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    cycles.send_back(
        cycle=fresh(cycle), revision=cycle.revision, reason="加几家", by=zone.actor("committee")
    )
    street = {"kind": "direct_committee", "organization_class": "street"}
    make_organizations(zone.root, [{"name": f"街道{n}", **street} for n in range(3)])
    from assessments.cycles.actions import runs
    from tests.scheme_world import computed

    runs.order(cycle=fresh(cycle), by=zone.actor("zone"))
    cycle = computed(fresh(cycle))
    given = [
        marks.Given(one.pk, {"points": "15", "reason": "看过"})
        for one in Assessed.objects.filter(cycle=cycle)
    ]
    marks.give_many(cycle=fresh(cycle), indicator="work", given=given, by=zone.actor("zone"))
    derived.registered()["scores"].refresh_all()
    cycle = fresh(cycle)
    cycles.submit(cycle=cycle, revision=cycle.revision, by=zone.actor("zone"))
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    # Two more: who is assessed and what was marked since it was sent back.
    assert len(many) == len(one) + 2, (len(one), len(many))
    with CaptureQueriesContext(connection) as told:
        decisions.decide(
            cycle=fresh(cycle),
            revision=fresh(cycle).revision,
            by=zone.actor("committee"),
            **MEETING,
        )
    assert len(told) < 60
