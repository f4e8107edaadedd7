import uuid

from django.conf import settings
from django.db import models

from ..privacy import Personal
from ..states import Machine, Move


class ImportBatch(models.Model):
    """One uploaded sheet on its way: read, shown, applied. Concrete in the app that owns the rows.

    The file itself is kept sealed on disk until it is applied or a day has passed; no row of
    personal data is staged in the database. What is shown is masked.
    """

    PRIVACY = {
        "file_name": Personal("to show which sheet was brought in"),
        "errors": Personal("to mark the cells that are wrong; masked", "sensitive"),
        "notes": Personal("to name what of the sheet was not read"),
        "preview": Personal("to show what would change; masked", "sensitive"),
    }

    class State(models.TextChoices):
        UPLOADED = "uploaded", "等待读取"
        READING = "reading", "正在读取"
        READ = "read", "待确认"
        APPLYING = "applying", "正在写入"
        APPLIED = "applied", "已导入"
        REFUSED = "refused", "无法读取"
        CANCELLED = "cancelled", "已放弃"

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file_name = models.CharField("文件名", max_length=150)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField("字节")
    state = models.CharField("状态", max_length=10, choices=State, default=State.UPLOADED)
    progress = models.PositiveSmallIntegerField("进度", default=0)  # per cent
    counts = models.JSONField("数目", default=dict)  # new, changed, unchanged, refused, rows
    errors = models.JSONField("错误", default=list)
    preview = models.JSONField("变动", default=list)
    # What of the sheet was not read, what of it to know, and until when it can know.
    notes = models.JSONField("说明", default=dict)
    failure = models.CharField("原因", max_length=500, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    grant_id = models.BigIntegerField()  # the role it was uploaded in; checked again when applied
    uploaded_at = models.DateTimeField("上传于")
    applied_at = models.DateTimeField("导入于", null=True)

    machine = Machine(
        state="state",
        moves={
            "start": Move("读取", from_=[State.UPLOADED, State.READING], to=State.READING),
            "read_on": Move("读取", from_=[State.READING]),
            "show": Move("列出", from_=[State.READING], to=State.READ),
            "refuse": Move("退回", from_=[State.READING], to=State.REFUSED),
            "confirm": Move(
                "确认导入",
                from_=[State.READ],
                to=State.APPLYING,
                refusal="这份文件的状态已经变化，请刷新后再看",
            ),
            "write_on": Move("写入", from_=[State.APPLYING]),
            "apply": Move("写入", from_=[State.APPLYING], to=State.APPLIED),
            "fail": Move("退回", from_=[State.APPLYING], to=State.REFUSED),
            "cancel": Move(
                "放弃",
                from_=[State.UPLOADED, State.READING, State.READ],
                to=State.CANCELLED,
                refusal="这份文件已在写入或已经结束，不能放弃",
            ),
        },
        refusal="这份文件现在“{state}”，请刷新后再看",
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name
