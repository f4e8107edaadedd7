"""免报, 延期 and 撤销免报 for many organisations at once: who is chosen, and what is done for them."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import whole_number
from orgs.enums import OrganizationClass
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import arrangements
from ..enums import DutyState
from ..forms import ChoosingFilter, ExtendManyForm, ResumeManyForm, WaiveManyForm
from ..models import Duty
from ..models.duty import DutyQuerySet
from ..queries.arrangements import ARRANGED, OPEN, WAIVED, Judged, arrangeable, judged, narrowed
from ..words import LEFT_OUT, standing_word, word_of
from .choices import Choice, chosen_or_404

PAGE = 100  # organisations on a page of the list
NAMED = 40  # of those that something happens to; the others are counted
FORMS = {"extend": ExtendManyForm, "waive": WaiveManyForm, "resume": ResumeManyForm}


@dataclass(frozen=True)
class Chosen:
    """What the address or the form chooses from: a list, and of it some or all."""

    choice: Choice
    period: str
    shown: str
    of: str  # the class of organisations; empty: all
    ids: frozenset[int] | None  # None: the whole list
    listed: DutyQuerySet

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that lead to the list again."""
        return {
            **self.choice.address,
            "period": self.period,
            "show": self.shown,
            **({"of": self.of} if self.of else {}),
        }

    @property
    def back(self) -> str:
        """The address of the list."""
        return f"{reverse('schedules:duty-choose')}?{urlencode(self.address)}"

    @cached_property
    def duties(self) -> list[Duty]:
        """Those chosen, as they stand when it is asked first. One query."""
        return list(self.listed if self.ids is None else self.listed.filter(pk__in=self.ids))

    @property
    def hidden(self) -> list[tuple[str, Any]]:
        """What a form carries on."""
        ids = [("all", 1)] if self.ids is None else [("duty", pk) for pk in sorted(self.ids)]
        return [*self.address.items(), *ids]

    @property
    def here(self) -> str:
        """The address of the page on which something is done for just those."""
        return f"{reverse('schedules:duty-chosen')}?{urlencode(self.hidden)}"


def _chosen(request: PortalRequest) -> Chosen:
    """What is chosen. Raises Http404 outside the actor's scope and for what makes no sense. Three
    queries."""
    choice, period = chosen_or_404(request)
    if not request.actor.may_at(P.REPORT_REOPEN, choice.node.path):
        raise Http404
    given = request.POST if request.method == "POST" else request.GET
    shown, of = given.get("show") or OPEN, given.get("of", "")
    if shown not in (OPEN, WAIVED, *ARRANGED) or (of and of not in OrganizationClass.values):
        raise Http404
    numbers = given.getlist("duty")[:1000]
    ids = frozenset(pk for text in numbers if (pk := whole_number(text)))
    rows = arrangeable(request.actor, choice.plan, choice.node, period)
    whole = given.get("all") == "1"
    # Those ticked stay chosen though they stand otherwise by now: why is said of each.
    listed = narrowed(rows, shown, of) if whole or not ids else rows
    return Chosen(choice, period, shown, of, None if whole else ids, listed)


@needs(P.REPORT_REOPEN, methods=("GET", "HEAD"))
def duty_choose(request: PortalRequest) -> HttpResponse:
    """The organisations for which something can be arranged, to be ticked."""
    found = _chosen(request)
    choice, kind, now = found.choice, fulfilment.of(found.choice.plan), clock.now()
    words = [(str(word), word_of(kind, word)) for word in ARRANGED]
    opened = choice.opened.periods
    page = Pager(found.listed, PAGE).get_page(request.GET.get("page"))
    context = {
        "node": choice.node,
        "plan": choice.plan,
        "period": found.period,
        "form": ChoosingFilter(
            {"plan": choice.plan.key, **found.address, "of": found.of},
            plans=choice.plans,
            opened=opened if found.period in opened else [found.period, *opened],
            shown=[(OPEN, "全部未办"), *words, (WAIVED, "已免报")],
        ),
        "page": page,
        "rows": [_row(duty, now) for duty in page],
        "hidden": list(found.address.items()),
        "is_waived": found.shown == WAIVED,
        "matrix": f"{reverse('schedules:report-matrix')}?{choice.query}",
    }
    return render(request, "schedules/duty_choose.html", context)


def _row(duty: Duty, now: dt.datetime) -> dict[str, Any]:
    word, tone = standing_word(fulfilment.of(duty.plan), duty, now)
    return {"duty": duty, "word": word, "tone": tone, "url": fulfilment.url_of(duty)}


