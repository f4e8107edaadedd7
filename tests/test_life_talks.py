"""谈心谈话: what is written down, who reads it, what is counted."""

import datetime as dt
import html
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock, figures
from core.actor import system
from core.errors import DomainError, NotAllowed
from core.figures import Window
from core.models import AuditEntry
from core.states import MovedOn, Stale
from members.actions import standings
from members.models import Member
from orgs.enums import Post
from orgs.models import NamedRight, OfficeHolding
from schedules.life.actions import own_memberships, talks
from schedules.life.actions.talks import Said
from schedules.life.enums import TalkOccasion, TalkPair
from schedules.life.ledgers import registered
from schedules.life.models import OwnMembership, Talk
from schedules.life.queries import talks as found
from schedules.rounds.actions import opening
from schedules.rounds.models import Duty, Plan

from .parallel import run_together
from .world import START, Zone, build_zone, make_member

NOW = dt.datetime(2026, 7, 6, 2, tzinfo=dt.UTC)
DAY = dt.date(2026, 6, 10)
NUMBER = "110101199003074557"
SAID = Said(TalkOccasion.HARDSHIP, "家里老人住院", "排班照看")
LIST, DETAIL, FORM = 17, 6, 11  # queries of a page


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with clock.at(NOW):
        yield


@pytest.fixture
def people(zone: Zone) -> dict[str, Member]:
    """The secretary and two of the branch, one of the neighbour's. The officer's account bears the
    name of 乙."""
    rows = {
        name: make_member(zone.branch, name, NUMBER if name == "乙" else "") for name in "书甲乙"
    }
    rows["邻"] = make_member(zone.neighbour_branch, "邻")
    OfficeHolding.objects.create(
        organization=zone.branch, post=Post.SECRETARY, person_name="书", started_on=START
    )
    standings.fill(since=START)
    type(zone.users["officer"]).objects.filter(pk=zone.users["officer"].pk).update(name="乙")
    zone.users["officer"].name = "乙"
    return rows


def key(member: Member) -> str:
    return f"m{member.pk}"


def write(zone: Zone, people: dict[str, Member], who: str = "huzhuang1", **more: Any) -> Talk:
    given: dict[str, Any] = {
        "uid": uuid.uuid4(),
        "organization": zone.branch,
        "held_on": DAY,
        "talker": key(people["书"]),
        "partner": key(people["甲"]),
        "by": zone.actor(who),
    }
    return talks.record(**given | more)


def words(response: Any) -> str:
    return html.unescape(response.content.decode())


# --- what is written down ---------------------------------------------------------------------


def test_talk_is_between_whom_it_was(zone: Zone, people: dict[str, Member]) -> None:
    assert write(zone, people).pair == TalkPair.ACROSS
    both = write(zone, people, talker=key(people["甲"]), partner=key(people["乙"]))
    assert both.pair == TalkPair.MEMBERS
    above = OfficeHolding.objects.create(
        organization=zone.general, post=Post.SECRETARY, person_name="总支书", started_on=START
    )
    talk = write(zone, people, talker=f"o{above.pk}", partner=key(people["书"]))
    assert (talk.talker, talk.talker_name, talk.pair) == (None, "总支书", TalkPair.LEADERS)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"held_on": dt.date(2026, 7, 7)}, "held_on"),
        ({"held_on": dt.date(2024, 1, 1)}, "held_on"),
        ({"talker": "m0"}, "talker"),
        ({"partner": "邻"}, "partner"),
        ({"partner": "书"}, "partner"),
        ({"place": "楼" * 101}, "place"),
        ({"said": Said(content="话" * 4001)}, "talk_content"),
        ({"said": Said(occasion="gossip")}, "talk_occasion"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    zone: Zone, people: dict[str, Member], more: dict[str, Any], field: str
) -> None:
    named = {k: key(people[v]) if v in people else v for k, v in more.items() if k == "partner"}
    with pytest.raises(DomainError) as refused:
        write(zone, people, **more | named)
    assert refused.value.field == field
    assert not Talk.objects.exists()


