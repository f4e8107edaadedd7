"""Reports on paper, as documents and as sheets: one, or a committee's month."""

from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from core import periods
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_report
from ..exports import write_document, write_month, write_month_document, write_report
from ..queries.printouts import Printout, period_printouts, printouts
from .choices import Choice, chosen_or_404
from .downloads import download, stamp


def _one(actor: Actor, pk: int) -> Printout:
    return printouts(actor, [get_report(actor, pk)])[0]


def _month(request: PortalRequest) -> tuple[Choice, str, list[Printout]]:
    choice, period = chosen_or_404(request)
    return choice, period, period_printouts(request.actor, choice.plan, choice.node, period)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def report_print(request: PortalRequest, pk: int) -> HttpResponse:
    """One report, A4, with its head and signature lines."""
    printout = _one(request.actor, pk)
    return render(request, "schedules/print_report.html", {"printout": printout})


@needs(P.REPORT_VIEW, methods=("GET",))
def report_docx(request: PortalRequest, pk: int) -> FileResponse:
    """One report as a document."""
    printout = _one(request.actor, pk)
    return download(
        request,
        name=(str(printout.organization), printout.report.duty.title),
        ending="docx",
        organization=printout.organization,
        write=lambda target: write_document(target, printout),
    )


@needs(P.REPORT_VIEW, methods=("GET",))
def report_xlsx(request: PortalRequest, pk: int) -> FileResponse:
    """One report as a sheet."""
    printout = _one(request.actor, pk)
    return download(
        request,
        name=(str(printout.organization), printout.report.duty.title),
        ending="xlsx",
        organization=printout.organization,
        write=lambda target: write_report(target, printout, stamp=stamp(request)),
    )


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def month_print(request: PortalRequest) -> HttpResponse:
    """All reports of a month below an organisation, one after the other."""
    choice, period, rows = _month(request)
    context = {
        "node": choice.node,
        "plan": choice.plan,
        "period": period,
        "sent": [row for row in rows if row.is_sent],
        "missing": [row.organization for row in rows if not row.is_sent],
        "count": len(rows),
    }
    return render(request, "schedules/print_month.html", context)


@needs(P.REPORT_VIEW, methods=("GET",))
def month_export(request: PortalRequest) -> FileResponse:
    """A month as a sheet, one row a report."""
    choice, period, rows = _month(request)
    node, plan = choice.node, choice.plan
    return download(
        request,
        name=(str(node), f"{periods.label(period)}{plan.name}"),
        ending="xlsx",
        organization=node,
        write=lambda target: write_month(target, plan, node, period, rows, stamp=stamp(request)),
    )


@needs(P.REPORT_VIEW, methods=("GET",))
def month_docx(request: PortalRequest) -> FileResponse:
    """A month as a document: who has sent, then what each has written."""
    choice, period, rows = _month(request)
    node, plan = choice.node, choice.plan
    return download(
        request,
        name=(str(node), f"{periods.label(period)}{plan.name}汇编"),
        ending="docx",
        organization=node,
        write=lambda target: write_month_document(target, plan, node, period, rows),
    )
