"""The page of 指名与回避 of an organisation: who is named there and who keeps out."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest

from .. import relations
from ..access import get_organization
from ..actions import namings
from ..forms.namings import NamingForm
from ..models import NamedRight, Organization
from ..permissions import Permission as P
from ..queries.namings import here
from ..relations import Relation

# What relations are named with: one that is named with another permission adds it.
NAMERS = (P.REPORT_REMIND, P.ASSESSMENT_RUN)


@dataclass(frozen=True, slots=True)
class Place:
    """An organisation, and what the actor may name people for there."""

    organization: Organization
    relations: list[Relation]


def _place(request: PortalRequest, pk: int) -> Place:
    """Raises Http404 where the actor may name nobody."""
    organization = get_organization(request.actor, pk, P.ORGANIZATION_VIEW)
    found = [
        one
        for one in relations.registered().values()
        if relations.may_name(request.actor, one, organization)
    ]
    if not found or organization.abolished_on is not None:
        raise Http404
    return Place(organization, found)


@needs(*NAMERS, methods=("GET", "HEAD", "POST"))
def organization_namings(request: PortalRequest, pk: int) -> HttpResponse:
    """Who is named for the organisation and who keeps out of it, now or later; names another."""

    def show(attempt: acts.Attempt[Place, NamingForm]) -> HttpResponse:
        organization, today = attempt.subject.organization, clock.today()
        labels = {one.key: one.label for one in relations.registered().values()}
        rows = [
            {
                "right": right,
                "relation": labels.get(right.relation, ""),
                "is_coming": right.valid_from > today,
                "is_own": right.user_id == request.actor.user_id,
            }
            for right in here(organization)
        ]
        return attempt.page("orgs/organization_namings.html", organization=organization, rows=rows)

    return acts.perform(
        request,
        load=lambda: _place(request, pk),
        form=lambda place: NamingForm(
            acts.typed(request), relations=place.relations, initial={"first": clock.today()}
        ),
        act=lambda attempt: namings.name(by=request.actor, organization_id=pk, **attempt.given),
        done=lambda attempt, right: acts.said(
            request,
            f"已登记：{right.user.name}{right.word}。",
            "orgs:organization-namings",
            pk=pk,
        ),
        show=show,
    )


def _page_of_right(pk: int) -> str:
    found = NamedRight.objects.filter(pk=pk).values_list("organization_id", flat=True).first()
    return reverse("orgs:organization-namings", args=[found]) if found else "/"


@needs(*NAMERS, methods=("POST",), page=_page_of_right)
def naming_end(request: PortalRequest, pk: int) -> HttpResponse:
    """Ends a naming or a recusal as of today."""

    def load() -> NamedRight:
        right = get_object_or_404(NamedRight, pk=pk)
        place = _place(request, right.organization_id)
        if right.relation not in {one.key for one in place.relations}:
            raise Http404
        return right

    return acts.press(
        request,
        load=load,
        act=lambda right: namings.end(by=request.actor, right_id=right.pk),
        done=lambda right, ended: acts.said(
            request,
            f"{ended.user.name}的{ended.word}已结束。",
            "orgs:organization-namings",
            pk=right.organization_id,
        ),
    )
