"""What the demo zone tells the public: the city's sites, named brands, two projects and some echoes, written by
who answers for the organisation and published by the zone; one waits, one came back, one was taken down."""

import datetime as dt
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from core import attachments, clock
from core.actor import Actor
from core.demo import Seeding
from orgs.access import actor_of
from orgs.demo.accounts import Accounts
from orgs.demo.tree import Tree
from orgs.models import Organization
from orgs.permissions import Permission
from schedules.concerns.models import Concern
from showcase.brands.models import Brand
from showcase.projects.models import Project
from showcase.sites.models import DemonstrationSite

from ..actions import pictures, publishing, stories
from ..actions.stories import Words
from ..enums import StoryKind
from ..models import Story
from ..subjects import Subject, standing
from .drawings import drawn

STAFF = "zone"


@dataclass(frozen=True, slots=True)
class _Told:
    """A story: of which kind, what its subject is called, its words, how many days ago, how far it came
    (`published`, `handed_in`, `returned`, `taken_down`), and its picture with what it shows."""

    kind: str
    subject: str
    title: str
    words: Mapping[str, Any]
    days: int = 40
    far: str = "published"
    picture: tuple[str, str, str] = ("", "", "")


STORIES = (
    _Told(
        StoryKind.SITE,
        "带岗带责进网格",
        "桃园社区：楼道里的事先找网格里的党员",
        {
            "lead": "老小区、租户多，把日常的事分成岗位，由住在楼里的党员认领。",
            "origin": "有一年冬天，7 号楼的下水管堵了三次，每次都是临时疏通。社区算了一笔账：能在第一时间"
            "知道这类事的，其实是住在楼里的党员。\n\n于是把日常的事拆成四类岗位，请没有职务的党员自己认。"
            "三对夫妻带头，晚饭后在院子里走一圈。",
            "practice": "定岗：巡查、调解、代办、接送四类，写明管哪几栋、做哪几件。\n"
            "认岗：按住处和所长认，楼道口贴岗位和值班时间，不贴照片。\n"
            "办事：楼里能办的当天办，办不了的交社区，三天内给回话。\n"
            "回看：每季度在楼里说一次办了什么，居民当场说好不好。",
            "results": "64 名党员认了岗\n38 栋楼都有岗\n134 件小事在楼里办成",
            "source": "社区网格记录，近一年",
            "copied": "湖庄村学了楼栋牌，换成片区牌，党员认路段，路灯报修快了。",
            "lacking": "租户里的党员认岗少，只有七人。准备和租房中介一起，把岗位说明放进入住须知。",
            "visit": "桃园社区党群服务中心，工作日 9:00—17:00，提前一天到社区约。",
        },
        60,
        picture=("estate", "三栋老居民楼和楼前的树", "桃园社区的老楼（示意画）"),
    ),
    _Told(
        StoryKind.SITE,
        "家门口的党员会客厅",
        "石桥社区：一间闲着的门面变成会客厅",
        {
            "lead": "每周三晚上支部委员坐班，居民来说事，当场记、隔周答。",
            "origin": "社区办公室五点半下班，上班的人回到家已经七点，有事没处说。",
            "practice": "开门：每周三晚上七点到九点，两名委员坐班。\n"
            "记下：谁来说的事当场写进本子，念一遍给他听。\n"
            "答复：隔一周还在这里答，办不成的说清楚为什么。",
            "results": "52 个周三没有断过\n208 件事记下并答复",
            "source": "会客厅登记本，近一年",
            "lacking": "来的多是老人，年轻人还是习惯在群里说。",
        },
        55,
    ),
    _Told(
        StoryKind.SITE,
        "楼栋党小组长制",
        "桥南头社区：一栋楼有一个先商量的人",
        {
            "lead": "暖气、漏水、停车，先由本楼的党小组长牵头商量，商量不成再报社区。",
            "practice": "安置小区有四十栋楼，一栋楼一名党小组长，都是住在本楼的党员。\n\n"
            "谁家有事先敲他的门。他叫上相关的几家当面说，说成的写一张纸，两家都签字；说不成的当晚报社区。",
            "results": "40 栋楼都有小组长\n7 成的事没有出楼",
            "source": "社区调解登记，近一年",
            "lacking": "年轻的小组长少，有三栋楼还是退休党员一个人顶着。",
        },
        50,
    ),
    _Told(
        StoryKind.SITE,
        "支部领着种、合作社管着卖",
        "大庙村：收成好坏，年底当面算清",
        {
            "lead": "党员先种先试，合作社统一收、统一卖，账目年底公开。",
            "origin": "前些年各家种各家的，好价钱赶不上，赔了没人说得清。",
            "practice": "试种：新品种由党员先种一季，成了大家再种。\n"
            "统一：种子、农药、收购由合作社统一谈价。\n"
            "算账：腊月里把一年的进出一笔一笔念给大家听。",
            "results": "312 户入社\n1600 亩统一种和收",
            "source": "合作社年度账目",
            "lacking": "仓库还是小，丰收那几天只能露天堆着。",
        },
        45,
        picture=("field", "田里一垄一垄的庄稼和一台拖拉机", "统一耕种的地（示意画）"),
    ),
    _Told(
        StoryKind.SITE,
        "红烛师徒结对",
        "实验学校：骨干教师带一名新教师",
        {
            "lead": "听课、评课都记下来，学期末请学生和家长评。",
            "practice": "每名党员骨干教师带一名青年教师，一个月互听两节课，当天评。\n\n"
            "带得好不好，不看材料，学期末由学生和家长填一张卡。",
            "results": "18 对师徒\n2 节课每月互听",
            "source": "学校教研记录，上学年",
            "lacking": "两门课只有一名骨干，一个人带三个，顾不过来。",
        },
        42,
    ),
    _Told(
        StoryKind.SITE,
        "班组里的党员责任区",
        "恒久集团：谁看见隐患谁挂牌",
        {
            "lead": "车间按班组划责任区，挂牌的和摘牌的不是同一个人。",
            "practice": "划区：一个班组一块，名字写在机台边。\n"
            "挂牌：谁看见隐患谁挂，写明是什么。\n"
            "摘牌：整改完由另一名党员看过才摘。",
            "results": "11 项工艺改进\n96% 的牌一周内摘下",
            "source": "车间安全台账，近两年",
            "lacking": "夜班挂牌少，要再看看是没有隐患还是没有人看。",
        },
        38,
    ),
    _Told(
        StoryKind.SITE,
        "田头支部",
        "百谷合作社：会开到田头",
        {
            "lead": "农忙时支部会开到地里，技术员党员轮流值班，一个电话就有人来。",
            "practice": "农忙的两个月不在屋里开会，哪块地有问题会就开在哪块地。\n\n"
            "三名懂技术的党员轮流值班，值班电话写在农资袋上。",
            "results": "2 小时内有人到地里\n87 次田头指导",
            "source": "合作社值班本，今年春秋两季",
            "lacking": "值班的三个人都过了五十岁，得有人接。",
        },
        35,
    ),
    _Told(
        StoryKind.BRAND,
        "大庙345",
        "“345”：小企业也有像样的组织生活",
        {
            "lead": "三类企业分开抓，四项活动定日子，五件事帮到底。",
            "origin": "园区里的小企业，一家只有一两名党员，开会凑不齐人。",
            "practice": "三类：规模大的单独建，小的联合建，没有党员的派人联系。\n"
            "四项：学习、党课、议事、走访，每月各定一天。\n"
            "五件：用工、水电、办证、融资、纠纷，有人跑到底。",
            "results": "62 家企业走访过\n41 件事办成\n2 个联合支部新建",
            "source": "街道走访登记，近一年",
            "copied": "金山桥街道的标准厂房有六个支部合用一个“企业日”，到会的企业从四家到十一家。",
            "lacking": "企业搬走以后联系就断了，正在试着和新所在地的支部交接。",
        },
        70,
    ),
    _Told(
        StoryKind.BRAND,
        "徐庄1+4+X",
        "1+4+X：谁有本事谁上",
        {
            "lead": "一个总支、四个支部，能人和志愿者是 X，各有固定的活。",
            "practice": "总支定事，四个支部分片，农机、文艺、水电的能人报名认领。\n\n"
            "每周一早上碰头二十分钟，办完的在村口公示。",
            "results": "83 件认领\n79 件办成",
            "source": "村口公示的底账，近一年",
            "copied": "岗楼村先建了能人名册，再定认领的事，办成十二件。",
            "lacking": "牵头的人换了，正在复审，看换了人还转不转得动。",
        },
        65,
        picture=("noticeboard", "村口一块写着几行字的公示栏", "办完的事贴在村口（示意画）"),
    ),
    _Told(
        StoryKind.BRAND,
        "桃园同行",
        "桃园同行：一家人一起上",
        {
            "lead": "党员带着岗位和责任进网格，三对夫妻带队夜巡。",
            "practice": "党员挂牌认一栋楼；三对夫妻带队，晚饭后走一圈；看到的事当晚报网格员。",
            "results": "210 次夜巡",
            "source": "夜巡登记，近一年",
            "lacking": "冬天来的人少，正在商量改成午后。",
        },
        62,
    ),
    _Told(
        StoryKind.BRAND,
        "大黄山在线",
        "一网接办：说一句，当天有人接",
        {
            "lead": "群众在网上说一句，街道当天派到人，三天回话。",
            "origin": "以前一件事要打三个电话，每个窗口都说找别人。",
            "practice": "一个入口：网上、电话、窗口说的都进一本账。\n"
            "当天派人：派到具体的人，不派到部门。\n"
            "三天回话：办成的说办成，办不了的说为什么、找谁。",
            "results": "420 件半年接下\n95% 当天有人接",
            "source": "街道接办台账，上半年",
            "copied": "金龙湖街道先学了“当天接、三天回”两条。",
            "lacking": "老人不会用，网格员上门代说的占四成，正在改成一个大按钮。",
        },
        58,
        picture=("estate", "街道里的几栋楼", "大黄山街道（示意画）"),
    ),
    _Told(
        StoryKind.PROJECT,
        "老小区夜里停车不再堵门",
        "老小区夜里停车不再堵门",
        {
            "lead": "画线、议规矩、借车位，三件事一起做。",
            "origin": "四个老小区，夜里车把消防通道和楼门堵住，邻居为这个吵架。",
            "practice": "画线：能停的画出来，消防通道不许停。\n"
            "借位：附近机关和商场夜里让出车位。\n"
            "带头：党员车主先挪，排班巡到夜里十一点。",
            "results": "4 个小区都画了线",
            "source": "小区巡查记录，项目期内",
            "lacking": "商场周末不让停，周五周六夜里还是紧。",
        },
        30,
        picture=("parking", "居民楼前画了线的停车位和三辆车", "画线以后的停车位（示意画）"),
    ),
    _Told(
        StoryKind.PROJECT,
        "新来的租户七天有人上门",
        "新来的租户，七天内有人上门",
        {
            "lead": "房东、中介、楼长三头报信，楼长上门送一张明白卡。",
            "practice": "报信：房东和中介签了约就告诉楼长。\n"
            "上门：两天内送一张明白卡，写着去哪里办事、找谁。\n"
            "接上：是党员的当场登记，支部一周内联系原来的支部。",
            "results": "187 户登记\n171 户七天内上门",
            "source": "社区上门登记，项目期内",
            "lacking": "有十六户超过了七天，楼长少的楼要补人。",
        },
        25,
    ),
    _Told(
        StoryKind.ECHO,
        "路灯坏了四盏",
        "东门的路灯亮了",
        {
            "lead": "居民说小区东门外有几盏灯不亮，接孩子的路黑。",
            "practice": "请供电所换了四盏灯，当天晚上社区的人走了一遍，都亮着。",
        },
        8,
        picture=("lamps", "夜里路边亮着的四盏路灯", "换好的路灯（示意画）"),
    ),
    _Told(
        StoryKind.ECHO,
        "消防通道天天停满车",
        "北大门里的消防通道让出来了",
        {
            "lead": "有人反映北大门里面停满了车，怕急救车过不去。",
            "practice": "画了黄线，五辆长停的车挪走，物业早晚各看一次。",
        },
        7,
    ),
    _Told(
        StoryKind.ECHO,
        "河边臭味大",
        "桥西的河水不臭了",
        {
            "lead": "居民说桥西边有股臭味，疑心有人排污水。",
            "practice": "查到一处接错的管子，改接好了。连着看了一周，没有再往河里流。",
        },
        6,
    ),
    _Told(
        StoryKind.ECHO,
        "雨天车库进水",
        "地下车库还会进水",
        {
            "lead": "一下大雨车库就积水，去年修过，没有管用。",
            "practice": "清了排水沟，下雨又进了水。查下来是外面的管子细，要和市政一起改，正在约时间看现场。",
            "is_solved": False,
        },
        2,
    ),
    _Told(
        StoryKind.ECHO,
        "健身器材断了",
        "小广场的健身器材修好了",
        {
            "lead": "有人担心断了的器材碰到孩子。",
            "practice": "当天围起来，新配件到了就装好。",
        },
        3,
        "returned",
    ),
    _Told(
        StoryKind.SITE,
        "倒班支部两场会",
        "倒班支部：一个议题开两场",
        {
            "lead": "早晚各开一场，上夜班的人也参加表决。",
            "practice": "同一个议题早晚各开一场，委员分头主持，表决合在一起计。没到的一周内补学。",
            "lacking": "两场的讨论接不上，正在试着把早场的意见写在黑板上给晚场看。",
        },
        2,
        "handed_in",
    ),
    _Told(
        StoryKind.SITE,
        "党员亮牌巷",
        "党员亮牌巷：门牌旁的一块小牌",
        {
            "lead": "谁家有难处，巷口碰头会上当场认领。",
            "practice": "门牌旁挂党员户牌，每月一次巷口碰头会。",
        },
        60,
        "taken_down",
    ),
)


