"""Themes: which there are; drafted, published, changed while they run, and concluded."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from core import acts, clock, periods
from core.guards import needs
from core.http import PortalRequest
from core.text import whole_number
from orgs.permissions import Permission as P
from schedules.rounds.words import weighing_said

from .. import words
from ..access import get_held_theme, get_holder, get_own_committee, get_theme
from ..actions import drafting, running
from ..enums import Conclusion
from ..forms import ConcludeForm, DatesForm, PublishForm, RemarkForm, ScopeForm, ThemeForm
from ..models import Theme, ThemeRemark
from ..queries.asked import weighed_of
from ..queries.listing import Line, listed
from ..queries.measuring import aims_of
from ..queries.scope import branches_of, limits_of
from ..rules import MOST_FIGURES, ORIGIN

READ = ("GET", "HEAD")
FORM = ("GET", "HEAD", "POST")
ACT = ("POST",)
PAGE = 20
Attempt = acts.Attempt[Any, Any]


@needs(P.THEME_VIEW, methods=READ)
def theme_list(request: PortalRequest) -> HttpResponse:
    """Themes, the newest quarter first. Four queries."""
    actor = request.actor
    number = min(max(1, whole_number(request.GET.get("page", "")) or 1), 1000)
    start = (number - 1) * PAGE
    rows = listed(actor, start, PAGE + 1)
    context = {
        "rows": [_line(row) for row in rows[:PAGE]],
        "may_edit": actor.may(P.THEME_EDIT),
        "before": number - 1,
        "after": number + 1 if len(rows) > PAGE else 0,
    }
    return render(request, "themes/theme_list.html", context)


def _line(row: Line) -> dict[str, Any]:
    line: dict[str, Any] = {
        "theme": row.theme,
        "quarter": periods.label(row.theme.quarter),
        "sums": row.sums,
    }
    if row.aim is not None:
        gauge = row.aim.gauge
        line |= {
            "figure": gauge.label,
            "goal": words.goal(row.aim.goal, gauge),
            "start": words.number(row.sums.start(gauge), gauge) if row.sums else "",
            "now": words.number(row.sums.now(gauge), gauge) if row.sums else "",
        }
    return line


# --- a draft ---------------------------------------------------------------------------------


@needs(P.THEME_EDIT, methods=FORM)
def theme_create(request: PortalRequest) -> HttpResponse:
    """The draft of a theme, with the figures that the address names."""
    now = periods.containing(clock.today(), periods.QUARTER)
    asked = request.GET.getlist("figure")[:MOST_FIGURES]
    initial = ThemeForm.begun_with(asked, now, request.GET.get("origin", "")[:ORIGIN])
    return acts.perform(
        request,
        load=lambda: get_holder(request.actor),
        form=lambda place: ThemeForm(acts.typed(request), holder=place, initial=initial),
        act=lambda attempt: drafting.create(
            organization=attempt.subject, plan=attempt.form.plan(), by=request.actor
        ),
        done=lambda attempt, theme: acts.said(
            request, f"“{theme}”已拟好，核对后发布。", "themes:theme-detail", theme.uid
        ),
        show=lambda attempt: attempt.page("themes/theme_edit.html", theme=None),
    )


@needs(P.THEME_EDIT, methods=FORM)
def theme_edit(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A draft is changed."""
    return _change(
        request,
        *(uid, "edit", ThemeForm, "themes/theme_edit.html", "已保存。"),
        lambda attempt, **held: drafting.edit(plan=attempt.form.plan(), **held),
    )