def test_sent_twice_is_one_talk_and_nobody_elses(zone: Zone, people: dict[str, Member]) -> None:
    uid = uuid.uuid4()
    assert write(zone, people, uid=uid).pk == write(zone, people, uid=uid).pk
    with pytest.raises(DomainError):
        write(zone, people, "officer", uid=uid)
    assert Talk.objects.count() == 1


def test_roll_is_that_of_the_day(zone: Zone, people: dict[str, Member]) -> None:
    late = make_member(zone.branch, "新来", joined_on=dt.date(2026, 6, 20), full_member_on=None)
    standings.fill(since=START)
    with pytest.raises(DomainError, match="谈话对象这一天不在名册上"):
        write(zone, people, partner=key(late))
    assert write(zone, people, partner=key(late), held_on=dt.date(2026, 6, 25)).partner == late


def test_neighbour_writes_nothing_here(zone: Zone, people: dict[str, Member]) -> None:
    for who in ("huzhuang2", "taoyuan1", "committee", "jinshanqiao"):
        with pytest.raises(NotAllowed):
            write(zone, people, who)


# --- who reads what was said ------------------------------------------------------------------


def test_nothing_said_lies_open(zone: Zone, people: dict[str, Member]) -> None:
    talk = write(zone, people, said=SAID)
    row = str(Talk.objects.filter(pk=talk.pk).values())
    assert not any(word in row for word in ("老人", "照看", "hardship"))
    other = write(zone, people, held_on=dt.date(2026, 6, 11), said=Said(TalkOccasion.FULL))
    assert len(other.talk_occasion_sealed) == len(talk.talk_occasion_sealed)
    assert (talk.occasion, talk.unsealed("talk_content")) == (TalkOccasion.HARDSHIP, "家里老人住院")
    assert "老人" not in str(list(AuditEntry.objects.values()))
    assert "书" not in "".join(AuditEntry.objects.values_list("object_label", flat=True))


def test_who_may_not_read_may_not_write(zone: Zone, people: dict[str, Member]) -> None:
    for who in ("officer", "huzhuang", "dahuangshan", "zone"):
        with pytest.raises(DomainError, match="只由谈话双方和党支部书记"):
            write(zone, people, who, said=SAID)
        assert write(zone, people, who, uid=uuid.uuid4()).talk_content_sealed == ""
    talk = write(zone, people, said=SAID)
    with pytest.raises(NotAllowed):
        talks.write(talk=talk, revision=1, said=Said(content="改"), by=zone.actor("officer"))


def test_one_of_two_reads_when_he_has_proven_who_he_is(
    zone: Zone, people: dict[str, Member]
) -> None:
    mine = write(zone, people, partner=key(people["乙"]), said=SAID)
    others = write(zone, people, said=SAID)
    client, officer = zone.client("officer"), zone.actor("officer")
    assert "老人" not in words(client.get(mine.get_absolute_url()))  # his name alone is nothing
    assert not own_memberships.prove(identity_number="11010519491231002X", by=officer)
    assert "老人" not in words(client.get(mine.get_absolute_url()))
    assert own_memberships.prove(identity_number=NUMBER, by=officer)
    assert "老人" in words(client.get(mine.get_absolute_url()))
    assert "老人" not in words(client.get(others.get_absolute_url()))
    assert client.get(reverse("life:talk-write", args=[others.uid])).status_code == 404
    talks.write(talk=mine, revision=1, said=Said(content="好些了"), by=officer)
    assert "好些了" in words(client.get(mine.get_absolute_url()))
    # Whoever is given another name is not that member any more.
    type(zone.users["officer"]).objects.filter(pk=officer.user_id).update(name="丙")
    assert "好些了" not in words(client.get(mine.get_absolute_url()))


