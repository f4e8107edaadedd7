"""The city's seven sites, and a programme of the zone's own with an application or a site in each state,
by the real acts, each on the day on which it would have been done."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
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
from showcase.panels.rules import LEAST

from ..actions import applying, checking, deciding, programmes
from ..actions.applying import Words
from ..actions.checking import Seen
from ..actions.programmes import Outline
from ..models import AwardProgramme, DemonstrationSite
from ..rules import years_later

STAFF = "zone"
NAMED = ("named", "warned", "removed")
OPINIONS = ("做法别人照着能做。", "记录接得上，同意。", "现场看过，与材料一致。")
CITY = Outline(
    title="市级基层党建示范点",
    level="city",
    basis="徐组通〔2023〕31号 关于命名基层党建示范点的通知",
    awarded_by="中共徐州市委组织部",
    criteria=("班子好", "队伍好", "机制好", "业绩好", "群众反映好"),
    review_years=3,
)
DISTRICT = Outline(
    title="区级党建示范点创建",
    level="district",
    basis="徐开党工委〔2026〕12号 本系统党建示范点创建办法（已报市委备案）",
    awarded_by="中共徐州经济技术开发区工作委员会",
    criteria=(
        "班子齐整，按期换届",
        "三会一课和主题党日按时开、记录接得上",
        "有一个别人照着能做的做法",
        "做法做满一年，看得出变化",
        "群众说得出好在哪里",
    ),
    quota=10,
    review_years=2,
    plaque_prefix="开区示范",
)


@dataclass(frozen=True, slots=True)
class _Known:
    """A site that the city has named: words in the organisation's name, title, what is told of it."""

    place: str
    title: str
    text: str
    days: int  # before its next re-review is due


CITY_SITES = (
    _Known(
        "桃园社区",
        "带岗带责进网格",
        "社区党员认一个岗、包一片格，三对夫妻带头组成志愿队，楼道里的事先找网格里的党员。",
        210,
    ),
    _Known(
        "石桥社区",
        "家门口的党员会客厅",
        "社区把闲置门面改成会客厅，每周三晚上支部委员坐班，居民提的事当场登记、隔周答复。",
        160,
    ),
    _Known(
        "桥南头社区",
        "楼栋党小组长制",
        "一栋楼一名党小组长，暖气、漏水、停车先由他牵头商量，商量不成再报社区。",
        95,
    ),
    _Known(
        "大庙村",
        "支部领着种、合作社管着卖",
        "村党总支牵头流转土地，党员先种先试，合作社统一收、统一卖，收成好坏年底公开算账。",
        21,
    ),
    _Known(
        "经开区实验学校",
        "红烛师徒结对",
        "党员骨干教师每人带一名青年教师，听课评课记在组织生活里，学期末由学生和家长评。",
        330,
    ),
    _Known(
        "恒久集团",
        "班组里的党员责任区",
        "车间按班组划党员责任区，安全和质量的隐患谁看见谁挂牌，整改完由另一名党员摘牌。",
        270,
    ),
    _Known(
        "百谷农林",
        "田头支部",
        "农忙时支部会开到田头，技术员党员轮流值班，种植户有问题打一个电话就有人到地里。",
        -12,
    ),
)


@dataclass(frozen=True, slots=True)
class _Fate:
    """What becomes of an application of the zone's own programme."""

    title: str
    background: str
    practice: str
    result: str
    ending: str


