"""The filters of a member list, read from the address; the list and the export share them."""

from dataclasses import dataclass

from django.http import Http404

from core.http import PortalRequest
from orgs.models import Organization

from ..forms import MemberFilterForm
from ..queries.places import nearby
from ..queries.roster import MemberFilters, is_personal_number


@dataclass(frozen=True, slots=True)
class Narrowed:
    """The form to show and what it narrows to."""

    form: MemberFilterForm
    filters: MemberFilters
    has_number: bool  # an identity or phone number was typed, which is not searched for here


def narrowed(request: PortalRequest) -> Narrowed:
    """Reads the filters of the address. At most two queries.

    Raises Http404 for an organisation outside the scope.
    """
    actor = request.actor
    given = request.GET.copy()
    if given.get("mobile") == "1":
        given["presence"] = "mobile"
    organization = None
    if given.get("organization"):
        organization = _organization(request, str(given["organization"]))
    has_number = is_personal_number(given.get("q", ""))
    if has_number:
        # Neither searched for nor shown again.
        given["q"] = ""
    form = MemberFilterForm(given, places=nearby(actor, organization))
    return Narrowed(form, form.filters(organization, given.get("sort", "")), has_number)


def _organization(request: PortalRequest, text: str) -> Organization:
    if not (text.isascii() and text.isdigit()):
        raise Http404
    found = Organization.objects.visible_to(request.actor).filter(pk=int(text[:30])).first()
    if found is None:
        raise Http404
    return found
