"""Tones of states: in which wash the word of a state stands. Apps register their enums.

A tone is a matter of pages: models and queries know none. The tones are those of the pill: ok,
warn, bad, info, mute, gold (honours only).
"""

from collections.abc import Mapping
from functools import cache

from django.db.models import Choices, Model

TONES = frozenset({"ok", "warn", "bad", "info", "mute", "gold"})

_by_enum: dict[type[Choices], dict[str, str]] = {}
_by_choices: dict[tuple[tuple[str, str], ...], dict[str, str]] = {}


def register(enum: type[Choices], tones: Mapping[Choices, str]) -> None:
    """Says the tone of each member of `enum`; members left out are mute.

    Raises ValueError for a word that is no tone, a member of another enum, or an enum whose
    choices are those of one registered before (a column could not tell them apart).
    """
    key = tuple((str(value), str(label)) for value, label in enum.choices)
    given = {str(member.value): tone for member, tone in tones.items()}
    if not TONES.issuperset(given.values()):
        raise ValueError(f"{enum.__qualname__}: no such tone among {sorted(set(given.values()))}")
    if not all(isinstance(member, enum) for member in tones):
        raise ValueError(f"{enum.__qualname__}: a member of another enum")
    if key in _by_choices and enum not in _by_enum:
        raise ValueError(f"{enum.__qualname__}: another enum has the same choices")
    _by_enum[enum] = _by_choices[key] = {value: given.get(value, "mute") for value, _ in key}
    _of_column.cache_clear()


def of(member: Choices) -> str:
    """The tone of a member of a registered enum. Raises KeyError for others."""
    return _by_enum[type(member)][str(member.value)]


def of_field(instance: Model, field: str = "state") -> str:
    """The tone of what stands in `field` of a row; mute for a value that its enum no longer has.

    Raises KeyError when nobody registered the enum.
    """
    return _of_column(type(instance), field).get(str(getattr(instance, field)), "mute")


@cache
def _of_column(model: type[Model], field: str) -> dict[str, str]:
    choices = getattr(model._meta.get_field(field), "choices", None) or ()
    try:
        return _by_choices[tuple((str(value), str(label)) for value, label in choices)]
    except KeyError:
        raise KeyError(f"No tones for {model.__qualname__}.{field}: core.tones.register") from None
