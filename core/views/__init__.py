from .desk import draft_list, home, inbox, inbox_read, message_open, search
from .documents import document_detail, document_file, document_list
from .errors import bad_request, csrf_failure, page_not_found, permission_denied, server_error
from .gallery import gallery
from .health import healthz, metrics, readyz

__all__ = [
    "bad_request",
    "csrf_failure",
    "document_detail",
    "document_file",
    "document_list",
    "draft_list",
    "gallery",
    "healthz",
    "home",
    "inbox",
    "inbox_read",
    "message_open",
    "metrics",
    "page_not_found",
    "permission_denied",
    "readyz",
    "search",
    "server_error",
]
