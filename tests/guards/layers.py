"""What import-linter cannot state by itself: that it looks at everything there is, and what it
sees of other packages only as a whole."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from django.apps import apps

from .house import House, Reasons, guard

WEB_ONLY = (
    "django.http",
    "django.shortcuts",
    "django.contrib.messages",
    "rest_framework",
    "celery",
)
DATA_PARTS = ("models", "queries", "actions")
APPS_CONTRACT = "Apps look only to the right"
GRID_CONTRACT = "Inside an app, from the address down to the words"
SLICES_CONTRACT = "Slices of {} look only down"
CORE_CONTRACT = "Inside core, from the address down to the words"
# Packages beside the apps that the contracts look at.
NO_APPS = {"config"}
# Packages beside the slices, and what for.
NO_SLICES = Reasons({"assessments/scoring": "arithmetic alone: it knows no row and no framework"})
# Imports from Django's signals, and what for.
SIGNALS = Reasons({})


@cache
def contracts(root: Path) -> dict[str, dict[str, Any]]:
    """The import contracts by name."""
    linter = tomllib.loads((root / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {one["name"]: one for one in linter["contracts"]} | {"": linter}


ROOT = Path(__file__).resolve().parents[2]


def layers_of(contract: dict[str, Any]) -> list[list[str]]:
    """The layers of a contract from the highest down, each with its modules."""
    return [
        [name.strip(" ()") for name in layer.replace(":", "|").split("|")]
        for layer in contract["layers"]
    ]


@cache
def rank(name: str) -> tuple[int, int]:
    """How high the app of this dotted name stands: greater numbers may import smaller ones."""
    there = contracts(ROOT)
    top, _, part = name.partition(".")
    return (
        _height(there[APPS_CONTRACT], top),
        _height(there[SLICES_CONTRACT.format(top)], part) if part else 0,
    )


def _height(contract: dict[str, Any], name: str) -> int:
    layers = layers_of(contract)
    return next((len(layers) - at for at, layer in enumerate(layers) if name in layer), 0)


@guard("write the app into the contracts of pyproject.toml")
def apps_that_no_contract_looks_at(house: House) -> Iterator[str]:
    there = contracts(house.root)
    grid = set(there[GRID_CONTRACT]["containers"])
    for app in house.apps:
        top, _, part = app.name.partition(".")
        if top not in there[""]["root_packages"]:
            yield f"{app.name}: {top} is not in root_packages"
        if top not in chain(*layers_of(there[APPS_CONTRACT])):
            yield f"{app.name}: {top} is not in {APPS_CONTRACT!r}"
        if part and SLICES_CONTRACT.format(top) not in there:
            yield f"{app.name}: there is no contract {SLICES_CONTRACT.format(top)!r}"
        if app.name == "core":
            if there[CORE_CONTRACT]["containers"] != ["core"]:
                yield "core"
        elif not grid & {app.name, f"{top}.*" if part else app.name}:
            yield f"{app.name} is no container of {GRID_CONTRACT!r}"


@guard("set exhaustive = true")
def contracts_that_leave_modules_out(house: House) -> Iterator[str]:
    for name, contract in contracts(house.root).items():
        if contract.get("containers") and not contract.get("exhaustive"):
            yield name
        if contract.get("exhaustive_ignores"):
            yield f"{name}: exhaustive_ignores"


@guard("install it in INSTALLED_APPS, or remove the folder")
def apps_that_are_not_installed(house: House) -> Iterator[str]:
    installed = {Path(app.path) for app in apps.get_app_configs()}
    for depth in ("*/apps.py", "*/*/apps.py"):
        for path in house.root.glob(depth):
            hidden = any(step.startswith(".") for step in path.relative_to(house.root).parts)
            if path.parent not in installed and not hidden and "node_modules" not in path.parts:
                yield str(path.parent.relative_to(house.root))


@guard(
    "put it into a slice, or say in NO_SLICES what it is: nothing else stands beside the slices",
    NO_SLICES,
)
def modules_beside_slices(house: House) -> Iterator[str]:
    for top in {app.name.partition(".")[0] for app in house.apps if "." in app.name}:
        slices = {Path(app.path) for app in (*house.apps, *house.others)}
        for path in (house.root / top).iterdir():
            name = str(path.relative_to(house.root))
            if path.name in ("__init__.py", "__pycache__") or path in slices:
                continue
            if not NO_SLICES.excuse(name):
                yield name


@guard("models, queries and actions know no request, no broker and no API")
def data_that_knows_the_web(house: House) -> Iterator[str]:
    for module in house.modules:
        if module.part in DATA_PARTS:
            for name in imported_names(module.tree):
                if any(name == web or name.startswith(f"{web}.") for web in WEB_ONLY):
                    yield f"{module.name} imports {name}"


@guard("call a registry instead of sending a signal, or say in SIGNALS what for", SIGNALS)
def signals_as_control_flow(house: House) -> Iterator[str]:
    for module in house.modules:
        for name in imported_names(module.tree):
            if ".signals" in name and name.startswith("django") and not SIGNALS.excuse(module.name):
                yield f"{module.name} imports {name}"


def imported_names(tree: ast.Module) -> set[str]:
    """Dotted names that the module imports from elsewhere, with what it takes from them."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names
