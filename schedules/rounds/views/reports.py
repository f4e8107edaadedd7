"""One monthly report: written, sent, checked item by item, opened again."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from core import acts
from core.guards import needs
from core.http import PortalRequest, is_by_script
from core.text import clean, whole_number
from orgs.permissions import Permission as P

from .. import fulfilment, item_kinds
from ..access import get_own_report, get_report, get_report_below, rights
from ..actions import checking, evidence, reports
from ..actions.reports import NotReady, StaleReport
from ..enums import ItemKind
from ..evidence import reference_of
from ..models import Duty, Report, ReportItem
from ..planned import THINGS, Thing, answered
from ..queries.duties import waiting
from ..queries.reports import planned_before, previous_report, unsent_below
from ..validation import plain_text
from .report_page import report_page, unsaved


class Written(acts.Nothing):
    """What the page of a report sends: texts, explanations, reasons, and what it was made from."""

    def __init__(self, request: PortalRequest, report: Report) -> None:
        given, items = request.POST, list(report.items.all())
        raw = given.get("version", "")
        revision = whole_number(raw, digits=9)
        self.revision = -1 if revision is None else revision
        self.typed: dict[str, Any] = {}
        for item in items:
            raw = item_kinds.of(item.kind).read(given, item.key)
            if raw is not None:
                self.typed[item.key] = raw
        self.explanations = {
            item.key: clean(given[f"explain-{item.key}"], multiline=True)
            for item in items
            if f"explain-{item.key}" in given
        }
        self.replies = {
            item.key: clean(given[f"reply-{item.key}"], multiline=True)
            for item in items
            if f"reply-{item.key}" in given
        }
        self.said = [
            Thing(
                clean(given[name]),
                given.get(f"outcome-{name[8:]}", ""),
                given.get(f"until-{name[8:]}", "")[:10],
            )
            for name in sorted(given)
            if name.startswith("planned-")
        ][:THINGS]
        self.remark = clean(given.get("remark", ""), multiline=True)
        self.returned = {
            item.key: clean(given.get(f"reason-{item.key}", ""), multiline=True)
            for item in items
            if given.get(f"choice-{item.key}") == "return"
        }
        self.reason = clean(given.get("reason", ""), multiline=True)
        self.reopened = dict.fromkeys(given.getlist("item"), self.reason)
        self.dropped = whole_number(given.get("drop", ""))
        taken, _, offered = given.get("take", "").partition("|")
        self.taken, _, record = taken.partition("@")
        self.record = reference_of(record)
        if offered:
            self._take_over(offered)

    def _take_over(self, text: str) -> None:
        """Adds a suggestion to what is typed for the item."""
        value = self.typed.get(self.taken)
        if isinstance(value, list):
            kept = [entry for entry in value if entry.strip()]
            if text not in kept:
                kept.append(text)
            self.typed[self.taken] = kept
        elif isinstance(value, str) and text not in value:
            self.typed[self.taken] = f"{value.rstrip()}\n{text}".strip()


Attempt = acts.Attempt[Report, Written]


def _outcomes(attempt: Attempt) -> list[dict[str, str]] | None:
    """What became of what was planned before; None where the page did not ask."""
    if not attempt.form.said:
        return None
    return answered(planned_before(previous_report(attempt.subject)), attempt.form.said)


def _perform(
    request: PortalRequest,
    load: Callable[[], Report],
    act: Callable[[Attempt], Report],
    done: Callable[[Attempt, Report], HttpResponse],
    refused: Callable[[Attempt], HttpResponse],
) -> HttpResponse:
    """One act on a report. `refused` shows its page; after somebody else's act that is one page
    for all: the report as it is now, and what was typed beside it."""

    def show(attempt: Attempt) -> HttpResponse:
        return _overtaken(attempt) if attempt.conflict else refused(attempt)

    return acts.perform(
        request,
        load=load,
        form=lambda report: Written(request, report),
        act=act,
        done=done,
        show=show,
    )


def _show(
    request: PortalRequest, report: Report, *, status: int = 200, **more: Any
) -> HttpResponse:
    page = report_page(request.actor, report, **more)
    page["in_queue"] = request.GET.get("queue") == "1" or request.POST.get("queue") == "1"
    return render(request, "schedules/report_detail.html", page, status=status)


def _overtaken(attempt: Attempt) -> HttpResponse:
    request, report, typed = attempt.request, attempt.subject, attempt.form.typed
    if isinstance(attempt.error, StaleReport):
        page = report_page(request.actor, report, typed=typed, stale=attempt.error)
        part = "schedules/report_conflict.html" if is_by_script(request) else ""
        return render(request, part or "schedules/report_detail.html", page, status=409)
    if is_by_script(request):
        return JsonResponse({"message": attempt.conflict}, status=acts.INVALID)
    reasons = {**attempt.form.returned, **attempt.form.reopened}
    lost = unsaved(report, typed, reasons, attempt.form.replies, attempt.form.remark)
    if lost:
        return _show(request, report, status=attempt.status, error=attempt.error, unsaved=lost)
    messages.warning(request, attempt.conflict)  # a double click: nothing to save, the way on
    return redirect(report)


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

    def done(attempt: Attempt, saved: Report) -> HttpResponse:
        if is_by_script(request):
            now = timezone.localtime(saved.saved_at) if saved.saved_at else None
            return JsonResponse(
                {"saved_at": f"{now:%H:%M}" if now else "", "version": saved.revision}
            )
        if attempt.form.taken:
            return redirect(f"{saved.get_absolute_url()}#item-{attempt.form.taken}")
        return acts.said(request, "草稿已保存。", saved)

    return _perform(
        request,
        load=lambda: get_own_report(request.actor, pk, P.REPORT_DRAFT),
        act=_save,
        done=done,
        refused=lambda attempt: _show(
            request, attempt.subject, status=attempt.status, error=attempt.error
        ),
    )


def _save(attempt: Attempt) -> Report:
    form, actor = attempt.form, attempt.request.actor
    given: dict[str, Any] = {
        "report": attempt.subject,
        "revision": form.revision,
        "typed": form.typed,
        "replies": form.replies,
        "outcomes": _outcomes(attempt),
        "by": actor,
    }
    if form.record is not None:
        return evidence.take_over(item_key=form.taken, reference=form.record, **given)
    saved = reports.save_draft(**given)
    if form.dropped is not None:
        evidence.drop(report=saved, pk=form.dropped, by=actor)
    return saved


@needs(P.REPORT_SEND, methods=("POST",))
def report_submit(request: PortalRequest, pk: int) -> HttpResponse:
    """Sends the report, or what was returned of it. What was typed is kept whatever happens."""

    def load() -> Report:
        return get_own_report(request.actor, pk, P.REPORT_SEND)

    def refused(attempt: Attempt) -> HttpResponse:
        # Nothing of the sending was written; what was typed becomes the draft that it still is.
        return _perform(request, load, _save, lambda kept, saved: not_sent(attempt), not_sent)

    def not_sent(attempt: Attempt) -> HttpResponse:
        error = attempt.error
        why: dict[str, Any] = {"error": error}
        if isinstance(error, NotReady):
            why = {"found": error.findings}
        return _show(
            request,
            get_report(request.actor, pk),
            status=attempt.status,
            explanations=attempt.form.explanations,
            **why,
        )

    return _perform(
        request,
        load=load,
        act=lambda attempt: reports.submit(
            report=attempt.subject,
            revision=attempt.form.revision,
            typed=attempt.form.typed,
            explanations=attempt.form.explanations,
            replies=attempt.form.replies,
            outcomes=_outcomes(attempt),
            by=request.actor,
        ),
        done=lambda attempt, sent: acts.said(
            request,
            f"{sent.duty.title}已报送，由{sent.organization.parent or '上级'}核报。"
            f"{_still_to_come(sent)}",
            sent,
        ),
        refused=refused,
    )


def _still_to_come(report: Report) -> str:
    """What whoever has sent early is told of those below him."""
    below = unsent_below(report)
    if not below.count:
        return ""
    return f"下级还有 {below.count} 个未报，仍可照常报送，报来后不并入这一份。"


@needs(P.REPORT_CHECK, methods=("POST",))
def report_check(request: PortalRequest, pk: int) -> HttpResponse:
    """Accepts what is before the checker, but for the items he returns with a reason."""

    def done(attempt: Attempt, checked: Report) -> HttpResponse:
        returned = attempt.form.returned
        word = f"退回 {len(returned)} 项" if returned else "已通过"
        to: Any = checked
        if request.POST.get("queue") == "1":
            following = waiting(request.actor).first()
            to = reverse("schedules:report-queue")
            if following is not None:
                checking.begin(duty=following, by=request.actor)
                to = f"{fulfilment.url_of(following)}?queue=1"
        text = f"{checked.organization} {checked.duty.title}：{word}。"
        return acts.said(request, text, to)

    return _perform(
        request,
        load=lambda: get_report_below(request.actor, pk, P.REPORT_CHECK),
        act=lambda attempt: reports.check(
            report=attempt.subject,
            revision=attempt.form.revision,
            returned=attempt.form.returned,
            remark=attempt.form.remark,
            by=request.actor,
        ),
        done=done,
        refused=lambda attempt: _show(
            request,
            attempt.subject,
            status=attempt.status,
            error=attempt.error,
            reasons=attempt.form.returned,
            remark=attempt.form.remark,
        ),
    )


@needs(P.REPORT_SEND, methods=("POST",))
def report_withdraw(request: PortalRequest, pk: int) -> HttpResponse:
    """Takes the report back as long as nobody has begun to check it."""
    return _perform(
        request,
        load=lambda: get_own_report(request.actor, pk, P.REPORT_SEND),
        act=lambda attempt: checking.withdraw(
            report=attempt.subject, revision=attempt.form.revision, by=request.actor
        ),
        done=lambda attempt, report: acts.said(
            request, "已撤回，改好后请重新报送。报送时间以重新报送为准。", report
        ),
        refused=lambda attempt: _show(
            request, attempt.subject, status=attempt.status, error=attempt.error
        ),
    )


@needs(P.REPORT_CONFIRM, methods=("POST",))
def report_confirm(request: PortalRequest, pk: int) -> HttpResponse:
    """The second look."""
    return _perform(
        request,
        load=lambda: get_report(request.actor, pk, P.REPORT_CONFIRM),
        act=lambda attempt: reports.confirm(
            report=attempt.subject, revision=attempt.form.revision, by=request.actor
        ),
        done=lambda attempt, report: acts.said(request, "已复核。", report),
        refused=lambda attempt: _show(
            request, attempt.subject, status=attempt.status, error=attempt.error
        ),
    )


@needs(P.REPORT_REOPEN, methods=("POST",))
def report_reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """Opens accepted items again, with a reason that stays in the timeline."""
    return _perform(
        request,
        load=lambda: get_report_below(request.actor, pk, P.REPORT_REOPEN),
        act=lambda attempt: reports.reopen(
            report=attempt.subject,
            revision=attempt.form.revision,
            reasons=attempt.form.reopened,
            by=request.actor,
        ),
        done=lambda attempt, report: acts.said(
            request, f"已重新打开 {len(attempt.form.reopened)} 项，对方会收到消息。", report
        ),
        refused=lambda attempt: _show(
            request,
            attempt.subject,
            status=attempt.status,
            error=attempt.error,
            reopen_reason=attempt.form.reason,
            reopened=list(attempt.form.reopened),
            reopening=True,
        ),
    )


@needs(P.REPORT_DRAFT, P.REPORT_CHECK, methods=("GET", "HEAD"))
def report_versions(request: PortalRequest, pk: int) -> HttpResponse:
    """The report as it was saved and sent, one version against the one before."""
    report = get_report(request.actor, pk)
    path, about = report.organization.path, report.duty.as_thing
    writes_or_checks = (P.REPORT_DRAFT, P.REPORT_CHECK)
    if not any(request.actor.may_at(one, path, about=about) for one in writes_or_checks):
        raise Http404
    rows = report.versions.all()
    if not rights(request.actor, report).is_own:
        rows = rows.filter(is_submission=True)  # drafts are the writer's own
    versions = list(rows[:40])
    titles = {item.key: item for item in report.items.all()}
    specs = {spec["key"]: spec for spec in report.definition.items}
    pairs = []
    for index, version in enumerate(versions):
        before = versions[index + 1].values if index + 1 < len(versions) else {}
        sides = [
            (item.title, _words(item, before.get(key, {}), specs), _words(item, value, specs))
            for key, value in version.values.items()
            if (item := titles.get(key)) is not None
        ]
        pairs.append((version, [side for side in sides if side[1] != side[2]]))
    return render(request, "schedules/report_versions.html", {"report": report, "pairs": pairs})


def _words(item: ReportItem, value: Mapping[str, Any], specs: Mapping[str, Any]) -> str:
    if item.kind == ItemKind.FIGURES:
        return "\n".join(f"{row['label']} {row['value']}" for row in value.get("figures", []))
    return plain_text(item.kind, value, specs.get(item.key))