FATES = (
    _Fate(
        "倒班支部两场会",
        "三班倒，全体会总有三成人到不了。",
        "同一个议题早晚各开一场，委员分头主持，表决合在一起计；缺席的一周内补学。",
        "到会率从七成升到九成五，补学不再拖到年底。",
        "named",
    ),
    _Fate(
        "党员亮牌巷",
        "老巷子里租户多，党员互相不认识。",
        "门牌旁挂党员户牌，每月一次巷口碰头会，谁家有难处当场认领。",
        "一年里认领的事办成大半，办不成的说明了原因。",
        "warned",
    ),
    _Fate(
        "一米柜台",
        "办事窗口分散，群众来回跑。",
        "把六个窗口并成一张柜台，党员轮岗带办，复杂的跟到底。",
        "多数事一次办完，群众意见簿上夸的多起来。",
        "removed",
    ),
    _Fate(
        "流动党员周末课堂",
        "外出务工的党员一年见不了几面。",
        "周末连线上课，回乡时补一次面对面，书记逐个打电话。",
        "在外党员按时参加学习的过了八成。",
        "checked",
    ),
    _Fate(
        "老书记工作室",
        "年轻支委不会做群众工作。",
        "三位离任书记轮流坐堂，带着新支委走访、调解。",
        "新支委都独立办过一件难事。",
        "sent",
    ),
    _Fate(
        "党建联盟食堂",
        "几家企业支部各办各的活动，人少办不起来。",
        "共用食堂一角办联合党日，轮流出题、轮流主持。",
        "刚开了两次，人数还在涨。",
        "returned",
    ),
    _Fate("夜校一刻钟", "白天没空学。", "班前一刻钟讲一条。", "讲了三个月。", "declined"),
    _Fate("送学上门", "年老体弱的党员到不了会。", "", "", "draft"),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """Both programmes with all that there is of them."""
    if seeding.is_again:
        return {}
    with seeding.step():
        _Course(seeding).run()
    return {"sites": DemonstrationSite.objects.count()}


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.tree = seeding.of(Tree)
        self.by = self._actor(STAFF)

    def run(self) -> None:
        """The city's sites, then the zone's own programme."""
        with self._days_ago(200):
            city = self._opened(CITY)
            for number, known in enumerate(CITY_SITES, 1):
                self._registered(city, known, number)
            programmes.close(programme=city, by=self.by)
        with self._days_ago(150):
            own = self._opened(DISTRICT)
        for fate, (place, by) in zip(FATES, self._applicants(), strict=False):
            self._applied(own, fate, place, by)

    def _actor(self, username: str) -> Actor:
        user = self.seeding.of(Accounts).by_username[username]
        return actor_of(user, user.grants.select_related("organization").get())

    def _days_ago(self, days: int) -> AbstractContextManager[None]:
        return clock.at(self.seeding.now - dt.timedelta(days=days))

    def _opened(self, outline: Outline) -> AwardProgramme:
        row = programmes.create(organization=self.tree.root, outline=outline, by=self.by)
        return programmes.open_for_applications(programme=row, by=self.by)

    def _registered(self, programme: AwardProgramme, known: _Known, number: int) -> None:
        rows = [
            one
            for one in self.tree.organizations[1:]
            if known.place in one.name and one.abolished_on is None
        ]
        if not rows:
            return
        place = min(rows, key=lambda one: (one.depth, one.path))
        due = self.seeding.today + dt.timedelta(days=known.days)
        deciding.register(
            programme=programme,
            organization=place,
            title=known.title,
            named_on=years_later(due, -programme.review_years),
            public_text=known.text,
            plaque_number=f"徐党示〔{due.year - programme.review_years}〕{number + 20}号",
            by=self.by,
        )

    def _applicants(self) -> Iterator[tuple[Organization, Actor]]:
        """Branches of one committee after the other, each with who answers for it."""
        accounts = self.seeding.of(Accounts)
        taken: set[str] = set()
        for branch in self.tree.branches:
            user = accounts.responsible.get(branch.pk)
            if user is None or branch.abolished_on is not None or branch.path[:10] in taken:
                continue
            grant = user.grants.select_related("organization").filter(organization=branch).first()
            if grant is not None:
                taken.add(branch.path[:10])
                yield branch, actor_of(user, grant)

    def _applied(
        self, programme: AwardProgramme, fate: _Fate, place: Organization, by: Actor
    ) -> None:
        secretary = by.name
        if fate.ending in NAMED and not self._can_judge(place):
            self._registered_own(programme, fate, place)
            return
        words = Words(fate.title, fate.background, fate.practice, fate.result, secretary)
        with self._days_ago(12 if fate.ending in ("sent", "draft") else 120):
            site = applying.create(programme=programme, organization=place, words=words, by=by)
            if fate.ending == "draft":
                return
            site = applying.send(site=site, by=by)
        if fate.ending == "sent":
            return
        if fate.ending == "returned":
            with self._days_ago(9):
                applying.send_back(
                    site=site,
                    revision=site.revision,
                    reason="只开了两次，请做满半年、补上到会情况再报",
                    by=self.by,
                )
            return
        if fate.ending == "declined":
            with self._days_ago(100):
                deciding.decline(
                    site=self._fresh(site),
                    revision=self._fresh(site).revision,
                    reason="做法没有做满一年，也看不出变化，明年可再报",
                    by=self.by,
                )
            return
        with self._days_ago(105 if fate.ending != "checked" else 4):
            self._looked_at(site, ("met", "met", "met", "partly", "met"), "现场与材料对得上")
        if fate.ending == "checked" or not self._judged(site):
            return
        with self._days_ago(98):
            site = self._fresh(site)
            site = deciding.name(
                site=site,
                revision=site.revision,
                named_on=timezone.localdate(clock.now()),
                public_text=f"{fate.practice}{fate.result}",
                by=self.by,
            )
        self._afterwards(site, fate)

    def _afterwards(self, site: DemonstrationSite, fate: _Fate) -> None:
        """What became of a site since it was named."""
        if fate.ending == "named":
            return
        with self._days_ago(20):
            self._looked_at(site, ("met", "unmet", "partly", "unmet", "partly"), "近两个月没有再做")
            site = self._fresh(site)
            deciding.warn(
                site=site,
                revision=site.revision,
                reason="碰头会停了两个月，记录接不上，请恢复并补上",
                until=self.seeding.today + dt.timedelta(days=10),
                by=self.by,
            )
        if fate.ending == "removed":
            with self._days_ago(3):
                site = self._fresh(site)
                deciding.remove(
                    site=site,
                    revision=site.revision,
                    reason="柜台已拆并到政务大厅，做法不再存在",
                    by=self.by,
                )

    def _can_judge(self, place: Organization) -> bool:
        return len(candidates(self.tree.root, place)) >= LEAST

    def _registered_own(self, programme: AwardProgramme, fate: _Fate, place: Organization) -> None:
        """A site of the programme's first batch, named before the portal: where there are no three who
        could judge."""
        with self._days_ago(98):
            site = deciding.register(
                programme=programme,
                organization=place,
                title=fate.title,
                named_on=timezone.localdate(clock.now()),
                public_text=f"{fate.practice}{fate.result}",
                by=self.by,
            )
        self._afterwards(site, fate)

    def _judged(self, site: DemonstrationSite) -> bool:
        """Three of the zone's people judge the application, each alone; not where there are no three."""
        with self._days_ago(104):
            root = self.tree.root
            people = [one.user_id for one in candidates(root, site.organization)][:LEAST]
            if len(people) < LEAST:
                return False
            panel = deciding.arrange_review(
                site=site,
                people=people,
                due_on=timezone.localdate(clock.now()) + dt.timedelta(days=5),
                by=self.by,
            )
        judging.judge(
            panel,
            OPINIONS,
            given_at=self.seeding.now - dt.timedelta(days=100),
            closed_at=self.seeding.now - dt.timedelta(days=99),
            by=self.by,
        )
        return True

    def _looked_at(self, site: DemonstrationSite, marks: tuple[str, ...], note: str) -> None:
        checking.fill(site=site, seen=[Seen(mark) for mark in marks], note=note, by=self.by)

    @staticmethod
    def _fresh(site: DemonstrationSite) -> DemonstrationSite:
        return DemonstrationSite.objects.get(pk=site.pk)
