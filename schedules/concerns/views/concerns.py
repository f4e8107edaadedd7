"""Concerns: which there are, one with its course, and all that is done with it."""

import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from core import acts, beside, clock
from core.actor import Actor
from core.downloads import download, stamp
from core.guards import needs
from core.http import PortalRequest
from core.paging import Pager
from core.text import clean, whole_number
from orgs.enums import COMMITTEE_KINDS
from orgs.models import Organization
from orgs.permissions import Permission as P
from schedules.action_items.access import get_issuer
from schedules.action_items.actions.handing import Handed
from schedules.action_items.enums import ActionState, Category, Priority
from schedules.action_items.forms import HandForm

from .. import words
from ..access import get_concern, get_handled, get_place, rights_of
from ..actions import concerns
from ..enums import ConcernSource, ConcernState, ConcernStepKind, Urgency
from ..exports.ledger import COLUMNS, paper_rows, write_ledger
from ..figures import sentence, this_month, told_of
from ..forms import (
    AnswerForm,
    AssignForm,
    CallForm,
    ConcernFilter,
    PassUpForm,
    RefuseForm,
    ReopenForm,
    TakeForm,
    answer_begun,
)
from ..models import Concern
from ..queries.filings import filing_of
from ..queries.listing import (
    OVERDUE,
    UNDER_WAY,
    Asked,
    committee_above,
    items_of,
    narrowed,
    places_below,
    waiting_for,
)
from ..queries.practices import practices_for, proposals_for, templates_for

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
PAGE = 30
LONG_PRINT = 300
Attempt = acts.Attempt[Any, Any]


# --- which there are ---------------------------------------------------------------------------


def _asked(request: PortalRequest) -> Asked:
    """What the address asks for; what it cannot mean is left out. No query: the choices of the filter
    are read once, by its form."""
    given = request.GET
    state, source = given.get("state", ""), given.get("source", "")
    return Asked(
        state=state if state in (OVERDUE, UNDER_WAY, *ConcernState.values) else "",
        source=source if source in ConcernSource.values else "",
        kind=whole_number(given.get("kind", "")) or None,
        words=clean(given.get("q", ""))[:50],
    )


def _address(asked: Asked) -> str:
    found = {
        "state": asked.state,
        "source": asked.source,
        "kind": asked.kind,
        "q": asked.words,
    }
    return urlencode({name: value for name, value in found.items() if value})


@needs(P.CONCERN_VIEW, methods=READ)
def concern_list(request: PortalRequest) -> HttpResponse:
    """The ledger. A fixed number of queries."""
    asked, actor, now = _asked(request), request.actor, clock.now()
    page = Pager(narrowed(actor, asked, now), PAGE).get_page(request.GET.get("page"))
    context = {
        "form": ConcernFilter(request.GET or None),
        "address": _address(asked),
        "is_narrowed": bool(_address(asked)),
        "page": page,
        "rows": [(row, words.clock_of(row, now), words.until(row)) for row in page],
        "waiting": waiting_for(actor, now),
        "may_take": actor.may(P.CONCERN_TAKE),
        "may_import": actor.may(P.CONCERN_ASSIGN),
        **_of_the_month(actor),
        "as_of": now,
    }
    return render(request, "concerns/concern_list.html", context)


def _of_the_month(actor: Actor) -> dict[str, Any]:
    """What the figures say of the actor's organisation this month, and what could become a usual way
    there. Four queries at most."""
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    if place is None:
        return {"told": [], "alike": 0}
    decides = place.kind in COMMITTEE_KINDS and actor.may_at(P.CONCERN_ASSIGN, place.path)
    return {
        "told": told_of(place, actor, this_month()),
        "alike": len(proposals_for(place)) if decides else 0,
    }


@needs(P.CONCERN_VIEW, methods=("GET",))
def concern_export(request: PortalRequest) -> FileResponse:
    """What the list of the same address shows, without who asked."""
    asked, actor, now = _asked(request), request.actor, clock.now()
    rows = narrowed(actor, asked, now)
    place = Organization.objects.filter(pk=actor.organization_id or 0).first()
    said = sentence(told_of(place, actor, this_month())) if place else ""
    return download(
        request,
        name=("群众诉求台账",),
        ending="xlsx",
        write=lambda target: write_ledger(target, rows.iterator(500), now, stamp(actor), said),
        verb="concerns.concern.export",
        entry=lambda written: {
            "object_type": Concern._meta.label_lower,
            "organization_id": actor.organization_id,
            "organization_path": actor.organization_path,
            "changes": {"format": [None, "xlsx"]},
        },
    )


