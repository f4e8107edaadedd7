"""Which columns hold sealed personal data: a registry that the apps fill, so that a restored
installation can be asked whether its keys open what it holds."""

from dataclasses import dataclass

from django.db import models


@dataclass(frozen=True, slots=True)
class Sealed:
    """The field of `model` that holds the sealed text, and the column name it was sealed for. The
    row is bound by its `uid`."""

    model: type[models.Model]
    field: str
    column: str


_columns: list[Sealed] = []


def register(model: type[models.Model], field: str, column: str) -> None:
    """Adds a column."""
    _columns.append(Sealed(model, field, column))


def registered() -> list[Sealed]:
    """All of them."""
    return list(_columns)
