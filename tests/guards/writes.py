"""Where rows are written: in actions, in core's engines, nowhere else."""

import ast
import re
from collections.abc import Iterator

from .house import House, Module, Reasons, docstrings, guard, imported_modules

# Parts of an app that may write, beside its actions.
WRITING_PARTS = {"actions", "demo"}
# Modules that may, and why. A name stands for the module and all below it.
ENGINES = Reasons(
    {
        "core.api": "the answer kept for a repeated request, in the transaction of the act",
        "core.attachments": "a file and its row come and go together",
        "core.derived": "stored figures and their marks, behind the change",
        "core.states": "the one move of state and revision, called by actions",
        "core.audit": "the trail itself and its head",
        "core.documents": "a document and its row come and go together",
        "core.effects": "work is rows: enqueued, claimed, finished",
        "core.importing": "the course of an uploaded sheet",
        "core.notifications": "messages and their reading",
        "core.scheduler": "a planned run is a row, so that it runs once",
    }
)

# Methods that only managers, querysets and models have.
PLAIN = {
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "abulk_create",
    "abulk_update",
    "aget_or_create",
    "aupdate_or_create",
    "acreate",
    "asave",
    "adelete",
    "aupdate",
    "clear_expired",
    "_raw_delete",
    "_insert",
    "save_base",
    "full_save",
}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SQL = re.compile(
    r"\b(INSERT\s+INTO|UPDATE\s+\S+\s+(AS\s+\S+\s+)?SET|DELETE\s+FROM|MERGE\s+INTO|TRUNCATE\s)",
    re.IGNORECASE,
)


def written(tree: ast.AST, imported: dict[str, str], notes: set[int]) -> Iterator[tuple[int, str]]:
    """Line and text of everything below `tree` that writes rows."""
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if _is_write(node, node.func, imported):
                yield node.lineno, f"{ast.unparse(node.func)[-60:]}()"
        elif isinstance(node, ast.Attribute) and id(node) not in called:
            # Handed on instead of called: `map(Model.objects.create, …)`.
            owner = node.value
            if node.attr in PLAIN or (
                node.attr in ("create", "update", "delete")
                and isinstance(owner, ast.Attribute)
                and owner.attr in MANAGERS
            ):
                yield node.lineno, ast.unparse(node)[-60:]
        elif (
            isinstance(node, ast.Constant | ast.JoinedStr)
            and id(node) not in notes
            and SQL.search(_text(node))
        ):
            yield node.lineno, "SQL that writes"


def _is_write(call: ast.Call, method: ast.Attribute, imported: dict[str, str]) -> bool:
    """Whether the call of a method writes rows.

    Documents and pictures are saved to a target, sets and hashes updated with a value, files
    deleted by their name: querysets and models take none of these.
    """
    if method.attr in PLAIN:
        return True
    if isinstance(method.value, ast.Name) and method.value.id in imported:
        # A function of a module; `Model.update` alone says nothing without its manager.
        return False
    match method.attr:
        case "save" | "delete":
            return not call.args
        case "update":
            return not call.args and bool(call.keywords)
        case "create":
            return not call.args
    return False


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    return "".join(_text(part) if isinstance(part, ast.Constant) else "x" for part in node.values)


def may_write(module: Module) -> bool:
    """Whether the module is one of those that write."""
    if module.part in WRITING_PARTS:
        return True
    steps = module.name.split(".")
    return any(ENGINES.excuse(".".join(steps[:length])) for length in range(1, len(steps) + 1))


@guard("move the write into an action, told `by` and audited", ENGINES)
def writes_outside_actions(house: House) -> Iterator[str]:
    for module in house.modules:
        found = list(written(module.tree, imported_modules(module.tree), docstrings(module.tree)))
        if found and not may_write(module):
            yield from (f"{module.name}:{line} {text}" for line, text in found)
