"""The one way in which a person's act is performed and answered, on pages and in the API.

`carry_out` is the gate: what the act is about, what was sent and the action, in one transaction.
`perform` is the page around it: the form, the refusals, the message. A resource of the API calls
`carry_out` itself; its refusals become problems in core/api/refusals.py.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from . import audit, kept
from .edge import in_single_lines
from .errors import Conflict, DomainError
from .http import PortalRequest, is_by_script

INVALID = 422  # of every page whose form does not hold, whoever found out: form or action


class Form(Protocol):
    """What a page's act asks of its form; Django's forms have it."""

    fields: Any

    def is_valid(self) -> bool:
        """Whether what was typed holds."""

    def add_error(self, field: str | None, error: Any) -> None:
        """Notes a refusal beside a field, or on top."""


class Nothing:
    """The form of an act that asks for no more than the button."""

    fields: Mapping[str, Any] = {}
    errors: Mapping[str, Any] = {}

    def is_valid(self) -> bool:
        """Always."""
        return True

    def add_error(self, field: str | None, error: Any) -> None:
        """Nowhere to note it: the page shows `Attempt.error`."""


T = TypeVar("T")  # what the act is about
F = TypeVar("F", bound=Form)
G = TypeVar("G")  # what was sent, checked
R = TypeVar("R")  # what the action gave


def carry_out(load: Callable[[], T], read: Callable[[T], G], act: Callable[[T, G], R]) -> R:
    """Loads what the actor may act on, reads what was sent, and acts, in one transaction.

    What `load` found allowed is still so while the action runs; the action's audit entry commits
    with it. Raises what any of the three raises: then nothing was written.
    """
    with audit.unit_of_work():
        subject = load()
        return act(subject, read(subject))


@dataclass
class Attempt(Generic[T, F]):
    """One call of a page with an act: what it is about, the form as typed, and what came of it."""

    request: PortalRequest
    subject: T
    form: F
    status: int = 200
    error: DomainError | None = None

    @property
    def given(self) -> dict[str, Any]:
        """What the form holds, checked."""
        return cast(Any, self.form).cleaned_data  # type: ignore[no-any-return]

    @property
    def conflict(self) -> str:
        """Why somebody else's act was in the way; empty if none was.

        A conflict that names a field (a login name that is taken) is about what was typed: another
        name helps, so it is one more thing that does not hold.
        """
        error = self.error
        return error.message if isinstance(error, Conflict) and error.field is None else ""

    def page(self, template: str, **context: Any) -> HttpResponse:
        """The page with the form as typed, the refusals on it, and the status that says so."""
        return render(self.request, template, {"form": self.form, **context}, status=self.status)


@dataclass
class Question:
    """What is asked before an act that cannot be undone: the title, each line of what will happen
    (to how many), the word on the button. Without lines nothing is asked. `mark` is what else must
    still be as it was when it was agreed to, and is too much to be read. `part` is a template that
    stands below the lines, made from `shown`; with `tick` the person also ticks that sentence."""

    title: str
    lines: Sequence[str]
    button: str
    mark: str = ""
    part: str = ""
    shown: Mapping[str, Any] = field(default_factory=dict)
    tick: str = ""

    @property
    def seen(self) -> str:
        """Tells these lines from others: what was agreed to is what is done."""
        return hashlib.sha256("\n".join([*self.lines, self.mark]).encode()).hexdigest()[:16]


class _Asked(Exception):
    """The act holds and is not agreed to yet: undone, and answered with the question."""


class _Reconsidered(Exception):
    """Asked, the person goes back to the form."""


class _Invalid(Exception):
    """The form does not hold: undoes the transaction, and is answered with the form."""


def no_subject() -> None:
    """What an act is about that makes something new."""


def perform(
    request: PortalRequest,
    *,
    load: Callable[[], T],
    form: Callable[[T], F],
    act: Callable[[Attempt[T, F]], R],
    done: Callable[[Attempt[T, F], R], HttpResponse],
    show: Callable[[Attempt[T, F]], HttpResponse] | None = None,
    ask: Callable[[Attempt[T, F]], Question] | None = None,
) -> HttpResponse:
    """The page of one act: shows its form, or does it and answers.

    `load` fetches and authorises (Http404), `form` makes the form for that (with `typed`), `act`
    calls one action, `done` answers its result (mostly by `said`), `show` draws the page. A form
    that does not hold, or that the action refuses, is shown again as typed with 422, a kind of
    refusal with its own status with that (NotAllowed 403, Conflict 409: then about the thing as
    it is now, its `revision` in the form). Without `show` a refusal is the general page. `ask` says
    what will happen, before it does: the act is tried and undone, so that what it would refuse is
    refused first, and is done when the person agrees to these very lines.
    """
    if request.method != "POST":
        subject = load()
        return cast(Any, show)(Attempt(request, subject, form(subject)))
    request.draft = _draft_of(request)
    attempts: list[Attempt[T, F]] = []
    questions: list[Question] = []

    def read(subject: T) -> Attempt[T, F]:
        attempt = Attempt(request, subject, form(subject))
        attempts.append(attempt)
        in_single_lines(attempt.form)
        if not attempt.form.is_valid():
            raise _Invalid
        if request.POST.get("agreed") == "back":
            raise _Reconsidered
        if ask is not None:
            questions.append(ask(attempt))
        return attempt

    def acting(attempt: Attempt[T, F]) -> R:
        result = act(attempt)
        if questions and not _is_agreed(request, questions[0]):
            raise _Asked
        return result

    try:
        result = carry_out(load, read, lambda subject, attempt: acting(attempt))
    except _Asked:
        context = {
            "question": questions[0],
            "is_unticked": request.POST.get("agreed") == "yes"
            and not _is_ticked(request, questions[0]),
            "kept": kept.of(request),
            "has_form": bool(attempts[0].form.fields),
        }
        return render(request, "core/confirm.html", context)
    except _Reconsidered:
        pass  # as typed
    except _Invalid:
        attempts[0].status = INVALID
    except DomainError as error:
        if show is None or not attempts:
            raise
        _refused(attempts[0], error, load)
    else:
        return _let_go(request, done(attempts[0], result))
    if show is None:
        raise DomainError("填写的内容不合要求，请检查后再试。", code="invalid")
    return show(attempts[0])


# What names a form's draft on the device (static/js/drafts.js), in its hidden field `draft`.
_DRAFT = re.compile(r"[\w:#./-]{1,120}", re.ASCII)
DRAFT_DONE = "draft_done"


def _draft_of(request: PortalRequest) -> str:
    name = request.POST.get("draft", "")
    return name if _DRAFT.fullmatch(name) else ""


def _let_go(request: PortalRequest, response: HttpResponse) -> HttpResponse:
    """The act is done: its draft on the device goes, with the next page that the browser loads. Not
    for a save in the background: the page goes on, and may write more into the same draft."""
    if request.draft and not is_by_script(request):
        response.set_cookie(
            DRAFT_DONE,
            request.draft,
            max_age=600,
            samesite="Lax",
            secure=settings.CSRF_COOKIE_SECURE,
        )
    return response


def _is_agreed(request: PortalRequest, question: Question) -> bool:
    given = request.POST
    return not question.lines or (
        given.get("agreed") == "yes"
        and given.get("seen") == question.seen
        and _is_ticked(request, question)
    )


def _is_ticked(request: PortalRequest, question: Question) -> bool:
    return not question.tick or request.POST.get("weighed") == "on"


def press(
    request: PortalRequest,
    *,
    load: Callable[[], T],
    act: Callable[[T], R],
    done: Callable[[T, R], HttpResponse],
    ask: Callable[[T], Question] | None = None,
    back: Callable[[T], Any] | None = None,
) -> HttpResponse:
    """`perform` for an act that is only a button: refused, the general page says why. One that
    asks first says where it leads `back` to (as `redirect` takes it), refused or reconsidered."""
    question, way = ask, back
    return perform(
        request,
        load=load,
        form=lambda subject: Nothing(),
        act=lambda attempt: act(attempt.subject),
        done=lambda attempt, result: done(attempt.subject, result),
        show=None if way is None else lambda attempt: turned_back(attempt, way(attempt.subject)),
        ask=None if question is None else lambda attempt: question(attempt.subject),
    )


def _refused(attempt: Attempt[T, F], error: DomainError, load: Callable[[], T]) -> None:
    attempt.error = error
    plain = error.status == DomainError.status or (
        isinstance(error, Conflict) and not attempt.conflict
    )
    attempt.status = INVALID if plain else error.status
    if attempt.conflict:
        with suppress(Http404):  # gone meanwhile: what is shown is what it was
            attempt.subject = load()
        _renew(attempt.form, attempt.subject)
    refuse(attempt.form, error)


def _renew(form: Any, subject: Any) -> None:
    """The form, with what was typed, becomes one of the thing as it is now."""
    if "revision" in form.fields and hasattr(subject, "revision"):
        data = form.data.copy()
        data["revision"] = str(subject.revision)
        form.data = data


def refuse(form: Form, error: DomainError) -> None:
    """Puts the refusal beside the field that it names, else on top of the form."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