@needs(P.THEME_EDIT, methods=ACT, page="themes:theme-list")
def theme_drop(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """A draft is given up."""
    return acts.press(
        request,
        load=lambda: get_held_theme(request.actor, uid),
        act=lambda theme: drafting.drop(theme=theme, by=request.actor),
        done=lambda theme, _: acts.said(request, f"“{theme}”不办了。", "themes:theme-list"),
        back=lambda theme: theme,
    )


def _held(request: PortalRequest, uid: uuid.UUID, act: str) -> Theme:
    """The theme to be changed; where its time for that is over it is said before anybody types. What
    was typed meets the theme as it is now."""
    theme = get_held_theme(request.actor, uid)
    if request.method != "POST":
        Theme.machine.expect(theme, act)
    return theme


def _back(request: PortalRequest, theme: Theme, text: str) -> HttpResponse:
    return acts.said(request, text, "themes:theme-detail", theme.uid)


def _change(
    request: PortalRequest,
    uid: uuid.UUID,
    move: str,
    form: Any,
    template: str,
    said: str,
    act: Callable[..., Theme],
) -> HttpResponse:
    """The page of a change to a theme by a form of its values: `act` is given the attempt, and the theme
    with the revision that the person saw."""

    def show(attempt: Attempt) -> HttpResponse:
        theme, different = attempt.subject, []
        if attempt.conflict and attempt.form.is_bound and hasattr(attempt.form, "cleaned_data"):
            stored = form.values_of(theme)
            different = acts.differences(attempt.form, stored, none_of="没有选")
        return attempt.page(template, theme=theme, conflict=attempt.conflict, different=different)

    return acts.perform(
        request,
        load=lambda: _held(request, uid, move),
        form=lambda theme: form(
            acts.typed(request), holder=theme.organization, initial=form.values_of(theme)
        ),
        act=lambda attempt: act(
            attempt,
            theme=attempt.subject,
            revision=attempt.given["revision"],
            by=request.actor,
        ),
        done=lambda attempt, theme: _back(request, theme, said),
        show=show,
    )


# --- it begins -------------------------------------------------------------------------------


@needs(P.THEME_EDIT, methods=FORM)
def theme_publish(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Whom the theme concerns and what it costs them; it begins when that has been seen."""

    def show(attempt: Attempt) -> HttpResponse:
        theme: Theme = attempt.subject
        committees = limits_of(theme)
        places = branches_of(theme.organization, theme.classes, committees)
        return attempt.page(
            "themes/theme_publish.html",
            theme=theme,
            quarter=periods.label(theme.quarter),
            count=places.count(),
            committees=committees,
            rows=words.aims(aims_of(theme)),
            weighed=weighing_said(weighed_of(theme, places)),
            conflict=attempt.conflict,
        )

    return acts.perform(
        request,
        load=lambda: _held(request, uid, "publish"),
        form=lambda theme: PublishForm(acts.typed(request), initial={"revision": theme.revision}),
        act=lambda attempt: running.publish(
            theme=attempt.subject, revision=attempt.given["revision"], by=request.actor
        ),
        done=lambda attempt, theme: _back(
            request, theme, "已发布，起点已记下。每个支部的首页只写自己差多少。"
        ),
        show=show,
    )


# --- while it runs ---------------------------------------------------------------------------


@needs(P.THEME_EDIT, methods=FORM)
def theme_scope(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """Whom a theme that runs is for."""
    return _change(
        request,
        *(uid, "rescope", ScopeForm, "themes/theme_scope.html"),
        "范围已改。新列入的支部，起点按主题开始时的数记。",
        lambda attempt, **held: running.rescope(
            classes=attempt.given["classes"], committees=attempt.given["committees"], **held
        ),
    )


@needs(P.THEME_EDIT, methods=FORM)
def theme_dates(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The key dates of a theme."""
    return _change(
        request,
        *(uid, "arrange", DatesForm, "themes/theme_dates.html", "日子已改。"),
        lambda attempt, **held: drafting.arrange(dates=attempt.form.key_dates(), **held),
    )


@needs(P.THEME_REMARK, methods=FORM)
def theme_remark(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The one sentence of the actor's committee."""

    def load() -> tuple[Theme, Any, ThemeRemark | None]:
        theme = get_theme(request.actor, uid)
        if request.method != "POST":
            Theme.machine.expect(theme, "rescope")
        place = get_own_committee(request.actor, theme)
        return theme, place, theme.remarks.filter(organization=place).first()

    return acts.perform(
        request,
        load=load,
        form=lambda found: RemarkForm(
            acts.typed(request), initial={"text": found[2].text if found[2] else ""}
        ),
        act=lambda attempt: running.remark(
            theme=attempt.subject[0],
            organization=attempt.subject[1],
            text=attempt.given["text"],
            by=request.actor,
        ),
        done=lambda attempt, row: _back(
            request, attempt.subject[0], "已写上。" if row and row.text else "没有写，也不用写。"
        ),
        show=lambda attempt: attempt.page(
            "themes/theme_remark.html", theme=attempt.subject[0], place=attempt.subject[1]
        ),
    )


# --- what became of it -----------------------------------------------------------------------


@needs(P.THEME_EDIT, methods=FORM)
def theme_conclude(request: PortalRequest, uid: uuid.UUID) -> HttpResponse:
    """The conclusion, with a sentence why."""
    said = {
        Conclusion.REACHED: "结论已记下。",
        Conclusion.STANDING: "结论已记下，定为常规做法。",
        Conclusion.AGAIN: "结论已记下，下一次的草稿已经拟好。",
    }
    return acts.perform(
        request,
        load=lambda: _held(request, uid, "conclude"),
        form=lambda theme: ConcludeForm(acts.typed(request), initial={"revision": theme.revision}),
        act=lambda attempt: running.conclude(
            theme=attempt.subject, by=request.actor, **attempt.given
        ),
        done=lambda attempt, theme: _back(request, theme, said[Conclusion(theme.conclusion)]),
        show=lambda attempt: attempt.page(
            "themes/theme_conclude.html",
            theme=attempt.subject,
            last=max(row.due_on for row in attempt.subject.figures.all()),
            today=clock.today(),
            conflict=attempt.conflict,
        ),
    )
