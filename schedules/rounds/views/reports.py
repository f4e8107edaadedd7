"""One monthly report: written, sent, checked item by item, opened again."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from core.errors import Conflict, DomainError
from core.guards import needs
from core.http import PortalRequest
from core.text import clean
from orgs.permissions import Permission as P

from .. import fulfilment
from ..access import get_report, rights
from ..actions import reports
from ..actions.reports import NotReady, StaleReport
from ..enums import ItemKind
from ..models import Duty, MonthlyReport
from ..queries.duties import waiting
from ..validation import plain_text
from .report_page import report_page


def _typed(request: PortalRequest, report: MonthlyReport) -> dict[str, Any]:
    """What the form holds for each item: text, or a list of entries."""
    typed: dict[str, Any] = {}
    for item in report.items.all():
        if item.kind == ItemKind.TEXT and f"text-{item.key}" in request.POST:
            typed[item.key] = request.POST[f"text-{item.key}"]
        elif item.kind == ItemKind.ENTRIES and f"entry-{item.key}" in request.POST:
            typed[item.key] = request.POST.getlist(f"entry-{item.key}")
    return typed


def _revision(request: PortalRequest) -> int:
    raw = request.POST.get("version", "")
    return int(raw) if raw.isascii() and raw.isdecimal() and len(raw) < 10 else -1


def _reasons(request: PortalRequest, report: MonthlyReport, mark: str) -> dict[str, str]:
    """Item key -> reason, of the items whose choice says so."""
    return {
        item.key: clean(request.POST.get(f"reason-{item.key}", ""), multiline=True)
        for item in report.items.all()
        if request.POST.get(f"choice-{item.key}") == mark
    }


def _show(
    request: PortalRequest, report: MonthlyReport, *, status: int = 200, **more: Any
) -> HttpResponse:
    page = report_page(request.actor, report, **more)
    page["in_queue"] = request.GET.get("queue") == "1" or request.POST.get("queue") == "1"
    return render(request, "schedules/report_detail.html", page, status=status)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def duty_open(request: PortalRequest, pk: int) -> HttpResponse:
    """Leads from a duty to the page on which it is fulfilled, whatever its kind."""
    duties = Duty.objects.visible_to(request.actor).select_related(*fulfilment.joins())
    duty = get_object_or_404(duties, pk=pk)
    return redirect(fulfilment.url_of(duty))


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def report_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """The report: a form for its writer, a check list for its checker, a page for the others."""
    return _show(request, get_report(request.actor, pk))


@needs(P.REPORT_DRAFT, methods=("POST",))
def report_save(request: PortalRequest, pk: int) -> HttpResponse:
    """Saves the draft: by itself while typing (JSON), or by the button."""
    report = get_report(request.actor, pk, P.REPORT_DRAFT)
    if not rights(request.actor, report).is_own:
        raise Http404
    quiet = request.headers.get("X-Requested-With") == "fetch"
    typed = _typed(request, report)
    taken = request.POST.get("take", "")
    if "|" in taken:
        _take_over(typed, *taken.split("|", 1))
    try:
        saved = reports.save_draft(
            report=report, revision=_revision(request), typed=typed, by=request.actor
        )
    except StaleReport as error:
        return _stale(request, pk, typed, error, quiet=quiet)
    except Conflict as error:
        return _closed(request, report, error, quiet=quiet)
    if quiet:
        now = timezone.localtime(saved.saved_at) if saved.saved_at else None
        return JsonResponse({"saved_at": f"{now:%H:%M}" if now else "", "version": saved.revision})
    if taken:
        return redirect(f"{report.get_absolute_url()}#item-{taken.split('|', 1)[0]}")
    messages.success(request, "草稿已保存。")
    return redirect(report)


def _take_over(typed: dict[str, Any], key: str, text: str) -> None:
    """Adds a suggestion to what is typed for the item."""
    value = typed.get(key)
    if isinstance(value, list):
        kept = [entry for entry in value if entry.strip()]
        if text not in kept:
            kept.append(text)
        typed[key] = kept
    elif isinstance(value, str) and text not in value:
        typed[key] = f"{value.rstrip()}\n{text}".strip()


def _stale(
    request: PortalRequest, pk: int, typed: Mapping[str, Any], error: StaleReport, *, quiet: bool
) -> HttpResponse:
    report = get_report(request.actor, pk)
    page = report_page(request.actor, report, typed=typed, stale=error)
    template = "schedules/report_conflict.html" if quiet else "schedules/report_detail.html"
    return render(request, template, page, status=409)


def _closed(
    request: PortalRequest, report: MonthlyReport, error: Conflict, *, quiet: bool = False
) -> HttpResponse:
    if quiet:
        return JsonResponse({"message": error.message}, status=422)
    messages.warning(request, error.message)
    return redirect(report)


@needs(P.REPORT_SEND, methods=("POST",))
def report_submit(request: PortalRequest, pk: int) -> HttpResponse:
    """Sends the report, or what was returned of it. What was typed is kept whatever happens."""
    report = get_report(request.actor, pk, P.REPORT_SEND)
    if not rights(request.actor, report).is_own:
        raise Http404
    typed = _typed(request, report)
    explanations = {
        item.key: clean(request.POST.get(f"explain-{item.key}", ""), multiline=True)
        for item in report.items.all()
        if f"explain-{item.key}" in request.POST
    }
    try:
        saved = reports.save_draft(
            report=report, revision=_revision(request), typed=typed, by=request.actor
        )
        sent = reports.submit(
            report=saved,
            revision=saved.revision,
            typed={},
            explanations=explanations,
            by=request.actor,
        )
    except StaleReport as error:
        return _stale(request, pk, typed, error, quiet=False)
    except Conflict as error:
        return _closed(request, report, error)
    except NotReady as error:
        fresh = get_report(request.actor, pk)
        return _show(request, fresh, status=422, found=error.findings, explanations=explanations)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(report)
    messages.success(
        request,
        f"{sent.duty.title}已报送，由{sent.organization.parent or '上级'}核报。",
    )
    return redirect(sent)


@needs(P.REPORT_CHECK, methods=("POST",))
def report_check(request: PortalRequest, pk: int) -> HttpResponse:
    """Accepts what is before the checker, but for the items he returns with a reason."""
    report = get_report(request.actor, pk, P.REPORT_CHECK)
    if not rights(request.actor, report).may_check and rights(request.actor, report).is_own:
        raise Http404
    returned = _reasons(request, report, "return")
    try:
        checked = reports.check(
            report=report, revision=_revision(request), returned=returned, by=request.actor
        )
    except Conflict as error:
        return _closed(request, report, error)
    except DomainError as error:
        return _show(request, report, status=422, error=error, reasons=returned)
    word = f"退回 {len(returned)} 项" if returned else "已通过"
    messages.success(request, f"{checked.organization} {checked.duty.title}：{word}。")
    if request.POST.get("queue") == "1":
        following = waiting(request.actor).first()
        if following is not None:
            return redirect(f"{fulfilment.url_of(following)}?queue=1")
        return redirect("schedules:report-queue")
    return redirect(checked)


@needs(P.REPORT_CONFIRM, methods=("POST",))
def report_confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """The second look."""
    report = get_report(request.actor, pk, P.REPORT_CONFIRM)
    try:
        reports.confirm(report=report, revision=_revision(request), by=request.actor)
    except Conflict as error:
        return _closed(request, report, error)
    messages.success(request, "已复核。")
    return redirect(report)


@needs(P.REPORT_REOPEN, methods=("POST",))
def report_reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens accepted items again, with a reason that stays in the timeline."""
    report = get_report(request.actor, pk, P.REPORT_REOPEN)
    if rights(request.actor, report).is_own:
        raise Http404
    reason = clean(request.POST.get("reason", ""), multiline=True)
    chosen = dict.fromkeys(request.POST.getlist("item"), reason)
    try:
        reports.reopen(report=report, revision=_revision(request), reasons=chosen, by=request.actor)
    except Conflict as error:
        return _closed(request, report, error)
    except DomainError as error:
        return _show(request, report, status=422, error=error, reopen_reason=reason, reopening=True)
    messages.success(request, f"已重新打开 {len(chosen)} 项，对方会收到消息。")
    return redirect(report)


