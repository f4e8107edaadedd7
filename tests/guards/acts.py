"""Actions, background work and the verbs of the audit trail."""

import ast
import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps

from core import effects, importing
from core.importing import Importer

from .house import (
    House,
    Module,
    Reasons,
    docstrings,
    functions,
    guard,
    imported_modules,
    owner,
)
from .writes import written

# Functions of actions modules that are told `by` and join the caller's action, and why.
WITHIN_AN_ACTION = Reasons(
    {
        "orgs.actions.accounts.replace_password": "shared by the page's and the console's reset",
        "orgs.actions.organizations.event": "builds the row of an event that the action saves",
    }
)
# Functions of actions modules that neither act nor write, and why they stand there.
PREPARING = Reasons(
    {
        "core.actions.action": "the frame itself",
        "orgs.actions.accounts.give_secret": "sets a secret on the account that the action saves",
    }
)
# Public functions that only read or compute and still stand in actions modules. Temporary: each
# of them goes to queries/ or to a module of its subject.
STILL_TO_MEND = Reasons(
    dict.fromkeys(
        [
            "schedules.rounds.actions.definitions.token_of",
            "schedules.rounds.actions.escalation.brought_before",
            "schedules.rounds.actions.escalation.overdue_days",
            "schedules.rounds.actions.opening.concerned",
            "schedules.rounds.actions.opening.empty_items",
            "schedules.rounds.actions.opening.empty_value",
            "schedules.rounds.actions.opening.moments",
            "schedules.rounds.actions.opening.opens_on",
            "schedules.rounds.actions.plans.periods_offered",
            "schedules.rounds.actions.reminders.is_working_hour",
            "schedules.rounds.actions.reminders.stage_of",
            "schedules.rounds.actions.rollups.differences",
            "schedules.rounds.actions.rollups.summary_periods",
        ],
        "stands still while duties are restructured",
    )
)


def public_functions(house: House) -> Iterator[tuple[Module, str, Any]]:
    """(module, qualified name, function): what actions modules offer to others."""
    for module in house.modules:
        if module.part != "actions":
            continue
        there = importlib.import_module(module.name)
        for name, function in inspect.getmembers(there, inspect.isfunction):
            if not name.startswith("_") and function.__module__ == module.name:
                yield module, f"{module.name}.{name}", function


def _is_action(function: Any) -> bool:
    return getattr(function, "is_action", False)


def _takes_by(function: Any) -> bool:
    return "by" in inspect.signature(function).parameters


@guard("decorate it with @action, or say in WITHIN_AN_ACTION whose it joins", WITHIN_AN_ACTION)
def functions_told_by_without_the_frame(house: House) -> Iterator[str]:
    for _, name, function in public_functions(house):
        if _takes_by(function) and not _is_action(function) and not WITHIN_AN_ACTION.excuse(name):
            yield name


@guard("an action is told `by`, by keyword")
def actions_without_by(house: House) -> Iterator[str]:
    for _, name, function in public_functions(house):
        if not _is_action(function):
            continue
        by = inspect.signature(function).parameters.get("by")
        if by is None or by.kind is not inspect.Parameter.KEYWORD_ONLY:
            yield name


@guard("move it to queries/ or to a module of its subject", PREPARING, STILL_TO_MEND)
def reads_among_actions(house: House) -> Iterator[str]:
    """Public functions that are no actions or handlers, are told no `by` and write nothing."""
    handled = {handler.function for handler in effects.handlers().values()}
    for module, name, function in public_functions(house):
        if _is_action(function) or _takes_by(function) or function in handled:
            continue
        if function.__name__ in _writers(module):
            continue
        if not PREPARING.excuse(name) and not STILL_TO_MEND.excuse(name):
            yield name


def _writers(module: Module) -> set[str]:
    """Functions of the module that write, by themselves or through one that does."""
    imported, notes = imported_modules(module.tree), docstrings(module.tree)
    engines = ("record", "record_now", "enqueue", "enqueue_many", "notify", "notify_many")
    calls: dict[str, set[str]] = {}
    writers: set[str] = set()
    for function in functions(module.tree):
        called = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
        calls[function.name] = {one.id for one in called if isinstance(one, ast.Name)}
        engine = any(isinstance(one, ast.Attribute) and one.attr in engines for one in called)
        if engine or any(written(function, imported, notes)):
            writers.add(function.name)
    while more := {name for name, called in calls.items() if called & writers} - writers:
        writers |= more
    return writers


# --- background work --------------------------------------------------------------------------


def tasks_of(house: House) -> list[Any]:
    """The Celery tasks whose functions are code of the apps, or of no app of ours."""
    from config import celery_app

    celery_app.loader.import_default_modules()
    return [
        task
        for name, task in celery_app.tasks.items()
        if not name.startswith("celery.") and not owner(house.others, task.__module__)
    ]


@guard("give the task a name, `<label>.<act>`, and both limits")
def tasks_without_name_or_limit(house: House) -> Iterator[str]:
    labels = {config.label for config in apps.get_app_configs()}
    for task in tasks_of(house):
        label, _, name = task.name.partition(".")
        if label not in labels or not re.fullmatch(r"[a-z_]+", name):
            yield f"{task.name}: name"
        if not task.time_limit or not task.soft_time_limit:
            yield f"{task.name}: time_limit and soft_time_limit"


# --- verbs ------------------------------------------------------------------------------------

Scope = ast.FunctionDef | ast.AsyncFunctionDef | None


