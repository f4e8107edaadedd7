"""现场调研: the list, the card of a visit, and what is written down on the spot by phone."""

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest, is_by_script
from core.paging import Pager
from orgs.models import Organization
from orgs.models.organization import below
from orgs.permissions import Permission as P
from schedules.action_items.forms import HandForm
from schedules.action_items.models import ActionItem

from ..access import (
    get_finding,
    get_holder,
    get_visit,
    get_visit_file,
    get_visit_to_hold,
    get_visit_to_write,
    visit_rights,
)
from ..actions import visits
from ..enums import VisitState
from ..forms import CancelVisitForm, DayForm, FindingForm, NotesForm, PlanVisitForm
from ..models import FieldVisit, VisitAttachment, VisitDraw, VisitFinding
from ..queries import visits as queries

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
SHOWN = ("mine", "open", "done")
HIDDEN = ("uid", "revision")
Attempt = acts.Attempt[FieldVisit, Any]


@needs(P.DISPATCH_VIEW, methods=READ)
def visit_list(request: PortalRequest) -> HttpResponse:
    """Visits to be made and made, and the draws that they came from."""
    actor, counts = request.actor, queries.counts(request.actor)
    show = request.GET.get("show", "")
    if show not in SHOWN:
        show = "mine" if counts["mine"] else "open" if counts["open"] else "done"
    draws = VisitDraw.objects.visible_to(actor).select_related("organization")
    context = {
        "show": show,
        "counts": counts,
        "page": Pager(queries.listed(actor, show), 30).get_page(request.GET.get("page")),
        "draws": draws[:12],
        "may_plan": P.DISPATCH_EDIT in actor.permissions,
    }
    return render(request, "dispatch/visit_list.html", context)


@needs(P.DISPATCH_EDIT, methods=FORM)
def visit_create(request: PortalRequest) -> HttpResponse:
    """A visit by hand."""

    def make(holder: Organization) -> PlanVisitForm:
        places = Organization.objects.active().filter(below(holder.path, itself=False))
        return PlanVisitForm(
            acts.typed(request),
            places=places.order_by("path"),
            people=queries.people_to_send(holder),
        )

    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=make,
        act=lambda attempt: visits.plan(holder=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, visit: acts.said(request, "已安排，被调研的支部不会收到通知。", visit),
        show=lambda attempt: attempt.page("dispatch/visit_create.html", holder=attempt.subject),
    )


def _file(row: VisitAttachment, may_remove: bool) -> dict[str, object]:
    return uploads.listed(
        row,
        opens="dispatch:visit-file-open",
        removes="dispatch:visit-file-remove" if may_remove else "",
        by=uploads.name_of_sender(row),
    )


def _context(request: PortalRequest, visit: FieldVisit) -> dict[str, Any]:
    """All that the page and its print show."""
    actor, rights = request.actor, visit_rights(request.actor, visit)
    findings = list(visit.findings.select_related("item__issuer", "item__parent"))
    open_to = ActionItem.objects.open_to(actor, (one.item_id for one in findings))
    writing = rights.writes and visit.state == VisitState.UNDER_WAY
    rows = visit.attachments.filter(state="ready").select_related("uploaded_by").order_by("pk")
    return {
        "visit": visit,
        "rights": rights,
        "writing": writing,
        "card": queries.card_of(actor, visit) if rights.reads_notes else None,
        "findings": [(one, one.item_id in open_to) for one in findings],
        "files": [_file(row, writing) for row in rows],
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "may_hand": rights.holds and P.ACTION_ISSUE in actor.permissions,
        "may_begin": rights.writes and visit.state == VisitState.PLANNED,
    }


def _page(
    request: PortalRequest, visit: FieldVisit, attempt: Attempt | None = None
) -> HttpResponse:
    """The visit; an act that was refused stands on it as it was typed."""
    forms: dict[str, Any] = {
        "notes_form": NotesForm(
            initial={
                "revision": visit.revision,
                "notes": visit.notes,
                "conclusion": visit.conclusion,
            }
        ),
        "finding_form": FindingForm(initial={"uid": uuid.uuid4()}),
        "day_form": DayForm(initial={"visit_on": visit.visit_on}),
        "cancel_form": CancelVisitForm(),
    }
    status = 200
    if attempt is not None:
        status = attempt.status
        names = {
            NotesForm: "notes_form",
            FindingForm: "finding_form",
            DayForm: "day_form",
            CancelVisitForm: "cancel_form",
        }
        forms[names[type(attempt.form)]] = attempt.form
        # What was typed for a step that is no longer open has no form to stand in.
        typed = [attempt.form[name].value() for name in attempt.form.fields if name not in HIDDEN]
        forms |= {
            "form": attempt.form,
            "refusal": attempt.conflict,
            "kept": [text for text in typed if text] if attempt.conflict else [],
        }
    context = _context(request, attempt.subject if attempt else visit) | forms
    return render(request, "dispatch/visit_detail.html", context, status=status)


@needs(P.DISPATCH_VIEW, methods=READ)
def visit_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """What to look for, what was written down, what was found and what became of it."""
    return _page(request, get_visit(request.actor, pk))


@needs(P.DISPATCH_VIEW, methods=READ)
def visit_print(request: PortalRequest, pk: int) -> HttpResponse:
    """The report of the visit on paper."""
    return render(
        request, "dispatch/visit_print.html", _context(request, get_visit(request.actor, pk))
    )


