"""Who may say what: lower apps name no higher one, queries say nothing to people."""

import ast
import re
from collections.abc import Iterator

from django.apps import AppConfig

from .house import House, Module, Reasons, docstrings, guard
from .layers import rank

CHINESE = re.compile(r"[\u3400-\u9fff\uff01-\uff5e]")
# Files that name addresses of apps that stand above theirs, and why.
NAMING_HIGHER_APPS = Reasons({})
ADDRESS = re.compile(r"\b([a-z]+):[a-z]+(?:-[a-z]+)*\b")


@guard("words for people belong to views, forms, enums and templates")
def chinese_words_in_queries(house: House) -> Iterator[str]:
    for module in house.modules:
        if module.part != "queries":
            continue
        for node in texts(module):
            if CHINESE.search(node.value):
                yield f"{module.name}:{node.lineno} {node.value}"


@guard("a query says how something stands; pages choose the tone for it")
def tones_in_queries(house: House) -> Iterator[str]:
    for module in house.modules:
        if module.part != "queries":
            continue
        for node in ast.walk(module.tree):
            name = getattr(node, "id", None) or getattr(node, "attr", None)
            name = name or getattr(node, "arg", None)
            if name == "tone":
                yield f"{module.name}:{node.lineno}"


@guard("let the higher app register it with a registry of core", NAMING_HIGHER_APPS)
def lower_apps_naming_higher_ones(house: House) -> Iterator[str]:
    """Addresses of an app to the left, in code or in a template of an app to the right."""
    everybody = (*house.apps, *house.others)
    for module in house.modules:
        file = str(module.path.relative_to(house.root))
        for node in texts(module):
            for label in _higher(module.app, everybody, node.value):
                if not NAMING_HIGHER_APPS.excuse(file):
                    yield f"{file}:{node.lineno} {node.value} is of {label}"
    labels = {app.label: app for app in house.apps}
    for path in house.templates:
        file = str(path.relative_to(house.root))
        app = labels.get(path.relative_to(house.root / "templates").parts[0])
        for label in _higher(app, everybody, path.read_text()) if app else ():
            if not NAMING_HIGHER_APPS.excuse(file):
                yield f"{file} names an address of {label}"


def texts(module: Module) -> Iterator[ast.Constant]:
    """The texts of a module that are no notes for its readers."""
    notes = docstrings(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in notes:
            yield node


def _higher(app: AppConfig, everybody: tuple[AppConfig, ...], text: str) -> Iterator[str]:
    above = {other.label for other in everybody if rank(other.name) > rank(app.name)}
    yield from sorted({found for found in ADDRESS.findall(text) if found in above})