def test_proof_needs_name_and_number_and_is_tried_five_times(
    zone: Zone, people: dict[str, Member]
) -> None:
    assert not own_memberships.prove(identity_number=NUMBER, by=zone.actor("huzhuang1"))
    officer = zone.actor("officer")
    for _ in range(5):
        assert not own_memberships.prove(identity_number="1", by=officer)
    with pytest.raises(DomainError, match="太多次"):
        own_memberships.prove(identity_number=NUMBER, by=officer)
    with clock.at(NOW + dt.timedelta(days=1)):
        assert own_memberships.prove(identity_number=NUMBER, by=officer)
    assert NUMBER not in str(
        list(AuditEntry.objects.values()) + list(OwnMembership.objects.values())
    )


def test_account_of_the_office_reads_without_a_member(
    zone: Zone, people: dict[str, Member]
) -> None:
    """Who talks from above, is no member here and was written down by his office."""
    office = OfficeHolding.objects.create(
        organization=zone.general,
        post=Post.SECRETARY,
        person_name="总支书",
        started_on=START,
        user=zone.users["huzhuang"],
    )
    talk = write(zone, people, talker=f"o{office.pk}", said=SAID)
    assert "老人" in words(zone.client("huzhuang").get(talk.get_absolute_url()))
    assert "老人" not in words(zone.client("dahuangshan").get(talk.get_absolute_url()))


def test_secretary_of_another_branch_or_as_deputy_does_not_read(
    zone: Zone, people: dict[str, Member]
) -> None:
    from orgs.models import RoleGrant

    talk = write(zone, people, said=SAID)
    grant = zone.users["huzhuang1"].grants.get()
    RoleGrant.objects.create(
        user=zone.users["huzhuang2"],
        role="branch_secretary",
        organization=zone.branch,
        valid_from=START,
        valid_to=dt.date(2027, 1, 1),
        granted_by_name="测试",
        granted_at=NOW,
        deputy_for=grant,
    )
    zone.users["huzhuang2"].grants.exclude(deputy_for=grant).delete()
    page = zone.client("huzhuang2").get(talk.get_absolute_url())
    assert page.status_code == 200
    assert "老人" not in words(page)
    assert zone.client("taoyuan1").get(talk.get_absolute_url()).status_code == 404


def test_secretary_who_keeps_out_does_not_read(zone: Zone, people: dict[str, Member]) -> None:
    talk = write(zone, people, said=SAID)
    secretary = zone.users["huzhuang1"]
    NamedRight.objects.create(
        user=secretary,
        relation="schedules.checker",
        organization=zone.branch,
        is_recusal=True,
        valid_from=START,
        named_at=NOW,
    )
    type(secretary).objects.filter(pk=secretary.pk).update(named_until=dt.date(2030, 1, 1))
    assert "老人" not in words(zone.client("huzhuang1").get(talk.get_absolute_url()))


def test_names_are_for_the_branch_and_the_level_above(
    zone: Zone, people: dict[str, Member]
) -> None:
    talk = write(zone, people, place="甲的家里")
    for who, near in {
        "huzhuang1": True,
        "officer": True,
        "huzhuang": True,
        "dahuangshan": False,
        "zone": False,
        "committee": False,
    }.items():
        client = zone.client(who)
        asked = f"?organization={zone.branch.pk}"
        texts = [
            words(client.get(url))
            for url in (
                talk.get_absolute_url(),
                reverse("life:talk-list") + asked,
                reverse("life:talk-rows") + asked + "&period=2026-06",
                reverse("life:talk-coverage") + asked + "&period=2026-06",
                reverse("api:talk-list"),
                reverse("api:talk-detail", args=[talk.uid]),
            )
        ]
        texts.append(str(registered()["talks"].rows(zone.actor(who), zone.branch, 2026)))
        assert all("2026" in text for text in texts)
        assert [who for text in texts if ("甲" in text) != near] == []


# --- written anew, taken back -----------------------------------------------------------------


def test_what_was_shown_is_what_is_written_over(zone: Zone, people: dict[str, Member]) -> None:
    talk, by = write(zone, people, said=SAID), zone.actor("huzhuang1")
    talks.write(talk=Talk.objects.get(), revision=1, said=Said(content="一"), by=by)
    with pytest.raises(Stale):
        talks.write(talk=Talk.objects.get(), revision=1, said=Said(content="二"), by=by)
    talks.withdraw(talk=Talk.objects.get(), by=by)
    with pytest.raises(MovedOn):
        talks.write(talk=Talk.objects.get(), revision=2, said=Said(content="三"), by=by)
    talk.refresh_from_db()
    assert talk.unsealed("talk_content") == "一"