def typed(request: PortalRequest) -> Any:
    """What was posted, for a form's first argument; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def said(request: PortalRequest, text: str, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Done: the message, and the way on (as `redirect` takes it)."""
    messages.success(request, text)
    return redirect(to, *args, **kwargs)


def turned_back(attempt: Attempt[Any, Any], to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Refused, where the form stands on another page that nothing was typed into: leads there with
    the reason; without one when the person only thought better of it."""
    error = attempt.error
    if error is None and attempt.status != INVALID:
        return redirect(to, *args, **kwargs)
    text = error.message if error else "填写的内容不合要求，请检查后再试。"
    (messages.warning if attempt.conflict else messages.error)(attempt.request, text)
    return redirect(to, *args, **kwargs)


def differences(
    form: Any, stored: Mapping[str, Any], *, none_of: str = ""
) -> list[tuple[str, str, str]]:
    """Label, what is stored now, what was typed, in words; only the fields that differ. `none_of`
    is the word for a list that is empty."""
    given = form.cleaned_data
    return [
        (
            str(one.label),
            words(one, stored[name], none_of=none_of),
            words(one, given[name], none_of=none_of),
        )
        for name, one in form.fields.items()
        if name in stored and name in given and stored[name] != given[name]
    ]


def words(field: Any, value: Any, *, none_of: str = "") -> str:
    """A field's value as its page names it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    choices = {str(key): str(label) for key, label in getattr(field, "choices", ())}
    if isinstance(value, list | tuple):
        return "、".join(choices.get(str(one), str(one)) for one in value) or none_of
    return "" if value is None else choices.get(str(value), str(value))
