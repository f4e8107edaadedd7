"""The steps of starting the portal that this app sees to: the tree, offices, accounts, grants,
slips, mail. Counted in sets."""

from django.conf import settings

from core.start_steps import Progress, Step, register

from .enums import BRANCH_KINDS, Post
from .models import OfficeHolding, Organization, RoleGrant, User
from .permissions import Permission as P
from .queries.account_plans import offices_with_role
from .queries.slips import committees
from .queries.starting import last_mail
from .roles import ZoneStaff, role_of_office

SYSTEM, SECURITY, ZONE = "系统管理员", "安全管理员", "党工委工作人员"


def root() -> Progress:
    """Whether the tree has its first organisation. One query."""
    name = Organization.objects.active().filter(parent=None).values_list("name", flat=True).first()
    return Progress(bool(name), name or "先登记党工委，才能给它的工作人员授权。")


def first_account() -> Progress:
    """Whether there is anybody to be granted the zone. One query."""
    count = User.objects.filter(admin_kind="", is_active=True).count()
    text = f"已有 {count} 个业务账号。" if count else "给党工委组织部的工作人员建立账号，填手机号。"
    return Progress(count > 0, text)


def zone_staff() -> Progress:
    """Whether somebody keeps the whole zone. One query."""
    count = RoleGrant.objects.current().filter(role=ZoneStaff.key).values("user").distinct().count()
    return Progress(
        count > 0, f"已授权 {count} 人。" if count else "授予“党工委工作人员”，组织选党工委。"
    )


def zone_slips() -> Progress:
    """Whether somebody of them can sign in. One query."""
    able = User.objects.filter(
        grants__in=RoleGrant.objects.current().filter(role=ZoneStaff.key)
    ).exclude(proof_due=True, slip_printed_at=None)
    is_done = able.exists()
    return Progress(is_done, "已印。" if is_done else "印出党工委的密码条，当面交给本人。")


def organizations() -> Progress:
    """Whether the roster of organisations is in. One query."""
    count = Organization.objects.active().count()
    text = f"现有 {count} 个党组织。" if count > 1 else "导入党组织花名册：上传、核对、入库。"
    return Progress(count > 1, text)


def offices() -> Progress:
    """Whether secretaries are known; posts that are vacant hold nobody up. Two queries."""
    held = OfficeHolding.objects.current().filter(post=Post.SECRETARY)
    branches = Organization.objects.active().filter(kind__in=BRANCH_KINDS)
    count = branches.filter(pk__in=held.values("organization")).count()
    total = branches.count()
    vacant = f"，{total - count} 个空缺或没有填" if total > count else ""
    text = f"{total} 个党支部中 {count} 个登记了书记{vacant}。"
    return Progress(count > 0, text if total else "花名册里的书记、委员随导入登记。")


def accounts() -> Progress:
    """Whether each organisation has somebody with an account who answers for it. One query."""
    rows = offices_with_role(everybody=False)
    places = {row.organization_id for row in rows}
    missing = len(places - {row.organization_id for row in rows if row.user_id is not None})
    text = f"{missing} 个组织还没有人有账号。" if missing else f"{len(places)} 个组织都有人有账号。"
    return Progress(bool(rows) and not missing, text if rows else "有了任职登记才能批量开户。")


def grants() -> Progress:
    """Whether they have the roles that their offices bring. Two queries."""
    held = set(RoleGrant.objects.current().values_list("user", "role", "organization"))
    rows = [row for row in offices_with_role(everybody=False) if row.user_id is not None]
    missing = sum(
        (row.user_id, role_of_office(row.organization.kind, row.post), row.organization_id)
        not in held
        for row in rows
    )
    text = f"{missing} 项任职有账号、没有授权。" if missing else f"{len(rows)} 项任职都已授权。"
    return Progress(bool(rows) and not missing, text if rows else "开户之后按任职批量授权。")


def slips() -> Progress:
    """Whether every account that nobody has used yet has its slip. The queries of the page."""
    groups = committees()
    due = sum(len(group.due) for group in groups)
    unknown = sum(len(group.unknown) for group in groups)
    granted = RoleGrant.objects.current().exclude(role=ZoneStaff.key).exists()
    parts = []
    if due:
        parts.append(f"{due} 张密码条没有印")
    if unknown:
        parts.append(f"{unknown} 人没有可核对的信息（手机号或党员名册），印不了")
    text = "，".join(parts) + "。" if parts else "都已印出，或本人已经登录。"
    return Progress(granted and not due and not unknown, text if granted else "授权之后分党委印。")


def mail() -> Progress:
    """Whether a mail went out. One query. Without a mail server the portal works by its messages."""
    if not settings.EMAIL_HOST:
        text = "没有设置邮件服务器（SMTP_HOST）：提醒只在“消息”里。"
        return Progress(False, text, is_optional=True)
    mark = last_mail()
    if mark is None:
        return Progress(False, "发一封测试邮件，看能不能收到。")
    return Progress(mark.is_good, mark.detail)


register(
    Step("root", 10, "登记党工委", SYSTEM, P.START_MANAGE, "orgs:start-root", "登记", root),
    Step(
        "first_account", 20, "建立党工委工作人员的账号", SYSTEM, P.ACCOUNT_MANAGE,
        "orgs:user-create", "新建账号", first_account,
    ),
    Step(
        "zone_staff", 30, "授权党工委工作人员", SECURITY, P.GRANT_MANAGE,
        "orgs:grant-create", "授权", zone_staff,
    ),
    Step(
        "zone_slips", 40, "印党工委的密码条", SECURITY, P.GRANT_MANAGE,
        "orgs:slip-list", "印密码条", zone_slips,
    ),
    Step(
        "organizations", 50, "导入党组织", ZONE, P.ORGANIZATION_IMPORT,
        "orgs:organization-import", "导入", organizations,
    ),
    Step(
        "offices", 60, "登记书记和委员", ZONE, P.ORGANIZATION_IMPORT,
        "orgs:organization-list", "查看组织", offices,
    ),
    Step(
        "accounts", 80, "按任职批量开户", SYSTEM, P.ACCOUNT_MANAGE,
        "orgs:user-open", "批量开户", accounts,
    ),
    Step(
        "grants", 90, "按任职批量授权", SECURITY, P.GRANT_MANAGE,
        "orgs:grant-offices", "批量授权", grants,
    ),
    Step(
        "slips", 100, "分党委印密码条", SECURITY, P.GRANT_MANAGE,
        "orgs:slip-list", "印密码条", slips,
    ),
    Step("mail", 140, "发测试邮件", SYSTEM, P.START_MANAGE, "orgs:mail-test", "测试", mail),
)  # fmt: skip
