"""测评: paper ballots counted by two by themselves; the mark that comes of it, and who sees what."""

import datetime as dt
import re
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from assessments.ballots.actions import rounds
from assessments.ballots.enums import RoundState
from assessments.ballots.models import BallotCount, BallotRound
from assessments.ballots.rules import Count, fault_of, is_shown
from assessments.ballots.worklist import provide
from assessments.cycles.actions import changes, cycles, marks
from assessments.cycles.models import ASSESSED, Assessed, Cycle, HandMark, Score
from core import clock, derived, worklist
from core.actor import Actor, Part
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.states import MovedOn, Stale
from orgs.actions import namings
from orgs.models import RoleGrant
from orgs.permissions import Permission as P
from tests.ballot_world import KEY, WEIGHTS, arranged, ballot_cycle, counted, fresh, give
from tests.scheme_world import sealed
from tests.world import Zone, make_organizations, make_user

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 7, 20, 2, tzinfo=dt.UTC)
LIST, ALL, ONE, DETAIL = 9, 8, 7, 9  # queries of a page
RULE = {"params": {"weights": WEIGHTS, "minimum": "10"}}


@pytest.fixture(autouse=True)
def in_july() -> Any:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def zone(zone: Zone) -> Zone:
    """With a second and a third person at the zone."""
    for name in ("zone2", "zone3"):
        zone.users[name] = make_user(name, "zone_staff", zone.root)
    return zone


def begun(zone: Zone) -> tuple[Cycle, list[BallotRound]]:
    cycle = ballot_cycle(zone)
    return cycle, arranged(cycle, zone.actor("zone"))


def of(row: BallotRound) -> BallotRound:
    rows = BallotRound.objects.select_related(
        "assessed__cycle__organization", "assessed__organization"
    )
    return rows.get(pk=row.pk)


def mark_of(row: BallotRound) -> Any:
    found = HandMark.objects.filter(assessed=row.assessed_id, indicator=KEY)
    return [(one.seat, one.facts, one.by_name) for one in found]


# --- counts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "about", "says"),
    [
        (counted(8, 2, 0, 0, issued=10), "collected", "多于发出的 10 张"),
        (Count(20, 12, {"好": 8, "较好": 2, "一般": 0, "差": 0}, 1), "collected", "少 1 张"),
        (Count(20, 10, {"好": 8, "较好": 2, "一般": 0, "差": 0}, 1), "collected", "多 1 张"),
        (counted(8, 1, 0, 0), "好", "不足细则要求的 10 张"),
        (counted(100_000, 1, 0, 0), "好", "0 至 99999"),
        (counted(-1, 20, 0, 0), "好", "0 至 99999"),
        (Count(20, 11, {"好": 8, "较好": 2, "优": 1}, 0), "好", "按细则的各档"),
    ],
)
def test_what_does_not_hold_is_said(count: Count, about: str, says: str) -> None:
    found, text = fault_of(count, RULE)
    assert found == about
    assert says in text


def test_a_count_that_holds_has_no_fault() -> None:
    assert fault_of(counted(8, 2, 0, 0), RULE) == ("", "")


@pytest.mark.parametrize(
    ("votes", "shown"),
    [({"好": 9, "差": 1}, True), ({"好": 10, "差": 0}, False), ({"好": 3, "差": 1}, False)],
)
def test_few_or_equal_answers_are_not_told_one_by_one(votes: Any, shown: bool) -> None:
    assert is_shown(votes, 1) is shown


def test_two_who_agree_give_the_mark(zone: Zone) -> None:
    cycle, rows = begun(zone)
    count = counted(20, 10, 5, 5)
    one = give(cycle, zone.actor("zone"), {rows[0].pk: count})
    assert (one.changed, one.agreed, one.differing) == (1, 0, 0)
    assert mark_of(rows[0]) == []
    assert of(rows[0]).state == RoundState.OPEN
    two = give(cycle, zone.actor("zone2"), {rows[0].pk: count})
    assert (two.changed, two.agreed) == (1, 1)
    facts = {"votes": dict(count.votes), "invalid": 1}
    assert mark_of(rows[0]) == [(1, facts, zone.actor("zone2").name)]
    stored = of(rows[0])
    assert (stored.state, stored.issued, stored.collected) == (RoundState.DONE, 41, 41)
    derived.registered()["scores"].refresh_all()
    # (20 × 100 + 10 × 80 + 5 × 60 + 5 × 40) ÷ 40 = 82.5, of 20 marks.
    score = Score.objects.get(run=fresh(cycle).run, assessed=rows[0].assessed_id)
    assert KEY not in score.waiting
    assert score.indicators.get(key=KEY).points == 16.5


