"""Reply templates: which there are where one works, and those that one keeps."""

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_place, get_template
from ..actions import templates
from ..forms import TemplateForm
from ..queries.practices import templates_of

FORM = ("GET", "HEAD", "POST")
_NAMES = ("title", "text", "is_used", "revision")


@needs(P.CONCERN_ASSIGN, methods=("GET", "HEAD"))
def template_list(request: PortalRequest) -> HttpResponse:
    """Those kept here, below, and above. One query."""
    actor = request.actor
    rows = [
        (row, actor.may_at(P.CONCERN_ASSIGN, row.organization.path)) for row in templates_of(actor)
    ]
    return render(request, "concerns/template_list.html", {"rows": rows})


@needs(P.CONCERN_ASSIGN, methods=FORM)
def template_create(request: PortalRequest) -> HttpResponse:
    """A new template, for the organisation one works for and all below it."""

    def act(attempt: acts.Attempt) -> object:  # type: ignore[type-arg]
        given = dict(attempt.given)
        given.pop("revision")
        return templates.create(organization=attempt.subject, by=request.actor, **given)

    return acts.perform(
        request,
        load=lambda: get_place(request.actor, P.CONCERN_ASSIGN),
        form=lambda place: TemplateForm(acts.typed(request)),
        act=act,
        done=lambda attempt, row: acts.said(request, f"已新增“{row}”。", "concerns:template-list"),
        show=lambda attempt: attempt.page(
            "concerns/template_edit.html", row=None, place=attempt.subject
        ),
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def template_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Other words, another category, or offered no longer."""
    return acts.perform(
        request,
        load=lambda: get_template(request.actor, pk),
        form=lambda row: TemplateForm(
            acts.typed(request),
            initial={"kind": row.kind_id, **{name: getattr(row, name) for name in _NAMES}},
        ),
        act=lambda attempt: templates.edit(
            template=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, row: acts.said(request, "已保存。", "concerns:template-list"),
        show=lambda attempt: attempt.page(
            "concerns/template_edit.html",
            row=attempt.subject,
            place=attempt.subject.organization,
            conflict=attempt.conflict,
        ),
    )
