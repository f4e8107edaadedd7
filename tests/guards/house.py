"""What guards look at, and how one is written."""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from django.apps import AppConfig, apps

from ..urls import Address, addresses


@dataclass(frozen=True)
class Module:
    """A Python file of an app: its dotted name, its parsed text, the part of the app it is in."""

    app: AppConfig
    path: Path
    name: str
    tree: ast.Module

    @property
    def part(self) -> str:
        """`queries` for `orgs/queries/rosters.py`, empty for the app's own `__init__`."""
        return self.name.removeprefix(self.app.name).lstrip(".").partition(".")[0]

    @property
    def words(self) -> str:
        return self.path.read_text()


@dataclass(frozen=True)
class House:
    """The apps that a run of the guards is about, and where they lie."""

    root: Path
    apps: tuple[AppConfig, ...]
    others: tuple[AppConfig, ...] = ()

    @property
    def labels(self) -> set[str]:
        return {app.label for app in self.apps}

    @property
    def models(self) -> list[Any]:
        return [model for app in self.apps for model in app.get_models()]

    @cached_property
    def modules(self) -> tuple[Module, ...]:
        """Every Python file of the apps except migrations."""
        return tuple(
            Module(app, path, name, ast.parse(path.read_text()))
            for app in self.apps
            for path, name in _files(app)
        )

    @cached_property
    def addresses(self) -> tuple[Address, ...]:
        """All addresses but those whose views are code of the other apps."""
        return tuple(one for one in addresses() if not owner(self.others, one.view.__module__))

    @cached_property
    def templates(self) -> tuple[Path, ...]:
        """All pages but those in the folders `templates/<label>` of the other apps."""
        strangers = {app.label for app in self.others}
        folder = self.root / "templates"
        return tuple(
            path
            for path in sorted(folder.rglob("*.html"))
            if path.relative_to(folder).parts[0] not in strangers
        )

    def only(self, *labels: str) -> "House":
        """The same house, looked at for these apps alone."""
        chosen = tuple(app for app in self.apps if app.label in labels)
        return House(self.root, chosen, tuple(app for app in self.apps if app not in chosen))


def owner(among: Iterable[AppConfig], module: str) -> AppConfig | None:
    """The app that the module of this dotted name belongs to."""
    return next(
        (app for app in among if module == app.name or module.startswith(f"{app.name}.")), None
    )


def _files(app: AppConfig) -> Iterator[tuple[Path, str]]:
    folder = Path(app.path)
    for path in sorted(folder.rglob("*.py")):
        steps = path.relative_to(folder).with_suffix("").parts
        if "migrations" not in steps:
            yield path, ".".join([app.name, *(step for step in steps if step != "__init__")])


def open_house(root: Path) -> House:
    """Every installed app whose folder lies below `root`, slices included."""
    return House(
        root,
        tuple(
            app
            for app in apps.get_app_configs()
            if Path(app.path).is_relative_to(root) and ".venv" not in Path(app.path).parts
        ),
    )


class Reasons(dict[str, str]):
    """Subjects that a rule does not hold for, and why. Remembers which of them were met."""

    def __init__(self, reasons: dict[str, str]) -> None:
        super().__init__(reasons)
        self.met: set[str] = set()

    def excuse(self, subject: str) -> bool:
        """Whether `subject` is listed. Ask only where the rule is broken otherwise."""
        if subject not in self:
            return False
        self.met.add(subject)
        return True

    def stale(self) -> list[str]:
        """Entries that nothing needed any more."""
        return sorted(set(self) - self.met)


Check = Callable[[House], Iterable[str]]


@dataclass(frozen=True)
class Guard:
    """A rule: what it is called, what to do about a finding, how to look, what is excused."""

    name: str
    advice: str
    check: Check
    reasons: tuple[Reasons, ...] = field(default=(), repr=False)

    def problems(self, house: House) -> list[str]:
        """Everything in the house that breaks the rule, one line each."""
        return list(self.check(house))

    def stale(self) -> list[str]:
        """Excuses that were not needed in the run before."""
        return [entry for reasons in self.reasons for entry in reasons.stale()]


GUARDS: dict[str, Guard] = {}


def guard(advice: str, *reasons: Reasons) -> Callable[[Check], Check]:
    """Makes a function of a house a guard, named as the function."""

    def register(check: Check) -> Check:
        GUARDS[check.__name__] = Guard(check.__name__, advice, check, reasons)
        return check

    return register


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """All functions below `tree`, methods and inner ones included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_modules(tree: ast.Module) -> dict[str, str]:
    """Names bound by imports anywhere in the module: name → what was imported."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = alias.name
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (f"{node.module}." if node.module else "")
            for alias in node.names:
                found[alias.asname or alias.name] = f"{origin}{alias.name}"
    return found


def docstrings(tree: ast.AST) -> set[int]:
    """The ids of the nodes that are docstrings, or texts standing alone as notes."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