def _page(request: PortalRequest, found: Chosen, status: int = 200, **forms: Any) -> HttpResponse:
    """Those chosen, with the forms that fit them. `forms` holds one as it was typed."""
    duties, now = found.duties, clock.now()
    waived = sum(duty.state == DutyState.WAIVED for duty in duties)
    fits = {"extend": waived < len(duties), "waive": waived < len(duties), "resume": bool(waived)}
    node, plan = found.choice.node, found.choice.plan
    fits["extend"] &= fulfilment.of(plan).is_by_period
    context = {
        "node": node,
        "plan": plan,
        "period": found.period,
        "count": len(duties),
        "rows": [_row(duty, now) for duty in duties[:NAMED]],
        "more": max(0, len(duties) - NAMED),
        "hidden": found.hidden,
        "here": found.here,
        "draft_title": f"{node} {periods.label(found.period)}{plan.name}",
        "back": found.back,
        "forms": {
            name: forms.get(name) or form()
            for name, form in FORMS.items()
            if fits[name] or name in forms
        },
    }
    return render(request, "schedules/duty_chosen.html", context, status=status)


@needs(P.REPORT_REOPEN, methods=("GET", "HEAD"))
def duty_chosen(request: PortalRequest) -> HttpResponse:
    """What can be arranged for those chosen."""
    return _page(request, _chosen(request))


def _names(duties: Sequence[Duty], limit: int = NAMED) -> str:
    names = "、".join(
        f"{duty.organization}{f'（{duty.subject_label}）' if duty.subject_label else ''}"
        for duty in duties[:limit]
    )
    return f"{names} 等" if len(duties) > limit else names


def _question(act: str, title: str, what: str, attempt: acts.Attempt[Chosen, Any]) -> acts.Question:
    """What will happen to whom, and who is left out and why."""
    found = judged(act, attempt.subject.duties, attempt.given.get("until"))
    fitting = found.fitting
    lines = [f"{what}。共 {len(fitting)} 个：{_names(fitting)}。"]
    back = sum(duty.state == DutyState.RETURNED for duty in fitting)
    if back and act == "extend":
        lines.append(f"其中 {back} 个是退回待补的，延的是补齐期限。")
    lines.append(f"各自的填报人会收到消息，写明原因：{attempt.given['reason']}")
    for reason, left in sorted(found.left.items()):
        lines.append(f"不办理 {len(left)} 个（{LEFT_OUT[reason]}）：{_names(left)}。")
    missing = len(attempt.subject.ids or ()) - len(fitting) - found.left_count
    if attempt.subject.ids is not None and missing > 0:
        lines.append(f"另有 {missing} 个已不在这份名单里，不办理。")
    mark = ",".join(f"{duty.pk}.{duty.revision}" for duty in fitting)
    return acts.Question(f"为 {len(fitting)} 个组织{title}", lines, f"确认{title}", mark)


def _perform(
    request: PortalRequest,
    name: str,
    title: str,
    what: Callable[[dict[str, Any]], str],
    act: Callable[..., Judged],
) -> HttpResponse:
    def done(attempt: acts.Attempt[Chosen, Any], found: Judged) -> HttpResponse:
        text = f"已为 {len(found.fitting)} 个组织{title}，填报人会收到消息。"
        if found.left_count:
            text += f"另有 {found.left_count} 个没有办理。"
        return acts.said(request, text, attempt.subject.back)

    return acts.perform(
        request,
        load=lambda: _chosen(request),
        form=lambda found: FORMS[name](request.POST),
        act=lambda attempt: act(
            wanted={duty.pk: duty.revision for duty in attempt.subject.duties},
            by=request.actor,
            **attempt.given,
        ),
        done=done,
        show=lambda attempt: _page(
            request, attempt.subject, attempt.status, **{name: attempt.form}
        ),
        ask=lambda attempt: _question(name, title, what(attempt.given), attempt),
    )


@needs(P.REPORT_REOPEN, methods=("POST",))
def duty_waive_many(request: PortalRequest) -> HttpResponse:
    """免报 for those chosen, after it was said who that is."""
    return _perform(
        request,
        "waive",
        "免报",
        lambda given: f"这一期不必报，不再提醒，也不计入应报（批准：{given['approved_by']}）",
        arrangements.waive_many,
    )


@needs(P.REPORT_REOPEN, methods=("POST",))
def duty_extend_many(request: PortalRequest) -> HttpResponse:
    """延期 for those chosen, after it was said who that is."""
    return _perform(
        request,
        "extend",
        "延期",
        lambda given: f"延期至{given['until']:%Y年%-m月%-d日}，在这一天前报来记为按时",
        arrangements.extend_many,
    )


@needs(P.REPORT_REOPEN, methods=("POST",))
def duty_resume_many(request: PortalRequest) -> HttpResponse:
    """撤销免报 for those chosen, after it was said who that is."""
    return _perform(
        request,
        "resume",
        "撤销免报",
        lambda given: "仍须报送，重新计入应报",
        arrangements.resume_many,
    )
