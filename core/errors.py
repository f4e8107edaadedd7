"""What an action raises when it cannot do what was asked."""

from collections.abc import Mapping, Sequence
from typing import Any


class DomainError(Exception):
    """An act was refused. `message` is Chinese and for the user; `field` names the form field.

    `errors` are its parts, {field, message} each, where more than one thing is wrong.
    """

    status = 400
    errors: Sequence[Mapping[str, Any]] = ()

    def __init__(self, message: str, *, field: str | None = None, code: str = "refused") -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code


class Conflict(DomainError):
    """Somebody else was faster: the state is no longer the one this act was meant for."""

    status = 409

    def __init__(self, message: str, *, field: str | None = None, code: str = "conflict") -> None:
        super().__init__(message, field=field, code=code)


class NotAllowed(DomainError):
    """The thing is visible, the act is not this person's."""

    status = 403

    def __init__(self, message: str, *, field: str | None = None, code: str = "forbidden") -> None:
        super().__init__(message, field=field, code=code)
