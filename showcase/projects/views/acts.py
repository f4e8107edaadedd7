"""What those above do with a project: look at it, approve it, answer, grade and settle it. Each is a form on
a page of its own, the same but for its words."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from core import acts
from core.guards import needs
from core.http import PortalRequest
from orgs.models import Organization
from orgs.permissions import Permission as P
from showcase.panels.queries.seats import result

from ..access import get_decided_project, get_request
from ..actions import deciding, work
from ..forms import AnswerForm, CheckForm, DecideForm, GradeForm, MidtermForm, SettleForm
from ..models import Project
from ..queries.reviews import review_of
from .pages import FORM, page_of_act


def _decided(
    request: PortalRequest,
    uid: uuid.UUID,
    form: Callable[..., Any],
    act: Callable[..., Any],
    **told: Any,
) -> HttpResponse:
    """An act on a project that the actor decides on; `told` are the words of its page."""
    return page_of_act(
        request,
        load=lambda: get_decided_project(request.actor, uid),
        form=lambda project: form(acts.typed(request), initial={"revision": project.revision}),
        act=lambda attempt: act(project=attempt.subject, by=request.actor, **attempt.given),
        **told,
    )


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def project_check(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Before the review: passed to named people, returned or rejected."""
    holder = Organization.objects.get(pk=request.actor.organization_id or 0)
    return page_of_act(
        request,
        load=lambda: get_decided_project(request.actor, uid),
        form=lambda project: CheckForm(
            acts.typed(request),
            holder=holder,
            judged=project.organization,
            initial={"revision": project.revision},
        ),
        act=lambda attempt: deciding.check(
            project=attempt.subject,
            revision=attempt.given["revision"],
            outcome=attempt.given["outcome"],
            opinion=attempt.given["opinion"],
            by=request.actor,
            **attempt.form.given(),
        ),
        words="预审",
        said="预审结论已记下。",
        note="看切口小不小、目标数不数得出来、年内办不办得完。通过的，选评审人。",
        move="pass",
    )


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def project_decide(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """After the review: approved, returned or rejected."""

    def shown(project: Project) -> dict[str, object]:
        panel = review_of(project)
        return {"panel": panel, "result": result(panel) if panel else None}

    return _decided(
        *(request, uid, DecideForm, deciding.decide),
        words="立项审批",
        said="审批结论已记下。",
        note="批准以后，节点日期作为原定日期留着，再改要申请。",
        move="approve",
        shown=shown,
    )


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def project_midterm(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What was found at mid-term."""
    told = {"words": "中期检查", "said": "中期检查已记下。", "move": "work"}
    return _decided(request, uid, MidtermForm, work.midterm, **told)


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def project_grade(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The closing is accepted with a grade, or goes back."""
    told = {"words": "验收", "said": "验收结论已记下。", "move": "grade"}
    return _decided(request, uid, GradeForm, deciding.grade, **told)


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def project_settle(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """What was closed is spread, or put away."""
    told = {"words": "推广或归档", "said": "已记下。", "move": "archive"}
    return _decided(request, uid, SettleForm, deciding.settle, **told)


@needs(P.SHOWCASE_MANAGE, methods=FORM)
def request_decide(request: PortalRequest, uid: uuid.UUID, pk: int) -> HttpResponse:
    """A change, an extension or the end is granted or refused."""
    return page_of_act(
        request,
        load=lambda: get_request(request.actor, uid, pk),
        form=lambda asked: AnswerForm(
            acts.typed(request), initial={"revision": asked.project.revision}
        ),
        act=lambda attempt: deciding.answer(
            request=attempt.subject, by=request.actor, **attempt.given
        ),
        words="批复申请",
        said="已批复。",
        move="work",
        shown=lambda asked: {"asked": asked},
    )
