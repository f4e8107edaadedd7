"""Exports in full: so many a day, above a size allowed by a second person, the file locked with a
password that its page alone shows, gone after a day, and told to the security administrator."""

import secrets
import uuid
from typing import Any

from django.conf import settings
from django.utils import timezone

from core import audit, clock, crypto, notifications
from core.actions import action
from core.actor import Actor
from core.documents import making
from core.errors import DomainError, NotAllowed
from core.text import clean

from ..enums import AdminKind, ExportKind
from ..models import FullExport, Organization, User
from ..models.full_export import EXPORT_RIGHTS, LIVES, SECRET_COLUMN
from ..roles import ROLES
from .watchers import tell_administrators

State = FullExport.State
DOCUMENT = "orgs.full_export"  # the kind of document (packs.py)
SHORTEST_PURPOSE = 4
LONGEST_FILTER = 1000
# Read aloud and typed by hand: nothing that looks like something else.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


class TooMany(DomainError):
    """The person has asked for as many files as a day allows."""

    status = 429


@action
def ask(
    *,
    kind: ExportKind | str,
    title: str,
    what: str,
    rows: int,
    purpose: str,
    organization: Organization,
    by: Actor,
) -> FullExport:
    """Asks for a file in full of what the list narrowed by `what` shows, which are `rows` rows now.

    It is allowed at once up to FULL_EXPORT_ROWS rows, else it waits for a second person. Raises
    NotAllowed without the right, TooMany above what the role may ask for a day, DomainError without
    a purpose.
    """
    if not by.may_at(EXPORT_RIGHTS[ExportKind(kind)], organization.path, whole=True):
        raise NotAllowed("没有完整导出的权限。")
    if by.user_id is None or by.grant_id is None:
        raise NotAllowed("请先选择以哪个角色办理。")
    purpose = clean(purpose)
    if len(purpose) < SHORTEST_PURPOSE:
        raise DomainError(f"请写明用途（至少 {SHORTEST_PURPOSE} 个字）。", field="purpose")
    if len(what) > LONGEST_FILTER:  # cut, it would be another list than the one that was counted
        raise DomainError("筛选条件太长，请减少条件后再导出。")
    # The lock makes parallel requests of one person count one after the other.
    User.objects.select_for_update().get(pk=by.user_id)
    most = ROLES[by.role].full_exports
    morning = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    today = FullExport.objects.filter(asked_by_id=by.user_id, asked_at__gte=morning).count()
    if today >= most:
        raise TooMany(
            f"今天已完整导出 {today} 次，{by.role_label}每天最多 {most} 次。"
            "请明天再办，或用遮盖的花名册。"
        )
    now = clock.now()
    export = FullExport.objects.create(
        uid=uuid.uuid4(),
        kind=kind,
        title=title[:150],
        what=what,
        purpose=purpose[:200],
        rows=rows,
        organization=organization,
        asked_by_id=by.user_id,
        asked_by_name=by.name[:100],
        grant_id=by.grant_id,
        asked_at=now,
        expires_at=now + LIVES,
    )
    _record(export, "orgs.full_export.ask", by, {"rows": [None, rows]}, purpose)
    waits = rows > settings.FULL_EXPORT_ROWS
    if not waits:
        _allow(export, by)
    words = "等待第二人批准" if waits else "未超过批准界限，已直接生成"
    _tell_security(export, "asked", f"{by.name}申请完整导出", f"{words}。用途：{purpose}")
    return export


@action
def allow(*, export: FullExport, by: Actor, asker: Actor) -> FullExport:
    """The second person's yes; `asker` is who asked, with the rights of this moment. Raises
    NotAllowed for whoever asked or may not export there, Conflict when it has been decided."""
    _may_decide(export, by)
    if export.is_over:
        raise DomainError("这份申请已超过一天，请对方重新提出。", code="over")
    FullExport.machine.move(export, "allow", **_decided(by))
    _make(export, asker)
    _record(export, "orgs.full_export.allow", by, {"rows": [None, export.rows]}, export.purpose)
    text = f"{by.name}已批准，文件正在生成，24 小时内可以下载。"
    _tell(export, export.asked_by_id, "allowed", f"{export.title}已批准", text)
    _tell_security(export, "allowed", f"{by.name}批准完整导出", f"提出人：{export.asked_by_name}。")
    return export


