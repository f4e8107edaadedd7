"""Residents' concerns of three months, with their answers and call-backs; one is not solved yet."""

import datetime as dt
import uuid
from collections.abc import Mapping

from django.utils import timezone

from core.demo import Seeding
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.enums import BRANCH_KINDS, OrganizationClass
from orgs.models import Organization, User
from schedules.rounds.queries.calendar import load

from ..enums import (
    CallBack,
    ConcernSource,
    ConcernState,
    ConcernStepKind,
    PracticeState,
    Urgency,
)
from ..models import (
    Concern,
    ConcernKind,
    ConcernStep,
    ConcernTerm,
    Practice,
    PracticeBasis,
    ReplyTemplate,
)
from ..rules import ALIKE, due_at
from . import filings

# Name, hours, working days, the words with which an answer begins.
KINDS = (
    ("环境卫生", 24, 3, "您反映的卫生问题，我们已到现场看过，"),
    ("设施维修", 24, 5, "您反映的设施损坏，已联系维修单位，"),
    ("停车出行", 24, 5, "您反映的停车问题，已和物业、交警一起看过，"),
    ("邻里纠纷", 24, 5, "您反映的邻里矛盾，已请双方到社区坐下来谈，"),
    ("噪声扰民", 24, 3, "您反映的噪声，我们已上门了解，"),
    ("民生保障", 24, 5, "您咨询的政策，"),
)
# Category, what was said, where, what was done about it, how in a few words.
TOLD = (
    (
        "环境卫生",
        "楼道里堆了一个多月的装修垃圾，老人走路绊脚。",
        "3 号楼二单元",
        "已联系物业当天清走，并在单元门口贴了提醒。",
        "物业当天清运",
    ),
    (
        "设施维修",
        "路灯坏了四盏，晚上接孩子放学看不见路。",
        "小区东门",
        "供电所已换好四盏灯，社区晚上去看过。",
        "报供电所当天修",
    ),
    (
        "停车出行",
        "消防通道天天停满车，救护车都进不来。",
        "北大门内",
        "划了黄线，物业早晚巡查，五辆车已挪走。",
        "划线加早晚巡查",
    ),
    (
        "邻里纠纷",
        "楼上漏水把我家顶棚泡坏了，他家不肯修。",
        "7 号楼一单元",
        "双方谈好由楼上做防水，物业作见证。",
        "请双方坐下来谈",
    ),
    (
        "噪声扰民",
        "夜里烧烤摊吵到一点多，孩子没法睡。",
        "和平路口",
        "和城管一起上门，摊主答应十点半收摊。",
        "约定收摊时间",
    ),
    (
        "民生保障",
        "母亲八十六了，高龄补贴怎么办？",
        "",
        "带着身份证到社区窗口当场办，下月起发放。",
        "带证到窗口当场办",
    ),
    (
        "环境卫生",
        "河边臭味大，有人往里排脏水。",
        "丁万河桥西",
        "已查到一处错接的管子，改接完成。",
        "查源头改接管",
    ),
    (
        "设施维修",
        "健身器材断了一根，怕孩子碰伤。",
        "小广场",
        "已先围起来，新配件装好。",
        "先围挡后换件",
    ),
)
ELSEWHERE = (
    "工资拖了两个月没发，找谁管？",
    "属劳动监察职责，社区没有执法权",
    "区劳动监察大队",
)
# Category, title, words: what the zone offers to who answers.
TEMPLATES = (
    ("环境卫生", "物业当天清运", "已请物业当天清走，并安排专人每天看一遍，明天再去看。"),
    ("设施维修", "报供电所当天修", "已报供电所，当天到现场修好，晚上由社区去看过。"),
    ("停车出行", "划线加早晚巡查", "已和物业一起划线，早晚各巡查一次，劝离占道车辆。"),
    ("噪声扰民", "约定收摊时间", "已和城管一起上门，约定收摊时间，三天后再去看一次。"),
)
# Of what was solved so twice, one is the zone's usual way and one was not taken up.
ADOPTED = (
    "划线加早晚巡查",
    "消防通道划线，物业早晚巡查",
    "接到当天划线，物业早晚各巡查一次，劝离后拍照。",
)
DECLINED = ("带证到窗口当场办", "各窗口都是这样办的，不必另定")
UNSOLVED = "雨天车库进水，去年报过，说修了还是进水。"