@needs(P.CONCERN_VIEW, methods=READ)
def concern_print(request: PortalRequest) -> HttpResponse:
    """The same for the printer, A4 across; of a long one the first."""
    asked, now = _asked(request), clock.now()
    rows = list(narrowed(request.actor, asked, now)[: LONG_PRINT + 1])
    context = {
        "heads": ",".join(column.title for column in COLUMNS),
        "rows": list(paper_rows(rows[:LONG_PRINT], now)),
        "is_cut": len(rows) > LONG_PRINT,
        "most": LONG_PRINT,
        "export_url": f"{reverse('concerns:concern-export')}?{_address(asked)}",
        "as_of": now,
    }
    return render(request, "concerns/concern_print.html", context)


# --- taken in ----------------------------------------------------------------------------------


@needs(P.CONCERN_TAKE, methods=FORM)
def concern_create(request: PortalRequest) -> HttpResponse:
    """Taken in by branch, grid worker or street: by phone in under a minute."""
    return acts.perform(
        request,
        load=lambda: get_place(request.actor, P.CONCERN_TAKE),
        form=lambda place: TakeForm(
            acts.typed(request), place=place, initial={"uid": uuid.uuid4(), "source": "branch"}
        ),
        act=lambda attempt: concerns.take(
            uid=attempt.given["uid"],
            told=attempt.form.told(),
            intake=attempt.subject,
            organization=attempt.given.get("organization"),
            by=request.actor,
        ),
        done=lambda attempt, concern: acts.said(
            request, f"已受理，{words.until(concern)}前答复。", concern
        ),
        show=lambda attempt: attempt.page("concerns/concern_create.html", place=attempt.subject),
    )


# --- one ---------------------------------------------------------------------------------------


def _page(
    request: PortalRequest, concern: Concern, *, status: int = 200, **more: Any
) -> HttpResponse:
    actor, now = request.actor, clock.now()
    rights = rights_of(actor, concern)
    person, phone = concern.contact() if rights.sees_contact else ("", "")
    items = list(items_of(actor, concern, concerns.CONCERN))
    context = {
        "concern": concern,
        "clock": words.clock_of(concern, now),
        "until": words.until(concern),
        "contact": words.masked(person, phone),
        "rights": rights,
        "is_own_answer": concern.answered_by_id in actor.persons,
        "items": items,
        "may_hand": rights.hands
        and concern.is_open
        and not any(item.state != ActionState.CANCELLED for item in items),
        "timeline": [
            {
                "at": step.at,
                "text": ConcernStepKind(step.kind).label,
                "by": step.by_name,
                "note": step.text,
            }
            for step in concern.steps.all()
        ],
        "revealed": "",
        "filing": filing_of(concern),
        "beside": beside.links(actor, concern),
        **more,
    }
    response = render(request, "concerns/concern_detail.html", context, status=status)
    if more.get("revealed"):
        response["Cache-Control"] = "no-store"
    return response


