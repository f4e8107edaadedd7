"""What was written for a period, on one page: read, filtered, printed."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from core import periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import clean
from orgs.enums import OrganizationClass
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import mark_outcomes
from ..enums import ItemUse
from ..forms import EVERY_USE, ReadingFilter
from ..models.vocabulary import Counted
from ..queries.duties import opened_periods
from ..queries.plans import reporting_plans
from ..queries.readings import (
    ANSWERED,
    MARKED,
    WAITING,
    Reading,
    Sought,
    children_of,
    counts,
    elsewhere,
    found_items,
    readings,
    with_report,
)
from ..words import STANDINGS
from .choices import Choice, chosen_organization, given_period, plan_among

PER_PAGE = 20
LONG_PRINT = 300  # items: more are read in the sheet


@dataclass(slots=True)
class Asked:
    """What the address of the reading page asks for."""

    choice: Choice
    period: str
    form: ReadingFilter
    sought: Sought
    within: Organization | None = None  # the one directly below that was chosen
    children: list[Organization] = field(default_factory=list)

    @property
    def use_word(self) -> str:
        """What is read, as the page says it."""
        return ItemUse(self.sought.use).label if self.sought.use else "全部内容"

    @property
    def narrowed(self) -> list[str]:
        """What else it is narrowed to, in words."""
        kind, words = self.sought.organization_class, self.sought.words
        return [
            *([str(self.within)] if self.within else []),
            *([OrganizationClass(kind).label] if kind else []),
            *([STANDINGS[self.sought.standing]] if self.sought.standing else []),
            *([f"含“{words}”"] if words else []),
        ]

    def committee_of(self, organization: Organization) -> str:
        """Which of those directly below the node it belongs to; empty for one of them itself, and
        where its own superior is said anyway."""
        for one in self.children:
            if organization.path.startswith(one.path):
                is_near = one.pk in (organization.pk, organization.parent_id)
                return "" if is_near else str(one)
        return ""

    @property
    def address(self) -> dict[str, object]:
        """The parameters that lead here again, without the page."""
        more = {
            "use": self.sought.use or EVERY_USE,
            "committee": self.within.pk if self.within else "",
            "kind": self.sought.organization_class,
            "standing": self.sought.standing,
            "q": self.sought.words,
        }
        return {**self.choice.address, **{name: value for name, value in more.items() if value}}


def chosen_report(request: PortalRequest) -> Choice | None:
    """Node, plan and period of the address, of plans that ask for reports alone. None where there
    is no such plan."""
    node = chosen_organization(request)
    plans = reporting_plans()
    plan = plan_among(request, plans)
    if plan is None:
        return None
    opened = opened_periods(plan, node)
    return Choice(node, plans, plan, opened, given_period(request, plan) or opened.shown_first)


def asked_of(request: PortalRequest, choice: Choice, period: str, use: str = EVERY_USE) -> Asked:
    """What of the period is wanted, of `use` where the address names none. What makes no sense is
    left out. One query."""
    given = request.POST if request.method == "POST" else request.GET
    place = choice.opened.stood_at(period) or choice.node.path
    below = children_of(choice.plan, choice.node, {period: place})[period]
    mine = {
        str(one.pk): (path, one)
        for path, one in below.items()
        if request.actor.may_at(P.REPORT_VIEW, one.path)
    }
    opened = choice.opened.periods
    offered = opened if period in opened else [period]
    form = ReadingFilter(
        {"use": use, **given.dict(), "period": period, "plan": choice.plan.key},
        plans=choice.plans,
        opened=offered,
        below=[(pk, str(one)) for pk, (_, one) in mine.items()],
    )
    within_at, within = mine.get(form.chosen("committee"), ("", None))
    sought = Sought(
        choice.plan,
        period,
        within_at or place,
        form.chosen("use").replace(EVERY_USE, ""),
        form.chosen("kind"),
        " ".join(clean(form.chosen("q")).split()),
        form.chosen("standing"),
    )
    return Asked(choice, period, form, sought, within, [one for _, one in mine.values()])


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def reading(request: PortalRequest) -> HttpResponse:
    """What was written for a period at a node and below it, a page of it at a time."""
    choice = chosen_report(request)
    node = choice.node if choice else chosen_organization(request)
    if choice is None or choice.period is None:
        return render(request, "schedules/reading.html", {"node": node})
    whole = Sought(choice.plan, choice.period, choice.opened.stood_at(choice.period) or node.path)
    there_is = counts(request.actor, whole)
    asked = asked_of(request, choice, choice.period, _first(there_is))
    page = Pager(with_report(found_items(request.actor, asked.sought)), PER_PAGE).get_page(
        request.GET.get("page")
    )
    rows = readings(request.actor, page)
    may_mark = request.actor.may(P.REPORT_MARK)
    context = _context(request, asked, rows) | {
        "page": page,
        "elsewhere": elsewhere(asked.sought, page.paginator.count),
        "form": asked.form,
        "stats": _stats(asked, there_is, may_mark),
        "may_mark": may_mark,
        "back": urlencode(asked.address | ({"page": page.number} if page.number > 1 else {})),
        "totals_url": f"{reverse('schedules:reading-totals')}?{choice.query}",
        "previous_word": periods.previous_word(choice.plan.cadence),
    }
    return render(request, "schedules/reading.html", context)


@needs(P.REPORT_VIEW, methods=("GET", "HEAD"))
def reading_print(request: PortalRequest) -> HttpResponse:
    """All that the reading page lists, as paper. A great deal is read in the sheet."""
    choice = chosen_report(request)
    if choice is None or choice.period is None:
        return redirect("schedules:reading")
    asked = asked_of(request, choice, choice.period)
    items = found_items(request.actor, asked.sought)
    count = items.count()
    if count > LONG_PRINT:
        messages.info(request, f"共 {count} 条，网页上不便排版。请缩小范围，或导出 Excel。")
        return redirect(f"{reverse('schedules:reading')}?{urlencode(asked.address)}")
    rows = readings(request.actor, with_report(items))
    left = elsewhere(asked.sought, count)
    context = _context(request, asked, rows) | {"count": count, "elsewhere": left}
    return render(request, "schedules/print_reading.html", context)


def _context(request: PortalRequest, asked: Asked, rows: list[Reading]) -> dict[str, Any]:
    choice = asked.choice
    marks = [mark.pk for row in rows for mark in row.marks]
    outcomes = mark_outcomes.of(request.actor, marks)
    current = choice.opened.figures.get(asked.period)
    return {
        "node": choice.node,
        "plan": choice.plan,
        "period": asked.period,
        "asked": asked,
        "address": urlencode(asked.address),
        "rows": [
            {
                "reading": row,
                "committee": asked.committee_of(row.organization),
                "lines": [
                    {
                        "line": line,
                        "outcomes": outcomes.get(line.mark.pk, []) if line.mark else [],
                    }
                    for line in row.rows
                ],
                "url": f"{row.item.report.get_absolute_url()}#item-{row.item.key}",
                "may_mark": request.actor.may_at(P.REPORT_MARK, row.organization.path)
                and row.organization.pk != request.actor.organization_id,
            }
            for row in rows
        ],
        "submitted": getattr(current, Counted.SUBMITTED) if current else 0,
        "expected": getattr(current, Counted.EXPECTED) if current else 0,
        "as_of": current.as_of if current else None,
    }


def _first(found: dict[str, int]) -> str:
    """What is read where nobody chose: the problems, else what there is."""
    uses = (ItemUse.PROBLEM, ItemUse.HIGHLIGHT, ItemUse.PLAN, ItemUse.OTHER)
    return str(next((use for use in uses if found[use]), EVERY_USE))


def _stats(asked: Asked, found: dict[str, int], may_mark: bool) -> list[dict[str, Any]]:
    """How much there is of each use, and how it was dealt with: of the whole period."""
    base = asked.choice.address
    rows: list[dict[str, Any]] = [
        {"value": found[use], "label": ItemUse(use).label, "query": {"use": use}}
        for use in (ItemUse.PROBLEM, ItemUse.HIGHLIGHT, ItemUse.PLAN, ItemUse.OTHER)
    ]
    if may_mark or found[MARKED] or found[ANSWERED]:
        rows += [
            {
                "value": found[one],
                "label": STANDINGS[one],
                "query": {"use": EVERY_USE, "standing": one},
            }
            for one in (MARKED, WAITING, ANSWERED)
        ]
    for row in rows:
        row["url"] = f"?{urlencode({**base, **row['query']})}" if row["value"] else ""
    return rows
