"""Log lines: one JSON object each where a machine reads them, and never somebody's numbers."""

import contextvars
import json
import logging
import re
import traceback
from typing import Any

from .text import readable

request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="")
"""The id of the request that is being answered; empty outside one."""

# Identity numbers of 18 or 15 digits, mobile phones, e-mail addresses. Digits that are part of a
# longer word, such as hashes and ids, stay.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|[1-9]\d{14}|(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2})"
    r"(?![0-9A-Za-z])|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
)


def redact(text: str) -> str:
    """`text` with identity numbers, phones and e-mail addresses blotted out, on one line."""
    return readable(_PERSONAL.sub("***", text)).replace("\n", " ")


def _trace(error: BaseException) -> list[str]:
    """Where it happened, without the words of the error, in which data may stand."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]


class LineFormatter(logging.Formatter):
    """A line for people. Tracebacks come below it."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        return redact(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        return "\n".join(map(redact, super().formatException(ei).splitlines()))


class JsonFormatter(logging.Formatter):
    """One JSON object on one line: time (UTC), level, logger, message, request id, facts."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z",
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if request_id.get():
            entry["request_id"] = request_id.get()
        entry.update(getattr(record, "facts", {}))
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = type(record.exc_info[1]).__name__
            entry["trace"] = _trace(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)

    @staticmethod
    def converter(seconds: float | None) -> Any:
        """UTC."""
        import time

        return time.gmtime(seconds)
