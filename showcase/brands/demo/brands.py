"""Bright spots of this year and last, and brands as far as they are, by the real acts, each on the day on
which it would have been done."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from core import clock
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization
from showcase.panels.demo import judging
from showcase.panels.queries.people import candidates

from ..actions import copies, cultivating, deciding, highlights
from ..actions.cultivating import Planned
from ..actions.highlights import Spot
from ..enums import Phase
from ..models import Brand, Highlight

STAFF = "zone"
JUDGES = 3
OPINIONS = ("做法清楚，别的村照着能学。", "成效有数，群众认。", "载体再固定一些更好。")


@dataclass(frozen=True, slots=True)
class _Made:
    """A brand: whose, its bright spot, its file; how many days ago it was taken, and how far it came:
    `candidate`, `cultivating`, `reviewing`, `named`, `rechecking`."""

    place: str
    title: str
    name: str
    method: str
    meaning: str
    practice: str
    carriers: str
    results: str
    taken: int
    far: str
    figures: tuple[str, ...] = ("life_present",)
    copied: tuple[tuple[str, str, str], ...] = ()


MADE = (
    _Made(
        "大庙街道",
        "园区小企业也有了规矩的组织生活",
        "大庙345",
        "“345”非公党建工作法",
        "三类企业分开抓，四项活动定日子，五件事帮到底：小企业人少，也能过上像样的组织生活。",
        "三类企业各有联系人；学习、党课、议事、走访每月各定一天；用工、水电、办证、融资、纠纷五件事有人跑。",
        "企业联合支部活动室，每月十五的“企业日”。",
        "一年走访企业 62 家，办成用工、水电等事 41 件，新建联合支部 2 个。",
        700,
        "named",
        ("life_present", "life_party_day_missing"),
        (
            (
                "金山桥街道",
                "标准厂房 6 个支部合用“企业日”，每月一次。",
                "办成 9 件事，到会的企业从 4 家到 11 家。",
            ),
            ("东环街道", "学“五件事帮到底”，只做用工和办证两件。", ""),
        ),
    ),
    _Made(
        "徐庄村党总支",
        "一张网格图把支部、党员和能人连起来",
        "徐庄1+4+X",
        "“1+4+X”",
        "一个总支，四个支部，能人和志愿者是 X：谁有本事谁上。",
        "总支定事，支部分片，X 报名认领；每周一碰头，办完在村口公示。",
        "村口公示栏、周一碰头会、能人名册。",
        "一年认领 83 件，办成 79 件；能人名册 46 人。",
        640,
        "rechecking",
        ("life_present",),
        (("岗楼村", "先建能人名册，再定认领的事。", "名册 18 人，办成 12 件。"),),
    ),
    _Made(
        "桃园社区第一支部",
        "带岗带责进网格，三对夫妻志愿队",
        "桃园同行",
        "带岗带责进网格",
        "党员带着自己的岗位和责任进网格，一家人一起上。",
        "党员挂牌认一个楼栋；三对夫妻带队，晚饭后巡一圈；发现的事当晚报网格员。",
        "楼栋牌、夜巡队、网格群。",
        "夜巡 210 次，发现并办成小事 134 件。",
        520,
        "named",
        ("life_present",),
        (
            (
                "湖庄村第一支部",
                "学楼栋牌，换成片区牌，党员认路段。",
                "两个月认了 14 段路，路灯报修快了。",
            ),
        ),
    ),
    _Made(
        "晓山社区第一支部",
        "四个小心愿，一件一件办",
        "晓山小心愿",
        "四个小心愿",
        "老人、孩子、困难户、外来户，每类人每季一个小心愿。",
        "楼长收，支部选，党员认，办完回访。",
        "心愿箱、每季认领会。",
        "三个季度办成 36 个心愿，回访都满意的 33 个。",
        230,
        "reviewing",
    ),
    _Made(
        "土楼村第一支部",
        "流转土地一千六百亩，支部领着算账",
        "土楼明白账",
        "",
        "土地流转，每一笔账都算给乡亲听。",
        "支部出面谈价，账目每季上墙，户户签字。",
        "议事屋、账目墙。",
        "流转一千六百多亩，签约 312 户，没有一起纠纷。",
        150,
        "cultivating",
    ),
    _Made(
        "孟家沟社区第一支部",
        "过节发到手的福利，账目人人看得到",
        "孟家沟暖心账",
        "",
        "集体的收入，老人先得益。",
        "",
        "",
        "",
        60,
        "candidate",
    ),
    _Made(
        "湖庄村第一支部",
        "班子强、党员强、服务强，一项一项对着做",
        "湖庄三强",
        "三强",
        "班子强、党员强、服务强。",
        "每季对照一次，缺什么补什么，补完在党员大会上说。",
        "党员大会、服务队。",
        "服务队办成 57 件事，缺课都补上了。",
        120,
        "cultivating",
    ),
    _Made(
        "大黄山街道",
        "一个网上平台，群众的事当天有人接",
        "大黄山在线",
        "一网接办",
        "群众在网上说一句，街道当天有人接、有人办、有人回。",
        "一个入口收，当天派到人，三天回话，办不了的说清楚。",
        "线上服务平台、街道接办席。",
        "半年接 420 件，当天接办的占九成五。",
        610,
        "named",
        ("life_present",),
        (("金龙湖街道", "先学“当天接、三天回”两条。", ""),),
    ),
)
# Bright spots of which nothing was made yet: days ago.
SPOTS = (
    (
        "湖庄村第二支部",
        "夜班党员的党课送到车间门口",
        "下了夜班在车间门口听二十分钟，讲完签到，缺课少了一半。",
        90,
    ),
    (
        "桃园社区第二支部",
        "楼道里的议事角",
        "每周三晚上七点，谁有事谁来说，支部记下来当场分工。",
        70,
    ),
    (
        "石桥社区第一支部",
        "老党员带出巡查队",
        "五名老党员带着新党员沿河巡查，一个月报修十二处。",
        40,
    ),
    ("大庙村第一支部", "党员责任田插上小旗", "旗上写着谁管、管什么，路过的人都看得到。", 30),
    ("大黄山小学支部", "放学后的党员看护岗", "放学一小时有党员老师守着，家长晚点来也不急。", 55),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """All of it, where the organisations are there."""
    if seeding.is_again:
        return {}
    course = _Course(seeding)
    with seeding.step():
        for made in MADE:
            course.make(made)
        for place, title, text, days in SPOTS:
            course.spot(place, title, text, days)
    return {"brands": Brand.objects.count(), "highlights": Highlight.objects.count()}


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.today = seeding.today
        self.places = seeding.of(Tree).by_short_name
        self.root = seeding.of(Tree).root
        self.accounts = seeding.of(Accounts)
        user = self.accounts.by_username[STAFF]
        self.staff = actor_of(user, user.grants.select_related("organization").get())

    def spot(self, name: str, title: str, text: str, days: int) -> Highlight | None:
        """A bright spot of the place, so many days ago."""
        place = self.places.get(name)
        if place is None:
            return None
        with clock.at(self._ago(days)):
            given = Spot(year=clock.today().year, title=title, text=text)
            return highlights.note(organization=place, spot=given, by=self._writer(place))

    def make(self, made: _Made) -> None:
        """A brand as far as it came."""
        row = self.spot(made.place, made.title, made.practice or made.meaning, made.taken + 20)
        if row is None:
            return
        place, by = row.organization, self._writer(row.organization)
        with clock.at(self._ago(made.taken)):
            brand = cultivating.take(highlight=row, name=made.name, by=self.staff)
        if made.far == "candidate":
            return
        with clock.at(self._ago(made.taken - 7)):
            cultivating.begin(brand=brand, by=self.staff)
            self._write(brand, made, by)
        if made.far == "cultivating":
            return
        with clock.at(self._ago(made.taken - 200)):
            self._plan(brand, made.taken, by, done=3)
            cultivating.submit(brand=brand, by=by)
        if made.far == "reviewing":
            return
        self._decide(brand, place, made.taken - 200, "评审意见一致")
        if not self._fresh(brand).is_told:
            return
        for other, what, result in made.copied:
            self._copy(brand, other, what, result, made.taken - 300)
        if made.far == "rechecking":
            with clock.at(self._ago(20)):
                deciding.recheck(brand=brand, reason="牵头的人换了，按约定再看一次", by=self.staff)

    def _write(self, brand: Brand, made: _Made, by: Actor) -> None:
        file = {
            "name": made.name,
            "meaning": made.meaning,
            "method": made.method,
            "practice": made.practice,
            "carriers": made.carriers,
            "results": made.results,
        }
        cultivating.edit(
            brand=brand,
            revision=self._fresh(brand).revision,
            file=file,
            figures=made.figures,
            by=by,
        )
        self._plan(brand, made.taken, by, done=1 if made.taken > 14 else 0)

    def _plan(self, brand: Brand, taken: int, by: Actor, *, done: int) -> None:
        now = clock.today()
        begun = self.today - dt.timedelta(days=taken)
        wanted = (
            (Phase.PRACTICE, "选两处先试，每月记一次", 60),
            (Phase.SUMMARY, "把做法写成几条，拿给别的支部看", 130),
            (Phase.REFINEMENT, "定名称和内涵，写好档案", 180),
        )
        steps = [
            Planned(
                phase,
                what,
                begun + dt.timedelta(days=days),
                min(begun + dt.timedelta(days=days - 5), now) if number < done else None,
            )
            for number, (phase, what, days) in enumerate(wanted)
        ]
        revision = self._fresh(brand).revision
        cultivating.plan(brand=brand, revision=revision, steps=steps, by=by)

    def _decide(self, brand: Brand, place: Organization, days: int, reason: str) -> None:
        people = [one.user_id for one in candidates(self.root, place)][:JUDGES]
        if len(people) < JUDGES:
            return
        with clock.at(self._ago(days - 1)):
            deciding.arrange(
                brand=brand,
                people=people,
                due_on=clock.today() + dt.timedelta(days=10),
                by=self.staff,
            )
        panel = self._fresh(brand).panel
        if panel is None:
            return
        moment = self._ago(days - 6)
        judging.judge(panel, OPINIONS, given_at=moment, closed_at=moment, by=self.staff)
        with clock.at(self._ago(days - 10)):
            fresh = self._fresh(brand)
            deciding.decide(
                brand=fresh,
                revision=fresh.revision,
                verdict="yes",
                reason=reason,
                basis=f"党工委会议纪要〔{clock.today().year}〕{clock.today().month}号",
                by=self.staff,
            )

    def _copy(self, brand: Brand, name: str, what: str, result: str, days: int) -> None:
        place = self.places.get(name)
        if place is None:
            return
        by = self._writer(place)
        with clock.at(self._ago(days)):
            row = copies.begin(
                brand=brand, organization=place, what=what, begun_on=clock.today(), by=by
            )
        if result:
            with clock.at(self._ago(days - 60)):
                copies.tell(copy=row, revision=row.revision, what=what, result=result, by=by)

    def _fresh(self, brand: Brand) -> Brand:
        return Brand.objects.select_related("organization", "panel").get(pk=brand.pk)

    def _writer(self, place: Organization) -> Actor:
        """The one who is responsible there, else the zone's."""
        user = self.accounts.responsible.get(place.pk)
        if user is None:
            return self.staff
        grants = user.grants.select_related("organization")
        grant = grants.filter(organization=place).first()
        if grant is None:
            return self.staff
        by = actor_of(user, grant)
        return by if by.may_at("brand.propose", place.path) else self.staff

    def _ago(self, days: int) -> dt.datetime:
        day = self.today - dt.timedelta(days=max(days, 1))
        return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
