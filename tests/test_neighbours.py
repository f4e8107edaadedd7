"""Wishes, posts in a grid, partnerships: claimed by one, told to whom they concern, names forgotten."""

import datetime as dt
from collections.abc import Iterator

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.actor import system
from core.errors import Conflict, DomainError, NotAllowed
from core.models import AuditEntry
from core.worklist import Worklist
from members.models import Member
from schedules.neighbours import lifecycle, worklist
from schedules.neighbours.actions import partnerships, posts, succession, wishes
from schedules.neighbours.models import GridPost, Partnership, Wish
from schedules.neighbours.rules import masked

from .neighbour_world import bound, claimed, fulfilled, posted, published
from .parallel import run_together
from .test_access_matrix import NOW
from .world import Zone, build_zone, make_member

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def in_july() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


# --- wishes ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_wish_is_told_as_widely_as_its_publisher_chooses(zone: Zone) -> None:
    wish = published(zone.branch, zone.actor("huzhuang1"))
    wide = published(zone.branch, zone.actor("huzhuang1"), title="一张书桌", breadth="zone")
    own, neighbour = zone.client("huzhuang2"), zone.client("taoyuan1")
    assert own.get(wish.get_absolute_url()).status_code == 200
    assert neighbour.get(wish.get_absolute_url()).status_code == 404
    assert neighbour.post(reverse("neighbours:wish-claim", args=[wish.uid])).status_code == 404
    page = neighbour.get(reverse("neighbours:wish-list")).content.decode()
    assert "一张书桌" in page
    assert "一副老花镜" not in page
    assert neighbour.post(reverse("neighbours:wish-claim", args=[wide.uid])).status_code == 302
    fulfilled(wide, zone.actor("taoyuan1"))
    # Once it is over it is the two sides' own.
    assert neighbour.get(wide.get_absolute_url()).status_code == 200
    assert own.get(wide.get_absolute_url()).status_code == 404


@pytest.mark.django_db
def test_the_name_is_sealed_and_read_by_the_two_sides_alone(zone: Zone) -> None:
    wish = published(zone.branch, zone.actor("huzhuang1"))
    assert "王秀英" not in wish.resident_sealed
    assert masked(" 王秀英 ") == "王**"
    assert masked("") == ""
    for name in ("zone", "dahuangshan", "huzhuang2", "officer"):
        page = zone.client(name).get(wish.get_absolute_url()).content.decode()
        assert "王秀英" not in page, name
        assert "王**" in page, name
    assert "王秀英" in zone.client("huzhuang1").get(wish.get_absolute_url()).content.decode()
    claimed(wish, zone.branch2, zone.actor("huzhuang2"))
    assert "王秀英" in zone.client("huzhuang2").get(wish.get_absolute_url()).content.decode()
    assert not any("王秀英" in str(one.changes) for one in AuditEntry.objects.all())


