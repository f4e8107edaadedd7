"""What core itself puts into its registries. Imported once, by the app config."""

from . import demo, menu, verbs  # noqa: F401  (demo has an effect)

menu.register(
    menu.Entry("我的工作", "core:home", "everyday", 10, marks=("core:home", "core:inbox"), tab=1)
)
verbs.register("demo", {"demo.seeded": "填充演示数据"})
verbs.register("core", {"core.document.ask": "要求生成文档", "core.document.make": "生成文档"})