def _perform(
    request: PortalRequest,
    pk: int,
    form: Callable[..., Any],
    action: Callable[..., Any],
    text: str,
    load: Callable[..., FieldVisit] = get_visit_to_write,
    at: str = "",
) -> HttpResponse:
    back = reverse("dispatch:visit-detail", args=[pk]) + at
    return acts.perform(
        request,
        load=lambda: load(request.actor, pk),
        form=lambda visit: form(request.POST),
        act=lambda attempt: action(visit=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, result: acts.said(request, text, back),
        show=lambda attempt: _page(request, attempt.subject, attempt),
    )


@needs(P.DISPATCH_EDIT, methods=POST)
def visit_schedule(request: PortalRequest, pk: int) -> HttpResponse:
    """On which day."""
    return _perform(request, pk, DayForm, visits.set_day, "日期已定。")


@needs(P.DISPATCH_EDIT, methods=POST)
def visit_begin(request: PortalRequest, pk: int) -> HttpResponse:
    """They are there."""
    return acts.press(
        request,
        load=lambda: get_visit_to_write(request.actor, pk),
        act=lambda visit: visits.begin(visit=visit, by=request.actor),
        done=lambda before, visit: acts.said(request, "已开始，可以记录了。", visit),
        back=lambda visit: visit,
    )


@needs(P.DISPATCH_EDIT, methods=POST)
def visit_note(request: PortalRequest, pk: int) -> HttpResponse:
    """What is written down on the spot."""
    return _perform(request, pk, NotesForm, visits.note, "记录已保存。")


@needs(P.DISPATCH_EDIT, methods=POST)
def visit_finish(request: PortalRequest, pk: int) -> HttpResponse:
    """It is over."""
    return _perform(
        request, pk, NotesForm, visits.finish, "调研已结束，被调研的党组织可以看到调研情况。"
    )


@needs(P.DISPATCH_EDIT, methods=POST)
def visit_cancel(request: PortalRequest, pk: int) -> HttpResponse:
    """It is not made."""
    return _perform(
        request, pk, CancelVisitForm, visits.cancel, "已取消，原因留在记录里。", get_visit_to_hold
    )


@needs(P.DISPATCH_EDIT, methods=POST)
def finding_add(request: PortalRequest, pk: int) -> HttpResponse:
    """One thing that was found."""
    return _perform(request, pk, FindingForm, visits.find, "已记下。", at="#findings")


@needs(P.ACTION_ISSUE, methods=FORM)
def finding_hand(request: PortalRequest, pk: int) -> HttpResponse:
    """Makes an item of what was found."""

    def make(finding: VisitFinding) -> HandForm:
        return HandForm.of_words(
            acts.typed(request),
            within=finding.visit.holder,
            owner_id=finding.visit.organization_id,
            text=finding.text,
        )

    return acts.perform(
        request,
        load=lambda: get_finding(request.actor, pk),
        form=make,
        act=lambda attempt: visits.hand(
            finding=attempt.subject,
            owner=attempt.given["owner"],
            given=attempt.form.given,
            is_issued=attempt.given["is_issued"],
            by=request.actor,
        ),
        done=lambda attempt, item: acts.said(
            request, f"已转督办{item.number}。", attempt.subject.visit
        ),
        show=lambda attempt: attempt.page(
            "dispatch/finding_hand.html", finding=attempt.subject, visit=attempt.subject.visit
        ),
    )


# --- photographs -----------------------------------------------------------------------------


def _at_files(visit_id: int) -> HttpResponse:
    return redirect(f"{reverse('dispatch:visit-detail', args=[visit_id])}#files")


@needs(P.DISPATCH_EDIT, methods=POST)
def visit_file_add(request: PortalRequest, pk: int) -> HttpResponse:
    """Adds the files chosen, each an act of its own; what is refused is named with its reason. The
    page's script sends each by itself, again until it has an answer."""
    get_visit_to_write(request.actor, pk)  # whose files nobody may add, none is read
    by_script = is_by_script(request)
    uid = uploads.sent_as(request) if by_script else None

    def add(file: files.Checked) -> object:
        return acts.carry_out(
            lambda: get_visit_to_write(request.actor, pk),
            lambda visit: file,
            lambda visit, file: visits.attach(visit=visit, file=file, by=request.actor, uid=uid),
        )

    if by_script:
        return uploads.answer(request, add)
    uploads.take(request, add, none="请先选择要上传的照片。")
    return _at_files(pk)


@needs(P.DISPATCH_VIEW, methods=READ)
def visit_file_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, if the visit that it belongs to is the actor's to read."""
    return files.serve(get_visit_file(request.actor, uid))


def _page_of_file(uid: uuid.UUID) -> str:
    found = VisitAttachment.objects.filter(uid=uid).values_list("visit_id", flat=True).first()
    return reverse("dispatch:visit-detail", args=[found]) if found else "/"


@needs(P.DISPATCH_EDIT, methods=POST, page=_page_of_file)
def visit_file_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away while the visit is under way."""
    return acts.press(
        request,
        load=lambda: get_visit_file(request.actor, uid, to_write=True),
        act=lambda row: visits.detach(attachment=row, by=request.actor),
        done=lambda row, nothing: _at_files(row.visit_id),
    )
