import unicodedata
import uuid

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.privacy import Personal
from core.states import Machine, Move

from ..enums import AdminKind


def normalize_username(text: str) -> str:
    """Login names compare by NFKC and without case: `ａdmin`, `Admin` and `admin ` are one."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=normalize_username(username or ""))


class User(AbstractBaseUser):
    """An account of one person. Has no superuser flag: rights come from grants alone."""

    PRIVACY = {
        "username": Personal("to sign in"),
        "name": Personal("to show who acts"),
        "phone_sealed": Personal("to sign in and be called", "sensitive"),
        "phone_index": Personal("to find the account by phone", "sensitive"),
        "email": Personal("to send reminders to"),
        "slip_printed_by_name": Personal("to know who printed a slip"),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField("登录名", max_length=50, unique=True)
    name = models.CharField("姓名", max_length=50)
    phone_sealed = models.CharField(max_length=200, blank=True)
    phone_index = models.CharField(max_length=64, unique=True, null=True)
    email = models.EmailField("邮箱", blank=True)
    is_active = models.BooleanField("启用", default=True)
    admin_kind = models.CharField(
        "管理员", max_length=10, choices=AdminKind, blank=True, default=AdminKind.NONE
    )
    must_change_password = models.BooleanField(default=False)
    secret_expires_at = models.DateTimeField(null=True)
    # Opened for an office and never used, or reset: the next sign-in takes a printed slip and asks
    # what only the owner knows (orgs/proofs.py).
    proof_due = models.BooleanField(default=False, editable=False)
    proof_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    slip_printed_at = models.DateTimeField("密码条印于", null=True, editable=False)
    slip_printed_by_name = models.CharField(max_length=100, blank=True, editable=False)
    # Who opened the account or, after that, reset it: another person prints the slip.
    opened_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="+", editable=False
    )
    reset_at = models.DateTimeField("密码重置于", null=True, editable=False)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField("建立于")
    enabled_at = models.DateTimeField("重新启用于", null=True, editable=False)
    # How reminders reach the person. What is overdue comes by mail whatever is chosen here.
    reminders_by_mail = models.BooleanField("提醒同时发邮件", default=True)
    reminder_hour = models.PositiveSmallIntegerField("提醒时间", default=8)
    weekly_summary = models.BooleanField("每周汇总", default=False)
    # The day before which something may be in force that names the person (NamedRight): whom
    # nothing names is spared the query.
    named_until = models.DateField(null=True, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()
    machine = Machine(
        state="is_active",
        moves={
            "disable": Move("停用", from_=[True], to=False, refusal="这个账号已经停用。"),
            "enable": Move("启用", from_=[False], to=True, refusal="这个账号没有停用。"),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_name_once"),
            models.CheckConstraint(condition=~Q(username=""), name="user_has_name"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def normalize_username(cls, username: str) -> str:
        return normalize_username(username)


class PortalSession(AbstractBaseSession):
    """A signed-in browser. Columns beside the data, so that it can be listed, aged and ended."""

    PRIVACY = {
        "session_data": Personal("to keep somebody signed in"),
        "ip": Personal("to recognise a sign-in that is not one's own"),
        "agent": Personal("to recognise a sign-in that is not one's own"),
    }

    user = models.ForeignKey(
        "orgs.User", null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)
    ip = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True)

    objects = BaseSessionManager()  # type: ignore[misc]

    class Meta:
        verbose_name = verbose_name_plural = "登录会话"

    @classmethod
    def get_session_store_class(cls) -> type:
        from ..sessions import SessionStore

        return SessionStore
