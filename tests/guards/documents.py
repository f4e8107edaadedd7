"""What documents name has to be there."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import get_commands

from .house import House, guard

LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
CODE = re.compile(r"`([^`\n]+)`")
PLACE = re.compile(
    r"[\w.-]+(/[\w.-]+)*\.(py|md|yaml|toml|html|css|js)|[\w.-]+(/[\w.-]+)+(/|\.(conf|ini|json|xlsx))"
)
COMMAND = re.compile(r"manage\.py ([a-z_]+)")
TARGET = re.compile(r"`make ([a-z][a-z-]+)|^make ([a-z][a-z-]+)", re.M)


def documents(house: House) -> list[Path]:
    """README in both languages and everything in docs/."""
    return [*sorted(house.root.glob("README*.md")), *sorted(house.root.glob("docs/**/*.md"))]


@guard("mend the document: it names a file, a folder or a link that is not there")
def documents_naming_missing_files(house: House) -> Iterator[str]:
    names = {path.name for path in house.root.rglob("*") if ".venv" not in path.parts}
    for path in documents(house):
        text = path.read_text()
        for found in LINK.findall(text):
            if not (path.parent / found).exists():
                yield f"{path.relative_to(house.root)}: {found}"
        for found in CODE.findall(text):
            if not PLACE.fullmatch(found) or found.startswith((".", "/")):
                continue
            is_there = (
                (house.root / found).exists()
                or (path.parent / found).exists()
                or ("/" not in found and found in names)
            )
            if not is_there:
                yield f"{path.relative_to(house.root)}: {found}"


# What manage.py answers itself, before there are settings.
OWN_COMMANDS = {"make_keys"}


@guard("mend the document: there is no such command or target")
def documents_naming_missing_commands(house: House) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z-]+):", (house.root / "Makefile").read_text(), re.M))
    commands = {*get_commands(), *OWN_COMMANDS}
    for path in documents(house):
        text = path.read_text()
        named = {one or other for one, other in TARGET.findall(text)}
        for found in sorted((named - targets) | (set(COMMAND.findall(text)) - commands)):
            yield f"{path.relative_to(house.root)}: {found}"


# Nouns of addresses that are the web's own and no concept of the portal.
PLAIN_NOUNS = {
    *("all", "documentation", "healthz", "login", "logout", "metrics", "month", "password"),
    *("preferences", "profile", "readyz", "schema", "search"),
    "what",  # if a draft were adopted: `what_if` of the glossary
}


def glossary(house: House) -> set[str]:
    """The identifiers of docs/glossary.md: what stands as code in its second column, or in the
    first where that is no Chinese."""
    found: set[str] = set()
    for line in (house.root / "docs/glossary.md").read_text().splitlines():
        cells = line.split("|")
        if len(cells) > 3:
            found |= set(re.findall(r"`([a-z_]+)`", cells[1] + cells[2]))
    return found


@guard("name the concept in docs/glossary.md")
def concepts_without_a_word(house: House) -> Iterator[str]:
    """Models, and nouns of addresses, that the glossary does not know."""
    words = glossary(house)
    for model in house.models:
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", model.__name__).lower()
        if name not in words:
            yield f"model {model._meta.label}: {name}"
    for address in house.addresses:
        noun = address.name.partition(":")[2].partition("-")[0]
        if noun not in words | PLAIN_NOUNS:
            yield f"address {address.name}: {noun}"


@guard("mend docs/glossary.md: the code does not use this word")
def words_that_nothing_uses(house: House) -> Iterator[str]:
    used: set[str] = set()
    for module in house.modules:
        snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", module.words).lower()
        used |= set(re.findall(r"[a-z_]+", snake))
    yield from sorted(glossary(house) - used)


# Variables of the environment that the portal sets for its own processes.
OWN_VARIABLES = {"DJANGO_SETTINGS_MODULE", "PORTAL_BACKGROUND"}
VARIABLE = re.compile(r"(?:\bread|\brequired|environ\.get)\(\s*\"([A-Z_]+)\"")


@guard("write it into, or take it out of, the table of variables in docs/operations.md")
def variables_not_as_documented(house: House) -> Iterator[str]:
    texts = [path.read_text() for path in sorted(house.root.glob("config/*.py"))]
    texts += [module.words for module in house.modules]
    read = {name for text in texts for name in VARIABLE.findall(text)} - OWN_VARIABLES
    operations = (house.root / "docs/operations.md").read_text()
    table = operations.partition("## Variables")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    documented = {name for cell in rows for name in re.findall(r"`([A-Z_]+)`", cell)}
    yield from (f"{name} is read and not documented" for name in sorted(read - documented))
    for name in sorted(documented - read):
        if not any(f'"{name}"' in text for text in texts):
            yield f"{name} is documented and not read"


NAME = re.compile(r"(?:core|orgs|members|schedules|config)(?:\.\w+)+")
TEST = re.compile(r"`(test_\w+\.py)` (\w+)")


@guard("mend the document: there is no such module, model or function")
def documents_naming_missing_code(house: House) -> Iterator[str]:
    for path in documents(house):
        for found in CODE.findall(path.read_text()):
            if NAME.fullmatch(found) and not PLACE.fullmatch(found) and not _is_code(found):
                yield f"{path.relative_to(house.root)}: {found}"


@guard("mend docs/faults.md: the file has no test of that name")
def documents_naming_missing_tests(house: House) -> Iterator[str]:
    for file, name in TEST.findall((house.root / "docs/faults.md").read_text()):
        path = house.root / "tests" / file
        tests = re.findall(r"^def (test_\w+)", path.read_text(), re.M) if path.exists() else []
        if not any(name in test for test in tests):
            yield f"{file} {name}"


def _is_code(name: str) -> bool:
    """Whether a dotted name is a module, something in one, or the label of a model."""
    label, _, rest = name.partition(".")
    if rest and rest in {model.__name__ for model in apps.get_models() if _label(model) == label}:
        return True
    steps = name.split(".")
    for length in range(len(steps), 0, -1):
        try:
            there: Any = importlib.import_module(".".join(steps[:length]))
        except ModuleNotFoundError:
            continue
        for step in steps[length:]:
            there = getattr(there, step, None)
        return there is not None
    return False


def _label(model: Any) -> str:
    return str(model._meta.app_label)
