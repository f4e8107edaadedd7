"""What documents name has to be there."""

import re
from collections.abc import Iterator
from pathlib import Path

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


@guard("mend the document: there is no such command or target")
def documents_naming_missing_commands(house: House) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z-]+):", (house.root / "Makefile").read_text(), re.M))
    commands = set(get_commands())
    for path in documents(house):
        text = path.read_text()
        named = {one or other for one, other in TARGET.findall(text)}
        for found in sorted((named - targets) | (set(COMMAND.findall(text)) - commands)):
            yield f"{path.relative_to(house.root)}: {found}"