def test_two_who_differ_are_settled_with_the_paper_in_hand(zone: Zone) -> None:
    cycle, rows = begun(zone)
    give(cycle, zone.actor("zone"), {rows[0].pk: counted(20, 10, 5, 5)})
    outcome = give(cycle, zone.actor("zone2"), {rows[0].pk: counted(19, 11, 5, 5)})
    assert outcome.differing == 1
    stored = of(rows[0])
    assert stored.state == RoundState.DIFFERING
    assert mark_of(rows[0]) == []
    right = counted(19, 11, 5, 5)
    by = zone.actor("zone3")
    with pytest.raises(DomainError, match="怎样核对"):
        rounds.settle(found=stored, count=right, reason=" ", revision=stored.revision, by=by)
    with pytest.raises(Stale):
        rounds.settle(found=stored, count=right, reason="重点了一遍", revision=1, by=by)
    wrong = counted(1, 0, 0, 0)
    with pytest.raises(DomainError, match="不足细则要求"):
        rounds.settle(found=stored, count=wrong, reason="重点了一遍", revision=2, by=by)
    rounds.settle(found=stored, count=right, reason="重点了一遍", revision=stored.revision, by=by)
    ((_, facts, _),) = mark_of(rows[0])
    assert facts["votes"]["好"] == 19
    assert (of(rows[0]).state, of(rows[0]).reason) == (RoundState.DONE, "重点了一遍")
    with pytest.raises(MovedOn):
        rounds.settle(found=stored, count=right, reason="再核一遍", revision=3, by=by)


def test_a_named_reviewer_who_did_not_count_settles_nothing(zone: Zone) -> None:
    cycle, rows = begun(zone)
    give(cycle, zone.actor("zone"), {rows[0].pk: counted(20, 10, 5, 5)})
    give(cycle, zone.actor("zone2"), {rows[0].pk: counted(19, 11, 5, 5)})
    by = named(zone.actor("jinshanqiao"), zone.street.path)
    stored = of(rows[0])
    with pytest.raises(NotAllowed, match="计票的两人之一"):
        rounds.settle(
            found=stored, count=counted(19, 11, 5, 5), reason="重点一遍", revision=2, by=by
        )


def test_a_ballot_is_counted_anew_and_its_mark_taken_back(zone: Zone) -> None:
    cycle, rows = begun(zone)
    done = done_of(zone, cycle, rows[0])
    row = rounds.reopen(
        found=done, reason="发现夹了一张别的票", revision=done.revision, by=zone.actor("zone")
    )
    assert (row.state, row.take, row.votes, row.issued) == (RoundState.OPEN, 2, {}, None)
    assert mark_of(row) == []
    # What was counted before stays, and none of it counts: two count once more.
    assert BallotCount.objects.filter(round=row, take=1).count() == 2
    assert give(cycle, zone.actor("zone"), {row.pk: counted(20, 10, 5, 5)}).agreed == 0
    assert give(cycle, zone.actor("zone3"), {row.pk: counted(20, 10, 5, 5)}).agreed == 1
    again = of(row)
    with pytest.raises(DomainError, match="为什么重新计票"):
        rounds.reopen(found=again, reason="", revision=again.revision, by=zone.actor("zone"))


def done_of(zone: Zone, cycle: Cycle, *rows: BallotRound) -> BallotRound:
    """The rounds counted by two alike; the first of them."""
    for name in ("zone", "zone2"):
        give(cycle, zone.actor(name), {row.pk: counted(20, 10, 5, 5) for row in rows})
    return of(rows[0])


