"""Posts of an organisation: taken up, left, put right."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest

from ..access import get_organization
from ..actions import offices
from ..forms.organizations import OfficeCorrectForm, OfficeEndForm, OfficeForm
from ..models import OfficeHolding, Organization, RoleGrant
from ..permissions import Permission as P
from ..queries.offices import mark_of
from ..roles import answers

FORM = ("GET", "HEAD", "POST")
SHOWN = ("post", "person_name", "started_on", "ended_on", "appointment", "document_number")


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def office_create(request: PortalRequest, pk: int) -> HttpResponse:
    """任职."""

    def done(attempt: acts.Attempt[Organization, OfficeForm], made: OfficeHolding) -> HttpResponse:
        wanted = answers(attempt.subject.kind, made.post)
        account = "，还没有账号" if wanted else ""
        if made.user:
            account = f"，已关联账号 {made.user.username}"
        text = (
            f"已登记任职：{attempt.subject}{made.get_post_display()}{made.person_name}{account}。"
        )
        return acts.said(request, text, attempt.subject)

    return acts.perform(
        request,
        load=lambda: get_organization(request.actor, pk, P.ORGANIZATION_EDIT),
        form=lambda organization: OfficeForm(acts.typed(request)),
        act=lambda attempt: offices.take_up(
            organization=attempt.subject, by=request.actor, **attempt.given
        ),
        done=done,
        show=lambda attempt: attempt.page(
            "orgs/organization_act.html", title="登记任职", organization=attempt.subject
        ),
    )


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def office_end(request: PortalRequest, pk: int) -> HttpResponse:
    """免职."""
    holding = _holding(request, pk)
    return acts.perform(
        request,
        load=lambda: get_organization(request.actor, holding.organization_id, P.ORGANIZATION_EDIT),
        form=lambda organization: OfficeEndForm(
            acts.typed(request), initial={"ended_on": clock.today()}
        ),
        act=lambda attempt: offices.leave(holding=holding, by=request.actor, **attempt.given),
        done=lambda attempt, ended: acts.said(
            request,
            f"已登记免职：{attempt.subject}{holding.get_post_display()}{holding.person_name}。"
            f"{_over(ended)}",
            attempt.subject,
        ),
        show=lambda attempt: attempt.page(
            "orgs/organization_act.html",
            title=f"登记免职：{holding.person_name}（{holding.get_post_display()}）",
            organization=attempt.subject,
        ),
    )


@needs(P.ORGANIZATION_EDIT, methods=FORM)
def office_correct(request: PortalRequest, pk: int) -> HttpResponse:
    """更正: a typing error in what was entered about an office."""

    def show(attempt: acts.Attempt[OfficeHolding, OfficeCorrectForm]) -> HttpResponse:
        holding = attempt.subject
        stored = {name: getattr(holding, name) for name in SHOWN}
        return attempt.page(
            "orgs/office_correct.html",
            holding=holding,
            organization=holding.organization,
            seen=mark_of(holding),
            differences=acts.differences(attempt.form, stored) if attempt.conflict else [],
        )

    return acts.perform(
        request,
        load=lambda: _holding(request, pk),
        form=lambda holding: OfficeCorrectForm(
            acts.typed(request),
            initial={name: getattr(holding, name) for name in SHOWN},
            is_over=holding.ended_on is not None,
        ),
        act=lambda attempt: offices.correct(
            holding=attempt.subject,
            by=request.actor,
            seen=request.POST.get("seen"),
            **attempt.given,
        ),
        done=lambda attempt, ended: acts.said(
            request, f"已更正。{_over(ended)}", attempt.subject.organization
        ),
        show=show,
    )


def _holding(request: PortalRequest, pk: int) -> OfficeHolding:
    """The office, if the actor keeps its organisation. Raises Http404."""
    holding = OfficeHolding.objects.select_related("user").filter(pk=pk).first()
    if holding is None:
        raise Http404
    holding.organization = get_organization(
        request.actor, holding.organization_id, P.ORGANIZATION_EDIT
    )
    return holding


def _over(ended: Sequence[RoleGrant]) -> str:
    """What became of the grants, for the message."""
    if not ended:
        return ""
    names = "、".join(f"{grant.user.name}的{grant.role_class.label}授权" for grant in ended)
    return f"{names}同时结束。"
