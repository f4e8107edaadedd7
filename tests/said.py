"""What rendered things say: words with their numbers, read out of pages, papers, sheets and answers.

Nothing here asks the code that made them: a page is parsed as a browser would, a document and a
sheet are opened, an answer is read as JSON. `docs/words.md` says which word may stand where, and
by which other names it goes there.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docx
from django.test import Client
from lxml import html
from lxml.html import HtmlElement
from openpyxl import load_workbook

TABLE = Path(__file__).parents[1] / "docs" / "words.md"
LISTED = re.compile(r"共 (\d+)")
ELSEWHERE = re.compile(r"另有 (\d+) 个组织已划出")


def body(answer: Any) -> bytes:
    assert answer.status_code == 200, (answer.status_code, answer.request["PATH_INFO"])
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def page(client: Client, address: str) -> HtmlElement:
    return html.fromstring(body(client.get(address)).decode())


def text(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def select(element: HtmlElement, path: str) -> list[HtmlElement]:
    """Elements by tag and classes, from outside to inside: `ul.tree .leaf`, `.figures > div`."""
    found, near = "", "//"
    for step in path.split():
        if step == ">":
            near = "/"
            continue
        tag, *classes = step.split(".")
        tests = [f'contains(concat(" ", @class, " "), " {one} ")' for one in classes]
        found += f"{near}{tag or '*'}" + "".join(f"[{one}]" for one in tests)
        near = "//"
    return list(element.xpath(f".{found}"))


def sheet(client: Client, address: str, posted: dict[str, str] | None = None) -> list[list[Any]]:
    answer = client.post(address, posted) if posted else client.get(address)
    book = load_workbook(io.BytesIO(body(answer)))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def table(rows: list[list[Any]]) -> tuple[list[str], list[dict[str, Any]]]:
    """The texts above the head of a sheet, and its rows by the columns' titles."""
    top = next(index for index, row in enumerate(rows) if row[0] == "序号")
    titles, data = rows[top], rows[top + 1 :]
    if data and data[0][0] is None:  # a head of two rows
        titles = [below or above for above, below in zip(titles, data[0], strict=True)]
        data = data[1:]
    above = [str(cell) for row in rows[:top] for cell in row if cell]
    return above, [dict(zip(map(str, titles), row, strict=True)) for row in data]


def document(client: Client, address: str) -> tuple[list[str], list[list[str]]]:
    """The paragraphs of a document, and the rows of its tables."""
    found = docx.Document(io.BytesIO(body(client.get(address))))
    rows = [[cell.text for cell in row.cells] for one in found.tables for row in one.rows]
    return [paragraph.text for paragraph in found.paragraphs], rows


def stats(found: HtmlElement) -> Iterator[tuple[str, str, str, str]]:
    """(word, number, note, address) of the figures at the head of a page."""
    for one in select(found, ".stats .stat"):
        note = one.find("em")
        yield (
            text(one.find("span")),
            text(one.find("b")),
            text(note) if note is not None else "",
            one.get("href", ""),
        )


def listed(found: HtmlElement) -> int:
    """How many rows a list has, those included that are counted and not named."""
    pager = select(found, "nav.pager")
    count = int(LISTED.search(text(pager[0])).group(1)) if pager else 0  # type: ignore[union-attr]
    elsewhere = ELSEWHERE.search(text(found))
    return count + (int(elsewhere.group(1)) if elsewhere else 0)


@dataclass(frozen=True, slots=True)
class Word:
    """A line of the table: a word, its other names, and the places where it stands."""

    word: str
    names: tuple[str, ...]
    places: tuple[str, ...]


def words_of_the_table() -> dict[str, Word]:
    """Every name -> the line of `docs/words.md` that it is of."""
    found: dict[str, Word] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or len(cells) != 4 or cells[0] in ("word", "---"):
            continue
        names = tuple(name for name in cells[1].split("、") if name)
        word = Word(cells[0], names, tuple(cells[3].split(", ")))
        for name in (word.word, *names):
            assert name not in found, f"{name} stands twice in {TABLE.name}"
            found[name] = word
    return found


@dataclass(slots=True)
class Said:
    """All that was said: (of what, when, the word) -> number -> where it was said."""

    table: dict[str, Word] = field(default_factory=words_of_the_table)
    numbers: dict[tuple[str, str, str], dict[str, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    wrong: list[str] = field(default_factory=list)
    places: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def say(self, of: object, when: str, name: str, number: object, where: str) -> None:
        """Takes down that `where` gives the word this number."""
        word = self.table.get(name)
        if word is None:
            self.wrong.append(f"{where} says {name} {number}, which no other page knows")
            return
        if where not in word.places:
            self.wrong.append(f"{word.word} stands in {where}, which {TABLE.name} does not say")
        self.places[word.word].add(where)
        self.numbers[str(of), when, word.word][str(number)].add(where)

    def all(self, of: object, when: str, found: Iterable[tuple[str, object]], where: str) -> None:
        for name, number in found:
            self.say(of, when, name, number, where)

    def faults(self) -> list[str]:
        """Words with two numbers, and words that no table knows."""
        return sorted(set(self.wrong)) + [
            f"{of}, {when}, {word}: "
            + "; ".join(f"{number} in {', '.join(sorted(w))}" for number, w in numbers.items())
            for (of, when, word), numbers in self.numbers.items()
            if len(numbers) > 1
        ]

    def of(self, when: str) -> dict[tuple[str, str], str]:
        """(Of what, word) -> its one number."""
        return {
            (of, word): next(iter(numbers))
            for (of, then, word), numbers in self.numbers.items()
            if then == when
        }