def test_nobody_counts_twice_and_nobody_comes_third(zone: Zone) -> None:
    cycle, rows = begun(zone)
    by = zone.actor("zone")
    give(cycle, by, {rows[0].pk: counted(20, 10, 5, 5)})
    # Who counted corrects his own count; a deputy of his is the same person.
    assert give(cycle, by, {rows[0].pk: counted(21, 10, 5, 5)}).changed == 1
    deputy = replace(by, user_id=zone.users["zone3"].pk, principal_id=by.user_id)
    assert give(cycle, deputy, {rows[0].pk: counted(21, 10, 5, 5)}).changed == 0
    assert BallotCount.objects.filter(round=rows[0]).count() == 1
    give(cycle, zone.actor("zone2"), {rows[0].pk: counted(21, 10, 5, 5)})
    assert give(cycle, zone.actor("zone2"), {rows[0].pk: counted(21, 10, 5, 5)}).changed == 0
    for actor in (by, zone.actor("zone3")):
        with pytest.raises(Conflict, match="已由两人计完"):
            give(cycle, actor, {rows[0].pk: counted(22, 10, 5, 5)})


def named(actor: Actor, *paths: str) -> Actor:
    parts = tuple(Part(path, False, frozenset({P.ASSESSMENT_REVIEW})) for path in paths)
    return replace(actor, named=parts)


def test_who_may_count(zone: Zone) -> None:
    cycle, rows = begun(zone)
    count = {rows[0].pk: counted(20, 10, 5, 5)}
    for name in ("dahuangshan", "jinshanqiao", "huzhuang1", "committee", "reviewer"):
        with pytest.raises(NotAllowed):
            give(cycle, zone.actor(name), count)
    # Named for it: but never those who are voted on, and their own.
    own = named(zone.actor("dahuangshan"), zone.street.path, zone.neighbour_street.path)
    below = named(zone.actor("huzhuang1"), zone.street.path)
    for actor in (own, below):
        with pytest.raises(NotAllowed, match="本单位"):
            give(cycle, actor, count)
    assert give(cycle, own, {rows[1].pk: counted(20, 10, 5, 5)}).changed == 1
    recused = replace(
        zone.actor("zone"),
        recused=(
            Part(zone.street.path, False, frozenset({P.ASSESSMENT_REVIEW, P.ASSESSMENT_RUN})),
        ),
    )
    with pytest.raises(NotAllowed, match="登记回避"):
        give(cycle, recused, count)
    assert give(cycle, recused, {rows[1].pk: counted(20, 10, 5, 5)}).agreed == 1


def test_who_is_named_for_one_of_the_assessed_alone_counts_it(zone: Zone) -> None:
    cycle, rows = begun(zone)
    # As teams name their people: for the assessed in its cycle, and for nothing else there.
    about = ASSESSED, rows[0].assessed_id
    part = Part(zone.street.path, False, frozenset({P.ASSESSMENT_REVIEW}), about)
    by = replace(zone.actor("reviewer"), named=(part,))
    assert list(BallotRound.objects.to_count(by)) == rows[:1]
    assert list(BallotRound.objects.visible_to(by)) == rows[:1]
    assert give(cycle, by, {rows[0].pk: counted(20, 10, 5, 5)}).changed == 1
    with pytest.raises(NotAllowed):
        give(cycle, by, {rows[1].pk: counted(20, 10, 5, 5)})
    # Who keeps out of that one alone, as a reviewer does, finds nothing of it at the holder either.
    taken = replace(part, permissions=frozenset({P.ASSESSMENT_REVIEW, P.ASSESSMENT_RUN}))
    out = replace(zone.actor("zone"), recused=(taken,))
    assert list(BallotRound.objects.to_count(out)) == rows[1:]
    with pytest.raises(NotAllowed, match="回避"):
        give(cycle, out, {rows[0].pk: counted(20, 10, 5, 5)})


def test_who_is_alone_is_told_how_a_second_comes_to_count(zone: Zone) -> None:
    cycle, _ = begun(zone)
    client, url = zone.client("zone"), reverse("ballots:ballot-list", args=[cycle.uid])
    assert "现在能计票的只有" not in client.get(url).content.decode()
    RoleGrant.objects.filter(user__username__in=("zone2", "zone3")).delete()
    assert "现在能计票的只有 1 人" in client.get(url).content.decode()


def test_several_wrong_counts_are_told_together_and_nothing_is_written(zone: Zone) -> None:
    cycle, rows = begun(zone)
    bad = {row.pk: counted(1, 0, 0, 0) for row in rows}
    with pytest.raises(DomainError, match="有 2 家") as told:
        give(cycle, zone.actor("zone"), bad)
    assert [one["field"] for one in told.value.errors] == [f"{row.pk}-好" for row in rows]
    with pytest.raises(DomainError, match="不足细则要求"):
        give(cycle, zone.actor("zone"), bad | {rows[0].pk: counted(20, 0, 0, 1)})
    assert not BallotCount.objects.exists()


