"""年度组织生活计划: laid down in one table, read by the levels above."""

from dataclasses import dataclass

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from core import acts, clock
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.models import Organization
from orgs.permissions import Permission as P

from ..access import get_planning
from ..actions import year_plans
from ..actions.year_plans import FIRST_YEAR, YEARS_AHEAD
from ..forms import PARTY_DAY_WORDS, YearPlanForm
from ..models import PlannedMeeting, YearPlan
from ..queries import year_plans as reads

PER_PAGE = 50


@dataclass
class _Subject:
    """What the form is about: whose plan, and the plan as it is now."""

    place: Organization
    plan: YearPlan | None
    lines: list[PlannedMeeting]

    @property
    def revision(self) -> int:
        return self.plan.revision if self.plan else 0


@needs(P.LIFE_VIEW, methods=("GET", "HEAD"))
def plan_list(request: PortalRequest) -> HttpResponse:
    """The plans of a year that there are; who holds a single organisation is led to its own."""
    actor, year = request.actor, _year(request.GET.get("year", ""))
    if not actor.inherits and actor.organization_id:
        return redirect("life:plan-detail", actor.organization_id, year)
    page = Pager(reads.listed(actor, year), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "year": year,
        "before": year - 1,
        "after": year + 1,
        "page": page,
        "rows": [(plan, PARTY_DAY_WORDS.get(plan.party_day, "")) for plan in page],
        "own": actor.organization_id if P.LIFE_RECORD in actor.permissions else None,
    }
    return render(request, "life/plan_list.html", context)


@needs(P.LIFE_VIEW, methods=("GET", "HEAD"))
def plan_detail(request: PortalRequest, pk: int, year: int) -> HttpResponse:
    """One plan, month by month, as it is printed."""
    place = get_planning(request.actor, pk)
    _expect(year)
    plan = reads.plan_of(place.pk, year)
    context = {
        "place": place,
        "year": year,
        "plan": plan,
        "lines": reads.lines_of(plan) if plan else [],
        "party_day": PARTY_DAY_WORDS.get(plan.party_day, "") if plan else "",
        "writes": request.actor.may_at(P.LIFE_RECORD, place.path),
        "before": year - 1,
        "after": year + 1,
    }
    return render(request, "life/plan_detail.html", context)


@needs(P.LIFE_RECORD, methods=("GET", "HEAD", "POST"))
def plan_edit(request: PortalRequest, pk: int, year: int) -> HttpResponse:
    """The plan as a form; `like` in the address fills it with that of the year before."""
    _expect(year)

    def load() -> _Subject:
        place = get_planning(request.actor, pk, P.LIFE_RECORD)
        plan = reads.plan_of(place.pk, year)
        return _Subject(place, plan, reads.lines_of(plan) if plan else [])

    def form(subject: _Subject) -> YearPlanForm:
        shown, lines = subject.plan, subject.lines
        if request.GET.get("like") == "last" and request.method != "POST":
            shown = reads.plan_of(subject.place.pk, year - 1)
            # Days of the month are those of another year: the months stay.
            lines = reads.lines_of(shown) if shown else []
            for line in lines:
                line.day = None
        initial = {"revision": subject.revision, "party_day": shown.party_day if shown else ""}
        return YearPlanForm(acts.typed(request), lines=lines, initial=initial)

    return acts.perform(
        request,
        load=load,
        form=form,
        act=lambda attempt: year_plans.save(
            organization=attempt.subject.place,
            year=year,
            revision=attempt.given["revision"],
            party_day=attempt.given["party_day"],
            lines=attempt.form.given_lines(),
            by=request.actor,
        ),
        done=lambda attempt, plan: acts.said(request, "年度计划已保存。", plan),
        show=lambda attempt: attempt.page(
            "life/plan_form.html",
            place=attempt.subject.place,
            year=year,
            before=year - 1,
            has_last=reads.plan_of(attempt.subject.place.pk, year - 1) is not None,
            conflict=attempt.conflict,
            lines_now=attempt.subject.lines if attempt.conflict else [],
        ),
    )


# --- private -----------------------------------------------------------------------------------


def _year(typed: str) -> int:
    year = whole_number(typed) or 0
    return year if _is_known(year) else clock.today().year


def _is_known(year: int) -> bool:
    return FIRST_YEAR <= year <= clock.today().year + YEARS_AHEAD


def _expect(year: int) -> None:
    """Raises Http404 for a year that no plan can be of."""
    if not _is_known(year):
        raise Http404
