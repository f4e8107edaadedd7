"""The rows behind a mark of the board, as its figure counted them; the address says which."""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import clock, periods
from core.figures import moment_of
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import fulfilment
from ..models import DutyStanding, Plan
from ..models.vocabulary import Counted
from ..queries.arrangements import ARRANGED
from ..queries.boards import Board, Listed, listed, newest_moment
from ..words import SHOWN, word_of, words_at
from .choices import chosen_organization, chosen_plan, given_period
from .rows_address import shortened, spelled_out


def rows_url(
    organization_id: int,
    period: str,
    as_of: dt.datetime | None,
    shown: str = "",
    kind: str = "",
    *,
    plan: str = "",
) -> str:
    """The address of the rows behind a figure: whenever it is opened, those the figure counted."""
    query = shortened(organization_id, period, as_of, shown, kind, plan)
    return f"{reverse('schedules:board-rows')}?{query}"


def rows_of(
    found: Board,
    organization_id: int,
    period: str,
    as_of: dt.datetime | None,
    shown: str = "",
    kind: str = "",
) -> str:
    """The address of the rows behind a figure of the board; it names the plan but for the first."""
    plan = "" if found.is_first_plan else found.plan.key
    return rows_url(organization_id, period, as_of, shown, kind, plan=plan)


@dataclass(frozen=True, slots=True)
class Asked:
    node: Organization
    plan: Plan
    named: str  # the plan's key; empty for the first
    period: str
    shown: str
    kind: str
    moment: dt.datetime | None

    @property
    def what(self) -> str:
        """What is listed, as the page says it."""
        words = [OrganizationClass(self.kind).label] if self.kind else []
        word = SHOWN[self.shown]
        if self.shown in tuple(Counted):
            word = word_of(fulfilment.of(self.plan), Counted(self.shown))
        return " · ".join([*words, word])


def asked_of(request: PortalRequest) -> Asked:
    """What the address of a list asks for. Raises Http404 when it makes no sense."""
    request.GET = spelled_out(request.GET)  # type: ignore[assignment]
    given = request.POST if request.method == "POST" else request.GET
    plan, plans = chosen_plan(request)
    if plan is None:
        raise Http404
    last = periods.shift(periods.containing(clock.today(), plan.cadence), -1)
    period = given_period(request, plan) or last
    named = "" if plan.pk == plans[0].pk else plan.key
    shown, kind = given.get("show", ""), given.get("class", "")
    at = given.get("at", "")
    if shown not in SHOWN or (kind and kind not in OrganizationClass.values):
        raise Http404
    if at and not (at.isascii() and at.isdecimal() and len(at) == 16):
        raise Http404
    moment = moment_of(at) if at else None
    return Asked(chosen_organization(request), plan, named, period, shown, kind, moment)


def found_for(request: PortalRequest, asked: Asked, moment: dt.datetime) -> Listed:
    """The rows that the address asks for. Raises Http404 for a moment that is still to come."""
    if moment > (newest_moment(asked.plan) or clock.now()):
        raise Http404
    return listed(
        request.actor,
        asked.plan,
        asked.node,
        asked.period,
        moment=moment,
        shown=asked.shown,
        organization_class=asked.kind,
    )


def _address(asked: Asked, moment: dt.datetime | None) -> str:
    return rows_url(
        *(asked.node.pk, asked.period, moment, asked.shown, asked.kind), plan=asked.named
    )


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def board_rows(request: PortalRequest) -> HttpResponse:
    """The rows behind one mark of the board, as its figure counted them; the address says which.

    Without a moment it leads to the address that names the newest, so that what stands in the
    browser's line can be kept.
    """
    asked = asked_of(request)
    if asked.moment is None:
        newest = newest_moment(asked.plan) or clock.now()
        return redirect(_address(asked, newest))
    found = found_for(request, asked, asked.moment)
    page = Pager(found.standings, 50).get_page(request.GET.get("page"))
    rows = [standing_row(one, asked.moment) for one in page]
    context = {
        "node": asked.node,
        "period": asked.period,
        "what": asked.what,
        "address": urlencode(
            {"organization": asked.node.pk, "period": asked.period}
            | ({"plan": asked.named} if asked.named else {})
        ),
        "page": page,
        "rows": rows,
        "elsewhere": found.elsewhere,
        "as_of": asked.moment,
        "is_past": any(row["now"] for row in rows),
        "arrange_url": _arrange_url(request, asked),
        "missing_url": _missing_url(asked),
        "export_url": f"{reverse('schedules:board-rows-export')}?{request.GET.urlencode()}",
        "today_url": _address(asked, None),
    }
    return render(request, "schedules/board_rows.html", context)


def _missing_url(asked: Asked) -> str:
    """The same as a list of whom to turn to, as it stands now; empty for what is no such list."""
    if asked.shown not in ARRANGED or asked.kind:
        return ""
    query = {"organization": asked.node.pk, "period": asked.period, "show": asked.shown}
    query |= {"plan": asked.named} if asked.named else {}
    return f"{reverse('schedules:report-missing')}?{urlencode(query)}"


def _arrange_url(request: PortalRequest, asked: Asked) -> str:
    """Where something is arranged for those listed; empty where nothing can be, or not by him."""
    if asked.shown not in ARRANGED or not request.actor.may_at(P.REPORT_REOPEN, asked.node.path):
        return ""
    query = {"organization": asked.node.pk, "plan": asked.plan.key, "period": asked.period}
    query |= {"show": asked.shown, **({"of": asked.kind} if asked.kind else {})}
    return f"{reverse('schedules:duty-choose')}?{urlencode(query)}"


def standing_row(one: DutyStanding, moment: dt.datetime) -> dict[str, Any]:
    """What a list shows of one duty, as it stood at the moment."""
    duty = one.duty
    word, tone, now = words_at(one, moment)
    return {
        "standing": one,
        "duty": duty,
        "word": word,
        "tone": tone,
        "now": now,
        "subject": duty.subject_label,
        "url": fulfilment.of(duty.plan).url(duty),
    }
