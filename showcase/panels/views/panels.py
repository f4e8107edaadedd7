"""Who judges is changed; a panel is ended, with a result or without."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.permissions import Permission as P

from .. import subjects
from ..access import get_panel
from ..actions import panels
from ..forms.panels import CancelForm, CloseForm, PeopleForm
from ..models import Panel, PanelSeat
from ..queries.seats import seats_of

FORM = ("GET", "HEAD", "POST")
Attempt = acts.Attempt[Any, Any]


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def people_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Who judges, and until when."""

    def form(panel: Panel) -> PeopleForm:
        initial = {"due_on": panel.due_on, "revision": panel.revision}
        held: dict[str, Any] = {
            "holder": panel.organization,
            "judged": panel.judged,
            "panel": panel,
        }
        return PeopleForm(acts.typed(request), initial=initial, **held)

    return _change(
        request,
        *(uid, "arrange", form, "panels/people_edit.html", "评审安排已改。"),
        lambda attempt: panels.change_people(
            panel=attempt.subject,
            revision=attempt.given["revision"],
            by=request.actor,
            **attempt.form.given(),
        ),
    )


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def panel_close(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The panel is ended with what was given, after who has not given anything was named."""

    def ask(attempt: Attempt) -> acts.Question:
        seats = list(PanelSeat.objects.filter(panel=attempt.subject).sitting())
        silent = [one.name for one in seats if not one.is_given]
        lines = [str(attempt.subject), f"{len(seats) - len(silent)} 人评过，按已评的算"]
        if silent:
            lines.append(f"没有评的 {len(silent)} 人：{'、'.join(silent)}，结束后不能再评")
        return acts.Question("结束评审", lines, "结束评审")

    return _change(
        request,
        *(uid, "close", _closing(request), "panels/panel_close.html", "评审已结束。"),
        lambda attempt: panels.close(
            panel=attempt.subject, revision=attempt.given["revision"], by=request.actor
        ),
        ask=ask,
    )


def _closing(request: PortalRequest) -> Callable[[Panel], CloseForm]:
    return lambda panel: CloseForm(acts.typed(request), initial={"revision": panel.revision})


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def panel_cancel(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The panel is ended without a result."""

    def ask(attempt: Attempt) -> acts.Question:
        lines = [str(attempt.subject), "已经填过的意见没有人再看到", "需要时可以重新安排评审"]
        return acts.Question("取消评审", lines, "取消评审")

    return _change(
        request,
        uid,
        "cancel",
        lambda panel: CancelForm(acts.typed(request), initial={"revision": panel.revision}),
        "panels/panel_cancel.html",
        "评审已取消。",
        lambda attempt: panels.cancel(
            panel=attempt.subject,
            revision=attempt.given["revision"],
            reason=attempt.given["reason"],
            by=request.actor,
        ),
        ask=ask,
    )


def _change(
    request: PortalRequest,
    uid: uuid.UUID,
    move: str,
    form: Callable[[Panel], Any],
    template: str,
    said: str,
    act: Callable[[Attempt], Panel],
    *,
    ask: Callable[[Attempt], acts.Question] | None = None,
) -> HttpResponse:
    """The page of one act on a panel; where its time is over it is said before anybody types."""

    def load() -> Panel:
        panel = get_panel(request.actor, uid)
        if request.method != "POST":
            Panel.machine.expect(panel, move)
        return panel

    def back(panel: Panel) -> str:
        return subjects.told([panel], request.actor)[panel.pk].url or reverse("core:home")

    def show(attempt: Attempt) -> HttpResponse:
        panel = attempt.subject
        return attempt.page(
            template,
            panel=panel,
            rows=seats_of(panel, request.actor),
            label=subjects.label(panel.kind),
            back=back(panel),
            conflict=attempt.conflict,
        )

    return acts.perform(
        request,
        load=load,
        form=form,
        act=act,
        done=lambda attempt, panel: acts.said(request, said, back(panel)),
        show=show,
        ask=ask,
    )
