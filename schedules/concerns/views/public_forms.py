"""The office's side of the public form: the switch and its words, bodies of other matters, what is dropped."""

import uuid

from django.http import HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_body, get_handled
from ..actions import filings, public_forms
from ..forms.filings import BodyForm, DropForm, PublicFormForm
from ..models import Concern, OtherBody
from ..queries.filings import bodies, public_form

FORM = ("GET", "HEAD", "POST")
_WORDS = ("is_on", "introduction", "emergency_words", "subject_words", "revision")
_BODY = ("name", "words", "phone", "address", "is_used", "revision")


@needs(P.CONCERN_RULES, methods=FORM)
def form_edit(request: PortalRequest) -> HttpResponse:
    """Whether the public form is on, its words, and the bodies of other matters. A fixed number of
    queries."""
    return acts.perform(
        request,
        load=public_form,
        form=lambda row: PublicFormForm(
            acts.typed(request), initial={name: getattr(row, name) for name in _WORDS}
        ),
        act=lambda attempt: public_forms.edit(by=request.actor, **attempt.given),
        done=lambda attempt, row: acts.said(
            request, "已保存，表单现在开放。" if row.is_on else "已保存，表单没有开放。", row
        ),
        show=lambda attempt: attempt.page(
            "concerns/form_edit.html",
            row=attempt.subject,
            bodies=list(bodies()),
            conflict=attempt.conflict,
        ),
    )


@needs(P.CONCERN_RULES, methods=FORM)
def body_create(request: PortalRequest) -> HttpResponse:
    """A new body of other matters."""

    def act(attempt: acts.Attempt[None, BodyForm]) -> OtherBody:
        given = dict(attempt.given)
        given.pop("revision")
        return public_forms.create_body(by=request.actor, **given)

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: BodyForm(acts.typed(request)),
        act=act,
        done=lambda attempt, body: acts.said(request, f"已新增“{body}”。", "concerns:form-edit"),
        show=lambda attempt: attempt.page("concerns/body_edit.html", body=None),
    )


@needs(P.CONCERN_RULES, methods=FORM)
def body_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Other words, phone or address of a body."""
    return acts.perform(
        request,
        load=lambda: get_body(pk),
        form=lambda body: BodyForm(
            acts.typed(request), initial={name: getattr(body, name) for name in _BODY}
        ),
        act=lambda attempt: public_forms.edit_body(
            body=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, body: acts.said(request, "已保存。", "concerns:form-edit"),
        show=lambda attempt: attempt.page(
            "concerns/body_edit.html", body=attempt.subject, conflict=attempt.conflict
        ),
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def concern_drop(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What came by the public form is no concern: ended with a reason that the resident reads."""

    def load() -> Concern:
        concern = get_handled(request.actor, uid, P.CONCERN_ASSIGN)
        if request.method != "POST":
            Concern.machine.expect(concern, "drop")
        return concern

    return acts.perform(
        request,
        load=load,
        form=lambda concern: DropForm.of(acts.typed(request), concern),
        act=lambda attempt: filings.drop(
            concern=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, concern: acts.said(request, "已结束，群众查询时看得到理由。", concern),
        show=lambda attempt: attempt.page(
            "concerns/concern_drop.html", concern=attempt.subject, conflict=attempt.conflict
        ),
    )
