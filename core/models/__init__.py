from .attachment import Attachment
from .audit import AuditEntry, AuditHead
from .effect import Effect, Heartbeat, Slot
from .idempotency import StoredAnswer
from .importing import ImportBatch
from .made_document import MadeDocument
from .notification import Notification
from .start import StartMark

__all__ = [
    "Attachment",
    "AuditEntry",
    "AuditHead",
    "Effect",
    "Heartbeat",
    "ImportBatch",
    "MadeDocument",
    "Notification",
    "Slot",
    "StartMark",
    "StoredAnswer",
]
