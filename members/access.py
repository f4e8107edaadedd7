"""Loading members for those who may see them."""

from dataclasses import dataclass

from django.http import Http404, QueryDict

from core.actor import Actor
from core.text import whole_number
from orgs.forms.organizations import query_of
from orgs.models import Organization
from orgs.permissions import Permission

from .forms import MemberFilterForm
from .models import Member
from .queries.places import nearby
from .queries.roster import MemberFilters, is_personal_number


def get_member(actor: Actor, pk: int, permission: Permission) -> Member:
    """The member `pk` with his organisation, if the actor may do `permission` there. One query.

    Raises Http404 when he is outside the actor's scope or does not exist.
    """
    if not actor.may(permission):
        raise Http404
    member = (
        Member.objects.visible_to(actor, permission)
        .select_related("organization", "organization__parent")
        .filter(pk=pk)
        .first()
    )
    if member is None:
        raise Http404
    return member


def may_export(actor: Actor) -> bool:
    """Whether the actor may take the list with him, masked. Never in somebody else's place: whoever
    is lent a right looks, and takes nothing away."""
    return actor.may(Permission.MEMBER_VIEW) and actor.principal_id is None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The form to show and what it narrows to."""

    form: MemberFilterForm
    filters: MemberFilters
    has_number: bool  # an identity or phone number was typed, which is not searched for here
    query: str  # of an address that narrows so: without such a number, or what was not understood


def narrowed(actor: Actor, asked: QueryDict) -> Narrowed:
    """Reads the filters of a list's address. At most two queries.

    Raises Http404 for an organisation outside the scope.
    """
    given = asked.copy()
    if given.get("mobile") == "1":
        given["presence"] = "mobile"
    organization = None
    if given.get("organization"):
        organization = _organization(actor, str(given["organization"]))
    has_number = is_personal_number(given.get("q", ""))
    if has_number:
        # Neither searched for nor shown again.
        given["q"] = ""
    form = MemberFilterForm(given, places=nearby(actor, organization))
    filters = form.filters(organization, given.get("sort", ""))
    query = query_of(form, organization=organization and organization.pk, sort=filters.sort)
    return Narrowed(form, filters, has_number, query)


def _organization(actor: Actor, text: str) -> Organization:
    found = Organization.objects.visible_to(actor).filter(pk=whole_number(text) or 0).first()
    if found is None:
        raise Http404
    return found
