"""What the security administrators are told of: rules over what the audit trail has written.

A rule looks at the last 24 hours and names who or what is conspicuous. An app adds its own rules.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from core import clock
from core.http import network_of
from core.models import AuditEntry

from .enums import AdminKind
from .models import User

ALARM = "alarm:"  # what the messages of alarms are about begins so
WINDOW = dt.timedelta(hours=24)
NIGHT_BEGINS, NIGHT_ENDS = 22, 6  # local hours
FAILURES_OF_ADDRESS = 30
FAILURES_OF_ACCOUNT = 15
EXPORTS = 5
FAILED = ("orgs.session.refused", "orgs.session.locked")


@dataclass(frozen=True, slots=True)
class Alarm:
    """Somebody or something conspicuous. `subject` tells it from others of its rule."""

    subject: str
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of alarm. `find(since)` takes one query or two, however many entries there are."""

    key: str
    label: str
    find: Callable[[dt.datetime], Iterable[Alarm]]


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> Rule:
    """Adds a rule. Its key begins with the label of its app."""
    _rules[rule.key] = rule
    return rule


def registered() -> list[Rule]:
    """All rules, in the order of the apps."""
    return list(_rules.values())


def by_person(since: dt.datetime, verbs: Q, least: int) -> Iterator[tuple[str, str, int]]:
    """(id, name, how often) of the persons who did one of these at least so often. One query."""
    rows = (
        AuditEntry.objects.filter(verbs, at__gt=since, user_id__isnull=False)
        .values("user_id")
        .annotate(count=Count("pk"), name=Max("user_name"))
        .filter(count__gte=least)
        .order_by("user_id")
    )
    for row in rows:
        yield str(row["user_id"]), row["name"], row["count"]


def _addresses(since: dt.datetime) -> Iterator[Alarm]:
    """By what one line has (`network_of`), as the slowing counts. One query."""
    rows = (
        AuditEntry.objects.filter(verb__in=FAILED, at__gt=since)
        .exclude(ip="")
        .values("ip", "user_id")
        .annotate(count=Count("pk"))
        .order_by("ip")
    )
    counts: Counter[str] = Counter()
    accounts: dict[str, set[int]] = {}
    for row in rows:
        network = network_of(row["ip"])
        counts[network] += row["count"]
        found = accounts.setdefault(network, set())
        if row["user_id"]:
            found.add(row["user_id"])
    for network, count in counts.items():
        if count < FAILURES_OF_ADDRESS:
            continue
        where = f"{network}/64" if ":" in network else network
        yield Alarm(
            network,
            f"地址 {where} 一天内登录失败 {count} 次",
            f"涉及 {len(accounts[network])} 个账号，其余登录名不存在。来自这个地址、以前没有成功登录过的账号"
            "已自动限速。请核对是哪台电脑；不是本单位的，请网络管理员封禁。",
        )


def _accounts(since: dt.datetime) -> Iterator[Alarm]:
    for key, name, count in by_person(since, Q(verb__in=FAILED), FAILURES_OF_ACCOUNT):
        yield Alarm(
            key,
            f"{name}的账号一天内登录失败 {count} 次",
            "请问本人是否忘记密码；不是本人所为的，请本人修改密码，并在“登录会话”核对。",
        )


def _walkers(since: dt.datetime) -> Iterator[Alarm]:
    for key, name, _ in by_person(since, Q(verb="orgs.access.braked"), 1):
        yield Alarm(
            key,
            f"{name}短时间内多次打开不在范围内的内容",
            "已暂停他打开单个页面，打开过的地址见审计记录“打开被拒绝”。"
            "请核对是否本人操作；可疑的，请结束他的会话并停用账号。",
        )


def _exporters(since: dt.datetime) -> Iterator[Alarm]:
    for key, name, count in by_person(since, Q(verb__endswith=".export"), EXPORTS):
        yield Alarm(
            key,
            f"{name}一天内导出 {count} 次",
            "请核对用途是否与工作相符；导出的内容和用途见审计记录。",
        )


def _at_night(since: dt.datetime) -> Iterator[Alarm]:
    kinds = dict(User.objects.exclude(admin_kind="").values_list("pk", "admin_kind"))
    entries = AuditEntry.objects.filter(
        verb="orgs.session.started", user_id__in=kinds, at__gt=since
    ).order_by("sequence")
    for entry in entries:
        local = timezone.localtime(entry.at)
        if NIGHT_ENDS <= local.hour < NIGHT_BEGINS:
            continue
        yield Alarm(
            str(entry.sequence),
            f"{AdminKind(kinds[entry.user_id or 0]).label}{entry.user_name}在夜间登录",
            f"{local:%Y年%-m月%-d日 %H:%M}，地址 {entry.ip}。请核对是否本人、因何登录。",
        )


for _rule in (
    Rule("orgs.address", "同一地址登录失败", _addresses),
    Rule("orgs.account", "同一账号登录失败", _accounts),
    Rule("orgs.walk", "多次打开不在范围内的内容", _walkers),
    Rule("orgs.export", "多次导出", _exporters),
    Rule("orgs.night", "管理员夜间登录", _at_night),
):
    register(_rule)


def since() -> dt.datetime:
    """From when on the rules look."""
    return clock.now() - WINDOW
