import uuid

from django.conf import settings
from django.db import models

from ..privacy import Personal


class MadeDocument(models.Model):
    """A document that is made behind: who asked for what in which role, how far it is, until when
    it can be fetched. The file lies sealed on disk under a name that says nothing."""

    PRIVACY = {
        "title": Personal("to show the person which of his documents it is"),
        "file_name": Personal("to offer the file under a name that says what it is"),
        "what": Personal("to make what was asked for; a name may stand in the filters"),
    }

    class State(models.TextChoices):
        WAITING = "waiting", "等待生成"
        MAKING = "making", "正在生成"
        READY = "ready", "可以下载"
        FAILED = "failed", "没有生成"
        EXPIRED = "expired", "已过期清除"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField("类别", max_length=80)
    title = models.CharField("名称", max_length=200)
    file_name = models.CharField("文件名", max_length=250)
    content_type = models.CharField("类型", max_length=100)
    what = models.JSONField("内容", default=dict)
    digest = models.CharField("摘要", max_length=32)  # of kind, format and what
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    progress = models.PositiveSmallIntegerField("进度", default=0)  # per cent
    failure = models.CharField("原因", max_length=500, blank=True)
    size = models.PositiveBigIntegerField("字节", default=0)
    stored_as = models.CharField("存放", max_length=32, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    grant_id = models.BigIntegerField()  # the role it was asked in; checked again while it is made
    organization_id = models.BigIntegerField(null=True)  # for the audit trail
    organization_path = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField("提出于")
    made_at = models.DateTimeField("生成于", null=True)
    expires_at = models.DateTimeField("保留至")

    class Meta:
        verbose_name = verbose_name_plural = "生成的文档"
        constraints = [
            # A double click is one document.
            models.UniqueConstraint(
                fields=["asked_by", "grant_id", "digest"],
                condition=models.Q(state__in=["waiting", "making"]),
                name="made_document_once",
            ),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-asked_at"], name="made_document_asker"),
            models.Index(fields=["state", "expires_at"], name="made_document_expiry"),
        ]

    def __str__(self) -> str:
        return self.title
