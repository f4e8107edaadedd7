"""未报名单: who has not sent, where he belongs, whom to call, and what is told to the chat group."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import int_to_base36

from core import acts, periods
from core.actor import Actor
from core.guards import needs
from core.http import PortalRequest, is_fragment
from orgs.models import Organization
from orgs.permissions import Permission as P

from .. import fulfilment
from ..actions import contacts
from ..exports import write_missing
from ..forms import MissingFilter, PhonesForm
from ..fulfilment import Kind
from ..models.vocabulary import Counted
from ..queries.missing import (
    SHOWN,
    Contact,
    MissingList,
    MissingRow,
    may_look,
    missing_list,
    shown_first,
)
from ..words import chat_text, state_word, word_of
from .choices import Choice, chosen_or_404
from .downloads import download, stamp

# What the address says of the ticks: those left out, or after a form without script those kept.
OUT, KEPT, TICKED = "out", "i", "ticked"


@dataclass
class Missing:
    """The list that the address asks for, and which of it are ticked."""

    choice: Choice
    period: str
    shown: Counted
    found: MissingList
    left_out: frozenset[int]

    @property
    def kind(self) -> Kind:
        return fulfilment.of(self.choice.plan)

    @property
    def word(self) -> str:
        """What those listed are called."""
        return word_of(self.kind, self.shown)

    @property
    def address(self) -> dict[str, Any]:
        """The parameters that lead to the list, all ticked."""
        return {**self.choice.address, "period": self.period, "show": str(self.shown)}

    @cached_property
    def ticked(self) -> list[MissingRow]:
        return [row for row in self.found.rows if row.organization.pk not in self.left_out]

    @property
    def query(self) -> str:
        """The address with the ticks, in the shorter of its two forms."""
        if not self.left_out:
            return urlencode(self.address)
        out = [int_to_base36(pk) for pk in sorted(self.left_out)]
        if len(out) <= len(self.ticked):
            return urlencode({**self.address, OUT: ".".join(out)})
        kept = [int_to_base36(row.organization.pk) for row in self.ticked]
        return urlencode({**self.address, TICKED: 1, KEPT: kept}, doseq=True)


def _missing(request: PortalRequest) -> Missing:
    """What the address asks for. Raises Http404 outside the actor's scope and for what makes no
    sense. Twelve queries at most."""
    choice, period = chosen_or_404(request)
    given = request.GET
    shown = given.get("show") or shown_first(choice.opened.figures.get(period))
    if shown not in SHOWN:
        raise Http404
    shown = Counted(shown)
    found = missing_list(request.actor, choice.plan, choice.node, period, shown=shown)
    if given.get(TICKED):
        kept = set(given.getlist(KEPT))
        left_out = {row.organization.pk for row in found.rows} - _named(found, kept)
    else:
        left_out = _named(found, set(given.get(OUT, "").split(".")))
    # What stands in the page's links and filters is the list, not its ticks.
    listed = given.copy()
    for name in (OUT, KEPT, TICKED):
        listed.pop(name, None)
    request.GET = listed  # type: ignore[assignment]
    return Missing(choice, period, shown, found, frozenset(left_out))


def _named(found: MissingList, marks: set[str]) -> set[int]:
    """Those of the list whose marks are given; others are not there."""
    ids = (row.organization.pk for row in found.rows)
    return {pk for pk in ids if int_to_base36(pk) in marks}


def _text(list_: Missing) -> str:
    """What is told to the chat group of those that are ticked."""
    named = [(row.committee, row.organization, row.due_on) for row in list_.ticked]
    return chat_text(
        list_.kind,
        f"{periods.label(list_.period)}{list_.choice.plan.name}",
        list_.shown,
        named,
        list_.found.moment,
    )


def _state(row: MissingRow, kind: Kind) -> tuple[str, str]:
    """How the organisation stands, in a word and its tone; of several duties how many there are."""
    one = row.standings[0]
    word, tone = state_word(
        kind,
        one.state,
        is_overdue=Counted.MISSING in one.counts_as,
        is_locked=Counted.LOCKED in one.counts_as,
    )
    count = len(row.standings)
    return (f"{word} {count} 项" if count > 1 else word), tone


def _row(
    row: MissingRow, list_: Missing, actor: Actor, phones: dict[int, Contact] | None
) -> dict[str, Any]:
    word, tone = _state(row, list_.kind)
    pk, committee = row.organization.pk, row.committee
    leads = (
        committee is not None
        and committee.pk != list_.choice.node.pk
        and actor.may_at(P.REPORT_VIEW, committee.path, whole=True)
    )
    below = {**list_.address, "organization": committee.pk} if committee and leads else {}
    return {
        "organization": row.organization,
        "mark": int_to_base36(pk),
        "is_ticked": pk not in list_.left_out,
        "committee": committee,
        "committee_url": f"?{urlencode(below)}" if below else "",
        "secretary": row.secretary,
        "contact": phones.get(pk) if phones is not None else None,
        "word": word,
        "tone": tone,
        "url": list_.kind.url(row.standings[0].duty),
        "due_on": row.due_on,
    }


def _page(
    request: PortalRequest,
    list_: Missing,
    form: PhonesForm,
    *,
    status: int = 200,
    phones: dict[int, Contact] | None = None,
) -> HttpResponse:
    choice = list_.choice
    context: dict[str, Any] = {
        "node": choice.node,
        "plan": choice.plan,
        "period": list_.period,
        "word": list_.word,
        "count": len(list_.ticked),
        "total": len(list_.found.rows),
        "left_out": len(list_.found.rows) - len(list_.ticked),
        "text": _text(list_),
    }
    if is_fragment(request) and request.method != "POST":
        response = render(request, "schedules/missing_text.html", context)
        # Whoever comes back, or asks for numbers, finds the ticks as they are.
        response["HX-Replace-Url"] = f"{request.path}?{list_.query}"
        return response
    opened = choice.opened.periods
    offered = opened if list_.period in opened else [list_.period, *opened]
    context |= {
        "filter": MissingFilter(
            {"plan": choice.plan.key, **list_.address},
            plans=choice.plans,
            opened=offered,
            shown=[(str(word), word_of(list_.kind, word)) for word in SHOWN],
        ),
        "rows": [_row(row, list_, request.actor, phones) for row in list_.found.rows],
        "hidden": list(list_.address.items()),
        "ticked_name": TICKED,
        "kept_name": KEPT,
        "above": _above(request, choice.node),
        "address": urlencode(list_.address),
        "list_query": urlencode(
            {name: value for name, value in list_.address.items() if name != "organization"}
        ),
        "as_of": list_.found.moment,
        "elsewhere": list_.found.elsewhere,
        "phones": phones,
        "may_look": may_look(request.actor, choice.node) and bool(list_.found.rows),
        "form": form,
        "matrix": f"{reverse('schedules:report-matrix')}?{choice.query}",
    }
    response = render(request, "schedules/missing.html", context, status=status)
    if phones is not None:
        response["Cache-Control"] = "no-store"
    return response


def _above(request: PortalRequest, node: Organization) -> list[Organization]:
    paths = [
        path
        for path in node.ancestor_paths()
        if request.actor.may_at(P.REPORT_VIEW, path, whole=True)
    ]
    return list(Organization.objects.filter(path__in=paths).order_by("path")) if paths else []


def _lookable(request: PortalRequest) -> Missing:
    """The list, for who may look at its numbers. Raises Http404 for others."""
    list_ = _missing(request)
    if request.method == "POST" and not may_look(request.actor, list_.choice.node):
        raise Http404
    return list_


@needs(P.REPORT_VIEW, methods=("GET", "HEAD", "POST"))
def report_missing(request: PortalRequest) -> HttpResponse:
    """The list of those who have not sent, and the text about them. Posted, with the reason, it
    shows once whom to call; that answer is never stored."""
    if request.method != "POST" and request.GET.get(TICKED) and not is_fragment(request):
        list_ = _missing(request)
        if TICKED not in list_.query:
            return redirect(f"{request.path}?{list_.query}")
        return _page(request, list_, PhonesForm())
    return acts.perform(
        request,
        load=lambda: _lookable(request),
        form=lambda list_: PhonesForm(acts.typed(request)),
        act=lambda attempt: contacts.look_at_phones(
            plan=attempt.subject.choice.plan,
            node=attempt.subject.choice.node,
            period=attempt.subject.period,
            shown=attempt.subject.shown,
            left_out=attempt.subject.left_out,
            by=request.actor,
            **attempt.given,
        ),
        done=lambda attempt, phones: _page(request, attempt.subject, PhonesForm(), phones=phones),
        show=lambda attempt: _page(request, attempt.subject, attempt.form, status=attempt.status),
    )


@needs(P.REPORT_VIEW, methods=("GET",))
def missing_export(request: PortalRequest) -> HttpResponse | FileResponse:
    """The list as a sheet, without numbers."""
    list_ = _missing(request)
    node, plan = list_.choice.node, list_.choice.plan
    title = f"{node}{periods.label(list_.period)}{plan.name}{list_.word}名单"
    words = [_state(row, list_.kind)[0] for row in list_.found.rows]
    return download(
        request,
        name=(f"{node}{plan.name}{list_.word}名单", list_.period),
        ending="xlsx",
        organization=node,
        write=lambda target: write_missing(
            target, list_.found, words, title=title, stamp=stamp(request.actor)
        ),
    )
