"""Reads what came from outside in a process of its own, with limits of time and memory.

A parser that runs away ends there: the portal, its threads and its transactions never wait for
more than the limits say. The process is started for one file (60 ms) by `subprocess`: Celery's
workers may have no children of `multiprocessing`, and a fork of a process with threads is unsafe.
It gets no environment, so no secret, and answers in JSON, which runs nothing when it is read.
"""

import contextlib
import datetime as dt
import importlib
import json
import logging
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from .errors import DomainError

logger = logging.getLogger("portal.apart")

Reader = Callable[..., tuple[Any, bytes]]
"""Runs over there: (content, *arguments) -> (what JSON and dates can say, bytes). A function of a
module, which must load without Django. What it refuses it raises as DomainError."""

MB = 1024 * 1024
_ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one reading may take: seconds of the processor, seconds by the clock, bytes of memory,
    bytes of its answer. At most as many at once, in one process of the portal, as there are places;
    `patience` is how many seconds one waits for a place."""

    processor: int
    clock: float
    memory: int
    answer: int
    places: threading.BoundedSemaphore
    patience: float


# A request has one of four threads: two are left for pages, whoever sends what.
IN_A_REQUEST = Limits(
    processor=10,
    clock=20.0,
    memory=768 * MB,
    answer=64 * MB,
    places=threading.BoundedSemaphore(2),
    patience=5.0,
)
BEHIND = Limits(
    processor=90,
    clock=240.0,
    memory=1536 * MB,
    answer=256 * MB,
    places=threading.BoundedSemaphore(1),
    patience=300.0,
)


class Runaway(DomainError):
    """Reading the file took more than the limits allow, or broke the reader."""


class Busy(DomainError):
    """No file can be read just now. The same file may be read later."""

    status = 503


class _Unfinished(Exception):
    """The process ended without an answer: why (time, memory, crash)."""


def call(
    function: Reader, *arguments: Any, content: bytes = b"", limits: Limits, way_out: str
) -> tuple[Any, bytes]:
    """What `function(content, *arguments)` gives, run in a process of its own.

    What it refuses is raised as DomainError with its code and message. Raises Runaway, whose
    message ends in `way_out` (what the person can do, one sentence), and Busy. Never call it in a
    transaction: everybody who writes would wait.
    """
    if not limits.places.acquire(timeout=limits.patience):
        raise Busy(
            "同时上传的文件较多，这个文件还没有读。请过一会儿再试。", field="file", code="busy"
        )
    try:
        told, answered = _run(function, arguments, content, limits)
    except _Unfinished as why:
        logger.warning("%s did not finish: %s", function.__qualname__, why)
        much = "内存" if str(why) == "memory" else "时间"
        said = (
            "内容异常，读到一半出错，没有接收。"
            if str(why) == "crash"
            else f"内容异常，读取所需的{much}超出限度，没有接收。"
        )
        raise Runaway(f"{said}{way_out}", field="file", code="runaway") from None
    except OSError as error:
        logger.error("no process could be started: %s", error.strerror)
        raise Busy("系统现在不能读取文件，请过一会儿再试。", field="file", code="busy") from error
    finally:
        limits.places.release()
    if "refused" in told:
        code, message = told["refused"]
        raise DomainError(str(message), field="file", code=str(code))
    return told["value"], answered


def _run(
    function: Reader, arguments: tuple[Any, ...], content: bytes, limits: Limits
) -> tuple[dict[str, Any], bytes]:
    bounds = [limits.processor, limits.memory, limits.answer]
    task = [function.__module__, function.__qualname__, bounds, list(arguments)]
    # Files, not pipes: the size of the answer is held by a limit, and nothing can block.
    with tempfile.TemporaryFile() as question, tempfile.TemporaryFile() as answer:
        _put(question, task, content)
        with subprocess.Popen(
            [sys.executable, "-s", "-m", "core.apart"],
            stdin=question,
            stdout=answer,
            stderr=subprocess.PIPE,
            cwd=_ROOT,
            env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        ) as process:
            try:
                _, said = process.communicate(timeout=limits.clock)
            except subprocess.TimeoutExpired:
                process.kill()
                raise _Unfinished("time") from None
            except BaseException:
                process.kill()
                raise
        if process.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
            raise _Unfinished("time")
        if process.returncode:
            logger.warning("reader ended with %d: %s", process.returncode, _last_line(said))
            raise _Unfinished("memory" if process.returncode == _NO_MEMORY else "crash")
        answer.seek(0)
        try:
            return _got(answer)
        except ValueError:
            raise _Unfinished("crash") from None


def _last_line(said: bytes) -> str:
    """The kind of the error alone: its words may be the file's."""
    lines = said.decode("utf-8", "replace").strip().splitlines() or [""]
    return lines[-1].partition(":")[0][:80]


# --- what goes over ------------------------------------------------------------------------------

_DAYS: dict[str, Any] = {"datetime": dt.datetime, "date": dt.date, "time": dt.time}


def _written(value: Any) -> Any:
    if isinstance(value, dt.timedelta):
        return {"timedelta": value.total_seconds()}
    for name, kind in _DAYS.items():
        if isinstance(value, kind):
            return {name: value.isoformat()}
    raise TypeError(f"{type(value).__name__} cannot go over")


def _said(pairs: list[tuple[str, Any]]) -> Any:
    if len(pairs) == 1:
        name, value = pairs[0]
        if name in _DAYS:
            return _DAYS[name].fromisoformat(value)
        if name == "timedelta":
            return dt.timedelta(seconds=value)
    return dict(pairs)


def _put(file: BinaryIO, value: Any, content: bytes) -> None:
    """A line of JSON, then the bytes."""
    file.write(json.dumps(value, default=_written).encode() + b"\n")
    file.write(content)
    file.flush()
    file.seek(0)


def _got(file: BinaryIO) -> tuple[Any, bytes]:
    return json.loads(file.readline(), object_pairs_hook=_said), file.read()


# --- over there ----------------------------------------------------------------------------------

_NO_MEMORY = 77


def _limit(processor: int, memory: int, answer: int) -> None:
    """Once and for all: hard limits cannot be raised again."""
    for kind, value in (
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, answer),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # not every system knows every one
            resource.setrlimit(kind, (value, value))
    with contextlib.suppress(OSError):
        os.nice(5)  # pages first


@contextlib.contextmanager
def _enough_memory() -> Iterator[None]:
    try:
        yield
    except MemoryError:
        os._exit(_NO_MEMORY)  # nothing more can be said


def main() -> None:
    """The process's own main: one question, one answer."""
    with _enough_memory():
        (module, name, limits, arguments), content = _got(sys.stdin.buffer)
        _limit(*limits)
        function: Reader = getattr(importlib.import_module(module), name)
        try:
            value, answered = function(content, *arguments)
            told = {"value": value}
        except DomainError as error:
            told, answered = {"refused": [error.code, error.message]}, b""
        sys.stdout.buffer.write(json.dumps(told, default=_written).encode() + b"\n")
        sys.stdout.buffer.write(answered)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
