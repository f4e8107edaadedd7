"""Categories of concerns: time limits and templates, kept by the office."""

from django.http import HttpResponse
from django.shortcuts import render

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_kind
from ..actions import kinds
from ..forms import KindForm
from ..models import ConcernKind
from ..rules import URGENT_HOURS, WORKING_DAYS

FORM = ("GET", "HEAD", "POST")


@needs(P.CONCERN_RULES, methods=("GET", "HEAD"))
def kind_list(request: PortalRequest) -> HttpResponse:
    """All categories. One query."""
    context = {
        "rows": ConcernKind.objects.all(),
        "hours": URGENT_HOURS,
        "days": WORKING_DAYS,
    }
    return render(request, "concerns/kind_list.html", context)


@needs(P.CONCERN_RULES, methods=FORM)
def kind_create(request: PortalRequest) -> HttpResponse:
    """A new category."""

    def act(attempt: acts.Attempt[None, KindForm]) -> ConcernKind:
        given = dict(attempt.given)
        given.pop("revision")
        return kinds.create(by=request.actor, **given)

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: KindForm(acts.typed(request)),
        act=act,
        done=lambda attempt, kind: acts.said(request, f"已新增“{kind}”。", "concerns:kind-list"),
        show=lambda attempt: attempt.page("concerns/kind_edit.html", kind=None),
    )


@needs(P.CONCERN_RULES, methods=FORM)
def kind_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Another name, limit or template."""
    names = ("name", "hours", "days", "template", "is_used", "revision")
    return acts.perform(
        request,
        load=lambda: get_kind(pk),
        form=lambda kind: KindForm(
            acts.typed(request), initial={name: getattr(kind, name) for name in names}
        ),
        act=lambda attempt: kinds.edit(kind=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, kind: acts.said(request, "已保存。", "concerns:kind-list"),
        show=lambda attempt: attempt.page(
            "concerns/kind_edit.html", kind=attempt.subject, conflict=attempt.conflict
        ),
    )
