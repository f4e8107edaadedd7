"""The criteria by which an organisation counts as weak."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..access import get_criterion
from ..actions import criteria
from ..forms import CriterionForm
from ..models import Criterion

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")


@needs(P.WEAK_CASE_VIEW, methods=READ)
def criterion_list(request: PortalRequest) -> HttpResponse:
    """All criteria with their documents, and from when to when they hold. One query."""
    today = clock.today()
    context = {
        "rows": [
            (one, _standing(one, today)) for one in Criterion.objects.visible_to(request.actor)
        ],
        "may_edit": request.actor.may(P.WEAK_CASE_HOLD),
    }
    return render(request, "weak_cases/criterion_list.html", context)


def _standing(one: Criterion, today: dt.date) -> tuple[str, str]:
    if one.in_force_from > today:
        return "还没起用", "mute"
    if one.in_force_to is not None and one.in_force_to < today:
        return "已停用", "mute"
    return "在用", "ok"


@needs(P.WEAK_CASE_HOLD, methods=FORM)
def criterion_create(request: PortalRequest) -> HttpResponse:
    """A criterion is added."""
    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: CriterionForm(
            acts.typed(request), initial={"in_force_from": clock.today()}
        ),
        act=lambda attempt: criteria.create(given=attempt.form.given(), by=request.actor),
        done=lambda attempt, row: acts.said(request, "标准已加上。", "weak_cases:criterion-list"),
        show=lambda attempt: attempt.page(
            "weak_cases/criterion_edit.html", criterion=None, conflict=attempt.conflict
        ),
    )


@needs(P.WEAK_CASE_HOLD, methods=FORM)
def criterion_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """A criterion is changed, or ended by a day."""

    def show(attempt: acts.Attempt[Criterion, CriterionForm]) -> HttpResponse:
        different = []
        if attempt.conflict and attempt.form.is_bound and hasattr(attempt.form, "cleaned_data"):
            different = acts.differences(attempt.form, CriterionForm.values_of(attempt.subject))
        return attempt.page(
            "weak_cases/criterion_edit.html",
            criterion=attempt.subject,
            conflict=attempt.conflict,
            different=different,
        )

    return acts.perform(
        request,
        load=lambda: get_criterion(request.actor, pk),
        form=lambda row: CriterionForm(acts.typed(request), initial=CriterionForm.values_of(row)),
        act=lambda attempt: criteria.edit(
            criterion=attempt.subject,
            given=attempt.form.given(),
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, row: acts.said(request, "已保存。", "weak_cases:criterion-list"),
        show=show,
    )
