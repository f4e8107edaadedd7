"""What tests have run in a process of its own. Loads no Django, as the readers there."""

import hashlib
import os
import sys
import time
from typing import Any

from core.errors import DomainError


def digest(content: bytes, *arguments: Any) -> tuple[Any, bytes]:
    return [hashlib.sha256(content).hexdigest(), list(arguments)], content[:3]


def turn(content: bytes) -> tuple[None, bytes]:
    while True:
        pass


def sleep(content: bytes) -> tuple[None, bytes]:
    time.sleep(60)
    return None, b""


def grow(content: bytes) -> tuple[None, bytes]:
    held = []
    while True:
        held.append(bytes(10_000_000))


def flood(content: bytes) -> tuple[None, bytes]:
    return None, bytes(2 * 1024 * 1024)


def fail(content: bytes) -> tuple[None, bytes]:
    raise ZeroDivisionError("张三 320399199003151234")


def refuse(content: bytes) -> tuple[None, bytes]:
    raise DomainError("的内容不对。", code="odd")


def crash(content: bytes) -> tuple[None, bytes]:
    os.kill(os.getpid(), 11)
    return None, b""


def environment(content: bytes) -> tuple[Any, bytes]:
    return sorted(os.environ), b""


def is_django_there(content: bytes) -> tuple[Any, bytes]:
    return "django" in sys.modules, b""