@needs(P.CONCERN_VIEW, methods=READ)
def concern_detail(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """One concern: the original words, how it stands, its course. A fixed number of queries."""
    return _page(request, get_concern(request.actor, uid))


@needs(P.CONCERN_TAKE, methods=("POST",))
def concern_reveal(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who asked, and his phone, in full, once."""
    return acts.press(
        request,
        load=lambda: get_concern(request.actor, uid),
        act=lambda concern: concerns.reveal(concern=concern, by=request.actor),
        done=lambda concern, contact: _page(
            request, concern, revealed=" ".join(one for one in contact if one)
        ),
        back=lambda concern: concern,
    )


def _begun(request: PortalRequest, uid: uuid.UUID, permission: P, move: str) -> Concern:
    """The concern of an act, whose page is not opened once it has moved on."""
    concern = get_handled(request.actor, uid, permission)
    if request.method != "POST":
        Concern.machine.expect(concern, move)
    return concern


def _act(
    request: PortalRequest,
    uid: uuid.UUID,
    *,
    permission: P,
    move: str,
    form: Callable[[Concern], Any],
    act: Callable[..., Any],
    template: str,
    said: str,
) -> HttpResponse:
    """The page of one act on a concern, with the original words in sight."""

    return acts.perform(
        request,
        load=lambda: _begun(request, uid, permission, move),
        form=form,
        act=lambda attempt: act(concern=attempt.subject, by=request.actor, **attempt.given),
        done=lambda attempt, concern: acts.said(request, said, concern),
        show=lambda attempt: attempt.page(
            template,
            concern=attempt.subject,
            conflict=attempt.conflict,
        ),
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def concern_assign(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Given to who is to deal with it, or from one to another."""
    place = get_place(request.actor, P.CONCERN_ASSIGN)
    return _act(
        request,
        uid,
        permission=P.CONCERN_ASSIGN,
        move="assign",
        form=lambda concern: AssignForm.of(acts.typed(request), concern, place=place),
        act=concerns.assign,
        template="concerns/concern_assign.html",
        said="已分派，承办单位的首页会出现。",
    )


@needs(P.CONCERN_TAKE, methods=FORM)
def concern_answer(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The answer, begun with a template or a usual way of its category. With `fill` nothing is done:
    the chosen one is added to what is typed."""

    def form(concern: Concern) -> AnswerForm:
        return AnswerForm.of(  # type: ignore[no-any-return]
            acts.typed(request),
            concern,
            initial={"text": answer_begun(concern)},
            templates=templates_for(concern),
            practices=practices_for(concern),
        )

    if request.method == "POST" and "fill" in request.POST:
        concern = _begun(request, uid, P.CONCERN_TAKE, "answer")
        attempt: Attempt = acts.Attempt(request, concern, form(concern).filled())
        return attempt.page("concerns/concern_answer.html", concern=concern)
    return _act(
        request,
        uid,
        permission=P.CONCERN_TAKE,
        move="answer",
        form=form,
        act=_answered,
        template="concerns/concern_answer.html",
        said="已答复，由别人回访后办结。",
    )


def _answered(*, begin: str = "", **given: Any) -> Concern:
    return concerns.answer(**given)


@needs(P.CONCERN_TAKE, methods=FORM)
def concern_pass_up(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What cannot be solved here goes to the committee above; it may be out of sight then."""

    def load() -> Concern:
        if request.method != "POST":
            return _begun(request, uid, P.CONCERN_TAKE, "pass_up")
        return get_concern(request.actor, uid)  # who passed it up just now is told so

    return acts.perform(
        request,
        load=load,
        form=lambda concern: PassUpForm.of(acts.typed(request), concern),
        act=lambda attempt: concerns.pass_up(
            concern=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, concern: acts.said(
            request, f"已报送{concern.organization}，期限不变。", "concerns:concern-list"
        ),
        show=lambda attempt: attempt.page(
            "concerns/concern_pass_up.html",
            concern=attempt.subject,
            above=committee_above(attempt.subject.organization),
            conflict=attempt.conflict,
        ),
    )


@needs(P.CONCERN_TAKE, methods=FORM)
def concern_refuse(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """It is not ours."""
    return _act(
        request,
        uid,
        permission=P.CONCERN_TAKE,
        move="refuse",
        form=lambda concern: RefuseForm.of(acts.typed(request), concern),
        act=concerns.refuse,
        template="concerns/concern_refuse.html",
        said="已记为不属本级，也算办结。",
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def concern_call(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Somebody else calls the resident back."""
    return _act(
        request,
        uid,
        permission=P.CONCERN_ASSIGN,
        move="close",
        form=lambda concern: CallForm.of(acts.typed(request), concern),
        act=concerns.call_back,
        template="concerns/concern_call.html",
        said="回访已记下。",
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def concern_reopen(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """It came up again."""
    return _act(
        request,
        uid,
        permission=P.CONCERN_ASSIGN,
        move="reopen",
        form=lambda concern: ReopenForm.of(acts.typed(request), concern),
        act=concerns.reopen,
        template="concerns/concern_reopen.html",
        said="已重新办理，期限重新计算。",
    )


@needs(P.CONCERN_ASSIGN, methods=FORM)
def concern_hand(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What needs more than an answer becomes an item (转督办)."""

    def make(issuer: Any, concern: Concern) -> HandForm:
        local: dt.date = max(clock.today(), concern.due_at.date())
        urgent = concern.urgency == Urgency.URGENT
        return HandForm(
            acts.typed(request),
            owners=places_below(issuer),
            initial={
                "owner": concern.organization_id,
                "title": f"办好群众诉求：{concern}"[:100],
                "demand": concern.text,
                "due_on": local,
                "priority": Priority.URGENT if urgent else Priority.NORMAL,
                "category": Category.RESIDENTS,
            },
        )

    issuer = get_issuer(request.actor)
    return acts.perform(
        request,
        load=lambda: _begun(request, uid, P.CONCERN_ASSIGN, "hand"),
        form=partial(make, issuer),
        act=lambda attempt: concerns.hand(
            concern=attempt.subject,
            handed=Handed(
                issuer=issuer,
                owners=(attempt.given["owner"],),
                given=attempt.form.given,
                is_issued=attempt.given["is_issued"],
            ),
            by=request.actor,
        ),
        done=lambda attempt, item: acts.said(request, f"已转督办{item.number}。", item),
        show=lambda attempt: attempt.page("concerns/concern_hand.html", concern=attempt.subject),
    )
