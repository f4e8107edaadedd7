"""Whether what the audit administrator reads is Chinese: acts, fields and codes of their values."""

import re
from collections.abc import Iterable

from core import verbs
from core.models import AuditEntry

CHINESE = re.compile("[\u4e00-\u9fff]")
CODE = re.compile("[a-z]+(?:_[a-z]+)*")
# Their values are what people typed or names of files and accounts.
AS_TYPED = frozenset(
    ("username", "email", "deputy", "name", "sha256", "ip", "phone", "key", "text", "note")
)


def untold(entries: Iterable[AuditEntry]) -> list[str]:
    """What of the entries stands there as a program writes it."""
    wrong = []
    for entry in entries:
        if not CHINESE.search(verbs.label(entry.verb)):
            wrong.append(entry.verb)
        for name, pair in entry.changes.items():
            if not CHINESE.search(verbs.field_label(entry.verb, name, entry.object_type)):
                wrong.append(f"{entry.verb}: {name}")
            for value in pair if isinstance(pair, list) else [pair]:
                said = verbs.value_label(name, value, entry.object_type)
                if isinstance(said, bool) or (
                    isinstance(said, str) and CODE.fullmatch(said) and name not in AS_TYPED
                ):
                    wrong.append(f"{entry.verb}: {name}={said}")
    return wrong