def build(seeding: Seeding) -> Mapping[str, int]:
    """All of it: three months back from today. Nothing stands in older months."""
    if seeding.is_again:
        return {}
    kinds = [
        ConcernKind(name=name, hours=hours, days=days, template=template)
        for name, hours, days, template in KINDS
    ]
    seeding.add(kinds)
    by_name = {kind.name: kind for kind in kinds}
    root = seeding.of(Tree).root
    seeding.add(
        [
            ReplyTemplate(organization=root, kind=by_name[name], title=title, text=text)
            for name, title, text in TEMPLATES
        ]
    )
    _Concerns(seeding, by_name).build()
    filings.build(seeding)
    return {"concerns": Concern.objects.count()}


def awake(moment: dt.datetime) -> dt.datetime:
    """The moment, or the next morning's where nobody would answer a resident then."""
    local = timezone.localtime(moment)
    if 8 <= local.hour < 20:
        return moment
    morning = local.replace(hour=9, minute=local.minute)
    return morning if local.hour < 8 else morning + dt.timedelta(days=1)


class _Concerns:
    """Draws them one after the other."""

    def __init__(self, seeding: Seeding, kinds: Mapping[str, ConcernKind]) -> None:
        self.seeding, self.kinds, self.calendar = seeding, kinds, load()
        self.accounts, self.root = seeding.of(Accounts), seeding.of(Tree).root
        self.rng = seeding.rng("concerns")
        wanted = (OrganizationClass.VILLAGE, OrganizationClass.COMMUNITY)
        since = seeding.today - dt.timedelta(days=100)
        self.branches = [
            place
            for place in sorted(seeding.of(Tree).organizations, key=lambda one: one.path)
            if place.kind in BRANCH_KINDS
            and place.organization_class in wanted
            and place.pk in self.accounts.responsible
            and place.was_there(since)
            and place.was_there(seeding.today)
        ]
        self.concerns: list[Concern] = []
        self.steps: list[ConcernStep] = []
        self.terms: list[ConcernTerm] = []

    def build(self) -> None:
        if not self.branches:
            return
        for number, days in enumerate(range(84, 0, -3)):
            self._course(number, days, TOLD[number % len(TOLD)])
        self._elsewhere()
        self._unsolved()
        self.seeding.add(self.concerns)
        self.seeding.add(self.steps)
        self.seeding.add(self.terms)
        self._practices()

    def _row(self, name: str, text: str, where: str, days: int, number: int) -> Concern:
        """One as it was taken in so many days ago."""
        branch = self.rng.choice(self.branches)
        hotline = number % 3 == 0
        user = self.accounts.by_username["zone"] if hotline else self._user(branch)
        at = self._at(days, 8 + number % 9, 10 + number % 40)
        kind = self.kinds.get(name)
        concern = Concern(
            uid=uuid.UUID(int=self.rng.getrandbits(128), version=4),
            source=ConcernSource.HOTLINE if hotline else ConcernSource.BRANCH,
            order_number=f"XZ{at:%Y%m%d}{number:04}" if hotline else "",
            kind=kind,
            urgency=Urgency.URGENT if number % 7 == 5 else Urgency.NORMAL,
            text=text,
            place=where,
            intake=self.root if hotline else branch,
            organization=branch,
            received_at=at,
            taken_by_id=user.pk,
            taken_by_name=user.name,
            state=ConcernState.DOING,
        )
        limits = {"hours": kind.hours, "days": kind.days} if kind else {}
        concern.due_at = due_at(at, concern.urgency, self.calendar, **limits)
        self.concerns.append(concern)
        self._term(concern)
        self._step(concern, ConcernStepKind.TAKEN, at, user.name, "")
        return concern

    def _course(self, number: int, days: int, told: tuple[str, str, str, str, str]) -> None:
        name, text, where, answer, way = told
        concern = self._row(name, text, where, days, number)
        if number % 9 == 3 and concern.source == ConcernSource.HOTLINE:
            concern.organization, concern.state = self.root, ConcernState.WAITING
            concern.received_at = self._at(1, 9, number)
            concern.due_at = due_at(concern.received_at, concern.urgency, self.calendar)
            self.steps[-1].at = concern.received_at
            self.terms[-1].organization, self.terms[-1].due_at = self.root, concern.due_at
            return
        if days <= 4:
            return
        at = awake(concern.received_at + dt.timedelta(hours=20 + self.rng.randrange(60), minutes=7))
        self._answer(concern, at, answer, way)
        if days <= 9:
            return
        result = self.rng.choices((CallBack.SOLVED, CallBack.EXPLAINED), (5, 1))[0]
        self._call(
            concern,
            at + dt.timedelta(days=1),
            result,
            "说修得及时。" if result == CallBack.SOLVED else "还差一点，知道在办。",
        )

    def _term(self, concern: Concern) -> None:
        self.terms.append(
            ConcernTerm(concern=concern, organization=concern.organization, due_at=concern.due_at)
        )

    def _answer(self, concern: Concern, at: dt.datetime, answer: str, way: str = "") -> None:
        user = self._user(concern.organization)
        concern.state, concern.answer, concern.answered_at = ConcernState.ANSWERED, answer, at
        concern.way, self.terms[-1].ended_at = way, at
        concern.answered_by_id, concern.answered_by_name = user.pk, user.name
        concern.was_late = concern.was_late or concern.due_at < at
        concern.revision += 1
        self._step(concern, ConcernStepKind.ANSWERED, at, user.name, answer)

    def _call(self, concern: Concern, at: dt.datetime, result: CallBack, said: str) -> None:
        user = self.accounts.by_username["zone"]
        concern.call_back, concern.call_note, concern.called_at = result, said, at
        concern.called_by_name, concern.state = user.name, ConcernState.CLOSED
        concern.ended_at = at
        self.terms[-1].called_at, self.terms[-1].call_back = at, result
        concern.revision += 1
        self._step(concern, ConcernStepKind.CALLED, at, user.name, f"{result.label}：{said}")

    def _elsewhere(self) -> None:
        text, reason, redirect = ELSEWHERE
        concern = self._row("", text, "", 20, 1)
        at = concern.received_at + dt.timedelta(hours=3)
        concern.state, concern.reason, concern.redirect = ConcernState.ELSEWHERE, reason, redirect
        concern.ended_at, concern.revision = at, 2
        self.terms[-1].ended_at, self.terms[-1].is_elsewhere = at, True
        name = self._user(concern.organization).name
        self._step(concern, ConcernStepKind.REFUSED, at, name, f"{reason}；请找{redirect}")

    def _unsolved(self) -> None:
        """Answered, called back, not solved: it is dealt with once more."""
        concern = self._row("设施维修", UNSOLVED, "地下车库", 6, 2)
        at = concern.received_at + dt.timedelta(days=2)
        self._answer(concern, at, "已请维修单位清了排水沟。")
        called = at + dt.timedelta(days=1)
        self._call(concern, called, CallBack.UNSOLVED, "昨天下雨又进水了。")
        concern.state, concern.ended_at, concern.reopened_count = ConcernState.DOING, None, 1
        kind = self.kinds["设施维修"]
        concern.due_at = due_at(called, concern.urgency, self.calendar, days=kind.days)
        self._term(concern)

    def _practices(self) -> None:
        """The zone made one way its usual one and said of another why not; others are proposed."""
        user = self.accounts.by_username["zone"]
        at = self._at(1, 16, 20)
        for way, title, text, reason in ((*ADOPTED, ""), (DECLINED[0], "", "", DECLINED[1])):
            basis = [
                one
                for one in self.concerns
                if one.way == way and one.call_back == CallBack.SOLVED and one.ended_at
            ]
            if len(basis) < ALIKE or (kind := basis[0].kind) is None:
                continue
            practice = Practice(
                organization=self.root,
                kind=kind,
                way=way,
                title=title or way,
                text=text,
                reason=reason,
                state=PracticeState.DECLINED if reason else PracticeState.ADOPTED,
                decided_at=at,
                decided_by_name=user.name,
            )
            self.seeding.add([practice])
            self.seeding.add([PracticeBasis(practice=practice, concern=one) for one in basis])

    def _user(self, place: Organization) -> User:
        return self.accounts.responsible.get(place.pk) or self.accounts.by_username["zone"]

    def _at(self, days: int, hour: int, minute: int) -> dt.datetime:
        day = self.seeding.today - dt.timedelta(days=days)
        at = dt.datetime.combine(day, dt.time(hour, minute))
        return at.replace(tzinfo=timezone.get_current_timezone())

    def _step(
        self, concern: Concern, kind: ConcernStepKind, at: dt.datetime, name: str, text: str
    ) -> None:
        self.steps.append(ConcernStep(concern=concern, kind=kind, at=at, by_name=name, text=text))
