"""Where the pages of cycles and scores lead: to what can be done about a result."""

from collections.abc import Sequence

from django.urls import reverse

from assessments.cycles.enums import CycleState
from assessments.cycles.models import Assessed, Cycle
from assessments.cycles.offers import Link
from core import clock, periods
from core.actor import Actor
from core.templatetags.words import day_zh
from orgs.permissions import Permission as P
from schedules.rounds.queries.calendar import load

from .models import Objection, Publication
from .queries.windows import window_of

MOST = 5


def of_holder(actor: Actor, cycle: Cycle) -> list[Link]:
    """Objections to a sealed cycle, and its publications. Two queries."""
    open_ones = Objection.objects.work_of(actor).filter(assessed__cycle=cycle).still_open().count()
    shown = Publication.objects.filter(cycle=cycle).open_on(clock.today()).count()
    return [
        Link(
            "考核异议",
            reverse("decisions:objection-list"),
            f"{open_ones} 件待办" if open_ones else "",
        ),
        Link(
            "公布结果",
            reverse("decisions:publication-create", args=[cycle.uid]),
            f"{shown} 处在公布" if shown else "没有公布",
        ),
    ]


def of_assessed(actor: Actor, assessed: Assessed) -> Sequence[Link]:
    """Of a sealed result: the letter for whoever sees it; to whom it is about until when to object,
    and what was raised. Three queries, none before the seal."""
    cycle = assessed.cycle
    if cycle.state != CycleState.SEALED:
        return ()
    found = [
        Link("反馈书 Word", reverse("decisions:feedback-document", args=[assessed.uid, "docx"])),
        Link("反馈书 PDF", reverse("decisions:feedback-document", args=[assessed.uid, "pdf"])),
    ]
    if assessed.path != actor.organization_path:
        return found
    if actor.may_at(P.ASSESSMENT_ANSWER, assessed.path):
        found += _objecting(assessed)
    return found


def published(actor: Actor) -> list[Link]:
    """What is published now, to the actor too. One query."""
    rows = (
        Publication.objects.visible_to(actor)
        .open_on(clock.today())
        .select_related("cycle__organization")
        .order_by("-cycle__period", "-published_at")[:MOST]
    )
    return [
        Link(
            f"{periods.label(row.cycle.period)}考核结果（{row.cycle.organization}）",
            row.get_absolute_url(),
            f"到 {day_zh(row.until)}",
        )
        for row in rows
    ]


def _objecting(assessed: Assessed) -> list[Link]:
    found = []
    window = window_of(assessed.cycle, load())
    if window is not None and window.is_open:
        url = reverse("decisions:objection-create", args=[assessed.uid])
        found.append(Link("提出异议", url, f"{day_zh(window.last)}以前"))
    elif window is not None:
        found.append(
            Link("异议", reverse("decisions:objection-list"), f"到 {day_zh(window.last)}止，已过")
        )
    for row in Objection.objects.filter(assessed=assessed).order_by("-raised_at")[:3]:
        found.append(Link(f"异议：{row}", row.get_absolute_url(), row.get_state_display()))
    return found
