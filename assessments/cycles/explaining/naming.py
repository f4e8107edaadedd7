"""What figures and branches are called. The words come from whoever asks: nothing here knows a row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


class FigureWords(Protocol):
    """A figure as far as words go; `core.figures.Figure` is one."""

    @property
    def unit(self) -> str: ...

    @property
    def source(self) -> str: ...

    def label_in(self, period: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Names:
    """Figures by key, branches by primary key (as text, as facts hold them)."""

    figures: Mapping[str, FigureWords] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)

    def label(self, figure: str, period: str) -> str:
        """What a figure is called in a period, without the word for the period in front: it stands
        beside it."""
        known = self.figures.get(figure)
        if known is None:
            return "一项已停用的数据"
        label = known.label_in(period)
        for word in ("本半年", "本年", "本季度", "本月", "其中"):
            label = label.removeprefix(word)
        return label

    def unit(self, figure: str) -> str:
        """What a figure is counted in."""
        known = self.figures.get(figure)
        return known.unit if known is not None else ""

    def source(self, figure: str) -> str:
        """Where a figure is counted from, in words."""
        known = self.figures.get(figure)
        return known.source if known is not None else ""

    def place(self, key: str) -> str:
        """What a branch is called."""
        return self.places.get(key, "一个支部")