def build(seeding: Seeding) -> Mapping[str, int]:
    """All of which the zone has the subject."""
    if seeding.is_again:
        return {}
    with seeding.step():
        _Course(seeding).run()
        publishing.follow_form()  # which the demo has switched on before
    return {"stories": Story.objects.count()}


class _Course:
    def __init__(self, seeding: Seeding) -> None:
        self.seeding = seeding
        self.accounts = seeding.of(Accounts)
        self.root = seeding.of(Tree).root
        user = self.accounts.by_username[STAFF]
        self.staff = actor_of(user, user.grants.select_related("organization").get())

    def run(self) -> None:
        """One after the other, each on its days."""
        for told in STORIES:
            subject = self._subject(told)
            by = self._writer(subject.organization) if subject is not None else None
            if subject is not None and by is not None:
                self._tell(told, subject, by)

    def _days_ago(self, days: int) -> AbstractContextManager[None]:
        return clock.at(self.seeding.now - dt.timedelta(days=days))

    def _subject(self, told: _Told) -> Subject | None:
        rows: Any
        if told.kind == StoryKind.SITE:
            rows = DemonstrationSite.objects.in_force().filter(title=told.subject)
        elif told.kind == StoryKind.BRAND:
            rows = Brand.objects.named().filter(name=told.subject)
        elif told.kind == StoryKind.PROJECT:
            rows = Project.objects.filter(title=told.subject)
        else:
            rows = Concern.objects.filter(
                text__startswith=told.subject, answered_at__isnull=False
            ).order_by("-answered_at")
        row = rows.first()
        return standing(told.kind, row.uid) if row is not None else None

    def _writer(self, place: Organization) -> Actor | None:
        """Who answers for the organisation, else for the one above it; never who publishes."""
        above = {
            one.path: one for one in Organization.objects.filter(path__in=place.ancestor_paths())
        }
        for one in (place, *(above[path] for path in sorted(above, reverse=True))):
            user = self.accounts.responsible.get(one.pk)
            if user is None or user.pk == self.staff.user_id:
                continue
            grant = user.grants.select_related("organization").filter(organization=one).first()
            by = actor_of(user, grant) if grant is not None else None
            if by is not None and by.may_at(Permission.STORY_WRITE, place.path):
                return by
        return None

    def _tell(self, told: _Told, subject: Subject, by: Actor) -> None:
        words: dict[str, Any] = dict(told.words)
        begun = told.days + 5
        if told.kind == StoryKind.ECHO:
            row = Concern.objects.get(uid=subject.uid)
            words["told_on"] = timezone.localdate(row.answered_at)
            if not words.get("is_solved", True):
                words["promised_on"] = self.seeding.today + dt.timedelta(days=45)
            begun = min(begun, max((self.seeding.today - words["told_on"]).days, 0))
        with self._days_ago(begun):
            story = stories.create(subject=subject, words=Words(told.title, **words), by=by)
            name, alt, caption = told.picture
            if name:
                file = attachments.Checked(f"{name}.png", "image/png", drawn(name))
                picture = pictures.add(story=story, file=file, by=by)
                pictures.describe(
                    picture=picture, alt=alt, caption=caption, revision=picture.revision, by=by
                )
            story = stories.hand_in(story=story, by=by)
        if told.far == "handed_in":
            return
        with self._days_ago(min(told.days, begun)):
            if told.far == "returned":
                publishing.send_back(
                    story=story,
                    revision=story.revision,
                    reason="写明哪天修好、谁去看过，再报",
                    by=self.staff,
                )
                return
            publishing.publish(
                story=story,
                revision=story.revision,
                shown_from=None,
                shown_until=None,
                not_names=True,
                by=self.staff,
            )
        if told.far == "taken_down":
            with self._days_ago(19):
                publishing.take_down(
                    story=Story.objects.get(pk=story.pk),
                    reason="正在限期整改，先撤下",
                    by=self.staff,
                )
