"""What the address of a page about a plan asks for, checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404

from core import periods
from core.http import PortalRequest
from core.text import whole_number
from orgs.access import get_organization
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..models import Plan
from ..queries.duties import Opened, opened_periods
from ..queries.plans import plan_address, plans_offered


@dataclass(frozen=True, slots=True)
class Choice:
    """A node and a plan, with the periods that there are."""

    node: Organization
    plans: list[Plan]
    plan: Plan
    opened: Opened
    period: str | None

    @property
    def address(self) -> dict[str, object]:
        """The parameters that lead here again; the plan only where it is not the first."""
        values: dict[str, object] = {"organization": self.node.pk}
        if self.period:
            values["period"] = self.period
        return values | plan_address(self.plan, self.plans)

    @property
    def query(self) -> str:
        """The same as text, after the question mark."""
        return urlencode(self.address)


def chosen_organization(request: PortalRequest, permission: P = P.REPORT_VIEW) -> Organization:
    """The organisation in the address or the form, else the actor's own. 404 outside the scope."""
    given = request.POST.get("organization") or request.GET.get("organization") or ""
    node = (whole_number(given) if given else request.actor.organization_id) or 0
    # Whatever is chosen here shows sums of all that stands below.
    return get_organization(request.actor, node, permission, whole=True)


def chosen_plan(request: PortalRequest) -> tuple[Plan | None, list[Plan]]:
    """The plan in the address or the form, else the first; and all of them. Raises Http404 for one
    that does not exist; None where there is no plan at all. One query."""
    plans = plans_offered()
    return plan_among(request, plans), plans


def plan_among(request: PortalRequest, plans: Sequence[Plan]) -> Plan | None:
    """The one of the plans that the address or the form names, else the first. Raises Http404 for
    one that is not among them; None where there are none. No query."""
    key = request.POST.get("plan") or request.GET.get("plan") or ""
    if not key:
        return plans[0] if plans else None
    plan = next((one for one in plans if one.key == key), None)
    if plan is None:
        raise Http404
    return plan


def given_period(request: PortalRequest, plan: Plan) -> str:
    """The period in the address or the form; empty when there is none. Raises Http404 when it is
    no period of the plan's kind."""
    given = request.POST.get("period") or request.GET.get("period") or ""
    if given and not (periods.is_period(given) and periods.cadence_of(given) == plan.cadence):
        raise Http404
    return given


def chosen(request: PortalRequest, permission: P = P.REPORT_VIEW) -> Choice | None:
    """Node, plan and period of the address, by default the newest period that is over. None where
    there is no plan yet. Three queries."""
    node = chosen_organization(request, permission)
    plan, plans = chosen_plan(request)
    if plan is None:
        return None
    given = given_period(request, plan)
    opened = opened_periods(plan, node)
    return Choice(node, plans, plan, opened, given or opened.shown_first)


def chosen_or_404(request: PortalRequest, permission: P = P.REPORT_VIEW) -> tuple[Choice, str]:
    """The same for pages that need a period. Raises Http404 where nothing was opened."""
    found = chosen(request, permission)
    if found is None or found.period is None:
        raise Http404
    return found, found.period
