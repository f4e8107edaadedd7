"""Reports on paper, as documents and as sheets: one, or a committee's month."""

from typing import BinaryIO

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts
from core.actor import Actor
from core.documents import making
from core.documents.writers import WRITERS
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import packs
from ..access import get_report
from ..exports import (
    elsewhere_line,
    month_document,
    report_document,
    unsent_names,
    write_month,
    write_report,
)
from ..models.vocabulary import Counted
from ..queries.printouts import Printout, period_printouts, printouts
from ..queries.reports import reports_of, standings_below
from .choices import Choice, chosen_or_404
from .downloads import download, stamp


def _one(actor: Actor, pk: int) -> Printout:
    return printouts(actor, [get_report(actor, pk)])[0]


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def report_print(request: PortalRequest, pk: int) -> HttpResponse:
    """One report, A4, with its head and signature lines."""
    printout = _one(request.actor, pk)
    return render(request, "schedules/print_report.html", {"printout": printout})


def _report_file(request: PortalRequest, pk: int, ending: str) -> FileResponse:
    printout = _one(request.actor, pk)
    writer = WRITERS[ending]
    return download(
        request,
        name=(str(printout.organization), printout.report.duty.title),
        ending=ending,
        organization=printout.organization,
        write=lambda target: writer.write(target, report_document(printout)),
    )


@needs(P.REPORT_VIEW, methods=("GET",))
def report_docx(request: PortalRequest, pk: int) -> FileResponse:
    """One report as a document to work on."""
    return _report_file(request, pk, "docx")


@needs(P.REPORT_VIEW, methods=("GET",))
def report_pdf(request: PortalRequest, pk: int) -> FileResponse:
    """One report as a document to keep."""
    return _report_file(request, pk, "pdf")


@needs(P.REPORT_VIEW, methods=("GET",))
def report_xlsx(request: PortalRequest, pk: int) -> FileResponse:
    """One report as a sheet."""
    printout = _one(request.actor, pk)
    return download(
        request,
        name=(str(printout.organization), printout.report.duty.title),
        ending="xlsx",
        organization=printout.organization,
        write=lambda target: write_report(target, printout, stamp=stamp(request.actor)),
    )


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def month_print(request: PortalRequest) -> HttpResponse:
    """All reports of a month below an organisation, one after the other. A great many are printed
    from the PDF: a page as long takes a second to make, and no browser lays it out well."""
    choice, period, count = _counted(request)
    if count > packs.LONG_PRINT:
        messages.info(request, f"共 {count} 份，网页上不便排版。请生成 PDF，下载后打印。")
        return redirect(f"{reverse('schedules:month-pdf')}?{choice.query}")
    month = period_printouts(request.actor, choice.plan, choice.node, period)
    context = {
        "node": month.node,
        "plan": month.plan,
        "period": month.period,
        "sent": month.sent,
        "unsent": unsent_names(month),
        "elsewhere": elsewhere_line(month),
        "count": month.counts[Counted.EXPECTED],
        "sent_count": month.counts[Counted.SUBMITTED],
    }
    return render(request, "schedules/print_month.html", context)


def _counted(request: PortalRequest) -> tuple[Choice, str, int]:
    """What is asked for, and how many reports it holds."""
    choice, period = chosen_or_404(request)
    counted = standings_below(choice.plan, choice.node, period)
    return choice, period, reports_of(request.actor, counted).count()


def _wanted(request: PortalRequest, ending: str) -> tuple[Choice, str, int, making.Wanted]:
    """The same, as something to be made. Raises DomainError for too many in a document."""
    choice, period, count = _counted(request)
    if ending in WRITERS:
        packs.refuse_endless(count)
    return choice, period, count, packs.wanted(choice.plan, choice.node, period, ending)


def _month_file(request: PortalRequest, ending: str) -> FileResponse | HttpResponse:
    """The file at once when it is short; a long one is asked for, and made behind."""
    if request.method == "POST":
        return acts.press(
            request,
            load=lambda: _wanted(request, ending)[-1],
            act=lambda wanted: making.ask(wanted=wanted, by=request.actor),
            done=lambda wanted, row: redirect("core:document-detail", uid=row.uid),
        )
    choice, period, count, wanted = _wanted(request, ending)
    node, plan = choice.node, choice.plan
    if count > packs.LONG[ending]:
        context = {
            "title": wanted.title,
            "count": count,
            "unit": f"份{plan.name}",
            "fields": choice.address,
            "back_url": f"{reverse('schedules:report-matrix')}?{choice.query}",
        }
        return render(request, "core/document_ask.html", context)
    month = period_printouts(request.actor, plan, node, period)

    def write(target: BinaryIO) -> None:
        if ending == "xlsx":
            write_month(target, month, stamp=stamp(request.actor))
        else:
            WRITERS[ending].write(target, month_document(month))

    return download(
        request,
        name=packs.name(plan, node, period, ending),
        ending=ending,
        organization=node,
        write=write,
    )


@needs(P.REPORT_VIEW, methods=("GET", "POST"))
def month_export(request: PortalRequest) -> FileResponse | HttpResponse:
    """A month as a sheet, one row a report."""
    return _month_file(request, "xlsx")


@needs(P.REPORT_VIEW, methods=("GET", "POST"))
def month_docx(request: PortalRequest) -> FileResponse | HttpResponse:
    """A month as a document to work on: who has sent, then what each has written."""
    return _month_file(request, "docx")


@needs(P.REPORT_VIEW, methods=("GET", "POST"))
def month_pdf(request: PortalRequest) -> FileResponse | HttpResponse:
    """A month as a document to keep."""
    return _month_file(request, "pdf")
