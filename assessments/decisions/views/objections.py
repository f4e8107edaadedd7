"""异议: raised by the assessed, checked again by another, answered, and the correction confirmed."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from assessments.cycles.access import decides, holds
from assessments.cycles.forms.marks import Line
from core import acts, clock, periods, uploads
from core import attachments as files
from core.guards import needs, signed_in
from core.http import PortalRequest
from orgs.permissions import Permission as P
from schedules.rounds.evidence import offered, reference_of, with_addresses
from schedules.rounds.queries.calendar import load

from .. import words
from ..access import (
    checks,
    get_attachment,
    get_decided,
    get_evidence,
    get_held,
    get_named,
    get_objection,
    get_own_assessed,
    get_raised,
    is_own,
)
from ..actions import objections
from ..enums import ObjectionState
from ..forms.objections import AnswerForm, NameForm, RaiseForm, ReasonForm
from ..models import Objection, ObjectionAttachment, ObjectionEvidence
from ..queries.people import candidates
from ..queries.rechecking import indicators_of, listed, now_of
from ..queries.windows import window_of

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
Attempt = acts.Attempt[Any, Any]


@needs(P.ASSESSMENT_VIEW, methods=READ)
def objection_list(request: PortalRequest) -> HttpResponse:
    """Objections of the own organisation, of the cycles that the actor holds or decides on, and those
    that he checks again. Three queries."""
    today = clock.today()
    rows = [
        {"row": one, "is_late": one.is_open and one.due_on < today} for one in listed(request.actor)
    ]
    return render(request, "decisions/objection_list.html", {"rows": rows})


@needs(P.ASSESSMENT_ANSWER, methods=FORM)
def objection_create(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Holds something against the own result, while that is possible."""
    return acts.perform(
        request,
        load=lambda: get_own_assessed(request.actor, uid),
        form=lambda one: RaiseForm(
            acts.typed(request),
            indicators=indicators_of(one),
            initial={"indicator": request.GET.get("indicator", "")},
        ),
        act=lambda attempt: objections.raise_objection(
            assessed=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "异议已提出。有佐证的，请在下面添加。", row),
        show=lambda attempt: attempt.page(
            "decisions/objection_create.html",
            assessed=attempt.subject,
            conflict=attempt.conflict,
            window=window_of(attempt.subject.cycle, load()),
        ),
    )