# --- the cycle ------------------------------------------------------------------------------------


def test_marks_of_a_ballot_are_not_given_by_hand(zone: Zone) -> None:
    cycle, rows = begun(zone)
    given = [marks.Given(rows[0].assessed_id, {"votes": {"好": 20}})]
    with pytest.raises(Conflict):
        marks.give_many(cycle=cycle, indicator=KEY, given=given, by=zone.actor("zone"))
    rounds.drop(cycle=cycle, indicator=KEY, reason="改为人工评分", by=zone.actor("zone"))
    assert not BallotRound.objects.exists()
    assert marks.give_many(cycle=cycle, indicator=KEY, given=given, by=zone.actor("zone")) == 1
    with pytest.raises(DomainError, match="1 家这一项已经人工评分"):
        arranged(cycle, zone.actor("zone"))


def test_what_others_mark_is_not_offered_to_be_typed(zone: Zone) -> None:
    cycle = ballot_cycle(zone)
    url, client = reverse("cycles:mark", args=[cycle.uid, KEY]), zone.client("zone")
    assert 'name="seat"' in client.get(url).content.decode()
    rows = arranged(cycle, zone.actor("zone"))
    text = client.get(url).content.decode()
    assert "各单位的这一项由考核组复核评分，或由测评计票得出，这里不能代评" in text
    assert 'name="seat"' not in text
    # Of one of them alone: the others are marked as before.
    rows[0].delete()
    text = client.get(url).content.decode()
    assert f"{rows[1].assessed.short_name}的这一项由考核组复核评分" in text
    assert 'name="seat"' in text


def test_nothing_is_submitted_while_a_ballot_is_not_counted(zone: Zone) -> None:
    cycle, rows = begun(zone)
    done_of(zone, cycle, rows[0])
    derived.registered()["scores"].refresh_all()

    def refusal() -> str:
        stored = fresh(cycle)
        with pytest.raises(DomainError) as told:
            cycles.submit(cycle=stored, revision=stored.revision, by=zone.actor("zone"))
        return told.value.message

    # Marked by others meanwhile: no total waits, and only the ballot speaks against it.
    HandMark.objects.create(
        assessed_id=rows[1].assessed_id,
        indicator=KEY,
        facts={"votes": {"好": 20}},
        by_name="甲",
        at=clock.now(),
    )
    changes.mark([Assessed.objects.get(pk=rows[1].assessed_id)])
    derived.registered()["scores"].refresh_all()
    before = refusal()
    assert "“述职评议”还有 1 家没有计完票" in before
    give(cycle, zone.actor("zone"), {rows[1].pk: counted(20, 10, 5, 5)})
    assert refusal() == before  # tells nothing of the first count
    give(cycle, zone.actor("zone3"), {rows[1].pk: counted(20, 10, 5, 5)})
    derived.registered()["scores"].refresh_all()
    stored = fresh(cycle)
    cycles.submit(cycle=stored, revision=stored.revision, by=zone.actor("zone"))
    for act in (
        lambda: give(cycle, zone.actor("zone"), {rows[1].pk: counted(21, 10, 5, 5)}),
        lambda: rounds.reopen(
            found=of(rows[0]), reason="再看一遍", revision=3, by=zone.actor("zone")
        ),
        lambda: rounds.drop(cycle=cycle, indicator=KEY, reason="不要了吧", by=zone.actor("zone")),
    ):
        with pytest.raises(Conflict, match="待审定"):
            act()


def test_a_ballot_is_arranged_once_and_only_by_the_holder(zone: Zone) -> None:
    cycle, rows = begun(zone)
    today = clock.today()
    done_of(zone, cycle, rows[0])
    give_again = {"cycle": cycle, "indicator": KEY, "by": zone.actor("zone")}
    assert rounds.arrange(held_on=today, place="评议会", **give_again) == 0
    assert AuditEntry.objects.filter(verb="ballots.round.arrange").count() == 1
    moved = today - dt.timedelta(days=1)
    assert rounds.arrange(held_on=moved, place="另一处", **give_again) == 0
    assert [of(row).place for row in rows] == ["评议会", "另一处"]
    for day in (today + dt.timedelta(days=1), dt.date(2025, 12, 31)):
        with pytest.raises(DomainError, match="测评日期"):
            rounds.arrange(held_on=day, place="评议会", **give_again)
    with pytest.raises(DomainError, match="场合"):
        rounds.arrange(held_on=today, place=" ", **give_again)
    for name in ("committee", "dahuangshan"):
        with pytest.raises(NotAllowed):
            rounds.arrange(
                cycle=cycle, indicator=KEY, held_on=today, place="甲", by=zone.actor(name)
            )


