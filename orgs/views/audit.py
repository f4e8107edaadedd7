"""The audit trail, for the audit administrator alone. Nobody changes it, he neither."""

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.dates import told
from core.guards import needs
from core.http import PortalRequest
from core.identity import mask_again
from core.models import AuditEntry
from core.text import clean
from core.verbs import field_label, label, value_label

from ..actions import auditing
from ..forms.accounts import AuditFilter
from ..permissions import Permission as P
from ..roles import ROLES
from .administration import READ

PAGE = 50


@needs(P.AUDIT_VIEW, methods=READ)
def audit_list(request: PortalRequest) -> HttpResponse:
    """Entries, newest first, by person, act, object and day. Pages by sequence, never counts."""
    form = AuditFilter(request.GET)
    entries = AuditEntry.objects.order_by("-sequence")
    found = list(_matching(entries, form)[: PAGE + 1]) if form.is_valid() else []
    older = request.GET.copy()
    if len(found) > PAGE:
        older["before"] = str(found[PAGE - 1].sequence)
    newest = request.GET.copy()
    newest.pop("before", None)
    context = {
        "filter": form,
        "rows": [_row(entry) for entry in found[:PAGE]],
        "older": f"?{older.urlencode()}" if len(found) > PAGE else "",
        "newest": f"?{newest.urlencode()}" if request.GET.get("before") else "",
    }
    return render(request, "orgs/audit_list.html", context)


def _matching(entries: QuerySet[AuditEntry], form: AuditFilter) -> QuerySet[AuditEntry]:
    chosen = form.cleaned_data
    start, end = form.bounds()
    if chosen["before"]:
        entries = entries.filter(sequence__lt=chosen["before"])
    if chosen["person"]:
        entries = entries.filter(user_name__icontains=clean(chosen["person"]))
    if chosen["verb"]:
        entries = entries.filter(verb=chosen["verb"])
    if chosen["object"]:
        text = clean(chosen["object"])
        entries = entries.filter(Q(object_label__icontains=text) | Q(object_id=text))
    if start:
        entries = entries.filter(at__gte=start)
    if end:
        entries = entries.filter(at__lte=end)
    return entries


def _row(entry: AuditEntry) -> dict[str, Any]:
    kind = entry.object_type
    changes = []
    for name, pair in entry.changes.items():
        before, after = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
        changes.append(
            {
                "name": field_label(entry.verb, name, kind),
                "before": _shown(name, before, kind),
                "after": _shown(name, after, kind),
            }
        )
    # What the portal did by itself bears "system", as does the system administrator's role.
    role = ROLES[entry.role].label if entry.user_id and entry.role in ROLES else ""
    note = mask_again(entry.note)
    return {
        "entry": entry,
        "note": note,
        "act": label(entry.verb),
        "role": role,
        "changes": changes,
    }


def _shown(name: str, value: Any, kind: str) -> Any:
    """As people call it; a number that an earlier release left in the trail is masked."""
    shown = value_label(name, value, kind)
    return told(mask_again(shown)) if isinstance(shown, str) else shown


@needs(P.AUDIT_VIEW, methods=("POST",))
def audit_verify(request: PortalRequest) -> HttpResponse:
    """Has the whole chain recomputed in the background; the verdict comes as a message."""
    return acts.press(
        request,
        load=acts.no_subject,
        act=lambda nothing: auditing.request_verification(by=request.actor),
        done=lambda nothing, started: acts.said(
            request, "已开始核验，结果会出现在“消息”里。", "orgs:audit-list"
        ),
    )
