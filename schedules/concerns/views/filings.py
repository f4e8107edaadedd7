"""The public form, without signing in: what residents raise, in steps, and how it stands by number and code.

Nothing is kept before the last step: what was typed is carried along by the pages themselves. Nothing is
ever sent to anybody. Each page works without scripts.
"""

import uuid
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from core import acts, clock
from core.actor import Actor
from core.guards import public
from core.http import PortalRequest, client_network
from core.throttles import seconds_to_wait

from .. import words
from ..actions import filings
from ..forms.filings import CONTACT, SAID, FilingForm, QueryForm
from ..models import Filing, PublicForm
from ..models.intake import code_hash, code_of
from ..queries.filings import (
    alike,
    filed,
    is_emergency,
    open_form,
    other_bodies,
    places,
    subjects,
)
from ..rules import KEPT_DAYS

FORM = ("GET", "HEAD", "POST")
TOO_MANY = "这一小时里从这个网络提交的太多了，没有提交成功。{wait}后再点一次，写的内容都还在。"
WRONG = "编号或查询码不对，请对照提交时记下的再输一次。"
TRIED = "试的次数太多，暂时不能查询。{wait}后再试。"
STEPS = ("back", "calm", "told", "send")  # the names of the buttons; else the first step was typed
NOBODY = "0" * 8  # a number that no filing has


def _form_or_404() -> PublicForm:
    form = open_form()
    if form is None:
        raise Http404
    return form


def _resident(request: PortalRequest) -> Actor:
    """Who raises something: nobody that the trail could name, also not by his address."""
    return Actor(
        user_id=None,
        name="群众（公开表单）",
        role="resident",
        role_label="群众",
        request_id=getattr(request, "request_id", ""),
    )


def _wait(request: PortalRequest, *scopes: str, ident: str = "") -> float:
    """Counts one by each of the scopes; how long to wait where one says so."""
    who = ident or client_network(request)
    for scope in scopes:
        seconds = seconds_to_wait(
            f"concerns.{scope}",
            "all" if scope.endswith("all") else who,
            settings.PUBLIC_FORM_RATES[scope],
        )
        if seconds:
            return seconds
    return 0.0


def _limited(response: HttpResponse, seconds: float) -> HttpResponse:
    response.status_code = 429
    response["Retry-After"] = str(int(seconds) + 1)
    return response