# --- independence ---------------------------------------------------------------------------------


def seen(zone: Zone, who: str, cycle: Cycle, rows: list[BallotRound]) -> list[tuple[Any, ...]]:
    """All that a person can read of the ballots, with the number of queries: pages, the own list,
    and what is answered to wrong counts."""
    client = zone.client(who)
    urls = [
        reverse("ballots:ballot-list", args=[cycle.uid]),
        reverse("ballots:count-all", args=[cycle.uid, KEY]),
        reverse("ballots:round", args=[rows[0].uid]),
        reverse("ballots:count-one", args=[rows[0].uid]),
        cycle.get_absolute_url(),
        reverse("core:home"),
        reverse("api:cycle-detail", args=[cycle.uid]),
    ]
    found: list[tuple[Any, ...]] = []
    for url in urls:
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        found.append((url, response.status_code, without_tokens(response.content), len(queries)))
    wrong = {f"{rows[0].pk}-{name}": "1" for name in ("issued", "collected", "v0", "v1")}
    for url in urls[1::2][:2]:
        with CaptureQueriesContext(connection) as queries:
            response = client.post(url, wrong)
        found.append((url, response.status_code, without_tokens(response.content), len(queries)))
    for url in (
        reverse("ballots:round-settle", args=[rows[0].uid]),
        reverse("ballots:round-reopen", args=[rows[0].uid]),
    ):
        full = {f"{rows[0].pk}-{n}": "20" for n in ("issued", "collected", "v0")}
        full |= {f"{rows[0].pk}-{n}": "0" for n in ("v1", "v2", "v3", "invalid")}
        with CaptureQueriesContext(connection) as queries:
            response = client.post(url, {**full, "reason": "重点了一遍", "revision": "1"})
        found.append((url, response.status_code, without_tokens(response.content), len(queries)))
    return found


def without_tokens(content: bytes) -> str:
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", content.decode())
    text = re.sub(r'nonce="[^"]+"|编号 \w+|\b\d\d:\d\d(:\d\d)?\b', "", text)
    return re.sub(r"[0-9a-f]{32}|[A-Za-z0-9]{64}", "", text)


@pytest.mark.parametrize("who", ["zone2", "jinshanqiao"])
def test_the_second_finds_the_same_bytes_with_and_without_the_first(zone: Zone, who: str) -> None:
    cycle, rows = begun(zone)
    namings.name(
        by=zone.actor("zone"),
        relation="reviews.reviewer",
        organization_id=zone.street.pk,
        username="jinshanqiao",
        first=clock.today(),
        reason="抽调计票",
    )
    seen(zone, who, cycle, rows)  # what is read once and kept
    without = seen(zone, who, cycle, rows)
    give(cycle, zone.actor("zone"), {row.pk: counted(20, 10, 5, 5) for row in rows})
    assert seen(zone, who, cycle, rows) == without
    statuses = [one[1] for one in without]
    assert statuses[:4] == [200] * 4
    assert statuses[-4:] == [422, 422, *([409, 409] if who == "zone2" else [403, 403])]
    # And once both are in it is told.
    give(cycle, zone.actor("zone3"), {rows[0].pk: counted(19, 11, 5, 5)})
    assert seen(zone, who, cycle, rows)[2][2] != without[2][2]


def test_the_trail_tells_who_counted_and_never_what(zone: Zone) -> None:
    cycle, rows = begun(zone)
    give(cycle, zone.actor("zone"), {rows[0].pk: counted(37, 10, 5, 5)})
    entry = AuditEntry.objects.get(verb="ballots.count.give")
    assert entry.object_id == str(cycle.pk)
    assert "37" not in str(entry.changes)


# --- pages ----------------------------------------------------------------------------------------