class Verbs:
    """What `verb=` can be in one module: texts put together from parts are followed back to the
    literal texts that the callers in the module give."""

    DEPTH = 6

    def __init__(self, module: Module) -> None:
        self.module = module
        self.scope: dict[int, Scope] = {}
        self._place(module.tree, None)
        self.constants = {
            target.id: node.value
            for node in module.tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    def _place(self, node: ast.AST, scope: Scope) -> None:
        for child in ast.iter_child_nodes(node):
            self.scope[id(child)] = scope
            self._place(child, child if isinstance(child, ast.FunctionDef) else scope)

    def recorded(self) -> Iterator[tuple[int, set[str] | None]]:
        """(line, verbs) of every call that is told a verb; None where it cannot be followed."""
        for call in ast.walk(self.module.tree):
            if not isinstance(call, ast.Call) or _asks_only(call.func):
                continue
            for keyword in call.keywords:
                if keyword.arg == "verb":
                    yield call.lineno, self.texts(keyword.value, self.scope[id(call)])

    def texts(self, node: ast.expr, scope: Scope, depth: int = 0) -> set[str] | None:
        """All texts that the expression can be, or None."""
        if depth > self.DEPTH:
            return None
        match node:
            case ast.Constant(value=str(text)):
                return {text}
            case ast.FormattedValue(value=inner, format_spec=None):
                return self.texts(inner, scope, depth + 1)
            case ast.JoinedStr(values=parts):
                return self._joined(parts, scope, depth)
            case ast.BinOp(op=ast.Add(), left=left, right=right):
                return self._joined([left, right], scope, depth)
            case ast.IfExp(body=body, orelse=orelse):
                both = [self.texts(one, scope, depth + 1) for one in (body, orelse)]
                return None if None in both else set().union(*(one or () for one in both))
            case ast.Attribute(attr="app_label"):
                return importing_labels()
            case ast.Name(id=name):
                return self._named(name, scope, depth)
        return None

    def _joined(self, parts: list[ast.expr], scope: Scope, depth: int) -> set[str] | None:
        found = {""}
        for part in parts:
            texts = self.texts(part, scope, depth + 1)
            if texts is None:
                return None
            found = {left + right for left in found for right in texts}
        return found

    def _named(self, name: str, scope: Scope, depth: int) -> set[str] | None:
        if scope is None:
            given = self.constants.get(name)
            return None if given is None else self.texts(given, None, depth + 1)
        own = [
            node.value
            for node in ast.walk(scope)
            if isinstance(node, ast.Assign)
            and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
        ]
        if own:
            return self._all((one, scope) for one in own)
        arguments = scope.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        if name in names or name in [one.arg for one in arguments.kwonlyargs]:
            if name == "verb" and name not in names:
                return set()  # told by keyword: every call is looked at where it stands
            return self._all(self._given(scope, name, names), depth)
        return self._named(name, self.scope[id(scope)], depth + 1)

    def _given(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, names: list[str]
    ) -> Iterator[tuple[ast.expr, Scope]]:
        """What callers in the module pass as `name`."""
        for call in ast.walk(self.module.tree):
            if not isinstance(call, ast.Call) or not _is_named(call.func, function.name):
                continue
            at = names.index(name) if name in names else len(call.args)
            found = [one.value for one in call.keywords if one.arg == name]
            for value in found or call.args[at : at + 1]:
                yield value, self.scope[id(call)]

    def _all(
        self, given: Iterator[tuple[ast.expr, Scope]] | Any, depth: int = 0
    ) -> set[str] | None:
        found: set[str] = set()
        for value, scope in given:
            texts = self.texts(value, scope, depth + 1)
            if texts is None:
                return None
            found |= texts
        return found or None


def _is_named(called: ast.expr, name: str) -> bool:
    return (isinstance(called, ast.Name) and called.id == name) or (
        isinstance(called, ast.Attribute) and called.attr == name
    )


def _asks_only(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in ("filter", "exclude", "get")


def importing_labels() -> set[str]:
    """The apps whose batches core's importing reads: it names its verbs after them."""
    importers: dict[str, Importer[Any]] = importing._importers
    return set(importers)


@guard("name the verb in the app's verbs.py; build it only from parts that callers give as text")
def verbs_without_a_name(house: House) -> Iterator[str]:
    named = names_of_verbs()
    for module in house.modules:
        for line, verbs in Verbs(module).recorded():
            if verbs is None:
                yield f"{module.name}:{line} is put together from what cannot be followed"
            else:
                yield from (f"{module.name}:{line} {verb}" for verb in sorted(verbs - named))


@guard("`<label>.<noun>.<act>`, in the verbs.py of the app that records it")
def verbs_badly_named(house: House) -> Iterator[str]:
    others = {config.label for config in house.others}
    for verb in sorted(names_of_verbs()):
        label = verb.partition(".")[0]
        if label not in others and not re.fullmatch(r"[a-z]+(\.[a-z_]+){1,2}", verb):
            yield verb


@guard("take the name out of verbs.py: nothing records this verb")
def names_of_verbs_that_nothing_records(house: House) -> Iterator[str]:
    others = {config.label for config in house.others}
    used: set[str] = set()
    for module in house.modules:
        for _, verbs in Verbs(module).recorded():
            used |= verbs or set()
    for verb in sorted(names_of_verbs() - used):
        if verb.partition(".")[0] not in others:
            yield verb


def names_of_verbs() -> set[str]:
    """Every verb that has a name on the pages of the audit trail."""
    from orgs import verbs

    return set(verbs.VERBS)
