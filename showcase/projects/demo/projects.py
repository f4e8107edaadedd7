"""Campaigns and projects as far as they are, by the real acts, each on the day on which it would have been
done: a draft, proposals on their way, two that run, one to be accepted, two that are closed."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from core import clock
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.themes.models import Theme
from showcase.panels.actions import panels, seats
from showcase.panels.demo import messages
from showcase.panels.models import PanelSeat
from showcase.panels.queries.people import candidates
from showcase.panels.rules import LEAST

from ..actions import campaigns, deciding, proposals, work
from ..actions.proposals import Proposal, Stage
from ..enums import Ask, CampaignKind, Grade
from ..models import Campaign, Project
from ..queries.reviews import review_of

STAFF = "zone"
APPROVED = 12  # days after it was handed in
POINTS = (("23", "21", "20", "22"), ("22", "20.5", "21", "23"), ("21", "22", "19", "22"))
OPINIONS = (
    "问题找得准，节点数得清。",
    "难在协调几家单位，街道要出面。",
    "做成了别处可以照着做。",
)
LAND, VILLAGE = "低效用地盘活攻坚", "农村公共空间治理"
CAMPAIGNS = (
    (
        LAND,
        CampaignKind.LAND,
        "党支部进厂进村，一块地一本账，把闲置和低效的地用起来；督办事项不拖过期。",
        "items_overdue",
    ),
    (
        VILLAGE,
        CampaignKind.VILLAGE,
        "每月主题党日清一处，房前屋后、河边路口不再乱堆乱占，腾出来的地方给大家用。",
        "life_party_day_present",
    ),
)


@dataclass(frozen=True, slots=True)
class _Stage:
    """A milestone: what is done, by which day after the beginning, and when it was done."""

    title: str
    due: int
    done: int | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class _Made:
    """A project: whose, what it says, how many days ago it was handed in, and how far it came: `draft`,
    `submitted`, `returned`, `review`, `running`, `closing`, `closed`, `spread`."""

    place: str
    title: str
    problem: str
    goal: str
    measures: str
    stages: tuple[_Stage, ...]
    begun: int
    far: str
    background: str = ""
    people: str = ""
    material: str = ""
    budget: int = 0
    campaign: str = ""
    figure: str = ""
    figure_goal: int = 0
    of_theme: bool = False
    spent: tuple[tuple[int, int, str], ...] = ()  # days after the beginning, yuan, for what
    midterm: tuple[int, str] | None = None
    late: str = ""  # why an extension of the first open milestone is asked for
    closing: tuple[int, str, int] | None = None  # days, what came of it, satisfied per cent
    grade: tuple[Grade, str] | None = None


MADE = (
    _Made(
        "徐庄镇",
        "三处乱堆地变成小游园",
        "河边、村口、旧粮站旁三处空地常年堆柴堆料，下雨积水，群众反映了好几年。",
        "三处全部清完、铺好、有人管，反映这件事的来电归零。",
        "党员先清自家的；村干部和户主一户一户商量；清出来的地由村民代表定做什么用，管护排班上墙。",
        (
            _Stage("三处占用情况一户一户摸清，签好协议", 35, 33, "协议 46 份，村口公示"),
            _Stage("河边和村口两处清完", 70, 68, "清运单 31 车，前后照片"),
            _Stage("旧粮站旁清完，三处铺好", 108),
            _Stage("管护班上岗，回访周边住户", 165),
        ),
        120,
        "running",
        background="三处空地产权不一，过去清过两次，几个月又堆回去。",
        people="镇党委组织委员，三个村的书记，党员志愿者 24 人",
        material="透水砖 1200 平方米，长椅 12 张",
        budget=86000,
        campaign=VILLAGE,
        figure="life_party_day_present",
        figure_goal=90,
        spent=((40, 9800, "清运车辆"), (66, 31200, "透水砖第一批"), (75, 4600, "长椅定金")),
        late="旧粮站的产权交接要等粮食系统盖章，已约好日子。",
    ),
    _Made(
        "非公有制企业综合党委",
        "十二处旧厂房找到新用场",
        "十二处旧厂房空着，老企业嫌租金低不肯腾，新企业等着要厂房。",
        "年内腾出并用起来八处以上，一处一本账，没有一起纠纷。",
        "企业党支部和村支部结对谈；租金、补偿、税费三笔账当面算清；谈不拢的每周报一次，由党委派人上门。",
        (
            _Stage("十二处逐一建账", 40, 36, "台账 12 本，业主签字"),
            _Stage("谈成四处，签订腾退协议", 85, 84, "协议 4 份"),
            _Stage("再谈成四处，八处全部有企业进场", 175),
        ),
        140,
        "running",
        people="综合党委委员 3 人，企业党支部书记 9 人",
        budget=30000,
        campaign=LAND,
        figure="items_overdue",
        spent=((50, 6500, "评估费"), (90, 4200, "法律咨询")),
        midterm=(95, "四处已进场三处；另一处卡在消防验收，已请消防部门到现场。进度正常。"),
    ),
    _Made(
        "金山桥街道",
        "重大项目工地上的周五碰头会",
        "三个重大项目的水电、道路、农户协调各找各的部门，一件小事拖半个月。",
        "工地上报来的难题平均五天以内办结，没有因为协调不到位停工。",
        "工地设临时党支部，每周五下午在现场碰头；能当场定的当场定，定不了的写清谁办、哪天办好。",
        (
            _Stage("三个工地都设好临时党支部和碰头会", 30, 27, "三处批复，首次碰头会记录"),
            _Stage("头二十件难题办结", 80, 78, "办结单 21 件"),
            _Stage("做法写成一页纸，交给各工地照用", 120, 118, "一页纸做法，街道印发"),
        ),
        135,
        "closing",
        people="街道党工委副书记，建设、供电、供水等七家单位联系人",
        budget=12000,
        spent=((35, 3800, "碰头会板房布置"), (110, 1500, "印刷")),
        closing=(
            124,
            "碰头会开了 17 次，收到难题 38 件，办结 36 件，平均 4.2 天；没有因协调停工。"
            "没办结的两件写明了原因和日子。",
            96,
        ),
    ),
    _Made(
        "大黄山街道",
        "老小区夜里停车不再堵门",
        "四个老小区夜里车把消防通道和楼门堵住，居民吵架、报警一个月三十多次。",
        "夜间堵门堵通道的报警降到每月五次以下。",
        "小区党支部牵头画线、议规矩；附近机关和商场夜里让出车位；党员车主带头挪车，排班巡到十一点。",
        (
            _Stage("四个小区画线，规矩由居民会议通过", 45, 40, "居民会议记录 4 份"),
            _Stage("谈成夜间共用车位二百个", 95, 90, "共用协议 5 份，车位 212 个"),
            _Stage("连续两个月报警在五次以下", 170, 168, "派出所每月接警数"),
        ),
        260,
        "spread",
        background="四个小区建于九十年代，车位一户摊不到三分之一。",
        people="街道党工委委员，四个小区支部书记，派出所联系民警",
        budget=48000,
        spent=((50, 18600, "画线和标牌"), (100, 21500, "道闸改造")),
        midterm=(100, "画线和规矩已到位，共用车位超过原定数；巡查要坚持住。"),
        closing=(
            175,
            "报警从每月 33 次降到 3 次；共用车位 212 个；规矩写进小区公约，巡查由物业接上。",
            98,
        ),
        grade=(Grade.EXCELLENT, "结果数得出来，居民认；做法简单，别的老小区可以照着做。"),
    ),
    _Made(
        "石桥社区党总支",
        "新来的租户七天有人上门",
        "租户换得快，党员和困难家庭搬来几个月社区还不知道。",
        "新来的租户七天内有人上门，党员当月接上组织关系或编进小组。",
        "房东、中介、楼长三头报；楼长两天内上门送一张明白卡；党员当场登记，支部一周内联系原支部。",
        (
            _Stage("房东和中介都签约报信", 40, 44, "签约名册 63 家"),
            _Stage("连续三个月七天内上门", 140, 138, "上门登记 187 户"),
        ),
        230,
        "closed",
        people="总支委员 3 人，楼长 41 人",
        budget=6000,
        figure="life_party_day_present",
        figure_goal=85,
        spent=((30, 2400, "印明白卡"),),
        closing=(150, "登记 187 户，七天内上门 171 户；新编进小组的党员 14 名。", 93),
        grade=(Grade.PASSED, "目标基本达到；满意率低于 95%，十六户超过七天，楼长少的楼要补人。"),
    ),
    _Made(
        "国有企业党委",
        "老厂区空楼改成人才公寓",
        "厂区两栋空楼闲了六年，新来的技术员在外租房，路上要一个多小时。",
        "年底前改好四十间，第一批技术员住进去。",
        "党委领题，工程、财务、工会各认一段；改造方案给要住的人看过再动工；每周公布进度。",
        (
            _Stage("方案定好，要住的人看过", 30),
            _Stage("改好四十间", 95),
            _Stage("第一批住进去，回访一次", 120),
        ),
        7,
        "review",
        people="党委委员 2 人，工程、财务、工会负责人",
        material="旧楼两栋",
        budget=240000,
        campaign=LAND,
    ),
    _Made(
        "桃园社区第一支部",
        "楼道里的旧家具一次清光",
        "六栋楼的楼道堆满旧家具，消防检查每次都点名。",
        "六栋楼清光，三个月不再堆回来。",
        "党员先清自家门口；每月主题党日清一栋；旧家具联系回收，每周六上午有车来。",
        (
            _Stage("六栋楼都清完", 45),
            _Stage("三个月回头看没有再堆", 135),
        ),
        3,
        "submitted",
        people="支部党员 18 人",
        budget=3000,
        figure="life_party_day_present",
        figure_goal=92,
        of_theme=True,
    ),
    _Made(
        "经开区实验学校党总支",
        "放学路上有人护",
        "放学时校门口人车混在一起，家长担心。",
        "放学半小时校门口秩序好转。",
        "党员教师轮流站岗，家长志愿者帮忙。",
        (_Stage("排好班，试行一个月", 40), _Stage("总结", 100)),
        16,
        "returned",
        people="党员教师、家长志愿者",
        budget=5000,
    ),
    _Made(
        "湖庄村第二支部",
        "村口废塘变成小荷塘",
        "村口废塘淤了多年，夏天蚊虫多。",
        "清淤、种荷、修好护栏，明年夏天能走一圈。",
        "党员出工清淤，能人捐荷种，护栏请村里列支。",
        (_Stage("清淤完工", 40), _Stage("护栏装好", 100)),
        2,
        "draft",
        budget=15000,
        campaign=VILLAGE,
    ),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """The campaigns, then the projects, where the organisations are there."""
    if seeding.is_again:
        return {}
    with seeding.step():
        _Course(seeding).run()
    return {"campaigns": Campaign.objects.count(), "projects": Project.objects.count()}


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.root = seeding.of(Tree).root
        self.accounts = seeding.of(Accounts)
        user = self.accounts.by_username[STAFF]
        self.staff = actor_of(user, user.grants.select_related("organization").get())
        self.campaigns: dict[str, Campaign] = {}

    def run(self) -> None:
        """All of it."""
        with clock.at(self._ago(200)):
            for title, kind, goal, figure in CAMPAIGNS:
                values = {
                    "year": clock.today().year,
                    "kind": kind,
                    "title": title,
                    "goal": goal,
                    "figure": figure,
                    "is_open": True,
                }
                self.campaigns[title] = campaigns.create(
                    organization=self.root, values=values, by=self.staff
                )
        places = self.seeding.of(Tree).by_short_name
        for made in MADE:
            place = places.get(made.place)
            by = self._writer(place) if place else None
            if place and by:
                self._make(made, place, by)

    def _make(self, made: _Made, place: Organization, by: Actor) -> None:
        """A project as far as it came."""
        with clock.at(self._ago(made.begun)):
            project = proposals.create(
                organization=place, proposal=self._proposal(made, place, by), by=by
            )
            if made.far == "draft":
                return
            proposals.submit(project=project, by=by)
        if made.far == "submitted":
            return
        if made.far == "returned":
            with clock.at(self._ago(made.begun - 4)):
                self._check(
                    project,
                    "return",
                    "“秩序好转”数不出来：请写清现在每天有几起拥堵、要降到几起，排班写到人。",
                    [],
                )
            return
        people = [one.user_id for one in candidates(self.root, place)][:LEAST]
        if len(people) < LEAST:
            return  # nobody could judge: it waits
        with clock.at(self._ago(made.begun - 4)):
            self._check(project, "pass", "切口小，可以评。", people)
        self._judge(project, made, 1 if made.far == "review" else LEAST)
        if made.far == "review":
            return
        with clock.at(self._ago(made.begun - APPROVED)):
            project = self._fresh(project)
            deciding.decide(
                project=project,
                revision=project.revision,
                outcome="approve",
                opinion="同意立项，按节点推进，每月的进度看记录。",
                by=self.staff,
            )
        self._work(project, made, by)
        if made.closing:
            self._close(project, made, by)

    def _proposal(self, made: _Made, place: Organization, by: Actor) -> Proposal:
        begun = clock.today()
        days = [begun + dt.timedelta(days=one.due) for one in made.stages]
        year = days[0].year
        last = dt.date(year, 12, 31)  # it ends with its year
        campaign = self.campaigns.get(made.campaign)
        theme = Theme.objects.visible_to(by).first() if made.of_theme else None
        return Proposal(
            year=year,
            title=made.title,
            problem=made.problem,
            goal=made.goal,
            measures=made.measures,
            owner_name=self.accounts.responsible[place.pk].name,
            stages=[
                Stage(one.title, min(day, last)) for one, day in zip(made.stages, days, strict=True)
            ],
            background=made.background,
            figure=made.figure,
            figure_goal=Decimal(made.figure_goal) if made.figure else None,
            people=made.people,
            material=made.material,
            budget=Decimal(made.budget),
            theme=theme.pk if theme else None,
            campaign=campaign.pk if campaign else None,
        )

    def _check(self, project: Project, outcome: str, opinion: str, people: list[int]) -> None:
        project = self._fresh(project)
        deciding.check(
            project=project,
            revision=project.revision,
            outcome=outcome,
            opinion=opinion,
            people=people,
            due_on=clock.today() + dt.timedelta(days=7) if people else None,
            by=self.staff,
        )

    def _judge(self, project: Project, made: _Made, many: int) -> None:
        """So many of those who judge give their opinion; when it was all, the panel ends."""
        panel = review_of(project)
        if panel is None:
            return
        keys = [one.key for one in panel.judged_by]
        rows = PanelSeat.objects.filter(panel=panel).select_related("user").order_by("-pk")
        with clock.at(self._ago(made.begun - 6)):
            for seat, text, points in zip(rows[:many], OPINIONS, POINTS, strict=False):
                grant = seat.user.grants.select_related("organization").first()
                seats.give(
                    seat=seat,
                    revision=seat.revision,
                    agrees=True,
                    opinion=text,
                    scores=dict(zip(keys, map(Decimal, points), strict=True)),
                    by=actor_of(seat.user, grant),
                )
        if many == LEAST:
            with clock.at(self._ago(made.begun - 9)):
                panels.close(panel=panel, revision=panel.revision, by=self.staff)
            messages.forget(panel)

    def _work(self, project: Project, made: _Made, by: Actor) -> None:
        """What was done and spent, in the order of its days; then what is asked for."""
        milestones = list(project.milestones.order_by("position"))
        acts = [(row.done, number) for number, row in enumerate(made.stages) if row.done]
        for days, number in acts:
            with clock.at(self._ago(made.begun - days)):
                work.finish(
                    milestone=milestones[number],
                    revision=self._fresh(project).revision,
                    done_on=clock.today(),
                    evidence=made.stages[number].evidence,
                    by=by,
                )
        for days, amount, what in made.spent:
            with clock.at(self._ago(made.begun - days)):
                work.spend(
                    project=project,
                    revision=self._fresh(project).revision,
                    on=clock.today(),
                    amount=Decimal(amount),
                    what=what,
                    by=by,
                )
        if made.midterm:
            days, text = made.midterm
            with clock.at(self._ago(made.begun - days)):
                work.midterm(
                    project=project,
                    revision=self._fresh(project).revision,
                    text=text,
                    by=self.staff,
                )
        if made.late:
            position = next(number for number, one in enumerate(made.stages, 1) if one.done is None)
            with clock.at(self._ago(4)):
                work.ask(
                    project=project,
                    revision=self._fresh(project).revision,
                    kind=Ask.EXTENSION,
                    position=position,
                    due_on=self.seeding.today + dt.timedelta(days=25),
                    reason=made.late,
                    by=by,
                )

    def _close(self, project: Project, made: _Made, by: Actor) -> None:
        if made.closing is None:
            return
        days, text, satisfaction = made.closing
        with clock.at(self._ago(made.begun - days)):
            work.close(
                project=project,
                revision=self._fresh(project).revision,
                closing=text,
                satisfaction=satisfaction,
                by=by,
            )
        if made.grade is None:
            return
        outcome, judgement = made.grade
        with clock.at(self._ago(made.begun - days - 8)):
            deciding.grade(
                project=project,
                revision=self._fresh(project).revision,
                outcome=outcome,
                judgement=judgement,
                by=self.staff,
            )
        if made.far == "spread":
            with clock.at(self._ago(made.begun - days - 20)):
                deciding.settle(
                    project=project,
                    revision=self._fresh(project).revision,
                    outcome="spread",
                    by=self.staff,
                )

    def _writer(self, place: Organization) -> Actor | None:
        """Who is responsible there, if it is for him to write projects."""
        user = self.accounts.responsible.get(place.pk)
        if user is None:
            return None
        grant = user.grants.select_related("organization").filter(organization=place).first()
        by = actor_of(user, grant) if grant else None
        return by if by and by.may_at(Permission.PROJECT_EDIT, place.path) else None

    @staticmethod
    def _fresh(project: Project) -> Project:
        return Project.objects.select_related("organization").get(pk=project.pk)

    def _ago(self, days: int) -> dt.datetime:
        day = self.seeding.today - dt.timedelta(days=max(days, 1))
        return timezone.make_aware(dt.datetime.combine(day, dt.time(10)))