@signed_in(*READ)
def objection(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One objection with what shows it, how far it is, and what the actor can do. Twenty queries."""
    return _page(request, get_objection(request.actor, uid))


def _page(request: PortalRequest, row: Objection, attempt: Attempt | None = None) -> HttpResponse:
    actor, cycle = request.actor, row.assessed.cycle
    if attempt is not None:
        row = attempt.subject
    machine = Objection.machine
    own = is_own(actor, row)
    may_add = own and row.state in objections.ADDED_TO
    may_name = holds(actor, cycle) and machine.may(row, "name")
    may_decide = decides(actor, cycle) and machine.may(row, "confirm")
    is_work = holds(actor, cycle) or decides(actor, cycle)
    revision = {"revision": row.revision}
    shown: dict[str, Any] = {
        "withdraw_form": ReasonForm(initial=revision),
        "return_form": ReasonForm(initial=revision),
        "name_form": _name_form(None, row) if may_name else None,
    }
    status = 200
    if attempt is not None:
        status = attempt.status
        shown[attempt.form.name_on_page] = attempt.form
        shown |= {"form": attempt.form, "refusal": attempt.conflict}
        typed = attempt.form["reason"].value() if "reason" in attempt.form.fields else ""
        shown["kept"] = [typed] if attempt.conflict and typed else []
    about = row.corrected or row.indicator
    now = now_of(row.assessed, about) if about and not (own and not is_work) else None
    first = periods.first_day(cycle.period)
    context = {
        "row": row,
        "cycle": cycle,
        "is_own": own,
        "is_work": is_work,
        "is_mine": checks(actor, row),
        "is_late": row.is_open and row.due_on < clock.today(),
        "now": now,
        "facts": [words.facts_words(one) for one in row.facts.values()],
        "corrected": words.correction_words(
            row.correction.old_total,
            row.correction.new_total,
            row.correction.old_grade,
            row.correction.new_grade,
        )
        if row.correction
        else "",
        "may_add": may_add,
        "may_withdraw": own and machine.may(row, "withdraw"),
        "may_name": may_name,
        "may_answer": checks(actor, row) and machine.may(row, "reject"),
        "may_decide": may_decide and row.rechecker_id not in actor.persons,
        "files": [
            uploads.listed(
                one,
                opens="decisions:attachment-open",
                removes="decisions:attachment-remove" if may_add else "",
            )
            for one in ObjectionAttachment.objects.filter(objection=row, state="ready")
        ],
        "evidence": with_addresses(actor, ObjectionEvidence.objects.filter(objection=row)),
        "citable": offered(actor, row.assessed.organization, first, periods.last_day(cycle.period))
        if may_add
        else [],
        **shown,
    }
    return render(request, "decisions/objection.html", context, status=status)


def _name_form(typed: Any, row: Objection) -> NameForm:
    people = [(one.user_id, f"{one.name}（{one.unit}）") for one in candidates(row.assessed)]
    form = NameForm(
        typed,
        people=people,
        initial={"revision": row.revision, "user_id": row.rechecker_id},
    )
    form.name_on_page = "name_form"  # type: ignore[attr-defined]
    return form


def _reason_form(typed: Any, name: str) -> ReasonForm:
    form = ReasonForm(typed)
    form.name_on_page = name  # type: ignore[attr-defined]
    return form


def _back(uid: uuid.UUID) -> str:
    return reverse("decisions:objection", args=[uid])


@needs(P.ASSESSMENT_ANSWER, methods=ACT)
def objection_withdraw(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes one's own objection back."""
    return acts.perform(
        request,
        load=lambda: get_raised(request.actor, uid),
        form=lambda row: _reason_form(request.POST, "withdraw_form"),
        act=lambda attempt: objections.withdraw(
            objection=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "异议已撤回。", row),
        show=lambda attempt: _page(request, attempt.subject, attempt),
    )


@needs(P.ASSESSMENT_RUN, methods=ACT)
def objection_name(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Names who checks it again."""
    return acts.perform(
        request,
        load=lambda: get_held(request.actor, uid),
        form=lambda row: _name_form(request.POST, row),
        act=lambda attempt: objections.name_rechecker(
            objection=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(
            request, f"已指定{row.rechecker_name}复核，本人已收到消息。", row
        ),
        show=lambda attempt: _page(request, attempt.subject, attempt),
    )


@signed_in(*FORM)
def objection_answer(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What the re-check found, by who was named; `indicator` says which one is corrected, where the
    objection is about the whole."""

    def about(row: Objection) -> str:
        return row.indicator or request.GET.get("indicator", "")

    def form(row: Objection) -> AnswerForm:
        found = now_of(row.assessed, about(row))
        lines = []
        if found is not None and found.leaf is not None:
            lines = [
                Line(
                    row.assessed_id,
                    row.assessed.short_name,
                    number,
                    rule,
                    str(found.leaf.node["full"]),
                    found.facts[number] if number < len(found.facts) else None,
                    found.reason,
                )
                for number, rule in enumerate(found.leaf.node.get("rules", ()))
            ]
        return AnswerForm(acts.typed(request), lines=lines, initial={"revision": row.revision})

    def act(attempt: Attempt) -> Objection:
        given, form = attempt.given, attempt.form
        said = given["answer"]
        if form.whys:
            said = f"{said.rstrip('。')}。依据：{'；'.join(dict.fromkeys(form.whys))}"
        return objections.answer(
            objection=attempt.subject,
            revision=given.get("revision") or 0,
            outcome=given["outcome"],
            answer=said,
            indicator=about(attempt.subject),
            facts=form.facts,
            by=request.actor,
        )

    def done(attempt: Attempt, row: Objection) -> HttpResponse:
        text = "已答复，该单位已收到消息。"
        if row.state == ObjectionState.PROPOSED:
            text = "复核意见已提交，由审定的一方另一人批准更正。"
        return acts.said(request, text, row)

    def show(attempt: Attempt) -> HttpResponse:
        row = attempt.subject
        if request.method != "POST" and not Objection.machine.may(row, "reject"):
            return redirect(row)
        found = now_of(row.assessed, about(row))
        return attempt.page(
            "decisions/objection_answer.html",
            row=row,
            cycle=row.assessed.cycle,
            conflict=attempt.conflict,
            now=found,
            about=about(row),
            indicators=[] if row.indicator else indicators_of(row.assessed),
            evidence=with_addresses(request.actor, ObjectionEvidence.objects.filter(objection=row)),
            files=[
                uploads.listed(one, opens="decisions:attachment-open")
                for one in ObjectionAttachment.objects.filter(objection=row, state="ready")
            ],
            lines=[
                {
                    "boxes": attempt.form.boxes(line),
                    "why": attempt.form.why(line),
                    "words": found.item.rules[at].words
                    if found is not None and found.item is not None
                    else "",
                }
                for at, line in enumerate(attempt.form.lines)
            ],
        )

    return acts.perform(
        request,
        load=lambda: get_named(request.actor, uid),
        form=form,
        act=act,
        done=done,
        show=show,
    )


@needs(P.ASSESSMENT_DECIDE, methods=ACT)
def objection_confirm(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Has the result corrected, after it was said what that means."""

    def ask(row: Objection) -> acts.Question:
        lines = [
            f"{row.assessed.name}，{periods.label(row.assessed.cycle.period)}考核：更正"
            f"“{_name_of(row)}”的事实为 {'；'.join(words.facts_words(one) for one in row.facts.values())}",
            "得分、等次和年度账户按更正后的算；其他单位的得分、等次和位次不变",
            "原来的结果带校验码保留，两个结果都可以核对",
            "更正不能撤回",
        ]
        return acts.Question("批准更正", lines, "批准更正", f"{row.revision}")

    return acts.press(
        request,
        load=lambda: get_decided(request.actor, uid),
        act=lambda row: objections.confirm(objection=row, revision=row.revision, by=request.actor),
        done=lambda row, result: acts.said(request, "结果已更正，该单位已收到消息。", row),
        ask=ask,
        back=lambda row: row,
    )


def _name_of(row: Objection) -> str:
    return dict(indicators_of(row.assessed)).get(row.corrected, str(row))


@needs(P.ASSESSMENT_DECIDE, methods=ACT)
def objection_return(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Has it checked once more."""
    return acts.perform(
        request,
        load=lambda: get_decided(request.actor, uid),
        form=lambda row: _reason_form(request.POST, "return_form"),
        act=lambda attempt: objections.send_back(
            objection=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "已退回复核。", row),
        show=lambda attempt: _page(request, attempt.subject, attempt),
    )


# --- what shows it -------------------------------------------------------------------------------


def _files(uid: uuid.UUID) -> HttpResponse:
    return redirect(f"{_back(uid)}#files")


@needs(P.ASSESSMENT_ANSWER, methods=ACT)
def attachment_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Adds the files chosen; each is an act of its own."""
    get_raised(request.actor, uid)  # whose files nobody may add, none is read
    uploads.take(
        request,
        lambda file: acts.carry_out(
            lambda: get_raised(request.actor, uid),
            lambda row: file,
            lambda row, file: objections.attach(objection=row, file=file, by=request.actor),
        ),
    )
    return _files(uid)


@signed_in(*READ)
def attachment_open(request: PortalRequest, uid: uuid.UUID) -> FileResponse:
    """The file, if the objection is the actor's to see."""
    return files.serve(get_attachment(request.actor, uid))


def _page_of_file(uid: uuid.UUID) -> str:
    found = ObjectionAttachment.objects.filter(uid=uid).values_list("objection__uid", flat=True)
    one = found.first()
    return _back(one) if one else "/"


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page_of_file)
def attachment_remove(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Takes a file away before the objection is answered."""

    def load() -> ObjectionAttachment:
        row = get_attachment(request.actor, uid)
        if not is_own(request.actor, row.objection):
            raise Http404
        return row

    return acts.press(
        request,
        load=load,
        act=lambda row: objections.remove(attachment=row, by=request.actor),
        done=lambda row, nothing: _files(row.objection.uid),
    )


@needs(P.ASSESSMENT_ANSWER, methods=ACT)
def evidence_add(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Refers to a record that is there already, in place of a file."""
    get_raised(request.actor, uid)
    reference = reference_of(request.POST.get("evidence", ""))
    if reference is None:
        messages.error(request, "请先选一份记录。", extra_tags="files")
        return _files(uid)
    return acts.press(
        request,
        load=lambda: get_raised(request.actor, uid),
        act=lambda row: objections.cite(objection=row, reference=reference, by=request.actor),
        done=lambda row, made: _files(row.uid),
    )


def _page_of_evidence(pk: int) -> str:
    found = ObjectionEvidence.objects.filter(pk=pk).values_list("objection__uid", flat=True)
    one = found.first()
    return _back(one) if one else "/"


@needs(P.ASSESSMENT_ANSWER, methods=ACT, page=_page_of_evidence)
def evidence_remove(request: PortalRequest, pk: int) -> HttpResponse:
    """Refers to the record no more, before the objection is answered."""

    def load() -> ObjectionEvidence:
        row = get_evidence(request.actor, pk)
        if not is_own(request.actor, row.objection):
            raise Http404
        return row

    return acts.press(
        request,
        load=load,
        act=lambda row: objections.drop(evidence=row, by=request.actor),
        done=lambda row, nothing: _files(row.objection.uid),
    )