def test_refused_field_keeps_what_was_typed(zone: Zone, people: dict[str, Member]) -> None:
    body = {
        "uid": str(uuid.uuid4()),
        "talker": key(people["书"]),
        "partner": key(people["书"]),
        "held_on": "2026-06-10",
        "talk_content": "写了很多",
    }
    client = zone.client("huzhuang1")
    page = client.post(reverse("life:talk-create"), body)
    assert page.status_code == 422
    assert "写了很多" in words(page)
    assert "data-draft=" not in words(page)
    saved = client.post(reverse("life:talk-create"), body | {"partner": key(people["甲"])})
    assert saved.status_code == 302
    again = client.post(
        reverse("life:talk-create"),
        body | {"partner": key(people["甲"]), "uid": str(uuid.uuid4())},
    )
    assert "已登记过这两个人的一次谈话" in words(again)
    assert Talk.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_write_at_once_one_sees_both() -> None:
    zone = build_zone()
    people = {name: make_member(zone.branch, name) for name in "书甲"}
    standings.fill(since=START)
    talk, by = write(zone, people, said=SAID), zone.actor("huzhuang1")
    outcomes: list[str] = []

    def go(text: str) -> None:
        with clock.at(NOW):
            try:
                mine = Talk.objects.select_related("organization").get(pk=talk.pk)
                talks.write(talk=mine, revision=1, said=Said(content=text), by=by)
                outcomes.append(text)
            except Stale:
                outcomes.append("stale")

    run_together([lambda: go("一"), lambda: go("二")])
    assert outcomes.count("stale") == 1
    (won,) = [one for one in outcomes if one != "stale"]
    assert Talk.objects.get().unsealed("talk_content") == won


# --- what is counted --------------------------------------------------------------------------


def test_duty_of_the_year_counts_talks(zone: Zone, people: dict[str, Member]) -> None:
    plan = Plan.objects.create(
        key="talks",
        name="谈心谈话",
        fulfilment="life.talk",
        kinds=["branch"],
        cadence="year",
        starts_on=dt.date(2026, 1, 1),
        required_count=2,
    )
    first = write(zone, people)
    opening.open_period(plan=plan, period="2026", by=system())
    duty = Duty.objects.get(plan=plan, organization=zone.branch)
    assert (duty.done_count, duty.state) == (1, "open")
    second = write(zone, people, held_on=dt.date(2026, 6, 20))
    duty.refresh_from_db()
    assert (duty.done_count, duty.state) == (2, "accepted")
    talks.withdraw(talk=first, by=zone.actor("huzhuang1"))
    duty.refresh_from_db()
    assert (duty.done_count, duty.state) == (1, "open")
    where = zone.client("huzhuang1").get(reverse("life:talk-duty-open", args=[duty.pk]))
    assert where.headers["Location"] == reverse("life:talk-create")
    assert second.withdrawn_at is None


KEYS = ("talks_held", "members_talked")


def test_frozen_figures_are_found_again_with_their_rows(
    zone: Zone, people: dict[str, Member]
) -> None:
    first = write(zone, people)
    write(
        zone,
        people,
        held_on=dt.date(2026, 5, 5),
        talker=key(people["甲"]),
        partner=key(people["乙"]),
    )
    frozen = Window("2026-06", dt.date(2026, 7, 6), NOW + dt.timedelta(minutes=1))
    with clock.at(NOW + dt.timedelta(days=2)):
        before = shown(zone, frozen)
        assert before == ({"talks_held": 1, "members_talked": 3}, 1)
        talks.withdraw(talk=first, by=zone.actor("huzhuang1"))
        write(zone, people, held_on=dt.date(2026, 6, 11))
        write(zone, people, held_on=dt.date(2026, 6, 12))
        assert shown(zone, frozen) == before
        assert shown(zone, Window("2026-06", dt.date(2026, 7, 8)))[0]["talks_held"] == 2


