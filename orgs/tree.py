"""The materialised path: who may change it at a moment, and the next free place."""

from django.db import connection
from django.db.models import Max, QuerySet

from core.errors import DomainError

from .models import Organization
from .models.organization import STEP

_LOCK = 7_204_110  # any number of our own
MAX_DEPTH = Organization._meta.get_field("path").max_length // STEP  # type: ignore[operator]


def lock() -> None:
    """Until the end of the transaction nobody else changes the shape of the tree.

    SQLite's transactions are IMMEDIATE: there the whole database is ours already.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def step_path(parent_path: str, number: int) -> str:
    """The path of the `number`-th child. Raises DomainError when the tree is full or too deep."""
    if number >= 10**STEP - 1:
        raise DomainError("这个组织的下级已满")
    if len(parent_path) // STEP + 1 > MAX_DEPTH:
        raise DomainError("组织层级过深")
    return f"{parent_path}{number:0{STEP}d}"


def last_step(parent: Organization | None) -> int:
    """Number of the last place taken below `parent`. Call with the tree locked."""
    last = Organization.objects.filter(parent=parent).aggregate(last=Max("path"))["last"]
    return int(last[-STEP:]) if last else 0


def next_path(parent: Organization | None) -> str:
    """The next free path below `parent`. Call with the tree locked."""
    return step_path(parent.path if parent else "", last_step(parent) + 1)


def subtree(path: str) -> QuerySet[Organization]:
    """The organisation at `path` and all below."""
    return Organization.objects.below(path)
