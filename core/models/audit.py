from django.db import models

from ..privacy import Personal


class AuditEntry(models.Model):
    """One act. Holds no foreign keys: it must outlive whatever it speaks of."""

    PRIVACY = {
        "user_name": Personal("to prove who did what"),
        "object_label": Personal("to prove to what or whom it was done"),
        "changes": Personal("to prove what changed; identity numbers and phones are masked"),
        "note": Personal("to prove why"),
        "ip": Personal("to prove where from"),
        "session_hash": Personal("to tell one sitting from another"),
    }

    sequence = models.BigIntegerField("序号", unique=True)
    at = models.DateTimeField("时间", db_index=True)
    user_id = models.BigIntegerField("人员编号", null=True, db_index=True)
    user_name = models.CharField("人员", max_length=100)
    role = models.CharField("角色", max_length=40, blank=True)
    organization_id = models.BigIntegerField("组织编号", null=True)
    organization_path = models.CharField("组织路径", max_length=120, blank=True)
    verb = models.CharField("行为", max_length=80, db_index=True)
    object_type = models.CharField("对象类别", max_length=80, blank=True)
    object_id = models.CharField("对象编号", max_length=64, blank=True)
    object_label = models.CharField("对象", max_length=200, blank=True)
    changes = models.JSONField("前后", default=dict)
    note = models.CharField("说明", max_length=1000, blank=True)
    ip = models.CharField("地址", max_length=45, blank=True)
    session_hash = models.CharField("会话", max_length=16, blank=True)
    request_id = models.CharField("请求", max_length=32, blank=True)
    hash = models.CharField("封印", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "审计记录"
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_object")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.verb}"


class AuditHead(models.Model):
    """End of the chain: a single row, locked while entries are appended."""

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "审计链尾"

    def __str__(self) -> str:
        return str(self.sequence)
