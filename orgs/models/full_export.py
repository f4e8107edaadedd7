import datetime as dt
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from core import clock, crypto
from core.actor import Actor
from core.privacy import Personal
from core.states import Machine, Move

from ..enums import ExportKind
from ..permissions import Permission
from .organization import in_scope

EXPORT_RIGHTS = {
    ExportKind.MEMBERS: Permission.MEMBER_EXPORT,
    ExportKind.ORGANIZATIONS: Permission.ORGANIZATION_EXPORT,
}
SECRET_COLUMN = "orgs.fullexport.password"  # noqa: S105  (names a column)
LIVES = dt.timedelta(hours=24)  # from being allowed; and how long one waits for it


class FullExportQuerySet(models.QuerySet["FullExport"]):
    def for_deciding(self, actor: Actor) -> "FullExportQuerySet":
        """Those on which the actor could decide: of his scope, and not his own nor that of whom he
        acts for."""
        if actor.user_id is None:
            return self.none()
        mine = Q(pk__in=[])
        for kind, right in EXPORT_RIGHTS.items():
            if right in actor.permissions:
                mine |= Q(kind=kind) & in_scope(actor, right, "organization__", whole=True)
        return self.filter(mine).exclude(asked_by__in=actor.persons)

    def visible_to(self, actor: Actor) -> "FullExportQuerySet":
        """One's own, and those on which one could decide."""
        if actor.user_id is None:
            return self.none()
        deciding = FullExport.objects.for_deciding(actor).order_by()
        return self.filter(Q(asked_by_id=actor.user_id) | Q(pk__in=deciding.values("pk")))

    def waiting(self) -> "FullExportQuerySet":
        """Those that wait for a second person and are not too old."""
        return self.filter(state=FullExport.State.WAITING, expires_at__gt=clock.now())


class FullExport(models.Model):
    """完整导出: identity numbers, phones and addresses as a file. Who asked for which rows, what
    for, who allowed it, and until when the file can be fetched."""

    PRIVACY = {
        "purpose": Personal("to know what a file with personal data is for"),
        "asked_by_name": Personal("to know who asked for it"),
        "decided_by_name": Personal("to know who allowed it"),
        "reason": Personal("to tell why it was not allowed"),
        "password_sealed": Personal("to open the file", "highest"),
        "what": Personal("the filters, in which a name may stand"),
        "title": Personal("to tell which export it is"),
    }

    class State(models.TextChoices):
        WAITING = "waiting", "待批准"
        ALLOWED = "allowed", "已批准"
        REFUSED = "refused", "未批准"
        WITHDRAWN = "withdrawn", "已撤回"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("花名册", max_length=20, choices=ExportKind)
    title = models.CharField("名称", max_length=150)
    what = models.CharField("筛选", max_length=1000, blank=True)  # as in the address of the list
    purpose = models.CharField("用途", max_length=200)
    rows = models.PositiveIntegerField("行数")
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    organization = models.ForeignKey(
        "orgs.Organization", on_delete=models.PROTECT, related_name="full_exports"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="full_exports"
    )
    asked_by_name = models.CharField("提出人", max_length=100)
    grant_id = models.BigIntegerField()  # the role it was asked in
    asked_at = models.DateTimeField("提出时间")
    decided_by_name = models.CharField("办理人", max_length=100, blank=True)
    decided_at = models.DateTimeField("办理时间", null=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    password_sealed = models.CharField(max_length=200, blank=True, editable=False)
    document = models.UUIDField("文档", null=True)  # made behind, core.MadeDocument
    expires_at = models.DateTimeField("有效至")

    objects = FullExportQuerySet.as_manager()
    _refusal = "这份导出{state}，不用再办理。"
    machine = Machine(
        state="state",
        moves={
            "allow": Move("批准", from_=[State.WAITING], to=State.ALLOWED, refusal=_refusal),
            "refuse": Move("不批准", from_=[State.WAITING], to=State.REFUSED, refusal=_refusal),
            "withdraw": Move("撤回", from_=[State.WAITING], to=State.WITHDRAWN, refusal=_refusal),
        },
    )

    class Meta:
        verbose_name = verbose_name_plural = "完整导出"
        ordering = ["-asked_at", "-pk"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="full_export_asker")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("orgs:export-detail", args=[self.uid])

    @property
    def is_over(self) -> bool:
        """Whether its time is up."""
        return self.expires_at <= clock.now()

    @property
    def is_open(self) -> bool:
        """Whether the file can be fetched now, or is being made."""
        return self.state == self.State.ALLOWED and not self.is_over

    @property
    def password(self) -> str:
        """What opens the file; empty when there is none to fetch. Raises core.crypto.Unreadable."""
        if not self.is_open:
            return ""
        return crypto.unseal(self.password_sealed, column=SECRET_COLUMN, row=self.uid)