@pytest.mark.django_db
def test_who_comes_second_is_told_who_has_it(zone: Zone) -> None:
    wish = published(zone.branch, zone.actor("huzhuang1"))
    claimed(wish, zone.branch2, zone.actor("huzhuang2"))
    with pytest.raises(Conflict, match="已由湖庄村第二支部认领"):
        claimed(wish, zone.general, zone.actor("huzhuang"))
    with pytest.raises(NotAllowed):
        claimed(wish, zone.branch, zone.actor("huzhuang2"))
    with pytest.raises(NotAllowed):
        wishes.give_back(wish=wish, by=zone.actor("huzhuang1"))
    row = wishes.give_back(wish=wish, by=zone.actor("huzhuang2"))
    assert (row.state, row.claimant) == ("open", None)
    claimed(wish, zone.general, zone.actor("huzhuang"))
    for day in (TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=1)):
        with pytest.raises(DomainError) as told:
            fulfilled(wish, zone.actor("huzhuang"), on=day)
        assert told.value.field == "on"
    fulfilled(wish, zone.actor("huzhuang"))
    with pytest.raises(Conflict):
        wishes.withdraw(wish=wish, reason="家里人已经买了", by=zone.actor("huzhuang1"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real concurrency")
def test_of_two_who_claim_at_once_one_gets_it() -> None:
    zone = build_zone()
    wish = published(zone.branch, zone.actor("huzhuang1"))
    sides = [(zone.branch2, zone.actor("huzhuang2")), (zone.general, zone.actor("huzhuang"))]

    def claim(place: object, by: object) -> str:
        try:
            claimed(wish, place, by)  # type: ignore[arg-type]
        except Conflict as error:
            return error.message
        return ""

    told = [one.value for one in run_together([lambda one=one: claim(*one) for one in sides])]
    assert sorted(map(bool, told)) == [False, True]
    assert "认领" in max(told)
    assert AuditEntry.objects.filter(verb="neighbours.wish.claim").count() == 1


@pytest.mark.django_db
def test_names_are_forgotten_half_a_year_later_and_once(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    over, running = published(zone.branch, by), published(zone.branch, by, title="一张书桌")
    fulfilled(claimed(over, zone.branch, by), by)
    with time_machine.travel(NOW + dt.timedelta(days=180)):
        assert wishes.forget(by=system()) == 0
    with time_machine.travel(NOW + dt.timedelta(days=184)):
        assert wishes.forget(by=system()) == 1
        assert wishes.forget(by=system()) == 0
    over.refresh_from_db()
    running.refresh_from_db()
    assert over.resident == ""
    assert over.result
    assert running.resident == "王秀英"
    with time_machine.travel(NOW + dt.timedelta(days=300)):  # nobody ever took it
        assert wishes.forget(by=system()) == 1
    assert AuditEntry.objects.filter(verb="neighbours.wish.forget").count() == 2


@pytest.mark.django_db
def test_what_nobody_takes_in_time_is_on_the_publishers_list(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    published(zone.branch, by, until=TODAY)
    taken = claimed(
        published(zone.branch, by, title="一张书桌"), zone.branch2, zone.actor("huzhuang2")
    )

    def listed(name: str) -> list[str]:
        work = Worklist()
        worklist.provide(zone.actor(name), work)
        return [one.title for one in work.items]

    assert listed("huzhuang1") == []
    assert listed("huzhuang2") == ["认领的微心愿"]
    with time_machine.travel(NOW + dt.timedelta(days=1)):
        assert listed("huzhuang1") == ["微心愿到期没有人认领"]
        assert listed("zone") == listed("officer") == []
        url = f"{reverse('neighbours:wish-list')}?showing=late"
        page = zone.client("huzhuang1").get(url).content.decode()
        assert "一副老花镜" in page
        assert str(taken) not in page


# --- posts -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["moved", "left"])
def test_a_post_ends_when_the_member_moves_or_leaves(zone: Zone, change: str) -> None:
    member, by = make_member(zone.branch), zone.actor("huzhuang1")
    post = posted(member, by)
    with pytest.raises(Conflict, match="已在这个网格的这个岗上"):
        posted(member, by)
    with pytest.raises(NotAllowed):
        posted(make_member(zone.neighbour_branch, "李四"), by)
    assert posts.end_of_those_who_left(by=system()) == 0
    new = {"organization": zone.branch2} if change == "moved" else {"state": "left"}
    Member.objects.filter(pk=member.pk).update(**new)
    assert not GridPost.objects.running().exists()
    assert posts.end_of_those_who_left(by=system()) == 1
    assert posts.end_of_those_who_left(by=system()) == 0
    post.refresh_from_db()
    assert (post.until, post.reason) == (TODAY, posts.MOVED)


# --- partnerships ------------------------------------------------------------------------------


@pytest.mark.django_db
def test_both_sides_and_those_above_are_told_and_no_neighbour(zone: Zone) -> None:
    by = zone.actor("huzhuang1")
    row = bound(zone.branch, by, name="桃园社区第一支部", is_outside=False)
    assert row.partner == zone.neighbour_branch
    with pytest.raises(Conflict, match="已经与"):  # the other way round
        bound(
            zone.neighbour_branch,
            zone.actor("taoyuan1"),
            name=str(zone.branch.name),
            is_outside=False,
        )
    for name in ("zone", "dahuangshan", "huzhuang", "jinshanqiao", "taoyuan1"):
        assert zone.client(name).get(row.get_absolute_url()).status_code == 200, name
    assert zone.client("huzhuang2").get(row.get_absolute_url()).status_code == 404
    said = {"kind": "need", "text": "活动室缺一台投影仪", "on": TODAY}
    line = partnerships.note(partnership=row, by=zone.actor("taoyuan1"), **said)
    assert partnerships.note(partnership=row, by=zone.actor("taoyuan1"), **said) == line
    with pytest.raises(NotAllowed):
        partnerships.note(partnership=row, by=zone.actor("huzhuang2"), **said)
    partnerships.end(partnership=row, by=by)
    with pytest.raises(Conflict, match="已经结束"):
        partnerships.note(partnership=row, by=by, **{**said, "text": "另一件事"})


@pytest.mark.django_db
def test_a_partner_is_written_by_his_name_and_never_offered(zone: Zone) -> None:
    page = zone.client("huzhuang1").get(reverse("neighbours:partnership-create"))
    assert "桃园" not in page.content.decode()
    for name, words in (("没有的支部", "没有叫这个名称"), (zone.branch.name, "不能与本组织共建")):
        with pytest.raises(DomainError, match=words) as told:
            bound(zone.branch, zone.actor("huzhuang1"), name=name, is_outside=False)
        assert told.value.field == "name"


# --- organisations that cease ------------------------------------------------------------------


@pytest.mark.django_db
def test_what_is_not_over_follows_a_merger(zone: Zone) -> None:
    by, other = zone.actor("huzhuang2"), zone.actor("huzhuang1")
    own = published(zone.branch2, by)
    taken = claimed(published(zone.branch, other, title="一张书桌"), zone.branch2, by)
    member = make_member(zone.branch2)
    post = posted(member, by)
    kept = bound(zone.branch2, by)
    between = bound(zone.branch2, by, name=zone.branch.name, is_outside=False)
    twice = bound(zone.branch, other, name="开发区图书馆")
    again = bound(zone.branch2, by, name="开发区图书馆")
    assert (
        "2 个没有办完的微心愿、1 个带岗带责、3 项双报到和共建"
        in lifecycle.object_to_abolishing(zone.branch2)[0]
    )
    assert lifecycle.foresee(zone.branch2, zone.branch)
    assert not lifecycle.foresee(zone.general, None)
    Member.objects.filter(pk=member.pk).update(organization=zone.branch)  # members go first
    assert succession.follow(source=zone.branch2, target=zone.branch, by=zone.actor("zone")) == 6
    assert Wish.objects.get(pk=own.pk).organization == zone.branch
    assert Wish.objects.get(pk=taken.pk).claimant == zone.branch
    assert GridPost.objects.running().get() == post
    running = set(Partnership.objects.running())
    assert running == {kept, twice}
    assert not running & {between, again}
    assert lifecycle.object_to_abolishing(zone.branch2) == []


# --- what pages cost ---------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["wish-list", "post-list", "partnership-list"])
def test_lists_cost_the_same_with_more_rows(zone: Zone, name: str) -> None:
    client, by, costs = zone.client("huzhuang1"), zone.actor("huzhuang1"), []
    made = 0
    for wanted in (1, 3):
        while made < wanted:
            made += 1
            published(zone.branch, by, title=f"心愿{made}")
            posted(make_member(zone.branch, f"党员{made}"), by)
            bound(zone.branch, by, name=f"单位{made}")
        client.get(reverse(f"neighbours:{name}"))
        with CaptureQueriesContext(
            connection,
        ) as told:
            assert client.get(reverse(f"neighbours:{name}")).status_code == 200
        costs.append(len(told))
    assert costs[0] == costs[1]
