"""Actions, background work and the verbs of the audit trail."""

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.apps import apps

from core import derived, effects, importing
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
        "assessments.schemes.actions.telling.note": "the audit entry of the act that calls it",
        "assessments.self_assessments.actions.rows.close": "sends a returned item within the act",
        "assessments.self_assessments.actions.rows.tell": "the audit entry of the act that calls it",
        "members.actions.numbers.note_in_vain": "written also when the act that found it is undone",
        "members.actions.numbers.note_sheet": "the audit entry of the preview that is shown",
        "orgs.actions.accounts.replace_password": "shared by the page's and the console's reset",
        "orgs.actions.deputies.end_all_of": "what follows when somebody becomes an administrator",
        "orgs.actions.grants.end_of_offices": "what follows when an office ends",
        "orgs.actions.offices.leave_all": "what follows when a body is merged, ends or is read anew",
        "orgs.actions.history.event": "builds the row of an event that the action saves",
        "orgs.actions.history.happened": "the event of the act that calls it",
        "orgs.actions.history.record": "the audit entry of the act that calls it",
        "schedules.action_items.actions.telling.note": "the audit entry of the act that calls it",
        "schedules.dispatch.actions.cards.run": "begins a card within the act that holds its meeting",
        "schedules.dispatch.actions.telling.note": "the audit entry of the act that calls it",
        "schedules.life.actions.ledger.row_of": "builds the rows of a record, and stores none",
        "schedules.life.actions.meetings.made": "builds the rows of a record, and stores none",
        "schedules.life.actions.invitations.invite": "what the act that writes the record asks for",
        "schedules.life.actions.meetings.settle": "the duties of the act that writes the record",
        "schedules.life.actions.telling.note": "the audit entry of the act that calls it",
        "schedules.rounds.actions.duties.record": "the audit entry of the act that calls it",
        "schedules.rounds.actions.duties.tell_writers": "what the act that calls it is told by",
        "schedules.rounds.actions.duties.tell_writers_of_many": "the same of many",
        "schedules.rounds.actions.evidence.link": "a row of the act that refers to the record",
        "showcase.brands.actions.rights.note": "the audit entry of the act that calls it",
        "showcase.panels.actions.rights.note": "the audit entry of the act that calls it",
        "showcase.sites.actions.rights.note": "the audit entry of the act that calls it",
        "showcase.public.actions.rights.note": "the audit entry of the act that calls it",
        "schedules.neighbours.actions.rights.note": "the audit entry of the act that calls it",
        "schedules.themes.actions.rights.note": "the audit entry of the act that calls it",
        "schedules.weak_cases.actions.rights.note": "the audit entry of the act that calls it",
        "showcase.projects.actions.rights.note": "the audit entry of the act that calls it",
        "showcase.projects.actions.deciding.panel_cancelled": "told by the panel's act, calls an action",
        "schedules.concerns.actions.rights.note": "the audit entry of the act that calls it",
    }
)
# Functions of actions modules that neither act nor write, and why they stand there.
PREPARING = Reasons(
    {
        "core.actions.action": "the frame itself",
        "schedules.action_items.actions.rights.locked": "the row under the lock that the act takes",
        "schedules.dispatch.actions.rights.locked": "the row under the lock that the act takes",
        "schedules.dispatch.actions.rights.locked_together": "the same of two, in one order",
        "schedules.life.actions.rows.attendances": "builds the rows that the action stores",
        "schedules.life.actions.rows.copies_of": "builds the rows that the action stores",
        "schedules.life.actions.rows.kept_of": "what the action's version takes over",
        "schedules.life.actions.rows.mark_of": "a stored row as the actions are told it",
        "schedules.life.actions.rows.units_of": "builds the rows that the action stores",
        "showcase.brands.actions.rights.locked": "the row under the lock that the act takes",
        "showcase.brands.actions.rights.locked_highlight": "the same of a bright spot",
        "showcase.panels.actions.rights.locked": "the row under the lock that the act takes",
        "showcase.sites.actions.rights.locked": "the row under the lock that the act takes",
        "showcase.public.actions.rights.locked": "the row under the lock that the act takes",
        "showcase.sites.actions.rights.locked_programme": "the same of its programme",
        "schedules.neighbours.actions.rights.held": "the lock that the act takes",
        "schedules.neighbours.actions.rights.expect_past": "what was typed, or its refusal",
        "schedules.neighbours.actions.rights.expect_words": "what was typed, or its refusal",
        "schedules.neighbours.actions.rights.locked_partnership": "the row under the lock",
        "schedules.neighbours.actions.rights.locked_post": "the row under the lock",
        "schedules.neighbours.actions.rights.locked_wish": "the row under the lock",
        "schedules.themes.actions.rights.locked": "the row under the lock that the act takes",
        "schedules.weak_cases.actions.rights.locked": "the row under the lock that the act takes",
        "showcase.projects.actions.rights.locked": "the row under the lock that the act takes",
        "showcase.projects.actions.rights.step": "builds the row that the act's move stores",
        "schedules.concerns.actions.rights.locked": "the row under the lock that the act takes",
        "orgs.actions.register.fresh": "the row as it is under the lock that the act has taken",
        "orgs.actions.register.next_code": "free only under the lock that the act has taken",
        "orgs.actions.accounts.give_secret": "sets a secret on the account that the action saves",
    }
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
    acting = Acting(house)
    for module, name, function in public_functions(house):
        if not _takes_by(function) or _is_action(function):
            continue
        if not acting.only_refuses(module, function) and not WITHIN_AN_ACTION.excuse(name):
            yield name


@guard("an action is told `by`, by keyword")
def actions_without_by(house: House) -> Iterator[str]:
    for _, name, function in public_functions(house):
        if not _is_action(function):
            continue
        by = inspect.signature(function).parameters.get("by")
        if by is None or by.kind is not inspect.Parameter.KEYWORD_ONLY:
            yield name


@guard("move it to queries/ or to a module of its subject", PREPARING)
def reads_among_actions(house: House) -> Iterator[str]:
    """Public functions that are no actions or handlers, are told no `by`, write nothing and
    refuse nothing."""
    acting = Acting(house)
    for module, name, function in public_functions(house):
        if _takes_by(function) or acting.acts(module, function):
            continue
        if acting.only_refuses(module, function):
            continue
        if not PREPARING.excuse(name):
            yield name


Where = tuple[str, str]


class Acting:
    """Which functions of actions modules write: actions and handlers, what writes rows itself or
    through an engine of core, and what calls such a function, in whichever actions module."""

    # What engines of core do to rows; other functions of theirs compute or ask.
    ENGINES = ("record", "record_now", "enqueue", "enqueue_many", "tell")

    def __init__(self, house: House) -> None:
        self.functions: dict[Where, ast.FunctionDef | ast.AsyncFunctionDef] = {}
        calls: dict[Where, set[Where]] = {}
        handled = {handler.function for handler in effects.handlers().values()}
        handlers = {(one.__module__, getattr(one, "__name__", "")) for one in handled}
        self.writing: set[Where] = set(handlers)
        for module in house.modules:
            if module.part != "actions":
                continue
            imported, notes = imported_modules(module.tree), docstrings(module.tree)
            for function in functions(module.tree):
                here = (module.name, function.name)
                self.functions[here] = function
                calls[here] = set()
                decorators = {ast.unparse(one) for one in function.decorator_list}
                if "action" in decorators or any(written(function, imported, notes)):
                    self.writing.add(here)
                for node in ast.walk(function):
                    if isinstance(node, ast.Call):
                        if self._is_engine(node.func):
                            self.writing.add(here)
                        calls[here] |= set(_targets(module, node.func, imported))
        while more := {one for one, called in calls.items() if called & self.writing}:
            if more <= self.writing:
                break
            self.writing |= more

    def _is_engine(self, called: ast.expr) -> bool:
        """`audit.record(…)`, `tell(…)`, `FIGURES.mark(…)`, `Model.machine.move(…)`."""
        if isinstance(called, ast.Name):
            return called.id in self.ENGINES
        if not isinstance(called, ast.Attribute):
            return False
        holder = called.value
        return (
            called.attr in self.ENGINES
            or (isinstance(holder, ast.Name) and holder.id.isupper())
            or (isinstance(holder, ast.Attribute) and holder.attr == "machine")
        )

    def acts(self, module: Module, function: Any) -> bool:
        """Whether the function writes, or has something written."""
        return _is_action(function) or (module.name, function.__name__) in self.writing

    def only_refuses(self, module: Module, function: Any) -> bool:
        """Whether it is a check of actions: gives nothing back, writes nothing, may raise."""
        node = self.functions[module.name, function.__name__]
        is_silent = isinstance(node.returns, ast.Constant) and node.returns.value is None
        raises = any(isinstance(one, ast.Raise) for one in ast.walk(node))
        return is_silent and raises and not self.acts(module, function)


def _targets(module: Module, called: ast.expr, imported: dict[str, str]) -> Iterator[Where]:
    """What a call can be of: a function of the same module, or of one that it imports."""
    package = module.name if module.path.name == "__init__.py" else module.name.rpartition(".")[0]

    def absolute(origin: str) -> str:
        dots = len(origin) - len(origin.lstrip("."))
        if not dots:
            return origin
        steps = package.split(".")
        return ".".join([*steps[: len(steps) - dots + 1], origin.lstrip(".")])

    if isinstance(called, ast.Name):
        if called.id in imported:
            origin, _, name = absolute(imported[called.id]).rpartition(".")
            yield origin, name
        else:
            yield module.name, called.id
    elif (
        isinstance(called, ast.Attribute)
        and isinstance(called.value, ast.Name)
        and called.value.id in imported
    ):
        yield absolute(imported[called.value.id]), called.attr


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

    def __init__(self, module: Module, house: House) -> None:
        self.module, self.house = module, house
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
            case ast.Constant(value=None) | ast.Attribute(attr="verb"):
                return set()  # none; or told by keyword to what carries it, and looked at there
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
            return self._all(((self, one, scope) for one in own), depth)
        arguments = scope.args
        names = [one.arg for one in (*arguments.posonlyargs, *arguments.args)]
        if name in names or name in [one.arg for one in arguments.kwonlyargs]:
            if name == "verb" and name not in names:
                return set()  # told by keyword: every call is looked at where it stands
            return self._all(self._given(scope, name, names), depth)
        return self._named(name, self.scope[id(scope)], depth + 1)

    def _given(
        self, function: ast.FunctionDef | ast.AsyncFunctionDef, name: str, names: list[str]
    ) -> Iterator[tuple["Verbs", ast.expr, Scope]]:
        """What callers pass as `name`: those in the module, and those that import it."""
        for verbs in calling(self.house, self.module, function.name):
            imported = imported_modules(verbs.module.tree)
            for call in ast.walk(verbs.module.tree):
                if not isinstance(call, ast.Call):
                    continue
                targets = set(_targets(verbs.module, call.func, imported))
                if (self.module.name, function.name) not in targets:
                    continue
                at = names.index(name) if name in names else len(call.args)
                found = [one.value for one in call.keywords if one.arg == name]
                for value in found or call.args[at : at + 1]:
                    yield verbs, value, verbs.scope[id(call)]

    def _all(self, given: Iterator[tuple["Verbs", ast.expr, Scope]], depth: int) -> set[str] | None:
        found: set[str] = set()
        for verbs, value, scope in given:
            texts = verbs.texts(value, scope, depth + 1)
            if texts is None:
                return None
            found |= texts
        return found or None


def calling(house: House, module: Module, name: str) -> Iterator[Verbs]:
    """The modules that speak of the function: the one where it stands and those that import it."""
    last = module.name.rpartition(".")[2]
    for other in house.modules:
        if other == module or (name in other.words and last in other.words):
            yield Verbs(other, house)


def _asks_only(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in ("filter", "exclude", "get")


# Engines of core that put verbs together from what apps register with them: what they can be.
ENGINE_VERBS: dict[str, Callable[[], set[str]]] = {
    "core.derived": lambda: {
        f"{one.kind}.{act}" for one in derived.registered().values() for act in ("fill", "repair")
    },
}


def recorded(house: House, module: Module) -> Iterator[tuple[int, set[str] | None]]:
    """(line, verbs) of each call in the module that is told a verb; None: cannot be followed."""
    for line, verbs in Verbs(module, house).recorded():
        if verbs is None and module.name in ENGINE_VERBS:
            verbs = ENGINE_VERBS[module.name]()
        yield line, verbs


def importing_labels() -> set[str]:
    """The apps whose batches core's importing reads: it names its verbs after them."""
    importers: dict[str, Importer[Any]] = importing._importers
    return set(importers)


@guard("name the verb in the app's verbs.py; build it only from parts that callers give as text")
def verbs_without_a_name(house: House) -> Iterator[str]:
    named = names_of_verbs()
    for module in house.modules:
        for line, verbs in recorded(house, module):
            if verbs is None:
                yield f"{module.name}:{line} is put together from what cannot be followed"
            else:
                yield from (f"{module.name}:{line} {verb}" for verb in sorted(verbs - named))


@guard("`<label>.<noun>.<act>`, in the verbs.py of the app that records it")
def verbs_badly_named(house: House) -> Iterator[str]:
    others = {config.label for config in house.others}
    for verb in sorted(names_of_verbs()):
        label = verb.partition(".")[0]
        if label not in others and not re.fullmatch(r"[a-z_]+(\.[a-z_]+){1,2}", verb):
            yield verb


@guard("take the name out of verbs.py: nothing records this verb")
def names_of_verbs_that_nothing_records(house: House) -> Iterator[str]:
    others = {config.label for config in house.others}
    used: set[str] = set()
    for module in house.modules:
        for _, verbs in recorded(house, module):
            used |= verbs or set()
    for verb in sorted(names_of_verbs() - used):
        if verb.partition(".")[0] not in others:
            yield verb


def names_of_verbs() -> set[str]:
    """Every verb that has a name on the pages of the audit trail."""
    from core import verbs

    return set(verbs.registered())
