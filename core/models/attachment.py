import uuid

from django.conf import settings
from django.db import models

from ..privacy import Personal
from ..states import Machine, Move


class Attachment(models.Model):
    """A stored file. Each owner has its own concrete model; permission follows the owner."""

    PRIVACY = {
        "name": Personal("to show the file under the name it was given"),
    }

    class State(models.TextChoices):
        PENDING = "pending", "处理中"
        READY = "ready", "可用"

    class Scan(models.TextChoices):
        SCANNING = "scanning", "查毒中"
        CLEAN = "clean", "未发现病毒"
        INFECTED = "infected", "有病毒"
        UNSCANNED = "unscanned", "未查毒"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("文件名", max_length=150)
    content_type = models.CharField("类型", max_length=100)
    size = models.PositiveBigIntegerField("字节")
    sha256 = models.CharField("摘要", max_length=64)
    state = models.CharField("状态", max_length=10, choices=State, default=State.PENDING)
    scan = models.CharField("查毒", max_length=10, choices=Scan, default=Scan.UNSCANNED)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField("上传于")

    machine = Machine(
        state="state",
        moves={"keep": Move("收下", from_=[State.PENDING], to=State.READY)},
        refusal="这个文件已经收下。",
    )
    scans = Machine(
        state="scan",
        moves={
            "order": Move("送检", from_=[Scan.UNSCANNED], to=Scan.SCANNING),
            "clear": Move("放行", from_=[Scan.SCANNING], to=Scan.CLEAN),
            "condemn": Move("封存", from_=[Scan.SCANNING], to=Scan.INFECTED),
        },
        refusal="这个文件“{state}”。",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
