"""A version: read, compared, submitted, given back, published, laid aside; its scans."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import acts, clock, periods, uploads
from core import attachments as files
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import (
    get_draft,
    get_scan,
    get_scan_to_remove,
    get_version,
    get_version_to_edit,
    get_version_to_publish,
    rights_of,
)
from ..actions import scans, versions
from ..comparing import differences
from ..enums import Level, VersionState
from ..forms import PublishForm, ReturnForm, SubmitForm
from ..models import SchemeScan, SchemeVersion
from ..queries import reading
from ..queries.problems import problems_of
from .heads import VERSION_LINKS, links
from .lists import classes_words
from .papers import paper_of
from .tree import wrong_of

READ, POST, FORM = ("GET", "HEAD"), ("POST",), ("GET", "HEAD", "POST")
Attempt = acts.Attempt[SchemeVersion, Any]


@needs(P.SCHEME_VIEW, methods=READ)
def version(request: PortalRequest, uid: UUID) -> HttpResponse:
    """One version as a paper, with its way and its scans."""
    found = get_version(request.actor, uid)
    return render(request, "schemes/version.html", _context(request, found))


def _context(request: PortalRequest, found: SchemeVersion) -> dict[str, Any]:
    rights = rights_of(request.actor, found.scheme)
    is_draft = found.state == VersionState.DRAFT
    problems = [one for one in problems_of(found) if not one.is_warning] if rights.any else []
    return {
        "version": found,
        "scheme": found.scheme,
        "rights": rights,
        "classes": classes_words(found.scheme.classes),
        "from_words": periods.label(found.from_period) if found.from_period else "",
        "before": reading.before(found),
        "steps": _steps(found) if rights.any else [],
        "files": scan_rows(found, may_remove=rights.edits and is_draft),
        "may_scan": rights.edits and is_draft,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "is_own": found.submitted_by_id in request.actor.persons,
        "wrong": wrong_of(found, problems) if is_draft and rights.edits else [],
        "links": links(VERSION_LINKS, request.actor, found.uid) if rights.edits else [],
        **paper_of(found),
    }


def _steps(found: SchemeVersion) -> list[dict[str, Any]]:
    return [
        {"at": one.at, "by": one.by_name, "text": one.get_kind_display(), "note": one.text}
        for one in found.steps.all()
    ]


def scan_rows(found: SchemeVersion, *, may_remove: bool) -> list[dict[str, object]]:
    """The scans of a version as the component `file_list` shows them. One query."""
    rows = found.scans.filter(state="ready").order_by("pk")
    removes = "schemes:scan-remove" if may_remove else ""
    return [uploads.listed(row, opens="schemes:scan-open", removes=removes) for row in rows]


@needs(P.SCHEME_VIEW, methods=READ)
def version_compare(request: PortalRequest, uid: UUID) -> HttpResponse:
    """What a version says otherwise than another: the one named, else the one before it."""
    found = get_version(request.actor, uid)
    other = _other(request, found)
    rows = differences(other.content, found.content) if other else []
    others = [
        one for one in reading.versions_of(request.actor, found.scheme).versions if one != found
    ]
    context = {
        "version": found,
        "scheme": found.scheme,
        "other": other,
        "others": others,
        "rows": rows,
        "counts": {kind: sum(row.kind == kind for row in rows) for kind in ("新增", "删去")},
    }
    return render(request, "schemes/version_compare.html", context)


def _other(request: PortalRequest, found: SchemeVersion) -> SchemeVersion | None:
    named = request.GET.get("with", "")
    if not named:
        return reading.before(found)
    try:
        return get_version(request.actor, UUID(named))
    except ValueError:
        raise Http404 from None


@needs(P.SCHEME_EDIT, methods=FORM)
def version_submit(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Asks for publication from a half-year on."""

    def form(found: SchemeVersion) -> SubmitForm:
        coming = [
            half
            for half in (f"{found.scheme.year}-H1", f"{found.scheme.year}-H2")
            if periods.first_day(half) > clock.today()
        ]
        initial = {
            "revision": found.revision,
            "from_period": coming[0] if coming else "",
            "note": found.note,
            "document_number": found.document_number,
            "document_on": found.document_on,
            "is_entered_later": found.is_entered_later,
        }
        return SubmitForm(
            acts.typed(request), initial=initial, scheme=found.scheme, number=found.number
        )

    def act(attempt: Attempt) -> SchemeVersion:
        given = {name: value for name, value in attempt.given.items() if name != "scan"}
        return versions.submit(version=attempt.subject, by=request.actor, **given)

    def show(attempt: Attempt) -> HttpResponse:
        found = attempt.subject
        problems = problems_of(found)
        return attempt.page(
            "schemes/version_submit.html",
            version=found,
            scheme=found.scheme,
            conflict=attempt.conflict,
            wrong=wrong_of(found, [one for one in problems if not one.is_warning]),
            warnings=[one for one in problems if one.is_warning],
            files=scan_rows(found, may_remove=True),
            max_bytes=settings.UPLOAD_MAX_BYTES,
        )

    load = get_version_to_edit if request.method == "POST" else get_draft
    return acts.perform(
        request,
        load=lambda: load(request.actor, uid),
        form=form,
        act=act,
        done=lambda attempt, found: acts.said(request, "已提交，等另一人审定发布。", found),
        show=show,
    )