def typed(row: BallotRound, *votes: int, invalid: int = 1) -> dict[str, str]:
    numbers = {f"{row.pk}-v{place}": str(number) for place, number in enumerate(votes)}
    collected = str(sum(votes) + invalid)
    numbers |= {f"{row.pk}-issued": collected, f"{row.pk}-collected": collected}
    return numbers | {f"{row.pk}-invalid": str(invalid)}


def test_counts_are_typed_for_all_and_for_one(zone: Zone) -> None:
    cycle, rows = begun(zone)
    every = reverse("ballots:count-all", args=[cycle.uid, KEY])
    response = zone.client("zone").post(
        every, typed(rows[0], 20, 10, 5, 5) | typed(rows[1], 8, 2, 0, 0)
    )
    assert response.status_code == 302
    assert BallotCount.objects.count() == 2
    text = zone.client("zone").get(every).content.decode()
    assert "你已填" in text
    assert f'name="{rows[0].pk}-v0" value="20"' in text
    assert "你已填" not in zone.client("zone2").get(every).content.decode()
    one = reverse("ballots:count-one", args=[rows[0].uid])
    assert zone.client("zone2").post(one, typed(rows[0], 20, 10, 5, 5)).status_code == 302
    assert of(rows[0]).state == RoundState.DONE
    # Only the other is left on the page; both pages of what is over lead back.
    text = zone.client("zone2").get(every).content.decode()
    assert f"{rows[0].pk}-v0" not in text
    assert f"{rows[1].pk}-v0" in text
    assert zone.client("zone2").get(one).status_code == 302
    page = zone.client("zone").get(rows[0].get_absolute_url()).content.decode()
    assert "16.50" in page
    assert "好 20，较好 10" in page


def test_what_is_typed_wrong_stands_there_with_its_reason(zone: Zone) -> None:
    cycle, rows = begun(zone)
    every = reverse("ballots:count-all", args=[cycle.uid, KEY])
    given = typed(rows[0], 20, 10, 5, 5) | {f"{rows[1].pk}-v0": "12"}
    given[f"{rows[0].pk}-issued"] = "3"
    response = zone.client("zone").post(every, given)
    assert response.status_code == 422
    text = response.content.decode()
    assert "多于发出的 3 张" in text
    assert "没有填全：还有发出、收回、较好、一般、差、无效" in text
    assert f'name="{rows[1].pk}-v0" value="12"' in text
    for odd in ("-1", "1e3", "999999", "一", "1.5"):
        given[f"{rows[0].pk}-issued"] = odd
        assert zone.client("zone").post(every, given).status_code == 422, odd
    assert not BallotCount.objects.exists()


def test_settling_shows_each_cell_that_differs(zone: Zone) -> None:
    cycle, rows = begun(zone)
    give(cycle, zone.actor("zone"), {rows[0].pk: counted(20, 10, 5, 5)})
    give(cycle, zone.actor("zone2"), {rows[0].pk: counted(19, 11, 5, 5)})
    url = reverse("ballots:round-settle", args=[rows[0].uid])
    text = zone.client("zone2").get(url).content.decode()
    assert text.count("不一致</span>") == 2
    assert f'name="{rows[0].pk}-issued" value="41"' in text
    assert f'name="{rows[0].pk}-v0" value' not in text
    given = typed(rows[0], 19, 11, 5, 5) | {"reason": "", "revision": "2"}
    assert zone.client("zone2").post(url, given).status_code == 422
    given["reason"] = "重点了一遍"
    assert zone.client("zone2").post(url, given).status_code == 302
    assert of(rows[0]).votes == {"好": 19, "较好": 11, "一般": 5, "差": 5}


def test_the_assessed_see_their_own_result_only_once_it_is_sealed(zone: Zone) -> None:
    cycle, rows = begun(zone)
    done_of(zone, cycle, *rows)
    own, other = rows[0].get_absolute_url(), rows[1].get_absolute_url()
    client = zone.client("dahuangshan")
    listed = reverse("ballots:ballot-list", args=[cycle.uid])
    assert [client.get(url).status_code for url in (own, other, listed)] == [404] * 3
    derived.registered()["scores"].refresh_all()
    sealed(fresh(cycle), by=zone.actor("zone"), decider=zone.actor("committee"))
    assert [client.get(url).status_code for url in (own, other, listed)] == [200, 404, 404]
    text = client.get(own).content.decode()
    assert "16.50" in text
    assert "好 20，较好 10" in text
    assert zone.actor("zone").name not in text.split("<main")[1]
    # All alike: the points are told, the answers one by one are not.
    BallotRound.objects.filter(pk=rows[0].pk).update(
        votes={"好": 40, "较好": 0, "一般": 0, "差": 0}
    )
    text = client.get(own).content.decode()
    assert "不公开各档" in text
    assert "好 40" not in text
    assert "好 40" in zone.client("committee").get(own).content.decode()


