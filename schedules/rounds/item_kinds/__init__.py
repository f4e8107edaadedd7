"""What an item of a form can be: the registry of item kinds.

Each kind says how it is typed, checked, stored, shown on page and phone, printed, put into Word,
sheets and the API, and what it costs in minutes. Pages and writers ask here and know none by name.
Pure: works on specs and values, knows no row.
"""

from collections.abc import Sequence

from core import periods

from .base import BURDEN_OF_FIGURES, ItemType, Peers, Spec, Value
from .numbers import DateItem, NumberItem
from .picks import ChoiceItem, ChoicesItem, YesNoItem
from .tables import TableItem
from .texts import EntriesItem, FiguresItem, FilesItem, TextItem
from .uses import said, use_of

__all__ = [
    "BURDEN_OF_FIGURES",
    "ItemType",
    "Peers",
    "Spec",
    "Value",
    "asked",
    "minutes",
    "of",
    "registered",
    "told",
    "use_of",
    "whole",
]

_kinds: dict[str, ItemType] = {
    str(kind.key): kind
    for kind in (
        TextItem(),
        EntriesItem(),
        NumberItem(),
        DateItem(),
        ChoiceItem(),
        ChoicesItem(),
        YesNoItem(),
        FiguresItem(),
        TableItem(),
        FilesItem(),
    )
}


def registered() -> dict[str, ItemType]:
    """All kinds by key, in the order in which the editor offers them."""
    return dict(_kinds)


def of(kind: str) -> ItemType:
    """The kind by its key. Raises KeyError for none."""
    return _kinds[str(kind)]


def whole(spec: Spec) -> dict[str, object]:
    """The spec with the settings of its kind, the missing ones as they are meant."""
    return {**of(spec["kind"]).settings, **spec}


def asked(specs: Sequence[Spec], period: str) -> list[Spec]:
    """The items that a report of the period asks for: those whose last month is not over by then."""
    first = periods.first_day(period)
    return [
        spec for spec in specs if not spec.get("until") or periods.last_day(spec["until"]) >= first
    ]


def told(kind: str, value: Value, spec: Spec | None) -> str:
    """What an item says in words when it is sent, without what only says 无: what those above look
    through and search."""
    return said(of(kind).lines(value, spec))


def minutes(specs: Sequence[Spec]) -> float:
    """What a form with these items takes, as a rule."""
    return sum(of(spec["kind"]).cost(spec) for spec in specs)
