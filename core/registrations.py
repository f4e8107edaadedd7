"""What core itself puts into its registries. Imported once, by the app config."""

from . import demo, downloads, menu, tones, verbs  # noqa: F401  (demo has an effect)
from .models import Effect, MadeDocument
from .models.importing import ImportBatch

menu.register(
    menu.Entry("我的工作", "core:home", "everyday", 10, marks=("core:home", "core:inbox"), tab=1)
)
verbs.register("demo", {"demo.seeded": "填充演示数据"})
verbs.register(
    "core",
    {
        "core.document.ask": "要求生成文档",
        "core.document.make": "生成文档",
        "core.backup.make": "备份",
        "core.backup.restore": "恢复备份",
    },
    {"files": "文件数", "bytes": "字节", "format": "格式", "digest": "文件摘要"},
)
verbs.register_values("format", downloads.WORDS)

tones.register(
    ImportBatch.State,
    {
        ImportBatch.State.UPLOADED: "info",
        ImportBatch.State.READING: "info",
        ImportBatch.State.READ: "warn",
        ImportBatch.State.APPLYING: "info",
        ImportBatch.State.APPLIED: "ok",
        ImportBatch.State.REFUSED: "bad",
    },
)
tones.register(Effect.State, {Effect.State.DEAD: "bad", Effect.State.UNKNOWN: "warn"})
tones.register(
    MadeDocument.State,
    {
        MadeDocument.State.WAITING: "info",
        MadeDocument.State.MAKING: "info",
        MadeDocument.State.READY: "ok",
        MadeDocument.State.FAILED: "bad",
    },
)
