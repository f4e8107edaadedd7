"""What happened to a member, as the audit trail tells it."""

import datetime as dt
from dataclasses import dataclass

from core.dates import told
from core.identity import mask_again
from core.models import AuditEntry

from ..items import LABELS
from ..verbs import FIELDS, VERBS

SHOWN = 30


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One act, in words. `changes` are (item, before, after), masked as they were kept."""

    at: dt.datetime
    by: str
    text: str
    note: str
    changes: list[tuple[str, str, str]]


def member_history(member_id: int) -> list[HistoryEntry]:
    """The latest acts on the member, newest first. One query."""
    entries = AuditEntry.objects.filter(
        object_type="members.member", object_id=str(member_id)
    ).order_by("-sequence")[:SHOWN]
    return [
        HistoryEntry(
            at=entry.at,
            by=entry.user_name,
            text=VERBS.get(entry.verb, entry.verb),
            note=mask_again(entry.note),
            changes=[
                (LABELS.get(key, FIELDS.get(key, key)), _today(before), _today(after))
                for key, (before, after) in entry.changes.items()
            ],
        )
        for entry in entries
    ]


def _today(value: object) -> str:
    """A kept value, masked as today where an earlier release masked less."""
    return told(mask_again(str(value))) if value else ""