def _said_wait(seconds: float) -> str:
    minutes = int(seconds // 60) + 1
    return f"{minutes} 分钟" if minutes < 60 else f"{minutes // 60 + 1} 小时"


# --- raised, in steps --------------------------------------------------------------------------


@sensitive_post_parameters("text", "place", *CONTACT)
@public(*FORM)
def filing_create(request: PortalRequest) -> HttpResponse:
    """What it is; what else helps sooner; name and phone; number and code. What was typed goes from page to
    page, and is stored at the last step alone. At most four queries before that."""
    kept, there, given = _form_or_404(), places(), request.POST
    step = next((name for name in STEPS if name in given), "say")
    if request.method != "POST":
        return _say(request, kept, FilingForm(places=there, initial={"token": uuid.uuid4()}))
    form = FilingForm(given, places=there)
    if step == "back":
        return _say(request, kept, form)
    if not form.is_valid():
        return _again(request, kept, form, status=acts.INVALID)
    if step == "send":
        return _send(request, kept, form)
    seconds = _wait(request, "look")
    if seconds:
        form.add_error(None, TOO_MANY.format(wait=_said_wait(seconds)))
        return _limited(_again(request, kept, form), seconds)
    return _helped(request, kept, form, step)


def _helped(request: PortalRequest, kept: PublicForm, form: FilingForm, step: str) -> HttpResponse:
    """What helps sooner than a form, before anybody is asked who he is; else the next step."""
    text = form.cleaned_data["text"]
    form.asks = ()
    if step not in ("calm", "told") and is_emergency(text, kept.emergency_words):
        return _page(request, kept, "emergency", form=form)
    if step != "told":
        bodies, now = other_bodies(text), clock.now()
        found = alike(subjects(text, kept.subject_words), form.chosen, now)
        if bodies or found:
            facts = [words.fact_of(concern, form.chosen) for concern in found]
            return _page(request, kept, "told", form=form, bodies=bodies, facts=facts)
    return _contact(request, kept, form)


def _page(
    request: PortalRequest, kept: PublicForm, step: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    context |= {"kept": kept, "days": KEPT_DAYS}
    return render(request, f"concerns/filing_{step}.html", context, status=status)


def _say(request: PortalRequest, kept: PublicForm, form: FilingForm, **more: Any) -> HttpResponse:
    form.asks = SAID
    return _page(request, kept, "say", form=form, **more)


def _contact(
    request: PortalRequest, kept: PublicForm, form: FilingForm, **more: Any
) -> HttpResponse:
    form.asks = CONTACT
    where = form.places.get(form.data.get("community", ""))
    place = words.place_word(where) if where else ""
    return _page(request, kept, "contact", form=form, community=place, **more)


def _again(request: PortalRequest, kept: PublicForm, form: FilingForm, **more: Any) -> HttpResponse:
    """The step at which something does not hold, as typed."""
    if "token" in form.errors:  # not of a form of ours: another is begun with what was typed
        form.renewed()
    at_contact = "send" in form.data and not set(form.errors) & set(SAID)
    return (_contact if at_contact else _say)(request, kept, form, **more)


def _send(request: PortalRequest, kept: PublicForm, form: FilingForm) -> HttpResponse:
    """Stores it, once. What does not hold was refused before the transaction."""
    seconds = _wait(request, "send", "send-day", "send-all")
    if seconds:
        form.add_error(None, TOO_MANY.format(wait=_said_wait(seconds)))
        return _limited(_again(request, kept, form), seconds)

    def show(attempt: acts.Attempt[None, FilingForm]) -> HttpResponse:
        if attempt.conflict:
            form.renewed()
        return _again(request, kept, form, status=attempt.status)

    return acts.perform(
        request,
        load=acts.no_subject,
        form=lambda nothing: form,
        act=lambda attempt: filings.file(
            token=form.cleaned_data["token"],
            raised=form.raised(),
            community=form.chosen,
            by=_resident(request),
        ),
        done=lambda attempt, filing: _done(request, kept, form, filing),
        show=show,
    )


def _done(
    request: PortalRequest, kept: PublicForm, form: FilingForm, filing: Filing
) -> HttpResponse:
    """Number and code, shown to who has just sent it; of a form sent again much later the number."""
    code = code_of(form.cleaned_data["token"]) if filing.is_fresh(clock.now()) else ""
    return _page(
        request,
        kept,
        "done",
        filing=filing,
        code=code,
        has_contact=bool(filing.concern.person_sealed or filing.concern.phone_sealed),
        until=words.until(filing.concern),
    )


# --- asked for by number and code --------------------------------------------------------------


@sensitive_post_parameters("code")
@public(*FORM)
def filing_query(request: PortalRequest) -> HttpResponse:
    """How it stands, to who has number and code; an unknown number and a wrong code are answered alike, and
    both are locked after some tries. Three queries at most."""
    kept = _form_or_404()
    form = QueryForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        status = acts.INVALID if form.is_bound else 200
        return _page(request, kept, "query", form=form, status=status)
    number, code = form.cleaned_data["number"][:20], form.cleaned_data["code"][:20]
    seconds = _wait(request, "query") or _wait(request, "query-number", ident=f"n{number}")
    if seconds:
        form.add_error(None, TRIED.format(wait=_said_wait(seconds)))
        return _limited(_page(request, kept, "query", form=form), seconds)
    filing = filed(number)
    known = filing or Filing(number=NOBODY, code_hash=code_hash(NOBODY, "nobody"))
    is_right = known.opens_with(code)
    if filing is None or not is_right:
        form.add_error(None, WRONG)
        return _page(request, kept, "query", form=form, status=acts.INVALID)
    return _page(request, kept, "state", **_stands(filing))


def _stands(filing: Filing) -> dict[str, Any]:
    """What is told of it: nobody's name, and nothing of what the office says among itself."""
    concern = filing.concern
    word, meaning = words.stands(concern)
    return {
        "filing": filing,
        "concern": concern,
        "word": word,
        "meaning": meaning,
        "until": words.until(concern) if concern.is_open else "",
        "is_late": concern.is_open and concern.due_at < clock.now(),
    }
