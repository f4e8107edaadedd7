"""How often a process asks a Redis that does not answer: what makes its users wait."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from redis.connection import AbstractConnection, Connection
from redis.exceptions import ConnectionError as NoConnection
from redis.exceptions import TimeoutError as NoAnswer


@contextmanager
def vain_asks() -> Iterator[list[str]]:
    """A list that grows by one with each connection refused and each answer waited for in vain.

    The waiting itself has a limit in the settings, so that so many asks are so many seconds.
    """
    found: list[str] = []
    answer, connect = AbstractConnection.read_response, Connection._connect

    def read_response(self: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return answer(self, *args, **kwargs)
        except (NoConnection, NoAnswer) as error:
            found.append(type(error).__name__)
            raise

    def _connect(self: Any) -> Any:
        try:
            return connect(self)
        except (OSError, NoConnection, NoAnswer) as error:
            found.append(type(error).__name__)
            raise

    with (
        patch.object(AbstractConnection, "read_response", read_response),
        patch.object(Connection, "_connect", _connect),
    ):
        yield found
