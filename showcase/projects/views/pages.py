"""The page of one act on a project, which all of them share."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse

from core import acts
from core.http import PortalRequest

from ..models import Project
from ..rules import yuan

Attempt = acts.Attempt[Any, Any]
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)


def page_of_act(
    request: PortalRequest,
    *,
    load: Callable[[], Any],
    form: Callable[[Any], Any],
    act: Callable[[Attempt], Any],
    words: str,
    said: str,
    note: str = "",
    move: str = "",
    shown: Callable[[Any], dict[str, Any]] | None = None,
) -> HttpResponse:
    """One form on a page of its own; done, the person is back on the project. Where the time for the
    act is over it is said before anybody types (`move`)."""

    def loaded() -> Any:
        subject = load()
        if move and request.method != "POST":
            Project.machine.expect(_project(subject), move)
        return subject

    def show(attempt: Attempt) -> HttpResponse:
        more = shown(attempt.subject) if shown is not None else {}
        return attempt.page(
            "projects/act.html",
            project=_project(attempt.subject),
            subject=attempt.subject,
            budget=yuan(_project(attempt.subject).budget),
            words=words,
            note=note,
            conflict=attempt.conflict,
            **more,
        )

    return acts.perform(
        request,
        load=loaded,
        form=form,
        act=act,
        done=lambda attempt, _: acts.said(
            request, said, "projects:project-detail", _project(attempt.subject).uid
        ),
        show=show,
    )


def _project(subject: Any) -> Project:
    found: Project = subject if isinstance(subject, Project) else subject.project
    return found
