"""Import rules that import-linter cannot state: it sees external packages only as a whole."""

import ast
from pathlib import Path

from .test_guards import OUR_APPS, ROOT

WEB_ONLY = (
    "django.http",
    "django.shortcuts",
    "django.contrib.messages",
    "rest_framework",
    "celery",
)


def _imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def test_data_and_decisions_know_no_request_and_no_broker() -> None:
    checked = 0
    wrong: list[str] = []
    for app in OUR_APPS:
        for layer in ("models", "queries", "actions"):
            single = Path(app.path, f"{layer}.py")
            for path in [
                *Path(app.path, layer).rglob("*.py"),
                *([single] if single.exists() else []),
            ]:
                checked += 1
                wrong += [
                    f"{path.relative_to(ROOT)} imports {name}"
                    for name in _imported_names(path)
                    if any(name == web or name.startswith(web + ".") for web in WEB_ONLY)
                ]
    assert checked > 5
    assert not wrong, "\n".join(wrong)
