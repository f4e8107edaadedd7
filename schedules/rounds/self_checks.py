"""What the portal checks of itself: the rules of the house, and how rounds keeps them."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import TruncDate, TruncHour
from django.urls import reverse
from django.utils import timezone

from core import clock, figures, periods
from core.models import Effect, Notification
from core.templatetags.words import date_zh

from . import fulfilment, house_rules, item_kinds
from .enums import ItemKind
from .house_rules import Breach, Looked, Rule
from .models import Duty, Plan, Report, ReportDefinition
from .queries.asked import reuses
from .queries.calendar import load
from .queries.definitions import newest_of
from .queries.reminding import is_working_hour
from .queries.years import Burden, above_cap
from .words import group_said

APPS = "国办函〔2026〕12号《政务移动互联网应用程序规范化管理办法》"
FINGERTIPS = "中央网信委《关于防治“指尖上的形式主义”的若干意见》（2023年12月）"
BURDEN = "《整治形式主义为基层减负若干规定》（2024年8月）"
HOUSE = "党工委定的用时上限"

BACK = dt.timedelta(days=365)  # so far back messages are looked at
NAMED = 20  # breaches that are kept of a check that looks at very many rows
AUTOMATIC, BY_HAND, SUMMARY = "digest:", "remind:", "summary:"

POINTS = re.compile("积分|排名|排行榜|红黑榜|打卡|签到|刷脸|轨迹|点赞|转发|集赞")
USAGE = re.compile(
    "登[录陆](?:率|次数|天数|人数|情况)|活跃度|(?:日|月)活跃|在线时长|使用(?:率|次数|时长)"
    "|(?:安装|下载|注册|关注)(?:率|数|量|人数|情况)|点击量|阅读量|浏览量"
)
PICTURES = re.compile("照片|图片|截图|视频|录像|合影|定位")

RULES = (
    Rule(
        "numbered",
        "要基层办的事都有编号、依据和有效期",
        BURDEN + "：不得随意向基层要报表、要数据、要材料",
        "看每一份现用的计划和表样，缺编号、依据、有效期的一一列出",
        10,
    ),
    Rule(
        "expired",
        "到期的自动停止，不再打开",
        BURDEN + "：报表清理、期限管理",
        "看到期的计划和表样之后有没有再生成应办事项",
        20,
    ),
    Rule(
        "once",
        "系统已有的数据不再要",
        APPS + "：不得重复要求基层报表格、报数据、报材料",
        "把现用表样的每一项与系统能算的数据对照",
        30,
    ),
    Rule(
        "cap",
        "每个组织每月用时不超过上限",
        HOUSE,
        "看今年每一个月、每一类组织的用时，过去的按实际，以后的按计划",
        40,
    ),
    Rule(
        "points",
        "不打卡、不积分、不给人排名",
        APPS + "：非安全、应急场景不得设置打卡签到、积分排名、在线时长",
        "看现用计划、表样的名称、项目和说明里有没有要这些的",
        50,
    ),
    Rule(
        "usage",
        "不考核登录次数、使用时长、安装下载",
        APPS + "：不得考核安装率、使用情况，不得强制定期登录",
        "看系统能算的数据、现用表样的项目和已公布的考核细则",
        60,
    ),
    Rule(
        "pictures",
        "不强制上传照片、截图、视频",
        APPS + "：不得强制要求上传照片、视频、轨迹",
        "看现用表样里必填的附件和必填的照片、截图类项目",
        70,
    ),
    Rule(
        "rest",
        "休息日和夜间不发提醒",
        FINGERTIPS + "：不得变相要求基层“24小时在线”",
        "看近 12 个月真正发出的提醒和邮件，按国家放假安排核对每一个小时",
        80,
        is_behind=True,
    ),
    Rule(
        "digest",
        "自动提醒每人每天至多一次",
        FINGERTIPS + "：不得过度留痕、反复催报",
        "看近 12 个月每人每天收到的自动提醒有几条",
        90,
        is_behind=True,
    ),
    Rule(
        "answered",
        "意见建议按期答复",
        APPS + "：应设投诉建议功能并及时处理",
        "看还没有答复的意见建议是否过了期限",
        100,
    ),
)
for _rule in RULES:
    house_rules.register(_rule)


def forms_in_force() -> list[ReportDefinition]:
    """The versions on which reports are opened now, those that have run out left out; with their
    plans. One query."""
    today = clock.today()
    rows = ReportDefinition.objects.filter(is_published=True).select_related("plan")
    month = periods.containing(today, periods.MONTH)
    newest = newest_of(rows.order_by("key", "version"), month).values()
    return [
        form
        for form in newest
        if not form.has_expired(today)
        and not form.plan.has_expired(today)
        and not form.plan.has_ended(today)
    ]


def plans_in_force() -> list[Plan]:
    """Plans that open periods now. One query."""
    return list(Plan.objects.in_force(clock.today()).order_by("pk"))


def _form(form: ReportDefinition) -> str:
    return reverse("schedules:definition-detail", args=[form.pk])


def _plan(plan: Plan) -> str:
    return f"{reverse('schedules:plan-list')}#plan-{plan.pk}"


@house_rules.check("numbered")
def _numbered() -> Looked:
    forms, plans = forms_in_force(), plans_in_force()
    breaches = [
        Breach(f"{form}没有{'、'.join(missing)}", _form(form))
        for form in forms
        if (missing := _missing(form.number, form.plan.basis, form.valid_until))
    ]
    breaches += [
        Breach(f"计划“{plan.name}”没有{'、'.join(missing)}", _plan(plan))
        for plan in plans
        if (missing := _missing(plan.number, plan.basis, plan.valid_until))
    ]
    return Looked(f"{len(plans)} 项计划、{len(forms)} 份表样", breaches)


def _missing(number: str, basis: str, until: dt.date | None) -> list[str]:
    pairs = (("编号", number), ("依据", basis.strip()), ("有效期", until))
    return [word for word, value in pairs if not value]


@house_rules.check("expired")
def _expired() -> Looked:
    today = clock.today()
    plans = list(Plan.objects.filter(valid_until__lt=today).order_by("pk"))
    late = Q()
    for plan in plans:
        end = _after(plan.valid_until)
        late |= Q(plan=plan, opened_at__gte=end, subject_kind="")
    opened = dict[int, int]()
    if plans:
        rows = Duty.objects.filter(late).order_by().values_list("plan")
        opened = dict(rows.annotate(n=Count("pk")))
    breaches = [
        Breach(
            f"计划“{plan.name}”{date_zh(plan.valid_until)}到期，之后又生成 {opened[plan.pk]} 项应办事项",
            _plan(plan),
        )
        for plan in plans
        if plan.pk in opened
    ]
    forms = list(ReportDefinition.objects.filter(is_published=True, valid_until__lt=today))
    late = Q()
    for form in forms:
        late |= Q(definition=form, duty__opened_at__gte=_after(form.valid_until))
    used = dict[int, int]()
    if forms:
        reports = Report.objects.filter(late).order_by().values_list("definition")
        used = dict(reports.annotate(n=Count("pk")))
    breaches += [
        Breach(f"{form}{date_zh(form.valid_until)}到期，之后又用了 {used[form.pk]} 次", _form(form))
        for form in forms
        if form.pk in used
    ]
    return Looked(f"{len(plans)} 项到期的计划、{len(forms)} 份到期的表样", breaches)


def _after(day: dt.date | None) -> dt.datetime:
    """The moment at which the day is over."""
    following = (day or dt.date.max - dt.timedelta(days=1)) + dt.timedelta(days=1)
    return dt.datetime.combine(following, dt.time(), tzinfo=timezone.get_current_timezone())


@house_rules.check("once")
def _once() -> Looked:
    forms = forms_in_force()
    breaches = [
        Breach(f"{form}问“{one.title}”，可直接用“{one.label}”", _form(form))
        for form in forms
        for one in reuses(form, form.plan.cadence)
    ]
    return Looked(f"{_items(forms)}，{len(figures.registered())} 项系统数据", breaches)


def _items(forms: Sequence[ReportDefinition]) -> str:
    return f"{len(forms)} 份表样的 {sum(len(form.items) for form in forms)} 个项目"


@house_rules.check("cap")
def _cap() -> Looked:
    burden = Burden.load()
    address = reverse("schedules:burden")
    breaches = [
        Breach(
            f"{periods.label(month)}：{'、'.join(group_said(group) for group in groups)}"
            f"超过 {burden.cap} 分钟",
            address,
        )
        for month, groups in above_cap(burden, burden.year).items()
    ]
    at = f"{burden.year}年 12 个月、{len(burden.sizes)} 类组织，上限每月 {burden.cap} 分钟"
    return Looked(at, breaches)


def _said(spec: Mapping[str, Any]) -> str:
    parts = [spec.get("title", ""), spec.get("help", ""), *spec.get("columns", [])]
    return " ".join(map(str, [*parts, *spec.get("options", [])]))


def _worded(
    forms: Iterable[ReportDefinition], pattern: re.Pattern[str], *, only_required: bool = False
) -> Iterator[Breach]:
    """Items of the forms that ask for what the pattern names."""
    for form in forms:
        for spec in form.items:
            if only_required and not spec.get("required"):
                continue
            found = pattern.search(_said(spec)) if spec["kind"] != ItemKind.FIGURES else None
            if found:
                yield Breach(f"{form}的“{spec['title']}”要“{found[0]}”", _form(form))


@house_rules.check("points")
def _points() -> Looked:
    forms, plans = forms_in_force(), plans_in_force()
    breaches = list(_worded(forms, POINTS))
    breaches += [
        Breach(f"计划“{plan.name}”要“{found[0]}”", _plan(plan))
        for plan in plans
        if (found := POINTS.search(f"{plan.name} {plan.about}"))
    ]
    return Looked(f"{len(plans)} 项计划、{_items(forms)}", breaches)


@house_rules.check("usage")
def _usage() -> Looked:
    known, forms = figures.registered().values(), forms_in_force()
    breaches = list(_worded(forms, USAGE))
    breaches += [
        Breach(f"系统数据“{one.label}”按使用情况计")
        for one in known
        if USAGE.search(f"{one.label} {one.source}")
    ]
    return Looked(f"{len(known)} 项系统数据、{_items(forms)}", breaches)


@house_rules.check("pictures")
def _pictures() -> Looked:
    forms = forms_in_force()
    breaches = list(_worded(forms, PICTURES, only_required=True))
    named = {breach.text for breach in breaches}
    for form in forms:
        for spec in form.items:
            if spec["kind"] == ItemKind.FILES and spec.get("required"):
                text = f"{form}的“{spec['title']}”必须上传附件"
                if text not in named:
                    breaches.append(Breach(text, _form(form)))
    kinds = len(fulfilment.kinds())
    return Looked(
        f"{_items(forms)}，{kinds} 种办理方式和 {len(item_kinds.registered())} 种填写方式", breaches
    )


# --- messages: very many rows, looked at behind -----------------------------------------------


def _reminding(before: str = "") -> Q:
    """Rows whose key says that they remind somebody."""
    keys = (Q(key__startswith=f"{before}{one}") for one in (AUTOMATIC, BY_HAND, SUMMARY))
    return reduce(or_, keys)


@house_rules.check("rest")
def _rest() -> Looked:
    since, calendar = clock.now() - BACK, load()
    zone = timezone.get_current_timezone()
    told = Notification.objects.filter(_reminding(), created_at__gte=since).order_by()
    sent = told.annotate(hour=TruncHour("created_at", tzinfo=zone))
    mails = Effect.objects.filter(
        _reminding("mail:"),
        kind="core.mail",
        state=Effect.State.DONE,
        finished_at__gte=since,
    )
    mailed = mails.order_by().annotate(hour=TruncHour("finished_at", tzinfo=zone))
    found: list[Breach] = []
    total = bad = 0
    for rows, word in ((sent, "条提醒"), (mailed, "封邮件")):
        counted = rows.values_list("hour").annotate(n=Count("pk")).order_by("-hour")
        for hour, count in counted:
            total += count
            if not is_working_hour(hour, calendar):
                bad += count
                day = timezone.localtime(hour)
                why = "夜间" if calendar.is_working(day.date()) else "休息日"
                found.append(Breach(f"{date_zh(day.date())} {day.hour} 时（{why}）{count} {word}"))
    first, last = settings.REMINDER_HOURS
    at = f"近 12 个月 {total:,} 条提醒和邮件；只在工作日 {first} 时至 {last} 时发"
    return Looked(at, found[:NAMED], bad)


@house_rules.check("digest")
def _digest() -> Looked:
    zone = timezone.get_current_timezone()
    rows = Notification.objects.filter(
        key__startswith=AUTOMATIC, created_at__gte=clock.now() - BACK
    ).order_by()
    days = rows.annotate(day=TruncDate("created_at", tzinfo=zone)).values("user", "day")
    double = days.annotate(n=Count("pk")).filter(n__gt=1)
    by_day: dict[dt.date, int] = {}
    for day in double.values_list("day", flat=True):
        by_day[day] = by_day.get(day, 0) + 1
    breaches = [
        Breach(f"{date_zh(day)}有 {people} 人收到两条以上自动提醒")
        for day, people in sorted(by_day.items(), reverse=True)
    ]
    return Looked(f"近 12 个月 {rows.count():,} 条自动提醒", breaches[:NAMED], len(breaches))
