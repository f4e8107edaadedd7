"""减负自查: the rules of the house and how they are kept, for everybody signed in. Nothing hides it."""

from django.http import HttpResponse
from django.shortcuts import render

from core.guards import signed_in
from core.http import PortalRequest
from orgs.permissions import Permission as P

from ..queries.verdicts import verdicts

NAMED = 20  # breaches that stand under a rule; of more their number


@signed_in("GET", "HEAD")
def house_rules(request: PortalRequest) -> HttpResponse:
    """Each rule with its source, how it is looked at, and what was found today."""
    may_open = request.actor is not None and request.actor.may(P.PLAN_VIEW)
    found = verdicts()
    context = {
        "rows": [
            {
                "verdict": one,
                "breaches": [
                    (row.text, row.url if may_open else "") for row in one.breaches[:NAMED]
                ],
                "more": max(one.count - NAMED, 0),
            }
            for one in found
        ],
        "kept": sum(one.is_kept for one in found),
        "broken": sum(bool(one.count) for one in found),
        "waiting": sum(one.looked_at is None for one in found),
    }
    return render(request, "schedules/house_rules.html", context)
