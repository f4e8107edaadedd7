"""Items that ask for what the portal counts itself."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core import figures, periods
from core.figures import Figure

from ..enums import ItemKind
from . import of
from .base import Spec

_SOME_DAY = dt.date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Known:
    """An item that asks for a figure of the portal."""

    key: str
    title: str
    figure: str
    label: str  # of the figure
    source: str
    minutes: float  # that the writer is spared
    is_shown: bool  # the form shows the figure already


def known(specs: Sequence[Spec], cadence: str) -> dict[str, Known]:
    """The items that ask for a figure, by item key: told by registered names alone. No queries."""
    shown = {key for spec in specs for key in spec.get("figures", [])}
    found = {}
    for spec in specs:
        figure = _figure(spec, cadence)
        if figure is not None:
            found[spec["key"]] = Known(
                key=spec["key"],
                title=spec["title"],
                figure=figure.key,
                label=figure.label_in(periods.containing(_SOME_DAY, cadence)),
                source=figure.source.partition("，")[0].partition("（")[0],
                minutes=of(spec["kind"]).cost(spec),
                is_shown=figure.key in shown,
            )
    return found


def _figure(spec: Spec, cadence: str) -> Figure | None:
    if not of(spec["kind"]).is_count(spec):
        return None
    return figures.called(spec["title"], cadence, str(spec.get("unit") or ""))


def with_figure(specs: Sequence[Spec], key: str, cadence: str) -> list[dict[str, Any]]:
    """The items with the figure that the item `key` asks for among those the form shows; the item
    itself stays. All as they were when it asks for none."""
    one = known(specs, cadence).get(key)
    rows = [dict(spec) for spec in specs]
    if one is None:
        return rows
    for spec in rows:
        if spec["kind"] == ItemKind.FIGURES and not one.is_shown:
            spec["figures"] = [*spec["figures"], one.figure]
    return rows