@needs(P.SCHEME_PUBLISH, methods=FORM)
def version_publish(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Publishes what another has submitted, with number and date."""

    def load() -> SchemeVersion:
        found = get_version_to_publish(request.actor, uid)
        if request.method != "POST" and found.state != VersionState.SUBMITTED:
            raise Http404
        return found

    def form(found: SchemeVersion) -> PublishForm:
        initial = {
            "revision": found.revision,
            "document_number": found.document_number,
            "document_on": found.document_on,
        }
        return PublishForm(acts.typed(request), initial=initial)

    def act(attempt: Attempt) -> SchemeVersion:
        return versions.publish(version=attempt.subject, by=request.actor, **attempt.given)

    def show(attempt: Attempt) -> HttpResponse:
        context = _context(request, attempt.subject)
        measured = len(reading.measured_by(attempt.subject.scheme, clock.today()))
        return attempt.page(
            "schemes/version_publish.html",
            conflict=attempt.conflict,
            measured=measured,
            **context,
        )

    def ask(attempt: Attempt) -> acts.Question:
        found = attempt.subject
        count = len(reading.measured_by(found.scheme, clock.today()))
        unit = "个党支部" if found.scheme.level == Level.BRANCH else "个直属党委"
        lines = [
            f"{found.scheme} 第{found.number}版自{periods.label(found.from_period)}起适用，"
            f"现在涉及 {count} {unit}。",
            "发布后内容冻结，再改要另起一版。",
        ]
        return acts.Question("发布这一版细则", lines, "发布", mark=str(found.revision))

    return acts.perform(
        request,
        load=load,
        form=form,
        act=act,
        done=lambda attempt, found: acts.said(request, "已发布。", found),
        show=show,
        ask=ask,
    )


@needs(P.SCHEME_PUBLISH, methods=POST)
def version_return(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Gives a submitted version back, with the reason."""

    def show(attempt: Attempt) -> HttpResponse:
        return attempt.page(
            "schemes/version_return.html",
            version=attempt.subject,
            scheme=attempt.subject.scheme,
            conflict=attempt.conflict,
        )

    return acts.perform(
        request,
        load=lambda: get_version_to_publish(request.actor, uid),
        form=lambda found: ReturnForm(acts.typed(request)),
        act=lambda attempt: versions.send_back(
            version=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, found: acts.said(request, "已退回修改。", found),
        show=show,
    )


@needs(P.SCHEME_EDIT, methods=POST)
def version_discard(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Lays a draft aside."""
    return acts.press(
        request,
        load=lambda: get_version_to_edit(request.actor, uid),
        act=lambda found: versions.discard(version=found, by=request.actor),
        done=lambda found, result: acts.said(request, "草案已作废。", found.scheme),
        ask=lambda found: acts.Question(
            "作废这份草案",
            [f"{found}的草案不再能修改和提交；内容留存备查。"],
            "作废",
            mark=str(found.revision),
        ),
        back=lambda found: found,
    )


# --- scans ---------------------------------------------------------------------------------------


def _at_files(found: SchemeVersion) -> HttpResponse:
    return redirect(f"{reverse('schemes:version', args=[found.uid])}#files")


@needs(P.SCHEME_EDIT, methods=POST)
def scan_add(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Adds the scans chosen, each an act of its own; what is refused is named with its reason."""
    found = get_version_to_edit(request.actor, uid)
    if found.state != VersionState.DRAFT:
        messages.error(request, "只有草案可以添加扫描件。", extra_tags=uploads.AT_FILES)
        return _at_files(found)

    def add(file: files.Checked) -> object:
        return acts.carry_out(
            lambda: get_version_to_edit(request.actor, uid),
            lambda version: file,
            lambda version, file: scans.attach(version=version, file=file, by=request.actor),
        )

    uploads.take(request, add, none="请先选择要上传的扫描件。")
    return _at_files(found)


@needs(P.SCHEME_VIEW, methods=READ)
def scan_open(request: PortalRequest, uid: UUID) -> FileResponse:
    """The scan, if its version is the actor's to read."""
    return files.serve(get_scan(request.actor, uid))


def _page_of_scan(uid: UUID) -> str:
    found = SchemeScan.objects.filter(uid=uid).values_list("version__uid", flat=True).first()
    return reverse("schemes:version", args=[found]) if found else "/"


@needs(P.SCHEME_EDIT, methods=POST, page=_page_of_scan)
def scan_remove(request: PortalRequest, uid: UUID) -> HttpResponse:
    """Takes a scan away from a draft."""
    return acts.press(
        request,
        load=lambda: get_scan_to_remove(request.actor, uid),
        act=lambda scan: scans.detach(scan=scan, version=scan.version, by=request.actor),
        done=lambda scan, nothing: _at_files(scan.version),
    )