@action
def refuse(*, export: FullExport, reason: str, by: Actor) -> FullExport:
    """The second person's no, with the reason. As with `allow`, never who asked."""
    _may_decide(export, by)
    reason = clean(reason)
    if len(reason) < 2:
        raise DomainError("请写明不批准的理由。", field="reason")
    FullExport.machine.move(export, "refuse", reason=reason[:200], **_decided(by))
    _record(export, "orgs.full_export.refuse", by, {}, reason)
    _tell(export, export.asked_by_id, "refused", f"{export.title}未批准", reason)
    return export


@action
def withdraw(*, export: FullExport, by: Actor) -> FullExport:
    """Whoever asked takes it back; it stays one of those asked for that day. Raises NotAllowed for
    anybody else, Conflict when it has been decided."""
    if by.user_id is None or export.asked_by_id != by.user_id:
        raise NotAllowed("完整导出由提出的人撤回。")
    now = clock.now()
    FullExport.machine.move(export, "withdraw", decided_by_name=by.name[:100], decided_at=now)
    _record(export, "orgs.full_export.withdraw", by, {}, export.purpose)
    return export


def _may_decide(export: FullExport, by: Actor) -> None:
    if not FullExport.objects.for_deciding(by).filter(pk=export.pk).exists():
        raise NotAllowed("完整导出须由另一位有导出权限的人批准。")


def _decided(by: Actor) -> dict[str, Any]:
    now = clock.now()
    return {"decided_by_name": by.name[:100], "decided_at": now, "expires_at": now + LIVES}


def _allow(export: FullExport, by: Actor) -> None:
    """Nobody else is needed: it is small."""
    now = clock.now()
    FullExport.machine.move(export, "allow", decided_at=now, expires_at=now + LIVES)
    _make(export, by)


def _make(export: FullExport, asker: Actor) -> None:
    """Gives the file its password, and has it made behind with the asker's rights."""
    password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))
    export.password_sealed = crypto.seal(password, column=SECRET_COLUMN, row=export.uid)
    FullExport.objects.filter(pk=export.pk).update(password_sealed=export.password_sealed)
    wanted = making.Wanted(
        DOCUMENT,
        {"export": str(export.uid)},
        f"{export.title}（完整）",
        f"{export.title}-{clock.today():%Y%m%d}.xlsx",
        "xlsx",
        organization_id=export.organization_id,
        organization_path=export.organization.path,
    )
    export.document = making.ask(wanted=wanted, by=asker).uid
    FullExport.objects.filter(pk=export.pk).update(document=export.document)


def _record(
    export: FullExport, verb: str, by: Actor, changes: dict[str, object], note: str
) -> None:
    audit.record(
        by=by,
        verb=verb,
        obj=export,
        organization_id=export.organization_id,
        organization_path=export.organization.path,
        changes=changes,
        note=note,
    )


def _tell(export: FullExport, user_id: int, event: str, title: str, body: str) -> None:
    notifications.tell(
        [
            notifications.Message(
                user_id=user_id,
                key=f"full-export:{export.uid}:{event}:{user_id}",
                title=title,
                body=body,
                url=export.get_absolute_url(),
            )
        ]
    )


def _tell_security(export: FullExport, event: str, title: str, body: str) -> None:
    """Without a name of the register: the security administrator sees none."""
    tell_administrators(
        AdminKind.SECURITY,
        key=f"full-export:{export.uid}:{event}",
        title=f"{title}：{export.get_kind_display()} {export.rows} 行",
        body=f"{export.organization}。{body}",
    )
