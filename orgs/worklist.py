"""What the system and the security administrator have to do once the portal runs: somebody took up an
office and has no account, no role or no slip yet. Until then the steps of starting say so."""

from django.urls import reverse

from core import start_steps
from core.actor import Actor
from core.models import Notification
from core.worklist import WorkItem, Worklist

from .alarms import ALARM
from .models import DeputyRequest, FullExport
from .models.full_export import EXPORT_RIGHTS
from .permissions import Permission as P
from .queries.account_plans import grant_plan, offices_with_role
from .queries.slips import committees

LISTED = 3  # alarms named on the home page
WATCHING = frozenset({str(P.GRANT_MANAGE), str(P.AUDIT_VIEW)})
EXPORTING = frozenset(map(str, EXPORT_RIGHTS.values()))


def provide_deputies(actor: Actor, work: Worklist) -> None:
    """Deputies from outside who wait for the actor's yes. One query for who may decide."""
    if not actor.may(P.ORGANIZATION_EDIT):
        return
    count = DeputyRequest.objects.to_decide(actor).waiting().count()
    _add(
        work,
        count,
        "项委托代理待确认",
        "代理人不在其党委，同意后才开始代理。",
        "orgs:deputy-requests",
        "去办理",
    )


def provide_exports(actor: Actor, work: Worklist) -> None:
    """Exports in full that wait for a second person. One query for those who export."""
    if not EXPORTING & actor.permissions:
        return
    count = FullExport.objects.for_deciding(actor).waiting().count()
    _add(
        work,
        count,
        "份完整导出等你批准",
        "核对用途和范围后批准或不批准。",
        "orgs:export-list",
        "去批准",
    )


def provide_alarms(actor: Actor, work: Worklist) -> None:
    """What the rules found and the administrator has not read. One query for those who are told of
    alarms."""
    if not WATCHING & actor.permissions or actor.user_id is None:
        return
    mine = Notification.objects.unread().filter(user_id=actor.user_id)
    rows = mine.filter(about__startswith=ALARM).order_by("-created_at", "-pk")
    titles = list(rows.values_list("title", flat=True)[:LISTED])
    if not titles:
        return
    many = len(titles) > 1
    work.items.append(
        WorkItem(
            title="有安全告警未读" if many else titles[0],
            text=f"{'；'.join(titles)}。" if many else "请看消息里的说明，核对后处理。",
            url=reverse("core:inbox"),
            button="查看",
            lead="告警",
            tone="bad",
            order=(0, 0),
        )
    )


def provide(actor: Actor, work: Worklist) -> None:
    """Offices without an account, or without their role, and slips to be printed. No query for
    others; two for the system administrator, three and those of the slips for the security one."""
    opens, grants = P.ACCOUNT_MANAGE in actor.permissions, P.GRANT_MANAGE in actor.permissions
    if not (opens or grants) or not start_steps.was_complete():
        return
    if opens:
        missing = sum(row.user_id is None for row in offices_with_role(everybody=False))
        _add(work, missing, "项任职还没有账号", "核对名单后批量开户。", "orgs:user-open", "开户")
    if grants:
        count = len(grant_plan(but=actor.user_id).rows)
        _add(work, count, "项任职还没有授权", "核对名单后批量授权。", "orgs:grant-offices", "授权")
        due = sum(len(group.due) for group in committees())
        _add(
            work, due, "张密码条没有印", "分党委印出，封好交给本人。", "orgs:slip-list", "印密码条"
        )


def _add(work: Worklist, count: int, title: str, text: str, name: str, button: str) -> None:
    """`title` begins with what is counted by, as 项 or 张: the number is shown with it."""
    if count:
        url, lead = reverse(name), f"{count} {title[0]}"
        work.items.append(
            WorkItem(title=f"{count} {title}", text=text, url=url, button=button, lead=lead)
        )