def test_a_recused_person_finds_nothing_of_it(zone: Zone) -> None:
    cycle, rows = begun(zone)
    namings.name(
        by=zone.actor("zone"),
        relation="reviews.reviewer",
        organization_id=zone.street.pk,
        username="zone2",
        first=clock.today(),
        reason="亲属任职",
        is_recusal=True,
    )
    client = zone.client("zone2")
    assert client.get(reverse("ballots:count-one", args=[rows[0].uid])).status_code == 404
    text = client.get(reverse("ballots:count-all", args=[cycle.uid, KEY])).content.decode()
    assert f"{rows[0].pk}-v0" not in text
    assert f"{rows[1].pk}-v0" in text


@pytest.mark.parametrize("more", [0, 2])
def test_pages_cost_the_same_with_more_rows(zone: Zone, more: int) -> None:
    streets = [
        {"name": f"街道{n}", "kind": "direct_committee", "organization_class": "street"}
        for n in range(more)
    ]
    if streets:
        make_organizations(zone.root, streets)
    cycle, rows = begun(zone)
    assert len(rows) == 2 + more
    done = done_of(zone, cycle, rows[0])
    client = zone.client("zone")
    for url, most in (
        (reverse("ballots:ballot-list", args=[cycle.uid]), LIST),
        (reverse("ballots:count-all", args=[cycle.uid, KEY]), ALL),
        (reverse("ballots:count-one", args=[rows[1].uid]), ONE),
        (done.get_absolute_url(), DETAIL),
    ):
        client.get(url)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        assert len(queries) == most, url


@pytest.mark.parametrize("ending", ["docx", "pdf"])
def test_papers_are_written(zone: Zone, ending: str) -> None:
    cycle, _ = begun(zone)
    url = reverse("ballots:ballot-papers", args=[cycle.uid, ending, KEY])
    response = zone.client("zone").get(url)
    assert response.status_code == 200
    body = b"".join(response.streaming_content)
    assert body.startswith(b"PK" if ending == "docx" else b"%PDF")
    assert AuditEntry.objects.filter(verb="ballots.round.export").count() == 1
    wrong = reverse("ballots:ballot-papers", args=[cycle.uid, "xls", KEY])
    assert zone.client("zone").get(wrong).status_code == 404


def test_each_number_is_asked_once(zone: Zone) -> None:
    cycle, rows = begun(zone)
    every = reverse("ballots:count-all", args=[cycle.uid, KEY])
    text = zone.client("zone").get(every).content.decode()
    for row in rows:
        for name in ("issued", "collected", "v0", "v1", "v2", "v3", "invalid"):
            assert text.count(f'name="{row.pk}-{name}"') == 1
    give(cycle, zone.actor("zone"), {rows[0].pk: counted(20, 10, 5, 5)})
    give(cycle, zone.actor("zone2"), {rows[0].pk: counted(19, 11, 5, 5)})
    url = reverse("ballots:round-settle", args=[rows[0].uid])
    text = zone.client("zone").get(url).content.decode()
    for name in (f"{rows[0].pk}-v0", "reason", "revision"):
        assert text.count(f'name="{name}"') == 1, name


def test_who_is_named_to_count_has_it_on_his_list_until_he_has_counted(zone: Zone) -> None:
    cycle, rows = begun(zone)
    actor = named(zone.actor("jinshanqiao"), zone.street.path)

    def listed(by: Actor) -> list[str]:
        work = worklist.Worklist()
        provide(by, work)
        return [one.url for one in work.items]

    url = reverse("ballots:count-all", args=[cycle.uid, KEY])
    assert listed(actor) == [url]
    give(cycle, zone.actor("zone2"), {rows[0].pk: counted(20, 10, 5, 5)})
    assert listed(actor) == [url]
    assert listed(named(zone.actor("dahuangshan"), zone.street.path)) == []  # the own
    give(cycle, actor, {rows[0].pk: counted(20, 10, 5, 5)})
    assert listed(actor) == []
