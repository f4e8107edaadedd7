"""Finds writes to the columns of state machines that do not go through `core.states`."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models

from core.states import machines

WRITERS = ("update", "aupdate", "bulk_update", "abulk_update", "save", "asave")


@dataclass
class Columns:
    """Which models have a machine on a column, by the column's name, and how rows are reached.

    `kept` are further columns, of which machines keep how they stood: to set one on an instance
    writes nothing, to store it around the machine does."""

    guarded: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    kept: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    models: set[str] = field(default_factory=set)
    accessors: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    tables: set[str] = field(default_factory=set)


def columns() -> Columns:
    """Those of the installed apps."""
    found = Columns()
    for model in apps.get_models():
        found.models.add(model.__name__)
        for relation in model._meta.related_objects:
            name = relation.get_accessor_name()
            if name:
                found.accessors[name].add(relation.related_model.__name__)
    for model, own in machines().items():
        found.tables.add(model._meta.db_table)
        for machine in own:
            for column in machine.columns:
                found.guarded[column] |= _names(model)
            for column in machine.kept.columns if machine.kept else ():
                found.kept[column] |= _names(model)
    return found


def _names(model: type[models.Model]) -> set[str]:
    return {base.__name__ for base in model.__mro__ if issubclass(base, models.Model)} - {"Model"}


class _Finder(ast.NodeVisitor):
    def __init__(self, known: Columns) -> None:
        self.known = known
        self.found: list[tuple[int, str]] = []
        self.names: list[dict[str, ast.expr]] = [{}]
        self.owner = ""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.names.append({})
        self.generic_visit(node)
        self.names.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self.owner = self.owner, node.name
        self.generic_visit(node)
        self.owner = before

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._assigned(target, node.value)
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._assigned(node.target, node.value)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._assigned(node.target, None)
        self.generic_visit(node)

    def _assigned(self, target: ast.expr, value: ast.expr | None) -> None:
        if isinstance(target, ast.Tuple | ast.List):
            for one in target.elts:
                self._assigned(one, None)
        elif isinstance(target, ast.Name) and value is not None:
            self.names[-1][target.id] = value
        elif isinstance(target, ast.Attribute) and target.attr in self.known.guarded:
            on_self = isinstance(target.value, ast.Name) and target.value.id == "self"
            if not on_self or self.owner in self.known.guarded[target.attr]:
                self.found.append((target.lineno, f".{target.attr} ="))

    def visit_Call(self, node: ast.Call) -> None:
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr in WRITERS:
            whose = self._models(function.value)
            for name in self._written(node, function.attr):
                guarded = self.known.guarded.get(name, set()) | self.known.kept.get(name, set())
                if name == "**":
                    guarded = set().union(*self.known.guarded.values(), *self.known.kept.values())
                if whose & guarded or (not whose and guarded and name != "**"):
                    self.found.append((node.lineno, f"{function.attr}({name})"))
        elif isinstance(function, ast.Name) and function.id == "setattr" and len(node.args) > 1:
            name = node.args[1].value if isinstance(node.args[1], ast.Constant) else ""
            if name in self.known.guarded:
                self.found.append((node.lineno, f"setattr({name})"))
        self.generic_visit(node)

    def _written(self, node: ast.Call, function: str) -> Iterator[str]:
        if function in ("update", "aupdate"):
            for keyword in node.keywords:
                yield keyword.arg or "**"
            return
        lists = [keyword.value for keyword in node.keywords if keyword.arg == "update_fields"]
        lists += node.args[1:2] if "bulk" in function else []
        for one in lists:
            for item in getattr(one, "elts", []):
                if isinstance(item, ast.Constant):
                    yield str(item.value)

    def _models(self, expression: ast.expr, depth: int = 0) -> set[str]:
        """The models whose rows the expression may stand for; none when it does not say."""
        while True:
            if isinstance(expression, ast.Call):
                expression = expression.func
            elif isinstance(expression, ast.Attribute):
                if expression.attr in self.known.accessors:
                    return self.known.accessors[expression.attr]
                expression = expression.value
            elif isinstance(expression, ast.Name):
                if expression.id in self.known.models:
                    return {expression.id}
                for names in reversed(self.names):
                    value = names.get(expression.id)
                    if value is not None and depth < 5:
                        return self._models(value, depth + 1)
                return set()
            else:
                return set()


def writes(source: str, known: Columns) -> list[tuple[int, str]]:
    """(line, what) of each write to a machine's column in the source of a module. Where it does
    not say whose rows they are, they are taken for a machine's."""
    finder = _Finder(known)
    finder.visit(ast.parse(source))
    for number, line in enumerate(source.splitlines(), start=1):
        if any(f"UPDATE {table}" in line for table in known.tables):
            finder.found.append((number, "UPDATE"))
    return sorted(finder.found)


def texts(source: str) -> set[str]:
    """The texts that stand in the source of a module."""
    return {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
