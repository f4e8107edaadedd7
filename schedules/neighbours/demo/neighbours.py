"""Four small wishes of a community, members with a post in its grids, partners of a few branches: by the
real acts, each on the day on which it would have been done."""

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager

from core import clock
from core.actor import Actor
from core.demo import Seeding
from members.models import Member
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization

from ..actions import partnerships, posts, wishes
from ..actions.partnerships import Bond
from ..actions.posts import Place
from ..actions.wishes import Asked
from ..models import GridPost, Partnership, Wish

# Title, what is needed, whose, published and due so many days from today, how it stands.
WISHES = (
    (
        "一副老花镜",
        "独居老人看药盒上的字吃力，要三百度老花镜一副。",
        "王秀英",
        -40,
        -20,
        "fulfilled",
    ),
    (
        "书桌和台灯",
        "租住的一家三口，孩子上三年级，要小书桌一张、台灯一盏。",
        "",
        -12,
        18,
        "claimed",
    ),
    (
        "卫生间扶手",
        "腿脚不便的老人，要在卫生间装两根扶手，材料自备。",
        "周桂兰",
        -5,
        25,
        "open",
    ),
    ("学用手机挂号", "几位老人想学手机挂号，要有人周末来教两次。", "", -30, -2, "open"),
)
POSTS = (
    ("第一网格", "政策宣传岗", "1 号楼至 4 号楼"),
    ("第一网格", "邻里调解岗", "1 号楼至 4 号楼"),
    ("第二网格", "安全巡查岗", "5 号楼至 9 号楼，含车棚"),
    ("第二网格", "环境卫生岗", "小广场和后巷"),
    ("第三网格", "帮老助困岗", "独居和高龄老人 11 户"),
    ("第三网格", "文明劝导岗", "南门和菜场口"),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """All of it."""
    if seeding.is_again:
        return {}
    with seeding.step():
        _Course(seeding).run()
    return {
        "wishes": Wish.objects.count(),
        "grid_posts": GridPost.objects.count(),
        "partnerships": Partnership.objects.count(),
    }


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.tree = seeding.of(Tree)

    def run(self) -> None:
        """晓山's wishes, 桃园's posts, and a few partners."""
        hills = self._answering("晓山社区") or self._answering("")
        peaches = self._answering("桃园社区") or self._answering("")
        if hills:
            self._wishes(*hills[:2])
        if peaches:
            self._posts(*peaches[0])
        if hills and peaches:
            self._partners(*hills[0], peaches[0][0])

    def _answering(self, word: str) -> list[tuple[Organization, Actor]]:
        """The branches with the word in their name, each with who answers for it."""
        accounts, found = self.seeding.of(Accounts), []
        for branch in self.tree.branches:
            user = accounts.responsible.get(branch.pk)
            if user is None or branch.abolished_on is not None or word not in branch.name:
                continue
            grant = user.grants.select_related("organization").filter(organization=branch).first()
            if grant is not None:
                found.append((branch, actor_of(user, grant)))
            if len(found) == 2:
                break
        return found

    def _day(self, days: int) -> dt.date:
        return self.seeding.today + dt.timedelta(days=days)

    def _on(self, days: int) -> AbstractContextManager[None]:
        return clock.at(self.seeding.now + dt.timedelta(days=days))

    def _wishes(
        self, own: tuple[Organization, Actor], other: tuple[Organization, Actor] | None = None
    ) -> None:
        place, by = own
        claimant, claims = other or own
        for title, need, resident, since, until, ending in WISHES:
            with self._on(since):
                asked = Asked(title, need, self._day(until), resident=resident)
                wish = wishes.publish(organization=place, asked=asked, by=by)
            if ending == "open":
                continue
            with self._on(since + 3):
                wish = wishes.claim(wish=wish, organization=claimant, by=claims)
            if ending == "fulfilled":
                with self._on(since + 9):
                    wishes.fulfil(
                        wish=wish,
                        result="陪老人到眼镜店验了光，配好送到家，药盒上的字看得清了。",
                        on=self._day(since + 9),
                        by=claims,
                    )

    def _posts(self, place: Organization, by: Actor) -> None:
        people = Member.objects.on_roll().filter(organization=place).order_by("pk")[: len(POSTS)]
        for number, (member, (grid, title, area)) in enumerate(zip(people, POSTS, strict=False)):
            with self._on(-200 + number):
                since = self._day(-200 + number)
                posts.take(member=member, place=Place(grid, title, since, area), by=by)

    def _partners(self, place: Organization, by: Actor, partner: Organization) -> None:
        with self._on(-120):
            since = self._day(-120)
            outside = partnerships.create(
                organization=place,
                bond=Bond("registration", "区供电公司城东供电所", since, is_outside=True),
                by=by,
            )
        told = (
            (-115, "need", "老楼楼道灯坏了六盏，物业找不到人修。"),
            (-101, "result", "供电所来了两名师傅，一个下午换好六盏，教会楼长看电表箱。"),
            (-30, "need", "夏天用电高峰前，想给独居老人家里查一遍线路。"),
        )
        for days, kind, text in told:
            with self._on(days):
                partnerships.note(
                    partnership=outside, kind=kind, text=text, on=self._day(days), by=by
                )
        if partner.pk == place.pk:
            return
        with self._on(-60):
            shared = partnerships.create(
                organization=place, bond=Bond("shared", partner.name, self._day(-60)), by=by
            )
        with self._on(-45):
            partnerships.note(
                partnership=shared,
                kind="result",
                text="两个支部合办了一次义诊，量血压、剪头发、磨刀一起来。",
                on=self._day(-45),
                by=by,
            )