def shown(zone: Zone, window: Window) -> tuple[dict[str, Any], int]:
    """The figures of the branch, and how many rows the address of the talks lists."""
    rows = figures.rows(KEYS, [zone.branch], window)[zone.branch.pk]
    url = figures.registered()["talks_held"].address(zone.branch, window)  # type: ignore[misc]
    page = zone.client("huzhuang1").get(url)
    return {row["key"]: row["value"] for row in rows}, page.context["page"].paginator.count


def test_coverage_sums_what_the_figure_says(zone: Zone, people: dict[str, Member]) -> None:
    write(zone, people)
    window = Window("2026-06", dt.date(2026, 7, 6))
    url = figures.registered()["members_talked"].address(zone.root, window)  # type: ignore[misc]
    page = zone.client("zone").get(url)
    assert (page.context["talked"], page.context["on_roll"]) == (2, 4)
    assert "甲" not in words(page)


def test_coverage_names_at_a_branch_and_counts_above_it(
    zone: Zone, people: dict[str, Member]
) -> None:
    def page(who: str, place: Any) -> Any:
        return zone.client(who).get(
            reverse("life:talk-coverage"), {"organization": place.pk, "period": "2026-06"}
        )

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page("zone", zone.root).status_code == 200
        return len(queries)

    write(zone, people)
    one = cost()
    named = page("huzhuang1", zone.branch)
    assert {"书", "甲"} <= {row.member.name for row in named.context["page"]}
    assert ">甲<" in words(named)
    for who, place in (("zone", zone.root), ("dahuangshan", zone.street), ("zone", zone.branch)):
        counted = page(who, place)
        assert [row["people"] for row in counted.context["page"]] == [2], who
        assert "2 人" in words(counted)
        assert "甲" not in words(counted)
        assert counted.context["elsewhere"] == 0
    for place, names in ((zone.branch2, "丙丁"), (zone.neighbour_branch, "戊己")):
        rows = {name: make_member(place, name) for name in names}
        standings.fill(since=START)
        talks.record(
            uid=uuid.uuid4(),
            organization=place,
            held_on=DAY,
            talker=key(rows[names[0]]),
            partner=key(rows[names[1]]),
            by=zone.actor("huzhuang2" if place == zone.branch2 else "taoyuan1"),
        )
    assert [row["people"] for row in page("zone", zone.root).context["page"]] == [2, 2, 2]
    assert cost() == one


def test_pages_cost_the_same_for_one_and_three(zone: Zone, people: dict[str, Member]) -> None:
    client = zone.client("huzhuang1")

    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    talk = write(zone, people)
    urls = [reverse("life:talk-list"), talk.get_absolute_url(), reverse("life:talk-create")]
    one = [cost(url) for url in urls]
    for day in (11, 12):
        write(zone, people, held_on=dt.date(2026, 6, day), partner=key(people["乙"]))
    make_member(zone.branch, "丁")
    standings.fill(since=START)
    assert one == [cost(url) for url in urls] == [LIST, DETAIL, FORM]


def test_talks_are_suggested_after_a_change_and_gone_after_one(
    zone: Zone, people: dict[str, Member]
) -> None:
    new = make_member(
        zone.branch,
        "新党员",
        category="probationary",
        joined_on=dt.date(2026, 6, 1),
        full_member_on=None,
    )
    standings.fill(since=START)
    assert [(one.name, one.day) for one in found.suggested(zone.branch)] == [
        ("新党员", dt.date(2026, 6, 1))
    ]
    page = zone.client("huzhuang1").get(reverse("life:talk-list"))
    assert "登记谈话" in words(page)
    assert [number for _, number in page.context["times"]] == [0, 0, 0]
    assert {one.name for one in page.context["waiting"]} == {"书", "甲", "乙", "新党员"}
    assert "可以谈一谈" not in words(
        zone.client("huzhuang").get(f"{reverse('life:talk-list')}?organization={zone.branch.pk}")
    )
    write(zone, people, partner=key(new))
    assert found.suggested(zone.branch) == []
