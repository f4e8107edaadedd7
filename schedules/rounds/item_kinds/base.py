"""What every kind of item answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

from core.text import clean

from ..enums import ItemKind
from .efforts import Effort, written

Spec: TypeAlias = Mapping[str, Any]
Value: TypeAlias = Mapping[str, Any]

BURDEN_OF_FIGURES = 0.0  # the portal counts them


class Posted(Protocol):
    """What a page sends, as Django gives it."""

    def __contains__(self, name: object) -> bool: ...

    def get(self, name: str, default: Any = None) -> Any:
        """The last value of the name."""

    def getlist(self, name: str) -> list[Any]:
        """All values of the name."""


@dataclass(frozen=True, slots=True)
class Peers:
    """What an item is checked beside: the other items, the period, and the report before."""

    specs: Sequence[Spec] = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    before: Mapping[str, Value] = field(default_factory=dict)
    period: str = ""

    def numbered(self, key: str) -> str:
        """An item as the form's reader finds it: 第 3 项“技术攻关”."""
        for number, spec in enumerate(self.specs, start=1):
            if spec["key"] == key:
                return f"第 {number} 项“{spec['title']}”"
        return ""


def tidy(raw: Any, *, lines: bool = False) -> str:
    """What was typed as text that any database can keep."""
    text = clean(str(raw), multiline=True) if isinstance(raw, str | int | float) else ""
    return text if lines else " ".join(text.split())


class ItemType:
    """One kind of item. A value is a JSON object; what is not right about it is kept as typed
    and told by `problems`, so that nothing typed is lost."""

    key: ItemKind
    label: str  # 填写方式
    adds: str = ""  # the button that adds one
    minutes: float = 1.0
    # What the spec of the kind holds beside what all have, with what is meant where it is missing.
    settings: Mapping[str, Any] = {}
    is_typed = True
    is_paper = True  # whether it stands among the items on paper
    template = ""  # how it is typed on page and phone

    @property
    def blank(self) -> dict[str, Any]:
        """The value of an item that nobody has filled in yet."""
        return {}

    def cost(self, spec: Spec) -> float:
        """Minutes that the item takes, as a rule."""
        return self.minutes

    def effort(self, value: Value) -> Effort:
        """What writing the value took, by what stands in it."""
        return written(self.lines(value))

    def is_count(self, spec: Spec) -> bool:
        """Whether the answer can be one number that stands by itself."""
        return False

    def read(self, posted: Posted, key: str) -> Any:
        """What the page sent for the item; None when the page did not have it."""
        return None

    def refuse(self, raw: Any) -> str:
        """What is wrong with the shape of a value that the API was sent; empty when nothing is."""
        return "没有这一项，或不能填写。"

    def clean(self, spec: Spec, raw: Any) -> dict[str, Any]:
        """What was typed as it is stored. Never raises."""
        return self.blank

    def problems(self, spec: Spec, value: Value) -> list[str]:
        """What stops the sending, told about the item alone."""
        return []

    def across(self, spec: Spec, value: Value, peers: Peers) -> list[str]:
        """What stops the sending, told from other items and the period."""
        return []

    def remarks(self, spec: Spec, value: Value, peers: Peers) -> list[str]:
        """What wants a word of explanation."""
        return []

    def words(self, value: Value, spec: Spec | None = None) -> str:
        """The item in words, for comparing, searching and reading; empty when nothing is given."""
        return "\n".join(self.lines(value, spec))

    def lines(self, value: Value, spec: Spec | None = None) -> list[str]:
        """The item as paragraphs on paper."""
        return []

    has_rows = False  # whether its lines stand each for itself

    def rows(self, value: Value, spec: Spec | None = None) -> dict[int, str]:
        """What of the item can be read and answered by itself: the whole as 0, or its lines from 1."""
        if self.has_rows:
            return dict(enumerate(self.lines(value, spec), start=1))
        words = self.words(value, spec)
        return {0: words} if words else {}

    def grid(self, value: Value, spec: Spec | None = None) -> list[list[str]]:
        """The item as a table on paper, its head first; none for most kinds."""
        return []

    def cell(self, value: Value, spec: Spec | None = None) -> object:
        """The item in one cell of a sheet."""
        return self.words(value, spec)

    column: Literal["text", "number", "date"] = "text"  # the kind of that cell
    width = 36

    def missing(self, spec: Spec) -> str:
        """What is said when a required item is empty."""
        return f"“{spec['title']}”还没有填写。"

    def summary(self, spec: Spec) -> str:
        """The way of filling in, in a few words, for the editor's row."""
        return self.label

    def limits(self, spec: Spec) -> str:
        """What the writer is told beside the field."""
        return ""

    def faults(self, spec: Spec, specs: Sequence[Spec]) -> list[tuple[str, str]]:
        """What makes no form of the item's settings: (setting, sentence)."""
        return []


def options_of(raw: Any, longest: int) -> list[str]:
    """Lines as they were typed into a field of options, blank ones left out."""
    lines = raw if isinstance(raw, list | tuple) else str(raw or "").splitlines()
    return [text for text in (tidy(line)[:longest] for line in lines) if text]
