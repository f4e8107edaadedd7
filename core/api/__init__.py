"""The API's base: strict input, problems, ETags, pages, POSTs that act once, the document."""

from .acting import act_on_revision
from .document import SchemaView, document, document_problems, documentation
from .idempotency import once
from .notifications import NotificationList, NotificationRead
from .refusals import exception_handler
from .revisions import IF_MATCH, etag, revision_wanted
from .strict import BIG, NothingBody, PageQuery, StrictSerializer, TextField
from .views import PortalView

__all__ = [
    "BIG",
    "IF_MATCH",
    "NothingBody",
    "NotificationList",
    "NotificationRead",
    "PageQuery",
    "PortalView",
    "SchemaView",
    "StrictSerializer",
    "TextField",
    "act_on_revision",
    "document",
    "document_problems",
    "documentation",
    "etag",
    "exception_handler",
    "once",
    "revision_wanted",
]