@needs(P.REPORT_DRAFT, P.REPORT_CHECK, methods=("GET", "HEAD"))
def report_versions(request: PortalRequest, pk: int) -> HttpResponse:
    """The report as it was saved and sent, one version against the one before."""
    report = get_report(request.actor, pk)
    rows = report.versions.all()
    if not rights(request.actor, report).is_own:
        rows = rows.filter(is_submission=True)  # drafts are the writer's own
    versions = list(rows[:40])
    titles = {item.key: item for item in report.items.all()}
    pairs = []
    for index, version in enumerate(versions):
        before = versions[index + 1].values if index + 1 < len(versions) else {}
        changes = [
            (
                titles[key].title,
                _words(titles[key].kind, before.get(key, {})),
                _words(titles[key].kind, value),
            )
            for key, value in version.values.items()
            if key in titles
            and _words(titles[key].kind, before.get(key, {})) != _words(titles[key].kind, value)
        ]
        pairs.append((version, changes))
    return render(request, "schedules/report_versions.html", {"report": report, "pairs": pairs})


def _words(kind: str, value: Mapping[str, Any]) -> str:
    if kind == ItemKind.FIGURES:
        return "\n".join(f"{row['label']} {row['value']}" for row in value.get("figures", []))
    return plain_text(kind, value)
